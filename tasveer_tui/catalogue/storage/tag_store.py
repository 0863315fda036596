"""Reads the stored tags of images, some at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage import tag_blob
from tasveer_tui.catalogue.storage.text_codec import from_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

INLINE_SHAPE_ID: Final = 0
"""The id of no shape: the first cell of the blob is the shape itself."""
INLINE_SHAPE_JSON: Final = b"[]"
"""Its stored number."""
_SELECT: Final = """
    SELECT t.id, s.slots, t.z FROM image_tags t JOIN shape s ON s.id = t.shape_id
    WHERE t.id IN (SELECT value FROM json_each(?))"""

_SELECT_KEYWORDS: Final = """
    SELECT image_id, word_id FROM keyword
    WHERE image_id IN (SELECT value FROM json_each(?))"""


def tags_of(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, list[tag_blob.TagRow] | None]:
    """The tags of those of these images that have some; None where they are damaged."""
    found: dict[int, list[tag_blob.TagRow] | None] = {}
    read: dict[int, tuple[tag_blob.Shape, list[object]]] = {}
    for number, slots, packed in connection.execute(_SELECT, (json.dumps(list(ids)),)):
        try:
            read[number] = decode_tags(slots, packed)
        except tag_blob.BlobError:
            found[number] = None
    texts = _texts(
        connection,
        {text for shape, cells in read.values() for text in tag_blob.references(shape, cells)},
    )
    for number, (shape, cells) in read.items():
        try:
            found[number] = tag_blob.unpack(shape, cells, texts)
        except tag_blob.BlobError:
            found[number] = None
    return found


def keywords_of(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """The numbers of the keywords of those of these images that have some."""
    found: dict[int, list[int]] = {}
    for number, word_id in connection.execute(_SELECT_KEYWORDS, (json.dumps(list(ids)),)):
        found.setdefault(number, []).append(word_id)
    return found


def decode_tags(slots: bytes, packed: bytes) -> tuple[tag_blob.Shape, list[object]]:
    """Shape and cells of one image.

    Raises:
        BlobError: one of them is damaged.

    """
    cells = tag_blob.cells_of(packed)
    if slots != INLINE_SHAPE_JSON or not cells:
        return tag_blob.shape_of(slots), cells
    return tag_blob.shape_of(str(cells[0]).encode()), cells[1:]


def _texts(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    wanted = json.dumps(list(ids))
    sql = "SELECT id, text FROM value WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0]: from_stored(row[1]) for row in connection.execute(sql, (wanted,))}
