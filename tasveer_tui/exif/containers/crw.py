"""CRW, Canon's first raw: heaps in heaps, each with its directory at its end."""

import struct
from datetime import UTC, datetime
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source
from tasveer_tui.records import TagValue

_ROW: Final = struct.Struct("<HII")
_DEEPEST = 6
_LONGEST = 1024
_IN_ROW = 0x4000
_HEAPS: Final = (0x2800, 0x3000)
_KIND = 0x3800
_TEXTS: Final = {
    0x0805: "UserComment",
    0x080B: "CanonFirmwareVersion",
    0x080D: "ROMOperationMode",
    0x3FFF: "CanonFileDescription",
    0x0810: "OwnerName",
    0x0815: "CanonImageType",
    0x0816: "OriginalFileName",
    0x0817: "ThumbnailFileName",
}
_NUMBERS: Final = {
    0x100A: ("TargetImageType", "<H"),
    0x101C: ("BaseISO", "<H"),
    0x10AE: ("ColorTemperature", "<H"),
    0x10B4: ("ColorSpace", "<H"),
    0x1804: ("RecordID", "<I"),
    0x1817: ("FileNumber", "<I"),
    0x180B: ("SerialNumber", "<I"),
    0x1834: ("CanonModelID", "<I"),
    0x183B: ("SerialNumberFormat", "<I"),
}
_TEXT, _DESCRIPTIONS, _DESCRIPTION = 0x0805, 0x2804, 0x3FFF
"""A text in the heap of descriptions is about the file, elsewhere the owner's."""
_MAKE, _IMAGE, _PREVIEW, _THUMB = 0x080A, 0x1810, 0x2007, 0x2008
_FORMAT, _LIGHT, _TIME = 0x1803, 0x1814, 0x180E
_LAYOUTS: Final = {
    _FORMAT: struct.Struct("<If"),
    _LIGHT: struct.Struct("<f"),
    _TIME: struct.Struct("<IiI"),
}
_MAKE_LENGTH = 6
_HOUR_S = 3600
_EV_OFFSET = 5
_PICTURE: Final = struct.Struct("<IIfiIII")
_PICTURE_NAMES: Final = (
    "ImageWidth",
    "ImageHeight",
    "PixelAspectRatio",
    "Rotation",
    "ComponentBitDepth",
    "ColorBitDepth",
    "ColorBW",
)


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate. The header's length stands behind its byte order."""
    start = int.from_bytes(source.read(2, 4), "little")
    _heap(source.part(start, source.size_bytes - start), found, meter, ())


def _heap(heap: Source, found: Found, meter: Meter, path: tuple[int, ...]) -> None:
    meter.plan_ifd()
    at = int.from_bytes(heap.read(heap.size_bytes - 4, 4), "little")
    count = int.from_bytes(heap.read(at, 2), "little")
    rows = heap.read(at + 2, count * _ROW.size)
    if len(rows) < count * _ROW.size or not count:
        found.truncated("A directory of the CRW lies beyond its end.")
    meter.plan_entries(count)
    for row in range(0, len(rows) - _ROW.size + 1, _ROW.size):
        number, length, offset = _ROW.unpack_from(rows, row)
        if number & _IN_ROW:
            part = heap.part(at + 2 + row + 2, 8)
        elif offset + length <= heap.size_bytes:
            part = heap.part(offset, length)
        else:
            found.truncated("A part of the CRW lies beyond its end.")
            continue
        if number & _KIND in _HEAPS and not number & _IN_ROW:
            if len(path) < _DEEPEST and 0 < length < heap.size_bytes:
                _heap(part, found, meter, (*path, number))
        else:
            is_about_file = number == _TEXT and path[-1:] == (_DESCRIPTIONS,)
            _entry(_DESCRIPTION if is_about_file else number & 0x3FFF, part, found)


def _entry(number: int, part: Source, found: Found) -> None:
    """One value."""
    if number in (_PREVIEW, _THUMB):
        place = part.place(0)
        if place > 0 and part.read(0, 2) == b"\xff\xd8":
            found.thumbnails.insert(0 if number == _THUMB else 1, (place, part.size_bytes))
        return
    facts = _facts(number, part.read(0, min(part.size_bytes, _LONGEST)))
    if number == _IMAGE and facts:
        found.width, found.height = int(str(facts["ImageWidth"])), int(str(facts["ImageHeight"]))
    tell(found, "CanonRaw", facts)


def _facts(number: int, data: bytes) -> dict[str, TagValue]:
    if number in _TEXTS:
        return {_TEXTS[number]: words(data)}
    if number == _MAKE:
        return {"Make": words(data[:_MAKE_LENGTH]), "Model": words(data[_MAKE_LENGTH:])}
    if number == _IMAGE and len(data) >= _PICTURE.size:
        numbers = _PICTURE.unpack_from(data)
        return {name: _whole(number) for name, number in zip(_PICTURE_NAMES, numbers, strict=True)}
    if number in _LAYOUTS and len(data) >= _LAYOUTS[number].size:
        return _several(number, _LAYOUTS[number].unpack_from(data))
    if number in _NUMBERS:
        name, layout = _NUMBERS[number]
        if len(data) >= struct.calcsize(layout):
            return {name: _whole(struct.unpack_from(layout, data)[0])}
    return {}


def _several(number: int, numbers: tuple[float, ...]) -> dict[str, TagValue]:
    """Values that stand together under one number."""
    if number == _FORMAT:
        return {"FileFormat": numbers[0], "TargetCompressionRatio": _whole(numbers[1])}
    if number == _LIGHT:
        return {"MeasuredEV": _whole(numbers[0] + _EV_OFFSET)}
    moment = datetime.fromtimestamp(numbers[0], UTC)
    return {
        "DateTimeOriginal": moment.strftime("%Y:%m:%d %H:%M:%S"),
        "TimeZoneCode": _whole(numbers[1] / _HOUR_S),
        "TimeZoneInfo": numbers[2],
    }


def _whole(number: float) -> float:
    """A float without a fraction is written without one."""
    return int(number) if number == number // 1 else number
