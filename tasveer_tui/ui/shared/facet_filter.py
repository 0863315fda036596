"""Values chosen in a filter panel, as terms in a search that a person may edit as well. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tasveer_tui.ui.shared.facets import negated
from tasveer_tui.ui.shared.search_text import add_term, split_order

_SIMPLE: Final = re.compile(r'([\w.-]+[:=])("(?:[^"\\]|\\.)*"|[^\s()"/][^\s()"]*)')
"""A term whose value can stand in a list."""


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """The values of one field that are wanted, or that are not."""

    terms: tuple[str, ...] = ()
    is_excluded: bool = False

    @property
    def term(self) -> str:
        """One term for all of them; empty for none."""
        if len(self.terms) < 2:  # noqa: PLR2004 - one needs no list
            (term,) = self.terms or ("",)
            return negated(term) if term and self.is_excluded else term
        return f"{'-' if self.is_excluded else ''}{_any_of(self.terms)}"

    def toggled(self, term: str, *, is_out: bool) -> FacetFilter:
        """With one value more, or less; wanted and unwanted ones do not stand together."""
        if is_out is not self.is_excluded:
            return FacetFilter((term,), is_out)
        if term in self.terms:
            return FacetFilter(tuple(one for one in self.terms if one != term), is_out)
        return FacetFilter((*self.terms, term), is_out)


def _any_of(terms: tuple[str, ...]) -> str:
    parts = [_SIMPLE.fullmatch(term) for term in terms]
    heads = {part[1] if part else "" for part in parts}
    if len(heads) == 1 and "" not in heads:
        values = ", ".join(part[2] for part in parts if part)
        return f"{heads.pop()}({values})"
    return f"({' OR '.join(f'({term})' if ' size' in term else term for term in terms)})"


def contains_term(text: str, term: str) -> bool:
    """Whether the term stands in the search as it was put there."""
    return _whole(term).search(split_order(text)[0]) is not None


def replace_term(text: str, old: str, new: str) -> str:
    """The search with a term in place of another; either may be empty."""
    if not old:
        return add_term(text, new) if new else text
    wanted, order = split_order(text)
    if not contains_term(text, old):
        return replace_term(text, "", new)
    wanted = _whole(old).sub(lambda _: new, wanted, count=1)
    return " ".join(filter(None, (wanted.strip(), order))).replace("  ", " ")


def _whole(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\s(]){re.escape(term)}(?![^\s)])")
