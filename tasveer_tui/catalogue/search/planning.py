"""Which way SQLite takes through the images: its own choice is up to 35 times slower.

Four ways, best first: the ids that a condition finds elsewhere; a narrow index; the covering
index, which has everything that most searches ask; the table itself, once through.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import words
from tasveer_tui.catalogue.search.storage import COVER, COVERED, INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.catalogue.search.compiling import Ordering
    from tasveer_tui.catalogue.search.sql import Sql

_NARROW: Final = 2000
"""Rows that are sooner looked up one by one than passed over in the covering index."""
_MANY: Final = 30_000
_LARGE_SHARE: Final = 0.03
"""Of so many ids a page in order is sooner met on the way than sorted out."""
_CHECK_EVERY: Final = 2000
"""Steps of SQLite's machine between two looks at the clock."""


def way(connection: sqlite3.Connection, where: Sequence[Sql], ordering: Ordering) -> str:
    """The hint behind `FROM image AS i`."""
    if not where:
        return ""
    if any(part.gives_ids for part in where):
        return "NOT INDEXED"
    for part in where:
        if part.index_column in INDEXES and _is_narrow(connection, part):
            return f"INDEXED BY {INDEXES[part.index_column]}"
    needed = ordering.keys.columns.union(*(part.columns for part in where))
    return f"INDEXED BY {COVER}" if needed <= COVERED else "NOT INDEXED"


def sweep(columns: frozenset[str]) -> str:
    """The hint for all images, of which these columns are wanted: the narrowest index."""
    column = next(iter(columns)) if len(columns) == 1 else ""
    if column in INDEXES and column != "status":  # whose index has not all images
        return f"INDEXED BY {INDEXES[column]}"
    return f"INDEXED BY {COVER}" if columns <= COVERED else "NOT INDEXED"


def walk(ordering: Ordering) -> str:
    """The hint for meeting images in their order; empty where no index has it."""
    index = INDEXES.get(ordering.column)
    return f"INDEXED BY {index}" if index else ""


def is_led(connection: sqlite3.Connection, where: Sequence[Sql]) -> bool:
    """Whether one of the conditions that must hold leaves so few images that they should lead."""
    for part in where:
        if part.index_column in INDEXES and _is_narrow(connection, part):
            return True
    lists = [part.ids for part in where if part.gives_ids]
    if not lists:
        return False
    images = connection.execute("SELECT ifnull(sum(images), 0) FROM source").fetchone()[0]
    many = max(_MANY, int(images * _LARGE_SHARE))
    return any(one is None or not _reaches(connection, *one, many) for one in lists)


def has_values(connection: sqlite3.Connection, needle: str, count: int) -> bool:
    """Whether so many values contain the folded text."""
    values = words.values_with(needle)
    return _reaches(connection, values.text, values.parameters, count)


def _is_narrow(connection: sqlite3.Connection, part: Sql) -> bool:
    select = f"SELECT 1 FROM image AS i INDEXED BY {INDEXES[part.index_column]} WHERE {part.text}"
    return not _reaches(connection, select, part.parameters, _NARROW)


def _reaches(
    connection: sqlite3.Connection, select: str, parameters: Sequence[object], count: int
) -> bool:
    """Whether the statement yields so many rows; it is stopped there."""
    sql = f"SELECT count(*) FROM ({select} LIMIT ?)"
    found: int = connection.execute(sql, (*parameters, count)).fetchone()[0]
    return found >= count


class OutOfTimeError(Exception):
    """The statement took longer than it was given."""


@contextmanager
def limited(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Stop a statement that takes longer; an `interrupt()` from outside goes through as it is.

    Raises:
        OutOfTimeError: it took longer.

    """
    end = time.monotonic() + seconds
    is_late = False

    def look() -> bool:
        nonlocal is_late
        is_late = is_late or time.monotonic() > end
        return is_late

    connection.set_progress_handler(look, _CHECK_EVERY)
    try:
        yield
    except sqlite3.OperationalError as error:
        if is_late and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise OutOfTimeError from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
