"""Images and bytes under each prefix, one level at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import formatter
from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.stats.tally import BUDGET_S, count_values
from tasveer_tui.catalogue.storage.text_codec import from_stored, to_stored

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search import Finder, Query

_KEY_SQL: Final = "(SELECT o.key FROM object AS o WHERE o.id = i.id)"
_SOURCE_PREFIX_SQL: Final = "i.source_id || ':' || "


@dataclass(frozen=True, slots=True)
class PrefixCount:
    """What a search finds under one prefix of one bucket."""

    bucket: str
    prefix: str
    """With its slash; objects directly in a prefix have that prefix."""
    images: int
    size_bytes: int
    term: str
    """Search text for what is under it."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The prefixes of one level, the one with most bytes first."""

    prefixes: tuple[PrefixCount, ...]
    is_final: bool


def prefixes(
    finder: Finder, query: Query, under: str = "", *, budget_s: float = BUDGET_S
) -> Prefixes:
    """Count images and bytes by the next level of prefixes below `under`, in every bucket.

    Raises:
        SearchInterruptedError: another thread stopped it.

    """
    start = to_stored(under)
    rest = f"substr({_KEY_SQL}, ?)"
    level = f"{_SOURCE_PREFIX_SQL}substr({rest}, 1, instr({rest}, '/'))"
    inside = f"(CASE WHEN substr({_KEY_SQL}, 1, ?) = ? THEN {level} END)"
    length = len(start)
    parameters = (length, start, length + 1, length + 1)
    wanted = Sql(inside, parameters, frozenset({"source_id"}))
    found = count_values(finder, query, wanted, sizes=True, budget_s=budget_s)
    with finder.reading() as connection:
        rows = connection.execute("SELECT id, bucket FROM source").fetchall()
    buckets = {str(number): from_stored(bucket) for number, bucket in rows}
    counts = [
        _count(buckets, under, str(place), images, found.sizes[place], is_only=len(rows) == 1)
        for place, images in found.counts.items()
        if place is not None
    ]
    counts.sort(key=lambda each: (-each.size_bytes, each.bucket, each.prefix))
    return Prefixes(tuple(counts), found.is_final)


def _count(
    buckets: dict[str, str], under: str, place: str, images: int, size: int, *, is_only: bool
) -> PrefixCount:
    number, _, level = place.partition(":")
    bucket, prefix = buckets.get(number, ""), under + from_stored(level)
    terms = [] if is_only else [formatter.exact_term("bucket", bucket)]
    if prefix:
        terms.append(formatter.prefix_term(prefix))
    if not level:
        terms.append(formatter.direct_children_term(under))
    return PrefixCount(bucket, prefix, images, size, " ".join(terms))
