"""Conditions on the texts of all tags, and on one tag, through the index of values."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.common_tags import KEY_TAG
from tasveer_tui.catalogue.search import matching, patterns, tagtests
from tasveer_tui.catalogue.search.sql import Sql, both, ids_in
from tasveer_tui.catalogue.search.tagtests import Fit
from tasveer_tui.catalogue.search.tree import Compare, Either, Op, Regex, Wildcard
from tasveer_tui.catalogue.texts import fold

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import TagName
    from tasveer_tui.catalogue.search.tree import Member

MIN_TRIGRAM: Final = 3
"""Characters; all values are looked through for shorter texts."""

# One look-up a value. One MATCH of many values joined by OR takes their product.
_POSTED: Final = (
    "SELECT p.rowid FROM ({}) AS v CROSS JOIN posting AS p ON p.posting MATCH CAST(v.id AS TEXT)"
)
_TRIGRAM: Final = "SELECT rowid AS id FROM value_tri WHERE value_tri MATCH ?"
_TAGS: Final = "SELECT id, is_text FROM tag WHERE name = ? COLLATE NOCASE AND in_family(?, grp)"
_STORED: Final = "(SELECT z FROM image_tags AS s WHERE s.id = i.id)"
_KEY: Final = "(SELECT key FROM object AS o WHERE o.id = i.id)"
TAGS_COLUMN: Final = frozenset({"image_tags"})
"""No column of `image`, so no index covers a search that reads tags."""
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
    """The same asked image by image: for texts that nearly all images have."""
    return Sql(f"has_text({_STORED}, {_KEY}, ?)", (needle,), TAGS_COLUMN)


def _keys_with(needle: str) -> Sql:
    return keys(Compare("path", Op.HAS, needle))


def in_key_part(needle: str) -> Sql:
    """Images with the folded text, which has no slash, in a part of the key."""
    values = values_with(needle)
    of_keys = f"SELECT id FROM value WHERE id IN ({values.text}) AND NOT ({_NOT_OF_KEYS})"
    return ids_in(_posted(Sql(of_keys, values.parameters)))


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
        return ids_in(Sql(f"SELECT id FROM object WHERE {test.text}", test.parameters))
    asked = Sql(f"(SELECT {test.text} FROM object AS o WHERE o.id = i.id)", test.parameters)
    return both((narrowed, asked), "AND")


def _posted(values: Sql) -> Sql:
    return Sql(_POSTED.format(values.text), values.parameters)


def has_tag(tag: TagName) -> Sql:
    """Images that carry the tag."""
    return ids_in(_present(tag, ""))


def _present(tag: TagName, restriction: str) -> Sql:
    terms = f"SELECT 't' || id AS term FROM ({_TAGS}{restriction})"
    return Sql(
        f"SELECT p.rowid FROM ({terms}) AS t CROSS JOIN posting AS p ON p.posting MATCH t.term",
        (tag.name, tag.family),
    )


def tag_fits(tag: TagName, member: Member) -> Sql:
    """Images with a value of the tag that fits.

    The index of values answers where it holds the value whole, or enough of it. Of other
    images the stored tags are read: those whose value it holds in part, or, where a number
    could fit, which it does not hold, those that carry the tag.
    """
    encoded = tagtests.encode(member)
    surely = _posted(_values_of(tag, member, encoded, Fit.SURELY))
    if tagtests.fits_numbers(member):
        # Reading tags is slow, so this must not lead: `+` leaves the other conditions first.
        others, number, columns = _present(tag, " AND is_text = 0"), "+i.id", TAGS_COLUMN
    else:
        maybe = _values_of(tag, member, encoded, Fit.MAYBE)
        others, number, columns = _posted(maybe), "i.id", frozenset()
    ids = f"(SELECT json_group_array(id) FROM ({_TAGS} ORDER BY id))"
    return Sql(
        f"({number} IN ({surely.text}) OR ({number} IN ({others.text} EXCEPT {surely.text})"
        f" AND tag_fits({_STORED}, {ids}, ?)))",
        (
            *(*surely.parameters, *others.parameters, *surely.parameters),
            *(tag.name, tag.family, encoded),
        ),
        columns,
        gives_ids=not columns,
    )


def row_tag_fits(tag: TagName, member: Member) -> Sql:
    """The same asked image by image, for as many as a page needs."""
    ids = f"(SELECT json_group_array(id) FROM ({_TAGS} ORDER BY id))"
    encoded = tagtests.encode(member)
    return Sql(f"tag_fits({_STORED}, {ids}, ?)", (tag.name, tag.family, encoded), TAGS_COLUMN)


def _values_of(tag: TagName, member: Member, encoded: str, fit: Fit) -> Sql:
    narrowed = _narrowed(member) if fit is Fit.SURELY else Sql("")
    return Sql(
        f"SELECT v.id FROM ({_TAGS}) AS t CROSS JOIN value AS v ON v.tag_id = t.id"
        f" WHERE index_fits(v.text, t.is_text, ?) = {fit:d}{narrowed.text}",
        (tag.name, tag.family, encoded, *narrowed.parameters),
    )


def _narrowed(member: Member) -> Sql:
    """Only values with the right trigrams, where nothing else can fit."""
    match member:
        case Compare(op=Op.HAS | Op.EQ, value=Either(text=text, number=None, period=None)):
            needle = fold(text)
        case Wildcard(pattern=pattern):
            needle = patterns.longest_literal(pattern)
        case _:
            return Sql("")
    if len(needle) < MIN_TRIGRAM:
        return Sql("")
    some = values_with(needle)
    return Sql(f" AND v.id IN ({some.text})", some.parameters)


def tag_sort_key(tag: TagName) -> Sql:
    """The tag's first value, NULL where the image has none."""
    ids = f"(SELECT json_group_array(id) FROM ({_TAGS} ORDER BY id))"
    return Sql(f"tag_key({_STORED}, {ids})", (tag.name, tag.family))
