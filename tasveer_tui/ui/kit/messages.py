"""Messages to the app: requests (imperative) and events (past tense).

Post them from any widget or screen, `self.post_message(CopyText(…))`; they bubble up to the app.
Messages that only one widget posts are defined in that widget's class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Source


@dataclass
class CopyText(Message):
    """Copy text to the clipboard and show a note."""

    text: str
    what: str
    """What the text is, for the note: `the command`, `the link`."""


@dataclass
class ShowError(Message):
    """Show an error and its remedy."""

    error: TasveerError


@dataclass
class ShowNote(Message):
    """Show a note. The text need not be cleaned."""

    text: str
    is_warning: bool = False


@dataclass
class ShowObject(Message):
    """Open Browse at a key or prefix."""

    source: Source
    key: str


@dataclass
class SearchFor(Message):
    """Open the Library with a search."""

    query: str


@dataclass
class JobStarted(Message):
    """A job was added to the ledger."""

    job_id: int


@dataclass
class LedgerChanged(Message):
    """Counts in the ledger have changed; the screen gets it at most once a second."""

    active_jobs: int
