"""What a counted value is called, and the term that finds it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import field_formats, fields
from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.catalogue.search import formatter, projection
from tasveer_tui.catalogue.search.column_map import LOOKUP_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.stats import tally
from tasveer_tui.catalogue.stats.tally import BUDGET_S, Tally, count_values
from tasveer_tui.catalogue.storage.text_codec import fold, from_stored

if TYPE_CHECKING:
    from tasveer_tui.catalogue.field_formats import CellValue
    from tasveer_tui.catalogue.fields import Field, TagName
    from tasveer_tui.catalogue.search import Finder, Query

_EXPONENT_FROM = 1e15
"""Numbers from here on are written with an exponent."""


def label_and_term(field: Field, tag: TagName | None, value: CellValue) -> tuple[str, str]:
    """Label and term of one value of the field."""
    if tag:
        return field_formats.format_plain(value), tag_term(str(tag), value)
    if field.name == "path":
        return _folder_term(str(value))
    if isinstance(value, str):
        return value, _text_term(field, value)
    match field.kind:
        case Kind.DATE:
            return f"{value:04}", f"{field.name}:{value:04}"
        case Kind.SWITCH:
            label = word = "yes" if value else "no"
        case _:
            # A word may mean several codes, so the search term uses the number.
            label, word = field.format(value), number_literal(value)
    return label, f"{field.name}={word}"


def tag_term(name: str, value: CellValue) -> str:
    """The term for a tag's having this value."""
    if isinstance(value, str):
        return formatter.exact_term(name, value)
    return f"{name}={number_literal(value)}"


def number_literal(value: CellValue) -> str:
    """A number that is read back as the very same."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXPONENT_FROM:
        return str(int(value))
    return repr(value)


def _text_term(field: Field, value: str) -> str:
    if field.kind is Kind.WORD:
        return f"{field.name}={formatter.format_value(value)}"
    return formatter.exact_term(field.name, value)


def _folder_term(folder: str) -> tuple[str, str]:
    """A folder of keys, or the keys in none."""
    if not folder:
        return "(no folder)", formatter.direct_children_term("")
    return folder, formatter.prefix_term(folder)


# The values of one field or tag under a search, the most frequent first.

MAX_FACET_VALUES: Final = 1000
"""Values that a facet lists."""
_MAX_ABSENT: Final = -1.4e14
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
    finder: Finder,
    query: Query,
    name: str,
    *,
    limit: int = MAX_FACET_VALUES,
    budget_s: float = BUDGET_S,
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
        found = tally.count_tag_values(finder, query, tag, budget_s)
    else:
        found = _count_field(finder, query, field, limit, budget_s)
    absent = found.counts.pop(None, 0)
    if field.name == "path" and absent:  # every image has one, some in no folder
        found.counts[""], absent = absent, 0
    common = nsmallest(limit, found.counts.items(), lambda each: (-each[1], str(each[0])))
    values = tuple(
        FacetValue(value, *label_and_term(field, tag, value), count) for value, count in common
    )
    return Facet(field.name, values, len(found.counts) + found.more, absent, found.is_final)


def find_texts(finder: Finder, name: str, part: str, limit: int) -> list[str]:
    """Texts with that part that occur in the field, uncounted; none where only images know.

    Where there are many millions, to count takes longer than to list.
    """
    if name == "keyword":
        table, text = "keyword_word AS k CROSS JOIN word AS w ON w.id = k.word_id", "w.text"
    elif (
        name in LOOKUP_COLUMNS and LOOKUP_COLUMNS[name].table != "word"
    ):  # which has those of many fields
        table, text = LOOKUP_COLUMNS[name].table, LOOKUP_COLUMNS[name].text
    else:
        return []
    test = f"{text} <> '' AND instr(fold({text}), ?) > 0"
    sql = f"SELECT DISTINCT {text} FROM {table} WHERE {test} LIMIT ?"  # noqa: S608 - constants
    with finder.reading() as connection:
        return [from_stored(row[0]) for row in connection.execute(sql, (fold(part), limit))]


def _count_field(finder: Finder, query: Query, field: Field, limit: int, budget_s: float) -> Tally:
    wanted, joins = _group_expression(field)
    found = count_values(finder, query, wanted, joins=joins, budget_s=budget_s)
    if field.name == "keyword":
        return _by_text(finder, found, "word", "text", limit)
    if field.name in LOOKUP_COLUMNS:
        return _by_text(
            finder, found, LOOKUP_COLUMNS[field.name].table, LOOKUP_COLUMNS[field.name].text, limit
        )
    return _decode_values(found)


def _group_expression(field: Field) -> tuple[Sql, str]:
    """What to group by, and the joins that it needs."""
    name = field.name
    if name in LOOKUP_COLUMNS:
        column = LOOKUP_COLUMNS[name].column
        return Sql(f"i.{column}", columns=frozenset({column})), ""
    if own := NUMBER_COLUMNS.get(name) or TEXT_COLUMNS.get(name):
        text = own.expression
        return Sql(_YEAR.format(text) if field.kind is Kind.DATE else text, (), own.columns), ""
    if name == "keyword":
        return Sql("k.word_id"), _KEYWORDS
    if name == "path":
        key = "(SELECT o.key FROM object AS o WHERE o.id = i.id)"
        return Sql(f"substr({key}, 1, instr({key}, '/'))"), ""
    expression = projection.switch_expression(name)
    return Sql(expression, columns=frozenset({"lat_deg", "lon_deg", "etag", "size_bytes"})), ""


def _by_text(finder: Finder, found: Tally, table: str, text: str, limit: int) -> Tally:
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
    return _decode_values(named)


def _decode_values(found: Tally) -> Tally:
    """With absent values as None, and texts as they were."""
    counts: Counter[CellValue] = Counter()
    for value, count in found.counts.items():
        if isinstance(value, str):
            counts[from_stored(value) or None] += count
        else:
            counts[None if value is None or value <= _MAX_ABSENT else value] += count
    return Tally(counts, is_final=found.is_final, more=found.more)
