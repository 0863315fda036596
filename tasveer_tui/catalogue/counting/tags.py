"""Counts the values of one tag, whose type only the images know."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.counting.tally import Tally
from tasveer_tui.catalogue.search import cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search import Finder, Query

_AT_ONCE: Final = 500
"""Images whose tags are read between two looks at the clock."""
_FIRST_LISTED, _MOST_LISTED = 10_000, 500_000
"""Images that are listed at once, at first and later."""


def tally(finder: Finder, query: Query, tag: TagName, budget_s: float) -> Tally:
    """Count the tag's values; an image counts once for each different one of a list."""
    deadline_s = time.monotonic() + budget_s
    found = Tally()
    for ids in _pages(finder, query):
        for start in range(0, len(ids), _AT_ONCE):
            if time.monotonic() > deadline_s:
                found.is_final = False
                return found
            with finder.reading() as connection:
                for values in cells.tag_values(connection, ids[start : start + _AT_ONCE], tag):
                    for value in dict.fromkeys(values) or (None,):
                        found.add(value, 1)
    return found


def _pages(finder: Finder, query: Query) -> Iterator[list[int]]:
    """The images found, first a few: to list millions takes longer than most budgets."""
    size, offset = _FIRST_LISTED, 0
    while ids := finder.first(query, size, offset):
        yield ids
        if len(ids) < size:
            return
        offset += size
        size = min(2 * size, _MOST_LISTED)
