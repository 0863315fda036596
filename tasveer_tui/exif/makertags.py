"""What ExifRead found in a camera's own notes, as tags with exiftool's names, and facts of it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from tasveer_tui.exif.tables.makers import BELOW, NAMES
from tasveer_tui.exif.values import MOST_NUMBERS, binary, quotient
from tasveer_tui.records import Facts, Tag, TagValue

_MOST_TAGS = 256
_LONGEST_NAME = 64
_LONGEST_VALUE = 512
_LONGEST_RAW = 200
_MOST_NUMBERS = 32
"""Longer lists are a camera's own tables, of no use to a person."""
_UNNAMED: Final = re.compile(r"Tag 0x[0-9A-F]{4}|Unknown.*|\s*")
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]")
_KINDS: Final = {
    "RATIO": "RATIONAL",
    "SIGNED_BYTE": "SBYTE",
    "SIGNED_SHORT": "SSHORT",
    "SIGNED_LONG": "SLONG",
    "SIGNED_RATIO": "SRATIONAL",
    "FLOAT_32": "FLOAT",
    "FLOAT_64": "DOUBLE",
    "PROPRIETARY": "",
}
_SIZES: Final = {
    **dict.fromkeys(("SHORT", "SSHORT"), 2),
    **dict.fromkeys(("LONG", "SLONG", "IFD", "FLOAT"), 4),
    **dict.fromkeys(("RATIONAL", "SRATIONAL", "DOUBLE"), 8),
}

MAKER_TRUST: Final[Mapping[str, tuple[str, ...]]] = {
    "lens": ("LensModel", "Lens", "LensSpec", "LensType"),
    "serial": ("SerialNumber", "InternalSerialNumber"),
}
"""By fact, the names of tags that state it where EXIF and XMP do not, the most trusted first."""
_NO_LENS: Final = re.compile(r"[-_ .?0]*|n/?a|none|unknown|manual lens.*|no lens.*", re.IGNORECASE)
_NO_SERIAL: Final = re.compile(r"[-_ .?0]*|no=|n/?a", re.IGNORECASE)


def tags_of(group: str, rows: Sequence[Any]) -> list[Tag]:
    """The rows that child.py made, as tags; those without a name or worth are left out."""
    tags: list[Tag] = []
    clock = _clock(rows) if group == "Pentax" else b""
    for below, number, name, kind, size, values, words in rows:
        known = BELOW[group][below] if below else NAMES.get(group, {})
        name = known.get(number, "" if below else _name(name))  # noqa: PLW2901 - the same, better
        value, raw = _value(kind, size, values, words)
        special = _SPECIAL.get((group, name))
        if special is not None:
            value, raw = special(values)
        elif clock and name == "ShutterCount":
            value, raw = _pentax_count(values, clock)
        if not name or value in ("", []) or len(tags) >= _MOST_TAGS:
            continue
        kind = _KINDS.get(kind, kind)  # noqa: PLW2901 - TIFF's word for it
        count = size // _SIZES.get(kind, 1) or 1
        tags.append(Tag(group, name, number, kind, count, value, raw))
    return tags


def complete(facts: Facts, tags: Iterable[Tag]) -> Facts:
    """The facts, with lens and serial number from these tags where there are none."""
    values = {tag.name: tag.value for tag in reversed(tuple(tags))}
    if not values:
        return facts
    lens, serial = facts.lens, facts.serial
    for name in MAKER_TRUST["lens"]:
        lens = lens or _lens(values.get(name))
    for name in MAKER_TRUST["serial"]:
        text = str(values.get(name, "")).strip()
        if not serial and not _NO_SERIAL.fullmatch(text):
            serial = text
    return replace(facts, lens=lens, serial=serial)


def _name(name: str) -> str:
    """ExifRead's name as exiftool would write it."""
    return "" if _UNNAMED.fullmatch(name) else _NOT_IN_NAMES.sub("", name)[:_LONGEST_NAME]


def _value(kind: str, size: int, values: Any, words: str) -> tuple[TagValue, str]:  # noqa: ANN401
    """The value, in words where ExifRead has them, and then what stood in the file."""
    if isinstance(values, str):
        return values.strip(" \0")[:_LONGEST_VALUE], ""
    raw = " ".join(map(_raw, values))[:_LONGEST_RAW]
    if words := words.strip(" \0"):
        return words[:_LONGEST_VALUE], ("" if raw == words else raw)
    if kind in ("UNDEFINED", "BYTE") and size > 1:
        return _bytes(size, values), ""
    if not values or size > MOST_NUMBERS or len(values) > _MOST_NUMBERS:
        return "", ""
    numbers = [quotient(*part) if isinstance(part, list) else part for part in values]
    is_fraction = any(isinstance(part, list) and part[1] != 1 for part in values)
    return (numbers[0] if len(numbers) == 1 else numbers), (raw if is_fraction else "")


