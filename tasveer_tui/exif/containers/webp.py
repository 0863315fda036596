"""WebP: hops over RIFF chunks. The flags of VP8X are not asked; they lie."""

from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Ranges

_HEADER = 8
_FIRST_CHUNK = 12
_MOST_CHUNKS = 1_000
_PEEK = 10
_EXIF_HEADER: Final = b"Exif\0\0"


def locate(ranges: Ranges, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    end = min(_HEADER + int.from_bytes(ranges.read(4, 4), "little"), ranges.size_bytes)
    at = _FIRST_CHUNK
    for _ in range(_MOST_CHUNKS):
        if at + _HEADER > end:
            return
        head = ranges.read(at, _HEADER)
        length = int.from_bytes(head[4:], "little")
        start = at + _HEADER
        if start + length > ranges.size_bytes:
            found.truncated("The object ends inside a WebP chunk.")
            length = ranges.size_bytes - start
        _chunk(ranges, found, head[:4], (start, length))
        at = start + length + length % 2
    meter.check_cpu()
    found.damage(f"There are more than {_MOST_CHUNKS:,} chunks.")


def _chunk(ranges: Ranges, found: Found, name: bytes, place: tuple[int, int]) -> None:
    start, length = place
    if name == b"EXIF":
        skip = len(_EXIF_HEADER) if ranges.read(start, 6) == _EXIF_HEADER else 0
        found.blocks.append(ranges.part(start + skip, length - skip))
    elif name == b"XMP ":
        found.xmp.append(ranges.part(start, length))
    elif name == b"ICCP":
        found.icc.append(ranges.part(start, length))
    elif name == b"C2PA":
        label = content_label(ranges.read(start, 64))
        found.tags += [label] if label else []
    elif name in (b"VP8 ", b"VP8L", b"VP8X") and found.width is None:
        _dimensions(found, name, ranges.read(start, _PEEK))


def _dimensions(found: Found, name: bytes, head: bytes) -> None:
    """The canvas of VP8X stands first, so it wins over the frames in it."""
    if len(head) < _PEEK:
        return
    if name == b"VP8X":
        found.width = int.from_bytes(head[4:7], "little") + 1
        found.height = int.from_bytes(head[7:10], "little") + 1
    elif name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        found.width, found.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        found.width = int.from_bytes(head[6:8], "little") & 0x3FFF
        found.height = int.from_bytes(head[8:10], "little") & 0x3FFF
