"""WebP: hops over RIFF chunks. The flags of VP8X are not asked; they lie."""

from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.containers.telling import tell
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source

_HEADER = 8
_FIRST_CHUNK = 12
_MOST_CHUNKS = 1_000
_PEEK = 10
_EXIF_HEADER: Final = b"Exif\0\0"


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    end = min(_HEADER + int.from_bytes(source.read(4, 4), "little"), source.size_bytes)
    at = _FIRST_CHUNK
    for _ in range(_MOST_CHUNKS):
        if at + _HEADER > end:
            return
        head = source.read(at, _HEADER)
        length = int.from_bytes(head[4:], "little")
        start = at + _HEADER
        if start + length > source.size_bytes:
            found.truncated("The object ends inside a WebP chunk.")
            length = source.size_bytes - start
        _chunk(source, found, head[:4], (start, length))
        at = start + length + length % 2
    meter.check_cpu()
    found.damage(f"There are more than {_MOST_CHUNKS:,} chunks.")


def _chunk(source: Source, found: Found, name: bytes, place: tuple[int, int]) -> None:
    start, length = place
    if name == b"EXIF":
        skip = len(_EXIF_HEADER) if source.read(start, 6) == _EXIF_HEADER else 0
        found.blocks.append(Block(source.part(start + skip, length - skip)))
    elif name == b"XMP ":
        found.xmp.append(source.part(start, length))
    elif name == b"ICCP":
        found.icc.append(source.part(start, length))
    elif name == b"C2PA":
        label = content_label(source.read(start, 64))
        found.tags += [label] if label else []
    elif name in (b"VP8 ", b"VP8L", b"VP8X"):
        _picture(found, name, source.read(start, _PEEK))


def _picture(found: Found, name: bytes, head: bytes) -> None:
    """The canvas of VP8X stands first, so it wins over the frames in it."""
    if len(head) < _PEEK:
        return
    facts: dict[str, int] = {}
    if name == b"VP8X":
        facts["WebP_Flags"] = head[0]
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
    elif name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        facts["AlphaIsUsed"] = bits >> 28 & 1
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))
        facts["VP8Version"] = head[0] >> 1 & 7
        facts |= {"HorizontalScale": width >> 14, "VerticalScale": height >> 14}
        width, height = width & 0x3FFF, height & 0x3FFF
    if found.width is None:
        found.width, found.height = width, height
        facts |= {"ImageWidth": width, "ImageHeight": height}
    tell(found, "RIFF", facts)
