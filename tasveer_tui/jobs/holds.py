"""Jobs that are held: their objects are not begun, in any process of this worker.

The table lies in memory that a worker shares with the processes it forks, so a word to the
worker stops reading within the time that one object takes.
"""

from __future__ import annotations

import mmap
import struct
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZE_BYTES = 4096
MOST = 200
"""Held jobs that are kept in mind; of more, the newest."""

_HEAD = struct.Struct("=qq")
_ENTRY = struct.Struct("=qq")


class Holds:
    """Make it before any fork. Thread-safe; only the process that made it may change it."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, SIZE_BYTES)
        self._lock = threading.Lock()
        self._by_reply: dict[str, tuple[int, ...]] = {}
        self._seen = 0
        self._held: frozenset[tuple[int, int]] = frozenset()

    def hold(self, reply: str, job_ids: Iterable[int]) -> None:
        """Hold these jobs of the engine that listens on `reply`, and no others of it."""
        with self._lock:
            self._by_reply.pop(reply, None)
            self._by_reply[reply] = tuple(job_ids)
            entries = [
                (_number(name), job_id) for name, ids in self._by_reply.items() for job_id in ids
            ][-MOST:]
            version, _ = _HEAD.unpack_from(self._shared)
            packed = b"".join(_ENTRY.pack(*entry) for entry in entries)
            self._shared[_HEAD.size : _HEAD.size + len(packed)] = packed
            _HEAD.pack_into(self._shared, 0, version + 1, len(entries))

    def has(self, reply: str, job_id: int) -> bool:
        """Whether the job is held; cheap enough to ask before every object."""
        version, count = _HEAD.unpack_from(self._shared)
        if version != self._seen:
            data = self._shared[_HEAD.size : _HEAD.size + count * _ENTRY.size]
            self._held = frozenset(_ENTRY.iter_unpack(data))
            self._seen = version
        return bool(self._held) and (_number(reply), job_id) in self._held


def _number(reply: str) -> int:
    return zlib.crc32(reply.encode())
