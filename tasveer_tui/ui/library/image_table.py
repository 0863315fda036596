"""The table of images: a window over a list of image ids, never a copy of the catalogue.

A background task fetches the rows in view and a margin around them; a row that is still being
fetched shows dim dots, so scrolling never waits.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tasveer_tui.ui.context import background
from tasveer_tui.ui.kit.columns import LEAD, Column, ColumnSet, fit
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.library.table_rows import LineFormat, RowCache, RowPainter, fetch_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.ui.library.table_rows import Cells, FetchRows

MARGIN_PAGES: Final = 2
"""Pages fetched before and after the view."""
PREFETCH_DELAY_S: Final = 0.015
"""Time to write a frame to the terminal before the margin is fetched."""
_WIDTH_STEP: Final = 2
"""Cells by which one key widens a column."""


@dataclass(frozen=True, slots=True)
class Sort:
    """The column that the images are sorted by."""

    name: str = ""
    is_descending: bool = False


class ImageTable(RowList):
    """Shows images by id; the cursor is a row and a column."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TABLE)
    header_height: ClassVar[int] = 1
    column: reactive[int] = reactive(0, init=False, repaint=False)
    """Index of the column under the cursor, among the visible ones."""

    @dataclass
    class SortRequested(Message):
        """Sort the images by another column."""

        sort: Sort

    @dataclass
    class ValuesRequested(Message):
        """List the values of a column."""

        column: Column

    class ColumnRequested(Message):
        """Ask for a column to add."""

    @dataclass
    class ColumnsChanged(Message):
        """Columns were hidden, moved, widened or added."""

        columns: ColumnSet

    def __init__(
        self,
        fetch: FetchRows,
        columns: Iterable[Column] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.columns = ColumnSet(columns)
        self.sort = Sort()
        self.selected: dict[int, None] = {}
        """Selected image ids in the order of selection; the ids may be outside the search."""
        self._fetch = fetch
        self._ids: Sequence[int] = array("q")
        self._cache = RowCache()
        self._painter = RowPainter()
        self._is_prefetch_due = False

    def on_unmount(self) -> None:
        """Stop fetching."""
        background(self).cancel(self, "rows")

    # ------------------------------------------------------------------ content

    @property
    def row_count(self) -> int:
        """Number of images."""
        return len(self._ids)

    @property
    def row_width(self) -> int:
        """Cells of all visible columns."""
        return LEAD + sum(column.span for column in self.columns.shown)

    @property
    def current_id(self) -> int | None:
        """The id of the image under the cursor."""
        return self._ids[self.cursor] if self._ids else None

    @property
    def ids_in_view(self) -> Sequence[int]:
        """The ids of the images in view."""
        return self._ids[self.first_row : self.first_row + self.page_rows]

    @property
    def current_column(self) -> Column | None:
        """The column under the cursor."""
        shown = self.columns.shown
        return shown[min(self.column, len(shown) - 1)] if shown else None

    @property
    def current_cell(self) -> str:
        """The text under the cursor; empty until it is fetched."""
        cells = self._current_cells
        return cells[self.column] if self.column < len(cells) else ""

    @property
    def current_row(self) -> str:
        """The texts of the row under the cursor, tab-separated; empty until it is fetched."""
        return "\t".join(self._current_cells)

    @property
    def _current_cells(self) -> Cells:
        cells = None if self.current_id is None else self._cache.get(self.current_id)
        return cells or ()

    def show_ids(self, ids: Sequence[int], rows: Mapping[int, Cells] | None = None) -> None:
        """Show other images from the first row on; `rows` need no fetching."""
        self._ids = ids
        self._cache.add(rows or {})
        self.set_reactive(RowList.cursor, 0)
        self._content_changed()
        self.scroll_to(y=0, animate=False)

    def replace_ids(self, ids: Sequence[int], rows: Mapping[int, Cells] | None = None) -> None:
        """Show other images and keep the cursor on its image.

        With `rows`, every other cached row is dropped: the catalogue may have changed.
        """
        current, offset = self.current_id, self.cursor - self.first_row
        self._ids = ids
        if rows is not None:
            self._clear_rows()
            self._cache.add(rows)
        row = self._row_of(current)
        self.set_reactive(RowList.cursor, row)
        self._content_changed()
        self.scroll_to(y=row - offset, animate=False)

    def _row_of(self, image_id: int | None) -> int:
        """The row of an image; the cursor's row if the image is gone."""
        row = self._clamp(self.cursor)
        # Most searches leave the image in its row, and `index` is slow over a million ids.
        if image_id is None or not self._ids or self._ids[row] == image_id:
            return row
        try:
            return self._ids.index(image_id)
        except ValueError:
            return row

    def set_columns(self, columns: Iterable[Column], frozen: int = 1) -> None:
        """Show other columns."""
        self.columns = ColumnSet(columns, frozen)
        self._clear_rows()
        self._content_changed()

    def set_sort(self, sort: Sort) -> None:
        """Show in the header which column the images are sorted by."""
        self.sort = sort
        self.refresh()

    def _clear_rows(self) -> None:
        """Drop the cached rows and those that are being fetched."""
        background(self).cancel(self, "rows")
        self._cache.clear()

    def _layout_changed(self) -> None:
        """Redraw every row: the columns have other widths."""
        self._painter = RowPainter(self.columns.shown, self.columns.frozen)
        self.rows_changed()

    def _content_changed(self) -> None:
        self.set_reactive(ImageTable.column, self.validate_column(self.column))
        self._layout_changed()
        self._fetch_missing()
        self.post_message(self.Highlighted(self, self.cursor))

    # ----------------------------------------------------------------- fetching

    def _fetch_missing(self) -> None:
        """Fetch the rows in view, or else schedule the margin around them."""
        page, top = self.page_rows, self.first_row
        if self._is_cached(top, top + page):
            # Draw the frame first; `render_lines` then schedules the margin.
            self._is_prefetch_due = not self._is_cached(top - page, top + 2 * page)
        else:
            self._fetch_around_view()

    def _is_cached(self, start: int, stop: int) -> bool:
        """Whether all rows of this range are cached."""
        get, ids = self._cache.get, self._ids[max(0, start) : stop]
        return all(get(image_id) is not None for image_id in ids)

    def _fetch_around_view(self) -> None:
        page, top = self.page_rows, self.first_row
        margin = MARGIN_PAGES * page
        after = range(top, min(len(self._ids), top + page + margin))
        before = range(max(0, top - margin), min(top, len(self._ids)))
        nearest_first = [self._ids[row] for row in (*after, *reversed(before))]
        missing = [image_id for image_id in nearest_first if self._cache.get(image_id) is None]
        if not missing:
            return
        batches = partial(fetch_batches, self._fetch, missing, tuple(self.columns.shown))
        background(self).stream(self, "rows", batches, self._on_rows, interval_s=0)

    def _on_rows(self, rows: Mapping[int, Cells]) -> None:
        self._cache.add(rows)
        if any(image_id in rows for image_id in self.ids_in_view):
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._fetch_missing()

    def on_resize(self) -> None:
        """Fetch what comes into view."""
        self._fetch_missing()

    # ------------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, then fetch the margin once the frame is on the screen."""
        if self._is_prefetch_due:
            # Not `call_after_refresh`: it runs before the frame is written, and a thread that
            # works at that time delays the frame by milliseconds.
            self._is_prefetch_due = False
            self.set_timer(PREFETCH_DELAY_S, self._fetch_around_view)
        return super().render_lines(crop)

    def draw_header(self, width: int, style: Style) -> Strip:
        """The labels of the columns, with the sort order and the column under the cursor."""
        texts = [self._title(column) for column in self._painter.columns]
        format_ = LineFormat(width, self.scroll_offset.x, style)
        return self._painter.line(texts, format_, (self.column, self.row_style("header-cursor")))

    def _title(self, column: Column) -> str:
        arrow = ""
        if column.name == self.sort.name:
            arrow = f" {self.symbols.down if self.sort.is_descending else self.symbols.up}"
        text = fit(column.label, column.width - len(arrow)).rstrip() + arrow
        return fit(text, column.width, is_right=column.is_right)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """One image."""
        image_id = self._ids[row]
        line = self._cells_line(row, image_id, width, style)
        if image_id not in self.selected:
            return line
        symbol = Segment(self.symbols.selected, style + self.foreground("warn"))
        return Strip.join([Strip([symbol], LEAD), line.crop(LEAD)])

    def _cells_line(self, row: int, image_id: int, width: int, style: Style) -> Strip:
        cells = self._cache.get(image_id)
        x = self.scroll_offset.x
        if cells is None:
            return self._painter.placeholder(LineFormat(width, x, style + self.foreground("faint")))
        format_ = LineFormat(width, x, style)
        if row != self.cursor:
            return self._painter.row(row, cells, format_)
        texts = self._painter.fit_cells(cells)
        return self._painter.line(texts, format_, (self.column, self.row_style("cell")))

    # ------------------------------------------------------------ column cursor

    def validate_column(self, column: int) -> int:
        """Keep the cursor on a visible column."""
        return max(0, min(column, len(self.columns.shown) - 1))

    def watch_column(self) -> None:
        """Scroll the column into view, beside the frozen ones."""
        shown, painter = self.columns.shown, self._painter
        left = LEAD + sum(column.span for column in shown[: self.column])
        room = self.scrollable_content_region.width
        if self.column >= painter.frozen:
            x, span = self.scroll_offset.x, shown[self.column].span
            if left + span - x > room or left - x < painter.frozen_width:
                x = min(left - painter.frozen_width, left + span - room)
                self.scroll_to(x=x, animate=False)
        # Without scrolling, only the header and the cursor's row change.
        self.refresh(Region(0, 0, self.size.width, self.header_height))
        self.refresh_row(self.cursor)

    def action_column_right(self) -> None:
        """Go to the next column."""
        self.column += 1

    def action_column_left(self) -> None:
        """Go to the previous column."""
        self.column -= 1

    # ------------------------------------------------------------------ columns

    def action_sort(self, order: str) -> None:
        """Sort by the column under the cursor, `asc` or `desc`."""
        column = self.current_column
        if column is None:
            return
        if column.is_sortable:
            self.post_message(self.SortRequested(Sort(column.name, order == "desc")))
        else:
            self.post_message(ShowNote(f"{column.label} cannot be sorted.", is_warning=True))

    def action_hide_column(self) -> None:
        """Hide the column under the cursor."""
        before = self.columns.names
        self.columns.hide(self.column)
        self._columns_changed(before)

    def action_show_columns(self) -> None:
        """Show the hidden columns."""
        before = self.columns.names
        self.columns.show_all()
        self._columns_changed(before)

    def action_add_column(self) -> None:
        """Ask for a column to add."""
        self.post_message(self.ColumnRequested())

    def add_column(self, column: Column) -> None:
        """Insert a column after the one under the cursor, and go to it."""
        before = self.columns.names
        self.columns.add(column, self.column + 1)
        self._columns_changed(before)
        if column.name in self.columns.names:
            self.column = self.columns.names.index(column.name)

    def action_facet(self) -> None:
        """List the values of the column under the cursor."""
        if (column := self.current_column) is not None:
            self.post_message(self.ValuesRequested(column))

    def action_freeze(self) -> None:
        """Freeze the columns up to the one under the cursor; again, only the first."""
        self.columns.freeze(self.column)
        self._layout_changed()
        self.watch_column()
        self.post_message(self.ColumnsChanged(self.columns))

    def action_move_column(self, by: int) -> None:
        """Move the column under the cursor to the left or right."""
        before = self.columns.names
        self.set_reactive(ImageTable.column, self.columns.move(self.column, by))
        self._columns_changed(before)
        self.watch_column()

    def action_widen_column(self, sign: int) -> None:
        """Widen (1) or narrow (-1) the column under the cursor."""
        if (column := self.current_column) is not None:
            self.columns.widen(column.name, sign * _WIDTH_STEP)
            self._layout_changed()
            self.post_message(self.ColumnsChanged(self.columns))

    def _columns_changed(self, before: tuple[str, ...]) -> None:
        background(self).cancel(self, "rows")
        self._cache.rearrange(before, self.columns.names)
        self._content_changed()
        self.post_message(self.ColumnsChanged(self.columns))

    # --------------------------------------------------------------------- copy

    def action_copy_cell(self) -> None:
        """Copy the cell under the cursor."""
        if (column := self.current_column) is not None:
            self.post_message(CopyText(self.current_cell, f"the {column.label.lower()}"))

    def action_copy_row(self) -> None:
        """Copy the row, tab-separated."""
        if row := self.current_row:
            self.post_message(CopyText(row, "the row"))

    # -------------------------------------------------------------------- mouse

    def column_at(self, x: int) -> int:
        """The index of the visible column at a cell of the view."""
        at = x if x < self._painter.frozen_width else x + self.scroll_offset.x
        at -= LEAD
        for index, column in enumerate(self.columns.shown):
            at -= column.span
            if at < 0:
                return index
        return len(self.columns.shown) - 1

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the cell; on the header, sort by the column or reverse the order."""
        self.column = self.column_at(event.x)
        if event.y >= self.header_height:
            return  # Textual also calls RowList.on_click, which moves the row
        event.stop()
        event.prevent_default()
        column = self.current_column
        is_again = column is not None and column.name == self.sort.name
        self.action_sort("desc" if is_again and not self.sort.is_descending else "asc")
