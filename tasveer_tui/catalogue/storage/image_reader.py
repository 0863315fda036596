"""Reads an image back, with every tag."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tasveer_tui.catalogue.ledger.leases import ref_of
from tasveer_tui.catalogue.storage import columns
from tasveer_tui.catalogue.storage.tag_store import tags_of
from tasveer_tui.catalogue.storage.text_codec import from_stored, to_stored, unpack_etag
from tasveer_tui.errors import CatalogueError
from tasveer_tui.records import Image, Outcome, Record, Source, Tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from tasveer_tui.records import Facts

_WORD_COLUMNS = ", ".join(
    f"(SELECT text FROM word WHERE id = i.{name}_id) AS {name}"  # noqa: S608 - constants
    for name in columns.WORD_FACTS
)
_SELECT = f"""
    SELECT i.*, o.key AS key, o.storage_class AS storage_class,
           s.endpoint AS endpoint, s.bucket AS bucket,
           c.make AS make, c.model AS model, l.name AS lens, {_WORD_COLUMNS}
    FROM image i
    JOIN object o ON o.id = i.id JOIN source s ON s.id = i.source_id
    JOIN camera c ON c.id = i.camera_id JOIN lens l ON l.id = i.lens_id
    WHERE i.id = ?"""  # noqa: S608 - constants
_TEXT_FACTS = ("make", "model", "lens", *columns.WORD_FACTS)


def load_image(connection: sqlite3.Connection, image_id: int) -> Image:
    """The image with this id.

    Raises:
        CatalogueError: there is none, or its stored tags are damaged.

    """
    cursor = connection.execute(_SELECT, (image_id,))
    values = cursor.fetchone()
    if values is None:
        raise CatalogueError(
            f"The catalogue has no image {image_id}.", "Search again: it may have been replaced."
        )
    row = dict(zip((each[0] for each in cursor.description), values, strict=True))
    return Image(
        id=image_id,
        source=Source(from_stored(row["endpoint"]), from_stored(row["bucket"])),
        ref=ref_of(
            (row["key"], row["size_bytes"], row["etag"], row["modified_at"], row["storage_class"])
        ),
        record=_record(connection, row),
        message=from_stored(row["message"]),
        ingested_at=row["ingested_at"],
    )


def find_image_id(connection: sqlite3.Connection, source_id: int, key: str) -> int | None:
    """The id of the image of this key; None where it has none."""
    row = connection.execute(
        """SELECT i.id FROM object o JOIN image i ON i.id = o.id
           WHERE o.source_id = ? AND o.key = ?""",
        (source_id, to_stored(key)),
    ).fetchone()
    return None if row is None else int(row[0])


def _record(connection: sqlite3.Connection, row: Mapping[str, Any]) -> Record:
    return Record(
        outcome=Outcome(str(row["outcome"])),
        format=from_stored(str(row["format"])),
        tags=_tags(connection, int(row["id"])),
        facts=_facts(connection, row),
        notes=tuple(json.loads(str(row["notes"]) or "[]")),
        size_bytes=int(row["size_bytes"]),
        etag=unpack_etag(row["etag"]),
        bytes_read=int(row["bytes_read"]),
        requests=int(row["requests"]),
        thumb_offset=int(row["thumb_offset"]),
        thumb_length=int(row["thumb_length"]),
        maker_note_length=int(row["maker_note_length"]),
    )


def _facts(connection: sqlite3.Connection, row: Mapping[str, str | int | float]) -> Facts:
    keywords = connection.execute(
        """SELECT w.text FROM keyword k JOIN word w ON w.id = k.word_id
           WHERE k.image_id = ? ORDER BY w.text""",
        (row["id"],),
    )
    texts = {name: str(row[name]) for name in _TEXT_FACTS}
    return columns.facts_of(row, texts, tuple(from_stored(word[0]) for word in keywords))


def _tags(connection: sqlite3.Connection, image_id: int) -> tuple[Tag, ...]:
    rows = tags_of(connection, [image_id]).get(image_id, [])
    if rows is None:
        raise CatalogueError(
            "The stored tags are damaged.",
            "Ingest the object again with --force.",
        )
    names = _names(connection, {row[0] for row in rows})
    return tuple(
        Tag(*names[tag_id], number, kind, count, value, raw)
        for tag_id, number, kind, count, value, raw in rows
    )


def _names(connection: sqlite3.Connection, ids: set[int]) -> dict[int, tuple[str, str]]:
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT id, grp, name FROM tag WHERE id IN ({marks})"  # noqa: S608
    rows = connection.execute(sql, tuple(ids))
    return {row[0]: (from_stored(row[1]), from_stored(row[2])) for row in rows}
