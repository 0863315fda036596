"""A text that has the screen laid out anew only where it takes another number of lines."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static


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
