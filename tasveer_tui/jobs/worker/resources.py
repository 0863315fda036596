"""What a worker process keeps between tasks: S3 clients, threads, and shared settings.

Clients and threads are made when the process that uses them first asks: a client that was made
before a fork returns one process the bytes that another one requested.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.records import MAX_CONCURRENT_READS
from tasveer_tui.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tasveer_tui.exif import MakerNoteReader
    from tasveer_tui.jobs.protocol import Reply
    from tasveer_tui.records import Access

MAX_S3_CLIENTS: Final = 16
MIN_CONCURRENCY: Final = 1

MAX_PAUSED_JOBS: Final = 200
"""Only the newest paused jobs are kept."""

_INTEGER: Final = struct.Struct("=q")
_HEADER: Final = struct.Struct("=qq")
_ENTRY: Final = struct.Struct("=qq")
_SHARED_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class TaskContext:
    """Where a task came from, and where its replies go."""

    worker: str
    """The name of this worker."""
    send: Callable[[Reply], None]
    """Hands over a reply. Blocks; raises BrokerError."""
    engine: str = ""
    """The engine's reply queue; empty inside the engine's own process."""


class WorkerResources:
    """Shared by all tasks of a process; safe across forks and threads."""

    def __init__(self, in_flight: int, *, maker_notes: bool = True) -> None:
        """Each process reads at most `in_flight` objects at the same time."""
        self.in_flight = in_flight
        self.concurrency = SharedInt(in_flight)
        """How many objects it reads at once now."""
        self.paused_jobs = PausedJobs()
        self._maker_notes_enabled = maker_notes
        self._maker_notes: MakerNoteReader | None = None
        self.is_stopping = threading.Event()
        """Set when the process is about to end: batches stop where they are."""
        self._lock = threading.Lock()
        self._pid = 0
        self._s3: dict[Access, S3] = {}
        self._threads: ThreadPoolExecutor | None = None

    def s3(self, access: Access) -> S3:
        """The client for this access."""
        with self._lock:
            self._reset_after_fork()
            client = self._s3.pop(access, None) or S3(access, pool_size=self.in_flight)
            self._s3[access] = client
            client.limiter.resize(self.concurrency.get())
            if len(self._s3) > MAX_S3_CLIENTS:
                self._s3.pop(next(iter(self._s3)))
            return client

    def renew_credentials(self, access: Access) -> None:
        """Look for credentials again at the next request."""
        with self._lock:
            self._reset_after_fork()
            client = self._s3.get(access)
        if client is not None:
            client.close()

    def threads(self) -> ThreadPoolExecutor:
        """The threads that read objects, shared by all batches."""
        with self._lock:
            self._reset_after_fork()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.in_flight, thread_name_prefix="read")
            return self._threads

    def maker_notes(self) -> MakerNoteReader | None:
        """The reader of maker notes; None if it is disabled or not installed."""
        with self._lock:
            self._reset_after_fork()
            if self._maker_notes_enabled and self._maker_notes is None:
                from tasveer_tui.exif import MakerNoteReader

                self._maker_notes_enabled = MakerNoteReader.is_installed()
                self._maker_notes = MakerNoteReader() if self._maker_notes_enabled else None
            return self._maker_notes

    def close(self) -> None:
        """Stop batches where they are and close every connection of this process."""
        self.is_stopping.set()
        with self._lock:
            self._reset_after_fork()
            threads, self._threads = self._threads, None
            clients, self._s3 = list(self._s3.values()), {}
            maker_notes, self._maker_notes = self._maker_notes, None
        if threads is not None:
            threads.shutdown()
        if maker_notes is not None:
            maker_notes.close()
        for client in clients:
            client.close()

    def _reset_after_fork(self) -> None:
        if self._pid != os.getpid():
            self._pid, self._s3, self._threads = os.getpid(), {}, None
            self._maker_notes = None


class SharedInt:
    """A number that a process shares with the processes that it forks later.

    Only the process that made it may change it.
    """

    def __init__(self, initial: int) -> None:
        """Setting it to 0 later restores `initial`."""
        self._initial = initial
        self._memory = mmap.mmap(-1, _INTEGER.size)
        self.set(initial)

    def set(self, value: int) -> int:
        """Set it within its bounds, or with 0 to its initial value; returns the new value."""
        new = min(MAX_CONCURRENT_READS, max(MIN_CONCURRENCY, value or self._initial))
        _INTEGER.pack_into(self._memory, 0, new)
        return new

    def get(self) -> int:
        """The value now; cheap enough to ask before every batch."""
        return int(_INTEGER.unpack_from(self._memory)[0])


class PausedJobs:
    """The jobs of which no object may be started, shared with the processes forked later.

    Shared memory stops reading within the time that one object takes. Thread-safe; only the
    process that made it may change it.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SHARED_BYTES)
        self._lock = threading.Lock()
        self._job_ids_by_engine: dict[str, tuple[int, ...]] = {}
        self._seen_version = 0
        self._paused: frozenset[tuple[int, int]] = frozenset()

    def set(self, engine: str, job_ids: Iterable[int]) -> None:
        """Pause these jobs of an engine (its reply queue), and no others of it."""
        with self._lock:
            self._job_ids_by_engine.pop(engine, None)
            self._job_ids_by_engine[engine] = tuple(job_ids)
            entries = [
                (_engine_hash(name), job_id)
                for name, ids in self._job_ids_by_engine.items()
                for job_id in ids
            ][-MAX_PAUSED_JOBS:]
            version, _ = _HEADER.unpack_from(self._memory)
            packed = b"".join(_ENTRY.pack(*entry) for entry in entries)
            self._memory[_HEADER.size : _HEADER.size + len(packed)] = packed
            _HEADER.pack_into(self._memory, 0, version + 1, len(entries))

    def contains(self, engine: str, job_id: int) -> bool:
        """Whether the job is paused; cheap enough to ask before every object."""
        version, count = _HEADER.unpack_from(self._memory)
        if version != self._seen_version:
            data = self._memory[_HEADER.size : _HEADER.size + count * _ENTRY.size]
            self._paused = frozenset(_ENTRY.iter_unpack(data))
            self._seen_version = version
        return bool(self._paused) and (_engine_hash(engine), job_id) in self._paused


def _engine_hash(name: str) -> int:
    return zlib.crc32(name.encode())
