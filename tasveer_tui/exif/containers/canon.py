"""CR3: Canon's raw format, a movie of one picture with four TIFF structures in a box of Canon's."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.containers.boxes import XMP_UUID, Box, BoxReader, read_tracks
from tasveer_tui.exif.containers.container_tags import add_tags, decode_short_text
from tasveer_tui.exif.findings import Findings, MakerNoteLocation, TiffBlock
from tasveer_tui.records import Tag, TagValue

if TYPE_CHECKING:
    from tasveer_tui.exif.budget import Meter
    from tasveer_tui.exif.ranges import ByteSource

_CANON_UUID: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW_UUID: Final = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_PREVIEW_HEADER_BYTES = 8
_JPEG_HEADER_BYTES = 16
"""Before the JPEG in the boxes of the thumbnail and the preview."""
_GROUP_BY_BOX: Final = {b"CMT1": "IFD0", b"CMT2": "ExifIFD", b"CMT4": "GPS"}
_MAKER_NOTE_BOX = b"CMT3"
_JPEG_SIGNATURE = b"\xff\xd8"


def locate_cr3(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    boxes = BoxReader(source, found, meter)
    for box in boxes.within():
        if box.name == b"moov":
            _read_movie(boxes, box)
        elif box.name == XMP_UUID:
            found.xmp.append(source.part(box.start, box.length))
        elif box.name == _PREVIEW_UUID:
            for inner in boxes.iter_children(box, _PREVIEW_HEADER_BYTES):
                if inner.name == b"PRVW":
                    _add_embedded_jpeg(boxes, inner)
        elif box.name == b"mdat":
            return


def _read_movie(boxes: BoxReader, movie: Box) -> None:
    for box in boxes.iter_children(movie):
        if box.name == _CANON_UUID:
            for inner in boxes.iter_children(box):
                _read_canon_box(boxes, inner)
    for track in read_tracks(boxes, movie):
        group = f"Track{track.place}"
        boxes.found.tags += [
            Tag(group, "CompressorID", value=track.codec),
            Tag(group, "SourceImageWidth", value=track.width),
            Tag(group, "SourceImageHeight", value=track.height),
            Tag(group, "BitDepth", value=track.bits),
        ]


def _read_canon_box(boxes: BoxReader, box: Box) -> None:
    """A TIFF structure of one directory, or the thumbnail."""
    if box.name in _GROUP_BY_BOX:
        source = boxes.source.part(box.start, box.length)
        boxes.found.blocks.append(TiffBlock(source, _GROUP_BY_BOX[box.name]))
    elif box.name == _MAKER_NOTE_BOX:
        source = boxes.source.part(box.start, box.length)
        boxes.found.maker_notes.append(MakerNoteLocation(source, 0, box.length))
    elif box.name == b"THMB":
        _add_embedded_jpeg(boxes, box)


def _add_embedded_jpeg(boxes: BoxReader, box: Box) -> None:
    """Record the place of a JPEG; the thumbnail precedes the larger preview."""
    start, length = box.start + _JPEG_HEADER_BYTES, box.length - _JPEG_HEADER_BYTES
    if length > 0 and boxes.source.read(start, 2) == _JPEG_SIGNATURE:
        boxes.found.thumbnails.append((boxes.source.place(start), length))


# CRW, Canon's first raw: heaps in heaps, each with its directory at its end.

_HEAP_ROW: Final = struct.Struct("<HII")
_MAX_HEAP_DEPTH = 6
_MAX_VALUE_BYTES = 1024
_IN_ROW_FLAG = 0x4000
_HEAP_TYPES: Final = (0x2800, 0x3000)
_TYPE_MASK = 0x3800
_TEXT_TAGS: Final = {
    0x0805: "UserComment",
    0x080B: "CanonFirmwareVersion",
    0x080D: "ROMOperationMode",
    0x3FFF: "CanonFileDescription",
    0x0810: "OwnerName",
    0x0815: "CanonImageType",
    0x0816: "OriginalFileName",
    0x0817: "ThumbnailFileName",
}
_NUMBER_TAGS: Final = {
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
_USER_COMMENT, _DESCRIPTION_HEAP, _FILE_DESCRIPTION = 0x0805, 0x2804, 0x3FFF
"""A text in the heap of descriptions is about the file, elsewhere the owner's."""
_MAKE_AND_MODEL, _IMAGE_INFO, _PREVIEW_JPEG, _THUMBNAIL_JPEG = 0x080A, 0x1810, 0x2007, 0x2008
_IMAGE_FORMAT, _MEASURED_EV, _CAPTURE_TIME = 0x1803, 0x1814, 0x180E
_RECORD_LAYOUTS: Final = {
    _IMAGE_FORMAT: struct.Struct("<If"),
    _MEASURED_EV: struct.Struct("<f"),
    _CAPTURE_TIME: struct.Struct("<IiI"),
}
_MAKE_BYTES = 6
_HOUR_S = 3600
_EV_OFFSET = 5
_IMAGE_INFO_LAYOUT: Final = struct.Struct("<IIfiIII")
_IMAGE_INFO_NAMES: Final = (
    "ImageWidth",
    "ImageHeight",
    "PixelAspectRatio",
    "Rotation",
    "ComponentBitDepth",
    "ColorBitDepth",
    "ColorBW",
)


