"""Tags whose field type does not say what they mean: APEX, clocks, degrees, named encodings."""

import re
from collections.abc import Mapping
from typing import Final

from tasveer_tui.exif import text
from tasveer_tui.exif.ifd import ASCII, BYTE, LONG, LONG8, SHORT, UNDEFINED, ByteOrder, Entry
from tasveer_tui.exif.values import MOST_NUMBERS, Convert, Value, binary, by_type, numbers_of

_SHORT_PLACES = 32
_ISO_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT")

APEX: Final = {"ShutterSpeedValue": -1, "ApertureValue": 0.5, "MaxApertureValue": 0.5}
"""To what power of two, times the value, a value stands for seconds or an f-number."""
LARGEST_APEX: Final = 100
"""Beyond any camera; exiftool says 0 as well."""


def _apex(power: float) -> Convert:
    """2 to the power of the value times `power`: APEX to seconds or to an f-number."""

    def convert(entry: Entry, data: bytes, order: ByteOrder) -> Value:
        value, raw = by_type(entry, data, order)
        if not isinstance(value, int | float):
            return value, raw
        if abs(value) > LARGEST_APEX:
            return 0, raw
        # Other programs count with ten digits of the fraction.
        return 2 ** (float(f"{value:.10g}") * power), raw or str(value)

    return convert


