"""What a process keeps between tasks: S3 clients by access, and the threads that read.

Both are made when first asked for in the process that uses them: a client made before a fork
hands one process the bytes that another one asked for.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tasveer_tui.jobs.worker.shared_memory import PausedJobs, SharedInt
from tasveer_tui.s3 import S3

if TYPE_CHECKING:
    from tasveer_tui.exif import MakerNoteReader
    from tasveer_tui.records import Access

MAX_S3_CLIENTS = 16


class WorkerResources:
    """Shared by all tasks of a process; safe across forks and threads."""

    def __init__(self, in_flight: int, *, maker_notes: bool = True) -> None:
        """At most `in_flight` objects are read at the same time by each process."""
        self.in_flight = in_flight
        self.shared_concurrency = SharedInt(in_flight)
        """How many it is now: whoever made this may turn it."""
        self.holds = PausedJobs()
        """Jobs whose objects are not to be begun."""
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
            client.limiter.resize(self.shared_concurrency.number())
            if len(self._s3) > MAX_S3_CLIENTS:
                self._s3.pop(next(iter(self._s3)))
            return client

    def forget(self, access: Access) -> None:
        """Look for credentials anew at the next request: they ran out, or were not there yet."""
        with self._lock:
            self._reset_after_fork()
            client = self._s3.get(access)
        if client is not None:
            client.close()

    def threads(self) -> ThreadPoolExecutor:
        """The threads that read objects; first come, first served over all batches."""
        with self._lock:
            self._reset_after_fork()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.in_flight, thread_name_prefix="read")
            return self._threads

    def maker_notes(self) -> MakerNoteReader | None:
        """What reads cameras' own notes; None where they are to be left unread."""
        with self._lock:
            self._reset_after_fork()
            if self._maker_notes_enabled and self._maker_notes is None:
                from tasveer_tui.exif import MakerNoteReader

                self._maker_notes_enabled = MakerNoteReader.is_installed()
                self._maker_notes = MakerNoteReader() if self._maker_notes_enabled else None
            return self._maker_notes

    def close(self) -> None:
        """Let batches stop where they are and close every connection of this process."""
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
