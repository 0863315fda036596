"""A list under the jobs: its header says what it holds and, where it stands alone, what else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from rich.style import Style


class JobPane(RowList):
    """A list with one line of header; a subclass says its title and what an empty one tells."""

    DEFAULT_CSS = """
    JobPane { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1
    name_in_header: ClassVar[str] = ""
    """How the other panes' headers call it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._beside = ""

    def title(self) -> str:
        """Say what the list holds now."""
        raise NotImplementedError

    def empty_text(self) -> str:
        """Say why there is nothing."""
        return ""

    def stand_beside(self, names: str) -> None:
        """Name in the header what is hidden while this pane is shown."""
        if names != self._beside:
            self._beside = names
            self.refresh()

    def draw_header(self, width: int, style: Style) -> Strip:
        """The title; at the right, the panes that are hidden."""
        title = f" {self.title()} "
        room = width - len(self._beside) - 1
        if not self._beside or room < len(title):
            return Strip([Segment(fit(title, width), style)])
        dim = style + self.part("faint")
        return Strip([Segment(fit(title, room), style), Segment(self._beside + " ", dim)])

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """Where there is nothing, say why."""
        if line or self.row_count:
            return Strip.blank(width, style)
        return Strip([Segment(fit(f" {self.empty_text()}", width), style + self.part("dim"))])
