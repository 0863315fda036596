"""A list of any length with a cursor. It draws only the rows in view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, Self

from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.ui.kit.theme import Symbols


THUMB_STEPS_PER_CELL: Final = 8
"""Textual draws the thumb of a scroll bar in eighths of a cell."""


@lru_cache(64)
def _without_background(style: Style) -> Style:
    return Style(color=style.color, bold=style.bold)


class RowList(ScrollView, can_focus=True):
    """The base of every list: a subclass defines `row_count` and `draw_row`.

    Rows count from 0. With `header_height` 1, the subclass also draws a fixed header.
    """

    DEFAULT_CSS = """
    RowList {
        background: $surface;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        & > .row--header { background: $panel; color: $text-muted; text-style: bold; }
        & > .row--header-cursor { background: $panel; color: $text-accent; text-style: bold; }
        & > .row--cursor { background: $foreground 10%; }
        & > .row--cell { background: $foreground 16%; }
        & > .row--dim { color: $text-muted; }
        & > .row--faint { color: $text-disabled; }
        & > .row--strong { color: $text; text-style: bold; }
        & > .row--group { color: $text-primary; text-style: bold; }
        & > .row--good { color: $text-success; }
        & > .row--warn { color: $text-warning; }
        & > .row--bad { color: $text-error; }
        &:focus > .row--cursor { background: $primary 40%; }
        &:focus > .row--cell { background: $primary 75%; color: $text; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row--header",
        "row--header-cursor",
        "row--cursor",
        "row--cell",
        "row--dim",
        "row--faint",
        "row--strong",
        "row--group",
        "row--good",
        "row--warn",
        "row--bad",
    }

    header_height: ClassVar[int] = 0
    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    _frame = (0, Style.null())

    @dataclass
    class Highlighted(Message):
        """The cursor moved to a row."""

        rows: RowList
        row: int

        @property
        def control(self) -> RowList:
            """The list that sent it."""
            return self.rows

    @dataclass
    class Opened(Message):
        """A row was opened with enter or a double click."""

        rows: RowList
        row: int

        @property
        def control(self) -> RowList:
            """The list that sent it."""
            return self.rows

    # --------------------------------------------------- to define in a subclass

    @property
    def row_count(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    @property
    def row_width(self) -> int:
        """Width of the longest row in cells; wider than the view shows a horizontal scroll bar."""
        return 0

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one row on top of `style`; the caller fits it to `width` cells."""
        raise NotImplementedError

    def draw_header(self, width: int, style: Style) -> Strip:
        """Draw the header, which has one line."""
        raise NotImplementedError

    # ------------------------------------------------------------------ drawing

    @cached_property
    def _row_styles(self) -> dict[str, Style]:
        """Name → style, until the style sheets change."""
        return {}

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Drop the cached styles: Textual refreshes the whole widget when they change."""
        if not regions:
            self._row_styles.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def row_style(self, name: str) -> Style:
        """Return a row style by name: `cursor`, `header`. Textual builds it for every frame."""
        style = self._row_styles.get(name)
        if style is None:
            style = self._row_styles[name] = self.get_component_rich_style(f"row--{name}")
        return style

    def foreground(self, name: str) -> Style:
        """Return a style without background, to combine with a row's: `dim`, `strong`, `good`."""
        return _without_background(self.row_style(name))

    @property
    def symbols(self) -> Symbols:
        """The symbols for this terminal."""
        symbols: Symbols = getattr(self.app, "symbols", UNICODE)
        return symbols

    @property
    def page_rows(self) -> int:
        """Number of rows in view."""
        return max(1, self.scrollable_content_region.height - self.header_height)

    @property
    def first_row(self) -> int:
        """The topmost row in view."""
        return self.scroll_offset.y

    def rows_changed(self) -> None:
        """Update the scroll bars and the view after the rows have changed."""
        self._resize(Size(self.row_width, self.row_count + self.header_height))
        self.set_reactive(RowList.cursor, self._clamp(self.cursor))
        self.refresh()

    def _resize(self, size: Size) -> None:
        """Change the virtual size; lay out again only if a scroll bar appears or disappears."""
        before = self.virtual_size
        if size == before:
            return
        height = self.styles.height
        is_auto = height is not None and height.is_auto
        if is_auto or self._overflow(size) != self._overflow(before):
            self.virtual_size = size
            return
        self.set_reactive(RowList.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.horizontal_scrollbar.window_virtual_size = size.width
        if self.scroll_offset.y > self.max_scroll_y or self.scroll_offset.x > self.max_scroll_x:
            self.scroll_to(x=self.scroll_x, y=self.scroll_y, animate=False)

    def _overflow(self, size: Size) -> tuple[bool, ...]:
        """Whether rows of this size exceed the view, with and without scroll bars."""
        rooms = self.scrollable_content_region.size, self.container_size
        return tuple(more > room for each in rooms for more, room in zip(size, each, strict=True))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the changed lines of the view."""
        # Once per call: each of the two costs as much as drawing a line.
        self._frame = (self.scrollable_content_region.width, self.rich_style)
        if self.styles.gutter or self.opacity < 1:
            return super().render_lines(crop)
        return self._plain_lines(crop)

    def _plain_lines(self, crop: Region) -> list[Strip]:
        """Do what Textual does for a widget without border and padding, at half the cost."""
        lines = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            # Rows have no ANSI colours, and searching every line for them is not cheap.
            if not isinstance(line_filter, ANSIToTruecolor):
                background = self.background_colors[1]
                lines = [line.apply_filter(line_filter, background) for line in lines]
        left, right = crop.column_span
        if left or right < self._frame[0]:
            lines = [line.crop(left, right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """Render one line of the view."""
        width, base = self._frame
        if y < self.header_height:
            style = self.row_style("header")
            return self.draw_header(width, style).crop_extend(0, width, style)
        row = self.first_row + y - self.header_height
        if row >= self.row_count:
            return self.draw_beyond(row - self.row_count, width, base)
        style = self.row_style("cursor") if row == self.cursor else base
        line = self.draw_row(row, width, style)
        return line if line.cell_length == width else line.crop_extend(0, width, style)

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """Draw a line below the last row; blank by default."""
        del line
        return Strip.blank(width, style)

    def refresh_row(self, row: int) -> None:
        """Redraw one row."""
        y = row - self.first_row + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # ----------------------------------------------------------------- movement

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Redraw the rows. Textual's method redraws the header and the scroll bars as well."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self._thumb_position(new_value)
        if round(old_value) != round(new_value):
            room = self.scrollable_content_region.size
            self.refresh(Region(0, self.header_height, room.width, self.page_rows))

    def _thumb_position(self, position: float) -> float:
        """The lowest position that draws the same thumb.

        Drawing the scroll bar costs as much as a page of rows, and over a million rows a page
        moves the thumb by less than it can show.
        """
        bar = self.vertical_scrollbar
        length, scrollable = bar.size.height, bar.window_virtual_size - bar.window_size
        if not length or not 0 < position < scrollable:
            return position
        thumb = max(1.0, bar.window_size * length / bar.window_virtual_size)
        steps = max(1.0, (length - thumb) * THUMB_STEPS_PER_CELL)
        return int(position / scrollable * steps) * scrollable / steps

    def _clamp(self, row: int) -> int:
        return max(0, min(row, self.row_count - 1))

    def validate_cursor(self, row: int) -> int:
        """Keep the cursor on a row."""
        return self._clamp(row)

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw both rows, keep the cursor in view and post `Highlighted`."""
        self.refresh_row(old)
        self.refresh_row(new)
        self.reveal(new)
        self.post_message(self.Highlighted(self, new))

    def reveal(self, row: int) -> None:
        """Scroll as little as possible to show a row."""
        top, page = self.first_row, self.page_rows
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif row >= top + page:
            self.scroll_to(y=row - page + 1, animate=False)

    def move(self, rows: int) -> None:
        """Move the cursor by a number of rows."""
        self.cursor = self.cursor + rows

    def action_row_down(self) -> None:
        """Go to the next row."""
        self.move(1)

    def action_row_up(self) -> None:
        """Go to the previous row."""
        self.move(-1)

    def action_page_down(self) -> None:
        """Go down a page; the cursor keeps its position in the view."""
        self._page(self.page_rows)

    def action_page_up(self) -> None:
        """Go up a page."""
        self._page(-self.page_rows)

    def _page(self, rows: int) -> None:
        self.scroll_to(y=self.first_row + rows, animate=False)
        self.move(rows)

    def action_first_row(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last_row(self) -> None:
        """Go to the last row."""
        self.cursor = self.row_count - 1

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.row_count:
            self.post_message(self.Opened(self, self.cursor))

    # -------------------------------------------------------------------- mouse

    def row_at(self, y: int) -> int | None:
        """The row at a line of the view; None in the header and below the last row."""
        row = self.first_row + y - self.header_height
        return row if y >= self.header_height and row < self.row_count else None

    def on_click(self, event: events.Click) -> None:
        """Move the cursor here; a double click opens the row."""
        row = self.row_at(event.y)
        if row is None:
            return
        event.stop()
        self.cursor = row
        if event.chain == 2:  # noqa: PLR2004 - a double click
            self.action_open()
