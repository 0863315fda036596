"""What the properties of the primary picture say: size, bit depth, turn, colour profile."""

from collections.abc import Iterator
from typing import Final

from tasveer_tui.exif.containers.boxes import Box, number
from tasveer_tui.exif.containers.items import Items
from tasveer_tui.exif.found import Found
from tasveer_tui.records import Tag

_FULL_BOX = 4
_PROFILES: Final = (b"prof", b"rICC")
_COLOUR_PEEK = 11
_MOST_CHANNELS = 16
_BIT_DEPTHS_IN_HVCC = 17
"""Chroma format, then luma's and chroma's bits less 8."""
_HVCC_PEEK = 19


def tell(items: Items, found: Found) -> None:
    """Add what is known of the primary picture to `found`."""
    for name, teller in (
        (b"ispe", _size),
        (b"pixi", _depths),
        (b"hvcC", _hevc),
        (b"av1C", _av1),
        (b"irot", _turn),
    ):
        for box in _boxes(items, name):
            try:
                teller(items.source.read(box.start, min(box.length, 64)), found)
            except ValueError:
                found.damage("A property of the picture is broken.")
            break
    _colours(items, found)


def _colours(items: Items, found: Found) -> None:
    """A profile, and the numbers of a colour space; a picture may have both."""
    kinds: set[bytes] = set()
    for box in _boxes(items, b"colr"):
        head = items.source.read(box.start, min(box.length, _COLOUR_PEEK))
        kind = head[:4]
        if kind in kinds:
            continue
        kinds.add(kind)
        if kind in _PROFILES:
            found.icc.append(items.source.part(box.start + 4, box.length - 4))
        elif kind == b"nclx" and len(head) >= _COLOUR_PEEK - 1:
            found.tags += [
                Tag("QuickTime", "ColorProfiles", value="nclx"),
                Tag("QuickTime", "ColorPrimaries", value=number(head, 4, 2)),
                Tag("QuickTime", "TransferCharacteristics", value=number(head, 6, 2)),
                Tag("QuickTime", "MatrixCoefficients", value=number(head, 8, 2)),
            ]


def _boxes(items: Items, name: bytes) -> Iterator[Box]:
    """The primary picture's own, then, as of its tiles, the first of all.

    The size and the turn of another picture say nothing of this one.
    """
    yield from (one.box for one in items.of(items.primary) if one.box.name == name)
    if name not in (b"ispe", b"irot"):
        yield from (box for box in items.properties if box.name == name)


def _size(data: bytes, found: Found) -> None:
    width, height = number(data, _FULL_BOX, 4), number(data, _FULL_BOX + 4, 4)
    if found.width is None:
        found.width, found.height = width, height
    found.tags.append(Tag("QuickTime", "ImageSpatialExtent", value=[width, height]))


def _depths(data: bytes, found: Found) -> None:
    count = number(data, _FULL_BOX, 1)
    bits = data[_FULL_BOX + 1 : _FULL_BOX + 1 + min(count, _MOST_CHANNELS)]
    value = [*bits] if len(bits) != 1 else bits[0]
    found.tags.append(Tag("QuickTime", "ImagePixelDepth", value=value))


def _hevc(data: bytes, found: Found) -> None:
    luma = (number(data, _BIT_DEPTHS_IN_HVCC, 1) & 7) + 8
    chroma = (number(data, _BIT_DEPTHS_IN_HVCC + 1, 1) & 7) + 8
    found.tags += [
        Tag("QuickTime", "BitDepthLuma", value=luma),
        Tag("QuickTime", "BitDepthChroma", value=chroma),
    ]


def _av1(data: bytes, found: Found) -> None:
    flags = number(data, 2, 1)
    found.tags += [
        Tag("QuickTime", "HighBitDepth", value=flags >> 6 & 1),
        Tag("QuickTime", "TwelveBit", value=flags >> 5 & 1),
    ]


def _turn(data: bytes, found: Found) -> None:
    """Anti-clockwise, in quarters. The size is that before the turn."""
    found.tags.append(Tag("QuickTime", "Rotation", value=(number(data, 0, 1) & 3) * 90))
