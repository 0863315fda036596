"""Draws the program's own signs in ASCII, for terminals that have nothing else.

Texts and frames use `…`, `·`, `│` and the like; this filter replaces them cell by cell on the
way to the terminal. What comes from outside keeps its letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_SIGNS = str.maketrans(
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
    """One ASCII character for each sign."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the signs of a line."""
        del background
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_SIGNS), segment.style, segment.control)
            for segment in segments
        ]
