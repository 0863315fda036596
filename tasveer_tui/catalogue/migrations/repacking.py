"""Stores the tags of all images anew in the form that this program writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.migrations import blob_v1
from tasveer_tui.catalogue.postings import Indexer
from tasveer_tui.catalogue.texts import from_stored, packed_etag

if TYPE_CHECKING:
    import sqlite3

_AT_ONCE: Final = 1_000
"""Images between two statements."""


def repack(connection: sqlite3.Connection) -> None:
    """From blobs of version 1: into shapes, cells and postings. ETags take half the room."""
    connection.execute("UPDATE tag SET is_text = 1")
    indexer = Indexer(connection)
    after = 0
    while rows := _some(connection, after):
        after = rows[-1][0]
        tagged = [
            (number, indexer.of_rows(from_stored(key), _unpacked(packed)))
            for number, key, packed in rows
        ]
        indexer.flush()
        connection.executemany(
            "UPDATE image_tags SET shape_id = ?, z = ? WHERE id = ?",
            ((one.shape_id, one.packed, number) for number, one in tagged if one.packed),
        )
        connection.executemany(
            "INSERT INTO posting (rowid, terms) VALUES (?, ?)",
            ((number, one.terms) for number, one in tagged),
        )
    _shorten_etags(connection)


def _some(connection: sqlite3.Connection, after: int) -> list[tuple[int, str, bytes | None]]:
    return connection.execute(
        """SELECT i.id, o.key, t.z FROM image i JOIN object o ON o.id = i.id
           LEFT JOIN image_tags t ON t.id = i.id WHERE i.id > ? ORDER BY i.id LIMIT ?""",
        (after, _AT_ONCE),
    ).fetchall()


def _unpacked(packed: bytes | None) -> list[blob_v1.TagRow]:
    """Damaged tags are left as they are, and so still told as damaged."""
    try:
        return blob_v1.unpack(packed) if packed else []
    except blob_v1.BlobError:
        return []


def _shorten_etags(connection: sqlite3.Connection) -> None:
    connection.create_function("packed_etag", 1, _packed, deterministic=True)
    for table in ("object", "image"):
        connection.execute(
            f"UPDATE {table} SET etag = packed_etag(etag)"  # noqa: S608 - constants
            " WHERE typeof(etag) = 'text' AND length(etag) = 32"
        )


def _packed(etag: str) -> str | bytes:
    return packed_etag(from_stored(etag))
