"""Images in terminal graphics: the Kitty protocol with placeholders, and Sixel. Pure.

Existing libraries query the terminal at import, or load Pillow into this process. Sources:
https://sw.kovidgoyal.net/kitty/graphics-protocol and DEC STD 070 (Sixel).
"""

from __future__ import annotations

import base64
import zlib
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.ui.kit.halfblocks import PixelGrid


class Graphics(StrEnum):
    """How thumbnails are drawn."""

    BLOCKS = "blocks"
    KITTY = "kitty"
    SIXEL = "sixel"

    def next(self) -> Graphics:
        """The next way, in a cycle."""
        every = list(Graphics)
        return every[(every.index(self) + 1) % len(every)]


CELL_PIXELS: Final = (10, 20)
"""Width and height of a cell in pixels if the terminal does not report them."""

_CHUNK: Final = 4096
"""Maximum payload of a Kitty command in bytes."""
_PLACEHOLDER: Final = "\U0010eeee"
_ROW_DIACRITICS: Final = (
    "\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352"
    "\u0357\u035b\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f"
    "\u0483\u0484\u0485\u0486\u0487\u0592\u0593\u0594\u0595\u0597"
)
"""Combining characters that number the rows of a placed image, from Kitty's list."""
_LEVELS: Final = 6
"""Levels per colour in the Sixel palette: 6 × 6 × 6 = 216 of the 256 that terminals have."""
_BAND: Final = 6
"""Pixel rows in a row of sixels."""
_DITHER: Final = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))


# ---------------------------------------------------------------------------- Kitty


def kitty_sent(number: int, pixels: PixelGrid, columns: int, rows: int) -> str:
    """Commands that send an image to be shown in `columns` × `rows` cells."""
    data = base64.standard_b64encode(zlib.compress(pixels.rgb, 1)).decode("ascii")
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    head = (
        f"a=T,U=1,q=2,f=24,o=z,i={_kitty_id(number)},s={pixels.width},v={pixels.height}"
        f",c={columns},r={rows}"
    )
    return "".join(
        f"\x1b_G{head if not index else 'q=2'},m={int(index < len(chunks) - 1)};{chunk}\x1b\\"
        for index, chunk in enumerate(chunks)
    )


def kitty_strips(number: int, columns: int, rows: int) -> list[Strip]:
    """Rows of placeholder cells that the terminal replaces with the image of this id."""
    one = _kitty_id(number)
    style = Style.from_color(Color.from_rgb(one >> 16, one >> 8 & 255, one & 255))
    cells = _PLACEHOLDER * (columns - 1)
    return [
        Strip([Segment(f"{_PLACEHOLDER}{diacritic}{cells}", style)], columns)
        for diacritic in _ROW_DIACRITICS[:rows]
    ]


def kitty_dropped(number: int) -> str:
    """The command that deletes an image."""
    return f"\x1b_Ga=d,d=I,q=2,i={_kitty_id(number)}\x1b\\"


def _kitty_id(number: int) -> int:
    """An image id that fits into a colour, which is how placeholders refer to it."""
    return number % 0xFFFFFF + 1


# ---------------------------------------------------------------------------- Sixel


def sixel(pixels: PixelGrid) -> str:
    """Encode pixels as Sixel, dithered to 216 colours."""
    width, height = pixels.width, pixels.height
    indexes = [_indexes(pixels, y) for y in range(height)]
    used = sorted(set().union(*indexes))
    colours = "".join(f"#{index};2;{_percents(index)}" for index in used)
    bands = (indexes[top : top + _BAND] for top in range(0, height, _BAND))
    body = "-".join(_band(band) for band in bands)
    return f'\x1bP0;1q"1;1;{width};{height}{colours}{body}\x1b\\'


def _indexes(pixels: PixelGrid, y: int) -> list[int]:
    """Palette indexes of a row."""
    start = 3 * y * pixels.width
    line, table = pixels.rgb[start : start + 3 * pixels.width], _steps(y % 4)
    found = []
    for x in range(pixels.width):
        step = table[x % 4]
        red, green, blue = line[3 * x : 3 * x + 3]
        found.append(step[red] * _LEVELS * _LEVELS + step[green] * _LEVELS + step[blue])
    return found


@lru_cache(maxsize=4)
def _steps(row: int) -> tuple[tuple[int, ...], ...]:
    """For each column of the dither matrix row: brightness → level."""
    most = _LEVELS - 1
    return tuple(
        tuple(min(most, int(value * most / 255 + (lift + 0.5) / 16)) for value in range(256))
        for lift in _DITHER[row]
    )


def _percents(index: int) -> str:
    parts = index // (_LEVELS * _LEVELS), index // _LEVELS % _LEVELS, index % _LEVELS
    return ";".join(str(100 * part // (_LEVELS - 1)) for part in parts)


def _band(lines: list[list[int]]) -> str:
    """Encode up to six rows: one pass per colour over the same columns."""
    width = len(lines[0])
    masks: dict[int, list[int]] = {}
    for bit, line in enumerate(lines):
        for x, index in enumerate(line):
            mask = masks.get(index)
            if mask is None:
                mask = masks[index] = [0] * width
            mask[x] |= 1 << bit
    return "$".join(f"#{index}{''.join(_runs(mask))}" for index, mask in masks.items())


def _runs(mask: list[int]) -> Iterator[str]:
    for bits, run in groupby(mask):
        count, sign = sum(1 for _ in run), chr(63 + bits)
        yield f"!{count}{sign}" if count > 3 else sign * count  # noqa: PLR2004 - a run is shorter


# --------------------------------------------------------------------------- either


def fitting_cells(
    pixels: PixelGrid, columns: int, rows: int, cell: tuple[int, int]
) -> tuple[int, int]:
    """Columns and rows that an image fills, keeping its aspect ratio."""
    wide, high = pixels.width / cell[0], pixels.height / cell[1]
    scale = min(columns / wide, rows / high)
    return max(1, min(columns, round(wide * scale))), max(1, min(rows, round(high * scale)))
