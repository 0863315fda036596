"""A stretch of the search text, with its place for the caret under a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

from tasveer_tui.errors import QueryError


class SpanKind(Enum):
    """How the text stood in the search."""

    UNQUOTED = auto()
    QUOTED = auto()
    """Taken as it is: no wildcards, no range."""
    REGEX = auto()


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """Text of the search from `column` on, counted from 0; without quotes or slashes."""

    text: str
    column: int
    form: SpanKind = SpanKind.UNQUOTED

    def cut(self, start: int, end: int | None = None) -> SourceSpan:
        """A part of it, with its own column."""
        return SourceSpan(self.text[start:end], self.column + start, self.form)

    def fail(self, message: str, remedy: str = "", *, offset: int = 0) -> NoReturn:
        """Say what is wrong with it.

        Raises:
            QueryError: always; the parser fills in the whole text.

        """
        raise QueryError(message, "", self.column + offset, remedy)
