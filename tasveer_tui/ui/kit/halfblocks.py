"""Images in half blocks: each cell shows two pixels, one above the other.

Pure rendering; it never decodes anything and never asks the terminal.
"""

from __future__ import annotations

from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Protocol

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from collections.abc import Iterator

_RAMP = " .:-=+*#%@"


class PixelGrid(Protocol):
    """Decoded pixels; `rgb` has three bytes per pixel, row by row."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""

    @property
    def rgb(self) -> bytes:
        """`3 * width * height` bytes."""


@lru_cache(maxsize=65536)
def _cell_style(top: tuple[int, int, int], bottom: tuple[int, int, int] | None) -> Style:
    background = Color.from_rgb(*bottom) if bottom else None
    return Style.from_color(Color.from_rgb(*top), background)


def _pixel(rgb: bytes, offset: int) -> tuple[int, int, int]:
    return rgb[offset], rgb[offset + 1], rgb[offset + 2]


def half_block_strips(pixels: PixelGrid) -> list[Strip]:
    """Render pixels as rows of `▀`; below an odd last row is the background."""
    return [Strip(_half_block_line(pixels, y), pixels.width) for y in range(0, pixels.height, 2)]


def _half_block_line(pixels: PixelGrid, y: int) -> Iterator[Segment]:
    rgb, stride = pixels.rgb, 3 * pixels.width
    has_bottom = y + 1 < pixels.height
    run, style = 0, Style.null()
    for offset in range(y * stride, (y + 1) * stride, 3):
        bottom = _pixel(rgb, offset + stride) if has_bottom else None
        cell = _cell_style(_pixel(rgb, offset), bottom)
        if cell is not style:
            if run:
                yield Segment("▀" * run, style)
            run, style = 0, cell
        run += 1
    if run:
        yield Segment("▀" * run, style)


def ramp_strips(pixels: PixelGrid) -> list[Strip]:
    """Render the same cells as characters of different brightness, for terminals without colour."""
    strips = []
    for y in range(0, pixels.height, 2):
        line = "".join(_ramp_letter(pixels, x, y) for x in range(pixels.width))
        strips.append(Strip([Segment(line)], pixels.width))
    return strips


def _ramp_letter(pixels: PixelGrid, x: int, y: int) -> str:
    rows = (y, y + 1) if y + 1 < pixels.height else (y,)
    light = 0
    for row in rows:
        red, green, blue = _pixel(pixels.rgb, 3 * (row * pixels.width + x))
        light += 299 * red + 587 * green + 114 * blue
    return _RAMP[light * len(_RAMP) // (256_000 * len(rows))]


class Picture(Widget):
    """Shows an image in its centre; empty at first.

    The cells that it has are the limit for `pixels`: see `pixel_room`.
    """

    DEFAULT_CSS = """
    Picture { width: 100%; height: 12; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._width_cells = 0
        self._caption = ""

    @property
    def pixel_room(self) -> Size:
        """Size in pixels: one per column, two per line."""
        return Size(self.size.width, 2 * self.size.height)

    @property
    def is_empty(self) -> bool:
        """Whether there is no image."""
        return not self._strips

    def set_text(self, text: str) -> int:
        """Show a cleaned text instead of an image; returns its number of lines."""
        self.show(None)
        self._caption = text
        return len(wrap(text, max(1, self.size.width)))

    def show(self, pixels: PixelGrid | None) -> None:
        """Show an image, or nothing."""
        self._caption = ""
        if pixels is None or not pixels.width or not pixels.height:
            self._strips, self._width_cells = [], 0
        else:
            symbols = getattr(self.app, "symbols", UNICODE)
            is_plain = self.app.no_color or symbols.is_ascii
            draw = ramp_strips if is_plain else half_block_strips
            self._strips, self._width_cells = draw(pixels), pixels.width
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render one line of the image, centred."""
        background = self.rich_style
        if self._caption:
            return self._caption_line(y, background)
        top = max(0, (self.size.height - len(self._strips)) // 2)
        if not 0 <= y - top < len(self._strips):
            return Strip.blank(self.size.width, background)
        left = max(0, (self.size.width - self._width_cells) // 2)
        pad = Strip.blank(left, background)
        line = Strip.join([pad, self._strips[y - top]]).apply_style(background)
        return line.crop_extend(0, self.size.width, background)

    def _caption_line(self, y: int, background: Style) -> Strip:
        lines = wrap(self._caption, max(1, self.size.width))
        row = y - max(0, (self.size.height - len(lines)) // 2)
        text = lines[row] if 0 <= row < len(lines) else ""
        style = background + Style(dim=True)
        return Strip([Segment(text.center(self.size.width), style)]).crop(0, self.size.width)
