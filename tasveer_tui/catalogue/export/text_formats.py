"""Lists of keys for the programs that copy them: aws, rclone and s5cmd."""

from __future__ import annotations

import csv
import shlex
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.export import geo_formats, tabular
from tasveer_tui.catalogue.export.exiftool import (
    exiftool_object,
    scalar,
    tag_value,
    to_json_object,
)
from tasveer_tui.catalogue.export.image_stream import ImageStream
from tasveer_tui.catalogue.export.tabular import CONTROL_CHARACTER
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.export.exiftool import Value
    from tasveer_tui.catalogue.export.image_stream import Label
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.records import Image

_SPECIAL_PARTS = ("", ".", "..")


def write_aws(stream: TextIO, images: ImageStream, _label: Label) -> None:
    """A shell script that copies each object into the folder in which it is run."""
    _write_lines(stream, images, _aws)


def write_rclone(stream: TextIO, images: ImageStream, _label: Label) -> None:
    """`bucket/key` on each line, for `rclone copy remote: … --files-from-raw FILE`.

    The raw kind, as rclone cuts spaces and reads `#` as a remark in the other.
    """
    _write_lines(stream, images, lambda image: f"{image.source.bucket}/{image.ref.key}")


def write_s5cmd(stream: TextIO, images: ImageStream, _label: Label) -> None:
    """A `cp` on each line, for `s5cmd run FILE`; `--raw`, as keys may hold `*` and `?`."""
    _write_lines(stream, images, _s5cmd)


def _write_lines(stream: TextIO, images: ImageStream, line: Callable[[Image], str]) -> None:
    """One line per object; a key that would break its line is left out."""
    for image in images.each(with_tags=False):
        if CONTROL_CHARACTER.search(image.ref.key):
            images.skipped += 1
        else:
            stream.write(f"{line(image)}\n")


def _aws(image: Image) -> str:
    words = ["aws", "s3", "cp"]
    if image.source.endpoint:
        words += ["--endpoint-url", image.source.endpoint]
    return shlex.join([*words, "--", image.source.uri(image.ref.key), _file(image)])


def _s5cmd(image: Image) -> str:
    return shlex.join(["cp", "--raw", image.source.uri(image.ref.key), _file(image)])


def _file(image: Image) -> str:
    """A path below the current folder for any key: no `..`, no root, no option."""
    parts = image.ref.key.split("/")
    safe = "/".join("_" if part in _SPECIAL_PARTS else part for part in parts)
    return f"./{image.source.bucket}/{safe}"


# The exports that are text: one pass over the ids, a few hundred images in memory at a time.


def write(
    stream: TextIO,
    form: str,
    catalogue: Catalogue,
    ids: Sequence[int],
    *,
    columns: Sequence[str] = (),
    label: Label = None,
) -> int:
    """Write these images in the order of `ids`; returns how many were written.

    JSON and NDJSON have every tag, or SourceFile and the `columns`; CSV and TSV have SourceFile
    and all fields, or the `columns` alone. With `label`, values are written for people. Images that
    are gone from the catalogue are left out, and those that the format cannot tell of: without
    a position on a map, with line breaks in the key on a list of lines. Blocks; what the stream
    raises goes through.

    Raises:
        UsageError: there is no such format or column.
        CatalogueError: the catalogue could not be read.

    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise UsageError(f"There is no export as {form}.", f"Known: {', '.join(FORMATS)}.")
    images = ImageStream(catalogue, ids, [fields.field_of(column) for column in columns])
    writer(stream, images, label)
    return images.written


def _write_json(stream: TextIO, images: ImageStream, label: Label) -> None:
    lead = "["
    for values in _objects(images, label):
        stream.write(lead + to_json_object(values, is_indented=True))
        lead = ",\n"
    stream.write("]\n" if images.count else "[]\n")


def _write_ndjson(stream: TextIO, images: ImageStream, label: Label) -> None:
    stream.writelines(
        f"{to_json_object(values, is_indented=False)}\n" for values in _objects(images, label)
    )


def _objects(images: ImageStream, label: Label) -> Iterator[dict[str, Value]]:
    if not images.selected:
        for image in images.each(with_tags=True):
            yield exiftool_object(
                image.source, image.ref, image.record, message=image.message, label=label
            )
        return
    own = [field for field in images.selected if not fields.tag_name(field.name)]
    has_tags = len(own) < len(images.selected)
    for image, row in images.with_cells(own, with_tags=has_tags):
        yield _selected_columns(image, images.selected, dict(zip(own, row, strict=True)), label)


def _selected_columns(
    image: Image, selected: Sequence[Field], own: dict[Field, fields.CellValue], label: Label
) -> dict[str, Value]:
    """SourceFile and the selected columns: tags by group and name, fields as `Tasveer:ISO`."""
    found: dict[str, Value] = {tabular.SOURCE_FILE: image.source.uri(image.ref.key)}
    for field in selected:
        if name := fields.tag_name(field.name):
            for tag in image.record.tags:
                if name.matches(tag.group, tag.name):
                    found.setdefault(f"{tag.group}:{tag.name}", tag_value(tag, label))
        elif (value := own[field]) is not None:
            cell = field.format(value) if label else tabular.machine_value(field, value)
            name_of_field = f"Tasveer:{field.label.replace(' ', '')}"
            found[name_of_field] = cell if isinstance(cell, str) else scalar(cell or 0)
    return found


def _write_csv(stream: TextIO, images: ImageStream, label: Label) -> None:
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerows(_lines(images, label))


def _write_tsv(stream: TextIO, images: ImageStream, label: Label) -> None:
    stream.writelines(
        "\t".join(map(tabular.tsv_cell, line)) + "\n" for line in _lines(images, label)
    )


def _lines(images: ImageStream, label: Label) -> Iterator[list[str]]:
    """The heading and a line an image."""
    selected = images.selected or [fields.FIELDS[name] for name in tabular.CSV_FIELDS]
    has_uri = not images.selected
    yield [*([tabular.SOURCE_FILE] * has_uri), *(field.name for field in selected)]
    for image, row in images.with_cells(selected, with_tags=False):
        texts = [
            tabular.csv_cell(field, value, is_human=label is not None)
            for field, value in zip(selected, row, strict=True)
        ]
        yield [*([image.source.uri(image.ref.key)] * has_uri), *texts]


def _write_keys(stream: TextIO, images: ImageStream, _label: Label) -> None:
    stream.writelines(
        f"{tabular.key_line(image.source, image.ref)}\n" for image in images.each(with_tags=False)
    )


_WRITERS: Final = {
    "json": _write_json,
    "ndjson": _write_ndjson,
    "csv": _write_csv,
    "tsv": _write_tsv,
    "keys": _write_keys,
    "aws": write_aws,
    "rclone": write_rclone,
    "s5cmd": write_s5cmd,
    "geojson": geo_formats.write_geojson,
    "kml": geo_formats.write_kml,
    "gpx": geo_formats.write_gpx,
}
FORMATS: Final = tuple(_WRITERS)
"""What can be written to a stream; files can also be what `files.FORMATS` has."""
