"""The contact sheet: thumbnails in rows and columns; only those in view are fetched.

`TileRenderer` draws a thumbnail for the terminal in a background task; `ContactSheet` lays the
tiles out.
"""

from __future__ import annotations

import fcntl
import struct
import sys
import termios
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
from tasveer_tui.ui.kit.graphics import (
    CELL_PIXELS,
    Graphics,
    fitting_cells,
    kitty_dropped,
    kitty_sent,
    kitty_strips,
    sixel,
)
from tasveer_tui.ui.kit.halfblocks import half_block_strips, ramp_strips
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.kit.halfblocks import PixelGrid

MAX_PARALLEL: Final = 6
"""Thumbnails fetched at the same time."""
MAX_CACHED_TILES: Final = 2_000
SIZES: Final = (Size(14, 6), Size(20, 8), Size(30, 12), Size(46, 18))
"""Cells of a tile with its caption and a gap."""
GAP: Final = 1
LOADING: Final = "…"
NO_THUMBNAIL: Final = "–"


# --------------------------------------------------------------------------------- tiles


@dataclass(frozen=True, slots=True)
class Thumb:
    """The thumbnail of an image and the image's name."""

    pixels: PixelGrid | None
    """None without an embedded thumbnail."""
    caption: str
    note: str = ""
    """Why the thumbnail could not be read."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A drawn thumbnail."""

    caption: str
    strips: list[Strip]
    width: int = 0
    note: str = ""
    sent: str = ""
    """Escape sequences to send once, before the strips are drawn."""
    over: str = ""
    """Escape sequences to write over the strips each time after they are drawn."""


@dataclass(frozen=True, slots=True)
class TileRenderer:
    """Draws tiles for one kind of terminal."""

    graphics: Graphics = Graphics.BLOCKS
    is_plain: bool = False
    """Draw with letters, without colours."""
    cell: tuple[int, int] = CELL_PIXELS
    """Width and height of a cell in pixels."""

    def pixel_size(self, room: Size) -> tuple[int, int]:
        """The useful width and height in pixels for a room in cells."""
        if self.is_plain or self.graphics is Graphics.BLOCKS:
            return room.width, 2 * room.height
        return room.width * self.cell[0], room.height * self.cell[1]

    def tile(self, image_id: int, thumb: Thumb, room: Size) -> Tile:
        """Draw a thumbnail into a room in cells. Slow: call it in a background task."""
        pixels = thumb.pixels
        if pixels is None or not pixels.width or not pixels.height:
            return Tile(thumb.caption, [], note=thumb.note or NO_THUMBNAIL)
        if self.is_plain:
            return Tile(thumb.caption, ramp_strips(pixels), pixels.width)
        if self.graphics is Graphics.BLOCKS:
            return Tile(thumb.caption, half_block_strips(pixels), pixels.width)
        columns, rows = fitting_cells(pixels, room.width, room.height, self.cell)
        if self.graphics is Graphics.KITTY:
            sent = kitty_sent(image_id, pixels, columns, rows)
            return Tile(thumb.caption, kitty_strips(image_id, columns, rows), columns, sent=sent)
        # Half blocks below the Sixel image, for tiles that are partly out of view.
        small = half_block_strips(_Downsampled(pixels, columns, 2 * rows))
        return Tile(thumb.caption, small, columns, over=sixel(pixels))


