"""XMP's texts as the values that `exiftool -n` prints: numbers, dates, degrees."""

import re
from typing import Final

from tasveer_tui.exif.converters import APEX, LARGEST_APEX
from tasveer_tui.exif.values import quotient

_RATIONALS: Final = frozenset({"tiff", "exif", "exifEX", "aux"})
"""Namespaces in which `n/d` is a number."""
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
_RATIONAL: Final = re.compile(r"(-?\d{1,18})/(\d{1,18})")
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?"
)
_COORDINATE: Final = re.compile(r"(\d{1,3}),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])")


def value_of(prefix: str, name: str, text: str) -> str | int | float:
    """A number where nothing is lost by it; a date in exiftool's way of writing; else the text."""
    first = text[:1]
    if not (first.isdigit() or first == "-"):
        return text
    if _NUMBER.fullmatch(text):
        return _number(text)
    if match := _DATE.fullmatch(text):
        year, month, day, clock, zone = match.groups()
        return f"{year}:{month}:{day}" + (f" {clock}{zone or ''}" if clock else "")
    if prefix in _RATIONALS:
        return _measured(name, text)
    return text


def _number(text: str) -> str | int | float:
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text


def _measured(name: str, text: str) -> str | int | float:
    """A fraction, several, or a coordinate; APEX values as what they stand for."""
    if match := _RATIONAL.fullmatch(text):
        value = quotient(int(match[1]), int(match[2]))
        if name in APEX and not isinstance(value, str) and abs(value) <= LARGEST_APEX:
            return float(2 ** (value * APEX[name]))
        return value
    if match := _COORDINATE.fullmatch(text):
        degrees, minutes, seconds, side = match.groups()
        value = int(degrees) + (float(minutes) + float(seconds or 0) / 60) / 60
        return -value if side in "SW" else value
    parts = [_RATIONAL.fullmatch(part) for part in text.split()]
    if all(parts):
        return " ".join(str(quotient(int(part[1]), int(part[2]))) for part in parts if part)
    return text
