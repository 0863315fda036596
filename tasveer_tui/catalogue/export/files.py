"""Exports as files: written whole under another name and then put in their place, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.export import database, parquet, text_formats
from tasveer_tui.catalogue.export.image_stream import ImageStream
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.export.image_stream import Label

_BINARY_WRITERS: Final = {"sqlite": database.write, "parquet": parquet.write}
FORMATS: Final = (*text_formats.FORMATS, *_BINARY_WRITERS)
"""What a file can be written as."""
FORMAT_BY_EXTENSION: Final = {
    ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".tsv": "tsv",
    ".txt": "keys", ".sh": "aws", ".rclone": "rclone", ".s5cmd": "s5cmd",
    ".geojson": "geojson", ".kml": "kml", ".gpx": "gpx", ".parquet": "parquet",
    ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
"""File name extension → format."""


def format_of(path: Path) -> str:
    """The format of a file name extension.

    Raises:
        UsageError: the extension is not known.

    """
    form = FORMAT_BY_EXTENSION.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            f"The name {path.name} has no known extension.",
            f"End it with {', '.join(FORMAT_BY_EXTENSION)}.",
        )
    return form


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """What a file is to hold of each image."""

    form: str
    columns: tuple[str, ...] = ()
    """None means everything that the format has."""
    label: Label = None
    """Writes values for people; None: as stored."""


def write_file(
    path: Path,
    wanted: ExportSpec,
    catalogue: Catalogue,
    ids: Sequence[int],
    *,
    may_replace: bool = False,
) -> int:
    """Write these images, as `write` does, into a file; returns how many were written.

    Raises:
        UsageError: there is no such format or column; the file cannot be written, or is there
            and may not be replaced; a library that the format needs is missing.
        CatalogueError: the catalogue could not be read.

    """
    if not may_replace and path.exists():
        raise UsageError(f"{path} exists already.", "Use another name, or replace it.")
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name[:80]}.")
        os.close(handle)
        draft = Path(name)
        try:
            count = _write(draft, wanted, catalogue, ids)
            _move_into_place(draft, path, may_replace=may_replace)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror or error}.", "Use another folder."
        ) from error
    return count


def _write(draft: Path, wanted: ExportSpec, catalogue: Catalogue, ids: Sequence[int]) -> int:
    if wanted.form in _BINARY_WRITERS:
        images = ImageStream(catalogue, ids, [fields.field_of(column) for column in wanted.columns])
        _BINARY_WRITERS[wanted.form](draft, images)
        return images.written
    with draft.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        return text_formats.write(
            file, wanted.form, catalogue, ids, columns=wanted.columns, label=wanted.label
        )


def _move_into_place(draft: Path, path: Path, *, may_replace: bool) -> None:
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o666 & ~mask)
    if may_replace:
        draft.replace(path)
        return
    # A link fails where something is, so that nothing is lost to a file made meanwhile.
    with contextlib.suppress(PermissionError, NotImplementedError):
        path.hardlink_to(draft)
        return
    if path.exists():
        raise FileExistsError(f"{path} exists")
    draft.replace(path)
