"""MRW, Minolta's raw: blocks, of which one is a TIFF structure."""

from __future__ import annotations

import math
import re
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers import jpeg
from tasveer_tui.exif.containers.container_tags import add_tags, decode_short_text
from tasveer_tui.exif.findings import Findings, TiffBlock

if TYPE_CHECKING:
    from tasveer_tui.exif.ranges import ByteSource
    from tasveer_tui.records import TagValue

_MRW_HEADER_BYTES = 8
_MAX_MRW_BLOCKS = 64
_PRD_LAYOUT: Final = struct.Struct(">8s4H3B4xB")
_WBG_LAYOUT: Final = struct.Struct(">4B4H")


def locate_mrw(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate. The first length spans all blocks."""
    end = min(_MRW_HEADER_BYTES + int.from_bytes(source.read(4, 4), "big"), source.size_bytes)
    at = _MRW_HEADER_BYTES
    for _ in range(_MAX_MRW_BLOCKS):
        if at + _MRW_HEADER_BYTES > end:
            break
        meter.plan_entries(1)
        head = source.read(at, _MRW_HEADER_BYTES)
        length = int.from_bytes(head[4:], "big")
        _read_mrw_block(head[:4], source.part(at + _MRW_HEADER_BYTES, length), found)
        at += _MRW_HEADER_BYTES + length
    if at > source.size_bytes:
        found.mark_truncated("The object ends inside an MRW block.")


def _read_mrw_block(name: bytes, block: ByteSource, found: Findings) -> None:
    if name == b"\0TTW":
        found.blocks.append(TiffBlock(block))
    elif name == b"\0PRD" and block.size_bytes >= _PRD_LAYOUT.size:
        firmware, *numbers = _PRD_LAYOUT.unpack(block.read(0, _PRD_LAYOUT.size))
        found.height, found.width = numbers[2], numbers[3]
        names = ("SensorHeight", "SensorWidth", "ImageHeight", "ImageWidth")
        more = ("RawDepth", "BitDepth", "StorageMethod", "BayerPattern")
        add_tags(found, "MinoltaRaw", {"FirmwareID": decode_short_text(firmware)})
        add_tags(found, "MinoltaRaw", dict(zip((*names, *more), numbers, strict=True)))
    elif name == b"\0WBG" and block.size_bytes >= _WBG_LAYOUT.size:
        numbers = list(_WBG_LAYOUT.unpack(block.read(0, _WBG_LAYOUT.size)))
        add_tags(found, "MinoltaRaw", {"WBScale": numbers[:4], "WB_RGGBLevels": numbers[4:]})


# RAF, Fujifilm's raw: a header with the offset of a JPEG that has the EXIF, and a table.

_RAF_HEADER_BYTES = 108
_RAF_VERSION = slice(0x3C, 0x40)
_JPEG_OFFSET, _TABLE_OFFSET = 0x54, 0x5C
_MAX_RAF_ENTRIES = 256
_MAX_RAF_VALUE_BYTES = 64

_RAF_SIZE_TAGS: Final = {
    0x0100: "RawImageFullSize",
    0x0111: "RawImageCroppedSize",
    0x0115: "RawImageAspectRatio",
    0x0121: "RawImageSize",
}
"""Heights before widths."""
_RAF_SHORT_TAGS: Final = {
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
_RAF_BYTE_TAGS: Final = {0x0130: "FujiLayout", 0x0131: "XTransLayout"}
_RAF_CROPPED_SIZE = 0x0111
_RAF_CELLS = 4


def locate_raf(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _RAF_HEADER_BYTES)
    if len(head) < _RAF_HEADER_BYTES:
        found.mark_truncated("The RAF ends inside its header.")
        return
    add_tags(found, "File", {"RAFVersion": decode_short_text(head[_RAF_VERSION])})
    offset, length, table, table_length = (
        int.from_bytes(head[at : at + 4], "big") for at in range(_JPEG_OFFSET, _TABLE_OFFSET + 8, 4)
    )
    if offset and length:
        jpeg.locate(source.part(offset, length), found, meter)
    if table and table_length:
        _read_raf_table(source.part(table, table_length), found, meter)


def _read_raf_table(table: ByteSource, found: Findings, meter: Meter) -> None:
    """Numbers, lengths and values, one behind the other."""
    count = min(int.from_bytes(table.read(0, 4), "big"), _MAX_RAF_ENTRIES)
    meter.plan_entries(count)
    at = 4
    for _ in range(count):
        head = table.read(at, 4)
        number, length = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        if number in _RAF_SIZE_TAGS or number in _RAF_SHORT_TAGS or number in _RAF_BYTE_TAGS:
            _read_raf_entry(number, table.read(at + 4, min(length, _MAX_RAF_VALUE_BYTES)), found)
        at += 4 + length
        if at >= table.size_bytes:
            return


def _read_raf_entry(number: int, data: bytes, found: Findings) -> None:
    shorts = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2)]
    if number in _RAF_SIZE_TAGS:
        add_tags(found, "RAF", {_RAF_SIZE_TAGS[number]: [*shorts[::-1]]})
    elif number in _RAF_BYTE_TAGS:
        add_tags(found, "RAF", {_RAF_BYTE_TAGS[number]: list(data)})
    else:
        add_tags(found, "RAF", {_RAF_SHORT_TAGS[number]: [*shorts[:_RAF_CELLS]]})
    if number == _RAF_CROPPED_SIZE and len(shorts) == 2:  # noqa: PLR2004 - height and width
        found.height, found.width = shorts


# X3F, Sigma's raw: a header, and a directory at the end of properties and pictures.

_X3F_HEADER: Final = struct.Struct("<4sHH16s4I")
_MIN_SETTINGS_VERSION, _MIN_SCENE_VERSION, _UNKNOWN_VERSION = (2, 1), (2, 3), (4, 0)
_SETTING_VALUES: Final = struct.Struct("<32f")
_SETTING_NAMES: Final = {
    1: "ExposureAdjust",
    2: "Contrast",
    3: "Shadow",
    4: "Highlight",
    5: "Saturation",
    6: "Sharpness",
    7: "RedAdjust",
    8: "GreenAdjust",
    9: "BlueAdjust",
    10: "X3FillLight",
}
_MAX_SECTIONS = 100
_MAX_PROPERTIES = 500
_MAX_PROPERTIES_BYTES = 64 * KIB
_X3F_ROW_BYTES = 12
_SECTION_HEADER_BYTES, _IMAGE_HEADER_BYTES = 24, 28
_PROCESSED_JPEG: Final = (2, 18)
_LENS_CODE: Final = re.compile("[0-9A-Fa-f]{1,8}")
_PROPERTY_NAMES: Final = {
    "AEMODE": "MeteringMode",
    "AFAREA": "AFArea",
    "AFINFOCUS": "AFInFocus",
    "AFMODE": "FocusMode",
    "AP_DESC": "ApertureDisplayed",
    "APERTURE": "FNumber",
    "BRACKET": "BracketShot",
    "BURST": "BurstShot",
    "CAMMANUF": "Make",
    "CAMMODEL": "Model",
    "CAMNAME": "CameraName",
    "CAMSERIAL": "SerialNumber",
    "COLORSPACE": "ColorSpace",
    "DRIVE": "DriveMode",
    "EXPCOMP": "ExposureCompensation",
    "EXPNET": "NetExposureCompensation",
    "EXPTIME": "IntegrationTime",
    "FIRMVERS": "FirmwareVersion",
    "FLASH": "FlashMode",
    "FLASHEXPCOMP": "FlashExpComp",
    "FLASHPOWER": "FlashPower",
    "FLASHTTLMODE": "FlashTTLMode",
    "FLASHTYPE": "FlashType",
    "FLENGTH": "FocalLength",
    "FLEQ35MM": "FocalLengthIn35mmFormat",
    "FOCUS": "Focus",
    "IMAGEBOARDID": "ImageBoardID",
    "IMAGERTEMP": "SensorTemperature",
    "ISO": "ISO",
    "LENSARANGE": "LensApertureRange",
    "LENSFRANGE": "LensFocalRange",
    "LENSMODEL": "LensType",
    "PMODE": "ExposureProgram",
    "RESOLUTION": "Quality",
    "SENSORID": "SensorID",
    "SH_DESC": "ShutterSpeedDisplayed",
    "SHUTTER": "ExposureTime",
    "TIME": "DateTimeOriginal",
    "WB_DESC": "WhiteBalance",
    "VERSION_BF": "VersionBF",
}


def locate_x3f(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _X3F_HEADER.size)
    if len(head) < _X3F_HEADER.size:
        found.mark_truncated("The X3F ends inside its header.")
        return
    _, minor, major, identity, marks, width, height, rotation = _X3F_HEADER.unpack(head)
    facts: dict[str, TagValue] = {
        "FileVersion": f"{major}.{minor}",
        "ImageUniqueID": identity.hex(),
        "MarkBits": marks,
        "ImageWidth": width,
        "ImageHeight": height,
        "Rotation": rotation,
    }
    add_tags(found, "SigmaRaw", facts)
    _read_settings(source, found, (major, minor))
    _read_sections(source, found, meter)
    found.width, found.height = width, height


def _read_settings(source: ByteSource, found: Findings, version: tuple[int, int]) -> None:
    """What the camera was set to: kinds in a row, then a number for each."""
    if not _MIN_SETTINGS_VERSION <= version < _UNKNOWN_VERSION:
        return
    add_tags(found, "SigmaRaw", {"WhiteBalance": decode_short_text(source.read(40, 32))})
    at = 72
    if version >= _MIN_SCENE_VERSION:
        add_tags(found, "SigmaRaw", {"SceneCaptureType": decode_short_text(source.read(at, 32))})
        at += 32
    kinds, data = source.read(at, 32), source.read(at + 32, 128)
    if len(data) == _SETTING_VALUES.size:
        for kind, number in zip(kinds, _SETTING_VALUES.unpack(data), strict=True):
            if kind in _SETTING_NAMES and math.isfinite(number):
                add_tags(found, "SigmaRaw", {_SETTING_NAMES[kind]: number})


def _read_sections(source: ByteSource, found: Findings, meter: Meter) -> None:
    """The last four bytes are the offset of the directory."""
    end = source.size_bytes
    start = int.from_bytes(source.read(end - 4, 4), "little")
    head = source.read(start, _X3F_ROW_BYTES)
    if head[:4] != b"SECd":
        found.mark_truncated("The X3F's last four bytes are not the offset of its directory.")
        return
    count = min(int.from_bytes(head[8:], "little"), _MAX_SECTIONS)
    meter.plan_entries(count)
    rows = source.read(start + _X3F_ROW_BYTES, count * _X3F_ROW_BYTES)
    for at in range(0, len(rows) - _X3F_ROW_BYTES + 1, _X3F_ROW_BYTES):
        offset, length = (int.from_bytes(rows[at + i : at + i + 4], "little") for i in (0, 4))
        name = rows[at + 8 : at + 12]
        if name == b"PROP":
            _read_properties(source.part(offset, min(length, _MAX_PROPERTIES_BYTES)), found, meter)
        elif name == b"IMA2":
            _read_image_section(source.part(offset, length), found, meter)


def _read_image_section(section: ByteSource, found: Findings, meter: Meter) -> None:
    """A JPEG among them has the EXIF, and is small enough to be shown."""
    head = section.read(0, _IMAGE_HEADER_BYTES)
    kind, layout = (int.from_bytes(head[at : at + 4], "little") for at in (8, 12))
    body = section.part(_IMAGE_HEADER_BYTES, section.size_bytes - _IMAGE_HEADER_BYTES)
    if head[:4] == b"SECi" and (kind, layout) == _PROCESSED_JPEG and body.read(6, 4) == b"Exif":
        jpeg.locate(body, found, meter)


def _read_properties(section: ByteSource, found: Findings, meter: Meter) -> None:
    """Names and values in UTF-16, by their places in one text."""
    data = section.read(0, section.size_bytes)
    count = min(int.from_bytes(data[8:12], "little"), _MAX_PROPERTIES)
    meter.plan_entries(count)
    text = data[_SECTION_HEADER_BYTES + 8 * count :].decode("utf-16-le", "replace")
    if data[:4] != b"SECp" or any(data[12:16]):
        return
    facts: dict[str, TagValue] = {}
    for at in range(_SECTION_HEADER_BYTES, _SECTION_HEADER_BYTES + 8 * count, 8):
        places = (int.from_bytes(data[at + i : at + i + 4], "little") for i in (0, 4))
        name, value = (text[place : place + 1000].partition("\0")[0] for place in places)
        if name in _PROPERTY_NAMES:
            facts[_PROPERTY_NAMES[name]] = _convert_property(name, value)
    add_tags(found, "SigmaRaw", facts)


def _convert_property(name: str, value: str) -> TagValue:
    """As stored, except a time in microseconds and a Unix time in seconds."""
    if name == "EXPTIME" and value.isascii() and value.isdigit():
        return int(value[:18]) / 1_000_000
    if name == "TIME" and value.isascii() and value.isdigit() and len(value) <= 10:  # noqa: PLR2004
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y:%m:%d %H:%M:%S")
    if name == "LENSMODEL" and _LENS_CODE.fullmatch(value):
        return int(value, 16)
    return decode_short_text(value.encode("utf-8", "replace"))
