"""The places that are listed again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.humanize import plural
from tasveer_tui.ui.jobs.job_pane import JobPane
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.shared.jobs_text import place_text, watch_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.records import WatchView


class WatchList(JobPane):
    """One line a watch: where, how often, when next, what it has found."""

    name_in_header: ClassVar[str] = "watches"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._watches: Sequence[WatchView] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """How many watches there are."""
        return len(self._watches)

    @property
    def current(self) -> WatchView | None:
        """The watch under the cursor."""
        return self._watches[self.cursor] if self._watches else None

    def show(self, watches: Sequence[WatchView], now: float) -> None:
        """Show these."""
        if watches != self._watches or int(now) != int(self._now):
            self._watches, self._now = watches, now
            self.rows_changed()

    def title(self) -> str:
        """Say what the list is."""
        return f"Watching {plural(len(self._watches), 'place')} for what is new"

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one watch."""
        watch = self._watches[row]
        told = watch_text(watch, self._now)
        room = max(width // 3, width - len(told) - 4)
        return Strip(
            [
                Segment(" " + fit(place_text(watch.spec), room) + "  ", style),
                Segment(fit(told, max(0, width - room - 3)), style + self.part("dim")),
            ]
        )
