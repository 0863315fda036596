"""The tags of several images, a column each; the names of the tags stand while images scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.halfblocks import half_block_strips, ramp_strips
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.kit.theme import UNICODE
from tasveer_tui.ui.shared.inspection import Comparison, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.ui.kit.halfblocks import PixelGrid

NAME_WIDTH: Final = 22
LEAST_WIDTH: Final = 20
"""Cells of an image's column, at least; the gap behind it included."""
MOST_WIDTH: Final = 60
GAP: Final = 2
MISSING: Final = "–"


class CompareList(RowList):
    """One line a tag, under the titles of the groups."""

    header_height: ClassVar[int] = 1
    DEFAULT_CSS = """
    CompareList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.comparison = Comparison((), ())
        self.rows: tuple[Row, ...] = ()
        self._lines: list[Row | str] = []
        self.is_raw = False

    @property
    def row_count(self) -> int:
        """Tags and titles."""
        return len(self._lines)

    @property
    def name_width(self) -> int:
        """Cells of the tags' names."""
        return min(NAME_WIDTH, max(10, self.scrollable_content_region.width // 4))

    @property
    def column_width(self) -> int:
        """Cells of an image's column with its gap: as wide as all fit, if they do."""
        room = self.scrollable_content_region.width - self.name_width - 3
        return max(LEAST_WIDTH, min(MOST_WIDTH, room // max(1, len(self.comparison.titles))))

    @property
    def row_width(self) -> int:
        """Cells of all columns."""
        return self.name_width + 3 + self.column_width * len(self.comparison.titles)

    def show(self, comparison: Comparison, *, is_all: bool, is_raw: bool) -> None:
        """Show a comparison; the cursor stays with its tag, if that is still there."""
        before = self._lines[self.cursor] if self._lines else None
        self.comparison, self.is_raw = comparison, is_raw
        self.rows = comparison.rows_to_show(is_all=is_all)
        self._lines = []
        group = ""
        for row in self.rows:
            if row.group != group:
                group = row.group
                self._lines.append(group)
            self._lines.append(row)
        place = self._lines.index(before) if before in self._lines else min(1, len(self._lines))
        self.set_reactive(RowList.cursor, max(0, place))
        self.rows_changed()
        self.reveal(self.cursor)

    def validate_cursor(self, row: int) -> int:
        """Pass over titles, in the direction of the movement."""
        row = super().validate_cursor(row)
        if not self._lines or isinstance(self._lines[row], Row):
            return row
        return row + 1 if row >= self.cursor or row == 0 else row - 1

    def reveal(self, row: int) -> None:
        """Show the group's title with its first tag."""
        if 0 < row < len(self._lines) and isinstance(self._lines[row - 1], str):
            super().reveal(row - 1)
        super().reveal(row)

    def on_resize(self) -> None:
        """Other widths."""
        self.rows_changed()

    def pan(self, sign: int) -> None:
        """Scroll by one image."""
        at = self.scroll_offset.x // self.column_width + sign
        self.scroll_to(x=max(0, at) * self.column_width, animate=False)

    # ------------------------------------------------------------------ drawing

    def draw_header(self, width: int, style: Style) -> Strip:
        """The images' names."""
        titles = [(title, style) for title in self.comparison.titles]
        return self._line("", titles, width, style, style)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A title, or a tag; what differs from the first image is lit, what is equal dimmed."""
        line = self._lines[row]
        if isinstance(line, str):
            return Strip([Segment(fit(line, width), style + self.foreground("group"))])
        lit, dim, faint = (style + self.foreground(name) for name in ("strong", "dim", "faint"))
        first = line.text(0, is_raw=self.is_raw)
        texts = []
        for index, entry in enumerate(line.entries):
            text = line.text(index, is_raw=self.is_raw)
            look = style if line.differs else dim
            if entry is None:
                text, look = MISSING, faint
            elif index and text != first:
                look = lit
            texts.append((text, look))
        return self._line(f"  {line.name}", texts, width, style, dim)

    def _line(
        self, name: str, texts: Sequence[tuple[str, Style]], width: int, style: Style, dim: Style
    ) -> Strip:
        cells = self.column_width
        head = Strip([Segment(fit(name, self.name_width + 2) + " ", dim)])
        segments = []
        for text, look in texts:
            segments.append(Segment(fit(text, cells - GAP), look))
            segments.append(Segment(" " * GAP, style))
        x = self.scroll_offset.x
        room = max(0, width - head.cell_length)
        return Strip.join([head, Strip(segments).crop_extend(x, x + room, style)])


class CompareThumbs(Widget):
    """The thumbnails over the columns."""

    DEFAULT_CSS = """
    CompareThumbs { height: 10; background: $surface; }
    """

    def __init__(self, under: CompareList) -> None:
        """It stands over this list and scrolls with it."""
        super().__init__()
        self._under = under
        self._strips: dict[int, tuple[int, list[Strip]]] = {}

    def on_mount(self) -> None:
        """Scroll with the list."""
        self.watch(self._under, "scroll_x", self._scrolled, init=False)

    def _scrolled(self) -> None:
        self.refresh()

    @property
    def is_empty(self) -> bool:
        """Whether no thumbnail has come."""
        return not self._strips

    @property
    def room(self) -> tuple[int, int]:
        """Pixels of one thumbnail, wide and high."""
        return self._under.column_width - GAP, 2 * (self.size.height - 1)

    def show(self, index: int, pixels: PixelGrid) -> None:
        """Show one image's thumbnail."""
        if pixels.width and pixels.height:
            marks = getattr(self.app, "symbols", UNICODE)
            draw = ramp_strips if self.app.no_color or marks.is_ascii else half_block_strips
            self._strips[index] = (pixels.width, draw(pixels))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line through all of them."""
        style, list_ = self.rich_style, self._under
        cells = list_.column_width
        blank = Strip.blank(cells, style)
        lines = []
        for index in range(len(list_.comparison.titles)):
            _, strips = self._strips.get(index, (0, []))
            lines.append(strips[y].crop_extend(0, cells, style) if y < len(strips) else blank)
        head = Strip.blank(list_.name_width + 3, style)
        x = list_.scroll_offset.x
        room = max(0, self.size.width - head.cell_length)
        return Strip.join([head, Strip.join(lines).crop_extend(x, x + room, style)])
