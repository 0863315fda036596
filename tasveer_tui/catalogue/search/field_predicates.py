"""Conditions on one field, as SQL."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import intervals, patterns, text_predicates
from tasveer_tui.catalogue.search.ast import (
    Codes,
    Compare,
    Last,
    NumberInterval,
    Op,
    Period,
    Range,
    Wildcard,
    Yesterday,
)
from tasveer_tui.catalogue.search.column_map import (
    HAS_POSITION,
    IS_DUPLICATE,
    LOOKUP_COLUMNS,
    NUMBER_COLUMNS,
    ORIENTATION_CONDITIONS,
    TEXT_COLUMNS,
)
from tasveer_tui.catalogue.search.sql import (
    ALWAYS_TRUE,
    UPPER_BOUND,
    Sql,
    between,
    ids_in,
    join_conditions,
)
from tasveer_tui.catalogue.storage.columns import MIN_PRESENT
from tasveer_tui.catalogue.storage.text_codec import fold
from tasveer_tui.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.catalogue.search.ast import Member, Value
    from tasveer_tui.catalogue.search.intervals import Bounds

_DUPLICATE_IDS: Final = ids_in(
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


def has_field(name: str) -> Sql:
    """Whether the field is there."""
    if name in _SWITCH_CONDITIONS:
        return _SWITCH_CONDITIONS[name]
    if name == "keyword":
        return Sql("EXISTS (SELECT 1 FROM keyword AS k WHERE k.image_id = i.id)")
    return (
        _in_bounds(name, (MIN_PRESENT, UPPER_BOUND))
        if name in NUMBER_COLUMNS
        else _has_text_value(name)
    )


def _has_text_value(name: str) -> Sql:
    if name in LOOKUP_COLUMNS:
        return _lookup_condition(name, Sql(f"{LOOKUP_COLUMNS[name].text} <> ''"))
    if name in TEXT_COLUMNS:
        return Sql(f"{TEXT_COLUMNS[name].expression} <> ''", columns=TEXT_COLUMNS[name].columns)
    return ALWAYS_TRUE


_SWITCH_CONDITIONS: Final = {
    "gps": Sql(HAS_POSITION.expression, columns=HAS_POSITION.columns),
    "dup": replace(_DUPLICATE_IDS, ids=None),
}


def row_is_duplicate(*, is_on: bool = True) -> Sql:
    """Whether it is a copy, asked image by image."""
    test = Sql(IS_DUPLICATE, (), text_predicates.TAG_READ_COLUMNS | {"size_bytes", "etag"})
    return test if is_on else negate(test)


def field_matches(
    name: str, member: Member, now: datetime, rarest: Callable[[list[str]], str]
) -> Sql:
    """Whether the field fits a member of the search."""
    match member:
        case Range(low=low, high=high):
            ends = (None if end is None else _value_bounds(name, end, now) for end in (low, high))
            return _in_bounds(name, intervals.range_bounds(*ends))
        case Compare(value=bool(is_on)):
            return _SWITCH_CONDITIONS[name] if is_on else negate(_SWITCH_CONDITIONS[name])
        case Compare(value=Codes(codes=codes)):
            return _code_condition(name, codes)
        case Compare(op=op, value=NumberInterval() | Period() | Last() | Yesterday() as value):
            return _in_bounds(name, intervals.compare_bounds(op, _value_bounds(name, value, now)))
        case _:
            return _text_condition(name, member, rarest)


def negate(part: Sql) -> Sql:
    """Every image but these. Only AND and OR bind weaker than NOT, and those have parentheses."""
    return Sql(f"NOT {part.text}", part.parameters, part.columns)


def _value_bounds(name: str, value: Value, now: datetime) -> Bounds:
    match value:
        case NumberInterval(low=low, high=high):
            return low, high
        case Period() | Last() | Yesterday():
            return intervals.period_bounds(intervals.resolve_period(value, _field_clock(name, now)))
        case _:
            raise AssertionError(value)


def _field_clock(name: str, now: datetime) -> datetime:
    """The local time on the clock of the field, without its zone.

    Cameras tell the photographer's time, S3 and the catalogue UTC.
    """
    if name != "taken" and now.tzinfo is not None:
        now = now.astimezone(UTC)
    return now.replace(tzinfo=None)


def _in_bounds(name: str, ends: Bounds) -> Sql:
    if name == "year" and ends != (MIN_PRESENT, UPPER_BOUND):
        name, ends = "taken", _year_bounds(ends)
    number = NUMBER_COLUMNS[name]
    return between(number.expression, *ends, number.columns)


def _year_bounds(ends: Bounds) -> Bounds:
    """The seconds of these years, so that the index on `taken_at` serves them."""
    first = math.ceil(max(ends[0], 1))
    last = math.floor(min(ends[1], _MAX_YEAR))
    if first > last:
        return 0.0, -1.0
    return intervals.period_bounds(
        Period(intervals.year_start(first), intervals.year_start(last + 1))
    )


def _code_condition(name: str, codes: tuple[int, ...]) -> Sql:
    number = NUMBER_COLUMNS[name]
    marks = ", ".join("?" * len(codes))
    return Sql(f"{number.expression} IN ({marks})", codes, number.columns)


def _text_condition(name: str, member: Member, rarest: Callable[[list[str]], str]) -> Sql:
    if name in LOOKUP_COLUMNS:
        return _lookup_condition(
            name, text_predicates.match_text(LOOKUP_COLUMNS[name].text, member)
        )
    if name == "keyword":
        test = text_predicates.match_text("text", member)
        return text_predicates.keyword_matches(test)
    if name == "orientation" and isinstance(member, Compare):
        return Sql(ORIENTATION_CONDITIONS[str(member.value)], columns=TEXT_COLUMNS[name].columns)
    if name == "status" and isinstance(member, Compare):
        return _status_condition(str(member.value))
    needle = rarest(_required_key_parts(name, member))
    narrowed = text_predicates.key_part_contains(needle) if needle else None
    if name in TEXT_COLUMNS:
        own = TEXT_COLUMNS[name]
        test = text_predicates.match_text(own.expression, member)
        found = Sql(test.text, test.parameters, own.columns)
        return join_conditions((narrowed, found), "AND") if narrowed else found
    return text_predicates.key_matches(member, narrowed)


def _status_condition(word: str) -> Sql:
    """Other states than ok are few; the second condition is what their index asks for."""
    columns = frozenset({"status"})
    if word == Status.OK:
        return Sql("i.status = ?", (word,), columns)
    return Sql("(i.status = ? AND i.status <> 'ok')", (word,), columns, index_column="status")


def _required_key_parts(name: str, member: Member) -> list[str]:
    """Folded texts that parts of the key must contain to fit; after a slash, begin with."""
    if name not in ("name", "path"):
        return []
    match member:
        case Compare(op=Op.CONTAINS, value=str(text)):
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
        if len(part) >= text_predicates.MIN_TRIGRAM_LENGTH
    }
    return sorted(parts)


def _lookup_condition(name: str, test: Sql) -> Sql:
    shared = LOOKUP_COLUMNS[name]
    return Sql(
        f"i.{shared.column} IN (SELECT id FROM {shared.table} WHERE {test.text})",
        test.parameters,
        frozenset({shared.column}),
        index_column=shared.column,
    )