def _raw(part: Any) -> str:  # noqa: ANN401 - a number, or numerator and denominator
    return f"{part[0]}/{part[1]}" if isinstance(part, list) else str(part)


def _bytes(size: int, values: Sequence[int]) -> str:
    """Bytes of no known kind: text if they are that."""
    data = bytes(part & 0xFF for part in values).rstrip(b"\0 ")
    text = data.decode("latin-1")
    if data and size <= len(values) and text.isascii() and text.isprintable():
        return text
    return binary(size)


def _lens(value: TagValue | None) -> str:
    """A lens's name; focal lengths and apertures are put into one."""
    match value:
        case [short, long, wide, narrow] if all(isinstance(n, int | float) for n in value):
            return _spec(*map(float, (short, long, wide, narrow)))
        case str() if not _NO_LENS.fullmatch(value.strip()) and not value.startswith("(Binary"):
            return value.strip()
    return ""


def _spec(short: float, long: float, wide: float, narrow: float) -> str:
    if short <= 0:
        return ""
    focal = f"{short:.3g}" + (f"-{long:.3g}" if long > short else "")
    aperture = f"{wide:.2g}" + (f"-{narrow:.2g}" if narrow > wide else "")
    return f"{focal}mm" + (f" f/{aperture}" if wide > 0 else "")


_SPEC_BYTES = 8
_WORD = 4
_LETTERS: Final = re.compile(rb"[0-9A-Za-z]{4,}")


def _sony_lens(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - what stood in the file
    """Focal lengths and apertures, whose digits stand in half bytes, between two bytes of flags."""
    if not isinstance(values, list) or len(values) != _SPEC_BYTES:
        return "", ""
    digits = bytes(part & 0xFF for part in values).hex()
    numbers = (digits[2:6], digits[6:10], digits[10:12], digits[12:14])
    if not "".join(numbers).isdecimal():
        return "", ""
    short, long, wide, narrow = map(int, numbers)
    return _spec(short, long, wide / 10, narrow / 10), digits


def _panasonic_serial(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - what stood in the file
    """A letter, a date and a number; what is behind them is whatever was in memory."""
    if not isinstance(values, list):
        return values, ""
    found = _LETTERS.match(bytes(part & 0xFF for part in values))
    return (found[0].decode() if found else ""), ""


def _pentax_day(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - what stood in the file
    """Year in two bytes, month, day."""
    match values:
        case [high, low, month, day]:
            return f"{256 * high + low:04}:{month:02}:{day:02}", ""
    return "", ""


def _pentax_time(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - what stood in the file
    """Hour, minute, second."""
    match values:
        case [hour, minute, second, *_]:
            return f"{hour:02}:{minute:02}:{second:02}", ""
    return "", ""


def _clock(rows: Sequence[Any]) -> bytes:
    """Pentax's date and time, four bytes each; nothing where one is missing."""
    values = {row[1]: row[5] for row in rows if isinstance(row[5], list)}
    day, time = values.get(0x06, []), values.get(0x07, [])
    if len(day) != _WORD or len(time) < _WORD - 1:
        return b""
    return bytes(part & 0xFF for part in (*day, *time[: _WORD - 1], 0))


def _pentax_count(values: Any, clock: bytes) -> tuple[TagValue, str]:  # noqa: ANN401 - as above
    """The count is hidden behind the date and the inverted time."""
    if not isinstance(values, list) or len(values) != _WORD:
        return "", ""
    hidden, day, time = (
        int.from_bytes(part, "big")
        for part in (bytes(v & 0xFF for v in values), clock[:_WORD], clock[_WORD:])
    )
    return hidden ^ day ^ time ^ 0xFFFFFFFF, ""


_SPECIAL: Final[Mapping[tuple[str, str], Callable[[Any], tuple[TagValue, str]]]] = {
    ("Sony", "LensSpec"): _sony_lens,
    ("Panasonic", "InternalSerialNumber"): _panasonic_serial,
    ("Pentax", "Date"): _pentax_day,
    ("Pentax", "Time"): _pentax_time,
    ("Leica", "InternalSerialNumber"): _panasonic_serial,
}
"""By group and name, where neither the type nor ExifRead says how to read the value."""
