"""What one part of the screen tells another: news in the past tense, requests as imperatives.

Post them from any widget or screen (`self.post_message(CopyText(…))`); they bubble up to the
app, which does the rest. News that only one widget makes lives in that widget's class.
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
    """Put text on the clipboard and say so."""

    text: str
    what: str
    """What it is, for the toast: `the command`, `the link`."""


@dataclass
class ShowError(Message):
    """Show what went wrong and what to do about it."""

    error: TasveerError


@dataclass
class ShowNote(Message):
    """Show a sentence for a moment. It may hold text from outside."""

    text: str
    is_warning: bool = False


@dataclass
class GoTo(Message):
    """Show a screen: `browse`, `jobs`, `library` or `insight`."""

    place: str


@dataclass
class ShowObject(Message):
    """Open Browse at this key or prefix."""

    source: Source
    key: str


@dataclass
class SearchFor(Message):
    """Open Library with this search."""

    query: str


@dataclass
class JobStarted(Message):
    """A job was written into the ledger."""

    job_id: int


@dataclass
class LedgerChanged(Message):
    """The ledger counts otherwise than before; sent to the screen at most once a second."""

    active_jobs: int
