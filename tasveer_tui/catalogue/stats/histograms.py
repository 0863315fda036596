"""How what a search finds is spread over time, and over numbers in the steps people think in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.fields import FIELDS
from tasveer_tui.catalogue.search import values
from tasveer_tui.catalogue.search.ast import NumberInterval
from tasveer_tui.catalogue.search.column_map import NUMBER_COLUMNS
from tasveer_tui.catalogue.search.spans import SourceSpan
from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.stats.tally import BUDGET_S, count_values
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasveer_tui.catalogue.search import Finder, Query
    from tasveer_tui.catalogue.stats.tally import Tally

_STEPS: Final[Mapping[str, Sequence[str]]] = {
    "iso": ("50", "100", "200", "400", "800", "1600", "3200", "6400", "12800", "25600", "51200",
            "102400"),
    "shutter": ("1/8000", "1/4000", "1/2000", "1/1000", "1/500", "1/250", "1/125", "1/60", "1/30",
                "1/15", "1/8", "1/4", "1/2", "1s", "2s", "4s", "8s", "15s", "30s", "60s"),
    "f": ("1", "1.4", "2", "2.8", "4", "5.6", "8", "11", "16", "22", "32"),
    "focal": ("8", "12", "16", "24", "35", "50", "70", "85", "105", "135", "200", "300", "400",
              "600"),
    "focal35": ("12", "16", "24", "28", "35", "50", "70", "85", "105", "135", "200", "300", "400",
                "600"),
    "ev": ("-2", "-1", "-0.3", "0", "0.3", "1", "2"),
    "size": ("10kB", "100kB", "1MB", "2MB", "5MB", "10MB", "20MB", "50MB", "100MB", "1GB"),
    "mp": ("1", "2", "5", "8", "12", "16", "20", "24", "36", "50", "100"),
    "alt": ("0m", "100m", "250m", "500m", "1000m", "2000m", "3000m", "5000m"),
}  # fmt: skip
"""Full stops of light, and the focal lengths and sizes that people know; from each to the next."""
_CYCLIC_FIELDS: Final[Mapping[str, range]] = {
    "month": range(1, 13),
    "hour": range(24),
    "weekday": range(1, 8),
    "rating": range(6),
}
"""Fields with few values, of which all are shown, also those that do not occur."""
_MAX_ABSENT: Final = -1.4e14
_MAX_DAY_BINS_MONTHS: Final = 2
"""Up to this many months, bins are days."""
_MAX_MONTH_BINS: Final = 24
"""Up to this many values, each has its own bin."""

HISTOGRAM_FIELDS: Final = ("taken", "year", *_CYCLIC_FIELDS, *_STEPS)
"""What a histogram can be made of."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One step, and the images in it."""

    label: str
    term: str
    """Search text for the images in it."""
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in steps, from the first that holds an image to the last, in their order."""

    name: str
    bins: tuple[Bin, ...]
    absent: int
    """Images without a value; found by `-has:` and the name."""
    is_final: bool
    """False where the budget ran out: then all numbers are least numbers."""


def histogram(finder: Finder, query: Query, name: str, *, budget_s: float = BUDGET_S) -> Histogram:
    """Count what a search finds in natural steps of one of `NAMES`.

    `taken` has bins of years; of months if it spans at most two years, and of days if
    it spans at most two months.

    Raises:
        UsageError: there are no steps for this field.
        SearchInterruptedError: another thread stopped it.

    """
    if name == "taken":
        return _taken_histogram(finder, query, budget_s)
    if name == "year" or name in _CYCLIC_FIELDS:
        number = NUMBER_COLUMNS[name]
        found = count_values(
            finder, query, Sql(number.expression, (), number.columns), budget_s=budget_s
        )
        return _integer_histogram(name, found)
    if name not in _STEPS:
        raise UsageError(
            f"There is no histogram of {name}.", f"Known: {', '.join(HISTOGRAM_FIELDS)}."
        )
    return _stepped_histogram(finder, query, name, budget_s)


def _integer_histogram(name: str, found: Tally) -> Histogram:
    counts = {
        int(value): count
        for value, count in found.counts.items()
        if isinstance(value, int | float) and value > _MAX_ABSENT
    }
    absent = sum(found.counts.values()) - sum(counts.values())
    numbers = _CYCLIC_FIELDS.get(name) or range(min(counts, default=0), max(counts, default=-1) + 1)
    field = FIELDS[name]
    every = sorted({*numbers, *counts} if counts else ())
    bins = (Bin(field.format(n), f"{name}={n}", counts.get(n, 0)) for n in every)
    return Histogram(name, tuple(bins), absent, found.is_final)


def _stepped_histogram(finder: Finder, query: Query, name: str, budget_s: float) -> Histogram:
    steps, number = _STEPS[name], NUMBER_COLUMNS[name]
    x = number.expression
    cases = "".join(f" WHEN {x} < ? THEN {place}" for place in range(len(steps)))
    sql = f"(CASE WHEN {x} < -1.4e14 THEN NULL{cases} ELSE {len(steps)} END)"
    wanted = Sql(sql, tuple(_step_bound(name, step) for step in steps), number.columns)
    found = count_values(finder, query, wanted, budget_s=budget_s)
    absent = found.counts.pop(None, 0)
    bins = [
        Bin(label, term, found.counts[place])
        for place, (label, term) in enumerate(_labels(name, steps))
    ]
    return Histogram(name, tuple(_trim_empty_bins(bins)), absent, found.is_final)


def _step_bound(name: str, step: str) -> float:
    """The least number that `>=` and the step find; tolerance moves it a little."""
    value = values.parse_value(FIELDS[name], SourceSpan(step, 0))
    assert isinstance(value, NumberInterval)  # noqa: S101 - all steps are numbers
    return value.low


def _labels(name: str, steps: Sequence[str]) -> list[tuple[str, str]]:
    between = [
        (f"{low} to {high}", f"{name}>={low} {name}<{high}") for low, high in pairwise(steps)
    ]
    first, last = steps[0], steps[-1]
    return [
        (f"below {first}", f"{name}<{first}"), *between, (f"{last} and more", f"{name}>={last}"),
    ]  # fmt: skip


def _trim_empty_bins(bins: list[Bin]) -> list[Bin]:
    full = [place for place, each in enumerate(bins) if each.count]
    return bins[full[0] : full[-1] + 1] if full else []


# ------------------------------------------------------------------------- over time


def _taken_histogram(finder: Finder, query: Query, budget_s: float) -> Histogram:
    found = _periods(finder, query, "%Y-%m", budget_s)
    months = sorted(str(month) for month in found.counts if month is not None)
    if not months:
        return Histogram("taken", (), found.counts[None], found.is_final)
    first, last = (_month_number(month) for month in (months[0], months[-1]))
    if last - first < _MAX_DAY_BINS_MONTHS:
        found = _periods(finder, query, "%Y-%m-%d", budget_s)
        names = sorted(str(day) for day in found.counts if day is not None)
    elif last - first < _MAX_MONTH_BINS:
        names = [_month_name(number) for number in range(first, last + 1)]
    else:
        names = [f"{year:04}" for year in range(first // 12, last // 12 + 1)]
        found = _by_year(found)
    bins = tuple(Bin(name, f"taken:{name}", found.counts[name]) for name in names)
    return Histogram("taken", bins, found.counts[None], found.is_final)


def _periods(finder: Finder, query: Query, form: str, budget_s: float) -> Tally:
    moment = "i.taken_at"
    sql = f"(CASE WHEN {moment} > -1.4e14 THEN strftime('{form}', {moment}, 'unixepoch') END)"
    return count_values(finder, query, Sql(sql, (), frozenset({"taken_at"})), budget_s=budget_s)


def _by_year(found: Tally) -> Tally:
    for period, count in list(found.counts.items()):
        if period is not None:
            found.counts[str(period)[:4]] += count
    return found


def _month_number(name: str) -> int:
    year, month = name.split("-")
    return int(year) * 12 + int(month) - 1


def _month_name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
