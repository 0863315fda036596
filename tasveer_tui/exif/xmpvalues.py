"""XMP's texts as the values that `exiftool -n` prints: numbers, dates, degrees."""

import re
from typing import Final

from tasveer_tui.exif.converters import APEX, LARGEST_APEX
from tasveer_tui.exif.tables.xmp import ENCODED, MEASURED, NAMESPACES
from tasveer_tui.exif.values import binary, quotient

KNOWN: Final = frozenset(NAMESPACES.values()) - {"dcterms", "darktable", "avm", "Item"}
"""Prefixes whose properties are known one by one; of the rest only their text is known."""

_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
_RATIONAL: Final = re.compile(r"(-?\d{1,18})/(\d{1,18})")
_MOMENT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d(?::\d\d)?)\s*(\S*)")
_DAY: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
_CLOCK: Final = re.compile(r"(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)")
"""As IPTC has it."""
_COORDINATE: Final = re.compile(r"(\d{1,3}),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])")
_VOCABULARY: Final = "http://ns.useplus.org/ldf/vocab/"
"""What PLUS puts before its codes."""
_UNCALIBRATED = 0xFFFF
_LONGEST_VALUE: Final = 16 * 1024


def value_of(prefix: str, name: str, text: str) -> str | int | float:
    """A number where nothing is lost by it; a date in exiftool's way of writing; else the text."""
    if (prefix, name) in ENCODED:
        return binary(_decoded_length(text))
    first = text[:1]
    if first.isdigit() or first == "-":
        return _measured(prefix, name, text[:_LONGEST_VALUE])
    if prefix == "plus":
        text = text.removeprefix(_VOCABULARY)
    return text[:_LONGEST_VALUE]


def _decoded_length(text: str) -> int:
    """How many bytes base64 stands for."""
    characters = len(text) - sum(map(text.count, " \t\r\n="))
    return characters * 3 // 4


def _measured(prefix: str, name: str, text: str) -> str | int | float:
    if _NUMBER.fullmatch(text):
        return _number(prefix, name, text)
    if match := _MOMENT.fullmatch(text):
        year, month, day, clock, rest = match.groups()
        return f"{year}:{month}:{day} {clock}{rest}"
    if prefix in KNOWN and _DAY.fullmatch(text):
        return text.replace("-", ":")
    if prefix == "photomech" and (match := _CLOCK.fullmatch(text)):
        return "{}:{}:{}{}:{}".format(*match.groups())
    if prefix in MEASURED or prefix not in KNOWN or name.startswith(("LocationC", "LocationS")):
        return _fraction(name, text)
    return text


def _number(prefix: str, name: str, text: str) -> str | int | float:
    number = float(text) if "." in text else int(text)
    if prefix == "exif":
        if name == "ColorSpace" and number == (1 << 32) - 1:
            return _UNCALIBRATED
        if name in APEX:
            return _apex(name, number)
    return number if str(number) == text else text


def _apex(name: str, value: float) -> float | int:
    return float(2 ** (value * APEX[name])) if abs(value) <= LARGEST_APEX else value


def _fraction(name: str, text: str) -> str | int | float:
    """A fraction, several, or a coordinate; APEX values as what they stand for."""
    if match := _RATIONAL.fullmatch(text):
        value = quotient(int(match[1]), int(match[2]))
        return _apex(name, value) if name in APEX and not isinstance(value, str) else value
    if match := _COORDINATE.fullmatch(text):
        degrees, minutes, seconds, side = match.groups()
        value = int(degrees) + (float(minutes) + float(seconds or 0) / 60) / 60
        return -value if side in "SW" else value
    parts = [_RATIONAL.fullmatch(part) for part in text.split()]
    if name == "LensInfo" and all(parts):
        return " ".join(str(quotient(int(part[1]), int(part[2]))) for part in parts if part)
    return text
