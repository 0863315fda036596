"""Conditions on one field, as SQL."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.columns import PRESENT
from tasveer_tui.catalogue.search import bounds, dates, matching, patterns, words
from tasveer_tui.catalogue.search.sql import (
    ALL,
    ENDLESS,
    Sql,
    between,
    both,
    ids_in,
)
from tasveer_tui.catalogue.search.storage import (
    DUPLICATE,
    NUMBERS,
    OWN,
    PLACED,
    SHAPES,
    SHARED,
)
from tasveer_tui.catalogue.search.tree import (
    Codes,
    Compare,
    Last,
    Op,
    Period,
    Range,
    Span,
    Wildcard,
    Yesterday,
)
from tasveer_tui.catalogue.texts import fold
from tasveer_tui.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.catalogue.search.bounds import Ends
    from tasveer_tui.catalogue.search.tree import Member, Value

_COPIES: Final = ids_in(
    Sql(
        "SELECT id FROM"
        " (SELECT d.id, count(*) OVER (PARTITION BY d.size_bytes, d.etag) AS n"
        " FROM (SELECT size_bytes FROM image INDEXED BY image_by_size"
        " GROUP BY size_bytes HAVING count(*) > 1) AS g"
        " CROSS JOIN image AS d INDEXED BY image_by_size ON d.size_bytes = g.size_bytes"
        " WHERE d.etag <> '') WHERE n > 1"
    )
)
_MAX_YEAR: Final = 9999


def has(name: str) -> Sql:
    """Whether the field is there."""
    if name in _SWITCHES:
        return _SWITCHES[name]
    if name == "keyword":
        return Sql("EXISTS (SELECT 1 FROM keyword AS k WHERE k.image_id = i.id)")
    return _within(name, (PRESENT, ENDLESS)) if name in NUMBERS else _has_text(name)


def _has_text(name: str) -> Sql:
    if name in SHARED:
        return _shared(name, Sql(f"{SHARED[name].text} <> ''"))
    if name in OWN:
        return Sql(f"{OWN[name].expression} <> ''", columns=OWN[name].columns)
    return ALL


_SWITCHES: Final = {
    "gps": Sql(PLACED.expression, columns=PLACED.columns),
    "dup": replace(_COPIES, ids=None),
}


def row_copied(*, is_on: bool = True) -> Sql:
    """Whether it is a copy, asked image by image."""
    test = Sql(DUPLICATE, (), words.READ | {"size_bytes", "etag"})
    return test if is_on else complement(test)


def fits(name: str, member: Member, now: datetime, rarest: Callable[[list[str]], str]) -> Sql:
    """Whether the field fits a member of the search."""
    match member:
        case Range(low=low, high=high):
            ends = (None if end is None else _ends(name, end, now) for end in (low, high))
            return _within(name, bounds.ranged(*ends))
        case Compare(value=bool(is_on)):
            return _SWITCHES[name] if is_on else complement(_SWITCHES[name])
        case Compare(value=Codes(codes=codes)):
            return _coded(name, codes)
        case Compare(op=op, value=Span() | Period() | Last() | Yesterday() as value):
            return _within(name, bounds.compared(op, _ends(name, value, now)))
        case _:
            return _fits_text(name, member, rarest)


def complement(part: Sql) -> Sql:
    """Every image but these. Only AND and OR bind weaker than NOT, and those have parentheses."""
    return Sql(f"NOT {part.text}", part.parameters, part.columns)


def _ends(name: str, value: Value, now: datetime) -> Ends:
    match value:
        case Span(low=low, high=high):
            return low, high
        case Period() | Last() | Yesterday():
            return bounds.of_period(dates.resolve(value, _clock(name, now)))
        case _:
            raise AssertionError(value)


def _clock(name: str, now: datetime) -> datetime:
    """What stands on the clock that the field is told by, without its zone.

    Cameras tell the photographer's time, S3 and the catalogue UTC.
    """
    if name != "taken" and now.tzinfo is not None:
        now = now.astimezone(UTC)
    return now.replace(tzinfo=None)


def _within(name: str, ends: Ends) -> Sql:
    if name == "year" and ends != (PRESENT, ENDLESS):
        name, ends = "taken", _years(ends)
    number = NUMBERS[name]
    return between(number.expression, *ends, number.columns)


def _years(ends: Ends) -> Ends:
    """The seconds of these years, so that the index on `taken_at` serves them."""
    first = math.ceil(max(ends[0], 1))
    last = math.floor(min(ends[1], _MAX_YEAR))
    if first > last:
        return 0.0, -1.0
    return bounds.of_period(Period(dates.new_year(first), dates.new_year(last + 1)))


def _coded(name: str, codes: tuple[int, ...]) -> Sql:
    number = NUMBERS[name]
    marks = ", ".join("?" * len(codes))
    return Sql(f"{number.expression} IN ({marks})", codes, number.columns)


def _fits_text(name: str, member: Member, rarest: Callable[[list[str]], str]) -> Sql:
    if name in SHARED:
        return _shared(name, matching.test(SHARED[name].text, member))
    if name == "keyword":
        test = matching.test("text", member)
        return words.keyworded(test)
    if name == "orientation" and isinstance(member, Compare):
        return Sql(SHAPES[str(member.value)], columns=OWN[name].columns)
    if name == "status" and isinstance(member, Compare):
        return _of_status(str(member.value))
    needle = rarest(_key_parts(name, member))
    narrowed = words.in_key_part(needle) if needle else None
    if name in OWN:
        own = OWN[name]
        test = matching.test(own.expression, member)
        found = Sql(test.text, test.parameters, own.columns)
        return both((narrowed, found), "AND") if narrowed else found
    return words.keys(member, narrowed)


def _of_status(word: str) -> Sql:
    """Other states than ok are few; the second condition is what their index asks for."""
    columns = frozenset({"status"})
    if word == Status.OK:
        return Sql("i.status = ?", (word,), columns)
    return Sql("(i.status = ? AND i.status <> 'ok')", (word,), columns, index_column="status")


def _key_parts(name: str, member: Member) -> list[str]:
    """Folded texts that parts of the key must contain to fit; after a slash, begin with."""
    if name not in ("name", "path"):
        return []
    match member:
        case Compare(op=Op.HAS, value=str(text)):
            found = [fold(text)]
        case Compare(op=Op.EQ, value=str(text)):
            found = ["/" + fold(text)]
        case Wildcard(pattern=pattern):
            first, *others = patterns.literals(pattern)
            found = ["/" + first, *others]
        case _:
            return []
    parts = {
        part if place == 0 else "/" + part
        for text in found
        for place, part in enumerate(text.split("/"))
        if len(part) >= words.MIN_TRIGRAM
    }
    return sorted(parts)


def _shared(name: str, test: Sql) -> Sql:
    shared = SHARED[name]
    return Sql(
        f"i.{shared.column} IN (SELECT id FROM {shared.table} WHERE {test.text})",
        test.parameters,
        frozenset({shared.column}),
        index_column=shared.column,
    )
