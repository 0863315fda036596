"""Formats and parses sizes, times, durations and rates for people. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_KILO: Final = 1000.0
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86400
_MIN_WHOLE_RATE: Final = 10


def size_text(size_bytes: float) -> str:
    """Bytes in decimal units: `640 B`, `3.2 MB`."""
    units = iter(("kB", "MB", "GB", "TB", "PB"))
    amount, unit = float(size_bytes), "B"
    # 999.95 would be shown as 1000.0.
    while abs(amount) >= _KILO - 0.05 and (larger := next(units, "")):
        amount, unit = amount / _KILO, larger
    return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"


def time_text(seconds: float) -> str:
    """A time in UTC; empty for 0."""
    if not seconds:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration_text(seconds: float) -> str:
    """`4 s`, `1:05`, `2:03:04`, `3 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S}:{whole % _MINUTE_S:02d}"
    if whole < _DAY_S:
        minutes = whole % _HOUR_S // _MINUTE_S
        return f"{whole // _HOUR_S}:{minutes:02d}:{whole % _MINUTE_S:02d}"
    return f"{whole // _DAY_S} d {whole % _DAY_S // _HOUR_S} h"


def rate_text(per_second: float) -> str:
    """A rate without its unit: `0.4`, `410`, `1,204`."""
    return f"{per_second:.1f}" if 0 < per_second < _MIN_WHOLE_RATE else f"{per_second:,.0f}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 image`, `1,204 images`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def approximate_duration_text(seconds: float) -> str:
    """A rough duration: `under a second`, `40 seconds`, `12 minutes`, `3.5 hours`."""
    if seconds < 1:
        return "under a second"
    if seconds < 2 * _MINUTE_S:
        return plural(round(seconds), "second")
    if seconds < 2 * _HOUR_S:
        return plural(round(seconds / _MINUTE_S), "minute")
    if seconds < 2 * _DAY_S:
        return f"{seconds / _HOUR_S:.1f} hours"
    return f"{seconds / _DAY_S:.1f} days"


def minute_text(seconds: float) -> str:
    """A time in UTC to the minute, without the zone; empty for 0."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}" if seconds else ""


def price_text(dollars: float) -> str:
    """US dollars: `nothing`, `under $0.01`, `$0.42`, `$1,250`."""
    if not dollars:
        return "nothing"
    if dollars < 0.01:  # noqa: PLR2004 - a cent
        return "under $0.01"
    return f"${dollars:,.2f}" if dollars < 100 else f"${dollars:,.0f}"  # noqa: PLR2004


# ------------------------------------------------------------------ parsing

_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)
_BYTES_PER_UNIT: Final = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
    "tib": 1024**4,
}
_SECONDS_PER_UNIT: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": _DAY_S, "w": 7 * _DAY_S}


def parse_size(text: str) -> int:
    """Bytes: `640`, `5MB` (decimal), `5MiB` (binary). Raises ValueError with a sentence."""
    found = _parse_quantity(text, _BYTES_PER_UNIT)
    if found is None:
        raise ValueError(f"{text!r} is not a size; write 500kB, 5MB or 5MiB.")
    return int(found)


def parse_duration(text: str) -> float:
    """Seconds: `90`, `90s`, `5m`, `2h`, `1d`, `1w`. Raises ValueError with a sentence."""
    found = _parse_quantity(text, _SECONDS_PER_UNIT)
    if found is None:
        raise ValueError(f"{text!r} is not a duration; write 90s, 5m, 2h, 1d or 1w.")
    return found


def parse_timestamp(text: str, now: float) -> float:
    """Seconds since 1970: `2023-05-14`, `2023-05-14T10:00+02:00`, or `30d` before `now`.

    A time without a zone is UTC. Raises ValueError with a sentence.
    """
    ago_s = _parse_quantity(text, {unit: s for unit, s in _SECONDS_PER_UNIT.items() if unit})
    if ago_s is not None:
        return now - ago_s
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        message = f"{text!r} is not a date; write 2023-05-14, or 30d for 30 days ago."
        raise ValueError(message) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _parse_quantity(text: str, units: dict[str, int]) -> float | None:
    match = _QUANTITY.fullmatch(text.strip())
    factor = units.get(match[2].lower()) if match else None
    return None if match is None or factor is None else float(match[1]) * factor
