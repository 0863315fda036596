"""The values of one field or tag under a search, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.counting import naming, tags
from tasveer_tui.catalogue.counting.tally import BUDGET_S, Tally, tally
from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.catalogue.search import cells
from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.search.storage import NUMBERS, OWN, SHARED
from tasveer_tui.catalogue.texts import fold, from_stored

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.formats import CellValue
    from tasveer_tui.catalogue.search import Finder, Query

LIMIT: Final = 1000
"""Values that a facet lists."""
_ABSENT: Final = -1.4e14
_KEYWORDS: Final = " LEFT JOIN keyword AS k ON k.image_id = i.id"
_YEAR: Final = (
    "(CASE WHEN {0} > -1.4e14 THEN CAST(strftime('%Y', {0}, 'unixepoch') AS INTEGER) END)"
)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value: how a person reads it, how often it occurs, what finds it."""

    value: CellValue
    label: str
    """Not cleaned."""
    term: str
    """Search text that finds the images with this value."""
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a field or tag under a search."""

    name: str
    values: tuple[FacetValue, ...]
    """The most frequent first, equals in the order of their labels."""
    distinct: int
    """Values there are; more than are listed, perhaps."""
    absent: int
    """Images without a value; found by `-has:` and the name."""
    is_final: bool
    """False where the budget ran out: then all numbers are least numbers."""


def facet(
    finder: Finder, query: Query, name: str, *, limit: int = LIMIT, budget_s: float = BUDGET_S
) -> Facet:
    """Count the values of a field, or of a tag such as `exif.ISO`, in what a search finds.

    Dates count by year, `path` by its first folder; an image counts once for each of its
    keywords. `near` and `bbox` have no values.

    Raises:
        UsageError: there is no such field or tag.
        SearchInterruptedError: another thread stopped it.

    """
    field = fields.field_of(name)
    tag = fields.tag_name(field.name)
    if tag:
        found = tags.tally(finder, query, tag, budget_s)
    else:
        found = _tally(finder, query, field, limit, budget_s)
    absent = found.counts.pop(None, 0)
    if field.name == "path" and absent:  # every image has one, some in no folder
        found.counts[""], absent = absent, 0
    common = nsmallest(limit, found.counts.items(), lambda each: (-each[1], str(each[0])))
    values = tuple(
        FacetValue(value, *naming.named(field, tag, value), count) for value, count in common
    )
    return Facet(field.name, values, len(found.counts) + found.more, absent, found.is_final)


def names(finder: Finder, name: str, part: str, limit: int) -> list[str]:
    """Texts with that part that occur in the field, uncounted; none where only images know.

    Where there are many millions, to count takes longer than to list.
    """
    if name == "keyword":
        table, text = "keyword_word AS k CROSS JOIN word AS w ON w.id = k.word_id", "w.text"
    elif name in SHARED and SHARED[name].table != "word":  # which has those of many fields
        table, text = SHARED[name].table, SHARED[name].text
    else:
        return []
    test = f"{text} <> '' AND instr(fold({text}), ?) > 0"
    sql = f"SELECT DISTINCT {text} FROM {table} WHERE {test} LIMIT ?"  # noqa: S608 - constants
    with finder.reading() as connection:
        return [from_stored(row[0]) for row in connection.execute(sql, (fold(part), limit))]


def _tally(finder: Finder, query: Query, field: Field, limit: int, budget_s: float) -> Tally:
    wanted, joins = _wanted(field)
    found = tally(finder, query, wanted, joins=joins, budget_s=budget_s)
    if field.name == "keyword":
        return _named(finder, found, "word", "text", limit)
    if field.name in SHARED:
        return _named(finder, found, SHARED[field.name].table, SHARED[field.name].text, limit)
    return _present(found)


def _wanted(field: Field) -> tuple[Sql, str]:
    """What to group by, and the joins that it needs."""
    name = field.name
    if name in SHARED:
        column = SHARED[name].column
        return Sql(f"i.{column}", columns=frozenset({column})), ""
    if own := NUMBERS.get(name) or OWN.get(name):
        text = own.expression
        return Sql(_YEAR.format(text) if field.kind is Kind.DATE else text, (), own.columns), ""
    if name == "keyword":
        return Sql("k.word_id"), _KEYWORDS
    if name == "path":
        key = "(SELECT o.key FROM object AS o WHERE o.id = i.id)"
        return Sql(f"substr({key}, 1, instr({key}, '/'))"), ""
    expression = cells.switch_expression(name)
    return Sql(expression, columns=frozenset({"lat_deg", "lon_deg", "etag", "size_bytes"})), ""


def _named(finder: Finder, found: Tally, table: str, text: str, limit: int) -> Tally:
    """By text instead of id: several cameras have one make. Of words, only the frequent ones."""
    absent = found.counts.pop(None, 0) + found.counts.pop(0, 0)
    common = found.counts.most_common(limit if table == "word" else None)
    more = len(found.counts) - len(common)
    sql = f"SELECT id, {text} FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
    with finder.reading() as connection:
        ids = json.dumps([number for number, _ in common])
        texts = dict(connection.execute(sql, (ids,)))
    named = Tally(is_final=found.is_final, more=more)
    for number, count in common:
        named.add(texts.get(number) or None, count)
    named.add(None, absent)
    return _present(named)


def _present(found: Tally) -> Tally:
    """With absent values as None, and texts as they were."""
    counts: Counter[CellValue] = Counter()
    for value, count in found.counts.items():
        if isinstance(value, str):
            counts[from_stored(value) or None] += count
        else:
            counts[None if value is None or value <= _ABSENT else value] += count
    return Tally(counts, is_final=found.is_final, more=found.more)
