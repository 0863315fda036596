"""The end of the engine's log, the newest line at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.jobs.job_pane import JobPane
from tasveer_tui.ui.jobs.log_model import Level, LogTail
from tasveer_tui.ui.kit.columns import fit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.style import Style

    from tasveer_tui.ui.jobs.log_model import LogLine

_LOOKS: Final = {Level.EVERYTHING: "dim", Level.WARNINGS: "warn", Level.ERRORS: "bad"}
_SIGNS: Final = {Level.EVERYTHING: " ", Level.WARNINGS: "!", Level.ERRORS: "x"}
_TIME: Final = 11


class LogPane(JobPane):
    """Shows lines from a level on; stays at the end while the cursor is there."""

    name_in_header: ClassVar[str] = "log"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.tail = LogTail()
        self.level = Level.EVERYTHING
        self._path = ""
        self._lines: Sequence[LogLine] = ()

    @property
    def row_count(self) -> int:
        """How many lines there are at this level."""
        return len(self._lines)

    def show(self, tail: LogTail, path: Path) -> None:
        """Show the log's end as it is now."""
        if tail is not self.tail or not self._path:
            self.tail, self._path = tail, clean(path, 200)
            self._select()

    def next_level(self) -> None:
        """Show only the graver lines, then everything again."""
        self.level = self.level.next()
        self._select()
        self.cursor = self.row_count - 1

    def _select(self) -> None:
        is_at_end = self.cursor >= self.row_count - 1
        self._lines = [line for line in self.tail.lines if line.level >= self.level]
        self.rows_changed()
        if is_at_end:
            self.cursor = self.row_count - 1
            self.scroll_end(animate=False)

    def title(self) -> str:
        """Say what is shown."""
        return f"Log: {self.level.words}"

    def empty_text(self) -> str:
        """Say where it would stand."""
        if self.level is not Level.EVERYTHING:
            return f"Nothing of that kind in the end of {self._path}."
        return f"The engine has written nothing into {self._path} yet."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one line."""
        line = self._lines[row]
        look = style + self.part(_LOOKS[line.level])
        return Strip(
            [
                Segment(fit(f" {_SIGNS[line.level]} {line.time}", _TIME) + " ", look),
                Segment(fit(line.text, max(0, width - _TIME - 1)), look),
            ]
        )
