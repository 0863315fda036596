"""Typed catalogue values as short text for people. Not sanitised: the caller does that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.catalogue import codes
from tasveer_tui.humanize import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CellValue: TypeAlias = str | int | float | None
"""None means absent."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DATE_S = 253_402_300_800.0
_MIN_DATE_S = -62_135_596_800.0
_MAX_FRACTION_S = 0.26
"""Exposures longer than a quarter of a second are written in seconds, as cameras do."""
_NAMED_RATIOS = {
    f"{wide}:{high}": wide / high
    for a, b in ((1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (3, 1))
    for wide, high in ((a, b), (b, a))
}
_RATIO_TOLERANCE = 0.005


def format_plain(value: CellValue) -> str:
    """The value itself; numbers without a needless fraction."""
    return f"{value:.15g}" if isinstance(value, float) else "" if value is None else str(value)


def decimal_formatter(places: int, unit: str = "") -> Callable[[CellValue], str]:
    """A number with its unit and at most `decimals` decimals."""

    def text(value: CellValue) -> str:
        if not isinstance(value, int | float):
            return format_plain(value)
        shown = f"{value:.{places}f}"
        return (shown.rstrip("0").rstrip(".") if places else shown) + unit

    return text


def format_signed(value: CellValue) -> str:
    """An exposure correction: `+0.3`, `-1`, `0`."""
    if not isinstance(value, int | float):
        return format_plain(value)
    return f"{value:+.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0"  # noqa: PLR2004


def format_shutter(value: CellValue) -> str:
    """Seconds as `1/250` or `2s`."""
    if not isinstance(value, int | float) or value <= 0:
        return format_plain(value)
    if value < _MAX_FRACTION_S:
        return f"1/{round(1 / value)}" if value > 1e-9 else format_plain(value)  # noqa: PLR2004
    return f"{value:.1f}".removesuffix(".0") + "s"


def format_size(value: CellValue) -> str:
    """Bytes in decimal units: `4.2 MB`."""
    if not isinstance(value, int | float):
        return format_plain(value)
    return size_text(value)


def to_datetime(seconds: float) -> datetime | None:
    """The date and time of a Unix time, if the calendar has it."""
    if not _MIN_DATE_S <= seconds < _MAX_DATE_S:
        return None
    return _EPOCH + timedelta(seconds=seconds)


def format_date(value: CellValue) -> str:
    """`2019-05-04 10:11`."""
    if not isinstance(value, int | float):
        return format_plain(value)
    at = to_datetime(value)
    return f"{at:%Y-%m-%d %H:%M}".rjust(16, "0") if at else format_plain(value)


def format_iso_date(value: CellValue) -> str:
    """`2019-05-04T10:11:12`, with a fraction where there is one; for programs, not people."""
    if not isinstance(value, int | float):
        return format_plain(value)
    at = to_datetime(value)
    return at.replace(tzinfo=None).isoformat() if at else format_plain(value)


def format_ratio(value: CellValue) -> str:
    """Width by height: `3:2` where it has a name, else `1.37`."""
    if not isinstance(value, int | float):
        return format_plain(value)
    for name, exact in _NAMED_RATIOS.items():
        if abs(value - exact) <= exact * _RATIO_TOLERANCE:
            return name
    return f"{value:.2f}"


def code_formatter(words: Mapping[str, tuple[int, ...]]) -> Callable[[CellValue], str]:
    """A code by its word."""
    return lambda value: (
        codes.code_name(words, value) if isinstance(value, int) else format_plain(value)
    )


def name_formatter(words: Mapping[str, int]) -> Callable[[CellValue], str]:
    """A month or a weekday by its short name."""
    short = {number: name.title() for name, number in words.items() if len(name) == len("jan")}
    return lambda value: (
        short.get(value, str(value)) if isinstance(value, int) else format_plain(value)
    )


def format_switch(value: CellValue) -> str:
    """`yes`, or nothing."""
    return "yes" if value else ""
