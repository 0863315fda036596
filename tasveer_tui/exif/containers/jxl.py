"""The first bits of a JPEG XL codestream: how large the picture is, and how deep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers import box_metadata
from tasveer_tui.exif.containers.box_metadata import add_exif, add_xmp
from tasveer_tui.exif.containers.boxes import BoxReader
from tasveer_tui.exif.containers.container_tags import content_credentials_tag
from tasveer_tui.exif.ranges import ByteSource, MemorySource
from tasveer_tui.records import Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasveer_tui.exif.findings import Findings

_SIGNATURE_BITS = 16
_ASPECT_RATIOS: Final = {
    1: (1, 1),
    2: (12, 10),
    3: (4, 3),
    4: (3, 2),
    5: (16, 9),
    6: (5, 4),
    7: (2, 1),
}
"""Width to height, where the width is not written."""
_SIDE: Final = ((1, 9), (1, 13), (1, 18), (1, 30))
_PREVIEW_SIDE: Final = ((1, 6), (65, 8), (321, 10), (1345, 12))
_PREVIEW_EIGHTHS: Final = ((16, 0), (32, 0), (1, 5), (33, 9))
_TICKS: Final = ((100, 0), (1000, 0), (1, 10), (1, 30))
_TICK_PARTS: Final = ((1, 0), (1001, 0), (1, 8), (1, 10))
_LOOPS: Final = ((0, 0), (0, 3), (0, 16), (0, 32))
_INTEGER_BITS: Final = ((8, 0), (10, 0), (12, 0), (1, 6))
_FLOAT_BITS: Final = ((32, 0), (16, 0), (24, 0), (1, 6))


class _BitReader:
    """Bits from the lowest of the first byte on; zeros behind the end."""

    def __init__(self, data: bytes, start: int) -> None:
        self._remaining_bits = int.from_bytes(data, "little") >> start

    def take(self, count: int) -> int:
        value = self._remaining_bits & (1 << count) - 1
        self._remaining_bits >>= count
        return value

    def take_u32(self, ways: tuple[tuple[int, int], ...]) -> int:
        """A number in one of four ways: a constant, and bits that are added to it."""
        constant, count = ways[self.take(2)]
        return constant + self.take(count)


def read_header(data: bytes) -> tuple[int, int, int]:
    """Width, height, and bits per sample."""
    bits = _BitReader(data, _SIGNATURE_BITS)
    width, height = _read_size(bits)
    return width, height, _read_bit_depth(bits)


def _read_size(bits: _BitReader) -> tuple[int, int]:
    if bits.take(1):
        height = (bits.take(5) + 1) * 8
        ratio = bits.take(3)
        width = 0 if ratio else (bits.take(5) + 1) * 8
    else:
        height = bits.take_u32(_SIDE)
        ratio = bits.take(3)
        width = 0 if ratio else bits.take_u32(_SIDE)
    return _width_from_ratio(height, ratio) if ratio else width, height


def _width_from_ratio(height: int, ratio: int) -> int:
    number, under = _ASPECT_RATIOS[ratio]
    return height * number // under


def _read_bit_depth(bits: _BitReader) -> int:
    if bits.take(1):
        return 8
    if bits.take(1):
        _skip_extras(bits)
    if bits.take(1):
        return bits.take_u32(_FLOAT_BITS)
    return bits.take_u32(_INTEGER_BITS)


def _skip_extras(bits: _BitReader) -> None:
    """Orientation, intrinsic size, preview, animation."""
    bits.take(3)
    if bits.take(1):
        _read_size(bits)
    if bits.take(1):
        ways = _PREVIEW_EIGHTHS if bits.take(1) else _PREVIEW_SIDE
        bits.take_u32(ways)
        if not bits.take(3):
            bits.take_u32(ways)
    if bits.take(1):
        bits.take_u32(_TICKS)
        bits.take_u32(_TICK_PARTS)
        bits.take_u32(_LOOPS)
        bits.take(1)


# JPEG XL: a bare codestream, or boxes around one with EXIF and XMP, packed or not.

_CODESTREAM_SIGNATURE: Final = b"\xff\x0a"
_PEEK_BYTES = 128
_PART_NUMBER_BYTES = 4
_MAX_COMPRESSED_BYTES = 512 * KIB


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    if source.read(0, 2) == _CODESTREAM_SIGNATURE:
        _add_codestream(source, found)
        return
    for box in BoxReader(source, found, meter).within():
        if box.name == b"brob":
            _add_compressed_box(source.part(box.start, box.length), found, meter)
        elif box.name in _BOX_HANDLERS:
            _BOX_HANDLERS[box.name](source.part(box.start, box.length), found)


def _add_compressed_box(source: ByteSource, found: Findings, meter: Meter) -> None:
    """The name of a box, and the box itself, packed."""
    name = source.read(0, 4)
    if name not in _BOX_HANDLERS:
        return
    if source.size_bytes > _MAX_COMPRESSED_BYTES:
        found.add_note(f"A compressed box of {source.size_bytes:,} bytes was left unread.")
        return
    data = box_metadata.decompress_brotli(source.read(4, source.size_bytes - 4), found, meter)
    if data:
        _BOX_HANDLERS[name](MemorySource(data), found)


def _add_content_credentials(source: ByteSource, found: Findings) -> None:
    label = content_credentials_tag(b"jumb" + source.read(0, _PEEK_BYTES))
    found.tags += [label] if label else []


def _add_partial_codestream(source: ByteSource, found: Findings) -> None:
    """Of a codestream in several boxes; the first one holds the header."""
    if int.from_bytes(source.read(0, _PART_NUMBER_BYTES), "big") & 0x7FFFFFFF == 0:
        _add_codestream(
            source.part(_PART_NUMBER_BYTES, source.size_bytes - _PART_NUMBER_BYTES), found
        )


def _add_codestream(source: ByteSource, found: Findings) -> None:
    if found.width is not None:
        return
    found.width, found.height, bits = read_header(source.read(0, _PEEK_BYTES))
    found.tags.append(Tag("File", "BitsPerSample", value=bits))


_BOX_HANDLERS: Final[Mapping[bytes, Callable[[ByteSource, Findings], None]]] = {
    b"Exif": add_exif,
    b"xml ": add_xmp,
    b"jumb": _add_content_credentials,
    b"jxlc": _add_codestream,
    b"jxlp": _add_partial_codestream,
}
