"""A copy of what was found as a plain SQLite file, which any reader of SQLite can open."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.export import tabular
from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue.export.image_stream import ImageStream
    from tasveer_tui.catalogue.fields import CellValue, Field
    from tasveer_tui.records import Image

_TYPES: Final = {Kind.NUMBER: "NUMERIC", Kind.CODE: "INTEGER", Kind.SWITCH: "INTEGER"}
_TABLES: Final = """
CREATE TABLE image (id INTEGER PRIMARY KEY, uri TEXT NOT NULL, {});
CREATE TABLE tag (
  image_id INTEGER NOT NULL REFERENCES image (id),
  "group" TEXT NOT NULL,
  name TEXT NOT NULL,
  value -- a number or a text; a list as JSON
);
"""
_INDEXES: Final = """
CREATE INDEX tag_by_image ON tag (image_id);
CREATE INDEX tag_by_name ON tag (name, "group");
ANALYZE;
"""
_MAX_INTEGER: Final = 2**63


def write(path: Path, images: ImageStream) -> None:
    """Write table `image` with a column for each field, and table `tag` with every tag.

    With selected columns, `image` has only these and the table `tag` is empty.
    """
    selected = images.selected or [fields.FIELDS[name] for name in tabular.CSV_FIELDS]
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # The caller discards the file if this fails.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES.format(", ".join(_column(field) for field in selected)))
        connection.execute("BEGIN")
        _fill(connection, images, selected)
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
    except sqlite3.Error as error:
        raise UsageError(f"The copy could not be written: {error}.") from error
    finally:
        connection.close()


def _column(field: Field) -> str:
    name = field.name.replace('"', '""')
    return f'"{name}" {_TYPES.get(field.kind, "TEXT")}'


def _fill(connection: sqlite3.Connection, images: ImageStream, selected: Sequence[Field]) -> None:
    marks = ", ".join("?" * (len(selected) + 2))
    for chunk, rows in images.chunks(selected, with_tags=not images.selected):
        connection.executemany(
            f"INSERT INTO image VALUES ({marks})",  # noqa: S608 - only question marks
            (
                (image.id, to_stored(image.source.uri(image.ref.key)), *_cells(selected, row))
                for image, row in zip(chunk, rows, strict=True)
            ),
        )
        tags = (row for image in chunk for row in _tags(image))
        connection.executemany("INSERT INTO tag VALUES (?, ?, ?, ?)", tags)


def _cells(selected: Sequence[Field], row: tuple[CellValue, ...]) -> Iterator[CellValue]:
    for field, value in zip(selected, row, strict=True):
        if field.kind is Kind.SWITCH:
            yield int(bool(value))
        else:
            yield _to_sqlite_value(tabular.machine_value(field, value))


def _tags(image: Image) -> Iterator[tuple[int, str, str, CellValue]]:
    for tag in image.record.tags:
        value = json.dumps(tag.value) if isinstance(tag.value, list) else tag.value
        yield image.id, to_stored(tag.group), to_stored(tag.name), _to_sqlite_value(value)


def _to_sqlite_value(value: CellValue) -> CellValue:
    if isinstance(value, str):
        return to_stored(value)
    return float(value) if isinstance(value, int) and abs(value) >= _MAX_INTEGER else value
