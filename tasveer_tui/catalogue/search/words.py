"""Conditions on the texts of all tags, and on one tag, through the index of values."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.common_tags import KEY_TAG
from tasveer_tui.catalogue.search import matching, patterns, tagtests
from tasveer_tui.catalogue.search.sql import ALL, Sql, both, ids_in
from tasveer_tui.catalogue.search.tagtests import Fit
from tasveer_tui.catalogue.search.tree import Compare, Either, Op, Regex, Wildcard
from tasveer_tui.catalogue.texts import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search.tree import Member, Period

    Resolve = Callable[[Sql], Sequence[tuple[int, ...]]]

MIN_TRIGRAM: Final = 3
"""Characters; all values are looked through for shorter texts."""

# One look-up a value. One MATCH of many values joined by OR takes their product.
_POSTED: Final = (
    "SELECT p.rowid FROM ({}) AS v CROSS JOIN posting AS p ON p.posting MATCH '{}' || v.id"
)
_TRIGRAM: Final = "SELECT rowid AS id FROM value_tri WHERE value_tri MATCH ?"
TAGS: Final = "SELECT id, is_text FROM tag WHERE name = ? COLLATE NOCASE AND in_family(?, grp)"
_TAG_IDS: Final = f"(SELECT json_group_array(id) FROM ({TAGS} ORDER BY id))"
_STORED: Final = (
    "(SELECT z FROM image_tags AS s WHERE s.id = i.id), (SELECT h.slots FROM image_tags AS s"
    " CROSS JOIN shape AS h ON h.id = s.shape_id WHERE s.id = i.id)"
)
_KEY: Final = "(SELECT key FROM object AS o WHERE o.id = i.id)"
# As a value, and not behind WHERE, SQLite would work out every part of the test.
_KEY_ASKED: Final = "EXISTS (SELECT 1 FROM object AS o WHERE o.id = i.id AND {})"
READ: Final = frozenset({"image_tags"})
"""No column of `image`, so no index covers a search that must read tags of every image."""
# What asking one image takes in millionths of a second: its stored tags, its key, its keywords.
_READING_US, _KEY_US, _KEYWORDS_US = 15.0, 1.0, 1.5
_POSTED_US: Final = 0.6
"""What listing one image takes where many values are looked up."""
_DAY: Final = "[0-9][0-9][0-9][0-9]?[0-9][0-9]?[0-9][0-9]"
_NOT_OF_KEYS: Final = (
    f"tag_id NOT IN (SELECT id FROM tag WHERE grp = '{KEY_TAG[0]}' AND name = '{KEY_TAG[1]}')"
)


def contains(needle: str) -> Sql:
    """Images with the folded text in any tag or in the key.

    The key is indexed by its parts between slashes, so a text with a slash asks it itself.
    """
    found = ids_in(_posted(values_with(needle)))
    return both((found, _keys_with(needle)), "OR") if "/" in needle else found


def contains_common(needle: str) -> Sql:
    """The same for a text that many keys have: they are looked through, not looked up."""
    values = values_with(needle)
    of_tags = Sql(
        f"SELECT id FROM value WHERE id IN ({values.text}) AND {_NOT_OF_KEYS}", values.parameters
    )
    return both((ids_in(_posted(of_tags)), _keys_with(needle)), "OR")


def row_contains(needle: str) -> Sql:
    """The same asked image by image: for texts that many images have."""
    values = values_with(needle)
    containing = (
        f"(SELECT json_group_array(id) FROM value WHERE id IN ({values.text}) AND {_NOT_OF_KEYS})"
    )
    asked = f"has_text({_STORED}, {_KEY}, ?, {containing})"
    return Sql(asked, (needle, *values.parameters), READ, asking_us=_READING_US)


def _keys_with(needle: str) -> Sql:
    return keys(Compare("path", Op.HAS, needle))


def in_key_part(needle: str) -> Sql:
    """Images with the folded text in a part of the key; after a slash, at the part's start."""
    start = needle.removeprefix("/")
    values = values_with(start)
    of_keys = f"SELECT id FROM value WHERE id IN ({values.text}) AND NOT ({_NOT_OF_KEYS})"
    if start == needle:
        return ids_in(_posted(Sql(of_keys, values.parameters)))
    # Folding makes slashes of some characters that part no keys.
    test = matching.begins("text", start)
    inside = f"({matching.not_ascii('text')} AND instr(fold(text), ?) > 0)"
    of_keys += f" AND ({test.text} OR {inside})"
    return ids_in(_posted(Sql(of_keys, (*values.parameters, *test.parameters, needle))))


