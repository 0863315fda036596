"""Counts the values of one tag, whose type only the images know."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.counting.tally import Tally
from tasveer_tui.catalogue.search import cells

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search import Finder, Query

_AT_ONCE: Final = 500
"""Images whose tags are read between two looks at the clock."""


def tally(finder: Finder, query: Query, tag: TagName, budget_s: float) -> Tally:
    """Count the tag's values; an image counts once for each different one of a list."""
    deadline_s = time.monotonic() + budget_s
    found = Tally()
    ids = finder.ids(query)
    for start in range(0, len(ids), _AT_ONCE):
        if time.monotonic() > deadline_s:
            found.is_final = False
            break
        with finder.reading() as connection:
            for values in cells.tag_values(connection, ids[start : start + _AT_ONCE], tag):
                for value in dict.fromkeys(values) or (None,):
                    found.add(value, 1)
    return found