def locate_crw(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate. The header's length follows its byte order."""
    start = int.from_bytes(source.read(2, 4), "little")
    _read_heap(source.part(start, source.size_bytes - start), found, meter, ())


def _read_heap(heap: ByteSource, found: Findings, meter: Meter, path: tuple[int, ...]) -> None:
    meter.plan_ifd()
    at = int.from_bytes(heap.read(heap.size_bytes - 4, 4), "little")
    count = int.from_bytes(heap.read(at, 2), "little")
    rows = heap.read(at + 2, count * _HEAP_ROW.size)
    if len(rows) < count * _HEAP_ROW.size or not count:
        found.mark_truncated("A directory of the CRW lies beyond its end.")
    meter.plan_entries(count)
    for row in range(0, len(rows) - _HEAP_ROW.size + 1, _HEAP_ROW.size):
        number, length, offset = _HEAP_ROW.unpack_from(rows, row)
        if number & _IN_ROW_FLAG:
            part = heap.part(at + 2 + row + 2, 8)
        elif offset + length <= heap.size_bytes:
            part = heap.part(offset, length)
        else:
            found.mark_truncated("A part of the CRW lies beyond its end.")
            continue
        if number & _TYPE_MASK in _HEAP_TYPES and not number & _IN_ROW_FLAG:
            if len(path) < _MAX_HEAP_DEPTH and 0 < length < heap.size_bytes:
                _read_heap(part, found, meter, (*path, number))
        else:
            is_about_file = number == _USER_COMMENT and path[-1:] == (_DESCRIPTION_HEAP,)
            _read_heap_entry(_FILE_DESCRIPTION if is_about_file else number & 0x3FFF, part, found)


def _read_heap_entry(number: int, part: ByteSource, found: Findings) -> None:
    """One value."""
    if number in (_PREVIEW_JPEG, _THUMBNAIL_JPEG):
        place = part.place(0)
        if place > 0 and part.read(0, 2) == b"\xff\xd8":
            found.thumbnails.insert(0 if number == _THUMBNAIL_JPEG else 1, (place, part.size_bytes))
        return
    facts = _decode_record(number, part.read(0, min(part.size_bytes, _MAX_VALUE_BYTES)))
    if number == _IMAGE_INFO and facts:
        found.width, found.height = int(str(facts["ImageWidth"])), int(str(facts["ImageHeight"]))
    add_tags(found, "CanonRaw", facts)


def _decode_record(number: int, data: bytes) -> dict[str, TagValue]:
    if number in _TEXT_TAGS:
        return {_TEXT_TAGS[number]: decode_short_text(data)}
    if number == _MAKE_AND_MODEL:
        return {
            "Make": decode_short_text(data[:_MAKE_BYTES]),
            "Model": decode_short_text(data[_MAKE_BYTES:]),
        }
    if number == _IMAGE_INFO and len(data) >= _IMAGE_INFO_LAYOUT.size:
        numbers = _IMAGE_INFO_LAYOUT.unpack_from(data)
        return {
            name: _integer_if_whole(number)
            for name, number in zip(_IMAGE_INFO_NAMES, numbers, strict=True)
        }
    if number in _RECORD_LAYOUTS and len(data) >= _RECORD_LAYOUTS[number].size:
        return _decode_multiple(number, _RECORD_LAYOUTS[number].unpack_from(data))
    if number in _NUMBER_TAGS:
        name, layout = _NUMBER_TAGS[number]
        if len(data) >= struct.calcsize(layout):
            return {name: _integer_if_whole(struct.unpack_from(layout, data)[0])}
    return {}


def _decode_multiple(number: int, numbers: tuple[float, ...]) -> dict[str, TagValue]:
    """Values that share one tag number."""
    if number == _IMAGE_FORMAT:
        return {"FileFormat": numbers[0], "TargetCompressionRatio": _integer_if_whole(numbers[1])}
    if number == _MEASURED_EV:
        return {"MeasuredEV": _integer_if_whole(numbers[0] + _EV_OFFSET)}
    moment = datetime.fromtimestamp(numbers[0], UTC)
    return {
        "DateTimeOriginal": moment.strftime("%Y:%m:%d %H:%M:%S"),
        "TimeZoneCode": _integer_if_whole(numbers[1] / _HOUR_S),
        "TimeZoneInfo": numbers[2],
    }


def _integer_if_whole(number: float) -> float:
    """A float without a fraction is written without one."""
    return int(number) if number == number // 1 else number
