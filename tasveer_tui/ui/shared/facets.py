"""Facets: the values of a field or tag within a search and their counts; filters made from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.background import LatestRead
from tasveer_tui.ui.shared.search_text import add_term, split_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.catalogue.search import Finder, Query

MAX_VALUES: Final = 1000
"""Values listed at most; the title shows if there are more."""
FIRST_BUDGET_S: Final = 1.0
"""Seconds until the first, incomplete counts are shown."""
WHOLE_BUDGET_S: Final = 120.0
"""Seconds until counting stops for good."""
_IN_BINS: Final = frozenset({"size", "alt", "mp"})
"""Fields with too many values: counted in ranges."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value: its label, its search term, and the number of images."""

    label: str
    """Not cleaned. Empty for images without a value."""
    term: str
    count: int

    @property
    def excluding_term(self) -> str:
        """The term that excludes this value."""
        return negated(self.term)


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field, most frequent first."""

    name: str = ""
    values: tuple[FacetValue, ...] = ()
    distinct: int = 0
    """Number of distinct values, also those not in `values`."""
    is_final: bool = True
    """False after a timeout: the counts are lower bounds."""

    @property
    def images(self) -> int:
        """Sum of the counts: the images, for a field with one value per image."""
        return sum(value.count for value in self.values)


def negated(term: str) -> str:
    """The term for all other images."""
    if term.startswith("-"):
        return term[1:]
    return f"-({term})" if term.startswith(("size", "alt", "mp")) and " " in term else f"-{term}"


class FacetCounter(LatestRead):
    """Counts in the calling thread; a newer count, or `stop`, interrupts an older one."""

    def count_one(self, text: str, name: str) -> Iterator[Facet]:
        """Count one field: first within a short time, then completely. Blocks.

        Raises:
            QueryError: the search cannot be understood.
            CatalogueError: the catalogue cannot be read, or the count was interrupted.

        """
        for budget_s in (FIRST_BUDGET_S, WHOLE_BUDGET_S):
            *_, found = self.count_several([(name, text)], budget_s=budget_s, limit=MAX_VALUES)
            yield found[name]
            if found[name].is_final:
                return

    def count_several(
        self,
        requests: Sequence[tuple[str, str]],
        *,
        budget_s: float = FIRST_BUDGET_S,
        limit: int = MAX_VALUES,
    ) -> Iterator[dict[str, Facet]]:
        """Count `(field, search)` pairs; yields the facets counted so far. Blocks.

        Raises the same errors as `count_one`.
        """
        found: dict[str, Facet] = {}
        if not self._workspace.has_catalogue:
            yield {name: Facet(name) for name, _ in requests}
            return
        with self.reading() as finder:
            for name, text in requests:
                query = self._workspace.catalogue.parse(text)
                found[name] = _count(finder, query, name, limit, budget_s)
                yield dict(found)


def _count(finder: Finder, query: Query, name: str, limit: int, budget_s: float) -> Facet:
    from tasveer_tui.catalogue import stats

    if name in _IN_BINS:
        steps = stats.histogram(finder, query, name, budget_s=budget_s)
        bins = [FacetValue(one.label, one.term, one.count) for one in steps.bins if one.count]
        values, distinct, absent, is_final = bins, len(bins), steps.absent, steps.is_final
    else:
        found = stats.facet(finder, query, name, limit=limit, budget_s=budget_s)
        values = [FacetValue(one.label, one.term, one.count) for one in found.values]
        distinct, absent, is_final = found.distinct, found.absent, found.is_final
    if absent:
        values.append(FacetValue("", f"-has:{name}", absent))
    values.sort(key=lambda value: -value.count)
    return Facet(name, tuple(values), distinct, is_final)


_SIMPLE_TERM: Final = re.compile(r'([\w.-]+[:=])("(?:[^"\\]|\\.)*"|[^\s()"/][^\s()"]*)')
"""A term whose value can be an item of a list `field:(a, b)`."""


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """The selected or excluded values of one field."""

    terms: tuple[str, ...] = ()
    is_excluded: bool = False

    @property
    def term(self) -> str:
        """One term for all of them; empty for none."""
        if len(self.terms) < 2:  # noqa: PLR2004 - a list has two
            (term,) = self.terms or ("",)
            return negated(term) if term and self.is_excluded else term
        return f"{'-' if self.is_excluded else ''}{_any_of(self.terms)}"

    def toggled(self, term: str, *, is_excluded: bool) -> FacetFilter:
        """Add the value, or remove it. Selecting and excluding replace each other."""
        if is_excluded is not self.is_excluded:
            return FacetFilter((term,), is_excluded)
        if term in self.terms:
            return FacetFilter(tuple(one for one in self.terms if one != term), is_excluded)
        return FacetFilter((*self.terms, term), is_excluded)


def _any_of(terms: tuple[str, ...]) -> str:
    parts = [_SIMPLE_TERM.fullmatch(term) for term in terms]
    heads = {part[1] if part else "" for part in parts}
    if len(heads) == 1 and "" not in heads:
        values = ", ".join(part[2] for part in parts if part)
        return f"{heads.pop()}({values})"
    return f"({' OR '.join(f'({term})' if ' size' in term else term for term in terms)})"


def contains_term(text: str, term: str) -> bool:
    """Whether the search contains the term, unedited."""
    return _whole_term(term).search(split_order(text)[0]) is not None


def replace_term(text: str, old: str, new: str) -> str:
    """Replace a term of the search with another; either may be empty."""
    if not old:
        return add_term(text, new) if new else text
    terms, order = split_order(text)
    if not contains_term(text, old):
        return replace_term(text, "", new)
    terms = _whole_term(old).sub(lambda _: new, terms, count=1)
    return " ".join(filter(None, (terms.strip(), order))).replace("  ", " ")


def _whole_term(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\s(]){re.escape(term)}(?![^\s)])")
