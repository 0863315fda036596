"""What the boxes of several formats hold alike: an EXIF block, an XMP packet."""

from tasveer_tui.exif.containers import packed
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source


def take_exif(source: Source, found: Found) -> None:
    """Take the EXIF block of a box; one without a block is broken."""
    block = packed.exif_block(source)
    if block is None:
        found.damage("The EXIF box holds no EXIF block.")
    else:
        found.blocks.append(Block(block))


def take_xmp(source: Source, found: Found) -> None:
    """Take the packet that fills a box."""
    found.xmp.append(source)
