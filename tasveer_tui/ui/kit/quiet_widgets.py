"""A scroll bar that is drawn again only where its thumb looks different."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.scrollbar import ScrollBar
from textual.widgets import Static

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


# A text that has the screen laid out anew only where it takes another number of lines.


class CalmText(Static):
    """Laying out draws every widget again, which costs some 30 ms; most texts just change."""

    _said = ""

    def say(self, text: str) -> None:
        """Show a text that is safe to show."""
        if text == self._said:
            return
        before, after = self._lines(self._said), self._lines(text)
        self._said = text
        self.update(Text(text), layout=before is None or before != after)

    def _lines(self, text: str) -> int | None:
        """How many lines it takes; None where it is wrapped, or nothing is laid out yet."""
        lines, width = text.split("\n"), self.content_size.width
        return len(lines) if text and all(0 < cell_len(line) <= width for line in lines) else None
