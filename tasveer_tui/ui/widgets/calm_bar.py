"""A scroll bar that is drawn again only where its thumb looks different."""

from __future__ import annotations

from typing import Final

from textual.scrollbar import ScrollBar

STEPS_PER_CELL: Final = 8
"""In which the thumb moves: eighths of a cell, as Textual draws it."""


class CalmBar(ScrollBar):
    """Over a million rows a page moves the thumb by nothing, and a bar costs as much as a page."""

    def validate_position(self, position: float) -> float:
        """Keep to the first position of those that are drawn alike; the end stays the end."""
        length = self.size.height if self.vertical else self.size.width
        room = self.window_virtual_size - self.window_size
        if not length or not 0 < position < room:
            return super().validate_position(position)
        thumb = max(1.0, self.window_size * length / self.window_virtual_size)
        steps = max(1.0, (length - thumb) * STEPS_PER_CELL)
        return int(position / room * steps) * room / steps