def _trimmed(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Text that cameras fill up with spaces."""
    value, raw = by_type(entry, data, order)
    return (value.rstrip(" ") if isinstance(value, str) else value), raw


def _version(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Four digits; some write four numbers instead, which stay what they are."""
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return by_type(entry, data, order)
    return data[:MOST_NUMBERS].replace(b"\0", b"").decode("latin-1"), ""


def _small_numbers(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Bytes that are numbers, whatever type was claimed."""
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return by_type(entry, data, order)
    return (data[0] if len(data) == 1 else list(data[:MOST_NUMBERS])), ""


def _one_number(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """A byte that is a number, even where cameras filled it up to four."""
    if entry.kind in (UNDEFINED, ASCII) and not any(data[1:]):
        return data[0], ""
    return by_type(entry, data, order)


def _comment(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return by_type(entry, data, order)
    return text.comment(data), ""


def _windows_text(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    return text.utf16_le(data), ""


def _utf8(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE, ASCII):
        return by_type(entry, data, order)
    return text.plain(data), ""


def _digest(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    if entry.kind not in (UNDEFINED, BYTE):
        return by_type(entry, data, order)
    return data.hex(), ""


def _identity(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    value, _ = _digest(entry, data, order)
    return (value.upper() if isinstance(value, str) else value), ""


def _print_matching(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    """Print Image Matching is of no use but for printing: its version alone."""
    return (text.plain(data[8:12]) if data.startswith(b"PrintIM") else binary(len(data))), ""


def _pattern(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """CFAPattern: two lengths, often in the wrong byte order, and a byte for each cell."""
    if entry.kind != UNDEFINED or len(data) < 4:  # noqa: PLR2004 - the two lengths
        return by_type(entry, data, order)
    cells = list(data[4:])
    orders: tuple[ByteOrder, ByteOrder] = ("little", "big")
    for attempt in (order, *orders):
        columns, rows = (int.from_bytes(data[at : at + 2], attempt) for at in (0, 2))
        if columns * rows == len(cells):
            return [columns, rows, *cells], ""
    lengths = [int.from_bytes(data[at : at + 2], order) for at in (0, 2)]
    return ([*lengths, *cells] if len(cells) <= MOST_NUMBERS else binary(len(data))), ""


def _moment(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """DNG writes ISO 8601 where EXIF writes colons."""
    value, raw = by_type(entry, data, order)
    if isinstance(value, str) and _ISO_MOMENT.match(value):
        return value[:10].replace("-", ":") + " " + value[11:], raw or value
    return value, raw


def _places(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Where strips and tiles lie: kept while short, else told by the length of its text."""
    if entry.kind not in (SHORT, LONG, LONG8):
        return by_type(entry, data, order)
    numbers = numbers_of(entry.kind, entry.elements, data, order)
    length = sum(map(len, map(str, numbers))) + len(numbers) - 1
    if length > _SHORT_PLACES:
        return binary(length), ""
    return (numbers[0] if len(numbers) == 1 else [*numbers]), ""


def _told(_entry: Entry, data: bytes, _order: ByteOrder) -> Value:
    return binary(len(data)), ""


def _degrees(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Degrees, minutes, seconds as degrees, unsigned: the sign is in the Ref tag."""
    value, raw = by_type(entry, data, order)
    if not isinstance(value, list):
        return ("" if value in ("undef", "inf") else value), raw
    parts = [part for part in value if isinstance(part, int | float)]
    if not parts:
        return "", raw
    degrees, minutes, seconds, *_ = *parts, 0, 0
    return degrees + (minutes + seconds / 60) / 60, raw


def _clock(entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Hours, minutes, seconds as `hh:mm:ss`, with the fraction that there is."""
    value, raw = by_type(entry, data, order)
    if not isinstance(value, list):
        return value, raw
    parts = [part if isinstance(part, int | float) else 0 for part in value]
    hours, minutes, seconds, *_ = *parts, 0, 0, 0
    total = round((hours * 60 + minutes) * 60 + seconds, 9)
    whole = int(total)
    fraction = f"{total - whole:.9f}".partition(".")[2].rstrip("0")
    clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return (f"{clock}.{fraction}" if fraction else clock), raw


MAIN_CONVERTERS: Final[Mapping[int, Convert]] = {
    # StripOffsets, StripByteCounts, FreeOffsets, FreeByteCounts, TransferFunction, Tile…
    **dict.fromkeys((0x0111, 0x0117, 0x0120, 0x0121, 0x012D, 0x0144, 0x0145), _places),
    # Make, Model, Software, Artist, Copyright
    **dict.fromkeys((0x010F, 0x0110, 0x0131, 0x013B, 0x8298), _trimmed),
    # ColorMap, JPEGTables, DeviceSettingDescription, DNGPrivateData, OpcodeList1–3, Padding
    **dict.fromkeys(
        (0x0140, 0x015B, 0x01B5, 0xA40B, 0xC634, 0xC740, 0xC741, 0xC74E, 0xEA1C), _told
    ),
    # InteropVersion, ExifVersion, FlashpixVersion
    **dict.fromkeys((0x0002, 0x9000, 0xA000), _version),
    0x9101: _small_numbers,  # ComponentsConfiguration
    0x9201: _apex(APEX["ShutterSpeedValue"]),
    0x9202: _apex(APEX["ApertureValue"]),
    0x9205: _apex(APEX["MaxApertureValue"]),
    0x9286: _comment,  # UserComment
    **dict.fromkeys(range(0x9C9B, 0x9CA0), _windows_text),  # XPTitle to XPSubject
    0xA300: _one_number,  # FileSource
    0xA301: _one_number,  # SceneType
    0xA302: _pattern,  # CFAPattern
    0xC4A5: _print_matching,
    # Names in UTF-8 that DNG writes as bytes
    **dict.fromkeys((0xC615, 0xC68B, 0xC6F3, 0xC6F4, 0xC6F6, 0xC6F8, 0xC6FE), _utf8),
    **dict.fromkeys((0xC6D2, 0xC6D3, 0xC716, 0xC717, 0xC718), _utf8),
    0xC71B: _moment,  # PreviewDateTime
    0xC65D: _identity,  # RawDataUniqueID
    # PreviewSettingsDigest, RawImageDigest, OriginalRawFileDigest, NewRawImageDigest
    **dict.fromkeys((0xC719, 0xC71C, 0xC71D, 0xC7A7), _digest),
}
"""By tag number, for every directory but GPS: values whose field type does not say it all."""

GPS_CONVERTERS: Final[Mapping[int, Convert]] = {
    0x00: _small_numbers,  # GPSVersionID
    0x05: _small_numbers,  # GPSAltitudeRef
    **dict.fromkeys((0x02, 0x04, 0x14, 0x16), _degrees),
    0x07: _clock,
    0x1B: _comment,  # GPSProcessingMethod
    0x1C: _comment,  # GPSAreaInformation
}


def _shorts(_entry: Entry, data: bytes, order: ByteOrder) -> Value:
    """Numbers of two bytes that stand as bytes of no type."""
    return [*numbers_of(SHORT, len(data) // 2, data[: len(data) // 2 * 2], order)], ""


DIALECT_CONVERTERS: Final[Mapping[str, Mapping[int, Convert]]] = {
    "MPF": {},
    "PanasonicRaw": {**MAIN_CONVERTERS, 0x001B: _shorts, 0x002E: _told},
}
"""Of tables.DIALECTS: Panasonic's NoiseReductionParams and JpgFromRaw."""
