"""Whether the value of a tag fits a member of a search, whatever its type is.

What was searched for and what the image has are compared as numbers where both spell one, as
dates where both spell one, else as texts, without regard to case and accents. A number in the
image is also a text for quotes, wildcards and regular expressions. An empty text fits nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.field_formats import format_plain
from tasveer_tui.catalogue.search import intervals, patterns
from tasveer_tui.catalogue.search.ast import Compare, Op, Range, Regex, UntypedValue, Wildcard
from tasveer_tui.catalogue.storage.sql_functions import compile_search
from tasveer_tui.catalogue.storage.text_codec import MAX_INDEXED_CHARS, fold, to_stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.catalogue.search.ast import Member
    from tasveer_tui.catalogue.search.intervals import Bounds
    from tasveer_tui.records import TagValue

_MAX_SUBJECT_LENGTH: Final = 10_000
"""Characters of a value that a pattern sees."""
_SECONDS_PER_DAY: Final = 86_400
_MICROSECOND_S: Final = 1e-6
"""What lies between the last moment of a day and the next day."""
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_NUMBER: Final = re.compile(
    r"\s*([+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:e[+-]?[0-9]{1,2})?)"
    r"(?:/([0-9]{1,15}))?\s*",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"([0-9]{4})[:-]([0-9]{2})[:-]([0-9]{2})"
    r"(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?)?[0-9.Z+: -]*"
)
_DAY: Final = re.compile(r"[0-9]{4}[:-][0-9]{2}[:-][0-9]{2}")
_DATE_CHARACTERS: Final = re.compile(r"[0-9:.tz+ -]*")
"""Folded characters that a date with a time may have behind its day."""


class MatchResult(IntEnum):
    """What the part of a value that the index holds says of the whole."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A comparison or a range, as everything that the value may be read as."""

    op: Op
    text: str
    """Folded; empty where texts cannot fit."""
    numbers: Bounds | None
    times: Bounds | None
    is_quoted: bool

    def matches(self, value: str | float) -> bool:
        if not isinstance(value, str):
            if self.numbers:
                return _is_in_bounds(value, self.numbers)
            return self.is_quoted and self._matches_text(format_plain(value))
        if self.numbers and (number := _parse_number(value)) is not None:
            return _is_in_bounds(number, self.numbers)
        if self.times and (time := _parse_time_s(value)) is not None:
            return _is_in_bounds(time, self.times)
        return self._matches_text(value)

    def _matches_text(self, value: str) -> bool:
        folded = fold(to_stored(value))
        if not self.text or not folded:
            return False
        match self.op:
            case Op.CONTAINS:
                return self.text in folded
            case Op.EQ:
                return self.text == folded
            case Op.LT | Op.LE:
                return folded < self.text or (folded == self.text and self.op is Op.LE)
            case _:
                return folded > self.text or (folded == self.text and self.op is Op.GE)

    def matches_part(self, part: str) -> MatchResult:
        """The part is the day of a date with a time, or the start of a long text."""
        if len(part) >= MAX_INDEXED_CHARS:
            is_found = self.op is Op.CONTAINS and self.matches(part)
            return MatchResult.YES if is_found else MatchResult.MAYBE
        if self.times and (start := _parse_time_s(part)) is not None:
            return _match_interval(start, start + _SECONDS_PER_DAY, self.times)
        return (
            MatchResult.MAYBE
            if self.text and _DATE_CHARACTERS.fullmatch(self.text)
            else MatchResult.NO
        )


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A wildcard or a regular expression."""

    find: Callable[[str], object]

    def matches(self, value: str | float) -> bool:
        text = to_stored(format_plain(value)[:_MAX_SUBJECT_LENGTH])
        return bool(text and self.find(text))

    def matches_part(self, _part: str) -> MatchResult:
        return MatchResult.MAYBE


def encode_member(member: Member) -> str:
    """The member as one text parameter, for the functions that SQL calls."""
    match member:
        case Wildcard():
            return json.dumps(["wildcard", member.pattern])
        case Regex():
            return json.dumps(["regex", member.pattern])
        case Compare(op=op, value=UntypedValue() as value):
            # An order among texts is asked only where the value is neither number nor date.
            is_text = not op.is_order or (value.number is None and value.period is None)
            number, time = (
                ends and intervals.compare_bounds(op, ends) for ends in _value_bounds(value)
            )
            text = fold(value.text) if is_text else ""
            return json.dumps([op.value, text, number, time, value.is_quoted])
        case Range(low=low, high=high):
            return json.dumps([Op.EQ.value, "", *_range_bounds(low, high), False])
        case _:
            raise AssertionError(member)


def can_match_numbers(member: Member) -> bool:
    """Whether a value that is a number could fit."""
    match member:
        case Compare(value=UntypedValue(is_quoted=is_quoted)):
            return is_quoted or number_bounds(member) is not None
        case Range():
            return number_bounds(member) is not None
        case _:
            return True


def number_bounds(member: Member) -> Bounds | None:
    """The numbers that fit, both ends included; None where not numbers are compared."""
    match member:
        case Compare(op=op, value=UntypedValue() as value) if number := _value_bounds(value)[0]:
            return intervals.compare_bounds(op, number)
        case Range(low=low, high=high):
            return _range_bounds(low, high)[0]
        case _:
            return None


def _value_bounds(value: object) -> tuple[Bounds | None, Bounds | None]:
    if not isinstance(value, UntypedValue):
        return None, None
    number = (value.number.low, value.number.high) if value.number else None
    return number, intervals.period_bounds(value.period) if value.period else None


def _range_bounds(low: object, high: object) -> tuple[Bounds | None, ...]:
    """As numbers and as dates; None where an end that is given cannot be read so."""
    given = [end is not None for end in (low, high)]
    return tuple(
        intervals.range_bounds(*pair) if [end is not None for end in pair] == given else None
        for pair in zip(_value_bounds(low), _value_bounds(high), strict=True)
    )


def value_matches(value: TagValue, encoded: str) -> bool:
    """Whether the value, or one of a list, fits what `encode` made."""
    test = _decode_member(encoded)
    if isinstance(value, list):
        return any(map(test.matches, value))
    return test.matches(value)


def index_fits(text: str, is_whole: int, encoded: str) -> int:
    """The same of a text in the index of values, which may hold a part of the value only."""
    test = _decode_member(encoded)
    if is_whole or (len(text) < MAX_INDEXED_CHARS and not _DAY.fullmatch(text)):
        return MatchResult.YES if test.matches(text) else MatchResult.NO
    return test.matches_part(text)


@lru_cache(maxsize=256)
def _decode_member(encoded: str) -> _Comparison | _Pattern:
    kind, *rest = json.loads(encoded)
    if kind == "wildcard":
        matcher = patterns.compile_wildcard(rest[0])
        return _Pattern(lambda text: matcher.fullmatch(fold(text)))
    if kind == "regex":
        return _Pattern(compile_search(rest[0]))
    return _Comparison(Op(kind), *rest)


def _is_in_bounds(number: float, ends: Bounds) -> bool:
    return ends[0] <= number <= ends[1]


def _match_interval(start: float, end: float, wanted: Bounds) -> MatchResult:
    if wanted[0] <= start and end - _MICROSECOND_S <= wanted[1]:
        return MatchResult.YES
    return MatchResult.MAYBE if start <= wanted[1] and wanted[0] < end else MatchResult.NO


def _parse_number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    number, below = match.groups()
    if below is None:
        return float(number)
    return float(number) / float(below) if float(below) else None


def _parse_time_s(text: str) -> float | None:
    if _DAY.fullmatch(text):  # as the index has them by the thousand
        try:
            whole = date(int(text[:4]), int(text[5:7]), int(text[8:]))
        except ValueError:
            return None
        return float((whole.toordinal() - _EPOCH_ORDINAL) * _SECONDS_PER_DAY)
    match = _DATE.fullmatch(text)
    if not match:
        return None
    *parts, fraction = match.groups(default="0")
    year, month, day, hour, minute, second = map(int, parts)
    microsecond = int(fraction.ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001 - a clock without a zone
    except ValueError:
        return None
    return intervals.to_epoch_s(moment)
