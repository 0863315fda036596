"""Counts and values that the compiler and the planner query, cached for one search."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import text_predicates
from tasveer_tui.catalogue.search.sql import Sql

if TYPE_CHECKING:
    import sqlite3

    from tasveer_tui.catalogue.search.ast import Query
    from tasveer_tui.catalogue.search.sql import Parameter

_MAX_RARE_VALUES: Final = 2_000
"""A text in more values, or in more keys, is not looked up value by value."""
_MAX_RARE_KEY_SHARE: Final = 0.1
"""If a larger share of keys has a part of a path, all keys are scanned instead.

With 0.025, the count of a path takes twice as long.
"""


class Statistics:
    """Queries over one connection, with a cache for one search."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.compiled_conditions: dict[tuple[Query, bool], tuple[Sql, ...]] = {}
        """Compiled conditions by query, and whether for a row scan."""
        self._image_count = -1
        self._count_cache: dict[tuple[str, tuple[Parameter, ...]], tuple[int, int]] = {}
        """Statement → the count and the limit of the query."""
        self._id_cache: dict[tuple[str, tuple[Parameter, ...]], tuple[int, ...]] = {}
        self._row_cache: dict[tuple[str, tuple[Parameter, ...]], list[tuple[int, ...]]] = {}

    def images(self) -> int:
        """The approximate number of images."""
        if self._image_count < 0:
            sql = "SELECT ifnull(sum(images), 0) FROM source"
            self._image_count = self._connection.execute(sql).fetchone()[0]
        return self._image_count

    def newest(self) -> int:
        """The highest id."""
        return self.rows(Sql("SELECT coalesce(max(id), 0) FROM image"))[0][0]

    def rows(self, statement: Sql) -> list[tuple[int, ...]]:
        """The rows of a statement."""
        same = (statement.text, statement.parameters)
        if same not in self._row_cache:
            self._row_cache[same] = self._connection.execute(*same).fetchall()
        return self._row_cache[same]

    def count_up_to(self, select: str, parameters: tuple[Parameter, ...], limit: int) -> int:
        """The number of rows of a statement, up to the limit."""
        found, asked = self._count_cache.get((select, parameters), (0, 0))
        if found == asked < limit:
            sql = f"SELECT count(*) FROM ({select} LIMIT ?)"
            found = self._connection.execute(sql, (*parameters, limit)).fetchone()[0]
            self._count_cache[select, parameters] = found, limit
        return min(found, limit)

    def listed(
        self, select: str, parameters: tuple[Parameter, ...], limit: int
    ) -> tuple[int, ...] | None:
        """The distinct ids of a statement in ascending order; None for more than `limit`."""
        same = (select, parameters)
        if same in self._id_cache and len(self._id_cache[same]) <= limit:
            return self._id_cache[same]
        found, asked = self._count_cache.get(same, (0, 0))
        if found > limit:
            return None
        sql = f"WITH t(x) AS ({select} LIMIT ?) SELECT count(*), json_group_array(x) FROM t"
        row = self._connection.execute(sql, (*parameters, limit + 1)).fetchone()
        if limit + 1 > asked:
            self._count_cache[same] = row[0], limit + 1
        if row[0] > limit:
            return None
        ids = self._id_cache[same] = tuple(sorted(set(json.loads(row[1]))))
        return ids

    def has_min_values(self, needle: str, count: int) -> bool:
        """Whether at least `count` values contain the folded text."""
        values = text_predicates.values_containing(needle)
        return self.count_up_to(values.text, values.parameters, count) >= count

    def rarest_text(self, needles: list[str]) -> str:
        """The text that is contained in the fewest keys; "" if all are frequent."""
        best, fewest = "", max(_MAX_RARE_VALUES, int(self.images() * _MAX_RARE_KEY_SHARE))
        for needle in needles:
            part = text_predicates.key_part_contains(needle)
            has_many = self.has_min_values(needle.removeprefix("/"), _MAX_RARE_VALUES)
            if part.ids is None or has_many:
                continue
            few = self.listed(*part.ids, fewest)
            count = self.count_up_to(*part.ids, fewest) if few is None else len(few)
            if count < fewest:
                best, fewest = needle, count
        return best
