"""Boxes: a length, a four-letter name, a payload. HEIC, CR3, JPEG XL, JPEG 2000 consist of them.

A payload is never read here: boxes are hopped over by their headers, so that what follows the
pixels costs one small read however large the pixels are.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.exif.budget import Meter
    from tasveer_tui.exif.findings import Findings
    from tasveer_tui.exif.ranges import ByteSource

_HEADER: Final = struct.Struct(">I4s")
_LONG_HEADER_BYTES = 16
"""With a length of 64 bits behind the name."""
_UUID: Final = b"uuid"
_UUID_BYTES = 16
_LENGTH_TO_END, _LENGTH_IS_64_BIT = 0, 1

XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


class Box(NamedTuple):
    """One box without its header. The name of a `uuid` box is its 16 bytes of UUID."""

    name: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + self.length


@dataclass(slots=True)
class BoxReader:
    """The boxes of one source."""

    source: ByteSource
    found: Findings
    meter: Meter

    def within(self, start: int = 0, end: int = -1) -> Iterator[Box]:
        """Box after box from `start` up to `end`, which is the source's by default.

        A box that reaches beyond its surroundings is cut and is the last one.
        """
        at = start
        end = self.source.size_bytes if end < 0 else min(end, self.source.size_bytes)
        while at + _HEADER.size <= end:
            box = self._read_box(at, end)
            if box is None:
                return
            yield box
            at = box.end

    def iter_children(self, box: Box, skip: int = 0) -> Iterator[Box]:
        """The boxes in a box, behind `skip` bytes of its own."""
        return self.within(box.start + skip, box.end)

    def _read_box(self, at: int, end: int) -> Box | None:
        """The box with its header at `at`; None, with a note, if there is no valid one."""
        self.meter.plan_entries(1)
        head = self.source.read(at, _LONG_HEADER_BYTES + _UUID_BYTES)
        length, name = _HEADER.unpack_from(head)
        size = _HEADER.size
        if length == _LENGTH_IS_64_BIT:
            length = int.from_bytes(head[size:_LONG_HEADER_BYTES], "big")
            size = _LONG_HEADER_BYTES
        elif length == _LENGTH_TO_END:
            length = end - at
        if name == _UUID:
            name = head[size : size + _UUID_BYTES]
            size += _UUID_BYTES
        if length < size or at + size > end:
            self.found.mark_damaged("A box is shorter than its own header.")
            return None
        if at + length > end:
            self._report_cut_off(end)
            length = end - at
        return Box(name, at + size, length - size)

    def _report_cut_off(self, end: int) -> None:
        """Past the end of the object it is truncated; past the end of its parent it is damaged."""
        if self.source.place(0) == 0 and end == self.source.size_bytes:
            self.found.mark_truncated("The object ends inside a box.")
        else:
            self.found.mark_damaged("A box reaches beyond its parent.")


def number(data: bytes, at: int, size: int) -> int:
    """A whole number of `size` bytes; ValueError where `data` ends before it."""
    part = data[at : at + size]
    if len(part) < size:
        raise ValueError("The data ends before the number.")
    return int.from_bytes(part, "big")


# The video tracks of a movie box: size and bit depth of their images.

_SAMPLE_TABLE_PATH: Final = (b"mdia", b"minf", b"stbl", b"stsd")
_MAX_TRACKS = 16
_TABLE_HEADER_BYTES = 8
_SIZE_OFFSET, _DEPTH_OFFSET, _MIN_SAMPLE_BYTES = 24, 74, 78
"""In a sample's description that is of a picture."""


class Track(NamedTuple):
    """One track; `place` counts from 1 among all tracks, also those without pictures."""

    place: int
    codec: str
    width: int
    height: int
    bits: int
    """Of all channels together."""


def read_tracks(boxes: BoxReader, movie: Box) -> Iterator[Track]:
    """The tracks that hold pictures."""
    index = 0
    for box in boxes.iter_children(movie):
        if box.name != b"trak":
            continue
        index += 1
        if index > _MAX_TRACKS:
            return
        table = _descend(boxes, box)
        if table is None:
            continue
        for sample in boxes.iter_children(table, _TABLE_HEADER_BYTES):
            head = boxes.source.read(sample.start, min(sample.length, _MIN_SAMPLE_BYTES))
            if len(head) == _MIN_SAMPLE_BYTES:
                width, height = number(head, _SIZE_OFFSET, 2), number(head, _SIZE_OFFSET + 2, 2)
                codec = sample.name.decode("latin-1")
                yield Track(index, codec, width, height, number(head, _DEPTH_OFFSET, 2))
            break


def _descend(boxes: BoxReader, box: Box) -> Box | None:
    """The first box of each name on the way down."""
    for name in _SAMPLE_TABLE_PATH:
        below = next((inner for inner in boxes.iter_children(box) if inner.name == name), None)
        if below is None:
            return None
        box = below
    return box
