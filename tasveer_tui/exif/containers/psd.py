"""PSD and PSB, Photoshop's own: a header, and image resources that hold all metadata.

Layers and pixels come behind them and are never read.
"""

import struct
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source

_HEADER: Final = struct.Struct(">4s2x6xHIIHH")
_NAMES: Final = ("NumChannels", "ImageHeight", "ImageWidth", "BitDepth", "ColorMode")
_IPTC, _THUMB_OLD, _THUMB, _ICC, _EXIF, _XMP = 0x0404, 0x0409, 0x040C, 0x040F, 0x0422, 0x0424
_THUMB_HEADER = 28
_MOST_RESOURCES = 500
_RESOURCE_HEAD = 7


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(0, _HEADER.size)
    if len(head) < _HEADER.size:
        found.truncated("The PSD ends inside its header.")
        return
    _, *numbers = _HEADER.unpack(head)
    tell(found, "Photoshop", dict(zip(_NAMES, numbers, strict=True)))
    found.height, found.width = numbers[1], numbers[2]
    at = _HEADER.size + 4 + int.from_bytes(source.read(_HEADER.size, 4), "big")
    length = int.from_bytes(source.read(at, 4), "big")
    if at + 4 + length > source.size_bytes:
        found.truncated("The object ends inside its image resources.")
    resources(source.part(at + 4, length), found, meter)


def resources(source: Source, found: Found, meter: Meter) -> None:
    """Photoshop's image resources: four bytes, a number, a padded name, and padded data each."""
    at = 0
    for _ in range(_MOST_RESOURCES):
        head = source.read(at, _RESOURCE_HEAD)
        if len(head) < _RESOURCE_HEAD:
            return
        meter.plan_entries(1)
        if head[:4] not in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"):
            found.damage("A Photoshop resource does not begin with its mark.")
            return
        at += 6 + (head[6] + 2) // 2 * 2
        length = int.from_bytes(source.read(at, 4), "big")
        start = at + 4
        if start + length > source.size_bytes:
            found.damage("A Photoshop resource is longer than there is room for.")
            return
        if head[:4] == b"8BIM":
            _resource(int.from_bytes(head[4:6], "big"), source, (start, length), found)
        at = start + length + length % 2


def _resource(number: int, source: Source, place: tuple[int, int], found: Found) -> None:
    start, length = place
    if number == _IPTC:
        found.iptc.append(source.part(start, length))
    elif number == _EXIF:
        found.blocks.append(Block(source.part(start, length)))
    elif number == _XMP:
        found.xmp.append(source.part(start, length))
    elif number == _ICC:
        found.icc.append(source.part(start, length))
    elif number in (_THUMB, _THUMB_OLD) and length > _THUMB_HEADER:
        offset = source.place(start + _THUMB_HEADER)
        if number == _THUMB and offset > 0:
            found.thumbnails.append((offset, length - _THUMB_HEADER))
