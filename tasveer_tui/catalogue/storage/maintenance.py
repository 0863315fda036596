"""Mends, shrinks and copies a catalogue's file while other programs have it open."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.postings import Indexer
from tasveer_tui.catalogue.storage.sort_cache import note_change
from tasveer_tui.catalogue.storage.tag_store import keywords_of, tags_of
from tasveer_tui.catalogue.storage.text_codec import fold, from_stored
from tasveer_tui.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_IMAGES_PER_BATCH: Final = 1_000
"""Images between two statements."""
_PAGES_PER_STEP: Final = 4_096
"""Pages of 4 KiB per backup step: a writer waits for at most these to be copied."""

_DELETE_ORPHANS_SQL: Final = (
    "DELETE FROM image WHERE id NOT IN (SELECT id FROM object)",
    "DELETE FROM image_tags WHERE id NOT IN (SELECT id FROM image)",
    "DELETE FROM keyword WHERE image_id NOT IN (SELECT id FROM image)",
    "INSERT OR IGNORE INTO keyword_word SELECT DISTINCT word_id FROM keyword",
)
_REBUILD_PLACES_SQL: Final = (
    "DELETE FROM place",
    """INSERT INTO place SELECT id, lat_deg, lat_deg, lon_deg, lon_deg FROM image
       WHERE lat_deg BETWEEN -90 AND 90 AND lon_deg BETWEEN -180 AND 180""",
)
_RECOUNT_SQL: Final = (
    """UPDATE source SET images =
         (SELECT count(*) FROM image WHERE image.source_id = source.id)""",
    "DELETE FROM outcome_count",
    "INSERT INTO outcome_count SELECT outcome, count(*) FROM image GROUP BY outcome",
    "DELETE FROM failure_count",
    """INSERT INTO failure_count SELECT job_id, outcome, count(*) FROM ledger
       WHERE state = 3 GROUP BY job_id, outcome""",
    """UPDATE job SET total = ok + noexif + notimage
         + (SELECT count(*) FROM ledger l WHERE l.job_id = job.id AND l.state <> 2),
         failed = (SELECT count(*) FROM ledger l WHERE l.job_id = job.id AND l.state = 3)""",
)


def repair(connection: sqlite3.Connection) -> int:
    """Rebuild everything that can be derived from the other tables; returns the images indexed.

    Indexes, the search index, places and counters are made from the rows; rows that belong to
    nothing go. Rows that are themselves unreadable stay lost: their objects are to be read
    again. One transaction: the file is as it was until the end.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("REINDEX")
        note_change(connection)
        for statement in (*_DELETE_ORPHANS_SQL, *_REBUILD_PLACES_SQL):
            connection.execute(statement)
        _rebuild_text_index(connection)
        images = _rebuild_postings(connection)
        for statement in _RECOUNT_SQL:
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return images


def _rebuild_text_index(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO value_tri (value_tri) VALUES ('delete-all')")
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.execute("INSERT INTO value_tri (rowid, text) SELECT id, fold(text) FROM value")


def _rebuild_postings(connection: sqlite3.Connection) -> int:
    connection.execute("INSERT INTO posting (posting) VALUES ('delete-all')")
    indexer = Indexer(connection)
    images = after = 0
    while rows := _next_images(connection, after):
        after = rows[-1][0]
        images += len(rows)
        ids = [number for number, _ in rows]
        tags, words = tags_of(connection, ids), keywords_of(connection, ids)
        terms = [
            (
                number,
                indexer.index_rows(
                    from_stored(key), tags.get(number) or (), words.get(number, ())
                ).terms,
            )
            for number, key in rows
        ]
        indexer.flush()
        connection.executemany("INSERT INTO posting (rowid, terms) VALUES (?, ?)", terms)
    return images


def _next_images(connection: sqlite3.Connection, after: int) -> list[tuple[int, str]]:
    return connection.execute(
        """SELECT i.id, o.key FROM image i JOIN object o ON o.id = i.id
           WHERE i.id > ? ORDER BY i.id LIMIT ?""",
        (after, _IMAGES_PER_BATCH),
    ).fetchall()


def compact(connection: sqlite3.Connection) -> None:
    """Join the pieces of the search index and give unused room back to the disk.

    Needs as much free room as the file takes, and for a while nobody else may write.
    """
    for table in ("posting", "value_tri"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def back_up(
    connection: sqlite3.Connection, target: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy the catalogue to a new file, which appears when it is whole.

    Others may go on writing: what they write meanwhile is in the copy, too.
    `progress` is called with the pages left and the total.

    Raises:
        CatalogueError: the file exists, or cannot be written.

    """
    if target.exists():
        raise CatalogueError(f"{target} exists.", "Name a new file.")
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as copy:
            connection.backup(
                copy,
                pages=_PAGES_PER_STEP,
                progress=lambda _, left, total: progress(left, total) if progress else None,
                sleep=0,
            )
            copy.execute("PRAGMA journal_mode = DELETE")
        os.replace(part, target)  # noqa: PTH105 - atomic is meant
    except (OSError, sqlite3.Error) as error:
        raise CatalogueError(
            f"The copy {target} cannot be written: {error}.", "Is there room, and a folder?"
        ) from error
    finally:
        part.unlink(missing_ok=True)
