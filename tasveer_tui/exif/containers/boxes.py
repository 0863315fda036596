"""Boxes: a length, a four-letter name, a payload. HEIC, CR3, JPEG XL, JPEG 2000 consist of them.

A payload is never read here: boxes are hopped over by their headers, so that what follows the
pixels costs one small read however large the pixels are.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

_HEAD: Final = struct.Struct(">I4s")
_LONG_HEAD = 16
"""With a length of 64 bits behind the name."""
_UUID: Final = b"uuid"
_UUID_SIZE = 16
_REACHES_TO_THE_END, _IS_LONG = 0, 1

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
class Boxes:
    """The boxes of one source."""

    source: Source
    found: Found
    meter: Meter

    def within(self, start: int = 0, end: int = -1) -> Iterator[Box]:
        """Box after box from `start` up to `end`, which is the source's by default.

        A box that reaches beyond its surroundings is cut and is the last one.
        """
        at = start
        end = self.source.size_bytes if end < 0 else min(end, self.source.size_bytes)
        while at + _HEAD.size <= end:
            box = self._box(at, end)
            if box is None:
                return
            yield box
            at = box.end

    def inside(self, box: Box, skip: int = 0) -> Iterator[Box]:
        """The boxes in a box, behind `skip` bytes of its own."""
        return self.within(box.start + skip, box.end)

    def _box(self, at: int, end: int) -> Box | None:
        """The box whose header stands at `at`; None, with a note, where none can."""
        self.meter.plan_entries(1)
        head = self.source.read(at, _LONG_HEAD + _UUID_SIZE)
        length, name = _HEAD.unpack_from(head)
        size = _HEAD.size
        if length == _IS_LONG:
            length = int.from_bytes(head[size:_LONG_HEAD], "big")
            size = _LONG_HEAD
        elif length == _REACHES_TO_THE_END:
            length = end - at
        if name == _UUID:
            name = head[size : size + _UUID_SIZE]
            size += _UUID_SIZE
        if length < size or at + size > end:
            self.found.damage("A box is shorter than its own header.")
            return None
        if at + length > end:
            self._cut(end)
            length = end - at
        return Box(name, at + size, length - size)

    def _cut(self, end: int) -> None:
        """Beyond the end of the object it was cut off; beyond a box's, the box lies."""
        if self.source.place(0) == 0 and end == self.source.size_bytes:
            self.found.truncated("The object ends inside a box.")
        else:
            self.found.damage("A box reaches beyond the one it stands in.")


def number(data: bytes, at: int, size: int) -> int:
    """A whole number of `size` bytes; ValueError where `data` ends before it."""
    part = data[at : at + size]
    if len(part) < size:
        raise ValueError("The data ends before the number.")
    return int.from_bytes(part, "big")
