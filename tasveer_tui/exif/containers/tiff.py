"""TIFF and the raw formats that are TIFF: the whole object is one structure of directories."""

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source


def locate(source: Source, found: Found, _meter: Meter) -> None:
    """The object itself is the block; the directories name XMP, IPTC and ICC themselves."""
    found.blocks.append(Block(source.part(0, source.size_bytes)))
