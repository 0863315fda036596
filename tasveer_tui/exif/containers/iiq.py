"""IIQ, Phase One's raw: TIFF, and a table of its own that says how large the picture is."""

import struct

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import tiff
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_START = 8
_MOST_ROWS = 200
_WIDTH, _HEIGHT = 0x010C, 0x010D


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate. The directories tell of a preview alone."""
    tiff.locate(source, found, meter)
    layout = struct.Struct("<I8xI" if source.read(_START, 1) == b"I" else ">I8xI")
    _, offset = layout.unpack(source.read(_START - 4, layout.size))
    count, *_ = layout.unpack(source.read(_START + offset, layout.size))
    count = min(count, _MOST_ROWS)
    meter.plan_entries(count)
    rows = source.read(_START + offset + 8, count * layout.size)
    sizes = dict(layout.iter_unpack(rows[: len(rows) // layout.size * layout.size]))
    found.width, found.height = sizes.get(_WIDTH), sizes.get(_HEIGHT)
