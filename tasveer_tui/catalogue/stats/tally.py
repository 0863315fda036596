"""How many images have each value of an expression, counted by SQLite within a budget."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import projection
from tasveer_tui.catalogue.search.planner import StatementTimeoutError
from tasveer_tui.catalogue.search.sql import Sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.field_formats import CellValue
    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search import Finder, Query

BUDGET_S: Final = 1.0
"""Default time budget of a count."""
_AGGREGATE_BUDGET_SHARE: Final = 0.6
"""The part of a budget in which SQLite may count alone, which is quicker but all or nothing."""
_ROWS_PER_FETCH: Final = 1000


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
        """Add to the count of a value."""
        self.counts[value] += count
        self.sizes[value] += size_bytes


def count_values(
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
    whole = _counted_sql(wanted, f"count(*), sum({size})", columns)
    single = _counted_sql(wanted, f"1, {size}", columns)
    with finder.reading() as connection:
        statement = finder.statement(query, whole, joins)
        try:
            with finder.within(budget_s * _AGGREGATE_BUDGET_SHARE):
                rows = connection.execute(f"{statement.text} GROUP BY 1", statement.parameters)
                return _add_rows(Tally(), rows)
        except StatementTimeoutError:
            pass
        found = Tally(is_final=False)
        statement = finder.statement(query, single, joins)
        try:
            with finder.within(deadline_s - time.monotonic()):
                rows = connection.execute(statement.text, statement.parameters)
                while some := rows.fetchmany(_ROWS_PER_FETCH):
                    _add_rows(found, iter(some))
        except StatementTimeoutError:
            return found
    found.is_final = True
    return found


def _counted_sql(value: Sql, more: str, columns: set[str]) -> Sql:
    return Sql(f"{value.text}, {more}", value.parameters, value.columns | columns)


def _add_rows(found: Tally, rows: Iterator[tuple[CellValue, int, int]]) -> Tally:
    for value, count, size in rows:
        found.add(value, count, size)
    return found


# Counts the values of one tag, whose type only the images know.

_IMAGES_PER_BATCH: Final = 500
"""Images whose tags are read between two checks of the clock."""
_FIRST_PAGE_IMAGES, _MAX_PAGE_IMAGES = 10_000, 500_000
"""Images that are listed at once, at first and later."""


def count_tag_values(finder: Finder, query: Query, tag: TagName, budget_s: float) -> Tally:
    """Count the tag's values; an image counts once for each different one of a list."""
    deadline_s = time.monotonic() + budget_s
    found = Tally()
    for ids in _pages(finder, query):
        for start in range(0, len(ids), _IMAGES_PER_BATCH):
            if time.monotonic() > deadline_s:
                found.is_final = False
                return found
            with finder.reading() as connection:
                for values in projection.iter_tag_values(
                    connection, ids[start : start + _IMAGES_PER_BATCH], tag
                ):
                    for value in dict.fromkeys(values) or (None,):
                        found.add(value, 1)
    return found


def _pages(finder: Finder, query: Query) -> Iterator[list[int]]:
    """The images found, first a few: to list millions takes longer than most budgets."""
    size, offset = _FIRST_PAGE_IMAGES, 0
    while ids := finder.first(query, size, offset):
        yield ids
        if len(ids) < size:
            return
        offset += size
        size = min(2 * size, _MAX_PAGE_IMAGES)
