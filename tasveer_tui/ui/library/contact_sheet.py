"""A contact sheet: thumbnails in rows and columns, only those in view are ever asked for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context, background
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.graphics import Graphics, kitty_dropped
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.theme import UNICODE
from tasveer_tui.ui.library.tiles import Thumb, Tile, Way, cell_pixels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError

LANES: Final = 6
"""Thumbnails fetched at the same time."""
MOST_KEPT: Final = 2_000
SIZES: Final = (Size(14, 6), Size(20, 8), Size(30, 12), Size(46, 18))
"""Cells of a tile, its caption and a gap included."""
GAP: Final = 1
LOADING: Final = "…"


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
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SHEET)
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
    class Opened(Message):
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
        self.selected: dict[int, None] = {}
        """Ids with a mark before their caption."""
        self._ids: Sequence[int] = ()
        self._step = 1
        self._kept: OrderedDict[int, Tile] = OrderedDict()
        self._lanes: dict[int, int] = {}
        """Which image each busy lane fetches."""
        self._way = Way()
        self._is_painting_due = False

    def on_mount(self) -> None:
        """Draw as the person wants it, also later on."""
        if isinstance(getattr(self.app, "graphics", None), Graphics):
            self.watch(self.app, "graphics", self._draw_anew)

    def _draw_anew(self) -> None:
        marks = getattr(self.app, "symbols", UNICODE)
        self._forget(tuple(self._kept))
        self._way = Way(
            getattr(self.app, "graphics", Graphics.BLOCKS),
            self.app.no_color or marks.is_ascii,
            cell_pixels(),
        )
        self._laid_out()

    def on_unmount(self) -> None:
        """Let the terminal forget its copies."""
        self._forget(tuple(self._kept))

    def _forget(self, image_ids: Iterable[int]) -> None:
        for image_id in image_ids:
            if self._kept.pop(image_id).sent:
                self._send(kitty_dropped(image_id))

    def _send(self, sequences: str) -> None:
        if sequences:
            app_context(self).send(sequences)

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
        room, way = self._room, self._way
        background(self).run(
            self,
            f"lane {lane}",
            lambda: way.tile(image_id, self._load(image_id, *way.pixels(room)), room),
            partial(self._came, lane, image_id, (room, way)),
            failed=partial(self._failed, lane, image_id),
        )

    def _came(self, lane: int, image_id: int, made_for: tuple[Size, Way], tile: Tile) -> None:
        self._lanes.pop(lane, None)
        if made_for == (self._room, self._way):
            self._send(tile.sent)
            self._keep(image_id, tile)
        self._want()

    def _failed(self, lane: int, image_id: int, error: TasveerError) -> None:
        self._lanes.pop(lane, None)
        self._keep(image_id, Tile("", [], note=error.message))
        self._want()

    def _keep(self, image_id: int, tile: Tile) -> None:
        self._kept[image_id] = tile
        if len(self._kept) > MOST_KEPT:
            self._forget(tuple(islice(self._kept, len(self._kept) - MOST_KEPT)))
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
            self._forget(tuple(self._kept))
            self._laid_out()
            self._reveal()

    def action_open(self) -> None:
        """Open the image under the cursor."""
        if self._ids:
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Go to the tile; a double click opens it."""
        column = event.x // self.tile.width
        row = (event.y + self.scroll_offset.y) // self.tile.height
        index = row * self.columns + column
        if column < self.columns and index < len(self._ids):
            self.cursor = index
            if event.chain == 2:  # noqa: PLR2004 - a double click
                self.action_open()

    # ------------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Every line that changed; then what is written over them."""
        if self._way.graphics is Graphics.SIXEL and not self._is_painting_due:
            self._is_painting_due = True
            self.call_after_refresh(self._paint)
        return super().render_lines(crop)

    def _paint(self) -> None:
        """Write the pictures over their cells, those that are wholly in view."""
        self._is_painting_due = False
        if self.screen.is_current and self.display:
            written = "".join(map(self._painted, self._in_view))
            self._send(written and f"\x1b7{written}\x1b8")

    def _painted(self, index: int) -> str:
        tile = self._kept.get(self._ids[index])
        if tile is None or not tile.over:
            return ""
        row, column = divmod(index, self.columns)
        top = row * self.tile.height + (self._room.height - len(tile.strips)) // 2
        y = top - self.scroll_offset.y
        if y < 0 or y + len(tile.strips) > self.size.height:
            return ""  # half a picture would push the screen up
        x = column * self.tile.width + 1 + (self._room.width - tile.width) // 2
        left, upper = self.content_region.offset
        return f"\x1b[{upper + y + 1};{left + x + 1}H{tile.over}"

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
        if line == room.height and self._ids[index] in self.selected:
            signs = getattr(self.app, "symbols", UNICODE)
            lead = Segment(signs.selected, style + self._part("mark"))
        framed = Strip.join([Strip([lead]), inner])
        return framed.crop_extend(0, width - GAP, style).extend_cell_length(width, base)

    def _picture_line(self, tile: Tile | None, line: int, style: Style) -> Strip:
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
