"""RW2, Panasonic's and Leica's raw: TIFF with names of its own, and a JPEG that has the EXIF."""

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import jpeg
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source

_ROW = 12
_MOST_ROWS = 512
_TOP, _LEFT, _BOTTOM, _RIGHT = 0x0004, 0x0005, 0x0006, 0x0007
_PICTURE = 0x002E
_SHORT = 3


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate. The sensor's borders say how large the picture is."""
    found.blocks.append(Block(source.part(0, source.size_bytes), "IFD0", "PanasonicRaw"))
    rows = _rows(source, meter)
    length, offset = rows.get(_PICTURE, (0, 0))
    if length and offset < source.size_bytes:
        jpeg.locate(source.part(offset, length), found, meter)
    width = rows.get(_RIGHT, (0, 0))[1] - rows.get(_LEFT, (0, 0))[1]
    height = rows.get(_BOTTOM, (0, 0))[1] - rows.get(_TOP, (0, 0))[1]
    if width > 0 and height > 0:
        found.width, found.height = width, height


def _rows(source: Source, meter: Meter) -> dict[int, tuple[int, int]]:
    """Count and value of each tag of the first directory."""
    start = int.from_bytes(source.read(4, 4), "little")
    count = min(int.from_bytes(source.read(start, 2), "little"), _MOST_ROWS)
    meter.plan_entries(count)
    table = source.read(start + 2, count * _ROW)
    rows = {}
    for at in range(0, len(table) - _ROW + 1, _ROW):
        number, kind = (int.from_bytes(table[at + i : at + i + 2], "little") for i in (0, 2))
        value = table[at + 8 : at + (10 if kind == _SHORT else 12)]
        elements = int.from_bytes(table[at + 4 : at + 8], "little")
        rows[number] = elements, int.from_bytes(value, "little")
    return rows
