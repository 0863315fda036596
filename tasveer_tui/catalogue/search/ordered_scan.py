"""The first images in an order that no index on images has, met group by group.

By a text that images share, group after group of those that have the same; by key, along the
index of the objects; by a tag, value by value.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.search import text_predicates
from tasveer_tui.catalogue.search.column_map import INDEXES, LOOKUP_COLUMNS
from tasveer_tui.catalogue.search.sql import ALWAYS_TRUE, Sql, join_conditions
from tasveer_tui.catalogue.storage.postings import MAX_TEXT_INTEGER
from tasveer_tui.catalogue.storage.text_codec import fold, from_stored

if TYPE_CHECKING:
    import sqlite3
    from array import array
    from collections.abc import Callable, Sequence

    from tasveer_tui.catalogue.search.ast import OrderBy

    OrderedScan: TypeAlias = Callable[["ScanContext", tuple[OrderBy, ...], int], list[int] | None]

_MAX_TAG_VALUES: Final = 20_000
"""Up to this many values of a tag are sorted; with more, all images are."""
_SortKey = tuple[int, float, str]
"""Numbers before texts, as SQLite has them."""


def scan_tag_values(
    connection: sqlite3.Connection,
    order: tuple[OrderBy, ...],
    where: Sequence[Sql],
    wanted: int,
    check: Callable[[], None],
) -> list[int] | None:
    """The first ids in order; None if the values do not give it, or too few images have one.

    `check` is called between statements.
    """
    key = order[0]
    tag = key.target
    if len(order) != 1 or not isinstance(tag, TagName):
        return None
    groups = _terms_by_value(connection, tag)
    if groups is None:
        return None
    select = _tag_value_select(
        where, text_predicates.tag_sort_key(tag), is_descending=key.is_descending
    )
    found: list[int] = []
    for value in sorted(groups, reverse=key.is_descending):
        check()
        parameters = (" OR ".join(groups[value]), *select.parameters, _key_parameter(value))
        rows = connection.execute(select.text, (*parameters, wanted - len(found)))
        found += [row[0] for row in rows]
        if len(found) >= wanted:
            return found
    return None


def _terms_by_value(
    connection: sqlite3.Connection, tag: TagName
) -> dict[_SortKey, list[str]] | None:
    """The terms under which images of each key may be found; None where not all keys are known."""
    name = (tag.name, tag.family)
    tags = connection.execute(text_predicates.TAG_SELECT, name).fetchall()
    if not tags or not all(is_text for _, is_text in tags):
        return None
    texts = (
        f"SELECT v.id, v.text FROM ({text_predicates.TAG_SELECT}) AS t"
        " CROSS JOIN value AS v ON v.tag_id = t.id"
    )
    numbers = (
        f"SELECT n.id, n.low, n.high FROM ({text_predicates.TAG_SELECT}) AS t"
        " CROSS JOIN number AS n ON n.tag_id = t.id"
    )
    groups: dict[_SortKey, list[str]] = {}
    for count, (number, text) in enumerate(connection.execute(texts, name)):
        if count >= _MAX_TAG_VALUES:
            return None
        for key in _sort_keys_of_text(text):
            groups.setdefault(key, []).append(str(number))
    for number, low, high in connection.execute(numbers, name):
        if low != high:
            return None
        groups.setdefault((0, low, ""), []).append(f"n{number}")
    return groups


def _sort_keys_of_text(text: str) -> list[_SortKey]:
    """A text in table value is a text, or a small whole number."""
    keys: list[_SortKey] = [(1, 0.0, folded)] if (folded := fold(from_stored(text))) else []
    if (
        text.removeprefix("-").isdecimal()
        and text.isascii()
        and len(text) <= len(str(-MAX_TEXT_INTEGER))
    ):
        keys.append((0, float(text), ""))
    return keys


def _key_parameter(key: _SortKey) -> float | str:
    return key[2] if key[0] else key[1]


def _tag_value_select(where: Sequence[Sql], sort_key: Sql, *, is_descending: bool) -> Sql:
    """Images whose key is a value, by id; not those that only have it among others."""
    condition = join_conditions([ALWAYS_TRUE, *where], "AND")
    return Sql(
        "SELECT i.id FROM posting AS p CROSS JOIN image AS i ON i.id = p.rowid"
        f" WHERE p.posting MATCH ? AND {condition.text} AND {sort_key.text} = ?"
        f" ORDER BY p.rowid{' DESC' if is_descending else ''} LIMIT ?",
        (*condition.parameters, *sort_key.parameters),
    )


# The first images in an order that no index on images has, met group by group.
#
# By a text that images share, group after group of those that have the same; by key, along the
# index of the objects; by a tag, value by value.

_MAX_GROUPS: Final = 10_000
_MAX_SOURCES: Final = 100
_BATCH_GROWTH_FACTOR: Final = 4
"""Rows per missing match in the first batch, and the growth factor of later batches."""
_MIN_BATCH_IDS, _MAX_BATCH_IDS = 100, 50_000
"""Images met in one statement."""


class ScanContext(NamedTuple):
    """What is needed to meet images one by one."""

    connection: sqlite3.Connection
    where: Sequence[Sql]
    check: Callable[[], None]
    """Called between statements: ends the search where it should."""


def known_order_scan(ids: array[int], without: frozenset[int] = frozenset()) -> OrderedScan:
    """How to meet images in an order that is known, but for those without a place in it."""

    def walk(meeting: ScanContext, order: tuple[OrderBy, ...], wanted: int) -> list[int]:  # noqa: ARG001
        connection, where, check = meeting
        if not where and not without:
            return ids[:wanted].tolist()
        condition = join_conditions([ALWAYS_TRUE, *where], "AND")
        sql = (
            "SELECT i.id FROM json_each(?) AS k CROSS JOIN image AS i ON i.id = k.value"
            f" WHERE {condition.text} ORDER BY k.key LIMIT ?"
        )
        found: list[int] = []
        met, size = 0, _BATCH_GROWTH_FACTOR * wanted
        while met < len(ids) and (missing := wanted - len(found)) > 0:
            check()
            some = ids[met : met + size].tolist()
            if without:
                some = [number for number in some if number not in without]
            rows = connection.execute(sql, (json.dumps(some), *condition.parameters, missing))
            found += [row[0] for row in rows]
            met += size
            # Rows that yield the rest at the rate so far.
            likely = met * (wanted - len(found)) // max(len(found), 1)
            size = max(_MIN_BATCH_IDS, min(likely, _BATCH_GROWTH_FACTOR * size, _MAX_BATCH_IDS))
        return found

    return walk


def choose_group_scan(order: tuple[OrderBy, ...]) -> OrderedScan | None:
    """How to meet images in this order; None where there is no such way."""
    if len(order) != 1:
        return None
    target = order[0].target
    if isinstance(target, TagName):
        return _scan_by_tag
    if target == "path":
        return _scan_by_key
    is_grouped = target in LOOKUP_COLUMNS and LOOKUP_COLUMNS[target].column in INDEXES
    return _scan_by_lookup_text if is_grouped else None


def _scan_by_tag(meeting: ScanContext, order: tuple[OrderBy, ...], wanted: int) -> list[int] | None:
    connection, where, check = meeting
    return scan_tag_values(connection, order, where, wanted, check)


def _scan_by_lookup_text(
    meeting: ScanContext, order: tuple[OrderBy, ...], wanted: int
) -> list[int] | None:
    shared = LOOKUP_COLUMNS[str(order[0].target)]
    direction = " DESC" if order[0].is_descending else ""
    text = f"{shared.text} COLLATE NOCASE"
    groups = meeting.connection.execute(
        f"SELECT json_group_array(id) FROM {shared.table}"
        f" GROUP BY {text} ORDER BY {shared.text} = '', {text}{direction} LIMIT ?",
        (_MAX_GROUPS + 1,),
    ).fetchall()
    if len(groups) > _MAX_GROUPS:
        return None
    condition = join_conditions([ALWAYS_TRUE, *meeting.where], "AND")
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


def _scan_by_key(meeting: ScanContext, order: tuple[OrderBy, ...], wanted: int) -> list[int] | None:
    sources = meeting.connection.execute("SELECT id FROM source").fetchall()
    if len(sources) > _MAX_SOURCES:
        return None
    is_descending = order[0].is_descending
    condition = join_conditions([ALWAYS_TRUE, *meeting.where], "AND")
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
