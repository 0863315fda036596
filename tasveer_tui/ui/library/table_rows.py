"""Rows of the image table: their texts, kept by image id, and the lines drawn from them.

Knows no widget: the table fetches rows in a background task and puts them into the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from operator import gt
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.columns import GAP, LEAD, Column, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.style import Style

Cells: TypeAlias = tuple[str, ...]
"""The texts of one row, cleaned, one per column."""
FetchRows: TypeAlias = "Callable[[Sequence[int], Sequence[str]], Sequence[Sequence[object]]]"
"""Takes image ids and column names, returns a row of values per id. Blocks."""

BATCH_ROWS: Final = 64
"""Rows per query: few, so that a newer request starts soon."""
MAX_CACHED_ROWS: Final = 8192
MAX_CELL_LENGTH: Final = 400
MAX_CACHED_LINES: Final = 512
PLACEHOLDER: Final = "."
"""Every cell of a row that is still being fetched."""
_GAP_TEXT: Final = " " * GAP
_LEAD_TEXT: Final = " " * LEAD


def cells_of(columns: Sequence[Column], values: Sequence[object]) -> Cells:
    """Format one row of values as text that is safe to display."""
    return tuple(
        "" if value is None else clean(column.show(value), MAX_CELL_LENGTH)
        for column, value in zip(columns, values, strict=True)
    )


def fetch_batches(
    fetch: FetchRows, ids: Sequence[int], columns: Sequence[Column]
) -> Iterator[dict[int, Cells]]:
    """Fetch rows in batches, in the order of `ids`. Blocks."""
    names = tuple(column.name for column in columns)
    for start in range(0, len(ids), BATCH_ROWS):
        batch = ids[start : start + BATCH_ROWS]
        rows = zip(batch, fetch(batch, names), strict=True)
        yield {image_id: cells_of(columns, values) for image_id, values in rows}


class RowCache:
    """The texts of the rows fetched last, by image id. All rows have the same columns."""

    def __init__(self) -> None:
        self._cells: dict[int, Cells] = {}

    def get(self, image_id: int) -> Cells | None:
        """The row, or None if it is not cached."""
        return self._cells.get(image_id)

    def add(self, rows: Mapping[int, Cells]) -> None:
        """Add rows; drop the oldest half if there are too many."""
        self._cells.update(rows)
        if len(self._cells) > MAX_CACHED_ROWS:
            excess = tuple(islice(self._cells, len(self._cells) - MAX_CACHED_ROWS // 2))
            for image_id in excess:
                del self._cells[image_id]

    def clear(self) -> None:
        """Drop every row: the columns or the catalogue have changed."""
        self._cells.clear()

    def rearrange(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Convert rows from the columns `before` to `after`; drop them if a column is new."""
        if not set(after) <= set(before):
            self.clear()
            return
        order = [before.index(name) for name in after]
        self._cells = {
            image_id: tuple(cells[index] for index in order)
            for image_id, cells in self._cells.items()
        }


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How lines are cut and coloured."""

    width: int
    """Cells in view."""
    x: int
    """Cells by which the columns that are not frozen are scrolled."""
    style: Style


class RowPainter:
    """Draws rows of cells; keeps the drawn lines while the columns stay the same."""

    def __init__(self, columns: Sequence[Column] = (), frozen: int = 1) -> None:
        """The first `frozen` columns do not scroll."""
        self.columns = tuple(columns)
        self.frozen = max(1, frozen)
        self.frozen_width = LEAD + sum(column.span for column in self.columns[: self.frozen])
        self._widths = [column.width for column in self.columns]
        sides = (f"{{:{'>' if each.is_right else '<'}{each.width}}}" for each in self.columns)
        self._template = _GAP_TEXT.join(sides) + _GAP_TEXT
        """Formats a row whose characters are all one cell wide."""
        self._format: LineFormat | None = None
        self._lines: dict[int, Strip] = {}

    def fit_cells(self, cells: Sequence[str]) -> list[str]:
        """Cut or fill cells to the widths of their columns."""
        return [
            fit(cell, column.width, is_right=column.is_right)
            for cell, column in zip(cells, self.columns, strict=True)
        ]

    def row(self, row: int, cells: Cells, format_: LineFormat) -> Strip:
        """Draw a row without the cursor."""
        if format_ != self._format or len(self._lines) > MAX_CACHED_LINES:
            self._format = format_
            self._lines.clear()
        line = self._lines.get(row)
        if line is None:
            is_ascii = format_.width > self.frozen_width and cells and "".join(cells).isascii()
            draw = self._ascii_line if is_ascii else self._narrow_line
            line = self._lines[row] = draw(cells, format_)
        return line

    def placeholder(self, format_: LineFormat) -> Strip:
        """Draw a row that is still being fetched."""
        return self._narrow_line([PLACEHOLDER] * len(self.columns), format_)

    def _ascii_line(self, cells: Cells, format_: LineFormat) -> Strip:
        """`line` for ASCII cells, at a tenth of the cost."""
        if any(map(gt, map(len, cells), self._widths)):
            whole = self._template.format(*map(_cut, cells, self._widths))
        else:
            whole = self._template.format(*cells)
        split = self.frozen_width - LEAD
        room = format_.width - self.frozen_width
        visible = whole[split + format_.x : split + format_.x + room]
        text = _LEAD_TEXT + whole[:split] + visible
        return Strip([Segment(text.ljust(format_.width), format_.style)], format_.width)

    def _narrow_line(self, cells: Sequence[str], format_: LineFormat) -> Strip:
        """`line` for cells whose characters are all one cell wide; other cells go to `line`."""
        texts = self.fit_cells(cells)
        room = format_.width - self.frozen_width
        rest = _GAP_TEXT.join(texts[self.frozen :])
        if room <= 0 or not texts or not (rest.isascii() or cell_len(rest) == len(rest)):
            return self.line(texts, format_)
        visible = rest[format_.x : format_.x + room].ljust(room)
        head = _GAP_TEXT.join(texts[: self.frozen])
        text = _LEAD_TEXT + head + _GAP_TEXT + visible
        return Strip([Segment(text, format_.style)], format_.width)

    def line(
        self, texts: list[str], format_: LineFormat, highlight: tuple[int, Style] | None = None
    ) -> Strip:
        """Draw fitted texts; `highlight` is the index of one text and its style."""
        segments = [Segment(_LEAD_TEXT, format_.style)]
        for index, text in enumerate(texts):
            style = highlight[1] if highlight and highlight[0] == index else format_.style
            segments.append(Segment(text, style))
            segments.append(Segment(_GAP_TEXT, format_.style))
        line = Strip(segments, LEAD + sum(column.span for column in self.columns))
        if format_.x and format_.width > self.frozen_width:
            rest = line.crop(self.frozen_width + format_.x, format_.width + format_.x)
            line = Strip.join([line.crop(0, self.frozen_width), rest])
        return line.crop_extend(0, format_.width, format_.style)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else fit(text, width)
