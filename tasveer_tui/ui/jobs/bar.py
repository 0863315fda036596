"""A job's objects as a bar of classes and as a legend; each class has a sign of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.records import JobView


@dataclass(frozen=True, slots=True)
class Kind:
    """One class of objects: a word, a sign (and one in ASCII), a style, and how to count it."""

    word: str
    sign: str
    ascii_sign: str
    look: str
    """Name of a `row--…` style."""
    count: Callable[[JobView], int]


KINDS: Final = (
    Kind("read", "█", "#", "good", lambda job: job.ok),
    Kind("unchanged", "▓", "=", "group", lambda job: job.unchanged),
    Kind("without EXIF", "▒", "+", "dim", lambda job: job.noexif),
    Kind("not an image", "╌", "~", "dim", lambda job: job.notimage),
    Kind("failed", "╳", "x", "bad", lambda job: job.failed),
    Kind("left", "░", ".", "faint", lambda job: job.left),
)


def widths(counts: list[int], width: int) -> list[int]:
    """Share `width` cells out in proportion; what counts at all gets one cell at least."""
    total = sum(counts)
    if not total or width <= 0:
        return [0] * len(counts)
    shares = [max(1, round(width * count / total)) if count else 0 for count in counts]
    while sum(shares) > width and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
    if sum(shares) < width:
        shares[counts.index(max(counts))] += width - sum(shares)
    return shares


def percent_done(job: JobView) -> int | None:
    """Of all that the job is about, rounded down; None while nothing is known."""
    whole = job.total + job.unchanged
    if not whole:
        return 100 if job.state is JobState.DONE else None
    return 100 * (job.done + job.unchanged) // whole
