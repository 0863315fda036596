"""What Insight shows: pages of counts over a search, section after section. Blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.humanize import plural, size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.catalogue.search import Finder, Query
    from tasveer_tui.catalogue.stats import Facet, Histogram, Prefixes, Report

MOST_VALUES: Final = 12
"""Of a field with many values, in one section."""
MOST_PREFIXES: Final = 5
"""Below a figure of a report."""
FIRST_S: Final = 1.0
"""Seconds after which a section is shown as far as it is counted."""
WHOLE_S: Final = 8.0
"""Seconds for it once all the others are shown: some 1.2 a million images, on a quiet machine."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: a label, a count, and what finds these images. Texts may come from outside."""

    label: str
    count: int
    share: float
    """Of the longest bar in its section, 0 to 1."""
    term: str = ""
    """Search text; empty where the line is not one that can be searched for."""
    detail: str = ""
    is_below: bool = False
    """It belongs to the line above it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its bars."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""
    """What the bars leave out: images without a value, further values."""
    is_final: bool = True
    """False where counting took too long: then these are least numbers."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of Insight."""

    name: str
    title: str
    about: str
    sections: tuple[Callable[[Finder, Query, str, float], Section], ...]


def counted(finder: Finder, page: Page, text: str) -> Iterator[tuple[Section, ...]]:
    """The sections of a page over a search, one more each time, then whole where they are not.

    Raises QueryError where the search cannot be understood, and what searching raises.
    """
    from tasveer_tui.catalogue.search import parse

    query = parse(text)
    done: tuple[Section, ...] = ()
    for section in page.sections:
        done = (*done, section(finder, query, text, FIRST_S))
        yield done
    for place, section in enumerate(page.sections):
        if not done[place].is_final:
            whole = section(finder, query, text, WHOLE_S)
            done = (*done[:place], whole, *done[place + 1 :])
            yield done


# ----------------------------------------------------------------- kinds of sections


def _spread(name: str, title: str) -> Callable[[Finder, Query, str, float], Section]:
    """A histogram in natural steps."""

    def section(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue.stats import histogram

        found: Histogram = histogram(finder, query, name, budget_s=budget_s)
        most = max((each.count for each in found.bins), default=0)
        bars = [Bar(b.label, b.count, _share(b.count, most), b.term) for b in found.bins]
        note = f"{found.absent:,} without" if found.absent else ""
        return Section(title, tuple(bars), note, found.is_final)

    return section


def _values(name: str, title: str) -> Callable[[Finder, Query, str, float], Section]:
    """The most frequent values of a field."""

    def section(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue.stats import facet

        found: Facet = facet(finder, query, name, limit=MOST_VALUES, budget_s=budget_s)
        most = max((each.count for each in found.values), default=0)
        bars = [Bar(v.label, v.count, _share(v.count, most), v.term) for v in found.values]
        more = found.distinct - len(found.values)
        parts = (
            f"{more:,} more" if more > 0 else "",
            f"{found.absent:,} without" if found.absent else "",
        )
        return Section(title, tuple(bars), " · ".join(filter(None, parts)), found.is_final)

    return section


def _storage(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
    """Bytes by the first level of prefixes."""
    from tasveer_tui.catalogue.stats import prefixes

    found: Prefixes = prefixes(finder, query, budget_s=budget_s)
    most = max((each.size_bytes for each in found.prefixes), default=0)
    bars = [
        Bar(
            f"s3://{each.bucket}/{each.prefix}",
            each.images,
            _share(each.size_bytes, most),
            each.term,
            size_text(each.size_bytes),
        )
        for each in found.prefixes
    ]
    return Section("Storage by prefix", tuple(bars), "", found.is_final)


def _report(title: str, name: str) -> Callable[[Finder, Query, str, float], Section]:
    """The figures of a report, each with the prefixes where most of them are."""

    def section(finder: Finder, _: Query, text: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue import stats

        made: Report = getattr(stats, name)(finder, text, budget_s=budget_s)
        bars: list[Bar] = []
        for figure in made.figures:
            part = _share(figure.images, made.images)
            detail = f"{part:.0%} · {figure.meaning}" if figure.images else figure.meaning
            bars.append(Bar(figure.name, figure.images, part, figure.search, detail))
            for each in sorted(figure.prefixes, key=lambda p: -p.images)[:MOST_PREFIXES]:
                place = f"s3://{each.bucket}/{each.prefix}"
                share = _share(each.images, made.images)
                bars.append(Bar(place, each.images, share, each.term, is_below=True))
        note = f"of {plural(made.images, 'image')}"
        return Section(title, tuple(bars), note, made.is_final)

    return section


def _share(count: int, most: int) -> float:
    return count / most if most else 0.0


PAGES: Final = (
    Page(
        "time",
        "Time",
        "When pictures were taken.",
        (
            _spread("taken", "Over time"),
            _spread("month", "Months"),
            _spread("weekday", "Weekdays"),
            _spread("hour", "Hours"),
        ),
    ),
    Page(
        "gear",
        "Gear",
        "What pictures were taken with.",
        (_values("camera", "Cameras"), _values("lens", "Lenses"), _values("type", "Formats")),
    ),
    Page(
        "light",
        "Light",
        "How pictures were exposed.",
        (
            _spread("focal", "Focal length, mm"),
            _spread("iso", "ISO"),
            _spread("f", "Aperture, f/"),
            _spread("shutter", "Shutter, s"),
        ),
    ),
    Page(
        "places",
        "Places",
        "Where pictures were taken.",
        (_values("country", "Countries"), _values("place", "Nearest towns")),
    ),
    Page("storage", "Storage", "Where the bytes are.", (_storage, _spread("size", "Sizes"))),
    Page(
        "privacy",
        "Privacy",
        "What the pictures give away to whoever may read them.",
        (_report("What pictures give away", "privacy"),),
    ),
    Page(
        "quality",
        "Quality",
        "What is missing, doubled or broken.",
        (_report("What is wrong", "quality"),),
    ),
)
