"""A tag's bytes as the value that `exiftool -n` prints: numbers, text, degrees, seconds."""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from tasveer_tui.exif import text
from tasveer_tui.exif.ifd import (
    ASCII,
    BYTE,
    DOUBLE,
    FLOAT,
    IFD,
    IFD8,
    LONG,
    LONG8,
    RATIONAL,
    SBYTE,
    SHORT,
    SIZES,
    SLONG,
    SLONG8,
    SRATIONAL,
    SSHORT,
    UNDEFINED,
    ByteOrder,
    Entry,
)
from tasveer_tui.records import TagValue

TYPE_NAMES: Final = {
    BYTE: "BYTE",
    ASCII: "ASCII",
    SHORT: "SHORT",
    LONG: "LONG",
    RATIONAL: "RATIONAL",
    SBYTE: "SBYTE",
    UNDEFINED: "UNDEFINED",
    SSHORT: "SSHORT",
    SLONG: "SLONG",
    SRATIONAL: "SRATIONAL",
    FLOAT: "FLOAT",
    DOUBLE: "DOUBLE",
    IFD: "IFD",
    LONG8: "LONG8",
    SLONG8: "SLONG8",
    IFD8: "IFD8",
}

_LETTERS: Final = {
    BYTE: "B",
    SHORT: "H",
    LONG: "I",
    SBYTE: "b",
    SSHORT: "h",
    SLONG: "i",
    FLOAT: "f",
    DOUBLE: "d",
    IFD: "I",
    LONG8: "Q",
    SLONG8: "q",
    IFD8: "Q",
}
_SIGNS: Final = {"little": "<", "big": ">"}
_UNSIGNED: Final = frozenset({BYTE, SHORT, LONG, IFD})
_PAIRS: Final = {
    (kind, order): struct.Struct(_SIGNS[order] + (2 * letter))
    for kind, letter in ((RATIONAL, "I"), (SRATIONAL, "i"))
    for order in ("little", "big")
}

MOST_NUMBERS = 256
"""What is longer is told, not kept."""
_LONGEST_RAW = 200
_SIGNED = 1 << 63
"""Whole numbers from here on have no place in a database's column: they are text."""
_EXACT = 1 << 53
"""Below this every whole float is that whole number."""

Number: TypeAlias = str | int | float


Value: TypeAlias = tuple[TagValue, str]
"""A value, and what stood in the file where the value does not say it."""

Convert: TypeAlias = Callable[[Entry, bytes, ByteOrder], Value]


def binary(length: int) -> str:
    """How binary data is told."""
    return f"(Binary data {length} bytes)"


def decode(entry: Entry, order: ByteOrder, converters: Mapping[int, Convert]) -> Value:
    """The value of an entry, by the converter of its number or else by its field type."""
    data = entry.data
    if data is None:
        return binary(entry.elements * SIZES[entry.kind]), ""
    if not data:
        return "", ""
    convert = converters.get(entry.number)
    if convert is not None:
        return convert(entry, data, order)
    return by_type(entry, data, order)


def by_type(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """The value as the field type alone says it."""
    kind = entry.kind
    if kind == ASCII:
        return text.plain(data), ""
    if kind in _UNSIGNED and entry.elements == 1:
        return int.from_bytes(data, order), ""
    if kind == UNDEFINED:
        return (text.plain(data) if text.is_printable(data) else binary(len(data))), ""
    if entry.elements > MOST_NUMBERS:
        return binary(len(data)), ""
    if kind in (RATIONAL, SRATIONAL):
        return _rationals(kind, data, order)
    numbers = numbers_of(kind, entry.elements, data, order)
    return (numbers[0] if len(numbers) == 1 else [*numbers]), ""


def numbers_of(kind: int, count: int, data: bytes, order: ByteOrder) -> Sequence[Number]:
    """All elements of a type that is no fraction; words for floats that are no numbers."""
    if kind in (FLOAT, DOUBLE):
        floats = struct.unpack(f"{_SIGNS[order]}{count}{_LETTERS[kind]}", data)
        return [_finite(number) for number in floats]
    numbers = struct.unpack(f"{_SIGNS[order]}{count}{_LETTERS[kind]}", data)
    if kind in (LONG8, IFD8):
        return [number if number < _SIGNED else str(number) for number in numbers]
    return numbers


def _finite(number: float) -> Number:
    if math.isnan(number):
        return "undef"
    if math.isinf(number):
        return "inf"
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _rationals(kind: int, data: bytes, order: ByteOrder) -> Value:
    pair = _PAIRS[kind, order]
    if len(data) == pair.size:
        number, under = pair.unpack(data)
        return quotient(number, under), ("" if under == 1 else f"{number}/{under}")
    pairs = list(pair.iter_unpack(data))
    raw = " ".join([f"{number}/{under}" for number, under in pairs])
    return [quotient(number, under) for number, under in pairs], raw[:_LONGEST_RAW]


def quotient(number: int, under: int) -> Number:
    """A fraction as a number; exiftool's words where it is none."""
    if not under:
        return "inf" if number else "undef"
    value = number / under
    return int(value) if value.is_integer() else value
