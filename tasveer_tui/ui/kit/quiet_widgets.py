"""Text that lays out the screen only if its number of lines changes."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static


class CalmText(Static):
    """Laying out redraws every widget, which takes about 30 ms; most texts keep their lines."""

    _shown = ""

    def set_text(self, text: str) -> None:
        """Show a cleaned text."""
        if text == self._shown:
            return
        before, after = self._lines(self._shown), self._lines(text)
        self._shown = text
        self.update(Text(text), layout=before is None or before != after)

    def _lines(self, text: str) -> int | None:
        """Number of lines; None if a line is wrapped or the widget has no width yet."""
        lines, width = text.split("\n"), self.content_size.width
        return len(lines) if text and all(0 < cell_len(line) <= width for line in lines) else None
