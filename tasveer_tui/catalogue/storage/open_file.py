"""Opens a catalogue's file: creates it, checks that it is one, and brings it up to date."""

from __future__ import annotations

import sqlite3
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage import migrations
from tasveer_tui.catalogue.storage.connections import BUSY_TIMEOUT_S
from tasveer_tui.catalogue.storage.sqlite_errors import not_a_catalogue, translate_errors
from tasveer_tui.errors import CatalogueError, CatalogueVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APPLICATION_ID: Final = 0x54535652
"""`TSVR` in SQLite's header, so that `file` and this program know the file."""


def prepare(path: Path, *, create: bool, on_upgrade: Callable[[int], object] | None = None) -> str:
    """Make the file ready for use and return the catalogue's id.

    `on_upgrade` is called with the size of a file of an earlier version, before it is migrated:
    that may take a minute per gigabyte.

    Raises:
        CatalogueError: or one of its kinds, each with what to do.

    """
    with translate_errors(path):
        if not create and not _has_content(path):
            raise CatalogueError(
                f"There is no catalogue at {path}.",
                "Create one with `tasveer-tui ingest s3://bucket/prefix`, or name another file"
                " with --db.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with _transaction(connection, "BEGIN"):  # one moment's view of the file
                _check(connection, path)
            if (version := _pragma(connection, "user_version")) < migrations.latest():
                if version and on_upgrade is not None:
                    on_upgrade(path.stat().st_size)
                connection.execute("PRAGMA journal_mode = WAL")
                _migrate(connection, path)
            return _identity(connection, path)
        finally:
            connection.close()


def _has_content(path: Path) -> bool:
    """Whether the file exists and is not empty: `touch` does not make a catalogue."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is not a catalogue of this program's; an empty file may become one."""
    if _pragma(connection, "application_id") != APPLICATION_ID:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables or _pragma(connection, "application_id"):
            raise not_a_catalogue(path)
    if _pragma(connection, "user_version") > migrations.latest():
        raise CatalogueVersionError(
            f"The catalogue {path} was written by a newer version of this program.",
            "Update tasveer-tui, or name another file with --db.",
        )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with _transaction(connection, "BEGIN IMMEDIATE"):
        _check(connection, path)  # another program may have been quicker
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.migrate(connection)
        facts = (("id", uuid.uuid4().hex), ("created_at", repr(time.time())), ("batches", "0"))
        connection.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", facts)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _identity(connection: sqlite3.Connection, path: Path) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    if row is None:
        raise not_a_catalogue(path, "it has no identity")
    return str(row[0])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
