"""A job's objects by outcome: labels, symbols, and the cells of its bar. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.records import JobView

STATE_STYLES: Final = {
    JobState.QUEUED: "dim",
    JobState.RUNNING: "good",
    JobState.PAUSED: "warn",
    JobState.DONE: "dim",
    JobState.CANCELLED: "faint",
    JobState.FAILED: "bad",
}
"""Name of the `row--…` style of each job state."""


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """A segment of the bar. The symbols differ, so that it is readable without colours."""

    label: str
    symbol: str
    ascii_symbol: str
    style: str
    """Name of a `row--…` style."""
    count: Callable[[JobView], int]


READ: Final = OutcomeKind("read", "█", "#", "good", lambda job: job.ok)
UNCHANGED: Final = OutcomeKind("unchanged", "▓", "=", "group", lambda job: job.unchanged)
NO_EXIF: Final = OutcomeKind("without EXIF", "▒", "+", "dim", lambda job: job.noexif)
NOT_AN_IMAGE: Final = OutcomeKind("not an image", "╌", "~", "dim", lambda job: job.notimage)
FAILED: Final = OutcomeKind("failed", "╳", "x", "bad", lambda job: job.failed)
LEFT: Final = OutcomeKind("left", "░", ".", "faint", lambda job: job.left)

KINDS: Final = (READ, UNCHANGED, NO_EXIF, NOT_AN_IMAGE, FAILED, LEFT)
"""In the order of the bar."""


def bar_cells(counts: list[int], width: int) -> list[int]:
    """Divide `width` cells in proportion to the counts; a count above 0 gets at least one cell."""
    total = sum(counts)
    if not total or width <= 0:
        return [0] * len(counts)
    cells = [max(1, round(width * count / total)) if count else 0 for count in counts]
    while sum(cells) > width and max(cells) > 1:
        cells[cells.index(max(cells))] -= 1
    if sum(cells) < width:
        cells[counts.index(max(counts))] += width - sum(cells)
    return cells


def percent_done(job: JobView) -> int | None:
    """Finished objects in percent, rounded down; None while the total is unknown."""
    total = job.total + job.unchanged
    if not total:
        return 100 if job.state is JobState.DONE else None
    return 100 * (job.done + job.unchanged) // total
