"""The first images in the order of a tag, met value by value instead of read one and all."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.postings import FEW_NUMBERS
from tasveer_tui.catalogue.search import words
from tasveer_tui.catalogue.search.sql import ALL, Sql, both
from tasveer_tui.catalogue.texts import fold, from_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from tasveer_tui.catalogue.search.tree import OrderBy

_MOST_VALUES: Final = 20_000
"""Values of a tag that are sooner put in order than all images."""
_Key = tuple[int, float, str]
"""Numbers before texts, as SQLite has them."""


def page(
    connection: sqlite3.Connection,
    order: tuple[OrderBy, ...],
    where: Sequence[Sql],
    wanted: int,
    check: Callable[[], None],
) -> list[int] | None:
    """So many ids in order; None where the values cannot tell, or fewer images have the tag.

    `check` is called between statements.
    """
    key = order[0]
    tag = key.target
    if len(order) != 1 or not isinstance(tag, TagName):
        return None
    groups = _groups(connection, tag)
    if groups is None:
        return None
    select = _select(where, words.tag_sort_key(tag), is_descending=key.is_descending)
    found: list[int] = []
    for value in sorted(groups, reverse=key.is_descending):
        check()
        parameters = (" OR ".join(groups[value]), *select.parameters, _as_sql(value))
        rows = connection.execute(select.text, (*parameters, wanted - len(found)))
        found += [row[0] for row in rows]
        if len(found) >= wanted:
            return found
    return None


def _groups(connection: sqlite3.Connection, tag: TagName) -> dict[_Key, list[str]] | None:
    """The terms under which images of each key may be found; None where not all keys are known."""
    name = (tag.name, tag.family)
    tags = connection.execute(words.TAGS, name).fetchall()
    if not tags or not all(is_text for _, is_text in tags):
        return None
    texts = f"SELECT v.id, v.text FROM ({words.TAGS}) AS t CROSS JOIN value AS v ON v.tag_id = t.id"
    numbers = (
        f"SELECT n.id, n.low, n.high FROM ({words.TAGS}) AS t"
        " CROSS JOIN number AS n ON n.tag_id = t.id"
    )
    groups: dict[_Key, list[str]] = {}
    for count, (number, text) in enumerate(connection.execute(texts, name)):
        if count >= _MOST_VALUES:
            return None
        for key in _keys(text):
            groups.setdefault(key, []).append(str(number))
    for number, low, high in connection.execute(numbers, name):
        if low != high:
            return None
        groups.setdefault((0, low, ""), []).append(f"n{number}")
    return groups


def _keys(text: str) -> list[_Key]:
    """A text in table value is a text, or a small whole number."""
    keys: list[_Key] = [(1, 0.0, folded)] if (folded := fold(from_stored(text))) else []
    if (
        text.removeprefix("-").isdecimal()
        and text.isascii()
        and len(text) <= len(str(-FEW_NUMBERS))
    ):
        keys.append((0, float(text), ""))
    return keys


def _as_sql(key: _Key) -> float | str:
    return key[2] if key[0] else key[1]


def _select(where: Sequence[Sql], sort_key: Sql, *, is_descending: bool) -> Sql:
    """Images whose key is a value, by id; not those that only have it among others."""
    condition = both([ALL, *where], "AND")
    return Sql(
        "SELECT i.id FROM posting AS p CROSS JOIN image AS i ON i.id = p.rowid"
        f" WHERE p.posting MATCH ? AND {condition.text} AND {sort_key.text} = ?"
        f" ORDER BY p.rowid{' DESC' if is_descending else ''} LIMIT ?",
        (*condition.parameters, *sort_key.parameters),
    )
