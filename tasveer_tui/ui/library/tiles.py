"""Tiles of the contact sheet: a thumbnail in whatever the terminal can draw. Made in threads."""

from __future__ import annotations

import fcntl
import struct
import sys
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.graphics import (
    CELL_PIXELS,
    Graphics,
    fitting_cells,
    kitty_sent,
    kitty_strips,
    sixel,
)
from tasveer_tui.ui.kit.halfblocks import half_block_strips, ramp_strips

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.strip import Strip

    from tasveer_tui.ui.kit.halfblocks import PixelGrid

NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Thumb:
    """What one image shows: pixels, if it has some, and its name."""

    pixels: PixelGrid | None
    caption: str
    note: str = ""
    """Why there are no pixels, where they could not be read."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A thumbnail as it is drawn."""

    caption: str
    strips: list[Strip]
    width: int = 0
    note: str = ""
    sent: str = ""
    """What the terminal must be told once before the strips are drawn."""
    over: str = ""
    """What is written over the strips each time they were drawn."""


@dataclass(frozen=True, slots=True)
class Way:
    """How tiles are made now."""

    graphics: Graphics = Graphics.BLOCKS
    is_plain: bool = False
    """Letters only, without colour."""
    cell: tuple[int, int] = CELL_PIXELS
    """Pixels of a cell, wide and high."""

    def pixels(self, room: Size) -> tuple[int, int]:
        """Pixels that are worth having for so many cells."""
        if self.is_plain or self.graphics is Graphics.BLOCKS:
            return room.width, 2 * room.height
        return room.width * self.cell[0], room.height * self.cell[1]

    def tile(self, image_id: int, thumb: Thumb, room: Size) -> Tile:
        """Draw a thumbnail; the costly part of it."""
        pixels = thumb.pixels
        if pixels is None or not pixels.width or not pixels.height:
            return Tile(thumb.caption, [], note=thumb.note or NOTHING)
        if self.is_plain:
            return Tile(thumb.caption, ramp_strips(pixels), pixels.width)
        if self.graphics is Graphics.BLOCKS:
            return Tile(thumb.caption, half_block_strips(pixels), pixels.width)
        columns, rows = fitting_cells(pixels, room.width, room.height, self.cell)
        if self.graphics is Graphics.KITTY:
            sent = kitty_sent(image_id, pixels, columns, rows)
            return Tile(thumb.caption, kitty_strips(image_id, columns, rows), columns, sent=sent)
        # Under it half blocks, which also stand where there is no room for the whole picture.
        small = half_block_strips(_Sampled(pixels, columns, 2 * rows))
        return Tile(thumb.caption, small, columns, over=sixel(pixels))


class _Sampled:
    """Fewer pixels of a picture."""

    def __init__(self, pixels: PixelGrid, width: int, height: int) -> None:
        self.width, self.height = width, height
        rows = (y * pixels.height // height * pixels.width for y in range(height))
        columns = [x * pixels.width // width for x in range(width)]
        rgb = pixels.rgb
        self.rgb = b"".join(rgb[3 * (row + x) : 3 * (row + x) + 3] for row in rows for x in columns)


def cell_pixels() -> tuple[int, int]:
    """How many pixels the terminal says that a cell has; a usual number where it does not."""
    try:
        said = fcntl.ioctl(sys.__stdout__.fileno(), termios.TIOCGWINSZ, b"\0" * 8)  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return CELL_PIXELS
    rows, columns, wide, high = struct.unpack("HHHH", said)
    if not (rows and columns and wide and high):
        return CELL_PIXELS
    return wide // columns or CELL_PIXELS[0], high // rows or CELL_PIXELS[1]
