"""A tag's bytes as the value that `exiftool -n` prints: numbers, text, degrees, seconds."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from tasveer_tui.exif import text_decoding
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
    SLONG,
    SLONG8,
    SRATIONAL,
    SSHORT,
    TYPE_SIZES,
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

_STRUCT_LETTERS: Final = {
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
_STRUCT_ORDERS: Final = {"little": "<", "big": ">"}
_UNSIGNED: Final = frozenset({BYTE, SHORT, LONG, IFD})
_RATIONAL_STRUCTS: Final = {
    (kind, order): struct.Struct(_STRUCT_ORDERS[order] + (2 * letter))
    for kind, letter in ((RATIONAL, "I"), (SRATIONAL, "i"))
    for order in ("little", "big")
}

MAX_LIST_VALUES = 256
"""Longer values are reported by length, not stored."""
_MAX_RAW_LENGTH = 200
_MIN_UNSTORABLE_INTEGER = 1 << 63
"""Whole numbers from here on have no place in a database's column: they are text."""
_MAX_EXACT_FLOAT = 1 << 53
"""Below this every whole float is that whole number."""

Number: TypeAlias = str | int | float


Value: TypeAlias = tuple[TagValue, str]
"""A value, and the stored one if they differ."""

Converter: TypeAlias = Callable[[Entry, bytes, ByteOrder], Value]


def describe_binary(length: int) -> str:
    """The text for binary data."""
    return f"(Binary data {length} bytes)"


def decode_value(entry: Entry, order: ByteOrder, converters: Mapping[int, Converter]) -> Value:
    """The value of an entry, by the converter of its number or else by its field type."""
    data = entry.data
    if data is None:
        return describe_binary(entry.elements * TYPE_SIZES[entry.kind]), ""
    if not data:
        return "", ""
    convert = converters.get(entry.number)
    if convert is not None:
        return convert(entry, data, order)
    return decode_by_type(entry, data, order)


