"""TIFF and the raw formats that are TIFF: the whole object is one structure of directories."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tasveer_tui.exif.containers import jpeg
from tasveer_tui.exif.findings import Findings, TiffBlock

if TYPE_CHECKING:
    from tasveer_tui.exif.budget import Meter
    from tasveer_tui.exif.ranges import ByteSource


def locate(source: ByteSource, found: Findings, _meter: Meter) -> None:
    """The object itself is the block; the directories name XMP, IPTC and ICC themselves."""
    found.blocks.append(TiffBlock(source.part(0, source.size_bytes)))


# IIQ, Phase One's raw: TIFF, and a table of its own with the image size.

_IIQ_TABLE_OFFSET = 8
_MAX_IIQ_ROWS = 200
_IIQ_WIDTH, _IIQ_HEIGHT = 0x010C, 0x010D


def locate_iiq(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate. The directories describe only a preview."""
    locate(source, found, meter)
    layout = struct.Struct("<I8xI" if source.read(_IIQ_TABLE_OFFSET, 1) == b"I" else ">I8xI")
    _, offset = layout.unpack(source.read(_IIQ_TABLE_OFFSET - 4, layout.size))
    count, *_ = layout.unpack(source.read(_IIQ_TABLE_OFFSET + offset, layout.size))
    count = min(count, _MAX_IIQ_ROWS)
    meter.plan_entries(count)
    rows = source.read(_IIQ_TABLE_OFFSET + offset + 8, count * layout.size)
    sizes = dict(layout.iter_unpack(rows[: len(rows) // layout.size * layout.size]))
    found.width, found.height = sizes.get(_IIQ_WIDTH), sizes.get(_IIQ_HEIGHT)


# RW2, Panasonic's and Leica's raw: TIFF with names of its own, and a JPEG that has the EXIF.

_RW2_ROW_BYTES = 12
_MAX_RW2_ROWS = 512
_TOP_BORDER, _LEFT_BORDER, _BOTTOM_BORDER, _RIGHT_BORDER = 0x0004, 0x0005, 0x0006, 0x0007
_EMBEDDED_JPEG = 0x002E
_SHORT_TYPE = 3


def locate_rw2(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate. The sensor's borders give the image size."""
    found.blocks.append(TiffBlock(source.part(0, source.size_bytes), "IFD0", "PanasonicRaw"))
    rows = _read_rw2_rows(source, meter)
    length, offset = rows.get(_EMBEDDED_JPEG, (0, 0))
    if length and offset < source.size_bytes:
        jpeg.locate(source.part(offset, length), found, meter)
    width = rows.get(_RIGHT_BORDER, (0, 0))[1] - rows.get(_LEFT_BORDER, (0, 0))[1]
    height = rows.get(_BOTTOM_BORDER, (0, 0))[1] - rows.get(_TOP_BORDER, (0, 0))[1]
    if width > 0 and height > 0:
        found.width, found.height = width, height


def _read_rw2_rows(source: ByteSource, meter: Meter) -> dict[int, tuple[int, int]]:
    """Count and value of each tag of the first directory."""
    start = int.from_bytes(source.read(4, 4), "little")
    count = min(int.from_bytes(source.read(start, 2), "little"), _MAX_RW2_ROWS)
    meter.plan_entries(count)
    table = source.read(start + 2, count * _RW2_ROW_BYTES)
    rows = {}
    for at in range(0, len(table) - _RW2_ROW_BYTES + 1, _RW2_ROW_BYTES):
        number, kind = (int.from_bytes(table[at + i : at + i + 2], "little") for i in (0, 2))
        value = table[at + 8 : at + (10 if kind == _SHORT_TYPE else 12)]
        elements = int.from_bytes(table[at + 4 : at + 8], "little")
        rows[number] = elements, int.from_bytes(value, "little")
    return rows
