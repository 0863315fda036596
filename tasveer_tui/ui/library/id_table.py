"""A table over a vector of image ids, of which it fetches only a window.

The rows in view and a margin around them are fetched in the background. A row that has not arrived
is a line of dim dots, so scrolling never waits.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tasveer_tui.ui.context import background
from tasveer_tui.ui.kit.columns import LEAD, ColumnSet, fit
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.library.row_cache import RowCache, cells_of
from tasveer_tui.ui.library.row_painter import Look, RowPainter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rich.style import Style

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.kit.columns import Column
    from tasveer_tui.ui.library.row_cache import Cells

MARGIN_PAGES: Final = 2
"""Pages to fetch before and after the view."""
PREFETCH_DELAY_S: Final = 0.015
"""Time between a frame and the request for the margin: the frame must be on the terminal first."""
BATCH_ROWS: Final = 64
"""Rows per fetch: few, so that a newer request soon replaces an outdated one."""


@dataclass(frozen=True, slots=True)
class Sort:
    """The column that the ids are sorted by."""

    name: str = ""
    is_descending: bool = False


class IdTable(RowList):
    """Shows rows by id; the cursor is a row and a column."""

    header_height: ClassVar[int] = 1
    column: reactive[int] = reactive(0, init=False, repaint=False)
    """Index of the column under the cursor, among the shown ones."""

    @dataclass
    class Failed(Message):
        """Rows could not be fetched."""

        error: TasveerError

    def __init__(
        self,
        fetch: Callable[[Sequence[int], Sequence[str]], Sequence[Sequence[object]]],
        columns: Iterable[Column] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """`fetch` takes ids and column names; it blocks and is called in a thread."""
        super().__init__(id=id)
        self.columns = ColumnSet(columns)
        self.sort = Sort()
        self.selected: dict[int, None] = {}
        """Ids of selected images, in the order of their selection."""
        self._ids: Sequence[int] = array("q")
        self._needs_prefetch = False
        """The margin is incomplete; it is requested after the next frame."""
        self._fetch = fetch
        self._cache = RowCache()
        self._painter = RowPainter()

    # ------------------------------------------------------------------ content

    @property
    def row_count(self) -> int:
        """Number of ids."""
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
        """The images of the rows in view."""
        return self._ids[self.first_row : self.first_row + self.page_rows]

    @property
    def current_column(self) -> Column | None:
        """The column under the cursor."""
        shown = self.columns.shown
        return shown[min(self.column, len(shown) - 1)] if shown else None

    @property
    def current_cell(self) -> str:
        """The text under the cursor, if it has arrived."""
        cells = None if self.current_id is None else self._cache.get(self.current_id)
        return cells[self.column] if cells and self.column < len(cells) else ""

    @property
    def current_row(self) -> str:
        """The row under the cursor with tabs between cells, if it has arrived."""
        cells = None if self.current_id is None else self._cache.get(self.current_id)
        return "\t".join(cells or ())

    def show_ids(self, ids: Sequence[int], rows: Mapping[int, Cells] | None = None) -> None:
        """Show other ids from the first row; `rows` need no fetch."""
        self._ids = ids
        self._cache.add(rows or {})
        self.set_reactive(RowList.cursor, 0)
        self._content_changed()
        self.scroll_to(y=0, animate=False)

    def replace_ids(self, ids: Sequence[int], rows: Mapping[int, Cells] | None = None) -> None:
        """Show other ids and keep the cursor on its image.

        `rows` replace all cached rows; None keeps the cache.
        """
        current, offset = self.current_id, self.cursor - self.first_row
        self._ids = ids
        if rows is not None:
            self._drop_rows()
            self._cache.add(rows)
        row = self._row_of(current)
        self.set_reactive(RowList.cursor, row)
        self._content_changed()
        self.scroll_to(y=row - offset, animate=False)

    def _row_of(self, image_id: int | None) -> int:
        """The image's row, most likely its old one; the same row if it is gone."""
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
        """Show by which column the ids are sorted."""
        self.sort = sort
        self.refresh()

    def reload(self) -> None:
        """Fetch the rows in view again."""
        self._drop_rows()
        self._content_changed()

    def layout_changed(self) -> None:
        """Draw all rows again: the columns have other widths."""
        self._painter = RowPainter(self.columns.shown, self.columns.frozen)
        self.rows_changed()

    def _content_changed(self) -> None:
        self.set_reactive(IdTable.column, self.validate_column(self.column))
        self.layout_changed()
        self._request_rows()
        self.post_message(self.Highlighted(self, self.cursor))

    # ----------------------------------------------------------------- fetching

    def _drop_rows(self) -> None:
        """Clear the cache, and ignore the rows that are being fetched for it."""
        background(self).cancel(self, "rows")
        self._cache.clear()

    def _request_rows(self) -> None:
        """Request the rows that the view needs, unless they are cached."""
        page, top = self.page_rows, self.first_row
        if self._has(top, top + page):
            # Nothing is missing: draw the frame first, then fetch the margin.
            self._needs_prefetch = not self._has(top - page, top + 2 * page)
            return
        self._request_around(top, page)

    def _has(self, start: int, stop: int) -> bool:
        """Whether all rows in this range are cached."""
        get, ids = self._cache.get, self._ids[max(0, start) : stop]
        return all(get(image_id) is not None for image_id in ids)

    def _prefetch(self) -> None:
        self._request_around(self.first_row, self.page_rows)

    def _request_around(self, top: int, page: int) -> None:
        margin = MARGIN_PAGES * page
        after = range(top, min(len(self._ids), top + page + margin))
        before = range(max(0, top - margin), min(top, len(self._ids)))
        nearest = [self._ids[row] for row in (*after, *reversed(before))]
        missing = [image_id for image_id in nearest if self._cache.get(image_id) is None]
        if not missing:
            return
        columns = tuple(self.columns.shown)
        background(self).stream(
            self,
            "rows",
            lambda: self._fetch_batches(missing, columns),
            self._on_rows,
            failed=lambda error: self.post_message(self.Failed(error)),
            interval_s=0.0,
        )

    def _fetch_batches(
        self, ids: Sequence[int], columns: Sequence[Column]
    ) -> Iterator[dict[int, Cells]]:
        """Fetch rows batch by batch, most urgent first. Blocks; called in a thread."""
        names = tuple(column.name for column in columns)
        for start in range(0, len(ids), BATCH_ROWS):
            batch = ids[start : start + BATCH_ROWS]
            rows = self._fetch(batch, names)
            yield {
                image_id: cells_of(columns, values)
                for image_id, values in zip(batch, rows, strict=True)
            }

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._request_rows()

    def on_resize(self) -> None:
        """Fetch what comes into view."""
        self._request_rows()

    def _on_rows(self, rows: dict[int, Cells]) -> None:
        self._cache.add(rows)
        if any(image_id in rows for image_id in self.ids_in_view):
            self.refresh()

    # ------------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, and fetch the margin once the frame is on the terminal."""
        if self._needs_prefetch:
            # A thread that works while the frame is drawn delays it by milliseconds (the GIL), and
            # Textual's call_after_refresh calls too early.
            self._needs_prefetch = False
            self.set_timer(PREFETCH_DELAY_S, self._prefetch)
        return super().render_lines(crop)

    def draw_header(self, width: int, style: Style) -> Strip:
        """Names of the columns; the sorted one has an arrow, the current one a color."""
        here = self.look("header-cursor")
        texts = [self._title(column) for column in self._painter.columns]
        look = Look(width, self.scroll_offset.x, style)
        return self._painter.line(texts, look, (self.column, here))

    def _title(self, column: Column) -> str:
        arrow = ""
        if column.name == self.sort.name:
            arrow = f" {self.symbols.down if self.sort.is_descending else self.symbols.up}"
        text = fit(column.label, column.width - len(arrow)).rstrip() + arrow
        return fit(text, column.width, is_right=column.is_right)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """One image, or dots until it arrives."""
        image_id = self._ids[row]
        line = self._drawn(row, image_id, width, style)
        if image_id not in self.selected:
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
        """Scroll the column into view next to the frozen ones."""
        shown = self.columns.shown
        left = LEAD + sum(column.span for column in shown[: self.column])
        room = self.scrollable_content_region.width
        if self.column >= self._painter.standing:
            x, span = self.scroll_offset.x, shown[self.column].span
            if left + span - x > room or left - x < self._painter.frozen:
                self.scroll_to(
                    x=min(left - self._painter.frozen, left + span - room), animate=False
                )
        # If nothing scrolled, only two lines change.
        self.refresh(Region(0, 0, self.size.width, self.header_height))
        self.refresh_row(self.cursor)
