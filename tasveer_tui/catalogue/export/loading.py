"""Images with all their tags, some hundred at a time, so that any number can be exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.catalogue import stored
from tasveer_tui.catalogue.texts import etag_text, from_stored, storage_text
from tasveer_tui.records import Image, ObjectRef, Outcome, Record, Source, Tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from tasveer_tui.catalogue.blob import TagRow

CHUNK: Final = 250
"""Images in memory at a time."""

_SELECT: Final = """
    SELECT i.id, s.endpoint, s.bucket, o.key, i.size_bytes, i.etag, i.modified_at,
           o.storage_class, i.outcome, i.format, i.notes, i.bytes_read, i.requests,
           i.message, i.ingested_at
    FROM json_each(?) AS wanted
    CROSS JOIN image AS i ON i.id = wanted.value
    JOIN object AS o ON o.id = i.id JOIN source AS s ON s.id = i.source_id
    ORDER BY wanted.key"""

TagNames = dict[int, tuple[str, str]]


def tag_names(connection: sqlite3.Connection) -> TagNames:
    """Group and name of every tag in the catalogue, by id."""
    rows = connection.execute("SELECT id, grp, name FROM tag")
    return {row[0]: (from_stored(row[1]), from_stored(row[2])) for row in rows}


def images(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    names: Mapping[int, tuple[str, str]] | None,
) -> list[Image]:
    """These images in the order of `ids`, without facts; those that are gone are left out.

    Without `names`, which `tag_names` yields, they come without tags.
    """
    rows = connection.execute(_SELECT, (json.dumps(list(ids)),)).fetchall()
    tags = {} if names is None else stored.tags_of(connection, ids)
    # Nothing where the stored tags are damaged: the other images are worth exporting.
    return [_image(row, _tags(tags.get(row[0]) or (), names or {})) for row in rows]


def _tags(rows: Iterable[TagRow], names: Mapping[int, tuple[str, str]]) -> tuple[Tag, ...]:
    return tuple(
        Tag(*names[tag_id], number, kind, count, value, raw)
        for tag_id, number, kind, count, value, raw in rows
        if tag_id in names
    )


def _image(row: tuple[Any, ...], tags: tuple[Tag, ...]) -> Image:
    (number, endpoint, bucket, key, size, etag, modified, storage) = row[:8]
    (outcome, form, notes, bytes_read, requests, message, ingested) = row[8:]
    return Image(
        int(str(number)),
        Source(from_stored(str(endpoint)), from_stored(str(bucket))),
        ObjectRef(
            from_stored(str(key)),
            int(str(size)),
            etag_text(etag),
            float(str(modified)),
            storage_text(str(storage)),
        ),
        Record(
            Outcome(str(outcome)),
            from_stored(str(form)),
            tags,
            notes=tuple(json.loads(str(notes) or "[]")),
            bytes_read=int(str(bytes_read)),
            requests=int(str(requests)),
        ),
        from_stored(str(message)),
        float(str(ingested)),
    )
