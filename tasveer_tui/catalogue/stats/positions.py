"""Where pictures were taken: how many in each cell of a grid, for a map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.stats.tally import BUDGET_S, count_values
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search import Finder, Query

WORLD_BOX: Final = (-90.0, -180.0, 90.0, 180.0)
_MAX_CELLS: Final = 1_000_000
_POSITION_COLUMNS: Final = frozenset({"lat_deg", "lon_deg"})


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell in which pictures were taken."""

    row: int
    """From the north, from 0."""
    column: int
    """From the west, from 0."""
    count: int
    term: str
    """Search text for the pictures in it; one on the edge of two cells is found by both."""


@dataclass(frozen=True, slots=True)
class Positions:
    """The cells that hold pictures, in rows from the north."""

    cells: tuple[GridCell, ...]
    is_final: bool


def positions(
    finder: Finder,
    query: Query,
    rows: int,
    columns: int,
    *,
    box: tuple[float, float, float, float] = WORLD_BOX,
    budget_s: float = BUDGET_S,
) -> Positions:
    """Count the pictures in each cell of a grid over a box (south, west, north, east).

    Pictures outside the box and without a position are left out.

    Raises:
        UsageError: the grid or its box is none.
        SearchInterruptedError: another thread stopped it.

    """
    south, west, north, east = box
    if not (0 < rows * columns <= _MAX_CELLS and rows > 0 and south < north and west < east):
        raise UsageError("This is no grid on the map.", "Give rows, columns, and a box with area.")
    high, wide = (north - south) / rows, (east - west) / columns
    # The last row and column hold their far edges.
    sql = (
        "(CASE WHEN i.lat_deg BETWEEN ? AND ? AND i.lon_deg BETWEEN ? AND ?"
        " THEN min(CAST((? - i.lat_deg) / ? AS INTEGER), ?) * ?"
        " + min(CAST((i.lon_deg - ?) / ? AS INTEGER), ?) END)"
    )
    parameters = (south, north, west, east, north, high, rows - 1, columns, west, wide, columns - 1)
    found = count_values(finder, query, Sql(sql, parameters, _POSITION_COLUMNS), budget_s=budget_s)
    cells = []
    for number, count in found.counts.items():
        if isinstance(number, int):
            row, column = divmod(number, columns)
            top, left = north - row * high, west + column * wide
            south_west = f"{_round_down(top - high)},{_round_down(left)}"
            term = f"bbox:{south_west},{_round_up(top)},{_round_up(left + wide)}"
            cells.append(GridCell(row, column, count, term))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Positions(tuple(cells), found.is_final)


def _round_down(degrees: float) -> str:
    return f"{math.floor(degrees * 1e6) / 1e6:.6f}".rstrip("0").rstrip(".")


def _round_up(degrees: float) -> str:
    return f"{math.ceil(degrees * 1e6) / 1e6:.6f}".rstrip("0").rstrip(".")
