"""What pictures give away, and what is wrong with them; each figure with the search behind it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import formatter, parse
from tasveer_tui.catalogue.stats.prefixes import PrefixCount, prefixes
from tasveer_tui.records import Outcome

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search import Finder

REPORT_BUDGET_S: Final = 5.0
"""For a whole report."""

_PRIVACY: Final = (
    ("position", "where it was taken", "has:gps"),
    ("serial number", "which camera or lens took it", "has:serial or has:exif.LensSerialNumber"),
    (
        "owner or author",
        "whose it is",
        "has:artist or has:copyright or has:exif.OwnerName or has:iptc.By-line or has:xmp.Creator",
    ),
)
_QUALITY: Final = (
    (
        "no date",
        "no date at all",
        "status:ok -has:taken -has:exif.DateTimeOriginal",
    ),
    ("unreadable date", "not a valid date", "-has:taken has:exif.DateTimeOriginal"),
    ("impossible date", "before 1900 or after today", "taken<1900 or taken>today"),
    (
        "clock never set",
        "the day at which cameras start counting",
        "taken:(1970-01-01, 1980-01-01, 2000-01-01)",
    ),
    ("duplicate", "the same ETag and size elsewhere", "dup:yes"),
)
_UNBROKEN_OUTCOMES: Final = (Outcome.OK, Outcome.NO_METADATA, Outcome.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report."""

    name: str
    meaning: str
    search: str
    """What finds these images, the report's own search included."""
    images: int
    size_bytes: int
    prefixes: tuple[PrefixCount, ...]
    """By the first level of prefixes, each with its own term; most bytes first."""
    is_final: bool
    """False where the budget ran out: then all numbers are least numbers."""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures over what a search finds."""

    images: int
    """Found by the search; the whole of which the figures are parts."""
    figures: tuple[Figure, ...]
    is_final: bool


def privacy(finder: Finder, text: str = "", *, budget_s: float = REPORT_BUDGET_S) -> Report:
    """Images with a position, a serial number or a name, by prefix.

    Raises:
        QueryError: the search cannot be understood.
        SearchInterruptedError: another thread stopped it.

    """
    return _report(finder, text, _PRIVACY, budget_s)


def quality(finder: Finder, text: str = "", *, budget_s: float = REPORT_BUDGET_S) -> Report:
    """Images with missing or impossible dates, duplicates, and broken ones by class.

    Raises:
        QueryError: the search cannot be understood.
        SearchInterruptedError: another thread stopped it.

    """
    broken = tuple(
        (outcome.value, outcome.description(), _outcome_term(outcome))
        for outcome in Outcome
        if outcome not in _UNBROKEN_OUTCOMES
    )
    return _report(finder, text, (*_QUALITY, *broken), budget_s)


def _outcome_term(outcome: Outcome) -> str:
    return rf"error:/^{outcome.value}(:|$)/"


def _report(
    finder: Finder, text: str, lines: tuple[tuple[str, str, str], ...], budget_s: float
) -> Report:
    deadline_s = time.monotonic() + budget_s
    whole = prefixes(finder, parse(text), budget_s=budget_s / (len(lines) + 1))
    figures = []
    for place, (name, meaning, term) in enumerate(lines):
        search = formatter.add_term(formatter.split_order(text)[0], term)
        # Later figures may use the time that earlier ones left.
        share_s = max(deadline_s - time.monotonic(), 0.0) / (len(lines) - place)
        counted = prefixes(finder, parse(search), budget_s=share_s)
        figures.append(
            Figure(
                name,
                meaning,
                search,
                sum(each.images for each in counted.prefixes),
                sum(each.size_bytes for each in counted.prefixes),
                counted.prefixes,
                counted.is_final,
            )
        )
    images = sum(each.images for each in whole.prefixes)
    is_final = whole.is_final and all(figure.is_final for figure in figures)
    return Report(images, tuple(figures), is_final)
