"""Failures of a job by class, and the workers: the two small lists under the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.figures import duration_text, plural, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.widgets.columns import fit
from tasveer_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.records import FailureGroup, WorkerView

ALIVE_S: Final = 15.0
"""A worker that was heard of this long ago is taken to be there."""
FORGOTTEN_S: Final = 86_400.0
"""A worker that was not heard of for this long is not listed."""


class FailureList(RowList):
    """One line a class: how many, which, and an example."""

    DEFAULT_CSS = """
    FailureList { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._groups: Sequence[FailureGroup] = ()

    @property
    def row_count(self) -> int:
        """How many classes there are."""
        return len(self._groups)

    @property
    def current(self) -> FailureGroup | None:
        """The class under the cursor."""
        return self._groups[self.cursor] if self._groups else None

    def show(self, groups: Sequence[FailureGroup]) -> None:
        """Show these classes."""
        if groups != self._groups:
            self._groups = groups
            self.rows_changed()

    def draw_header(self, width: int, style: Style) -> Strip:
        """Say what the list is, and how much failed."""
        failed = sum(group.count for group in self._groups)
        text = f" Failures: {plural(failed, 'object')}" if failed else " No failures"
        return Strip([Segment(fit(text, width), style)])

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one class."""
        group = self._groups[row]
        example = clean(f"{group.example_key}  {group.example_message}".strip(), 400)
        return Strip(
            [
                Segment(fit(f"{group.count:,}", 8, is_right=True) + "  ", style),
                Segment(fit(group.outcome, 12) + " ", style + self.part("bad")),
                Segment(fit(example, max(0, width - 23)), style + self.part("dim")),
            ]
        )


class WorkerList(RowList):
    """One line a worker: whether it is there, and what it did."""

    DEFAULT_CSS = """
    WorkerList { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._workers: Sequence[WorkerView] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """How many workers there are."""
        return len(self._workers)

    def show(self, workers: Sequence[WorkerView], now: float) -> None:
        """Show the workers that were heard of lately."""
        known = [one for one in workers if now - one.seen_at < FORGOTTEN_S]
        if known != self._workers or int(now) != int(self._now):
            self._workers, self._now = known, now
            self.rows_changed()

    def draw_header(self, width: int, style: Style) -> Strip:
        """Say how many are there."""
        alive = sum(self._now - one.seen_at < ALIVE_S for one in self._workers)
        text = f" Workers: {alive} at work" if alive else " Workers: none at work"
        return Strip([Segment(fit(text, width), style)])

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one worker."""
        one = self._workers[row]
        ago_s = max(0.0, self._now - one.seen_at)
        seen = "now" if ago_s < ALIVE_S else f"{duration_text(ago_s)} ago"
        look = style + self.part("good" if ago_s < ALIVE_S else "faint")
        name = " " + clean(one.name, 80)
        room = width - 11
        did = plural(one.objects, "object")
        for done in (f"{did}  {size_text(one.bytes_read)}", did, ""):
            if len(name) + 1 + len(done) <= room:
                break
        return Strip(
            [
                Segment(fit(name, room - len(done) - 1) + " ", style),
                Segment(done, style + self.part("dim")),
                Segment(fit(seen, 10, is_right=True) + " ", look),
            ]
        )
