"""A table over a vector of ids: a window, never a copy.

Only the rows in view and a margin around them are fetched, in a thread; a row that has not
come yet is a line of dim dots, so scrolling never waits.
"""

from __future__ import annotations

import contextlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tasveer_tui.ui.kit.columns import LEAD, ColumnSet, fit
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.library.row_cache import RowCache, Rows, RowsFailed
from tasveer_tui.ui.library.row_painter import Look, RowPainter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.style import Style

    from tasveer_tui.ui.kit.columns import Column
    from tasveer_tui.ui.library.row_cache import Cells

MARGIN_PAGES: Final = 2
"""Pages that are fetched before and after the view."""
AHEAD_S: Final = 0.015
"""How long after a frame they are asked for: it must have been written to the terminal."""


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column the ids are ordered."""

    name: str = ""
    is_descending: bool = False


class IdTable(RowList):
    """Shows rows by id; the cursor is a row and a column."""

    header_height: ClassVar[int] = 1
    column: reactive[int] = reactive(0, init=False, repaint=False)
    """Index of the column under the cursor, among the shown ones."""

    class _Fetched(Message, bubble=False):
        def __init__(self, news: Rows | RowsFailed) -> None:
            super().__init__()
            self.news = news

    @dataclass
    class Failed(Message):
        """Rows could not be fetched."""

        news: RowsFailed

    def __init__(
        self,
        fetch: Callable[[Sequence[int], Sequence[str]], Sequence[Sequence[object]]],
        columns: Iterable[Column] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """`fetch` takes ids and columns' names, blocks, and is called in a thread."""
        super().__init__(id=id)
        self.columns = ColumnSet(columns)
        self.sort = Sort()
        self.marked: dict[int, None] = {}
        """Ids with a mark before their row, whatever is found."""
        self._ids: Sequence[int] = array("q")
        self._is_waiting = False
        """For a frame, to ask for the rows around the view afterwards."""
        self._cache = RowCache(fetch, self._report)
        self._painter = RowPainter()

    def _report(self, news: Rows | RowsFailed) -> None:
        # Called in the fetching thread; the loop may have closed meanwhile.
        with contextlib.suppress(RuntimeError):
            self.post_message(self._Fetched(news))

    def on_unmount(self) -> None:
        """Let the fetching thread end."""
        self._cache.close()

    # ------------------------------------------------------------------ content

    @property
    def row_count(self) -> int:
        """How many ids there are."""
        return len(self._ids)

    @property
    def row_width(self) -> int:
        """Cells of all shown columns."""
        return LEAD + sum(column.span for column in self.columns.shown)

    @property
    def current_id(self) -> int | None:
        """The image under the cursor."""
        return self._ids[self.cursor] if self._ids else None

    @property
    def ids_in_view(self) -> Sequence[int]:
        """The images of the rows that are in view."""
        return self._ids[self.first_row : self.first_row + self.page_rows]

    @property
    def current_column(self) -> Column | None:
        """The column under the cursor."""
        shown = self.columns.shown
        return shown[min(self.column, len(shown) - 1)] if shown else None

    @property
    def current_cell(self) -> str:
        """The text under the cursor, if it has come."""
        cells = None if self.current_id is None else self._cache.get(self.current_id)
        return cells[self.column] if cells and self.column < len(cells) else ""

    @property
    def current_row(self) -> str:
        """The texts of the row under the cursor with tabs between, if they have come."""
        cells = None if self.current_id is None else self._cache.get(self.current_id)
        return "\t".join(cells or ())

    def show_ids(self, ids: Sequence[int], ready: Mapping[int, Cells] | None = None) -> None:
        """Show other ids from the first row on; `ready` rows need no fetching."""
        self._ids = ids
        self._cache.keep(ready or {})
        self.set_reactive(RowList.cursor, 0)
        self._content_changed()
        self.scroll_to(y=0, animate=False)

    def replace_ids(self, ids: Sequence[int], ready: Mapping[int, Cells] | None = None) -> None:
        """Show other ids, the cursor staying with its image; only `ready` rows are still known.

        Without `ready`, all rows are.
        """
        current, offset = self.current_id, self.cursor - self.first_row
        self._ids = ids
        if ready is not None:
            self._cache.forget()
            self._cache.keep(ready)
        row = self._row_of(current)
        self.set_reactive(RowList.cursor, row)
        self._content_changed()
        self.scroll_to(y=row - offset, animate=False)

    def _row_of(self, image_id: int | None) -> int:
        """Find the image again, most likely where it was; else stay at the same row."""
        here = self._clamp(self.cursor)
        if image_id is None or not self._ids or self._ids[here] == image_id:
            return here
        try:
            return self._ids.index(image_id)
        except ValueError:
            return here

    def set_columns(self, columns: Iterable[Column], frozen: int = 1) -> None:
        """Show other columns."""
        self.columns = ColumnSet(columns, frozen)
        self.reload()

    def set_sort(self, sort: Sort) -> None:
        """Mark the column by which the ids are ordered."""
        self.sort = sort
        self.refresh()

    def reload(self) -> None:
        """Fetch what is in view again."""
        self._cache.forget()
        self._content_changed()

    def layout_changed(self) -> None:
        """Draw every row anew, for the columns have other widths."""
        self._painter = RowPainter(self.columns.shown, self.columns.frozen)
        self.rows_changed()

    def _content_changed(self) -> None:
        self.set_reactive(IdTable.column, self.validate_column(self.column))
        self.layout_changed()
        self._want()
        self.post_message(self.Highlighted(self, self.cursor))

    # ----------------------------------------------------------------- fetching

    def _want(self) -> None:
        """Ask for the rows that the view will need, unless they are there."""
        page, top = self.page_rows, self.first_row
        if self._has(top, top + page):
            # Nothing is missing: the frame first, and then what comes next.
            self._is_waiting = not self._has(top - page, top + 2 * page)
            return
        self._want_around(top, page)

    def _has(self, start: int, stop: int) -> bool:
        """Whether all these rows have come, as far as there are any."""
        get, ids = self._cache.get, self._ids[max(0, start) : stop]
        return all(get(image_id) is not None for image_id in ids)

    def _want_ahead(self) -> None:
        self._want_around(self.first_row, self.page_rows)

    def _want_around(self, top: int, page: int) -> None:
        margin = MARGIN_PAGES * page
        after = range(top, min(len(self._ids), top + page + margin))
        before = range(max(0, top - margin), min(top, len(self._ids)))
        wanted = [self._ids[row] for row in (*after, *reversed(before))]
        missing = [image_id for image_id in wanted if self._cache.get(image_id) is None]
        self._cache.wish(missing, self.columns.shown)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def on_resize(self) -> None:
        """Fetch what comes into view."""
        self._want()

    def on_id_table__fetched(self, event: _Fetched) -> None:
        """Show rows that came."""
        event.stop()
        if isinstance(event.news, RowsFailed):
            self.post_message(self.Failed(event.news))
        elif self._cache.accept(event.news) and self._is_in_view(event.news):
            self.refresh()

    def _is_in_view(self, rows: Rows) -> bool:
        return any(image_id in rows.cells for image_id in self.ids_in_view)

    # ------------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, and fetch what comes next when that is on the screen."""
        if self._is_waiting:
            # Textual calls back "after the refresh" before this one; a thread that works
            # meanwhile holds it up by milliseconds, for one of them runs at a time.
            self._is_waiting = False
            self.set_timer(AHEAD_S, self._want_ahead)
        return super().render_lines(crop)

    def draw_header(self, width: int, style: Style) -> Strip:
        """Names of the columns, the sorted one marked, the one under the cursor lit."""
        here = self.look("header-cursor")
        texts = [self._title(column) for column in self._painter.columns]
        look = Look(width, self.scroll_offset.x, style)
        return self._painter.line(texts, look, (self.column, here))

    def _title(self, column: Column) -> str:
        mark = ""
        if column.name == self.sort.name:
            mark = f" {self.symbols.down if self.sort.is_descending else self.symbols.up}"
        text = fit(column.label, column.width - len(mark)).rstrip() + mark
        return fit(text, column.width, is_right=column.is_right)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """One image, or dots where it has not come."""
        image_id = self._ids[row]
        line = self._drawn(row, image_id, width, style)
        if image_id not in self.marked:
            return line
        sign = Segment(self.symbols.selected, style + self.part("warn"))
        return Strip.join([Strip([sign], LEAD), line.crop(LEAD)])

    def _drawn(self, row: int, image_id: int, width: int, style: Style) -> Strip:
        cells = self._cache.get(image_id)
        x = self.scroll_offset.x
        if cells is None:
            return self._painter.dots(Look(width, x, style + self.part("faint")))
        look = Look(width, x, style)
        if row != self.cursor:
            return self._painter.row(row, cells, look)
        here = self.look("cell")
        return self._painter.line(self._painter.texts(cells), look, (self.column, here))

    # ------------------------------------------------------------ column cursor

    def validate_column(self, column: int) -> int:
        """Keep the cursor on a shown column."""
        return max(0, min(column, len(self.columns.shown) - 1))

    def watch_column(self) -> None:
        """Bring the column into view beside those that stand still."""
        shown = self.columns.shown
        left = LEAD + sum(column.span for column in shown[: self.column])
        room = self.scrollable_content_region.width
        if self.column >= self._painter.standing:
            x, span = self.scroll_offset.x, shown[self.column].span
            if left + span - x > room or left - x < self._painter.frozen:
                self.scroll_to(
                    x=min(left - self._painter.frozen, left + span - room), animate=False
                )
        # Where nothing scrolled, only two lines look different.
        self.refresh(Region(0, 0, self.size.width, self.header_height))
        self.refresh_row(self.cursor)