def decode_by_type(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """The value by its field type alone."""
    kind = entry.kind
    if kind == ASCII:
        return text_decoding.decode_text(data), ""
    if kind in _UNSIGNED and entry.elements == 1:
        return int.from_bytes(data, order), ""
    if kind == UNDEFINED:
        return (
            text_decoding.decode_text(data)
            if text_decoding.is_printable(data)
            else describe_binary(len(data))
        ), ""
    if entry.elements > MAX_LIST_VALUES:
        return describe_binary(len(data)), ""
    if kind in (RATIONAL, SRATIONAL):
        return _decode_rationals(kind, data, order)
    numbers = unpack_numbers(kind, entry.elements, data, order)
    return (numbers[0] if len(numbers) == 1 else [*numbers]), ""


def unpack_numbers(kind: int, count: int, data: bytes, order: ByteOrder) -> Sequence[Number]:
    """All elements of a type that is no fraction; words for floats that are no numbers."""
    if kind in (FLOAT, DOUBLE):
        floats = struct.unpack(f"{_STRUCT_ORDERS[order]}{count}{_STRUCT_LETTERS[kind]}", data)
        return [_float_value(number) for number in floats]
    numbers = struct.unpack(f"{_STRUCT_ORDERS[order]}{count}{_STRUCT_LETTERS[kind]}", data)
    if kind in (LONG8, IFD8):
        return [number if number < _MIN_UNSTORABLE_INTEGER else str(number) for number in numbers]
    return numbers


def _float_value(number: float) -> Number:
    if math.isnan(number):
        return "undef"
    if math.isinf(number):
        return "inf"
    return int(number) if number.is_integer() and abs(number) < _MAX_EXACT_FLOAT else number


def _decode_rationals(kind: int, data: bytes, order: ByteOrder) -> Value:
    pair = _RATIONAL_STRUCTS[kind, order]
    if len(data) == pair.size:
        number, under = pair.unpack(data)
        return quotient(number, under), ("" if under == 1 else f"{number}/{under}")
    pairs = list(pair.iter_unpack(data))
    raw = " ".join([f"{number}/{under}" for number, under in pairs])
    return [quotient(number, under) for number, under in pairs], raw[:_MAX_RAW_LENGTH]


def quotient(number: int, under: int) -> Number:
    """A fraction as a number; exiftool's words where it is none."""
    if not under:
        return "inf" if number else "undef"
    value = number / under
    return int(value) if value.is_integer() else value


# Tags whose field type does not define their meaning: APEX, times, degrees, named encodings.

_MAX_LISTED_OFFSETS = 32
_ISO_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT")

APEX_POWERS: Final = {"ShutterSpeedValue": -1, "ApertureValue": 0.5, "MaxApertureValue": 0.5}
"""APEX: factor of the exponent of two that gives seconds or an f-number."""
MAX_APEX: Final = 100
"""Beyond any camera; exiftool prints 0 as well."""


def _apex_converter(power: float) -> Converter:
    """2 to the power of the value times `power`: APEX to seconds or to an f-number."""

    def convert(entry: Entry, data: bytes, order: ByteOrder) -> Value:
        value, raw = decode_by_type(entry, data, order)
        if not isinstance(value, int | float):
            return value, raw
        if abs(value) > MAX_APEX:
            return 0, raw
        # Other programs count with ten digits of the fraction.
        return 2 ** (float(f"{value:.10g}") * power), raw or str(value)

    return convert


def _trimmed_text(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Text that cameras fill up with spaces."""
    value, raw = decode_by_type(entry, data, order)
    return (value.rstrip(" ") if isinstance(value, str) else value), raw


def _version(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Four digits; some write four numbers instead, which stay what they are."""
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return decode_by_type(entry, data, order)
    return data[:MAX_LIST_VALUES].replace(b"\0", b"").decode("latin-1"), ""


def _bytes_as_numbers(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Bytes as numbers, regardless of the declared type."""
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return decode_by_type(entry, data, order)
    return (data[0] if len(data) == 1 else list(data[:MAX_LIST_VALUES])), ""


def _byte_as_number(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """A byte that is a number, even where cameras filled it up to four."""
    if entry.kind in (UNDEFINED, ASCII) and not any(data[1:]):
        return data[0], ""
    return decode_by_type(entry, data, order)


def _comment(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return decode_by_type(entry, data, order)
    return text_decoding.decode_comment(data), ""


def _windows_text(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    return text_decoding.decode_utf16_le(data), ""


def _utf8(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return decode_by_type(entry, data, order)
    return text_decoding.decode_text(data), ""


def _digest(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE):
        return decode_by_type(entry, data, order)
    return data.hex(), ""


def _unique_id(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    value, _ = _digest(entry, data, order)
    return (value.upper() if isinstance(value, str) else value), ""


def _print_matching(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    """Print Image Matching is of no use but for printing: its version alone."""
    return (
        text_decoding.decode_text(data[8:12])
        if data.startswith(b"PrintIM")
        else describe_binary(len(data))
    ), ""


def _cfa_pattern(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """CFAPattern: two lengths, often in the wrong byte order, and a byte for each cell."""
    if entry.kind != UNDEFINED or len(data) < 4:  # noqa: PLR2004 - the two lengths
        return decode_by_type(entry, data, order)
    cells = list(data[4:])
    orders: tuple[ByteOrder, ByteOrder] = ("little", "big")
    for attempt in (order, *orders):
        columns, rows = (int.from_bytes(data[at : at + 2], attempt) for at in (0, 2))
        if columns * rows == len(cells):
            return [columns, rows, *cells], ""
    lengths = [int.from_bytes(data[at : at + 2], order) for at in (0, 2)]
    return ([*lengths, *cells] if len(cells) <= MAX_LIST_VALUES else describe_binary(len(data))), ""


def _date_time(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """DNG writes ISO 8601 where EXIF writes colons."""
    value, raw = decode_by_type(entry, data, order)
    if isinstance(value, str) and _ISO_DATE_TIME.match(value):
        return value[:10].replace("-", ":") + " " + value[11:], raw or value
    return value, raw


def _offsets(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Offsets of strips and tiles: stored while short, else reported by the text's length."""
    if entry.kind not in (SHORT, LONG, LONG8):
        return decode_by_type(entry, data, order)
    numbers = unpack_numbers(entry.kind, entry.elements, data, order)
    length = sum(map(len, map(str, numbers))) + len(numbers) - 1
    if length > _MAX_LISTED_OFFSETS:
        return describe_binary(length), ""
    return (numbers[0] if len(numbers) == 1 else [*numbers]), ""


def _binary_data(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    return describe_binary(len(data)), ""


def _degrees(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Degrees, minutes, seconds as degrees, unsigned: the sign is in the Ref tag."""
    value, raw = decode_by_type(entry, data, order)
    if not isinstance(value, list):
        return ("" if value in ("undef", "inf") else value), raw
    parts = [part for part in value if isinstance(part, int | float)]
    if not parts:
        return "", raw
    degrees, minutes, seconds, *_ = *parts, 0, 0
    return degrees + (minutes + seconds / 60) / 60, raw


def _time_of_day(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Hours, minutes, seconds as `hh:mm:ss`, with the fraction that there is."""
    value, raw = decode_by_type(entry, data, order)
    if not isinstance(value, list):
        return value, raw
    parts = [part if isinstance(part, int | float) else 0 for part in value]
    hours, minutes, seconds, *_ = *parts, 0, 0, 0
    total = round((hours * 60 + minutes) * 60 + seconds, 9)
    whole = int(total)
    fraction = f"{total - whole:.9f}".partition(".")[2].rstrip("0")
    clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return (f"{clock}.{fraction}" if fraction else clock), raw


MAIN_CONVERTERS: Final[Mapping[int, Converter]] = {
    # StripOffsets, StripByteCounts, FreeOffsets, FreeByteCounts, TransferFunction, Tile…
    **dict.fromkeys((0x0111, 0x0117, 0x0120, 0x0121, 0x012D, 0x0144, 0x0145), _offsets),
    # Make, Model, Software, Artist, Copyright
    **dict.fromkeys((0x010F, 0x0110, 0x0131, 0x013B, 0x8298), _trimmed_text),
    # ColorMap, JPEGTables, DeviceSettingDescription, DNGPrivateData, OpcodeList1–3, Padding
    **dict.fromkeys(
        (0x0140, 0x015B, 0x01B5, 0xA40B, 0xC634, 0xC740, 0xC741, 0xC74E, 0xEA1C), _binary_data
    ),
    # InteropVersion, ExifVersion, FlashpixVersion
    **dict.fromkeys((0x0002, 0x9000, 0xA000), _version),
    0x9101: _bytes_as_numbers,  # ComponentsConfiguration
    0x9201: _apex_converter(APEX_POWERS["ShutterSpeedValue"]),
    0x9202: _apex_converter(APEX_POWERS["ApertureValue"]),
    0x9205: _apex_converter(APEX_POWERS["MaxApertureValue"]),
    0x9286: _comment,  # UserComment
    **dict.fromkeys(range(0x9C9B, 0x9CA0), _windows_text),  # XPTitle to XPSubject
    0xA300: _byte_as_number,  # FileSource
    0xA301: _byte_as_number,  # SceneType
    0xA302: _cfa_pattern,  # CFAPattern
    0xC4A5: _print_matching,
    # Names in UTF-8 that DNG writes as bytes
    **dict.fromkeys((0xC615, 0xC68B, 0xC6F3, 0xC6F4, 0xC6F6, 0xC6F8, 0xC6FE), _utf8),
    **dict.fromkeys((0xC6D2, 0xC6D3, 0xC716, 0xC717, 0xC718), _utf8),
    0xC71B: _date_time,  # PreviewDateTime
    0xC65D: _unique_id,  # RawDataUniqueID
    # PreviewSettingsDigest, RawImageDigest, OriginalRawFileDigest, NewRawImageDigest
    **dict.fromkeys((0xC719, 0xC71C, 0xC71D, 0xC7A7), _digest),
}
"""Decoders by tag number, for all directories but GPS: values that need more than their type."""

GPS_CONVERTERS: Final[Mapping[int, Converter]] = {
    0x00: _bytes_as_numbers,  # GPSVersionID
    0x05: _bytes_as_numbers,  # GPSAltitudeRef
    **dict.fromkeys((0x02, 0x04, 0x14, 0x16), _degrees),
    0x07: _time_of_day,
    0x1B: _comment,  # GPSProcessingMethod
    0x1C: _comment,  # GPSAreaInformation
}


def _shorts(_entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Two-byte numbers in a field of type UNDEFINED."""
    return [*unpack_numbers(SHORT, len(data) // 2, data[: len(data) // 2 * 2], order)], ""


DIALECT_CONVERTERS: Final[Mapping[str, Mapping[int, Converter]]] = {
    "MPF": {},
    "PanasonicRaw": {**MAIN_CONVERTERS, 0x001B: _shorts, 0x002E: _binary_data},
}
"""Of tables.DIALECTS: Panasonic's NoiseReductionParams and JpgFromRaw."""
