"""JPEG XL: a bare codestream, or boxes around one with EXIF and XMP, packed or not."""

from collections.abc import Callable, Mapping
from typing import Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers import packed
from tasveer_tui.exif.containers.boxed import take_exif, take_xmp
from tasveer_tui.exif.containers.boxes import Boxes
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.containers.jxlheader import header
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Memory, Source
from tasveer_tui.records import Tag

_CODESTREAM: Final = b"\xff\x0a"
_PEEK = 128
_PART_NUMBER = 4
_LARGEST_PACKED = 512 * KIB


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    if source.read(0, 2) == _CODESTREAM:
        _picture(source, found)
        return
    for box in Boxes(source, found, meter).within():
        if box.name == b"brob":
            _packed(source.part(box.start, box.length), found, meter)
        elif box.name in _TAKERS:
            _TAKERS[box.name](source.part(box.start, box.length), found)


def _packed(source: Source, found: Found, meter: Meter) -> None:
    """The name of a box, and the box itself, packed."""
    name = source.read(0, 4)
    if name not in _TAKERS:
        return
    if source.size_bytes > _LARGEST_PACKED:
        found.remark(f"A compressed box of {source.size_bytes:,} bytes was left unread.")
        return
    data = packed.brotli(source.read(4, source.size_bytes - 4), found, meter)
    if data:
        _TAKERS[name](Memory(data), found)


def _credentials(source: Source, found: Found) -> None:
    label = content_label(b"jumb" + source.read(0, _PEEK))
    found.tags += [label] if label else []


def _part(source: Source, found: Found) -> None:
    """Of a codestream in several boxes; the first one holds the header."""
    if int.from_bytes(source.read(0, _PART_NUMBER), "big") & 0x7FFFFFFF == 0:
        _picture(source.part(_PART_NUMBER, source.size_bytes - _PART_NUMBER), found)


def _picture(source: Source, found: Found) -> None:
    if found.width is not None:
        return
    found.width, found.height, bits = header(source.read(0, _PEEK))
    found.tags.append(Tag("File", "BitsPerSample", value=bits))


_TAKERS: Final[Mapping[bytes, Callable[[Source, Found], None]]] = {
    b"Exif": take_exif,
    b"xml ": take_xmp,
    b"jumb": _credentials,
    b"jxlc": _picture,
    b"jxlp": _part,
}
