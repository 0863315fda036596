"""The exports themselves: one pass over the ids, a few hundred images in memory at a time."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.connections import held
from tasveer_tui.catalogue.export import loading, tabular
from tasveer_tui.catalogue.export.exiftool import (
    exiftool_object,
    scalar,
    tag_value,
    to_json_object,
)
from tasveer_tui.catalogue.faults import translated
from tasveer_tui.catalogue.search import cells
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.export.exiftool import Value
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.cells import Row
    from tasveer_tui.records import Image, Tag

    Label = Callable[[Tag], str] | None

FORMATS: Final = ("json", "ndjson", "csv", "keys")


def write(
    stream: TextIO,
    form: str,
    catalogue: Catalogue,
    ids: Sequence[int],
    *,
    columns: Sequence[str] = (),
    label: Label = None,
) -> int:
    """Write these images in the order of `ids`; returns how many there were.

    JSON and NDJSON have every tag, or SourceFile and the `columns`; CSV has SourceFile and all
    fields, or the `columns` alone. With `label` values are told for people. Images that are
    gone from the catalogue are left out. Blocks; what the stream raises goes through.

    Raises:
        UsageError: there is no such format or column.
        CatalogueError: the catalogue could not be read.

    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise UsageError(f"There is no export as {form}.", f"Known: {', '.join(FORMATS)}.")
    images = _Images(catalogue, ids, [fields.field_of(column) for column in columns])
    writer(stream, images, label)
    return images.count


class _Images:
    """The images to export, read a chunk at a time."""

    def __init__(self, catalogue: Catalogue, ids: Sequence[int], chosen: Sequence[Field]) -> None:
        self._catalogue = catalogue
        self._ids = ids
        self.chosen = chosen
        self.count = 0
        """Read so far."""

    def each(self, *, with_tags: bool) -> Iterator[Image]:
        """One image after another."""
        return (image for chunk in self._chunks(with_tags=with_tags) for image in chunk)

    def with_cells(
        self, chosen: Sequence[Field], *, with_tags: bool
    ) -> Iterator[tuple[Image, Row]]:
        """Each image with its values of these columns."""
        names = [field.name for field in chosen]
        for chunk in self._chunks(with_tags=with_tags):
            with self._reader() as reader:
                rows = cells.rows(reader, [image.id for image in chunk], names)
            yield from zip(chunk, rows, strict=True)

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


def _write_json(stream: TextIO, images: _Images, label: Label) -> None:
    lead = "["
    for values in _objects(images, label):
        stream.write(lead + to_json_object(values, is_indented=True))
        lead = ",\n"
    stream.write("]\n" if images.count else "[]\n")


def _write_ndjson(stream: TextIO, images: _Images, label: Label) -> None:
    stream.writelines(
        f"{to_json_object(values, is_indented=False)}\n" for values in _objects(images, label)
    )


def _objects(images: _Images, label: Label) -> Iterator[dict[str, Value]]:
    if not images.chosen:
        for image in images.each(with_tags=True):
            yield exiftool_object(
                image.source, image.ref, image.record, message=image.message, label=label
            )
        return
    own = [field for field in images.chosen if not fields.tag_name(field.name)]
    has_tags = len(own) < len(images.chosen)
    for image, row in images.with_cells(own, with_tags=has_tags):
        yield _restricted(image, images.chosen, dict(zip(own, row, strict=True)), label)


def _restricted(
    image: Image, chosen: Sequence[Field], own: dict[Field, fields.CellValue], label: Label
) -> dict[str, Value]:
    """SourceFile and the chosen columns: tags by group and name, fields as `Tasveer:ISO`."""
    found: dict[str, Value] = {tabular.SOURCE_FILE: image.source.uri(image.ref.key)}
    for field in chosen:
        if name := fields.tag_name(field.name):
            for tag in image.record.tags:
                if name.means(tag.group, tag.name):
                    found.setdefault(f"{tag.group}:{tag.name}", tag_value(tag, label))
        elif (value := own[field]) is not None:
            told = field.format(value) if label else tabular.machine(field, value)
            name_of_field = f"Tasveer:{field.label.replace(' ', '')}"
            found[name_of_field] = told if isinstance(told, str) else scalar(told or 0)
    return found


def _write_csv(stream: TextIO, images: _Images, label: Label) -> None:
    chosen = images.chosen or [fields.FIELDS[name] for name in tabular.CSV_FIELDS]
    has_uri = not images.chosen
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow([*([tabular.SOURCE_FILE] * has_uri), *(field.name for field in chosen)])
    for image, row in images.with_cells(chosen, with_tags=False):
        texts = [
            tabular.csv_cell(field, value, is_human=label is not None)
            for field, value in zip(chosen, row, strict=True)
        ]
        out.writerow([*([image.source.uri(image.ref.key)] * has_uri), *texts])


def _write_keys(stream: TextIO, images: _Images, _label: Label) -> None:
    stream.writelines(
        f"{tabular.key_line(image.source, image.ref)}\n" for image in images.each(with_tags=False)
    )


_WRITERS: Final = {
    "json": _write_json,
    "ndjson": _write_ndjson,
    "csv": _write_csv,
    "keys": _write_keys,
}
