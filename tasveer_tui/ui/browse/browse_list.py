"""The base of the bucket tree and the object list: ranges, selection symbols, ingest states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.message import Message
from textual.reactive import reactive

from tasveer_tui.records import IngestState
from tasveer_tui.ui.browse.selection import SelectionState
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual.binding import BindingType

    from tasveer_tui.records import Source
    from tasveer_tui.ui.browse.browse_state import BrowseState

_STATE_STYLES = {
    IngestState.NEVER: "faint",
    IngestState.PARTLY: "warn",
    IngestState.DONE: "good",
    IngestState.STALE: "warn",
    IngestState.FAILED: "bad",
}


class BrowseList(RowList):
    """A list whose lines can be selected, one by one or as a range."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"browse--range"}

    @dataclass
    class SymbolClicked(Message):
        """The selection symbol of the line under the cursor was clicked."""

        rows: BrowseList

    @dataclass
    class ViewChanged(Message):
        """Other lines are in view."""

        rows: BrowseList

    range_from: reactive[int | None] = reactive(None)
    """The line where the range starts; None without a range."""

    def __init__(self, browse_state: BrowseState, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.browse_state = browse_state

    @property
    def range_lines(self) -> range:
        """The lines from the start of the range to the cursor."""
        if self.range_from is None:
            return range(0)
        low, high = sorted((self.range_from, self.cursor))
        return range(low, high + 1)

    @property
    def scope(self) -> tuple[Source | None, str]:
        """The source and the parent prefix of the line under the cursor."""
        raise NotImplementedError

    def paths(self, lines: Iterable[int]) -> tuple[list[str], list[str]]:
        """The prefixes and the keys on these lines, without those of other sources."""
        raise NotImplementedError

    def step(self) -> None:
        """Go to the next line, after the one under the cursor was selected."""
        self.move(1)

    def watch_cursor(self, old: int, new: int) -> None:
        """The range ends at the cursor."""
        super().watch_cursor(old, new)
        if self.range_from is not None:
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling brings other lines into view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.ViewChanged(self))

    def rows_changed(self) -> None:
        """Other lines may be in view."""
        super().rows_changed()
        self.post_message(self.ViewChanged(self))

    def action_last_row(self) -> None:
        """Go to the last line, and scroll to it even if the cursor is there already."""
        super().action_last_row()
        self.reveal(self.cursor)

    def base_style(self, row: int, style: Style) -> Style:
        """The style of a row, which depends on the range."""
        if row != self.cursor and row in self.range_lines:
            return self.get_component_rich_style("browse--range")
        return style

    # ----------------------------------------------------------------- segments

    def selection_segment(self, state: SelectionState, style: Style) -> Segment:
        """The selection symbol of a line."""
        symbols = self.symbols
        symbol, part = {
            SelectionState.ALL: (symbols.selected, "group"),
            SelectionState.PARTLY: (symbols.partly_selected, "group"),
            SelectionState.NONE: (symbols.unselected, "faint"),
        }[state]
        return Segment(symbol, style + self.foreground(part))

    def state_segment(self, state: IngestState | None, style: Style) -> Segment:
        """The symbol of an ingest state; blank while it is unknown."""
        if state is None:
            return Segment(" ", style)
        symbol = getattr(self.symbols, state.value)
        return Segment(symbol, style + self.foreground(_STATE_STYLES[state]))

    def fit(self, text: str, width: int) -> str:
        """Cut or fill to exactly `width` cells; a cut ends in the symbol for more."""
        if width <= 0:
            return ""
        if cell_len(text) <= width:
            return set_cell_size(text, width)
        more = self.symbols.more
        return set_cell_size(text, max(0, width - len(more))) + more[:width]
