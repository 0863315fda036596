"""Conditions on one text: contains, equals, wildcards, regular expressions, order."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import patterns, tag_predicates
from tasveer_tui.catalogue.search.ast import Compare, Op, Regex, UntypedValue, Wildcard
from tasveer_tui.catalogue.search.sql import ALWAYS_TRUE, Sql, ids_in, join_conditions
from tasveer_tui.catalogue.search.tag_predicates import MatchResult
from tasveer_tui.catalogue.storage.common_tags import KEY_TAG
from tasveer_tui.catalogue.storage.text_codec import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search.ast import Member, Period

    FetchRows = Callable[[Sql], Sequence[tuple[int, ...]]]

_MAX_STARS: Final = 3
"""The time of LIKE grows with the power of its stars; `wildcard` takes linear time."""
_LIKE_SPECIAL: Final = re.compile(r"[%_\\]")


def match_text(expression: str, member: Member) -> Sql:
    """Whether the text fits; an empty text never does."""
    match member:
        case Wildcard(pattern=pattern):
            return _wildcard_condition(expression, pattern)
        case Regex():
            return _nonempty_and(expression, "{} REGEXP ?", member.pattern)
        case Compare(op=Op.CONTAINS, value=str(needle)):
            return _folded_condition(expression, fold(needle), "%{}%", "instr(fold({}), ?) > 0")
        case Compare(op=Op.EQ, value=str(needle)):
            return _folded_condition(expression, fold(needle), "{}", "fold({}) = ?")
        case Compare(op=op, value=str(needle)):
            return _nonempty_and(expression, f"fold({{}}) {op.value} ?", fold(needle))
        case _:
            raise AssertionError(member)


def starts_with(expression: str, needle: str) -> Sql:
    """Whether the text begins with a folded text."""
    return _folded_condition(expression, needle, "{}%", "instr(fold({}), ?) = 1")


def is_not_ascii(expression: str) -> str:
    """Whether SQLite cannot fold the text by itself; it holds of those with NUL, too."""
    return f"length({expression}) <> length(CAST({expression} AS BLOB))"


def _nonempty_and(expression: str, condition: str, value: str) -> Sql:
    return Sql(f"({expression} <> '' AND {condition.format(expression)})", (value,))


def _wildcard_condition(expression: str, pattern: str) -> Sql:
    own = _nonempty_and(expression, "wildcard(?, {})", pattern)
    if not pattern.isascii() or len(re.findall(r"\*+", pattern)) > _MAX_STARS:
        return own
    others = f"({is_not_ascii(expression)} AND {own.text})"
    like = _LIKE_SPECIAL.sub(r"\\\g<0>", pattern).replace("?", "_")
    like = re.sub(r"\*+", "%", like)
    # `*` alone fits everything but an absent text.
    return Sql(
        f"({expression} <> '' AND ({expression} LIKE ? ESCAPE '\\' OR {others}))",
        (like, *own.parameters),
    )


def _folded_condition(expression: str, needle: str, like: str, condition: str) -> Sql:
    """SQLite's own LIKE for texts in ASCII, five times as fast, and `fold` for the others."""
    others = f"({is_not_ascii(expression)} AND {condition.format(expression)})"
    if not needle.isascii():
        return Sql(others, (needle,))
    pattern = like.format(_LIKE_SPECIAL.sub(r"\\\g<0>", needle))
    return Sql(f"({expression} LIKE ? ESCAPE '\\' OR {others})", (pattern, needle))


# Conditions on the texts of all tags, and on one tag, through the index of values.

MIN_TRIGRAM_LENGTH: Final = 3
"""Characters; all values are looked through for shorter texts."""

