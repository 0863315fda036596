"""Looks for damage in a catalogue; for `tasveer-tui doctor`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNTS = (
    (
        """SELECT count(*) FROM source s
           WHERE images <> (SELECT count(*) FROM image i WHERE i.source_id = s.id)""",
        "{} sources count their images wrongly.",
    ),
    (
        "SELECT count(*) FROM image WHERE id NOT IN (SELECT id FROM object)",
        "{} images belong to no object.",
    ),
    (
        "SELECT count(*) FROM image_tags WHERE id NOT IN (SELECT id FROM image)",
        "{} sets of tags belong to no image.",
    ),
    (
        """SELECT count(*) FROM job j
           WHERE total <> (SELECT count(*) FROM ledger l WHERE l.job_id = j.id)""",
        "{} jobs count their objects wrongly.",
    ),
    (
        """SELECT count(*) FROM job j WHERE ok + noexif + notimage + failed <>
           (SELECT count(*) FROM ledger l WHERE l.job_id = j.id AND l.state IN (2, 3))""",
        "{} jobs count their results wrongly.",
    ),
)


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """A sentence for each thing that is wrong. Reads the whole file."""
    for (found,) in connection.execute("PRAGMA quick_check(20)"):
        if found != "ok":
            yield f"The file is damaged: {found}."
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of table {table} refers to a missing row of {parent}."
    for table in ("posting", "value_tri"):
        yield from _index_problems(connection, table)
    for sql, sentence in _COUNTS:
        count = connection.execute(sql).fetchone()[0]
        if count:
            yield sentence.format(count)


def _index_problems(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    sql = f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"  # noqa: S608 - constant
    try:
        connection.execute(sql)
    except sqlite3.DatabaseError as error:
        if not isinstance(error, sqlite3.OperationalError):  # not "read only" or "busy"
            yield f"The search index {table} is damaged: {error}."
