"""The table of images and the commands on its columns: sort, hide, move, widen, list values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.message import Message

from tasveer_tui.ui.context import background
from tasveer_tui.ui.kit.columns import LEAD, Column, ColumnSet
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote
from tasveer_tui.ui.library.id_table import IdTable, Sort

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

_WIDTH_STEP: Final = 2


class ImageTable(IdTable):
    """Shows images by id; what concerns the search it requests from the screen by messages."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TABLE)

    @dataclass
    class SortRequested(Message):
        """The user sorts by a column."""

        sort: Sort

    @dataclass
    class ValuesRequested(Message):
        """The user lists the values of a column."""

        column: Column

    class ColumnRequested(Message):
        """The user adds a column."""

    @dataclass
    class ColumnsChanged(Message):
        """Columns were hidden, moved, widened or added."""

        columns: ColumnSet

    # ------------------------------------------------------------ column cursor

    def action_column_right(self) -> None:
        """Go to the next column."""
        self.column += 1

    def action_column_left(self) -> None:
        """Go to the previous column."""
        self.column -= 1

    # --------------------------------------------------------- changing columns

    def action_sort(self, order: str) -> None:
        """Sort by the column under the cursor, `asc` or `desc`."""
        column = self.current_column
        if column is None:
            return
        if column.is_sortable:
            self.post_message(self.SortRequested(Sort(column.name, order == "desc")))
        else:
            self.post_message(ShowNote(f"Cannot sort by {column.label}.", is_warning=True))

    def action_hide_column(self) -> None:
        """Hide the column under the cursor."""
        before = self.columns.names
        self.columns.hide(self.column)
        self._columns_changed(before)

    def action_add_column(self) -> None:
        """Add a column."""
        self.post_message(self.ColumnRequested())

    def action_facet(self) -> None:
        """List the values of the column under the cursor."""
        if (column := self.current_column) is not None:
            self.post_message(self.ValuesRequested(column))

    def add_column(self, column: Column) -> None:
        """Insert a column after the one under the cursor, and go to it."""
        before = self.columns.names
        self.columns.add(column, self.column + 1)
        self._columns_changed(before)
        if column.name in self.columns.names:
            self.column = self.columns.names.index(column.name)

    def action_show_columns(self) -> None:
        """Show the hidden columns again."""
        before = self.columns.names
        self.columns.show_all()
        self._columns_changed(before)

    def action_freeze(self) -> None:
        """Freeze the columns up to the one under the cursor, or only the first."""
        self.columns.freeze(self.column)
        self.layout_changed()
        self.watch_column()
        self.post_message(self.ColumnsChanged(self.columns))

    def action_copy_cell(self) -> None:
        """Copy the cell under the cursor."""
        if (column := self.current_column) is not None:
            self.post_message(CopyText(self.current_cell, f"the {column.label.lower()}"))

    def action_copy_row(self) -> None:
        """Copy the row, tabs between its cells."""
        if row := self.current_row:
            self.post_message(CopyText(row, "the row"))

    def action_move_column(self, by: int) -> None:
        """Move the column under the cursor left or right."""
        before = self.columns.names
        self.set_reactive(IdTable.column, self.columns.move(self.column, by))
        self._columns_changed(before)
        self.watch_column()

    def action_widen_column(self, sign: int) -> None:
        """Make the column under the cursor wider, or narrower."""
        if (column := self.current_column) is not None:
            self.columns.widen(column.name, sign * _WIDTH_STEP)
            self.layout_changed()
            self.post_message(self.ColumnsChanged(self.columns))

    def _columns_changed(self, before: tuple[str, ...]) -> None:
        background(self).cancel(self, "rows")  # they would have the columns of before
        self._cache.rearrange(before, self.columns.names)
        self._content_changed()
        self.post_message(self.ColumnsChanged(self.columns))

    # -------------------------------------------------------------------- mouse

    def column_at(self, x: int) -> int:
        """The index of the column at a cell of the view."""
        at = x if x < self._painter.frozen else x + self.scroll_offset.x
        at -= LEAD
        for index, column in enumerate(self.columns.shown):
            at -= column.span
            if at < 0:
                return index
        return len(self.columns.shown) - 1

    def on_click(self, event: events.Click) -> None:
        """Go to the cell; on the header, sort by the column or reverse the order."""
        self.column = self.column_at(event.x)
        if event.y >= self.header_height:
            return  # the base class does the rest
        event.stop()
        event.prevent_default()
        column = self.current_column
        is_again = column is not None and column.name == self.sort.name
        self.action_sort("desc" if is_again and not self.sort.is_descending else "asc")
