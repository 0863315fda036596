"""A list of lines with a cursor, of any length: only the lines in view are ever made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.quiet_widgets import CalmBar
from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType
    from textual.css.styles import RenderStyles

    from tasveer_tui.ui.kit.theme import Symbols


@lru_cache(64)
def _without_background(style: Style) -> Style:
    return Style(color=style.color, bold=style.bold)


class RowList(ScrollView, can_focus=True):
    """The base of every list here: a subclass says how many rows there are and draws one.

    Rows count from 0. A header stands still above them where `header_height` says so.
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
        """The cursor came to a row."""

        rows: RowList
        row: int

        @property
        def control(self) -> RowList:
            """The list that it happened in."""
            return self.rows

    @dataclass
    class Opened(Message):
        """A row was opened, by enter or by a second click."""

        rows: RowList
        row: int

        @property
        def control(self) -> RowList:
            """The list that it happened in."""
            return self.rows

    # ---------------------------------------------------------- for the subclass

    @property
    def row_count(self) -> int:
        """How many rows there are now."""
        raise NotImplementedError

    @property
    def row_width(self) -> int:
        """Cells of the longest row; more than the view has gives a horizontal scroll bar."""
        return 0

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one row over `style`; it is cut or filled to `width` afterwards."""
        raise NotImplementedError

    def draw_header(self, width: int, style: Style) -> Strip:
        """Draw the header's only line."""
        raise NotImplementedError

    @cached_property
    def _looks(self) -> dict[str, tuple[RenderStyles, Style]]:
        """Styles by name, good as long as Textual has not applied the style sheets anew."""
        return {}

    def on_mount(self) -> None:
        """Let the scroll bar rest while it looks the same."""
        self.vertical_scrollbar.__class__ = CalmBar
        self.horizontal_scrollbar.__class__ = CalmBar

    # ------------------------------------------------------------------ drawing

    def look(self, name: str) -> Style:
        """Look up a style of a line: `cursor`, `header`. Textual would make it for each frame."""
        styles = self._component_styles[f"row--{name}"]
        known = self._looks.get(name)
        if known is None or known[0] is not styles:
            known = self._looks[name] = styles, self.get_component_rich_style(f"row--{name}")
        return known[1]

    def part(self, name: str) -> Style:
        """Look up a style without background, to lay over a row's: `dim`, `strong`, `good`."""
        return _without_background(self.look(name))

    @property
    def symbols(self) -> Symbols:
        """The signs that fit the terminal."""
        symbols: Symbols = getattr(self.app, "symbols", UNICODE)
        return symbols

    @property
    def page_rows(self) -> int:
        """Rows that are in view at the same time."""
        return max(1, self.scrollable_content_region.height - self.header_height)

    @property
    def first_row(self) -> int:
        """The topmost row in view."""
        return self.scroll_offset.y

    def rows_changed(self) -> None:
        """Tell the scroll bars and the screen that there are other rows than before."""
        self._resize(Size(self.row_width, self.row_count + self.header_height))
        self.set_reactive(RowList.cursor, self._clamp(self.cursor))
        self.refresh()

    def _resize(self, size: Size) -> None:
        """Lay out the screen anew only where that shows or hides a scroll bar."""
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
        """Whether rows of this size go beyond the view, with or without scroll bars."""
        rooms = self.scrollable_content_region.size, self.container_size
        return tuple(more > room for each in rooms for more, room in zip(size, each, strict=True))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Every line of the view that changed."""
        # Either costs as much as drawing a line does.
        self._frame = (self.scrollable_content_region.width, self.rich_style)
        if self.styles.gutter or self.opacity < 1:
            return super().render_lines(crop)
        return self._plain_lines(crop)

    def _plain_lines(self, crop: Region) -> list[Strip]:
        """Do what Textual does where there is nothing around the lines, at half its cost."""
        lines = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            # Rows have no ANSI colours, and going through every line for them is not cheap.
            if not isinstance(line_filter, ANSIToTruecolor):
                background = self.background_colors[1]
                lines = [line.apply_filter(line_filter, background) for line in lines]
        left, right = crop.column_span
        if left or right < self._frame[0]:
            lines = [line.crop(left, right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """One line of the view."""
        width, base = self._frame
        if y < self.header_height:
            style = self.look("header")
            return self.draw_header(width, style).crop_extend(0, width, style)
        row = self.first_row + y - self.header_height
        if row >= self.row_count:
            return self.draw_beyond(row - self.row_count, width, base)
        style = self.look("cursor") if row == self.cursor else base
        line = self.draw_row(row, width, style)
        return line if line.cell_length == width else line.crop_extend(0, width, style)

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """Draw what stands under the last row; nothing, unless a subclass has something."""
        del line
        return Strip.blank(width, style)

    def refresh_row(self, row: int) -> None:
        """Draw one row again."""
        y = row - self.first_row + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # ----------------------------------------------------------------- movement

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the rows again; Textual's own draws header and scroll bars too."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            room = self.scrollable_content_region.size
            self.refresh(Region(0, self.header_height, room.width, self.page_rows))

    def _clamp(self, row: int) -> int:
        return max(0, min(row, self.row_count - 1))

    def validate_cursor(self, row: int) -> int:
        """Keep the cursor on a row."""
        return self._clamp(row)

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw both rows again, keep the cursor in view and tell."""
        self.refresh_row(old)
        self.refresh_row(new)
        self.reveal(new)
        self.post_message(self.Highlighted(self, new))

    def reveal(self, row: int) -> None:
        """Scroll as little as needed to show a row."""
        top, page = self.first_row, self.page_rows
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif row >= top + page:
            self.scroll_to(y=row - page + 1, animate=False)

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor = self.cursor + rows

    def action_row_down(self) -> None:
        """Go to the next row."""
        self.move(1)

    def action_row_up(self) -> None:
        """Go to the row before."""
        self.move(-1)

    def action_page_down(self) -> None:
        """Go a page on, keeping the cursor's place in the view."""
        self._page(self.page_rows)

    def action_page_up(self) -> None:
        """Go a page back."""
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
        """Find the row at a line of the view."""
        row = self.first_row + y - self.header_height
        return row if y >= self.header_height and row < self.row_count else None

    def on_click(self, event: events.Click) -> None:
        """Bring the cursor here; a double click opens the row."""
        row = self.row_at(event.y)
        if row is None:
            return
        event.stop()
        self.cursor = row
        if event.chain == 2:  # noqa: PLR2004 - a double click
            self.action_open()
