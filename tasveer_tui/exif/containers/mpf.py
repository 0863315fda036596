"""MPF, CIPA's index of several pictures in one JPEG: how many there are, and where."""

import struct
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ifd import Directory, Walk
from tasveer_tui.exif.ranges import Source
from tasveer_tui.exif.tags import tags_of

_IMAGES: Final = 0xB002
_MOST_IMAGES = 32
_ROWS: Final = {"little": struct.Struct("<IIIHH"), "big": struct.Struct(">IIIHH")}


def read(source: Source, found: Found, meter: Meter) -> None:
    """Add the tags of the index in `source`, which is a TIFF structure."""
    walk = Walk(source, found, meter, "MPF0", "MPF")
    try:
        walk.run()
    finally:
        for directory in walk.directories:
            directory.group, directory.dialect = "MPF0", "MPF"
            found.tags += [tag for tag in tags_of(directory) if tag.number != _IMAGES]
            _images(directory, found)


def _images(directory: Directory, found: Found) -> None:
    """Where each picture is counts from the index, but the first one's, which is 0."""
    data = next((entry.data for entry in directory.entries if entry.number == _IMAGES), b"")
    row = _ROWS[directory.order]
    data = (data or b"")[: _MOST_IMAGES * row.size]
    rows = row.iter_unpack(data[: len(data) // row.size * row.size])
    for index, (kind, length, offset, first, second) in enumerate(rows, 1):
        facts = {
            "MPImageFlags": kind >> 27,
            "MPImageFormat": kind >> 24 & 7,
            "MPImageType": kind & 0xFFFFFF,
            "MPImageLength": length,
            "MPImageStart": directory.source.place(offset) if offset else 0,
            "DependentImage1EntryNumber": first,
            "DependentImage2EntryNumber": second,
        }
        tell(found, f"MPImage{index}", facts)
