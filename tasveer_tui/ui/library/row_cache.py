"""Rows of a table, kept by image id. Knows no widget and no thread."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasveer_tui.ui.kit.columns import Column

Cells: TypeAlias = tuple[str, ...]
"""The texts of one row, sanitised, in the order of the columns."""

MAX_ROWS: Final = 8192
MAX_CELL_CHARACTERS: Final = 400


def cells_of(columns: Sequence[Column], values: Sequence[object]) -> Cells:
    """Turn one row of catalogue values into texts that are safe to show."""
    return tuple(
        "" if value is None else clean(column.show(value), MAX_CELL_CHARACTERS)
        for column, value in zip(columns, values, strict=True)
    )


class RowCache:
    """Keeps up to MAX_ROWS rows, the oldest half of which goes first."""

    def __init__(self) -> None:
        self._cells: dict[int, Cells] = {}

    def get(self, image_id: int) -> Cells | None:
        """The row, if it is here."""
        return self._cells.get(image_id)

    def clear(self) -> None:
        """Drop all rows."""
        self._cells.clear()

    def rearrange(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Keep the rows for another choice of columns, if they contain all of these."""
        rows = dict(self._cells) if set(after) <= set(before) else {}
        order = [before.index(name) for name in after if name in before]
        self._cells = {
            image_id: tuple(cells[index] for index in order) for image_id, cells in rows.items()
        }

    def add(self, rows: Mapping[int, Cells]) -> None:
        """Keep these rows."""
        self._cells.update(rows)
        if len(self._cells) > MAX_ROWS:
            oldest = tuple(islice(self._cells, len(self._cells) - MAX_ROWS // 2))
            for image_id in oldest:
                del self._cells[image_id]
