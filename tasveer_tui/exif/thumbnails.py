"""The embedded thumbnail: its place and its encoded bytes."""

from collections.abc import Iterable, Sequence
from typing import Final

from tasveer_tui.exif.heif_thumbnail import ByteRange, build_heif_thumbnail
from tasveer_tui.exif.ifd import Directory
from tasveer_tui.exif.ranges import Fetch
from tasveer_tui.records import Record

_OFFSET_TAG, _LENGTH_TAG = 0x0201, 0x0202
_MAX_THUMBNAIL_BYTES = 1 << 20
_MAX_CONTAINER_THUMBNAIL_BYTES = 1 << 22
"""Some containers offer a large preview only."""
_HEIF_FORMATS: Final = frozenset({"heic", "heif", "avif"})
_JPEG_SIGNATURE: Final = b"\xff\xd8"


def locate_thumbnail(
    directories: Iterable[Directory], named: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Offset in the object and length; (0, 0) where there is none in one piece.

    IFD1's, else the smallest JPEG that a directory offers, else what the container named.
    Cameras are off by a byte or two at a block's end, so what goes beyond it is cut.
    """
    places = []
    for directory in directories:
        offset, length = directory.number(_OFFSET_TAG), directory.number(_LENGTH_TAG)
        if not offset or not length or length > _MAX_THUMBNAIL_BYTES:
            continue
        place = directory.source.place(offset)
        kept = min(length, directory.source.size_bytes - offset)
        if place > 0 and 2 * kept > length:
            places.append((directory.group != "IFD1", kept, place))
    if not places:
        return next(
            (place for place in named if 0 < place[1] <= _MAX_CONTAINER_THUMBNAIL_BYTES), (0, 0)
        )
    _, length, place = min(places)
    return place, length


def thumbnail(fetch: Fetch, record: Record) -> bytes:
    """The encoded bytes; b"" where there are none. Blocks, one request, for HEIC up to four.

    Usually JPEG. A HEIC's or AVIF's own thumbnail comes as a HEIC or AVIF file that is upright
    without EXIF's orientation. Raises what `fetch` raises.
    """
    if not record.thumb_length:
        return b""
    chunk = fetch(record.thumb_offset, record.thumb_length)
    data = chunk.data[: record.thumb_length]
    if record.format in _HEIF_FORMATS and not data.startswith(_JPEG_SIGNATURE):
        return build_heif_thumbnail(fetch, ByteRange(record.thumb_offset, data))
    return data
