"""MNG, PNG's moving sibling: its header says how large it is."""

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_START, _LENGTH = 16, 28
_NAMES = (
    "ImageWidth",
    "ImageHeight",
    "TicksPerSecond",
    "NominalLayerCount",
    "NominalFrameCount",
    "NominalPlayTime",
    "SimplicityProfile",
)


def locate(source: Source, found: Found, _meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(_START, _LENGTH)
    if source.read(_START - 4, 4) != b"MHDR" or len(head) < _LENGTH:
        found.damage("The MNG does not begin with its header.")
        return
    numbers = [int.from_bytes(head[at : at + 4], "big") for at in range(0, _LENGTH, 4)]
    found.width, found.height = numbers[:2]
    tell(found, "MNG", dict(zip(_NAMES, numbers, strict=True)))
