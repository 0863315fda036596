"""The images of an export, read a chunk at a time, whatever they are written as."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.connections import held
from tasveer_tui.catalogue.export import loading
from tasveer_tui.catalogue.faults import translated
from tasveer_tui.catalogue.search import cells

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.cells import Row
    from tasveer_tui.records import Image, Tag

    Label = Callable[[Tag], str] | None


class Images:
    """The images to export, read a chunk at a time."""

    def __init__(self, catalogue: Catalogue, ids: Sequence[int], chosen: Sequence[Field]) -> None:
        self._catalogue = catalogue
        self._ids = ids
        self.chosen = chosen
        self.count = 0
        """Read so far."""
        self.left_out = 0
        """Of these, those that the format cannot tell of."""

    @property
    def written(self) -> int:
        """How many the export has."""
        return self.count - self.left_out

    def each(self, *, with_tags: bool) -> Iterator[Image]:
        """One image after another."""
        return (image for chunk in self._chunks(with_tags=with_tags) for image in chunk)

    def with_cells(
        self, chosen: Sequence[Field], *, with_tags: bool
    ) -> Iterator[tuple[Image, Row]]:
        """Each image with its values of these columns."""
        for chunk, rows in self.chunks(chosen, with_tags=with_tags):
            yield from zip(chunk, rows, strict=True)

    def chunks(
        self, chosen: Sequence[Field], *, with_tags: bool
    ) -> Iterator[tuple[list[Image], list[Row]]]:
        """The same, some hundred images at a time."""
        names = [field.name for field in chosen]
        for chunk in self._chunks(with_tags=with_tags):
            with self._reader() as reader:
                rows = cells.rows(reader, [image.id for image in chunk], names)
            yield chunk, rows

    def offsets(self, images: Sequence[Image]) -> dict[int, str]:
        """How far each camera's clock was from UTC, as `+02:00`, by image; not all say so."""
        ids = json.dumps([image.id for image in images])
        sql = "SELECT id, taken_offset FROM image WHERE id IN (SELECT value FROM json_each(?))"
        with self._reader() as reader:
            return dict(reader.execute(sql, (ids,)))

    def _chunks(self, *, with_tags: bool) -> Iterator[list[Image]]:
        with self._reader() as reader:
            names = loading.tag_names(reader)
        for start in range(0, len(self._ids), loading.CHUNK):
            some = self._ids[start : start + loading.CHUNK]
            with self._reader() as reader:
                chunk = loading.images(reader, some, names if with_tags else None)
            self.count += len(chunk)
            yield chunk

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """For reading alone: an error of the stream is not the catalogue's."""
        with translated(self._catalogue.path):
            reader = self._catalogue.reader()
            with held(reader):
                yield reader
