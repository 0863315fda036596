"""RAF, Fujifilm's raw: a header that says where a JPEG with the EXIF lies, and a table."""

from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import jpeg
from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_HEADER = 108
_VERSION = slice(0x3C, 0x40)
_JPEG, _TABLE = 0x54, 0x5C
_MOST_ENTRIES = 256
_LONGEST = 64

_SIZES: Final = {
    0x0100: "RawImageFullSize",
    0x0111: "RawImageCroppedSize",
    0x0115: "RawImageAspectRatio",
    0x0121: "RawImageSize",
}
"""Heights before widths."""
_SHORTS: Final = {
    0x0110: "RawImageCropTopLeft",
    0x2000: "WB_GRGBLevelsAuto",
    0x2100: "WB_GRGBLevelsDaylight",
    0x2200: "WB_GRGBLevelsCloudy",
    0x2300: "WB_GRGBLevelsDaylightFluor",
    0x2301: "WB_GRGBLevelsDayWhiteFluor",
    0x2302: "WB_GRGBLevelsWhiteFluorescent",
    0x2310: "WB_GRGBLevelsWarmWhiteFluor",
    0x2311: "WB_GRGBLevelsLivingRoomWarmWhiteFluor",
    0x2400: "WB_GRGBLevelsTungsten",
    0x2FF0: "WB_GRGBLevels",
}
_BYTES: Final = {0x0130: "FujiLayout", 0x0131: "XTransLayout"}
_CROPPED = 0x0111
_CELLS = 4


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _HEADER)
    if len(head) < _HEADER:
        found.truncated("The RAF ends inside its header.")
        return
    tell(found, "File", {"RAFVersion": words(head[_VERSION])})
    offset, length, table, table_length = (
        int.from_bytes(head[at : at + 4], "big") for at in range(_JPEG, _TABLE + 8, 4)
    )
    if offset and length:
        jpeg.locate(source.part(offset, length), found, meter)
    if table and table_length:
        _table(source.part(table, table_length), found, meter)


def _table(table: Source, found: Found, meter: Meter) -> None:
    """Numbers, lengths and values, one behind the other."""
    count = min(int.from_bytes(table.read(0, 4), "big"), _MOST_ENTRIES)
    meter.plan_entries(count)
    at = 4
    for _ in range(count):
        head = table.read(at, 4)
        number, length = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        if number in _SIZES or number in _SHORTS or number in _BYTES:
            _entry(number, table.read(at + 4, min(length, _LONGEST)), found)
        at += 4 + length
        if at >= table.size_bytes:
            return


def _entry(number: int, data: bytes, found: Found) -> None:
    shorts = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2)]
    if number in _SIZES:
        tell(found, "RAF", {_SIZES[number]: [*shorts[::-1]]})
    elif number in _BYTES:
        tell(found, "RAF", {_BYTES[number]: list(data)})
    else:
        tell(found, "RAF", {_SHORTS[number]: [*shorts[:_CELLS]]})
    if number == _CROPPED and len(shorts) == 2:  # noqa: PLR2004 - height and width
        found.height, found.width = shorts
