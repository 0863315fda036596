"""What the catalogue says while a search is compiled: which values fit, and how many there are."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import words
from tasveer_tui.catalogue.search.sql import Sql

if TYPE_CHECKING:
    import sqlite3

    from tasveer_tui.catalogue.search.sql import Parameter
    from tasveer_tui.catalogue.search.tree import Query

_RARE: Final = 2_000
"""Values with a text: more of them are not looked up one by one."""
_AT_START: Final = 5
"""So many more are looked through for those that begin with it."""
_FEW_KEYS: Final = 0.1
"""Of all images: where so many keys have a part of a path, all keys are sooner asked."""
_LEAST_KEYS: Final = 500
_LISTED: Final = 25_000
"""So few are likely to lead the search, so they are kept."""


class Probe:
    """Answers over one connection; for one search, as it remembers them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.compiled: dict[tuple[Query, bool], tuple[Sql, ...]] = {}
        """What searches were compiled to; to be met image by image, or not."""
        self._images = -1
        self._reached: dict[tuple[str, tuple[Parameter, ...]], tuple[int, int]] = {}
        """How many were found of how many that were asked for."""
        self._listed: dict[tuple[str, tuple[Parameter, ...]], tuple[int, ...]] = {}
        self._found: dict[tuple[str, tuple[Parameter, ...]], list[tuple[int, ...]]] = {}

    def images(self) -> int:
        """About how many images there are."""
        if self._images < 0:
            sql = "SELECT ifnull(sum(images), 0) FROM source"
            self._images = self._connection.execute(sql).fetchone()[0]
        return self._images

    def newest(self) -> int:
        """The highest id."""
        return self.rows(Sql("SELECT coalesce(max(id), 0) FROM image"))[0][0]

    def rows(self, statement: Sql) -> list[tuple[int, ...]]:
        """What the statement selects."""
        same = (statement.text, statement.parameters)
        if same not in self._found:
            self._found[same] = self._connection.execute(*same).fetchall()
        return self._found[same]

    def reached(self, select: str, parameters: tuple[Parameter, ...], limit: int) -> int:
        """How many rows the statement yields; it is stopped at the limit."""
        found, asked = self._reached.get((select, parameters), (0, 0))
        if found == asked < limit:
            sql = f"SELECT count(*) FROM ({select} LIMIT ?)"
            found = self._connection.execute(sql, (*parameters, limit)).fetchone()[0]
            self._reached[select, parameters] = found, limit
        return min(found, limit)

    def listed(
        self, select: str, parameters: tuple[Parameter, ...], limit: int
    ) -> tuple[int, ...] | None:
        """The ids that the statement yields, each once and in order; None for more than a limit."""
        same = (select, parameters)
        if same in self._listed and len(self._listed[same]) <= limit:
            return self._listed[same]
        found, asked = self._reached.get(same, (0, 0))
        if found > limit:
            return None
        sql = f"WITH t(x) AS ({select} LIMIT ?) SELECT count(*), json_group_array(x) FROM t"
        row = self._connection.execute(sql, (*parameters, limit + 1)).fetchone()
        if limit + 1 > asked:
            self._reached[same] = row[0], limit + 1
        if row[0] > limit:
            return None
        ids = self._listed[same] = tuple(sorted(set(json.loads(row[1]))))
        return ids

    def has_values(self, needle: str, count: int) -> bool:
        """Whether so many values contain the folded text."""
        values = words.values_with(needle)
        return self.reached(values.text, values.parameters, count) >= count

    def rarest(self, needles: list[str]) -> str:
        """The text that the fewest keys have in a part of theirs; "" where all are frequent."""
        best, fewest = "", max(_LEAST_KEYS, int(self.images() * _FEW_KEYS))
        for needle in needles:
            part = words.in_key_part(needle)
            most = _RARE * _AT_START if needle.startswith("/") else _RARE
            if part.ids is None or self.has_values(needle.removeprefix("/"), most):
                continue
            few = self.listed(*part.ids, min(fewest, _LISTED))
            count = self.reached(*part.ids, fewest) if few is None else len(few)
            if count < fewest:
                best, fewest = needle, count
        return best
