"""Metadata in boxes: EXIF after an offset that may be wrong, and compressed parts."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.budget import MIB, Meter, OverBudgetError
from tasveer_tui.exif.findings import Findings, TiffBlock

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.exif.ranges import ByteSource

_TIFF_SIGNATURE: Final = re.compile(rb"II[*+]\0|MM\0[*+]")
_OFFSET_BYTES = 4
_MAX_SEARCH_BYTES = 128
"""Search range in bytes after the declared offset of a block."""
_MAX_DECOMPRESSED_BYTES = MIB
_ZLIB_OR_GZIP = 32
"""Lets zlib detect its header, zlib or gzip."""


def find_exif_block(source: ByteSource) -> ByteSource | None:
    """The TIFF structure in an EXIF item or box.

    Four bytes say how far behind them it begins, past `Exif` and two zeros or nothing. Programs
    got that wrong in every way, so the place counts only if a TIFF structure begins there.
    """
    head = source.read(0, _OFFSET_BYTES)
    promised = _OFFSET_BYTES + int.from_bytes(head, "big")
    for start in (promised, 0):
        match = _TIFF_SIGNATURE.search(source.read(start, _MAX_SEARCH_BYTES))
        if match:
            begin = start + match.start()
            return source.part(begin, source.size_bytes - begin)
    return None


def decompress_brotli(data: bytes, found: Findings, meter: Meter) -> bytes:
    """What Brotli packed; empty, with a note, where it is broken or grows too large."""
    from brotli import Decompressor, error

    def unpack(limit: int) -> bytes:
        try:
            return bytes(Decompressor().process(data, output_buffer_limit=limit))
        except error as broken:
            raise ValueError("Brotli cannot unpack it.") from broken

    return _decompress_bounded(unpack, found, meter)


def decompress_deflate(data: bytes, found: Findings, meter: Meter) -> bytes:
    """What Deflate packed, behind zlib's header, gzip's or none; else as above."""
    bits = zlib.MAX_WBITS | _ZLIB_OR_GZIP if data[:1] in (b"\x78", b"\x1f") else -zlib.MAX_WBITS

    def unpack(limit: int) -> bytes:
        try:
            return zlib.decompressobj(bits).decompress(data, limit)
        except zlib.error as broken:
            raise ValueError("Deflate cannot unpack it.") from broken

    return _decompress_bounded(unpack, found, meter)


def _decompress_bounded(unpack: Callable[[int], bytes], found: Findings, meter: Meter) -> bytes:
    """A decompressor: data and the maximum size in bytes → the unpacked bytes."""
    try:
        limit = min(meter.remaining_inflated_bytes(), _MAX_DECOMPRESSED_BYTES)
    except OverBudgetError as over:
        found.mark_over_budget(str(over))
        return b""
    try:
        data = unpack(limit)
    except ValueError:
        # Charge the limit: many broken parts must not cost more than sound ones.
        meter.inflated_bytes += limit
        found.mark_damaged("A compressed part is broken.")
        return b""
    meter.inflated_bytes += len(data)
    if len(data) < limit:
        return data
    found.mark_over_budget(f"A compressed part grows to more than {limit:,} bytes.")
    return b""


# What the boxes of several formats hold alike: an EXIF block, an XMP packet.


def add_exif(source: ByteSource, found: Findings) -> None:
    """Take the EXIF block of a box; one without a block is broken."""
    block = find_exif_block(source)
    if block is None:
        found.mark_damaged("The EXIF box holds no EXIF block.")
    else:
        found.blocks.append(TiffBlock(block))


def add_xmp(source: ByteSource, found: Findings) -> None:
    """Take the packet that fills a box."""
    found.xmp.append(source)
