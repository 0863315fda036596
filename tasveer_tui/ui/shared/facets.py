"""The values of a field or tag under a search and how often each occurs, for the screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.background import LatestRead

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.catalogue.search import Finder, Query

MAX_VALUES: Final = 1000
"""Values that are listed at most; the title says so."""
FIRST_BUDGET_S: Final = 1.0
"""Seconds after which a count is shown as far as it is."""
WHOLE_BUDGET_S: Final = 120.0
"""Seconds that a person may wait for a whole count, closing the list being the other way."""
_IN_STEPS: Final = frozenset({"size", "alt", "mp"})
"""Nearly every image has its own value of these."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value: what it is called, how often it occurs, what finds it."""

    label: str
    """Not cleaned. Empty stands for no value."""
    term: str
    count: int

    @property
    def excluding_term(self) -> str:
        """The term that leaves this value out."""
        return negated(self.term)


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field, the most frequent first."""

    name: str = ""
    values: tuple[FacetValue, ...] = ()
    distinct: int = 0
    """How many there are, more than are listed perhaps; no value is one of them."""
    is_final: bool = True
    """False where the time ran out: then all numbers are least numbers."""

    @property
    def images(self) -> int:
        """Values that were counted; of a field with one value an image, the images."""
        return sum(value.count for value in self.values)


def negated(term: str) -> str:
    """The term for everything else."""
    if term.startswith("-"):
        return term[1:]
    return f"-({term})" if term.startswith(("size", "alt", "mp")) and " " in term else f"-{term}"


class FacetCounter(LatestRead):
    """Counts in whatever thread calls it; a newer count, or `stop`, ends an older one."""

    def count_one(self, text: str, name: str) -> Iterator[Facet]:
        """Count one field: what is known soon, then the whole. Blocks.

        Raises:
            QueryError: the search cannot be understood.
            CatalogueError: the catalogue did not answer, or the count was stopped.

        """
        for budget_s in (FIRST_BUDGET_S, WHOLE_BUDGET_S):
            *_, found = self.count_several([(name, text)], budget_s=budget_s, limit=MAX_VALUES)
            yield found[name]
            if found[name].is_final:
                return

    def count_several(
        self,
        wishes: Sequence[tuple[str, str]],
        *,
        budget_s: float = FIRST_BUDGET_S,
        limit: int = MAX_VALUES,
    ) -> Iterator[dict[str, Facet]]:
        """Count fields, each under a search of its own; what is counted so far. Blocks.

        Raises as `one` does.
        """
        found: dict[str, Facet] = {}
        if not self._workspace.has_catalogue:
            yield {name: Facet(name) for name, _ in wishes}
            return
        with self.reading() as finder:
            for name, text in wishes:
                query = self._workspace.catalogue.parse(text)
                found[name] = _counted(finder, query, name, limit, budget_s)
                yield dict(found)


def _counted(finder: Finder, query: Query, name: str, limit: int, budget_s: float) -> Facet:
    from tasveer_tui.catalogue import stats

    if name in _IN_STEPS:
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
