"""A contact sheet: thumbnails in rows and columns, only those in view are ever asked for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.background import background
from tasveer_tui.ui.keys import Place, bindings
from tasveer_tui.ui.theme import UNICODE
from tasveer_tui.ui.widgets.columns import fit
from tasveer_tui.ui.widgets.halfblocks import half_block_strips, ramp_strips

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.widgets.halfblocks import PixelGrid

LANES: Final = 6
"""Thumbnails fetched at the same time."""
MOST_KEPT: Final = 2_000
SIZES: Final = (Size(14, 6), Size(20, 8), Size(30, 12), Size(46, 18))
"""Cells of a tile, its caption and a gap included."""
GAP: Final = 1
LOADING, NOTHING = "…", "–"


@dataclass(frozen=True, slots=True)
class Thumb:
    """What one image shows: pixels, if it has some, and its name."""

    pixels: PixelGrid | None
    caption: str


@dataclass(slots=True)
class _Tile:
    """A thumbnail as it is drawn."""

    caption: str
    strips: list[Strip]
    width: int = 0
    note: str = ""


class ContactSheet(ScrollView, can_focus=True):
    """Tiles of images by id; the cursor is an index into the ids."""

    DEFAULT_CSS = """
    ContactSheet {
        background: $surface; color: $foreground;
        scrollbar-size-vertical: 1; overflow: hidden scroll;
        & > .sheet--cursor { background: $foreground 16%; }
        & > .sheet--caption { color: $text-muted; }
        & > .sheet--note { color: $text-disabled; }
        & > .sheet--mark { color: $text-warning; }
        &:focus > .sheet--cursor { background: $primary 40%; color: $text; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.SHEET)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sheet--cursor",
        "sheet--caption",
        "sheet--note",
        "sheet--mark",
    }

    cursor: reactive[int] = reactive(0, init=False, repaint=False)

    @dataclass
    class Highlighted(Message):
        """The cursor came to an image."""

        index: int

    @dataclass
    class Chosen(Message):
        """An image was opened."""

        index: int

    def __init__(
        self,
        load: Callable[[int, int, int], Thumb],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """`load` takes an id and the room in pixels, blocks, and is called in a thread."""
        super().__init__(id=id)
        self._load = load
        self.marked: dict[int, None] = {}
        """Ids with a mark before their caption."""
        self._ids: Sequence[int] = ()
        self._step = 1
        self._kept: OrderedDict[int, _Tile] = OrderedDict()
        self._lanes: dict[int, int] = {}
        """Which image each busy lane fetches."""

    # ------------------------------------------------------------------ content

    @property
    def tile(self) -> Size:
        """Cells of a tile; as wide as the tiles beside each other leave no room."""
        return Size((self._width + GAP) // self.columns, SIZES[self._step].height)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def columns(self) -> int:
        """Tiles beside each other."""
        return max(1, (self._width + GAP) // SIZES[self._step].width)

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return -(-len(self._ids) // self.columns)

    @property
    def _room(self) -> Size:
        """Cells of a picture."""
        return Size(self.tile.width - GAP - 1, self.tile.height - 1 - GAP)

    def show_ids(self, ids: Sequence[int], cursor: int) -> None:
        """Show these images, the cursor on one of them."""
        self._ids = ids
        self._laid_out()
        self.cursor = cursor
        self._reveal()

    def _laid_out(self) -> None:
        self.virtual_size = Size(0, self.rows * self.tile.height)
        self.refresh()
        self._want()

    def on_resize(self) -> None:
        """Other tiles stand beside each other."""
        self._laid_out()
        self._reveal()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what came into view."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    # ----------------------------------------------------------------- fetching

    @property
    def _in_view(self) -> range:
        first = self.scroll_offset.y // self.tile.height
        last = (self.scroll_offset.y + self.size.height) // self.tile.height
        return range(first * self.columns, min(len(self._ids), (last + 1) * self.columns))

    def _want(self) -> None:
        """Fetch what is in view and not there, in the lanes that are free."""
        if not self.is_attached or not self.display:
            return
        busy = set(self._lanes.values())
        free = [lane for lane in range(LANES) if lane not in self._lanes]
        for index in self._in_view:
            image_id = self._ids[index]
            if not free:
                return
            if image_id not in self._kept and image_id not in busy:
                self._fetch(free.pop(), image_id)

    def _fetch(self, lane: int, image_id: int) -> None:
        self._lanes[lane] = image_id
        width, height = self._room.width, 2 * self._room.height
        background(self).run(
            self,
            f"lane {lane}",
            lambda: self._load(image_id, width, height),
            partial(self._came, lane, image_id, self._step),
            failed=partial(self._failed, lane, image_id),
        )

    def _came(self, lane: int, image_id: int, size: int, thumb: Thumb) -> None:
        self._lanes.pop(lane, None)
        if size == self._step:
            self._keep(image_id, self._drawn(thumb))
        self._want()

    def _failed(self, lane: int, image_id: int, error: TasveerError) -> None:
        self._lanes.pop(lane, None)
        self._keep(image_id, _Tile("", [], note=error.message))
        self._want()

    def _drawn(self, thumb: Thumb) -> _Tile:
        pixels = thumb.pixels
        if pixels is None or not pixels.width or not pixels.height:
            return _Tile(thumb.caption, [], note=NOTHING)
        marks = getattr(self.app, "marks", UNICODE)
        draw = ramp_strips if self.app.no_color or marks.is_ascii else half_block_strips
        return _Tile(thumb.caption, draw(pixels), pixels.width)

    def _keep(self, image_id: int, tile: _Tile) -> None:
        self._kept[image_id] = tile
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        self.refresh()

    # ----------------------------------------------------------------- movement

    def validate_cursor(self, index: int) -> int:
        """Keep the cursor on an image."""
        return max(0, min(index, len(self._ids) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Show it and tell."""
        del old
        self._reveal()
        self.refresh()
        if self._ids:
            self.post_message(self.Highlighted(new))

    def _reveal(self) -> None:
        top = self.cursor // self.columns * self.tile.height
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif top + self.tile.height > self.scroll_offset.y + self.size.height:
            self.scroll_to(y=top + self.tile.height - self.size.height, animate=False)

    def action_step(self, columns: int, rows: int) -> None:
        """Go to a neighbour."""
        target = self.cursor + columns + rows * self.columns
        if 0 <= target < len(self._ids):
            self.cursor = target

    def action_page(self, sign: int) -> None:
        """Go a screen on or back."""
        self.cursor += sign * max(1, self.size.height // self.tile.height) * self.columns

    def action_ends(self, end: int) -> None:
        """Go to the first image (0) or the last one (1)."""
        self.cursor = end * (len(self._ids) - 1)

    def action_resize(self, by: int) -> None:
        """Show larger tiles, or smaller ones."""
        size = max(0, min(self._step + by, len(SIZES) - 1))
        if size != self._step:
            self._step = size
            self._kept.clear()
            self._laid_out()
            self._reveal()

    def action_choose(self) -> None:
        """Open the image under the cursor."""
        if self._ids:
            self.post_message(self.Chosen(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Go to the tile; a double click opens it."""
        column = event.x // self.tile.width
        row = (event.y + self.scroll_offset.y) // self.tile.height
        index = row * self.columns + column
        if column < self.columns and index < len(self._ids):
            self.cursor = index
            if event.chain == 2:  # noqa: PLR2004 - a double click
                self.action_choose()

    # ------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """One line through a row of tiles."""
        row, line = divmod(y + self.scroll_offset.y, self.tile.height)
        first, base = row * self.columns, self.rich_style
        strips = [
            self._line_of(index, line, base)
            for index in range(first, min(first + self.columns, len(self._ids)))
        ]
        return Strip.join(strips).crop_extend(0, self.size.width, base)

    def _line_of(self, index: int, line: int, base: Style) -> Strip:
        """One line of a tile: of its picture, its caption, or the gap below."""
        tile = self._kept.get(self._ids[index])
        width, room = self.tile.width, self._room
        style = base
        if index == self.cursor and line <= room.height:
            style = base + self.get_component_rich_style("sheet--cursor")
        if line < room.height:
            inner = self._picture_line(tile, line, style)
        elif line == room.height:
            look = style if index == self.cursor else style + self._part("caption")
            caption = fit(clean(tile.caption, 200) if tile else "", room.width)
            inner = Strip([Segment(caption, look)])
        else:
            return Strip.blank(width, base)
        lead = Segment(" ", style)
        if line == room.height and self._ids[index] in self.marked:
            signs = getattr(self.app, "marks", UNICODE)
            lead = Segment(signs.chosen, style + self._part("mark"))
        framed = Strip.join([Strip([lead]), inner])
        return framed.crop_extend(0, width - GAP, style).extend_cell_length(width, base)

    def _picture_line(self, tile: _Tile | None, line: int, style: Style) -> Strip:
        room = self._room
        if tile is None or not tile.strips:
            is_middle = line == room.height // 2
            word = (tile.note if tile else LOADING) if is_middle else ""
            text = fit(clean(word, 200), min(len(word), room.width)).center(room.width)
            return Strip([Segment(text, style + self._part("note"))])
        top = (room.height - len(tile.strips)) // 2
        if not 0 <= line - top < len(tile.strips):
            return Strip.blank(room.width, style)
        left = Strip.blank((room.width - tile.width) // 2, style)
        return Strip.join([left, tile.strips[line - top]]).crop_extend(0, room.width, style)

    def _part(self, name: str) -> Style:
        full = self.get_component_rich_style(f"sheet--{name}")
        return Style(color=full.color)
