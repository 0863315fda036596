"""The estimate of a dispatch, and what is to be read, in lines of words and figures. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, plural, price_text, size_text

if TYPE_CHECKING:
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate

MAX_PLACES = 3


def estimate_rows(counted: Estimate) -> list[tuple[str, str]]:
    """Label and figures of each line."""
    saved = counted.to_read_bytes - counted.read_bytes
    share = f", {saved / counted.to_read_bytes:.0%} saved" if counted.to_read_bytes else ""
    return [
        ("listed", f"{plural(counted.objects, 'object')}, {size_text(counted.size_bytes)}"),
        ("to read", plural(counted.to_read, "image")),
        ("left out", f"{counted.filtered:,} by the filters, {counted.unchanged:,} unchanged"),
        (
            "requests",
            (
                f"{plural(counted.list_requests, 'list')} and about "
                f"{plural(counted.read_requests, 'read')}"
            ),
        ),
        (
            "transfer",
            f"about {size_text(counted.read_bytes)} of {size_text(counted.to_read_bytes)}{share}",
        ),
        ("time", _about(approximate_duration_text(counted.seconds))),
        ("cost", f"{price_text(counted.dollars)} in requests"),
    ]


def target_lines(spec: JobSpec) -> list[str]:
    """What is chosen: a few places by name, the rest by number."""
    places = [spec.source.uri(path) for path in (*spec.prefixes, *spec.keys)]
    lines = places[:MAX_PLACES]
    if len(places) > MAX_PLACES:
        lines.append(f"and {len(places) - MAX_PLACES:,} more")
    left_out = [*spec.without_prefixes, *spec.without_keys]
    if left_out:
        more = f" and {len(left_out) - 1:,} more" if len(left_out) > 1 else ""
        lines.append(f"without {spec.source.uri(left_out[0])}{more}")
    return lines


def parse_globs(text: str) -> tuple[str, ...]:
    """Globs separated by spaces, in quotes where they hold one. Raises UsageError."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            "A quote is not closed.", "Quotes are only needed around spaces."
        ) from error


def _about(span: str) -> str:
    return span if span.startswith("under") else f"about {span}"
