"""A number that a process shares with those that it forks: how many objects each reads at once."""

from __future__ import annotations

import mmap
import struct
import threading
import zlib
from typing import TYPE_CHECKING

from tasveer_tui.records import MAX_CONCURRENT_READS

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_CONCURRENCY = 1

_NUMBER = struct.Struct("=q")


class SharedInt:
    """Make it before any fork. Only the process that made it may turn it."""

    def __init__(self, number: int) -> None:
        """`number` is where it stands, and what 0 means from now on."""
        self._initial = number
        self._shared = mmap.mmap(-1, _NUMBER.size)
        self.turn(number)

    def turn(self, number: int) -> int:
        """Set it, within its bounds, or with 0 as it was at first; where it stands now."""
        kept = min(MAX_CONCURRENT_READS, max(MIN_CONCURRENCY, number or self._initial))
        _NUMBER.pack_into(self._shared, 0, kept)
        return kept

    def number(self) -> int:
        """Where it stands; cheap enough to ask before every batch."""
        return int(_NUMBER.unpack_from(self._shared)[0])


# Jobs that are held: their objects are not begun, in any process of this worker.
#
# The table lies in memory that a worker shares with the processes it forks, so a word to the
# worker stops reading within the time that one object takes.

SHARED_MEMORY_BYTES = 4096
MAX_PAUSED_JOBS = 200
"""Held jobs that are kept in mind; of more, the newest."""

_HEADER = struct.Struct("=qq")
_ENTRY = struct.Struct("=qq")


class PausedJobs:
    """Make it before any fork. Thread-safe; only the process that made it may change it."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, SHARED_MEMORY_BYTES)
        self._lock = threading.Lock()
        self._job_ids_by_queue: dict[str, tuple[int, ...]] = {}
        self._seen_version = 0
        self._paused: frozenset[tuple[int, int]] = frozenset()

    def hold(self, reply: str, job_ids: Iterable[int]) -> None:
        """Hold these jobs of the engine that listens on `reply`, and no others of it."""
        with self._lock:
            self._job_ids_by_queue.pop(reply, None)
            self._job_ids_by_queue[reply] = tuple(job_ids)
            entries = [
                (_queue_hash(name), job_id)
                for name, ids in self._job_ids_by_queue.items()
                for job_id in ids
            ][-MAX_PAUSED_JOBS:]
            version, _ = _HEADER.unpack_from(self._shared)
            packed = b"".join(_ENTRY.pack(*entry) for entry in entries)
            self._shared[_HEADER.size : _HEADER.size + len(packed)] = packed
            _HEADER.pack_into(self._shared, 0, version + 1, len(entries))

    def contains(self, reply: str, job_id: int) -> bool:
        """Whether the job is held; cheap enough to ask before every object."""
        version, count = _HEADER.unpack_from(self._shared)
        if version != self._seen_version:
            data = self._shared[_HEADER.size : _HEADER.size + count * _ENTRY.size]
            self._paused = frozenset(_ENTRY.iter_unpack(data))
            self._seen_version = version
        return bool(self._paused) and (_queue_hash(reply), job_id) in self._paused


def _queue_hash(reply: str) -> int:
    return zlib.crc32(reply.encode())
