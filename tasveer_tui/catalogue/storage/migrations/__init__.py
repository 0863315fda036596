"""Brings a catalogue's file to the form that this program reads, one numbered step at a time.

The number of the last step taken is the file's `user_version`. All steps that are due run in
one exclusive transaction, so programs that open a new file together do not see half of it.
"""

from __future__ import annotations

import sqlite3
from importlib import resources
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.migrations import data_steps

if TYPE_CHECKING:
    from collections.abc import Iterator


def latest() -> int:
    """The version that this program writes."""
    return max(_steps())


def migrate(connection: sqlite3.Connection) -> None:
    """Run every step above the file's version; the caller holds the transaction."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, name in sorted(_steps().items()):
        if number > version:
            text = (resources.files(__package__) / name).read_text(encoding="utf-8")
            for statement in _statements(text):
                connection.execute(statement)
            if number in _AFTER:
                _AFTER[number](connection)
            connection.execute(f"PRAGMA user_version = {number}")


_AFTER: Final = {2: data_steps.backfill_towns, 3: data_steps.repack}
"""What follows a step's SQL."""


def _steps() -> dict[int, str]:
    """The file name of each step by its number."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return {int(name[:4]): name for name in names if name.endswith(".sql")}


def _statements(script: str) -> Iterator[str]:
    """`executescript` would end the transaction first, so statements run one by one."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
