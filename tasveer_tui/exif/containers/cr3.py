"""CR3: Canon's raw format, a movie of one picture with four TIFF structures in a box of Canon's."""

from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.boxes import XMP_UUID, Box, Boxes
from tasveer_tui.exif.containers.tracks import tracks
from tasveer_tui.exif.found import Block, Found, MakerNote
from tasveer_tui.exif.ranges import Source
from tasveer_tui.records import Tag

_CANON: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW: Final = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_PREVIEW_SKIP = 8
_PICTURE_SKIP = 16
"""Before the JPEG in the boxes of the thumbnail and the preview."""
_GROUPS: Final = {b"CMT1": "IFD0", b"CMT2": "ExifIFD", b"CMT4": "GPS"}
_NOTES = b"CMT3"
_JPEG = b"\xff\xd8"


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    boxes = Boxes(source, found, meter)
    for box in boxes.within():
        if box.name == b"moov":
            _movie(boxes, box)
        elif box.name == XMP_UUID:
            found.xmp.append(source.part(box.start, box.length))
        elif box.name == _PREVIEW:
            for inner in boxes.inside(box, _PREVIEW_SKIP):
                if inner.name == b"PRVW":
                    _picture(boxes, inner)
        elif box.name == b"mdat":
            return


def _movie(boxes: Boxes, movie: Box) -> None:
    for box in boxes.inside(movie):
        if box.name == _CANON:
            for inner in boxes.inside(box):
                _block(boxes, inner)
    for track in tracks(boxes, movie):
        group = f"Track{track.place}"
        boxes.found.tags += [
            Tag(group, "CompressorID", value=track.codec),
            Tag(group, "SourceImageWidth", value=track.width),
            Tag(group, "SourceImageHeight", value=track.height),
            Tag(group, "BitDepth", value=track.bits),
        ]


def _block(boxes: Boxes, box: Box) -> None:
    """A TIFF structure of one directory, or the thumbnail."""
    if box.name in _GROUPS:
        source = boxes.source.part(box.start, box.length)
        boxes.found.blocks.append(Block(source, _GROUPS[box.name]))
    elif box.name == _NOTES:
        source = boxes.source.part(box.start, box.length)
        boxes.found.maker_notes.append(MakerNote(source, 0, box.length))
    elif box.name == b"THMB":
        _picture(boxes, box)


def _picture(boxes: Boxes, box: Box) -> None:
    """Note where a JPEG lies; the thumbnail stands before the larger preview."""
    start, length = box.start + _PICTURE_SKIP, box.length - _PICTURE_SKIP
    if length > 0 and boxes.source.read(start, 2) == _JPEG:
        boxes.found.thumbnails.append((boxes.source.place(start), length))
