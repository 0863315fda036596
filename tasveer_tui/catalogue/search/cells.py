"""Values of images for tables and exports, looked up late by id."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.formats import CellValue, plain
from tasveer_tui.catalogue.search.storage import DUPLICATE, NUMBERS, OWN, PLACED, SHARED
from tasveer_tui.catalogue.stored import tags_of
from tasveer_tui.catalogue.texts import from_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.records import TagValue

Row: TypeAlias = tuple[CellValue, ...]

_CHUNK: Final = 1000
"""Images asked for in one statement."""
_LIST_MARK: Final = ", "
_KEYWORDS: Final = (
    "(SELECT json_group_array(text) FROM (SELECT w.text FROM keyword AS k"
    " JOIN word AS w ON w.id = k.word_id WHERE k.image_id = i.id ORDER BY w.text))"
)


@dataclass(frozen=True, slots=True)
class _Column:
    """How one column is read: an expression, and what its value means."""

    expression: str
    read: Callable[[CellValue], CellValue]


def rows(connection: sqlite3.Connection, ids: Sequence[int], columns: Sequence[str]) -> list[Row]:
    """The columns of these images, in the order of `ids`.

    Raises:
        UsageError: there is no such column.

    """
    names = [_known(column) for column in columns]
    tags = [name for name in names if isinstance(name, TagName)]
    plain_columns = {name: _column(name) for name in names if isinstance(name, str)}
    found: list[Row] = []
    for start in range(0, len(ids), _CHUNK):
        chunk = list(ids[start : start + _CHUNK])
        typed = _typed(connection, chunk, plain_columns)
        tagged = _tagged(connection, chunk, tags) if tags else {}
        found += [
            tuple(
                (tagged if isinstance(name, TagName) else typed).get(number, {}).get(name)
                for name in names
            )
            for number in chunk
        ]
    return found


def _known(column: str) -> str | TagName:
    name = fields.field_of(column).name
    return fields.tag_name(name) or name


_Cells: TypeAlias = dict[int, "dict[str | TagName, CellValue]"]


def _typed(
    connection: sqlite3.Connection, ids: Sequence[int], columns: dict[str, _Column]
) -> _Cells:
    wanted = ", ".join(["i.id", *(column.expression for column in columns.values())])
    sql = f"SELECT {wanted} FROM image AS i WHERE i.id IN (SELECT value FROM json_each(?))"
    return {
        number: {
            name: column.read(value)
            for (name, column), value in zip(columns.items(), values, strict=True)
        }
        for number, *values in connection.execute(sql, (json.dumps(ids),))
    }


def _column(name: str) -> _Column:
    if name in _SPECIAL:
        return _SPECIAL[name]
    if name in NUMBERS:
        return _Column(NUMBERS[name].expression, _number)
    if name in OWN:
        return _Column(OWN[name].expression, _text)
    shared = SHARED[name]
    expression = f"(SELECT t.{shared.text} FROM {shared.table} AS t WHERE t.id = i.{shared.column})"
    return _Column(expression, _text)


def switch_expression(name: str) -> str:
    """Whether an image has the switch `gps` or `dup`, as SQL."""
    return _SPECIAL[name].expression


def _number(value: CellValue) -> CellValue:
    return value if isinstance(value, int | float) and value > _ABSENT else None


def _text(value: CellValue) -> CellValue:
    return from_stored(value) if isinstance(value, str) and value else None


def _switch(value: CellValue) -> CellValue:
    return 1 if value else None


def _list(value: CellValue) -> CellValue:
    return _LIST_MARK.join(map(from_stored, json.loads(str(value)))) or None


_ABSENT: Final = -1.4e14
_SPECIAL: Final = {
    "gps": _Column(PLACED.expression, _switch),
    "dup": _Column(DUPLICATE, _switch),
    "keyword": _Column(_KEYWORDS, _list),
    "path": _Column("(SELECT o.key FROM object AS o WHERE o.id = i.id)", _text),
}


def _tagged(connection: sqlite3.Connection, ids: Sequence[int], tags: Sequence[TagName]) -> _Cells:
    known = connection.execute("SELECT id, grp, name FROM tag").fetchall()
    wanted = {
        number: [tag for tag in tags if tag.means(group, name)] for number, group, name in known
    }
    found: _Cells = {}
    for number, tag_rows in tags_of(connection, ids).items():
        cells = found.setdefault(number, {})
        for row in tag_rows or ():
            # The first of several has the cell, as in `exiftool` without -a.
            for tag in wanted.get(row[0], ()):
                cells.setdefault(tag, _shown(row[4]))
    return found


def tag_values(
    connection: sqlite3.Connection, ids: Sequence[int], tag: TagName
) -> Iterator[list[str | float]]:
    """The values of a tag in each of these images; none where the image does not have it."""
    known = connection.execute("SELECT id, grp, name FROM tag").fetchall()
    wanted = {number for number, group, name in known if tag.means(group, name)}
    found = tags_of(connection, ids)
    for number in ids:
        values: list[str | float] = []
        for row in found.get(number) or ():
            if row[0] in wanted:
                values += row[4] if isinstance(row[4], list) else [row[4]]
        yield [value for value in values if value != ""]


def _shown(value: TagValue) -> CellValue:
    return _LIST_MARK.join(map(plain, value)) if isinstance(value, list) else value
