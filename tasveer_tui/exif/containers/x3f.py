"""X3F, Sigma's raw: a header, and a directory at the end of properties and pictures."""

import math
import re
import struct
from datetime import UTC, datetime
from typing import Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers import jpeg
from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source
from tasveer_tui.records import TagValue

_HEADER: Final = struct.Struct("<4sHH16s4I")
_FIRST_WITH_SETTINGS, _FIRST_WITH_SCENE, _LAST_KNOWN = (2, 1), (2, 3), (4, 0)
_NUMBERS: Final = struct.Struct("<32f")
_SETTINGS: Final = {
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
_MOST_SECTIONS = 100
_MOST_PROPERTIES = 500
_LARGEST_PROPERTIES = 64 * KIB
_ROW = 12
_SECTION_HEAD, _PICTURE_HEAD = 24, 28
_PROCESSED_JPEG: Final = (2, 18)
_LENS: Final = re.compile("[0-9A-Fa-f]{1,8}")
_PROPERTIES: Final = {
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


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _HEADER.size)
    if len(head) < _HEADER.size:
        found.truncated("The X3F ends inside its header.")
        return
    _, minor, major, identity, marks, width, height, rotation = _HEADER.unpack(head)
    facts: dict[str, TagValue] = {
        "FileVersion": f"{major}.{minor}",
        "ImageUniqueID": identity.hex(),
        "MarkBits": marks,
        "ImageWidth": width,
        "ImageHeight": height,
        "Rotation": rotation,
    }
    tell(found, "SigmaRaw", facts)
    _settings(source, found, (major, minor))
    _sections(source, found, meter)
    found.width, found.height = width, height


def _settings(source: Source, found: Found, version: tuple[int, int]) -> None:
    """What the camera was set to: kinds in a row, then a number for each."""
    if not _FIRST_WITH_SETTINGS <= version < _LAST_KNOWN:
        return
    tell(found, "SigmaRaw", {"WhiteBalance": words(source.read(40, 32))})
    at = 72
    if version >= _FIRST_WITH_SCENE:
        tell(found, "SigmaRaw", {"SceneCaptureType": words(source.read(at, 32))})
        at += 32
    kinds, data = source.read(at, 32), source.read(at + 32, 128)
    if len(data) == _NUMBERS.size:
        for kind, number in zip(kinds, _NUMBERS.unpack(data), strict=True):
            if kind in _SETTINGS and math.isfinite(number):
                tell(found, "SigmaRaw", {_SETTINGS[kind]: number})


def _sections(source: Source, found: Found, meter: Meter) -> None:
    """The last four bytes say where the directory is."""
    end = source.size_bytes
    start = int.from_bytes(source.read(end - 4, 4), "little")
    head = source.read(start, _ROW)
    if head[:4] != b"SECd":
        found.truncated("The X3F's directory is not where its end says it is.")
        return
    count = min(int.from_bytes(head[8:], "little"), _MOST_SECTIONS)
    meter.plan_entries(count)
    rows = source.read(start + _ROW, count * _ROW)
    for at in range(0, len(rows) - _ROW + 1, _ROW):
        offset, length = (int.from_bytes(rows[at + i : at + i + 4], "little") for i in (0, 4))
        name = rows[at + 8 : at + 12]
        if name == b"PROP":
            _properties(source.part(offset, min(length, _LARGEST_PROPERTIES)), found, meter)
        elif name == b"IMA2":
            _picture(source.part(offset, length), found, meter)


def _picture(section: Source, found: Found, meter: Meter) -> None:
    """A JPEG among them has the EXIF, and is small enough to be shown."""
    head = section.read(0, _PICTURE_HEAD)
    kind, layout = (int.from_bytes(head[at : at + 4], "little") for at in (8, 12))
    body = section.part(_PICTURE_HEAD, section.size_bytes - _PICTURE_HEAD)
    if head[:4] == b"SECi" and (kind, layout) == _PROCESSED_JPEG and body.read(6, 4) == b"Exif":
        jpeg.locate(body, found, meter)


def _properties(section: Source, found: Found, meter: Meter) -> None:
    """Names and values in UTF-16, by their places in one text."""
    data = section.read(0, section.size_bytes)
    count = min(int.from_bytes(data[8:12], "little"), _MOST_PROPERTIES)
    meter.plan_entries(count)
    text = data[_SECTION_HEAD + 8 * count :].decode("utf-16-le", "replace")
    if data[:4] != b"SECp" or any(data[12:16]):
        return
    facts: dict[str, TagValue] = {}
    for at in range(_SECTION_HEAD, _SECTION_HEAD + 8 * count, 8):
        places = (int.from_bytes(data[at + i : at + i + 4], "little") for i in (0, 4))
        name, value = (text[place : place + 1000].partition("\0")[0] for place in places)
        if name in _PROPERTIES:
            facts[_PROPERTIES[name]] = _value(name, value)
    tell(found, "SigmaRaw", facts)


def _value(name: str, value: str) -> TagValue:
    """As it stands, but for a time in microseconds and a date in seconds since 1970."""
    if name == "EXPTIME" and value.isascii() and value.isdigit():
        return int(value[:18]) / 1_000_000
    if name == "TIME" and value.isascii() and value.isdigit() and len(value) <= 10:  # noqa: PLR2004
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y:%m:%d %H:%M:%S")
    if name == "LENSMODEL" and _LENS.fullmatch(value):
        return int(value, 16)
    return words(value.encode("utf-8", "replace"))
