"""Completes the field that is being typed in a search: `cam` → `camera:`."""

from __future__ import annotations

import re

from textual.suggester import Suggester

_LAST_WORD = re.compile(r"(?:^|[\s(-])([a-z][a-z0-9]*)$", re.IGNORECASE)
_SHORTEST = 2
"""Letters before something is offered: one letter says too little."""


class FieldSuggester(Suggester):
    """Offers the first field, in the order of the help, that begins with the last word."""

    def __init__(self) -> None:
        super().__init__(use_cache=True, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Give the whole search with its last word completed, or nothing."""
        match = _LAST_WORD.search(value)
        if match is None or len(match[1]) < _SHORTEST:
            return None
        # Light, and only once something is typed: long after the first frame.
        from tasveer_tui.catalogue.fields import FIELDS

        typed = match[1].lower()
        for name in FIELDS:
            if name.startswith(typed):
                return value + name[len(typed) :] + ":"
        return None
