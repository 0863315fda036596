"""BMP: a header that says how large the picture is; there is no other metadata in it."""

import struct
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_OLD, _USUAL = 12, 40
_SMALL: Final = struct.Struct("<IHHHH")
_LARGE: Final = struct.Struct("<IiiHHIIiiII")
_NAMES: Final = (
    "BMPVersion",
    "ImageWidth",
    "ImageHeight",
    "Planes",
    "BitDepth",
    "Compression",
    "ImageLength",
    "PixelsPerMeterX",
    "PixelsPerMeterY",
    "NumColors",
    "NumImportantColors",
)


def locate(source: Source, found: Found, _meter: Meter) -> None:
    """See containers.Locate. A negative height says that the first row stands on top."""
    size = int.from_bytes(source.read(14, 4), "little")
    layout = _SMALL if size == _OLD else _LARGE
    data = source.read(14, layout.size)
    if size not in (_OLD, *range(16, 256)) or len(data) < layout.size:
        found.damage("The BMP's header is broken.")
        return
    facts = dict(zip(_NAMES, layout.unpack(data), strict=False))
    facts["ImageHeight"] = abs(facts["ImageHeight"])
    found.width, found.height = facts["ImageWidth"], facts["ImageHeight"]
    tell(found, "File", facts)
