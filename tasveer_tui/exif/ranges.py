"""An object's bytes by range: fetched in aligned blocks, kept, and counted against the budget."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from tasveer_tui.errors import ObjectChangedError, ObjectEmptyError
from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.records import Chunk

Fetch: TypeAlias = Callable[[int, int], Chunk]
"""(start, length) → Chunk. Blocks; may raise TasveerError."""

BLOCK = 64 * KIB
"""A first read of this size holds all metadata of nine in ten JPEGs."""

_MOST_BLOCKS_AHEAD = 16


class Source(Protocol):
    """Bytes that can be looked at by place: an object, a part of it, or memory."""

    size_bytes: int

    def read(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`; fewer, or none, only beyond the end."""

    def place(self, start: int) -> int:
        """Where `start` lies in the object; -1 where the bytes are not there as such."""

    def part(self, start: int, length: int) -> "Source":
        """A stretch of it as a source of its own, without reading it."""


class Memory:
    """Bytes at hand. `origin` is where they begin in the object, -1 if they were put together."""

    def __init__(self, data: bytes, origin: int = -1) -> None:
        self.data = data
        self.origin = origin
        self.size_bytes = len(data)

    def read(self, start: int, length: int) -> bytes:
        """A slice."""
        return self.data[start : start + length]

    def place(self, start: int) -> int:
        """See Source."""
        return -1 if self.origin < 0 else self.origin + start

    def part(self, start: int, length: int) -> Source:
        """See Source."""
        return Memory(self.data[start : start + length], self.place(start))


class Ranges:
    """One object. The first block is fetched at once, so its size and ETag are known."""

    def __init__(self, fetch: Fetch, meter: Meter) -> None:
        """Blocks. Raises what `fetch` raises, and ObjectEmptyError."""
        self._fetch = fetch
        self._meter = meter
        self._blocks: dict[int, bytes] = {}
        self._next = 1
        """The block behind the last one fetched: going on from here reads ahead."""
        self._ahead = 1
        meter.plan_request(BLOCK)
        chunk = fetch(0, BLOCK)
        meter.read_bytes += len(chunk.data) - BLOCK
        self.size_bytes = chunk.size_bytes
        self.etag = chunk.etag
        if not chunk.size_bytes:
            raise ObjectEmptyError("The object has zero bytes.")
        self._blocks[0] = self.head = chunk.data

    def read(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer beyond the end. Blocks where they are not cached."""
        if start + length <= len(self.head):
            return self.head[start : start + length]
        end = min(start + length, self.size_bytes)
        if start >= end:
            return b""
        first, last = start // BLOCK, (end - 1) // BLOCK
        self._need(first, last)
        if first == last:
            return self._blocks[first][start - first * BLOCK : end - first * BLOCK]
        joined = b"".join(self._blocks[index] for index in range(first, last + 1))
        return joined[start - first * BLOCK : end - first * BLOCK]

    def place(self, start: int) -> int:
        """See Source."""
        return start

    def part(self, start: int, length: int) -> Source:
        """`length` bytes from `start` as a source: at once if cached, else read when needed."""
        if start + length <= len(self.head):
            return Memory(self.head[start : start + length], start)
        return Part(self, start, max(0, min(length, self.size_bytes - start)))

    def _need(self, first: int, last: int) -> None:
        """Have these blocks cached; each gap is one request."""
        index = first
        while index <= last:
            if index in self._blocks:
                index += 1
                continue
            end = index + 1
            while end <= last and end not in self._blocks:
                end += 1
            index = self._request(index, end)

    def _request(self, first: int, end: int) -> int:
        """Fetch blocks from `first` up to `end`, or further when hopping on; returns the end."""
        if self._next <= first <= self._next + self._ahead:
            end = max(end, self._affordable(first, first + self._ahead))
            self._ahead = min(2 * self._ahead, _MOST_BLOCKS_AHEAD)
        start = first * BLOCK
        length = min(end * BLOCK, self.size_bytes) - start
        self._meter.plan_request(length)
        chunk = self._fetch(start, length)
        if (chunk.size_bytes, chunk.etag) != (self.size_bytes, self.etag):
            raise ObjectChangedError("The object was replaced while it was read.")
        self._meter.read_bytes += len(chunk.data) - length
        for index in range(first, end):
            at = (index - first) * BLOCK
            self._blocks[index] = chunk.data[at : at + BLOCK]
        self._next = end
        return end

    def _affordable(self, first: int, end: int) -> int:
        """Where reading ahead must stop so that it never costs what the budget still allows."""
        left = self._meter.budget.read_bytes - self._meter.read_bytes
        return min(end, first + left // (2 * BLOCK), -(-self.size_bytes // BLOCK))


class Part:
    """A stretch of an object, read when needed."""

    def __init__(self, ranges: Ranges, start: int, size_bytes: int) -> None:
        self._ranges = ranges
        self._start = start
        self.size_bytes = size_bytes

    def read(self, start: int, length: int) -> bytes:
        """See Source. Blocks where the bytes are not cached."""
        return self._ranges.read(self._start + start, max(0, min(length, self.size_bytes - start)))

    def place(self, start: int) -> int:
        """See Source."""
        return self._start + start

    def part(self, start: int, length: int) -> Source:
        """See Source."""
        return self._ranges.part(self._start + start, max(0, min(length, self.size_bytes - start)))