# One look-up a value. One MATCH of many values joined by OR takes their product.
_POSTING_SELECT: Final = (
    "SELECT p.rowid FROM ({}) AS v CROSS JOIN posting AS p ON p.posting MATCH '{}' || v.id"
)
_TRIGRAM_SELECT: Final = "SELECT rowid AS id FROM value_tri WHERE value_tri MATCH ?"
TAG_SELECT: Final = (
    "SELECT id, is_text FROM tag WHERE name = ? COLLATE NOCASE AND in_family(?, grp)"
)
_TAG_IDS: Final = f"(SELECT json_group_array(id) FROM ({TAG_SELECT} ORDER BY id))"
_STORED_TAGS: Final = (
    "(SELECT z FROM image_tags AS s WHERE s.id = i.id), (SELECT h.slots FROM image_tags AS s"
    " CROSS JOIN shape AS h ON h.id = s.shape_id WHERE s.id = i.id)"
)
_KEY_SELECT: Final = "(SELECT key FROM object AS o WHERE o.id = i.id)"
# As a value, and not behind WHERE, SQLite would work out every part of the test.
_KEY_EXISTS: Final = "EXISTS (SELECT 1 FROM object AS o WHERE o.id = i.id AND {})"
TAG_READ_COLUMNS: Final = frozenset({"image_tags"})
"""No column of `image`, so no index covers a search that must read tags of every image."""
# CPU time in µs to read the stored tags, or the key or keywords, of one image.
_TAG_READ_US, _KEY_READ_US = 15.0, 1.0
_POSTING_LIST_US: Final = 0.6
"""CPU time in µs to list one image from the postings of many values."""
_DAY_GLOB: Final = "[0-9][0-9][0-9][0-9]?[0-9][0-9]?[0-9][0-9]"
_NOT_KEY_TAG: Final = (
    f"tag_id NOT IN (SELECT id FROM tag WHERE grp = '{KEY_TAG[0]}' AND name = '{KEY_TAG[1]}')"
)


def any_text_contains(needle: str) -> Sql:
    """Images with the folded text in any tag or in the key.

    The key is indexed by its parts between slashes, so a text with a slash asks it itself.
    """
    found = ids_in(_ids_by_value(values_containing(needle)))
    return join_conditions((found, _key_contains(needle)), "OR") if "/" in needle else found


def row_text_contains(needle: str) -> Sql:
    """The same asked image by image: for texts that many images have."""
    values = values_containing(needle)
    containing = (
        f"(SELECT json_group_array(id) FROM value WHERE id IN ({values.text}) AND {_NOT_KEY_TAG})"
    )
    asked = f"has_text({_STORED_TAGS}, {_KEY_SELECT}, ?, {containing})"
    return Sql(asked, (needle, *values.parameters), TAG_READ_COLUMNS, row_cost_us=_TAG_READ_US)


def _key_contains(needle: str) -> Sql:
    return key_matches(Compare("path", Op.CONTAINS, needle))


def key_part_contains(needle: str) -> Sql:
    """Images with the folded text in a part of the key; after a slash, at the part's start."""
    start = needle.removeprefix("/")
    values = values_containing(start)
    of_keys = f"SELECT id FROM value WHERE id IN ({values.text}) AND NOT ({_NOT_KEY_TAG})"
    if start == needle:
        return ids_in(_ids_by_value(Sql(of_keys, values.parameters)))
    # Folding makes slashes of some characters that part no keys.
    test = starts_with("text", start)
    inside = f"({is_not_ascii('text')} AND instr(fold(text), ?) > 0)"
    of_keys += f" AND ({test.text} OR {inside})"
    return ids_in(_ids_by_value(Sql(of_keys, (*values.parameters, *test.parameters, needle))))


def values_containing(needle: str) -> Sql:
    """Ids of the values that contain the folded text."""
    if len(needle) >= MIN_TRIGRAM_LENGTH:
        quoted = needle.replace('"', '""')
        return Sql(_TRIGRAM_SELECT, (f'"{quoted}"',))
    test = match_text("text", Compare("", Op.CONTAINS, needle))
    return Sql(f"SELECT id FROM value WHERE {test.text}", test.parameters)


def any_text_matches(member: Wildcard | Regex) -> Sql:
    """Images with a text in any tag, or a key, that fits."""
    test = match_text("text", member)
    if isinstance(member, Regex):
        values = Sql(f"SELECT id FROM value WHERE {test.text} AND {_NOT_KEY_TAG}", test.parameters)
        return join_conditions((ids_in(_ids_by_value(values)), key_matches(member)), "OR")
    found = ids_in(_ids_by_value(_wildcard_values(member, test)))
    return join_conditions((found, key_matches(member)), "OR") if "/" in member.pattern else found


def _wildcard_values(member: Wildcard, test: Sql) -> Sql:
    needle = patterns.longest_literal(member.pattern)
    if len(needle) < MIN_TRIGRAM_LENGTH:
        return Sql(f"SELECT id FROM value WHERE {test.text}", test.parameters)
    some = values_containing(needle)
    return Sql(
        f"SELECT id FROM value WHERE id IN ({some.text}) AND {test.text}",
        (*some.parameters, *test.parameters),
    )


