"""PSD and PSB, Photoshop's own: a header, and image resources that hold all metadata.

Layers and pixels follow them and are never read.
"""

import struct
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.container_tags import add_tags
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ranges import ByteSource

_HEADER: Final = struct.Struct(">4s2x6xHIIHH")
_HEADER_TAG_NAMES: Final = ("NumChannels", "ImageHeight", "ImageWidth", "BitDepth", "ColorMode")
_IPTC, _OLD_THUMBNAIL, _THUMBNAIL, _ICC, _EXIF, _XMP = (
    0x0404,
    0x0409,
    0x040C,
    0x040F,
    0x0422,
    0x0424,
)
_THUMBNAIL_HEADER_BYTES = 28
_MAX_RESOURCES = 500
_RESOURCE_HEADER_BYTES = 7


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _HEADER.size)
    if len(head) < _HEADER.size:
        found.mark_truncated("The PSD ends inside its header.")
        return
    _, *numbers = _HEADER.unpack(head)
    add_tags(found, "Photoshop", dict(zip(_HEADER_TAG_NAMES, numbers, strict=True)))
    found.height, found.width = numbers[1], numbers[2]
    at = _HEADER.size + 4 + int.from_bytes(source.read(_HEADER.size, 4), "big")
    length = int.from_bytes(source.read(at, 4), "big")
    if at + 4 + length > source.size_bytes:
        found.mark_truncated("The object ends inside its image resources.")
    read_resources(source.part(at + 4, length), found, meter)


def read_resources(source: ByteSource, found: Findings, meter: Meter) -> None:
    """Photoshop's image resources: four bytes, a number, a padded name, and padded data each."""
    at = 0
    for _ in range(_MAX_RESOURCES):
        head = source.read(at, _RESOURCE_HEADER_BYTES)
        if len(head) < _RESOURCE_HEADER_BYTES:
            return
        meter.plan_entries(1)
        if head[:4] not in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"):
            found.mark_damaged("A Photoshop resource does not begin with its signature.")
            return
        at += 6 + (head[6] + 2) // 2 * 2
        length = int.from_bytes(source.read(at, 4), "big")
        start = at + 4
        if start + length > source.size_bytes:
            found.mark_damaged("A Photoshop resource is longer than there is room for.")
            return
        if head[:4] == b"8BIM":
            _read_resource(int.from_bytes(head[4:6], "big"), source, (start, length), found)
        at = start + length + length % 2


def _read_resource(
    number: int, source: ByteSource, place: tuple[int, int], found: Findings
) -> None:
    start, length = place
    if number == _IPTC:
        found.iptc.append(source.part(start, length))
    elif number == _EXIF:
        found.blocks.append(TiffBlock(source.part(start, length)))
    elif number == _XMP:
        found.xmp.append(source.part(start, length))
    elif number == _ICC:
        found.icc.append(source.part(start, length))
    elif number in (_THUMBNAIL, _OLD_THUMBNAIL) and length > _THUMBNAIL_HEADER_BYTES:
        offset = source.place(start + _THUMBNAIL_HEADER_BYTES)
        if number == _THUMBNAIL and offset > 0:
            found.thumbnails.append((offset, length - _THUMBNAIL_HEADER_BYTES))
