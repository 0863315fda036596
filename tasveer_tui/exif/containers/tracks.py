"""The video tracks of a movie box, as far as they say how large and how deep their pictures are."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from tasveer_tui.exif.containers.boxes import Box, Boxes, number

_WAY_DOWN: Final = (b"mdia", b"minf", b"stbl", b"stsd")
_MOST_TRACKS = 16
_VERSION_AND_COUNT = 8
_SIZE_AT, _DEPTH_AT, _SMALLEST = 24, 74, 78
"""In a sample's description that is of a picture."""


class Track(NamedTuple):
    """One track; `place` counts from 1 among all tracks, also those without pictures."""

    place: int
    codec: str
    width: int
    height: int
    bits: int
    """Of all channels together."""


def tracks(boxes: Boxes, movie: Box) -> Iterator[Track]:
    """The tracks that hold pictures."""
    index = 0
    for box in boxes.inside(movie):
        if box.name != b"trak":
            continue
        index += 1
        if index > _MOST_TRACKS:
            return
        table = _descend(boxes, box)
        if table is None:
            continue
        for sample in boxes.inside(table, _VERSION_AND_COUNT):
            head = boxes.source.read(sample.start, min(sample.length, _SMALLEST))
            if len(head) == _SMALLEST:
                width, height = number(head, _SIZE_AT, 2), number(head, _SIZE_AT + 2, 2)
                codec = sample.name.decode("latin-1")
                yield Track(index, codec, width, height, number(head, _DEPTH_AT, 2))
            break


def _descend(boxes: Boxes, box: Box) -> Box | None:
    """The first box of each name on the way down."""
    for name in _WAY_DOWN:
        below = next((inner for inner in boxes.inside(box) if inner.name == name), None)
        if below is None:
            return None
        box = below
    return box
