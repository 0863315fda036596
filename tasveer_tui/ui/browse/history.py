"""Where a person has been in Browse, to go back and forth. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tasveer_tui.records import Source

MAX_VISITS: Final = 200


class History:
    """The places visited, in their order, and which of them is the present one. Pure."""

    def __init__(self) -> None:
        self._visits: list[tuple[Source, str]] = []
        self._at = -1

    def visit(self, source: Source, prefix: str) -> None:
        """Be at a place; what lay ahead is forgotten, as in a web browser."""
        place = (source, prefix)
        if self._visits and self._visits[self._at] == place:
            return
        self._visits = [*self._visits[: self._at + 1][-MAX_VISITS + 1 :], place]
        self._at = len(self._visits) - 1

    def step(self, by: int) -> tuple[Source, str] | None:
        """Go back (-1) or forth (1); None where there is nothing."""
        if not 0 <= self._at + by < len(self._visits):
            return None
        self._at += by
        return self._visits[self._at]
