"""How many images have each value of an expression, counted by SQLite within a budget."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search.planning import OutOfTimeError
from tasveer_tui.catalogue.search.sql import Sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.formats import CellValue
    from tasveer_tui.catalogue.search import Finder, Query

BUDGET_S: Final = 1.0
"""How long a count may take where nobody says otherwise."""
_WHOLE: Final = 0.6
"""The part of a budget in which SQLite may count alone, which is quicker but all or nothing."""
_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Tally:
    """Counts by value."""

    counts: Counter[CellValue] = field(default_factory=Counter)
    sizes: Counter[CellValue] = field(default_factory=Counter)
    """Bytes, where they were asked for."""
    is_final: bool = True
    """False where the budget ran out: all numbers are least numbers."""
    more: int = 0
    """Values that were counted and are not among `counts`."""

    def add(self, value: CellValue, count: int, size_bytes: int = 0) -> None:
        """Count so many more images with this value."""
        self.counts[value] += count
        self.sizes[value] += size_bytes


def tally(
    finder: Finder,
    query: Query,
    wanted: Sql,
    *,
    joins: str = "",
    sizes: bool = False,
    budget_s: float = BUDGET_S,
) -> Tally:
    """Count the images that a search finds by the value of `wanted`.

    Raises:
        SearchInterruptedError: another thread stopped it.

    """
    deadline_s = time.monotonic() + budget_s
    size, columns = ("i.size_bytes", {"size_bytes"}) if sizes else ("0", set())
    whole = _wanted(wanted, f"count(*), sum({size})", columns)
    single = _wanted(wanted, f"1, {size}", columns)
    with finder.reading() as connection:
        statement = finder.statement(query, whole, joins)
        try:
            with finder.within(budget_s * _WHOLE):
                rows = connection.execute(f"{statement.text} GROUP BY 1", statement.parameters)
                return _added(Tally(), rows)
        except OutOfTimeError:
            pass
        found = Tally(is_final=False)
        statement = finder.statement(query, single, joins)
        try:
            with finder.within(deadline_s - time.monotonic()):
                rows = connection.execute(statement.text, statement.parameters)
                while some := rows.fetchmany(_AT_ONCE):
                    _added(found, iter(some))
        except OutOfTimeError:
            return found
    found.is_final = True
    return found


def _wanted(value: Sql, more: str, columns: set[str]) -> Sql:
    return Sql(f"{value.text}, {more}", value.parameters, value.columns | columns)


def _added(found: Tally, rows: Iterator[tuple[CellValue, int, int]]) -> Tally:
    for value, count, size in rows:
        found.add(value, count, size)
    return found
