"""Writes what a search finds into a file: whole, or not at all. Blocks."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.command_line import PROGRAM, quoted

if TYPE_CHECKING:
    from tasveer_tui.workspace import Workspace

FORMATS: Final = {
    "json": "one JSON array, named as exiftool names tags",
    "ndjson": "one JSON object a line",
    "csv": "a table for spreadsheets",
    "keys": "one s3:// address a line",
}
"""What can be written, and what it is."""
_ENDINGS: Final = {"keys": "txt"}


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
        words = [PROGRAM, "search", "--format", self.form]
        if self.columns:
            words += ["--columns", ",".join(self.columns)]
        words += ["--", self.query] if self.query else []
        return f"{' '.join(map(quoted, words))} > {quoted(str(self.path))}"


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
    from tasveer_tui.catalogue.export import write as write_images
    from tasveer_tui.catalogue.search import parse

    ids = workspace.finder().ids(parse(export.query))
    try:
        handle, name = tempfile.mkstemp(
            dir=export.path.absolute().parent, prefix=f".{export.path.name}."
        )
        draft = Path(name)
        try:
            with open(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:  # noqa: PTH123 - a descriptor
                write_images(file, export.form, workspace.catalogue, ids, columns=export.columns)
            _put(draft, export.path, may_replace=may_replace)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{export.path} cannot be written: {error.strerror or error}.", "Choose another place."
        ) from error
    return len(ids)


def _put(draft: Path, path: Path, *, may_replace: bool) -> None:
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
