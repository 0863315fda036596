"""Turns what SQLite and peewee raise into the project's errors; the only place that does."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import peewee

from tasveer_tui.errors import (
    CatalogueBusyError,
    CatalogueError,
    CatalogueReadOnlyError,
    NotACatalogueError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CODE_MASK = 0xFF
"""SQLite's extended codes keep the kind of failure in their low byte."""


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Raise errors of SQLite, peewee and the file system as the catalogue's own.

    Raises:
        CatalogueError: or one of its kinds, with the first error as its cause.

    """
    try:
        yield
    except (sqlite3.Error, peewee.PeeweeException, OSError) as error:
        raise to_catalogue_error(error, path) from error


def is_interrupt(error: BaseException) -> bool:
    """Whether a statement ended because another thread called `interrupt()`."""
    code = getattr(_root(error), "sqlite_errorcode", 0)
    return code == sqlite3.SQLITE_INTERRUPT


def to_catalogue_error(error: BaseException, path: Path) -> CatalogueError:
    """The catalogue's own error for an error of SQLite, peewee or the file system."""
    root = _root(error)
    code = getattr(root, "sqlite_errorcode", 0) & _CODE_MASK
    if isinstance(root, OSError):
        return _unwritable(path, root.strerror or str(root))
    kind = _ERROR_FACTORIES.get(code)
    if kind is not None:
        return kind(path, str(root))
    return CatalogueError(
        f"The catalogue {path} could not be used: {root}.",
        "Run `tasveer-tui doctor` to check it.",
    )


def _root(error: BaseException) -> BaseException:
    """The sqlite3 error inside a peewee one."""
    inner = getattr(error, "orig", error)
    return inner if isinstance(inner, BaseException) else error


def _unwritable(path: Path, reason: str) -> CatalogueError:
    return CatalogueReadOnlyError(
        f"The catalogue {path} cannot be written: {reason}.",
        "Make the file and its folder writable, or name another file with --db.",
    )


def _full(path: Path, _reason: str) -> CatalogueError:
    return CatalogueReadOnlyError(
        f"The disk is full: nothing more could be written to the catalogue {path}.",
        "Free some space and go on, or name a file on another disk with --db.",
    )


def _busy(path: Path, _reason: str) -> CatalogueError:
    return CatalogueBusyError(
        f"Another program holds the catalogue {path}.",
        "Try again; if it stays so, see which program has the file open.",
    )


def _damaged(path: Path, reason: str) -> CatalogueError:
    return CatalogueError(
        f"The catalogue {path} is damaged: {reason}.",
        "Restore it from a copy, or name a new file with --db and ingest again.",
    )


def not_a_catalogue(
    path: Path, reason: str = "it is not a database of this program"
) -> CatalogueError:
    """The error for a file that belongs to something else."""
    return NotACatalogueError(
        f"{path} is not a catalogue: {reason}.",
        "Name another file with --db; this one is left as it is.",
    )


_ERROR_FACTORIES = {
    sqlite3.SQLITE_READONLY: _unwritable,
    sqlite3.SQLITE_CANTOPEN: _unwritable,
    sqlite3.SQLITE_PERM: _unwritable,
    sqlite3.SQLITE_IOERR: _unwritable,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_NOTADB: not_a_catalogue,
}
