"""Migration steps that SQL cannot express."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.interning import TownTable
from tasveer_tui.catalogue.storage.migrations import blob_v1
from tasveer_tui.catalogue.storage.postings import Indexer
from tasveer_tui.catalogue.storage.text_codec import from_stored, pack_etag
from tasveer_tui.catalogue.towns import nearest_town
from tasveer_tui.catalogue.towns.atlas import NOWHERE

if TYPE_CHECKING:
    import sqlite3

_TOWNS_PER_BATCH = 5_000
"""Images between two updates."""


def backfill_towns(connection: sqlite3.Connection) -> None:
    """Give every image with a position its town."""
    ids = TownTable(connection)
    places = connection.execute("SELECT id, lat_deg, lon_deg FROM image WHERE lat_deg > -9e17")
    while some := places.fetchmany(_TOWNS_PER_BATCH):
        found = [(number, town) for number, *at in some if (town := nearest_town(*at)) != NOWHERE]
        known = ids.ids(town for _, town in found)
        connection.executemany(
            "UPDATE image SET town_id = ? WHERE id = ?",
            ((known[town], number) for number, town in found),
        )


# Rewrites the tags of all images in the current format.

_IMAGES_PER_BATCH: Final = 1_000
"""Images between two statements."""


def repack(connection: sqlite3.Connection) -> None:
    """From blobs of version 1: into shapes, cells and postings. ETags take half the room."""
    connection.execute("UPDATE tag SET is_text = 1")
    indexer = Indexer(connection)
    after = 0
    while rows := _next_images(connection, after):
        after = rows[-1][0]
        tagged = [
            (number, indexer.index_rows(from_stored(key), _unpacked(packed)))
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


def _next_images(connection: sqlite3.Connection, after: int) -> list[tuple[int, str, bytes | None]]:
    return connection.execute(
        """SELECT i.id, o.key, t.z FROM image i JOIN object o ON o.id = i.id
           LEFT JOIN image_tags t ON t.id = i.id WHERE i.id > ? ORDER BY i.id LIMIT ?""",
        (after, _IMAGES_PER_BATCH),
    ).fetchall()


def _unpacked(packed: bytes | None) -> list[blob_v1.TagRow]:
    """Damaged tags stay as they are and are still reported as damaged."""
    try:
        return blob_v1.unpack(packed) if packed else []
    except blob_v1.BlobError:
        return []


def _shorten_etags(connection: sqlite3.Connection) -> None:
    connection.create_function("packed_etag", 1, _pack_stored_etag, deterministic=True)
    for table in ("object", "image"):
        connection.execute(
            f"UPDATE {table} SET etag = packed_etag(etag)"  # noqa: S608 - constants
            " WHERE typeof(etag) = 'text' AND length(etag) = 32"
        )


def _pack_stored_etag(etag: str) -> str | bytes:
    return pack_etag(from_stored(etag))