def values_with(needle: str) -> Sql:
    """Ids of the values that contain the folded text."""
    if len(needle) >= MIN_TRIGRAM:
        quoted = needle.replace('"', '""')
        return Sql(_TRIGRAM, (f'"{quoted}"',))
    test = matching.test("text", Compare("", Op.HAS, needle))
    return Sql(f"SELECT id FROM value WHERE {test.text}", test.parameters)


def matches(member: Wildcard | Regex) -> Sql:
    """Images with a text in any tag, or a key, that fits."""
    test = matching.test("text", member)
    if isinstance(member, Regex):
        values = Sql(f"SELECT id FROM value WHERE {test.text} AND {_NOT_OF_KEYS}", test.parameters)
        return both((ids_in(_posted(values)), keys(member)), "OR")
    found = ids_in(_posted(_wildcard_values(member, test)))
    return both((found, keys(member)), "OR") if "/" in member.pattern else found


def _wildcard_values(member: Wildcard, test: Sql) -> Sql:
    needle = patterns.longest_literal(member.pattern)
    if len(needle) < MIN_TRIGRAM:
        return Sql(f"SELECT id FROM value WHERE {test.text}", test.parameters)
    some = values_with(needle)
    return Sql(
        f"SELECT id FROM value WHERE id IN ({some.text}) AND {test.text}",
        (*some.parameters, *test.parameters),
    )


def keys(member: Member, narrowed: Sql | None = None) -> Sql:
    """Images whose key fits; `narrowed` names few of which all must be, else all are asked."""
    test = matching.test("key", member)
    if narrowed is None:
        # Every key is asked, so nobody should do so only to count.
        every = ids_in(Sql(f"SELECT id FROM object WHERE {test.text}", test.parameters))
        return replace(every, ids=None)
    listed = replace(narrowed, listing_us=_POSTED_US, is_bunched=True)
    return both((listed, Sql(_KEY_ASKED.format(test.text), test.parameters, READ)), "AND")


def row_fits(name: str, member: Member) -> Sql:
    """Whether the key fits, or one of the keywords, asked image by image."""
    if name == "path":
        test = matching.test("key", member)
        return Sql(_KEY_ASKED.format(test.text), test.parameters, READ, asking_us=_KEY_US)
    test = matching.test("text", member)
    select = (
        "EXISTS (SELECT 1 FROM keyword AS k WHERE k.image_id = i.id"
        f" AND k.word_id IN (SELECT id FROM word WHERE {test.text}))"
    )
    return Sql(select, test.parameters, READ, asking_us=_KEYWORDS_US)


def keyworded(test: Sql) -> Sql:
    """Images with a keyword whose text fits."""
    select = (
        "SELECT w.id FROM keyword_word AS k CROSS JOIN word AS w ON w.id = k.word_id"
        f" WHERE {test.text}"
    )
    return ids_in(_posted(Sql(select, test.parameters), "k"))


def _posted(values: Sql, letter: str = "") -> Sql:
    return Sql(_POSTED.format(values.text, letter), values.parameters)


def has_tag(tag: TagName) -> Sql:
    """Images that carry the tag."""
    name = (tag.name, tag.family)
    shapes = _posted(Sql(f"SELECT shape_id AS id FROM ({_SHAPES})", name), "s")
    inline = _posted(Sql(f"SELECT id FROM ({TAGS})", name), "t")
    return ids_in(_together(shapes, inline))


_SHAPES: Final = (
    f"SELECT DISTINCT h.shape_id FROM ({TAGS}) AS t CROSS JOIN shape_tag AS h ON h.tag_id = t.id"
)


def row_has_tag(tag: TagName) -> Sql:
    """The same asked image by image."""
    shape = "(SELECT s.shape_id FROM image_tags AS s WHERE s.id = i.id)"
    inline = _posted(Sql(f"SELECT id FROM ({TAGS})", (tag.name, tag.family)), "t")
    return Sql(
        f"(ifnull({shape} IN ({_SHAPES}), 0) OR i.id IN ({inline.text}))",
        (tag.name, tag.family, *inline.parameters),
        READ,
    )


def _together(*selects: Sql) -> Sql:
    return Sql(
        " UNION ALL ".join(select.text for select in selects),
        tuple(value for select in selects for value in select.parameters),
    )


def tag_fits(tag: TagName, member: Member, resolve: Resolve) -> Sql:
    """Images with a value of the tag that fits.

    The index answers where it holds the value whole, or enough of it: the day of a date, the
    stretch of a number. The stored tags are read of those images only where that is not enough.
    `resolve` yields what a statement selects.
    """
    found = [
        *((str(number), fit) for number, fit in resolve(_values_of(tag, member))),
        *((f"n{number}", fit) for number, fit in resolve(_numbers_of(tag, member))),
    ]
    surely, maybe = (
        _termed([term for term, fit in found if fit == wanted])
        for wanted in (Fit.SURELY, Fit.MAYBE)
    )
    is_dated = tagtests.is_dated(member)
    if not any(fit == Fit.MAYBE for _, fit in found):
        return replace(ids_in(surely), is_bunched=is_dated)
    both_ways = _together(surely, maybe)
    read = row_tag_fits(tag, member)
    rest = Sql(
        f"(i.id IN ({surely.text}) OR {read.text})", (*surely.parameters, *read.parameters), READ
    )
    return Sql(
        f"(i.id IN ({both_ways.text}) AND {rest.text})",
        (*both_ways.parameters, *rest.parameters),
        gives_ids=True,
        ids=(both_ways.text, both_ways.parameters),
        rest=rest,
        is_bunched=is_dated,
    )


