"""What a container keeps in several pieces, as one source that reads no more than it must."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from tasveer_tui.exif.ranges import Memory, Source


class Joined:
    """Pieces of a source, one behind the other: (start, length) each."""

    def __init__(self, source: Source, pieces: Sequence[tuple[int, int]]) -> None:
        self._source = source
        self._pieces = pieces
        self._ends = list(accumulate(length for _, length in pieces))
        self.size_bytes = self._ends[-1] if pieces else 0

    def read(self, start: int, length: int) -> bytes:
        """See Source. Blocks where the bytes are not cached."""
        parts = []
        index = bisect_right(self._ends, start)
        while length > 0 and index < len(self._pieces):
            place, size = self._pieces[index]
            inside = start - (self._ends[index] - size)
            parts.append(self._source.read(place + inside, min(length, size - inside)))
            start += size - inside
            length -= size - inside
            index += 1
        return b"".join(parts)

    def place(self, start: int) -> int:
        """See Source: what lies here may go on elsewhere."""
        return -1 if start >= 0 else start

    def part(self, start: int, length: int) -> Source:
        """See Source."""
        return Memory(self.read(start, length))


def joined(source: Source, pieces: Sequence[tuple[int, int]]) -> Source:
    """One piece as it stands, so that its places are known; several joined."""
    return source.part(*pieces[0]) if len(pieces) == 1 else Joined(source, pieces)
