"""Writes what a search finds into a file: whole, or not at all. Blocks."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.kit.command_line import PROGRAM, quoted

if TYPE_CHECKING:
    from tasveer_tui.workspace import Workspace

FORMATS: Final = {
    "json": "one JSON array, named as exiftool names tags",
    "ndjson": "one JSON object a line",
    "csv": "a table for spreadsheets",
    "tsv": "a table for other programs",
    "geojson": "the places, for maps",
    "kml": "the places, for Google Earth",
    "gpx": "the places, for navigation",
    "sqlite": "a plain SQLite file, for Datasette and others",
    "parquet": "a typed table, for data frames",
    "keys": "one s3:// address a line",
    "aws": "a script that copies with aws",
    "rclone": "a list for rclone --files-from-raw",
    "s5cmd": "a list for s5cmd run",
}
"""What can be written, and what it is."""
WITH_COLUMNS: Final = frozenset(FORMATS) - {"keys", "aws", "rclone", "s5cmd"}
"""What has more than keys."""
_ENDINGS: Final = {"keys": "txt", "sqlite": "db", "aws": "sh"}


PREVIEWED: Final = 12
"""Images of which a preview is made."""
PREVIEW_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written and where."""

    query: str
    form: str
    path: Path
    columns: tuple[str, ...] = ()
    """None means every tag."""

    def command(self) -> str:
        """The command line that does the same."""
        words = [PROGRAM, "export", "--format", self.form]
        if self.columns:
            words += ["--columns", ",".join(self.columns)]
        words += ["--", str(self.path), *([self.query] if self.query else [])]
        return " ".join(map(quoted, words))


def default_name(form: str) -> str:
    """The file's name until somebody types another."""
    return f"images.{_ENDINGS.get(form, form)}"


def path_of(text: str) -> Path:
    """The file that a person means; `~` is their home.

    Raises:
        UsageError: no file can be there.

    """
    if not text.strip():
        raise UsageError("The file has no name.", "Type where to write it.")
    path = Path(text.strip()).expanduser()
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Type a file's name behind it.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.absolute().parent}.", "Make it first.")
    return path


def write(workspace: Workspace, export: Export, *, may_replace: bool) -> int:
    """Write under a temporary name beside it, then rename. Returns how many images.

    Raises:
        UsageError: the file cannot be written, or is there and may not be replaced.
        QueryError: the search cannot be understood.

    """
    from tasveer_tui.catalogue.export.files import ExportSpec, write_file

    ids = workspace.finder().ids(workspace.catalogue.parse(export.query))
    wanted = ExportSpec(export.form, export.columns)
    return write_file(export.path, wanted, workspace.catalogue, ids, may_replace=may_replace)


def preview(workspace: Workspace, export: Export) -> tuple[str, ...]:
    """The first lines that the file would have; of a file that is no text, as a table's.

    Raises:
        QueryError: the search cannot be understood.
        CatalogueError: the catalogue did not answer.

    """
    from tasveer_tui.catalogue.export import FORMATS as TEXTS
    from tasveer_tui.catalogue.export import write as write_text

    catalogue = workspace.catalogue
    ids = workspace.finder().first(catalogue.parse(export.query), PREVIEWED)
    stream = io.StringIO()
    form = export.form if export.form in TEXTS else "csv"
    write_text(stream, form, catalogue, ids, columns=export.columns)
    return tuple(stream.getvalue().splitlines()[:PREVIEW_LINES])