def row_tag_fits(tag: TagName, member: Member) -> Sql:
    """The same asked image by image, for as many as a page needs."""
    encoded = tagtests.encode(member)
    narrowed = _narrowed(member)
    fitting = (
        f"(SELECT json_group_array(v.id) FROM ({TAGS}) AS t CROSS JOIN value AS v ON v.tag_id ="
        f" t.id WHERE {narrowed.text} AND index_fits(v.text, 1, ?) = {Fit.SURELY:d})"
    )
    name = (tag.name, tag.family)
    return Sql(
        f"tag_fits({_STORED}, {_TAG_IDS}, ?, {fitting})",
        (*name, encoded, *name, *narrowed.parameters, encoded),
        READ,
        asking_us=_READING_US,
    )


def _termed(terms: list[str]) -> Sql:
    """Images by terms of their postings."""
    return Sql(
        "SELECT p.rowid FROM json_each(?) AS v CROSS JOIN posting AS p ON p.posting MATCH v.value",
        (json.dumps(terms),),
    )


def _values_of(tag: TagName, member: Member) -> Sql:
    """The tag's values that fit, and whether surely; all are tried once."""
    narrowed = _narrowed(member)
    return Sql(
        f"SELECT * FROM (SELECT v.id, index_fits(v.text, t.is_text, ?) AS fit FROM ({TAGS}) AS t"
        f" CROSS JOIN value AS v ON v.tag_id = t.id WHERE {narrowed.text}) WHERE fit > 0",
        (tagtests.encode(member), tag.name, tag.family, *narrowed.parameters),
    )


def _numbers_of(tag: TagName, member: Member) -> Sql:
    """Numbers and stretches that lie within the wanted ones, or that reach into them."""
    fit, reaches = f"{Fit.MAYBE:d}", f"{tagtests.fits_numbers(member):d}"
    ends: tuple[float, ...] = tagtests.number_ends(member) or ()
    if ends:
        fit = f"iif(n.low >= ? AND n.high <= ?, {Fit.SURELY:d}, {Fit.MAYBE:d})"
        reaches = "n.low <= ? AND n.high >= ?"
    return Sql(
        f"SELECT n.id, {fit} FROM ({TAGS}) AS t CROSS JOIN number AS n ON n.tag_id = t.id"
        f" WHERE {reaches}",
        (*ends, tag.name, tag.family, *ends[::-1]),
    )


def _narrowed(member: Member) -> Sql:
    """Only values with the right trigrams, where the index has every value whole."""
    match member:
        case Compare(op=Op.HAS | Op.EQ, value=Either(text=text, number=None, period=None)):
            needle = fold(text)
        case Wildcard(pattern=pattern):
            needle = patterns.longest_literal(pattern)
        case Compare(op=Op.HAS | Op.EQ, value=Either(number=None, period=period)):
            return _dated(period) if period else ALL
        case _:
            return ALL
    if len(needle) < MIN_TRIGRAM:
        return ALL
    some = values_with(needle)
    return Sql(f"(t.is_text = 0 OR v.id IN ({some.text}))", some.parameters)


def _dated(period: Period) -> Sql:
    """Only days of these years, and what is no day. No other day has the date in its text."""
    last = period.end - timedelta(microseconds=1)
    part = "substr(v.text, {}, {})".format
    return Sql(
        f"({part(1, 4)} BETWEEN ? AND ? OR v.text NOT GLOB '{_DAY}' OR {part(1, 4)} = '0000'"
        f" OR {part(6, 2)} NOT BETWEEN '01' AND '12' OR {part(9, 2)} NOT BETWEEN '01' AND '28')",
        (f"{period.start.year:04}", f"{last.year:04}"),
    )


def tag_sort_key(tag: TagName) -> Sql:
    """The tag's first value, NULL where the image has none."""
    name = (tag.name, tag.family)
    return Sql(
        "coalesce((SELECT nullif(fold(v.text), '') FROM value AS v"
        f" WHERE v.id = tag_text({_STORED}, {_TAG_IDS})), tag_key({_STORED}, {_TAG_IDS}))",
        (*name, *name),
    )
