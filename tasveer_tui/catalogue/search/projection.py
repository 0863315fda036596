"""Values of images for tables and exports, looked up late by id."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.field_formats import CellValue, format_plain
from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.search.column_map import (
    HAS_POSITION,
    IS_DUPLICATE,
    LOOKUP_COLUMNS,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
)
from tasveer_tui.catalogue.storage.tag_store import tags_of
from tasveer_tui.catalogue.storage.text_codec import from_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.records import TagValue

Row: TypeAlias = tuple[CellValue, ...]

_CHUNK_SIZE: Final = 1000
"""Images asked for in one statement."""
_LIST_SEPARATOR: Final = ", "
_KEYWORD_LIST: Final = (
    "(SELECT json_group_array(text) FROM (SELECT w.text FROM keyword AS k"
    " JOIN word AS w ON w.id = k.word_id WHERE k.image_id = i.id ORDER BY w.text))"
)


@dataclass(frozen=True, slots=True)
class _ColumnReader:
    """How one column is read: an expression, and what its value means."""

    expression: str
    read: Callable[[CellValue], CellValue]


def fetch_rows(
    connection: sqlite3.Connection, ids: Sequence[int], columns: Sequence[str]
) -> list[Row]:
    """The columns of these images, in the order of `ids`.

    Raises:
        UsageError: there is no such column.

    """
    names = [_resolve_column(column) for column in columns]
    tags = [name for name in names if isinstance(name, TagName)]
    plain_columns = {name: _column_reader(name) for name in names if isinstance(name, str)}
    found: list[Row] = []
    for start in range(0, len(ids), _CHUNK_SIZE):
        chunk = list(ids[start : start + _CHUNK_SIZE])
        typed = _fetch_column_cells(connection, chunk, plain_columns)
        tagged = _fetch_tag_cells(connection, chunk, tags) if tags else {}
        found += [
            tuple(
                (tagged if isinstance(name, TagName) else typed).get(number, {}).get(name)
                for name in names
            )
            for number in chunk
        ]
    return found


def _resolve_column(column: str) -> str | TagName:
    name = fields.field_of(column).name
    return fields.tag_name(name) or name


_CellsById: TypeAlias = dict[int, "dict[str | TagName, CellValue]"]


def _fetch_column_cells(
    connection: sqlite3.Connection, ids: Sequence[int], columns: dict[str, _ColumnReader]
) -> _CellsById:
    wanted = ", ".join(["i.id", *(column.expression for column in columns.values())])
    sql = f"SELECT {wanted} FROM image AS i WHERE i.id IN (SELECT value FROM json_each(?))"
    return {
        number: {
            name: column.read(value)
            for (name, column), value in zip(columns.items(), values, strict=True)
        }
        for number, *values in connection.execute(sql, (json.dumps(ids),))
    }


def _column_reader(name: str) -> _ColumnReader:
    if name in _SPECIAL_COLUMNS:
        return _SPECIAL_COLUMNS[name]
    if name in NUMBER_COLUMNS:
        return _ColumnReader(NUMBER_COLUMNS[name].expression, _to_number)
    if name in TEXT_COLUMNS:
        return _ColumnReader(TEXT_COLUMNS[name].expression, _to_text)
    shared = LOOKUP_COLUMNS[name]
    expression = f"(SELECT t.{shared.text} FROM {shared.table} AS t WHERE t.id = i.{shared.column})"
    return _ColumnReader(expression, _to_text)


def switch_expression(name: str) -> str:
    """Whether an image has the switch `gps` or `dup`, as SQL."""
    return _SPECIAL_COLUMNS[name].expression


def _to_number(value: CellValue) -> CellValue:
    return value if isinstance(value, int | float) and value > _MAX_ABSENT_NUMBER else None


def _to_text(value: CellValue) -> CellValue:
    return from_stored(value) if isinstance(value, str) and value else None


def _to_switch(value: CellValue) -> CellValue:
    return 1 if value else None


def _to_list_text(value: CellValue) -> CellValue:
    return _LIST_SEPARATOR.join(map(from_stored, json.loads(str(value)))) or None


_MAX_ABSENT_NUMBER: Final = -1.4e14
_SPECIAL_COLUMNS: Final = {
    "gps": _ColumnReader(HAS_POSITION.expression, _to_switch),
    "dup": _ColumnReader(IS_DUPLICATE, _to_switch),
    "keyword": _ColumnReader(_KEYWORD_LIST, _to_list_text),
    "path": _ColumnReader("(SELECT o.key FROM object AS o WHERE o.id = i.id)", _to_text),
}


def _fetch_tag_cells(
    connection: sqlite3.Connection, ids: Sequence[int], tags: Sequence[TagName]
) -> _CellsById:
    known = connection.execute("SELECT id, grp, name FROM tag").fetchall()
    wanted = {
        number: [tag for tag in tags if tag.matches(group, name)] for number, group, name in known
    }
    found: _CellsById = {}
    for number, tag_rows in tags_of(connection, ids).items():
        cells = found.setdefault(number, {})
        for row in tag_rows or ():
            # The first of several has the cell, as in `exiftool` without -a.
            for tag in wanted.get(row[0], ()):
                cells.setdefault(tag, _format_tag_value(row[4]))
    return found


def iter_tag_values(
    connection: sqlite3.Connection, ids: Sequence[int], tag: TagName
) -> Iterator[list[str | float]]:
    """The values of a tag in each of these images; none where the image does not have it."""
    known = connection.execute("SELECT id, grp, name FROM tag").fetchall()
    wanted = {number for number, group, name in known if tag.matches(group, name)}
    found = tags_of(connection, ids)
    for number in ids:
        values: list[str | float] = []
        for row in found.get(number) or ():
            if row[0] in wanted:
                values += row[4] if isinstance(row[4], list) else [row[4]]
        yield [value for value in values if value != ""]


def _format_tag_value(value: TagValue) -> CellValue:
    return _LIST_SEPARATOR.join(map(format_plain, value)) if isinstance(value, list) else value
