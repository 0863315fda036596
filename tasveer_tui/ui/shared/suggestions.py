"""What the search bar offers while somebody types: completions, recent and saved searches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.background import LatestRead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.completion import Completion

MOST: Final = 50
RECENT: Final = 8
"""Recent searches that are offered before anything is typed."""
EXAMPLES: Final = (
    ("camera:canon iso>=1600 shutter<=1/250", "fast shots in poor light, by Canon cameras"),
    ("taken:2019-05..2019-08 -has:gps", "one summer, without a position"),
    ("near:48.8584,2.2945,5km focal:24..70", "within 5 km of a place, with these focal lengths"),
    ('"eiffel tower" (lens:sigma OR lens:zeiss)', "words in any tag, and either lens"),
    ("status:failed error:denied", "objects that could not be read, and why"),
    ("exif.ExposureProgram=2 order by size desc", "any tag by its name; the largest first"),
)
"""Searches for who has made none yet, and what they mean."""
_ORDER_BEGUN: Final = re.compile(r"(?:^|\s)order\s+by\s[^\"]*$", re.IGNORECASE)
_GOES_ON: Final = (":", ".", "(", "/", "<", ">", "=", " ")


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list under the search bar. Labels and details may come from outside."""

    label: str
    text: str
    """The whole search once it is taken."""
    cursor: int
    """Where the typing goes on in it."""
    start: int = 0
    """From which character of the search on it differs."""
    detail: str = ""
    count: str = ""
    is_whole: bool = False
    """It is a search by itself, not a part of one."""


class Offers(LatestRead):
    """Finds offers in whatever thread calls it; a newer call stops an older one."""

    def completing(self, text: str, cursor: int) -> tuple[Offer, ...]:
        """Give the ways in which what stands before the cursor can go on.

        Raises:
            CatalogueError: the catalogue did not answer, or a newer call stopped this one.

        """
        from tasveer_tui.catalogue.completion import complete

        before, after = text[:cursor], text[cursor:]
        if not before.strip() or (before[-1].isspace() and not _ORDER_BEGUN.search(before)):
            return ()
        if not self._workspace.has_catalogue:
            return tuple(_offer(each, before, after) for each in complete(before))
        names = [each.name for each in self._workspace.catalogue.saved_searches()]
        with self.reading() as finder:
            found = complete(before, finder, names, limit=MOST)
        return tuple(_offer(each, before, after) for each in found)

    def beginning(self, text: str = "") -> tuple[Offer, ...]:
        """Give whole searches: recent ones that hold this text, saved ones, examples.

        Raises:
            CatalogueError: the catalogue did not answer.

        """
        wanted = text.casefold().strip()
        found = tuple(each for each in self._whole() if wanted in each.text.casefold())
        return found if wanted else found[:MOST]

    def _whole(self) -> Iterator[Offer]:
        recent: tuple[str, ...] = ()
        if self._workspace.has_catalogue:
            catalogue = self._workspace.catalogue
            recent = catalogue.recent_searches(MOST)
            saved = catalogue.saved_searches()
            yield from (_whole(query, "searched lately") for query in recent[:RECENT])
            for each in saved:
                yield _whole(f"@{each.name}", f"saved: {each.query}")
            yield from (_whole(query, "searched earlier") for query in recent[RECENT:])
        if len(recent) < RECENT:
            yield from (_whole(query, f"example: {means}") for query, means in EXAMPLES)


def _whole(query: str, detail: str) -> Offer:
    return Offer(query, query, len(query), detail=detail, is_whole=True)


def _offer(found: Completion, before: str, after: str) -> Offer:
    ends = "" if found.text.endswith(_GOES_ON) or after[:1].isspace() else " "
    begun = before[: found.start] + found.text + ends
    count = ""
    if found.count is not None:
        count = f"{'≥ ' if found.is_lower_bound else ''}{found.count:,}"
    return Offer(found.text, begun + after, len(begun), found.start, found.help, count)
