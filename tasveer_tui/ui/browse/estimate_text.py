"""Texts about a job before it starts: its estimate and its targets. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, plural, price_text, size_text

if TYPE_CHECKING:
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate

MAX_SHOWN = 3


def estimate_rows(counted: Estimate) -> list[tuple[str, str]]:
    """Label and text of each line."""
    saved = counted.to_read_bytes - counted.read_bytes
    share = f", {saved / counted.to_read_bytes:.0%} saved" if counted.to_read_bytes else ""
    return [
        ("listed", f"{plural(counted.objects, 'object')}, {size_text(counted.size_bytes)}"),
        ("to read", plural(counted.to_read, "image")),
        ("skipped", f"{counted.filtered:,} by filters, {counted.unchanged:,} unchanged"),
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
    """The first prefixes and keys of the selection, and the number of others."""
    locations = [spec.source.uri(path) for path in (*spec.prefixes, *spec.keys)]
    lines = locations[:MAX_SHOWN]
    if len(locations) > MAX_SHOWN:
        lines.append(f"and {len(locations) - MAX_SHOWN:,} more")
    excluded = [*spec.without_prefixes, *spec.without_keys]
    if excluded:
        more = f" and {len(excluded) - 1:,} more" if len(excluded) > 1 else ""
        lines.append(f"without {spec.source.uri(excluded[0])}{more}")
    return lines


def parse_globs(text: str) -> tuple[str, ...]:
    """Split patterns at spaces outside quotes. Raises UsageError."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            "A quote is not closed.", "Quotes are only needed around spaces."
        ) from error


def _about(span: str) -> str:
    return span if span.startswith("under") else f"about {span}"
