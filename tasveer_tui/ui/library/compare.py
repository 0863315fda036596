"""The comparison of several images, tag by tag; by default only the tags that differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.halfblocks import half_block_strips, ramp_strips
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.inspection import Comparison, Row, as_json, as_text, compare, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.exif import Pixels
    from tasveer_tui.records import Image
    from tasveer_tui.ui.kit.halfblocks import PixelGrid
    from tasveer_tui.workspace import Workspace

MAX_IMAGES: Final = 24
MIN_LINES_WITH_THUMBS: Final = 34
"""Lines of the terminal from which on thumbnails are shown."""
NAME_WIDTH: Final = 22
NAME_MARGIN: Final = 3
"""Cells around a tag's name."""
MIN_COLUMN_WIDTH: Final = 20
"""Cells of an image's column with its gap."""
MAX_COLUMN_WIDTH: Final = 60
GAP: Final = 2
MISSING: Final = "–"


class CompareList(RowList):
    """One line per tag, a column per image; the tags' names do not scroll."""

    header_height: ClassVar[int] = 1
    DEFAULT_CSS = """
    CompareList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.comparison = Comparison((), ())
        self.rows: tuple[Row, ...] = ()
        """The tags that are shown."""
        self._lines: list[Row | str] = []
        """Tags and the titles of their groups."""
        self.is_raw = False

    @property
    def row_count(self) -> int:
        """Number of lines."""
        return len(self._lines)

    @property
    def name_width(self) -> int:
        """Cells of the tags' names."""
        return min(NAME_WIDTH, max(10, self.scrollable_content_region.width // 4))

    @property
    def column_width(self) -> int:
        """Cells of an image's column with its gap; all columns share the width if possible."""
        room = self.scrollable_content_region.width - self.name_width - NAME_MARGIN
        width = room // max(1, len(self.comparison.titles))
        return max(MIN_COLUMN_WIDTH, min(MAX_COLUMN_WIDTH, width))

    @property
    def row_width(self) -> int:
        """Cells of all columns."""
        return self.name_width + NAME_MARGIN + self.column_width * len(self.comparison.titles)

    def show(self, comparison: Comparison, *, is_all: bool, is_raw: bool) -> None:
        """Show a comparison; the cursor stays on its tag if that is still shown."""
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
        line = self._lines.index(before) if before in self._lines else min(1, len(self._lines))
        self.set_reactive(RowList.cursor, max(0, line))
        self.rows_changed()
        self.reveal(self.cursor)

    def validate_cursor(self, row: int) -> int:
        """Skip titles, in the direction of the movement."""
        row = super().validate_cursor(row)
        if not self._lines or isinstance(self._lines[row], Row):
            return row
        return row + 1 if row >= self.cursor or row == 0 else row - 1

    def reveal(self, row: int) -> None:
        """Show the group's title together with its first tag."""
        if 0 < row < len(self._lines) and isinstance(self._lines[row - 1], str):
            super().reveal(row - 1)
        super().reveal(row)

    def on_resize(self) -> None:
        """The columns have other widths."""
        self.rows_changed()

    def pan(self, sign: int) -> None:
        """Scroll by one image."""
        column = self.scroll_offset.x // self.column_width + sign
        self.scroll_to(x=max(0, column) * self.column_width, animate=False)

    # ------------------------------------------------------------------ drawing

    def draw_header(self, width: int, style: Style) -> Strip:
        """The images' names."""
        titles = [(title, style) for title in self.comparison.titles]
        return self._line("", titles, width, style, style)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A title or a tag; values that differ from the first image's are bold."""
        line = self._lines[row]
        if isinstance(line, str):
            return Strip([Segment(fit(line, width), style + self.foreground("group"))])
        strong, dim, faint = (style + self.foreground(name) for name in ("strong", "dim", "faint"))
        first = line.text(0, is_raw=self.is_raw)
        texts = []
        for index, entry in enumerate(line.entries):
            text = line.text(index, is_raw=self.is_raw)
            text_style = style if line.differs else dim
            if entry is None:
                text, text_style = MISSING, faint
            elif index and text != first:
                text_style = strong
            texts.append((text, text_style))
        return self._line(f"  {line.name}", texts, width, style, dim)

    def _line(
        self, name: str, texts: Sequence[tuple[str, Style]], width: int, style: Style, dim: Style
    ) -> Strip:
        head = Strip([Segment(fit(name, self.name_width + NAME_MARGIN - 1) + " ", dim)])
        segments = []
        for text, text_style in texts:
            segments.append(Segment(fit(text, self.column_width - GAP), text_style))
            segments.append(Segment(" " * GAP, style))
        x = self.scroll_offset.x
        room = max(0, width - head.cell_length)
        return Strip.join([head, Strip(segments).crop_extend(x, x + room, style)])


class CompareThumbs(Widget):
    """The thumbnails above the columns of a list; they scroll with it."""

    DEFAULT_CSS = """
    CompareThumbs { height: 10; background: $surface; }
    """

    def __init__(self, rows: CompareList) -> None:
        super().__init__()
        self._rows = rows
        self._strips: dict[int, list[Strip]] = {}
        """Index of the image → lines."""

    def on_mount(self) -> None:
        """Scroll with the list."""
        self.watch(self._rows, "scroll_x", self._on_scroll, init=False)

    def _on_scroll(self) -> None:
        self.refresh()

    @property
    def is_empty(self) -> bool:
        """Whether there is no thumbnail yet."""
        return not self._strips

    @property
    def pixel_size(self) -> tuple[int, int]:
        """Width and height of one thumbnail in pixels."""
        return self._rows.column_width - GAP, 2 * (self.size.height - 1)

    def show(self, index: int, pixels: PixelGrid) -> None:
        """Show the thumbnail of one image."""
        if pixels.width and pixels.height:
            is_plain = self.app.no_color or app_context(self).symbols.is_ascii
            self._strips[index] = (ramp_strips if is_plain else half_block_strips)(pixels)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render one line through all thumbnails."""
        style, rows = self.rich_style, self._rows
        cells = rows.column_width
        blank = Strip.blank(cells, style)
        lines = []
        for index in range(len(rows.comparison.titles)):
            strips = self._strips.get(index, [])
            lines.append(strips[y].crop_extend(0, cells, style) if y < len(strips) else blank)
        head = Strip.blank(rows.name_width + NAME_MARGIN, style)
        x = rows.scroll_offset.x
        room = max(0, self.size.width - head.cell_length)
        return Strip.join([head, Strip.join(lines).crop_extend(x, x + room, style)])


@dataclass(frozen=True, slots=True)
class CompareState:
    """What the screen shows; an error wins over everything else."""

    comparison: Comparison | None = None
    is_all: bool = False
    """Show also the tags that are equal."""
    is_raw: bool = False
    images_left_out: int = 0
    """Selected images beyond the limit."""
    error: TasveerError | None = None

    @property
    def text(self) -> str:
        """The line below the title."""
        if self.error is not None:
            return f"{self.error.message} {self.error.remedy}"
        if self.comparison is None:
            return "reading…"
        tags = [row for row in self.comparison.rows if row.is_tag]
        differing = sum(row.differs for row in tags)
        first = f"{differing:,} of {plural(len(tags), 'tag')} differ"
        if not differing:
            first = f"All {plural(len(tags), 'tag')} are equal"
        parts = [first, "all tags are shown" if self.is_all else "only differences are shown"]
        if self.is_raw:
            parts.append("raw values")
        if self.images_left_out:
            parts.append(f"{plural(self.images_left_out, 'selected image')} left out")
        return "; ".join(parts) + "."


class CompareScreen(Dialog[None]):
    """Reads images by id and shows them side by side."""

    DEFAULT_CSS = """
    CompareScreen {
        align: center middle;
        & > #compare-box { width: 100%; height: 1fr; background: $surface; }
        & #compare-title { height: 1; padding: 0 1; text-style: bold; color: $text-primary; }
        & #compare-state { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
        & #compare-state.-bad { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.COMPARE)

    state: reactive[CompareState] = reactive(CompareState(), init=False)

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__()
        self._ids = tuple(ids[:MAX_IMAGES])
        self._images: tuple[Image, ...] = ()
        state = CompareState(images_left_out=len(ids) - len(self._ids))
        self.set_reactive(CompareScreen.state, state)

    def compose(self) -> ComposeResult:
        """Title, state, thumbnails, tags."""
        rows = CompareList()
        with Vertical(id="compare-box"):
            yield Static(f"Comparison of {plural(len(self._ids), 'image')}", id="compare-title")
            yield Static(id="compare-state", markup=False)
            yield CompareThumbs(rows)
            yield rows
        yield FooterBar()

    def on_mount(self) -> None:
        """Read the images."""
        self._rows.focus()
        self.watch_state()
        self._show_or_hide_thumbs()
        work = partial(_read, workspace(self), self._ids)
        background(self).run(self, "compare", work, self._on_images, on_error=self._on_error)

    def watch_state(self) -> None:
        """Render the state: the only place that changes the list and the text."""
        state = self.state
        line = self.query_one("#compare-state", Static)
        line.update(Text(clean(state.text)))
        line.set_class(state.error is not None, "-bad")
        if state.comparison is not None:
            self._rows.show(state.comparison, is_all=state.is_all, is_raw=state.is_raw)

    @property
    def _rows(self) -> CompareList:
        return self.query_one(CompareList)

    def _on_images(self, found: tuple[tuple[Image, ...], Comparison]) -> None:
        self._images, comparison = found
        self.state = replace(self.state, comparison=comparison)
        self.call_after_refresh(self._fetch_thumb, 0)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error)

    # --------------------------------------------------------------- thumbnails

    def on_resize(self) -> None:
        """Show thumbnails if there is room for them."""
        self._show_or_hide_thumbs()

    def _show_or_hide_thumbs(self) -> None:
        thumbs = self.query_one(CompareThumbs)
        was_shown = thumbs.display
        has_room = self.app.size.height >= MIN_LINES_WITH_THUMBS
        thumbs.display = app_context(self).settings.images and has_room
        if thumbs.display and not was_shown:
            self.call_after_refresh(self._fetch_thumb, 0)

    def _fetch_thumb(self, index: int) -> None:
        """Fetch the thumbnails one after the other, while they are shown."""
        thumbs = self.query_one(CompareThumbs)
        if index >= len(self._images) or not thumbs.display:
            has_none = bool(self._images) and thumbs.is_empty
            thumbs.display = thumbs.display and not has_none
            return
        image, (width, height) = self._images[index], thumbs.pixel_size
        space = workspace(self)
        background(self).run(
            self,
            "thumbnail",
            lambda: space.thumbnail(image.source, image.ref.key, image.record, width, height),
            partial(self._on_thumb, index),
            on_error=lambda _: self._fetch_thumb(index + 1),
        )

    def _on_thumb(self, index: int, pixels: Pixels) -> None:
        self.query_one(CompareThumbs).show(index, pixels)
        self._fetch_thumb(index + 1)

    # ------------------------------------------------------------------ actions

    def action_pan(self, sign: int) -> None:
        """Show the next images (1) or the previous ones (-1)."""
        self._rows.pan(sign)

    def action_toggle_all(self) -> None:
        """Show all tags, or only those that differ."""
        self.state = replace(self.state, is_all=not self.state.is_all)

    def action_toggle_raw(self) -> None:
        """Show raw values, or human-readable ones."""
        self.state = replace(self.state, is_raw=not self.state.is_raw)

    def action_copy_text(self) -> None:
        """Copy the visible tags as tab-separated text."""
        rows = self._rows
        text = as_text(rows.comparison.titles, rows.rows, is_raw=self.state.is_raw)
        self.post_message(CopyText(text, "the comparison"))

    def action_copy_json(self) -> None:
        """Copy the visible tags as JSON."""
        text = as_json(self._rows.comparison.titles, self._rows.rows)
        self.post_message(CopyText(text, "the comparison as JSON"))

    def action_leave(self) -> None:
        """Go back to the images."""
        self.dismiss(None)


def _read(space: Workspace, ids: Sequence[int]) -> tuple[tuple[Image, ...], Comparison]:
    """Read and compare the images. Blocks."""
    images = tuple(space.catalogue.image(image_id) for image_id in ids)
    return images, compare([report(image) for image in images])
