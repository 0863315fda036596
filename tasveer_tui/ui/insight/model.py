"""The pages of Insight: sections of counts over a search. Everything here blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.humanize import plural, size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.catalogue.search import Finder, Query
    from tasveer_tui.catalogue.stats import Facet, Histogram, Prefixes, Report

MAX_VALUES: Final = 12
"""Values per section."""
MAX_PREFIXES: Final = 5
"""Prefixes below a figure of a report."""
FIRST_BUDGET_S: Final = 1.0
"""Seconds until the first, incomplete counts of a section are shown."""
FULL_BUDGET_S: Final = 8.0
"""Seconds for a complete count: about 1.2 per million images on an idle machine."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: a label, a count, and the search term for these images. Texts are not cleaned."""

    label: str
    count: int
    share: float
    """Share of the longest bar in the section, 0 to 1."""
    term: str = ""
    """Empty if no search finds these images."""
    detail: str = ""
    is_detail: bool = False
    """It belongs to the line above it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its bars."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""
    """What the bars leave out: images without a value, less frequent values."""
    is_final: bool = True
    """False after a timeout: the counts are lower bounds."""


CountSection: TypeAlias = "Callable[[Finder, Query, str, float], Section]"
"""Counts a section; takes a finder, the parsed search, its text, and a time budget in seconds."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of Insight."""

    name: str
    title: str
    about: str
    sections: tuple[CountSection, ...]


def count_page(finder: Finder, page: Page, text: str) -> Iterator[tuple[Section, ...]]:
    """Count a page section by section, then complete the sections that timed out.

    Raises:
        QueryError: the search cannot be understood.
        CatalogueError: the catalogue cannot be read.

    """
    from tasveer_tui.catalogue.search import parse

    query = parse(text)
    sections: list[Section] = []
    for count_section in page.sections:
        sections.append(count_section(finder, query, text, FIRST_BUDGET_S))
        yield tuple(sections)
    for index, count_section in enumerate(page.sections):
        if not sections[index].is_final:
            sections[index] = count_section(finder, query, text, FULL_BUDGET_S)
            yield tuple(sections)


# ----------------------------------------------------------------- sections


def _histogram(name: str, title: str, noun: str) -> CountSection:
    """A histogram of a field in natural steps; `noun` is what images without a value lack."""

    def section(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue.stats import histogram

        found: Histogram = histogram(finder, query, name, budget_s=budget_s)
        largest = max((each.count for each in found.bins), default=0)
        bars = [Bar(b.label, b.count, _share(b.count, largest), b.term) for b in found.bins]
        note = _absent_text(found.absent, noun)
        return Section(title, tuple(bars), note, found.is_final)

    return section


def _values(name: str, title: str, noun: str) -> CountSection:
    """The most frequent values of a field; `noun` is what images without a value lack."""

    def section(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue.stats import facet

        found: Facet = facet(finder, query, name, limit=MAX_VALUES, budget_s=budget_s)
        largest = max((each.count for each in found.values), default=0)
        bars = [Bar(v.label, v.count, _share(v.count, largest), v.term) for v in found.values]
        more = found.distinct - len(found.values)
        parts = (
            f"{more:,} more" if more > 0 else "",
            _absent_text(found.absent, noun),
        )
        return Section(title, tuple(bars), " · ".join(filter(None, parts)), found.is_final)

    return section


def _storage(finder: Finder, query: Query, _: str, budget_s: float) -> Section:
    """Bytes per top-level prefix."""
    from tasveer_tui.catalogue.stats import prefixes

    found: Prefixes = prefixes(finder, query, budget_s=budget_s)
    largest = max((each.size_bytes for each in found.prefixes), default=0)
    bars = [
        Bar(
            f"s3://{each.bucket}/{each.prefix}",
            each.images,
            _share(each.size_bytes, largest),
            each.term,
            size_text(each.size_bytes),
        )
        for each in found.prefixes
    ]
    return Section("Storage by prefix", tuple(bars), "", found.is_final)


def _report(title: str, name: str) -> CountSection:
    """The figures of a report, each with the prefixes that have most of these images."""

    def section(finder: Finder, _: Query, text: str, budget_s: float) -> Section:
        from tasveer_tui.catalogue import stats

        report: Report = getattr(stats, name)(finder, text, budget_s=budget_s)
        # After a timeout, a figure may have counted more images than the total.
        total = max([report.images, *(figure.images for figure in report.figures)])
        bars: list[Bar] = []
        for figure in report.figures:
            share = _share(figure.images, total)
            has_percentage = figure.images and report.is_final
            detail = f"{share:.0%} · {figure.meaning}" if has_percentage else figure.meaning
            bars.append(Bar(figure.name, figure.images, share, figure.search, detail))
            for each in sorted(figure.prefixes, key=lambda p: -p.images)[:MAX_PREFIXES]:
                location = f"s3://{each.bucket}/{each.prefix}"
                share = _share(each.images, total)
                bars.append(Bar(location, each.images, share, each.term, is_detail=True))
        note = f"of {plural(report.images, 'image')}"
        return Section(title, tuple(bars), note, report.is_final)

    return section


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0


def _absent_text(images: int, noun: str) -> str:
    return f"{images:,} have no {noun}" if images else ""


PAGES: Final = (
    Page(
        "time",
        "Time",
        "When images were taken.",
        (
            _histogram("taken", "Over time", "date"),
            _histogram("month", "Months", "date"),
            _histogram("weekday", "Weekdays", "date"),
            _histogram("hour", "Hours", "time of day"),
        ),
    ),
    Page(
        "gear",
        "Gear",
        "Cameras, lenses and formats.",
        (
            _values("camera", "Cameras", "camera"),
            _values("lens", "Lenses", "lens"),
            _values("type", "Formats", "format"),
        ),
    ),
    Page(
        "light",
        "Light",
        "How images were exposed.",
        (
            _histogram("focal", "Focal length, mm", "focal length"),
            _histogram("iso", "ISO", "ISO"),
            _histogram("f", "Aperture, f/", "aperture"),
            _histogram("shutter", "Shutter, s", "shutter speed"),
        ),
    ),
    Page(
        "places",
        "Places",
        "Where images were taken.",
        (
            _values("country", "Countries", "country"),
            _values("place", "Nearest towns", "nearest town"),
        ),
    ),
    Page(
        "storage",
        "Storage",
        "Bytes per prefix, and sizes.",
        (_storage, _histogram("size", "Sizes", "size")),
    ),
    Page(
        "privacy",
        "Privacy",
        "What images reveal to anyone who can read them.",
        (_report("What images reveal", "privacy"),),
    ),
    Page(
        "quality",
        "Quality",
        "Missing, duplicate or damaged.",
        (_report("Problems", "quality"),),
    ),
)
