"""Images with all their tags, some hundred at a time, so that any number can be exported."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.catalogue.search import projection
from tasveer_tui.catalogue.storage import tag_store
from tasveer_tui.catalogue.storage.connections import hold_open
from tasveer_tui.catalogue.storage.sqlite_errors import translate_errors
from tasveer_tui.catalogue.storage.text_codec import from_stored, unpack_etag, unpack_storage_class
from tasveer_tui.records import Image, ObjectRef, Outcome, Record, Source, Tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.projection import Row
    from tasveer_tui.catalogue.storage.tag_blob import TagRow

    Label = Callable[[Tag], str] | None

CHUNK_IMAGES: Final = 250
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


def load_tag_names(connection: sqlite3.Connection) -> TagNames:
    """Group and name of every tag in the catalogue, by id."""
    rows = connection.execute("SELECT id, grp, name FROM tag")
    return {row[0]: (from_stored(row[1]), from_stored(row[2])) for row in rows}


def load_images(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    names: Mapping[int, tuple[str, str]] | None,
) -> list[Image]:
    """These images in the order of `ids`, without facts; those that are gone are left out.

    Without `names`, which `tag_names` yields, they have no tags.
    """
    rows = connection.execute(_SELECT, (json.dumps(list(ids)),)).fetchall()
    tags = {} if names is None else tag_store.tags_of(connection, ids)
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
            unpack_etag(etag),
            float(str(modified)),
            unpack_storage_class(str(storage)),
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


# The images of an export in any format, read in chunks.


class ImageStream:
    """The images to export, read a chunk at a time."""

    def __init__(self, catalogue: Catalogue, ids: Sequence[int], selected: Sequence[Field]) -> None:
        self._catalogue = catalogue
        self._ids = ids
        self.selected = selected
        self.count = 0
        """Read so far."""
        self.skipped = 0
        """Those of them that the format cannot express."""

    @property
    def written(self) -> int:
        """How many the export has."""
        return self.count - self.skipped

    def each(self, *, with_tags: bool) -> Iterator[Image]:
        """One image after another."""
        return (image for chunk in self._chunks(with_tags=with_tags) for image in chunk)

    def with_cells(
        self, selected: Sequence[Field], *, with_tags: bool
    ) -> Iterator[tuple[Image, Row]]:
        """Each image with its values of these columns."""
        for chunk, rows in self.chunks(selected, with_tags=with_tags):
            yield from zip(chunk, rows, strict=True)

    def chunks(
        self, selected: Sequence[Field], *, with_tags: bool
    ) -> Iterator[tuple[list[Image], list[Row]]]:
        """The same, some hundred images at a time."""
        names = [field.name for field in selected]
        for chunk in self._chunks(with_tags=with_tags):
            with self._reader() as reader:
                rows = projection.fetch_rows(reader, [image.id for image in chunk], names)
            yield chunk, rows

    def offsets(self, images: Sequence[Image]) -> dict[int, str]:
        """Offset of each image's camera clock from UTC, `+02:00`, by image id; not all have one."""
        ids = json.dumps([image.id for image in images])
        sql = "SELECT id, taken_offset FROM image WHERE id IN (SELECT value FROM json_each(?))"
        with self._reader() as reader:
            return dict(reader.execute(sql, (ids,)))

    def _chunks(self, *, with_tags: bool) -> Iterator[list[Image]]:
        with self._reader() as reader:
            names = load_tag_names(reader)
        for start in range(0, len(self._ids), CHUNK_IMAGES):
            some = self._ids[start : start + CHUNK_IMAGES]
            with self._reader() as reader:
                chunk = load_images(reader, some, names if with_tags else None)
            self.count += len(chunk)
            yield chunk

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """For reading alone: an error of the stream is not the catalogue's."""
        with translate_errors(self._catalogue.path):
            reader = self._catalogue.reader()
            with hold_open(reader):
                yield reader
