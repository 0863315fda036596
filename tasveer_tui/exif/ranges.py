"""An object's bytes by range: fetched in aligned blocks, kept, and counted against the budget."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from tasveer_tui.errors import ObjectChangedError, ObjectEmptyError
from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.records import Chunk

Fetch: TypeAlias = Callable[[int, int], Chunk]
"""(start, length) → Chunk. Blocks; may raise TasveerError."""

BLOCK_BYTES = 64 * KIB
"""A first read of this size holds all metadata of nine in ten JPEGs."""

_MAX_READ_AHEAD_BLOCKS = 16


class ByteSource(Protocol):
    """Bytes that can be read by offset: an object, a part of it, or memory."""

    size_bytes: int

    def read(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`; fewer, or none, only beyond the end."""

    def place(self, start: int) -> int:
        """The offset of `start` in the object; -1 if the bytes are not there as such."""

    def part(self, start: int, length: int) -> "ByteSource":
        """A stretch of it as a source of its own, without reading it."""


class MemorySource:
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

    def part(self, start: int, length: int) -> ByteSource:
        """See Source."""
        return MemorySource(self.data[start : start + length], self.place(start))


class RangeReader:
    """One object. The first block is fetched at once, so its size and ETag are known."""

    def __init__(self, fetch: Fetch, meter: Meter) -> None:
        """Blocks. Raises what `fetch` raises, and ObjectEmptyError."""
        self._fetch = fetch
        self._meter = meter
        self._blocks: dict[int, bytes] = {}
        self._next_block = 1
        """The block behind the last one fetched: going on from here reads ahead."""
        self._read_ahead_blocks = 1
        meter.plan_request(BLOCK_BYTES)
        chunk = fetch(0, BLOCK_BYTES)
        meter.read_bytes += len(chunk.data) - BLOCK_BYTES
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
        first, last = start // BLOCK_BYTES, (end - 1) // BLOCK_BYTES
        self._ensure_cached(first, last)
        if first == last:
            return self._blocks[first][start - first * BLOCK_BYTES : end - first * BLOCK_BYTES]
        joined = b"".join(self._blocks[index] for index in range(first, last + 1))
        return joined[start - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def place(self, start: int) -> int:
        """See Source."""
        return start

    def part(self, start: int, length: int) -> ByteSource:
        """`length` bytes from `start` as a source: at once if cached, else read when needed."""
        if start + length <= len(self.head):
            return MemorySource(self.head[start : start + length], start)
        return RangeSlice(self, start, max(0, min(length, self.size_bytes - start)))

    def _ensure_cached(self, first: int, last: int) -> None:
        """Have these blocks cached; each gap is one request."""
        index = first
        while index <= last:
            if index in self._blocks:
                index += 1
                continue
            end = index + 1
            while end <= last and end not in self._blocks:
                end += 1
            index = self._fetch_blocks(index, end)

    def _fetch_blocks(self, first: int, end: int) -> int:
        """Fetch blocks from `first` up to `end`, or further when hopping on; returns the end."""
        if self._next_block <= first <= self._next_block + self._read_ahead_blocks:
            end = max(end, self._limit_read_ahead(first, first + self._read_ahead_blocks))
            self._read_ahead_blocks = min(2 * self._read_ahead_blocks, _MAX_READ_AHEAD_BLOCKS)
        start = first * BLOCK_BYTES
        length = min(end * BLOCK_BYTES, self.size_bytes) - start
        self._meter.plan_request(length)
        chunk = self._fetch(start, length)
        if (chunk.size_bytes, chunk.etag) != (self.size_bytes, self.etag):
            raise ObjectChangedError("The object was replaced while it was read.")
        self._meter.read_bytes += len(chunk.data) - length
        for index in range(first, end):
            at = (index - first) * BLOCK_BYTES
            self._blocks[index] = chunk.data[at : at + BLOCK_BYTES]
        self._next_block = end
        return end

    def _limit_read_ahead(self, first: int, end: int) -> int:
        """Where reading ahead must stop so that it never costs what the budget still allows."""
        left = self._meter.budget.read_bytes - self._meter.read_bytes
        return min(end, first + left // (2 * BLOCK_BYTES), -(-self.size_bytes // BLOCK_BYTES))


class RangeSlice:
    """A stretch of an object, read when needed."""

    def __init__(self, ranges: RangeReader, start: int, size_bytes: int) -> None:
        self._reader = ranges
        self._start = start
        self.size_bytes = size_bytes

    def read(self, start: int, length: int) -> bytes:
        """See Source. Blocks where the bytes are not cached."""
        return self._reader.read(self._start + start, max(0, min(length, self.size_bytes - start)))

    def place(self, start: int) -> int:
        """See Source."""
        return self._start + start

    def part(self, start: int, length: int) -> ByteSource:
        """See Source."""
        return self._reader.part(self._start + start, max(0, min(length, self.size_bytes - start)))
