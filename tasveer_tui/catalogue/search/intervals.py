"""Dates as a search writes them: `2023`, `2023-05-14T10:00`, `today`, `last 30d`."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue.search.ast import Last, Op, Period, Unit, Yesterday
from tasveer_tui.catalogue.search.sql import UPPER_BOUND
from tasveer_tui.catalogue.storage.columns import MIN_PRESENT

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.spans import SourceSpan

DATE_HELP: Final = (
    "Write 2023, 2023-05, 2023-05-14, 2023-05-14T10:00, today, yesterday or last 30d."
)
_DATE: Final = re.compile(
    r"([0-9]{4})(?:[-:/]([0-9]{1,2})(?:[-:/]([0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,6})?)?)?)?)?",
    re.IGNORECASE,
)
_LAST: Final = re.compile(r"last\s*([0-9]{1,5})\s*([a-z]+)", re.IGNORECASE)
_UNITS: Final = {
    **dict.fromkeys(("h", "hour", "hours"), Unit.HOUR),
    **dict.fromkeys(("d", "day", "days"), Unit.DAY),
    **dict.fromkeys(("w", "week", "weeks"), Unit.WEEK),
    **dict.fromkeys(("m", "mo", "month", "months"), Unit.MONTH),
    **dict.fromkeys(("y", "year", "years"), Unit.YEAR),
}
_MONTHS_PER_YEAR: Final = 12


def parse_date(piece: SourceSpan) -> Period | Last | Yesterday:
    """The period that the text names.

    Raises:
        QueryError: it names none.

    """
    words = piece.text.strip().lower()
    if words == "today":
        return Last(0, Unit.DAY)
    if words == "yesterday":
        return Yesterday()
    if words.startswith("last"):
        return _parse_last(piece, words)
    match = _DATE.fullmatch(words)
    if not match:
        piece.fail(f"“{piece.text}” is not a date.", DATE_HELP)
    return _parse_period(piece, match)


def _parse_last(piece: SourceSpan, words: str) -> Last:
    match = _LAST.fullmatch(words)
    unit = _UNITS.get(match.group(2)) if match else None
    if match is None or unit is None:
        piece.fail(f"“{piece.text}” is not a stretch of time.", "Write last 30d: h, d, w, m or y.")
    return Last(int(match.group(1)), unit)


def _parse_period(piece: SourceSpan, match: re.Match[str]) -> Period:
    given = [int(part) for part in match.groups()[:6] if part is not None]
    _check_calendar(piece, given)
    try:
        start = datetime(*[*given, 1, 1][: max(3, len(given))])  # type: ignore[arg-type]  # noqa: DTZ001 - no zone is meant
    except ValueError as error:
        piece.fail(f"“{piece.text}” is not a date: {error}.", DATE_HELP)
    if match.group(7):
        digits = match.group(7)[1:]
        start = start.replace(microsecond=int(digits.ljust(6, "0")))
        return Period(start, _add_clamped(start, timedelta(microseconds=10 ** (6 - len(digits)))))
    return Period(start, _period_end(start, len(given)))


def _check_calendar(piece: SourceSpan, given: list[int]) -> None:
    """Name the part that is out of range; the calendar's own words come in `_period`."""
    year, month, day = [*given, 1, 1][:3]
    if year < 1:
        piece.fail("There is no year 0000.", DATE_HELP)
    if not 1 <= month <= _MONTHS_PER_YEAR:
        piece.fail(f"There is no month {month}.", DATE_HELP)
    if not 1 <= day <= monthrange(year, month)[1]:
        days = monthrange(year, month)[1]
        piece.fail(f"{year:04}-{month:02} has {days} days, so no day {day}.", DATE_HELP)


def _period_end(start: datetime, parts: int) -> datetime:
    """The first moment after the year, month, day, minute or second."""
    match parts:
        case 1 | 2:
            return months_before(start, -_MONTHS_PER_YEAR if parts == 1 else -1)
        case 3:
            return _add_clamped(start, timedelta(days=1))
        case 5:
            return _add_clamped(start, timedelta(minutes=1))
        case _:
            return _add_clamped(start, timedelta(seconds=1))


def _add_clamped(start: datetime, length: timedelta) -> datetime:
    try:
        return start + length
    except OverflowError:
        return datetime.max  # noqa: DTZ901 - the end of the calendar, without a zone


def months_before(moment: datetime, months: int) -> datetime:
    """`count` months earlier; on the month's last day if it has no such day."""
    count = moment.year * _MONTHS_PER_YEAR + moment.month - 1 - months
    year, month = divmod(count, _MONTHS_PER_YEAR)
    if year < 1:
        return datetime.min  # noqa: DTZ901
    if year > datetime.max.year:  # noqa: DTZ901
        return datetime.max  # noqa: DTZ901
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def year_start(year: int) -> datetime:
    """Its first moment; the end of the calendar after the last year."""
    return datetime.max if year > datetime.max.year else datetime(year, 1, 1)  # noqa: DTZ001, DTZ901


def resolve_period(value: Period | Last | Yesterday, now: datetime) -> Period:
    """The period itself; `now` has no zone and stands on the clock that is searched."""
    if isinstance(value, Period):
        return value
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if isinstance(value, Yesterday):
        return Period(_subtract_clamped(today, timedelta(days=1)), today)
    return Period(_last_start(value, now, today), _add_clamped(today, timedelta(days=1)))


def _last_start(value: Last, now: datetime, today: datetime) -> datetime:
    match value.unit:
        case Unit.HOUR:
            return _subtract_clamped(now, timedelta(hours=value.count))
        case Unit.DAY:
            return _subtract_clamped(today, timedelta(days=value.count))
        case Unit.WEEK:
            return _subtract_clamped(today, timedelta(weeks=value.count))
        case Unit.MONTH:
            return months_before(today, value.count)
        case Unit.YEAR:
            return months_before(today, value.count * _MONTHS_PER_YEAR)


def _subtract_clamped(moment: datetime, length: timedelta) -> datetime:
    try:
        return moment - length
    except OverflowError:
        return datetime.min  # noqa: DTZ901


def to_epoch_s(moment: datetime) -> float:
    """Seconds since 1970, the clock read as if it were UTC."""
    return (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


# Operators and ranges as the two ends, both included, that a number must lie between.

Bounds: TypeAlias = tuple[float, float]


def compare_bounds(op: Op, value: Bounds) -> Bounds:
    """The numbers that compare so with a value that is itself a stretch.

    Of `<`, `=` and `>` exactly one holds for every number, so `taken<=2023` has all of 2023.
    """
    low, high = value
    match op:
        case Op.LT:
            return MIN_PRESENT, math.nextafter(low, -math.inf)
        case Op.LE:
            return MIN_PRESENT, high
        case Op.GT:
            return math.nextafter(high, math.inf), UPPER_BOUND
        case Op.GE:
            return low, UPPER_BOUND
        case _:
            return low, high


def range_bounds(low: Bounds | None, high: Bounds | None) -> Bounds:
    """From the start of one stretch to the end of another; None is open."""
    return low[0] if low else MIN_PRESENT, high[1] if high else UPPER_BOUND


def period_bounds(period: Period) -> Bounds:
    """Seconds since 1970, the clock read as if it were UTC."""
    return to_epoch_s(period.start), math.nextafter(to_epoch_s(period.end), -math.inf)
