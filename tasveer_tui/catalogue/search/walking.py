"""The first images in an order that no index on images has, met group by group.

By a text that images share, group after group of those that have the same; by key, along the
index of the objects; by a tag, value by value.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.search import tagorder
from tasveer_tui.catalogue.search.sql import ALL, both
from tasveer_tui.catalogue.search.storage import INDEXES, SHARED

if TYPE_CHECKING:
    import sqlite3
    from array import array
    from collections.abc import Callable, Sequence

    from tasveer_tui.catalogue.search.sql import Sql
    from tasveer_tui.catalogue.search.tree import OrderBy

    Way: TypeAlias = Callable[["Meeting", tuple[OrderBy, ...], int], list[int] | None]

_MOST_GROUPS: Final = 10_000
_MOST_SOURCES: Final = 100
_FIRST_MET: Final = 4
"""Images met for each that is wanted, at first; and so many times more each time."""
_LEAST_MET, _MOST_MET = 100, 50_000
"""Images met in one statement."""


class Meeting(NamedTuple):
    """What is needed to meet images one by one."""

    connection: sqlite3.Connection
    where: Sequence[Sql]
    check: Callable[[], None]
    """Called between statements: ends the search where it should."""


def along(ids: array[int], without: frozenset[int] = frozenset()) -> Way:
    """How to meet images in an order that is known, but for those without a place in it."""

    def walk(meeting: Meeting, order: tuple[OrderBy, ...], wanted: int) -> list[int]:  # noqa: ARG001
        connection, where, check = meeting
        if not where and not without:
            return ids[:wanted].tolist()
        condition = both([ALL, *where], "AND")
        sql = (
            "SELECT i.id FROM json_each(?) AS k CROSS JOIN image AS i ON i.id = k.value"
            f" WHERE {condition.text} ORDER BY k.key LIMIT ?"
        )
        found: list[int] = []
        met, size = 0, _FIRST_MET * wanted
        while met < len(ids) and (missing := wanted - len(found)) > 0:
            check()
            some = ids[met : met + size].tolist()
            if without:
                some = [number for number in some if number not in without]
            rows = connection.execute(sql, (json.dumps(some), *condition.parameters, missing))
            found += [row[0] for row in rows]
            met += size
            # As many as yield the rest, if they go on like this.
            likely = met * (wanted - len(found)) // max(len(found), 1)
            size = max(_LEAST_MET, min(likely, _FIRST_MET * size, _MOST_MET))
        return found

    return walk


def by_groups(order: tuple[OrderBy, ...]) -> Way | None:
    """How to meet images in this order; None where there is no such way."""
    if len(order) != 1:
        return None
    target = order[0].target
    if isinstance(target, TagName):
        return _by_tag
    if target == "path":
        return _by_key
    is_grouped = target in SHARED and SHARED[target].column in INDEXES
    return _by_shared_text if is_grouped else None


def _by_tag(meeting: Meeting, order: tuple[OrderBy, ...], wanted: int) -> list[int] | None:
    connection, where, check = meeting
    return tagorder.page(connection, order, where, wanted, check)


def _by_shared_text(meeting: Meeting, order: tuple[OrderBy, ...], wanted: int) -> list[int] | None:
    shared = SHARED[str(order[0].target)]
    direction = " DESC" if order[0].is_descending else ""
    text = f"{shared.text} COLLATE NOCASE"
    groups = meeting.connection.execute(
        f"SELECT json_group_array(id) FROM {shared.table}"
        f" GROUP BY {text} ORDER BY {shared.text} = '', {text}{direction} LIMIT ?",
        (_MOST_GROUPS + 1,),
    ).fetchall()
    if len(groups) > _MOST_GROUPS:
        return None
    condition = both([ALL, *meeting.where], "AND")
    select = (
        f"SELECT i.id FROM image AS i INDEXED BY {INDEXES[shared.column]}"
        f" WHERE i.{shared.column} {{}} AND {condition.text} ORDER BY i.id{direction} LIMIT ?"
    )
    # Of one group the index itself has the ids in order.
    one, several = select.format("= ?"), select.format("IN (SELECT value FROM json_each(?))")
    found: list[int] = []
    for (group,) in groups:
        meeting.check()
        ids = json.loads(group)
        sql, first = (one, ids[0]) if len(ids) == 1 else (several, group)
        rows = meeting.connection.execute(sql, (first, *condition.parameters, wanted - len(found)))
        found += [row[0] for row in rows]
        if len(found) >= wanted:
            break
    return found


def _by_key(meeting: Meeting, order: tuple[OrderBy, ...], wanted: int) -> list[int] | None:
    sources = meeting.connection.execute("SELECT id FROM source").fetchall()
    if len(sources) > _MOST_SOURCES:
        return None
    is_descending = order[0].is_descending
    condition = both([ALL, *meeting.where], "AND")
    direction = " DESC" if is_descending else ""
    sql = (
        "SELECT CAST(o.key AS BLOB), i.id FROM object AS o CROSS JOIN image AS i ON i.id = o.id"
        f" WHERE o.source_id = ? AND {condition.text} ORDER BY o.key{direction} LIMIT ?"
    )
    found: list[tuple[bytes, int]] = []
    for (source,) in sources:
        meeting.check()
        found += meeting.connection.execute(sql, (source, *condition.parameters, wanted))
    found.sort(reverse=is_descending)
    return [number for _, number in found[:wanted]]