def key_matches(member: Member, narrowed: Sql | None = None) -> Sql:
    """Images whose key fits; `narrowed` names few of which all must be, else all are asked."""
    test = match_text("key", member)
    if narrowed is None:
        # Every key is asked, so nobody should do so only to count.
        every = ids_in(Sql(f"SELECT id FROM object WHERE {test.text}", test.parameters))
        return replace(every, ids=None)
    listed = replace(narrowed, list_cost_us=_POSTING_LIST_US)
    return join_conditions(
        (listed, Sql(_KEY_EXISTS.format(test.text), test.parameters, TAG_READ_COLUMNS)), "AND"
    )


def row_field_matches(name: str, member: Member) -> Sql:
    """Whether the key fits, or one of the keywords, asked image by image."""
    if name == "path":
        test = match_text("key", member)
        return Sql(
            _KEY_EXISTS.format(test.text),
            test.parameters,
            TAG_READ_COLUMNS,
            row_cost_us=_KEY_READ_US,
        )
    test = match_text("text", member)
    select = (
        "EXISTS (SELECT 1 FROM keyword AS k WHERE k.image_id = i.id"
        f" AND k.word_id IN (SELECT id FROM word WHERE {test.text}))"
    )
    return Sql(select, test.parameters, TAG_READ_COLUMNS, row_cost_us=_KEY_READ_US)


def keyword_matches(test: Sql) -> Sql:
    """Images with a keyword whose text fits."""
    select = (
        "SELECT w.id FROM keyword_word AS k CROSS JOIN word AS w ON w.id = k.word_id"
        f" WHERE {test.text}"
    )
    return ids_in(_ids_by_value(Sql(select, test.parameters), "k"))


def _ids_by_value(values: Sql, letter: str = "") -> Sql:
    return Sql(_POSTING_SELECT.format(values.text, letter), values.parameters)


def has_tag(tag: TagName) -> Sql:
    """Images that carry the tag."""
    name = (tag.name, tag.family)
    shapes = _ids_by_value(Sql(f"SELECT shape_id AS id FROM ({_TAG_SHAPES})", name), "s")
    inline = _ids_by_value(Sql(f"SELECT id FROM ({TAG_SELECT})", name), "t")
    return ids_in(_union_all(shapes, inline))


_TAG_SHAPES: Final = (
    f"SELECT DISTINCT h.shape_id FROM ({TAG_SELECT}) AS t"
    " CROSS JOIN shape_tag AS h ON h.tag_id = t.id"
)


def row_has_tag(tag: TagName) -> Sql:
    """The same asked image by image."""
    shape = "(SELECT s.shape_id FROM image_tags AS s WHERE s.id = i.id)"
    inline = _ids_by_value(Sql(f"SELECT id FROM ({TAG_SELECT})", (tag.name, tag.family)), "t")
    return Sql(
        f"(ifnull({shape} IN ({_TAG_SHAPES}), 0) OR i.id IN ({inline.text}))",
        (tag.name, tag.family, *inline.parameters),
        TAG_READ_COLUMNS,
    )


def _union_all(*selects: Sql) -> Sql:
    return Sql(
        " UNION ALL ".join(select.text for select in selects),
        tuple(value for select in selects for value in select.parameters),
    )


def tag_matches(tag: TagName, member: Member, resolve: FetchRows) -> Sql:
    """Images with a value of the tag that fits.

    The index answers where it holds the value whole, or enough of it: the day of a date, the
    stretch of a number. The stored tags are read of those images only where that is not enough.
    `resolve` yields what a statement selects.
    """
    found = [
        *((str(number), fit) for number, fit in resolve(_matching_values(tag, member))),
        *((f"n{number}", fit) for number, fit in resolve(_matching_numbers(tag, member))),
    ]
    surely, maybe = (
        _ids_by_term([term for term, fit in found if fit == wanted])
        for wanted in (MatchResult.YES, MatchResult.MAYBE)
    )
    if not any(fit == MatchResult.MAYBE for _, fit in found):
        return ids_in(surely)
    both_ways = _union_all(surely, maybe)
    read = row_tag_matches(tag, member)
    rest = Sql(
        f"(i.id IN ({surely.text}) OR {read.text})",
        (*surely.parameters, *read.parameters),
        TAG_READ_COLUMNS,
    )
    return Sql(
        f"(i.id IN ({both_ways.text}) AND {rest.text})",
        (*both_ways.parameters, *rest.parameters),
        is_id_list=True,
        ids=(both_ways.text, both_ways.parameters),
        rest=rest,
    )


