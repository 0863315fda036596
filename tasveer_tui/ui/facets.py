"""The values of a column and how often each occurs; every one with the term that finds it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.search_text import REGEX_LIMIT, exactly, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.workspace import Workspace

ROWS_AT_ONCE: Final = 2048
KEPT: Final = 2000
"""Values that are listed at most; the title says so."""
_SIZES: Final = ("0B", "10kB", "100kB", "1MB", "10MB", "100MB", "1GB", "1TB")
_UNITS: Final = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


@dataclass(frozen=True, slots=True)
class Facet:
    """One value: what it is called, how often it occurs, what finds it."""

    label: str
    """Not cleaned. Empty stands for no value."""
    term: str
    count: int

    @property
    def without(self) -> str:
        """The term that leaves this value out."""
        if self.term.startswith("-"):
            return self.term[1:]
        return f"-({self.term})" if self.term.startswith("size>=") else f"-{self.term}"


@dataclass(frozen=True, slots=True)
class Facets:
    """The values counted so far, the most frequent first."""

    values: tuple[Facet, ...] = ()
    counted: int = 0
    total: int = 0
    distinct: int = 0


def count(workspace: Workspace, text: str, name: str) -> Iterator[Facets]:
    """Count the values of a column under a search, a part at a time. Blocks."""
    from tasveer_tui.catalogue.fields import find

    field = find(name)
    finder = workspace.finder()
    ids = finder.ids(workspace.catalogue.parse(text))
    told = _teller(field) if field else _by_text(name)
    counts: Counter[tuple[str, str]] = Counter()
    for start in range(0, len(ids), ROWS_AT_ONCE):
        for (value,) in finder.rows(ids[start : start + ROWS_AT_ONCE], (name,)):
            counts.update([("", f"-has:{name}")] if value is None else told(value))
        yield _facets(counts, min(start + ROWS_AT_ONCE, len(ids)), len(ids))
    if not ids:
        yield Facets()


def _facets(counts: Counter[tuple[str, str]], counted: int, total: int) -> Facets:
    values = tuple(Facet(*key, number) for key, number in counts.most_common(KEPT))
    return Facets(values, counted, total, len(counts))


def _teller(field: Field) -> Callable[[object], Iterable[tuple[str, str]]]:
    """Choose how a column's values become labels and terms."""
    by_name = {"path": _by_folder, "size": _by_size, "keyword": _by_keyword}
    if field.name in by_name:
        return by_name[field.name]
    if field.kind == "date":
        return lambda value: _by_year(field, value)
    if field.kind in {"number", "switch", "code"}:
        return lambda value: _by_value(field, value)
    return _by_text(field.name)


def _by_text(name: str) -> Callable[[object], Iterable[tuple[str, str]]]:
    def told(value: object) -> Iterable[tuple[str, str]]:
        term = exactly(name, value) if isinstance(value, str) else f"{name}={value}"
        return ((str(value), term),)

    return told


def _by_value(field: Field, value: object) -> Iterable[tuple[str, str]]:
    label = field.format(value)  # type: ignore[arg-type]
    term = label if field.kind in {"switch", "code"} and label else f"{value}"
    return ((label, f"{field.name}={term}"),)


def _by_year(field: Field, value: object) -> Iterable[tuple[str, str]]:
    year = field.format(value)[:4]  # type: ignore[arg-type]
    return ((year, f"{field.name}:{year}"),)


def _by_keyword(value: object) -> Iterable[tuple[str, str]]:
    return [(word, exactly("keyword", word)) for word in str(value).split(", ")]


def _by_folder(value: object) -> Iterable[tuple[str, str]]:
    """Group by the first two levels of the key."""
    levels = str(value).split("/")[:-1][:2]
    if not levels:
        return (("(no prefix)", r"path:/^[^\/]+$/"),)
    folder = "/".join(levels) + "/"
    pattern = re.escape(folder).replace("/", r"\/")
    if len(pattern) > REGEX_LIMIT - 9 or not folder.isprintable():
        return ((folder, f"path:{quoted(_longest_printable(folder))}"),)
    more = r"[^\/]*$" if len(levels) == 1 else ""
    return ((folder, f"path:/^{pattern}{more}/"),)


def _longest_printable(text: str) -> str:
    return max(re.split(r"[^ -~]+", text), key=len)


def _by_size(value: object) -> Iterable[tuple[str, str]]:
    """Group by powers of ten."""
    size = float(str(value))
    for low, high in pairwise(_SIZES):
        if size < _bytes(high):
            return ((f"{low} to {high}", f"size>={low} size<{high}"),)
    return ((f"{_SIZES[-1]} and more", f"size>={_SIZES[-1]}"),)


def _bytes(text: str) -> float:
    unit = text.lstrip("0123456789")
    return float(text.removesuffix(unit)) * _UNITS[unit]
