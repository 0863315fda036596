"""Draws the lines of a table: cells side by side; frozen columns stay while others scroll."""

from __future__ import annotations

from dataclasses import dataclass
from operator import gt
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.ui.kit.columns import GAP, LEAD, Column, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.ui.library.row_cache import Cells

MAX_CACHED_LINES: Final = 512
"""Drawn lines that are cached."""

DOT: Final = "."
_GAP_TEXT: Final = " " * GAP
_LEAD_TEXT: Final = " " * LEAD


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are cut and styled."""

    width: int
    """Cells of the view."""
    x: int
    """Cells by which the columns are scrolled, except the frozen ones."""
    style: Style


class RowPainter:
    """Draws rows of cells and caches the lines."""

    def __init__(self, columns: Sequence[Column] = (), standing: int = 1) -> None:
        self.columns = tuple(columns)
        self.standing = max(1, standing)
        """Number of frozen columns."""
        self.frozen = LEAD + sum(column.span for column in self.columns[: self.standing])
        """Width of the frozen columns in cells."""
        self._widths = [column.width for column in self.columns]
        sides = (f"{{:{'>' if each.is_right else '<'}{each.width}}}" for each in self.columns)
        self._form = _GAP_TEXT.join(sides) + _GAP_TEXT
        """Format string for a row whose characters are all one cell wide."""
        self._look: Look | None = None
        self._lines: dict[int, Strip] = {}

    def texts(self, cells: Sequence[str]) -> list[str]:
        """Cut and pad cells to the widths of their columns."""
        return [
            fit(cell, column.width, is_right=column.is_right)
            for cell, column in zip(cells, self.columns, strict=True)
        ]

    def row(self, row: int, cells: Cells, look: Look) -> Strip:
        """Draw a row without the cursor."""
        if look != self._look or len(self._lines) > MAX_CACHED_LINES:
            self._look = look
            self._lines.clear()
        line = self._lines.get(row)
        if line is None:
            is_plain = look.width > self.frozen and cells and "".join(cells).isascii()
            draw = self._plain if is_plain else self._quick
            line = self._lines[row] = draw(cells, look)
        return line

    def _plain(self, cells: Cells, look: Look) -> Strip:
        """As `line`, for ASCII, at a tenth of the cost."""
        if any(map(gt, map(len, cells), self._widths)):
            whole = self._form.format(*map(_cut, cells, self._widths))
        else:
            whole = self._form.format(*cells)
        split = self.frozen - LEAD
        seen = whole[split + look.x : split + look.x + look.width - self.frozen]
        text = _LEAD_TEXT + whole[:split] + seen
        return Strip([Segment(text.ljust(look.width), look.style)], look.width)

    def dots(self, look: Look) -> Strip:
        """Draw a row that has not arrived."""
        return self._quick([DOT] * len(self.columns), look)

    def _quick(self, cells: Sequence[str], look: Look) -> Strip:
        """As `line`, faster if every character is one cell wide."""
        texts = self.texts(cells)
        room = look.width - self.frozen
        rest = _GAP_TEXT.join(texts[self.standing :])
        if room <= 0 or not texts or not (rest.isascii() or cell_len(rest) == len(rest)):
            return self.line(texts, look)
        seen = rest[look.x : look.x + room].ljust(room)
        head = _GAP_TEXT.join(texts[: self.standing])
        return Strip([Segment(_LEAD_TEXT + head + _GAP_TEXT + seen, look.style)], look.width)

    def line(self, texts: list[str], look: Look, lit: tuple[int, Style] | None = None) -> Strip:
        """Draw fitted texts; `lit` is the index and style of the current cell."""
        segments = [Segment(_LEAD_TEXT, look.style)]
        for index, text in enumerate(texts):
            style = lit[1] if lit is not None and lit[0] == index else look.style
            segments.append(Segment(text, style))
            segments.append(Segment(_GAP_TEXT, look.style))
        line = Strip(segments, LEAD + sum(column.span for column in self.columns))
        if look.x and look.width > self.frozen:
            rest = line.crop(self.frozen + look.x, look.width + look.x)
            line = Strip.join([line.crop(0, self.frozen), rest])
        return line.crop_extend(0, look.width, look.style)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else fit(text, width)
