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

from tasveer_tui.catalogue.expressions import searcher
from tasveer_tui.catalogue.formats import plain
from tasveer_tui.catalogue.search import bounds, dates, patterns
from tasveer_tui.catalogue.search.tree import Compare, Either, Op, Range, Regex, Wildcard
from tasveer_tui.catalogue.texts import MAX_VALUE, fold, to_stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.catalogue.search.bounds import Ends
    from tasveer_tui.catalogue.search.tree import Member
    from tasveer_tui.records import TagValue

_MAX_SUBJECT: Final = 10_000
"""Characters of a value that a pattern sees."""
_DAY_S: Final = 86_400
_MICROSECOND: Final = 1e-6
"""What lies between the last moment of a day and the next day."""
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
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
_IN_A_DATE: Final = re.compile(r"[0-9:.tz+ -]*")
"""Folded characters that a date with a time may have behind its day."""


class Fit(IntEnum):
    """What the part of a value that the index holds says of the whole."""

    NO = 0
    MAYBE = 1
    SURELY = 2


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A comparison or a range, as everything that the value may be read as."""

    op: Op
    text: str
    """Folded; empty where texts cannot fit."""
    numbers: Ends | None
    times: Ends | None
    is_quoted: bool

    def fits(self, value: str | float) -> bool:
        if not isinstance(value, str):
            if self.numbers:
                return _lies(value, self.numbers)
            return self.is_quoted and self._fits_text(plain(value))
        if self.numbers and (number := _as_number(value)) is not None:
            return _lies(number, self.numbers)
        if self.times and (time := _as_time(value)) is not None:
            return _lies(time, self.times)
        return self._fits_text(value)

    def _fits_text(self, value: str) -> bool:
        folded = fold(to_stored(value))
        if not self.text or not folded:
            return False
        match self.op:
            case Op.HAS:
                return self.text in folded
            case Op.EQ:
                return self.text == folded
            case Op.LT | Op.LE:
                return folded < self.text or (folded == self.text and self.op is Op.LE)
            case _:
                return folded > self.text or (folded == self.text and self.op is Op.GE)

    def fits_part(self, part: str) -> Fit:
        """The part is the day of a date with a time, or the start of a long text."""
        if len(part) >= MAX_VALUE:
            is_found = self.op is Op.HAS and self.fits(part)
            return Fit.SURELY if is_found else Fit.MAYBE
        if self.times and (start := _as_time(part)) is not None:
            return _overlap(start, start + _DAY_S, self.times)
        return Fit.MAYBE if self.text and _IN_A_DATE.fullmatch(self.text) else Fit.NO


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A wildcard or a regular expression."""

    find: Callable[[str], object]

    def fits(self, value: str | float) -> bool:
        text = to_stored(plain(value)[:_MAX_SUBJECT])
        return bool(text and self.find(text))

    def fits_part(self, _part: str) -> Fit:
        return Fit.MAYBE


def encode(member: Member) -> str:
    """The member as one text parameter, for the functions that SQL calls."""
    match member:
        case Wildcard():
            return json.dumps(["wildcard", member.pattern])
        case Regex():
            return json.dumps(["regex", member.pattern])
        case Compare(op=op, value=Either() as value):
            # An order among texts is asked only where the value is neither number nor date.
            is_text = not op.is_order or (value.number is None and value.period is None)
            number, time = (ends and bounds.compared(op, ends) for ends in _ends(value))
            text = fold(value.text) if is_text else ""
            return json.dumps([op.value, text, number, time, value.is_quoted])
        case Range(low=low, high=high):
            return json.dumps([Op.EQ.value, "", *_ranged(low, high), False])
        case _:
            raise AssertionError(member)


def fits_numbers(member: Member) -> bool:
    """Whether a value that is a number could fit."""
    match member:
        case Compare(value=Either(is_quoted=is_quoted)):
            return is_quoted or number_ends(member) is not None
        case Range():
            return number_ends(member) is not None
        case _:
            return True


def is_dated(member: Member) -> bool:
    """Whether dates are compared."""
    match member:
        case Compare(value=Either(period=period)):
            return period is not None
        case Range(low=low, high=high):
            return _ranged(low, high)[1] is not None
        case _:
            return False


def number_ends(member: Member) -> Ends | None:
    """The numbers that fit, both ends included; None where not numbers are compared."""
    match member:
        case Compare(op=op, value=Either() as value) if number := _ends(value)[0]:
            return bounds.compared(op, number)
        case Range(low=low, high=high):
            return _ranged(low, high)[0]
        case _:
            return None


def _ends(value: object) -> tuple[Ends | None, Ends | None]:
    if not isinstance(value, Either):
        return None, None
    number = (value.number.low, value.number.high) if value.number else None
    return number, bounds.of_period(value.period) if value.period else None


def _ranged(low: object, high: object) -> tuple[Ends | None, ...]:
    """As numbers and as dates; None where an end that is given cannot be read so."""
    given = [end is not None for end in (low, high)]
    return tuple(
        bounds.ranged(*pair) if [end is not None for end in pair] == given else None
        for pair in zip(_ends(low), _ends(high), strict=True)
    )


def fits(value: TagValue, encoded: str) -> bool:
    """Whether the value, or one of a list, fits what `encode` made."""
    test = _decoded(encoded)
    if isinstance(value, list):
        return any(map(test.fits, value))
    return test.fits(value)


def index_fits(text: str, is_whole: int, encoded: str) -> int:
    """The same of a text in the index of values, which may hold a part of the value only."""
    test = _decoded(encoded)
    if is_whole or (len(text) < MAX_VALUE and not _DAY.fullmatch(text)):
        return Fit.SURELY if test.fits(text) else Fit.NO
    return test.fits_part(text)


@lru_cache(maxsize=256)
def _decoded(encoded: str) -> _Comparison | _Pattern:
    kind, *rest = json.loads(encoded)
    if kind == "wildcard":
        matcher = patterns.wildcard(rest[0])
        return _Pattern(lambda text: matcher.fullmatch(fold(text)))
    if kind == "regex":
        return _Pattern(searcher(rest[0]))
    return _Comparison(Op(kind), *rest)


def _lies(number: float, ends: Ends) -> bool:
    return ends[0] <= number <= ends[1]


def _overlap(start: float, end: float, wanted: Ends) -> Fit:
    if wanted[0] <= start and end - _MICROSECOND <= wanted[1]:
        return Fit.SURELY
    return Fit.MAYBE if start <= wanted[1] and wanted[0] < end else Fit.NO


def _as_number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    number, below = match.groups()
    if below is None:
        return float(number)
    return float(number) / float(below) if float(below) else None


def _as_time(text: str) -> float | None:
    if _DAY.fullmatch(text):  # as the index has them by the thousand
        try:
            whole = date(int(text[:4]), int(text[5:7]), int(text[8:]))
        except ValueError:
            return None
        return float((whole.toordinal() - _FIRST_DAY) * _DAY_S)
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
    return dates.seconds(moment)
