"""Line filters: replace characters or colours on the way to the terminal."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_ASCII_SYMBOLS = str.maketrans(
    {
        "…": ".", "·": "|", "×": "x", "–": "-", "→": ">", "←": "<", "↑": "^", "↓": "v",
        "█": "#", "▓": "%", "▒": "+", "░": "-", "╌": "-", "╳": "x", "━": "=", "▀": "#",
        "▏": "|", "▕": "|", "▎": "|", "▔": "-", "▁": "_", "▂": "_", "▃": "_", "▄": "#", "▅": "#",
        "▆": "#", "▇": "#", "▌": "|", "▐": "|", "▊": "|", "│": "|", "─": "-", "╭": "+", "╮": "+",
        "╰": "+", "╯": "+", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "▲": "^",
        "▼": "v", "▸": ">", "▾": "v", "●": "*", "○": "o", "■": "x", "□": ".", "◧": "-", "◐": "%",
        "◌": "~", "↻": "@", "✗": "!", "✓": "*", "‹": "<", "›": ">", "°": "d",
    }
)  # fmt: skip


class AsciiFilter(LineFilter):
    """Shows the program's own symbols (`…`, `·`, `│`) in ASCII. Data keeps its characters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the symbols of a line."""
        del background
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_ASCII_SYMBOLS), segment.style, segment.control)
            for segment in segments
        ]


MIN_CONTRAST: Final = 3.0
"""WCAG 2.1, success criterion 1.4.11."""
_BLACK, _WHITE = RichColor.from_ansi(0), RichColor.from_ansi(15)
_PICTURE_CELLS: Final = frozenset("▀▄█▌▐ ")
"""Cells that draw pictures: their colours are the content."""


class ContrastFilter(LineFilter):
    """Makes text black or white where its contrast on 16 colours would be too low.

    There a theme's colours become their nearest neighbours, and text and background can get the
    same one.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Correct the styles of a line."""
        del background
        return [
            segment
            if segment.style is None or _PICTURE_CELLS.issuperset(segment.text)
            else Segment(segment.text, _legible(segment.style), segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=2048)
def _legible(style: Style) -> Style:
    if style.color is None or style.bgcolor is None:
        return style
    background = style.bgcolor.downgrade(ColorSystem.STANDARD)
    if _contrast(style.color.downgrade(ColorSystem.STANDARD), background) >= MIN_CONTRAST:
        return style
    # Terminals differ most in their dark grey. White contrasts with all of them, black does not.
    color = _WHITE if _contrast(_WHITE, background) >= MIN_CONTRAST else _BLACK
    return style + Style(color=color, dim=False)


def _contrast(one: RichColor, other: RichColor) -> float:
    """Contrast ratio, from 1 to 21 (WCAG 2.1)."""
    luminances = sorted((_luminance(one), _luminance(other)))
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


def _luminance(color: RichColor) -> float:
    parts = (part / 255 for part in color.get_truecolor(DEFAULT_TERMINAL_THEME))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
