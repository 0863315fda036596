"""Metadata as boxes carry it: EXIF behind an offset that may lie, and what was packed."""

import re
import zlib
from collections.abc import Callable
from typing import Final

from tasveer_tui.exif.budget import MIB, Meter, OverBudgetError
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_TIFF: Final = re.compile(rb"II[*+]\0|MM\0[*+]")
_OFFSET = 4
_PEEK = 128
"""How far behind the promised place a block is looked for."""
_LARGEST = MIB
_ZLIB_OR_GZIP = 32
"""Tells zlib to look which of its headers stands there."""


def exif_block(source: Source) -> Source | None:
    """The TIFF structure in an EXIF item or box.

    Four bytes say how far behind them it begins, past `Exif` and two zeros or nothing. Programs
    got that wrong in every way, so the place counts only if a TIFF structure begins there.
    """
    head = source.read(0, _OFFSET)
    promised = _OFFSET + int.from_bytes(head, "big")
    for start in (promised, 0):
        match = _TIFF.search(source.read(start, _PEEK))
        if match:
            begin = start + match.start()
            return source.part(begin, source.size_bytes - begin)
    return None


def brotli(data: bytes, found: Found, meter: Meter) -> bytes:
    """What Brotli packed; empty, with a note, where it is broken or grows too large."""
    from brotli import Decompressor, error

    def unpack(limit: int) -> bytes:
        try:
            return bytes(Decompressor().process(data, output_buffer_limit=limit))
        except error as broken:
            raise ValueError("Brotli cannot unpack it.") from broken

    return _bounded(unpack, found, meter)


def inflated(data: bytes, found: Found, meter: Meter) -> bytes:
    """What Deflate packed, behind zlib's header, gzip's or none; else as above."""
    bits = zlib.MAX_WBITS | _ZLIB_OR_GZIP if data[:1] in (b"\x78", b"\x1f") else -zlib.MAX_WBITS

    def unpack(limit: int) -> bytes:
        try:
            return zlib.decompressobj(bits).decompress(data, limit)
        except zlib.error as broken:
            raise ValueError("Deflate cannot unpack it.") from broken

    return _bounded(unpack, found, meter)


def _bounded(unpack: Callable[[int], bytes], found: Found, meter: Meter) -> bytes:
    """What `unpack` gives when it is told how many bytes it may give at most."""
    try:
        limit = min(meter.inflatable(), _LARGEST)
    except OverBudgetError as over:
        found.over_budget(str(over))
        return b""
    try:
        data = unpack(limit)
    except ValueError:
        # How far it came is not known: many such parts must not cost more than sound ones.
        meter.inflated_bytes += limit
        found.damage("A compressed part is broken.")
        return b""
    meter.inflated_bytes += len(data)
    if len(data) < limit:
        return data
    found.over_budget(f"A compressed part grows to more than {limit:,} bytes.")
    return b""