class _Downsampled:
    """A picture with fewer pixels, nearest neighbour."""

    def __init__(self, pixels: PixelGrid, width: int, height: int) -> None:
        self.width, self.height = width, height
        rows = (y * pixels.height // height * pixels.width for y in range(height))
        columns = [x * pixels.width // width for x in range(width)]
        rgb = pixels.rgb
        self.rgb = b"".join(rgb[3 * (row + x) : 3 * (row + x) + 3] for row in rows for x in columns)


def cell_pixels() -> tuple[int, int]:
    """Width and height of a cell in pixels, from TIOCGWINSZ; a common size if it is unknown."""
    try:
        size = fcntl.ioctl(sys.__stdout__.fileno(), termios.TIOCGWINSZ, b"\0" * 8)  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return CELL_PIXELS
    rows, columns, wide, high = struct.unpack("HHHH", size)
    if not (rows and columns and wide and high):
        return CELL_PIXELS
    return wide // columns or CELL_PIXELS[0], high // rows or CELL_PIXELS[1]


# -------------------------------------------------------------------------------- widget


class ContactSheet(ScrollView, can_focus=True):
    """Tiles of images by id; the cursor is an index into the ids."""

    DEFAULT_CSS = """
    ContactSheet {
        background: $surface; color: $foreground;
        scrollbar-size-vertical: 1; overflow: hidden scroll;
        & > .sheet--cursor { background: $foreground 16%; }
        & > .sheet--caption { color: $text-muted; }
        & > .sheet--note { color: $text-disabled; }
        & > .sheet--selected { color: $text-warning; }
        &:focus > .sheet--cursor { background: $primary 40%; color: $text; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SHEET)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sheet--cursor",
        "sheet--caption",
        "sheet--note",
        "sheet--selected",
    }

    cursor: reactive[int] = reactive(0, init=False, repaint=False)

    @dataclass
    class Highlighted(Message):
        """The cursor moved to an image."""

        index: int

    @dataclass
    class Opened(Message):
        """An image was opened."""

        index: int

    def __init__(
        self,
        load: Callable[[int, int, int], Thumb],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """`load` takes an image id, a width and a height in pixels; it blocks."""
        super().__init__(id=id)
        self._load = load
        self.selected: dict[int, None] = {}
        """Selected image ids."""
        self._ids: Sequence[int] = ()
        self._size_index = 1
        self._tiles: OrderedDict[int, Tile] = OrderedDict()
        """Image id → tile, least recently fetched first."""
        self._loading: dict[int, int] = {}
        """Slot (0 to MAX_PARALLEL - 1) → id of the image that is being fetched."""
        self._renderer = TileRenderer()
        self._is_overlay_due = False

    def on_mount(self) -> None:
        """Follow the app's graphics setting."""
        if isinstance(getattr(self.app, "graphics", None), Graphics):
            self.watch(self.app, "graphics", self._on_graphics)

    def _on_graphics(self) -> None:
        symbols = getattr(self.app, "symbols", UNICODE)
        self._drop(tuple(self._tiles))
        self._renderer = TileRenderer(
            getattr(self.app, "graphics", Graphics.BLOCKS),
            self.app.no_color or symbols.is_ascii,
            cell_pixels(),
        )
        self._layout_changed()

    def on_unmount(self) -> None:
        """Free the terminal's copies of the thumbnails."""
        self._drop(tuple(self._tiles))

    def _drop(self, image_ids: Iterable[int]) -> None:
        for image_id in image_ids:
            if self._tiles.pop(image_id).sent:
                self._send(kitty_dropped(image_id))

    def _send(self, sequences: str) -> None:
        if sequences:
            app_context(self).send(sequences)

    # ------------------------------------------------------------------- layout

    @property
    def tile(self) -> Size:
        """Cells of a tile; the tiles of a row fill the width."""
        return Size((self._width + GAP) // self.columns, SIZES[self._size_index].height)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def columns(self) -> int:
        """Tiles per row."""
        return max(1, (self._width + GAP) // SIZES[self._size_index].width)

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return -(-len(self._ids) // self.columns)

    @property
    def _room(self) -> Size:
        """Cells of the thumbnail in a tile."""
        return Size(self.tile.width - GAP - 1, self.tile.height - 1 - GAP)

    def show_ids(self, ids: Sequence[int], cursor: int) -> None:
        """Show these images, with the cursor on one of them."""
        self._ids = ids
        self._layout_changed()
        self.cursor = cursor
        self._reveal_cursor()

    def _layout_changed(self) -> None:
        self.virtual_size = Size(0, self.rows * self.tile.height)
        self.refresh()
        self._fetch_missing()

    def on_resize(self) -> None:
        """Lay the tiles out for the new width."""
        self._layout_changed()
        self._reveal_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._fetch_missing()

    # ----------------------------------------------------------------- fetching

    @property
    def _in_view(self) -> range:
        """Indexes of the images in view."""
        first = self.scroll_offset.y // self.tile.height
        last = (self.scroll_offset.y + self.size.height) // self.tile.height
        return range(first * self.columns, min(len(self._ids), (last + 1) * self.columns))

    def _fetch_missing(self) -> None:
        """Fetch the missing thumbnails in view, as far as slots are free."""
        if not self.is_attached or not self.display:
            return
        loading = set(self._loading.values())
        free_slots = [slot for slot in range(MAX_PARALLEL) if slot not in self._loading]
        for index in self._in_view:
            image_id = self._ids[index]
            if not free_slots:
                return
            if image_id not in self._tiles and image_id not in loading:
                self._fetch(free_slots.pop(), image_id)

    def _fetch(self, slot: int, image_id: int) -> None:
        self._loading[slot] = image_id
        room, renderer = self._room, self._renderer
        background(self).run(
            self,
            f"thumbnail {slot}",
            lambda: renderer.tile(image_id, self._load(image_id, *renderer.pixel_size(room)), room),
            partial(self._on_tile, slot, image_id, (room, renderer)),
            on_error=partial(self._on_error, slot, image_id),
        )

    def _on_tile(
        self, slot: int, image_id: int, drawn_for: tuple[Size, TileRenderer], tile: Tile
    ) -> None:
        self._loading.pop(slot, None)
        if drawn_for == (self._room, self._renderer):
            self._send(tile.sent)
            self._add(image_id, tile)
        self._fetch_missing()

    def _on_error(self, slot: int, image_id: int, error: TasveerError) -> None:
        self._loading.pop(slot, None)
        self._add(image_id, Tile("", [], note=error.message))
        self._fetch_missing()

    def _add(self, image_id: int, tile: Tile) -> None:
        self._tiles[image_id] = tile
        if len(self._tiles) > MAX_CACHED_TILES:
            self._drop(tuple(islice(self._tiles, len(self._tiles) - MAX_CACHED_TILES)))
        self.refresh()

    # ----------------------------------------------------------------- movement

    def validate_cursor(self, index: int) -> int:
        """Keep the cursor on an image."""
        return max(0, min(index, len(self._ids) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Keep the cursor in view and post `Highlighted`."""
        del old
        self._reveal_cursor()
        self.refresh()
        if self._ids:
            self.post_message(self.Highlighted(new))

    def _reveal_cursor(self) -> None:
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
        """Go down (1) or up (-1) a page."""
        self.cursor += sign * max(1, self.size.height // self.tile.height) * self.columns

    def action_ends(self, end: int) -> None:
        """Go to the first image (0) or the last one (1)."""
        self.cursor = end * (len(self._ids) - 1)

    def action_resize(self, by: int) -> None:
        """Show larger (1) or smaller (-1) tiles."""
        size_index = max(0, min(self._size_index + by, len(SIZES) - 1))
        if size_index != self._size_index:
            self._size_index = size_index
            self._drop(tuple(self._tiles))
            self._layout_changed()
            self._reveal_cursor()

    def action_open(self) -> None:
        """Open the image under the cursor."""
        if self._ids:
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the tile; a double click opens it."""
        column = event.x // self.tile.width
        row = (event.y + self.scroll_offset.y) // self.tile.height
        index = row * self.columns + column
        if column < self.columns and index < len(self._ids):
            self.cursor = index
            if event.chain == 2:  # noqa: PLR2004 - a double click
                self.action_open()

    # ------------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines, then write Sixel images over them."""
        if self._renderer.graphics is Graphics.SIXEL and not self._is_overlay_due:
            self._is_overlay_due = True
            self.call_after_refresh(self._write_overlays)
        return super().render_lines(crop)

    def _write_overlays(self) -> None:
        """Write the images of the tiles that are completely in view over their cells."""
        self._is_overlay_due = False
        if self.screen.is_current and self.display:
            written = "".join(map(self._overlay, self._in_view))
            self._send(written and f"\x1b7{written}\x1b8")

    def _overlay(self, index: int) -> str:
        tile = self._tiles.get(self._ids[index])
        if tile is None or not tile.over:
            return ""
        row, column = divmod(index, self.columns)
        top = row * self.tile.height + (self._room.height - len(tile.strips)) // 2
        y = top - self.scroll_offset.y
        if y < 0 or y + len(tile.strips) > self.size.height:
            return ""  # a Sixel image beyond the last line would scroll the terminal
        x = column * self.tile.width + 1 + (self._room.width - tile.width) // 2
        left, upper = self.content_region.offset
        return f"\x1b[{upper + y + 1};{left + x + 1}H{tile.over}"

    def render_line(self, y: int) -> Strip:
        """Render one line through a row of tiles."""
        row, line = divmod(y + self.scroll_offset.y, self.tile.height)
        first, base = row * self.columns, self.rich_style
        strips = [
            self._tile_line(index, line, base)
            for index in range(first, min(first + self.columns, len(self._ids)))
        ]
        return Strip.join(strips).crop_extend(0, self.size.width, base)

    def _tile_line(self, index: int, line: int, base: Style) -> Strip:
        """One line of a tile: of its thumbnail, its caption, or the gap below."""
        tile = self._tiles.get(self._ids[index])
        width, room = self.tile.width, self._room
        style = base
        if index == self.cursor and line <= room.height:
            style = base + self.get_component_rich_style("sheet--cursor")
        if line < room.height:
            inner = self._thumbnail_line(tile, line, style)
        elif line == room.height:
            caption_style = style if index == self.cursor else style + self._part("caption")
            caption = fit(clean(tile.caption, 200) if tile else "", room.width)
            inner = Strip([Segment(caption, caption_style)])
        else:
            return Strip.blank(width, base)
        lead = Segment(" ", style)
        if line == room.height and self._ids[index] in self.selected:
            symbols = getattr(self.app, "symbols", UNICODE)
            lead = Segment(symbols.selected, style + self._part("selected"))
        framed = Strip.join([Strip([lead]), inner])
        return framed.crop_extend(0, width - GAP, style).extend_cell_length(width, base)

    def _thumbnail_line(self, tile: Tile | None, line: int, style: Style) -> Strip:
        room = self._room
        if tile is None or not tile.strips:
            is_middle = line == room.height // 2
            note = (tile.note if tile else LOADING) if is_middle else ""
            text = fit(clean(note, 200), min(len(note), room.width)).center(room.width)
            return Strip([Segment(text, style + self._part("note"))])
        top = (room.height - len(tile.strips)) // 2
        if not 0 <= line - top < len(tile.strips):
            return Strip.blank(room.width, style)
        left = Strip.blank((room.width - tile.width) // 2, style)
        return Strip.join([left, tile.strips[line - top]]).crop_extend(0, room.width, style)

    def _part(self, name: str) -> Style:
        """The colour of a component, without its background."""
        return Style(color=self.get_component_rich_style(f"sheet--{name}").color)
