"""The embedded engine's readers: processes, because one interpreter fills one core.

One that dies over a batch costs the engine nothing but that batch, which the ledger splits.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import LifoQueue
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from tasveer_tui.jobs.broker import BATCH_LOST
from tasveer_tui.jobs.protocol import pack_event, unpack
from tasveer_tui.jobs.worker.read_process import BATCH_ENDED, ReaderCommand, read_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAX_PROCESSES = 3
"""What these read, one recorder can just about write."""

MIN_IN_FLIGHT_PER_PROCESS = 16
"""Objects read side by side by one process, before another one is worth its memory."""

MAX_UNRECORDED_MESSAGES = 4
"""Messages of one batch that may wait to be recorded, before its process waits, too."""

IDLE_TIMEOUT_S = 60.0
"""Without work for so long, the processes end."""

_log = logging.getLogger(__name__)


class ReadProcessLostError(Exception):
    """The process ended in the middle of a batch."""


class ReadPool:
    """Starts processes when there is work and lends one to each batch. Thread-safe."""

    def __init__(self, in_flight: int, worker: str, *, maker_notes: bool = True) -> None:
        """`in_flight` objects are read at the same time by all of them together."""
        processes = min(MAX_PROCESSES, os.cpu_count() or 1, in_flight // MIN_IN_FLIGHT_PER_PROCESS)
        self.count = max(1, processes)
        self._worker = worker
        self._lock = threading.Lock()
        self._paused: dict[str, tuple[int, ...]] = {}
        self._idle_processes = LifoQueue[_ReadProcess]()
        self._record_executor = ThreadPoolExecutor(1, thread_name_prefix="record")
        self.in_flight = self._initial_in_flight = -(-in_flight // self.count)
        """Objects that each process reads at the same time."""
        options = ["--in-flight", str(self.in_flight)]
        options += [] if maker_notes else ["--no-maker-notes"]
        self._processes = [_ReadProcess(options) for _ in range(self.count)]
        self._last_used_at = monotonic()
        for reader in self._processes:
            self._idle_processes.put(reader)

    def read(self, order: str, take: Callable[[str, str], None]) -> None:
        """Have a batch read; blocks to its end. `take` gets each task and text that results.

        It gets them in a thread of its own, so that a process reads the next batch meanwhile.
        """
        reader, taking = self._idle_processes.get(), deque[Future[None]]()
        try:
            self._last_used_at = monotonic()
            reader.start(self._initial_commands())
            for task, text in reader.read(ReaderCommand(order, self._worker)):
                taking.append(self._record_executor.submit(take, task, text))
                if len(taking) > MAX_UNRECORDED_MESSAGES:
                    taking.popleft().result()
        except ReadProcessLostError as error:
            envelope = unpack(order)
            _log.warning(
                "Batch %d of job %d was lost: %s", envelope.batch_id, envelope.job_id, error
            )
            told = pack_event(envelope.job_id, str(error), batch_id=envelope.batch_id)
            taking.append(self._record_executor.submit(take, BATCH_LOST, told))
        finally:
            self._last_used_at = monotonic()
            self._idle_processes.put(reader)
        for each in taking:
            each.result()

    def hold(self, reply: str, job_ids: Iterable[int]) -> None:
        """Hold these jobs and no others."""
        with self._lock:
            self._paused[reply] = tuple(job_ids)
        for reader in self._processes:
            reader.tell(ReaderCommand(reply=reply, held=tuple(job_ids)))

    def tune(self, in_flight: int) -> None:
        """Let each process read so many objects at the same time; 0 means as many as at first."""
        with self._lock:
            self.in_flight = in_flight or self._initial_in_flight
        for reader in self._processes:
            reader.tell(ReaderCommand(in_flight=self.in_flight))

    def rest(self) -> None:
        """Call now and then while there is nothing to do."""
        if monotonic() - self._last_used_at > IDLE_TIMEOUT_S:
            self.close()

    def close(self) -> None:
        """End every process, whatever it is doing."""
        for reader in self._processes:
            reader.close()

    def _initial_commands(self) -> list[ReaderCommand]:
        with self._lock:
            holds = [ReaderCommand(reply=reply, held=ids) for reply, ids in self._paused.items()]
            return [ReaderCommand(in_flight=self.in_flight), *holds]


class _ReadProcess:
    """One process, started again whenever it is needed and gone."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, first: Iterable[ReaderCommand]) -> None:
        """See that it runs and has heard `first`."""
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                return
            self._release_child()
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tasveer_tui.jobs.worker.read_process", *self._options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        for word in first:
            self.tell(word)

    def read(self, word: ReaderCommand) -> Iterable[tuple[str, str]]:
        """What comes of an order, tasks and texts. Raises ReaderLostError."""
        child = self._child
        if child is None or child.stdout is None or not self.tell(word):
            raise ReadProcessLostError("the reading process could not be reached")
        for task, text in read_messages(child.stdout):
            if task == BATCH_ENDED:
                return
            yield task, text
        child.kill()
        raise ReadProcessLostError(f"the reading process ended with status {child.wait()}")

    def tell(self, word: ReaderCommand) -> bool:
        """Send one line; false where nobody is there to read it."""
        with self._lock:
            if self._child is None or self._child.stdin is None:
                return False
            try:
                self._child.stdin.write(msgspec.json.encode(word) + b"\n")
                self._child.stdin.flush()
            except OSError:
                return False
            return True

    def close(self) -> None:
        """End it."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
            self._release_child()

    def _release_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
