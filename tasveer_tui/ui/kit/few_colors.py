"""Keeps text legible on terminals of sixteen colours.

There the colours of a theme become their nearest neighbours, and text can end up in the very
colour that it stands on. This filter gives such text black or white instead.
"""

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

LEAST_CONTRAST: Final = 3.0
"""WCAG 2.1, 1.4.11: what a sign needs to be seen."""
_BLACK, _WHITE = RichColor.from_ansi(0), RichColor.from_ansi(15)
_PAINT: Final = frozenset("▀▄█▌▐ ")
"""Cells that are pictures: their colours are what is told."""


class FewColors(LineFilter):
    """Black or white where text would not stand out from what it stands on."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Mend a line's styles."""
        del background
        return [
            segment
            if segment.style is None or _PAINT.issuperset(segment.text)
            else Segment(segment.text, _legible(segment.style), segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=2048)
def _legible(style: Style) -> Style:
    if style.color is None or style.bgcolor is None:
        return style
    ground = style.bgcolor.downgrade(ColorSystem.STANDARD)
    if _contrast(style.color.downgrade(ColorSystem.STANDARD), ground) >= LEAST_CONTRAST:
        return style
    # Terminals differ most in their dark grey: white stands out from all of them, black does not.
    best = _WHITE if _contrast(_WHITE, ground) >= LEAST_CONTRAST else _BLACK
    return style + Style(color=best, dim=False)


def _contrast(one: RichColor, other: RichColor) -> float:
    """The ratio of WCAG 2.1, from 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color: RichColor) -> float:
    parts = (part / 255 for part in color.get_truecolor(DEFAULT_TERMINAL_THEME))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