def row_tag_matches(tag: TagName, member: Member) -> Sql:
    """The same as a test of one row, for an ordered scan."""
    encoded = tag_predicates.encode_member(member)
    narrowed = _candidate_values(member)
    fitting = (
        f"(SELECT json_group_array(v.id) FROM ({TAG_SELECT}) AS t"
        f" CROSS JOIN value AS v ON v.tag_id = t.id WHERE {narrowed.text}"
        f" AND index_fits(v.text, 1, ?) = {MatchResult.YES:d})"
    )
    name = (tag.name, tag.family)
    return Sql(
        f"tag_fits({_STORED_TAGS}, {_TAG_IDS}, ?, {fitting})",
        (*name, encoded, *name, *narrowed.parameters, encoded),
        TAG_READ_COLUMNS,
        row_cost_us=_TAG_READ_US,
    )


def _ids_by_term(terms: list[str]) -> Sql:
    """Images by terms of their postings."""
    return Sql(
        "SELECT p.rowid FROM json_each(?) AS v CROSS JOIN posting AS p ON p.posting MATCH v.value",
        (json.dumps(terms),),
    )


def _matching_values(tag: TagName, member: Member) -> Sql:
    """The tag's values that fit, and whether surely; all are tried once."""
    narrowed = _candidate_values(member)
    return Sql(
        "SELECT * FROM (SELECT v.id, index_fits(v.text, t.is_text, ?) AS fit"
        f" FROM ({TAG_SELECT}) AS t"
        f" CROSS JOIN value AS v ON v.tag_id = t.id WHERE {narrowed.text}) WHERE fit > 0",
        (tag_predicates.encode_member(member), tag.name, tag.family, *narrowed.parameters),
    )


def _matching_numbers(tag: TagName, member: Member) -> Sql:
    """Numbers and stretches that lie within the wanted ones, or that reach into them."""
    fit, reaches = f"{MatchResult.MAYBE:d}", f"{tag_predicates.can_match_numbers(member):d}"
    ends: tuple[float, ...] = tag_predicates.number_bounds(member) or ()
    if ends:
        fit = f"iif(n.low >= ? AND n.high <= ?, {MatchResult.YES:d}, {MatchResult.MAYBE:d})"
        reaches = "n.low <= ? AND n.high >= ?"
    return Sql(
        f"SELECT n.id, {fit} FROM ({TAG_SELECT}) AS t CROSS JOIN number AS n ON n.tag_id = t.id"
        f" WHERE {reaches}",
        (*ends, tag.name, tag.family, *ends[::-1]),
    )


def _candidate_values(member: Member) -> Sql:
    """Only values with the right trigrams, where the index has every value whole."""
    match member:
        case Compare(
            op=Op.CONTAINS | Op.EQ, value=UntypedValue(text=text, number=None, period=None)
        ):
            needle = fold(text)
        case Wildcard(pattern=pattern):
            needle = patterns.longest_literal(pattern)
        case Compare(op=Op.CONTAINS | Op.EQ, value=UntypedValue(number=None, period=period)):
            return _days_in_years(period) if period else ALWAYS_TRUE
        case _:
            return ALWAYS_TRUE
    if len(needle) < MIN_TRIGRAM_LENGTH:
        return ALWAYS_TRUE
    some = values_containing(needle)
    return Sql(f"(t.is_text = 0 OR v.id IN ({some.text}))", some.parameters)


def _days_in_years(period: Period) -> Sql:
    """Only days of these years, and what is no day. No other day has the date in its text."""
    last = period.end - timedelta(microseconds=1)
    part = "substr(v.text, {}, {})".format
    return Sql(
        f"({part(1, 4)} BETWEEN ? AND ? OR v.text NOT GLOB '{_DAY_GLOB}' OR {part(1, 4)} = '0000'"
        f" OR {part(6, 2)} NOT BETWEEN '01' AND '12' OR {part(9, 2)} NOT BETWEEN '01' AND '28')",
        (f"{period.start.year:04}", f"{last.year:04}"),
    )


def tag_sort_key(tag: TagName) -> Sql:
    """The tag's first value, NULL where the image has none."""
    name = (tag.name, tag.family)
    return Sql(
        "coalesce((SELECT nullif(fold(v.text), '') FROM value AS v"
        f" WHERE v.id = tag_text({_STORED_TAGS}, {_TAG_IDS})),"
        f" tag_key({_STORED_TAGS}, {_TAG_IDS}))",
        (*name, *name),
    )
