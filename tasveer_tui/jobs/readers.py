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
from tasveer_tui.jobs.messages import news, unpack
from tasveer_tui.jobs.reader import ENDED, Word, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST_PROCESSES = 3
"""What these read, one recorder can just about write."""

LEAST_IN_FLIGHT = 16
"""Objects read side by side by one process, before another one is worth its memory."""

MOST_TAKEN = 4
"""Messages of one batch that may wait to be recorded, before its process waits, too."""

REST_S = 60.0
"""Without work for so long, the processes end."""

_log = logging.getLogger(__name__)


class ReaderLostError(Exception):
    """The process ended in the middle of a batch."""


class Readers:
    """Starts processes when there is work and lends one to each batch. Thread-safe."""

    def __init__(self, in_flight: int, worker: str, *, maker_notes: bool = True) -> None:
        """`in_flight` objects are read at the same time by all of them together."""
        processes = min(MOST_PROCESSES, os.cpu_count() or 1, in_flight // LEAST_IN_FLIGHT)
        self.count = max(1, processes)
        self._worker = worker
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, ...]] = {}
        self._free = LifoQueue[_Reader]()
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="record")
        self.in_flight = self._first = -(-in_flight // self.count)
        """Objects that each process reads at the same time."""
        options = ["--in-flight", str(self.in_flight)]
        options += [] if maker_notes else ["--no-maker-notes"]
        self._all = [_Reader(options) for _ in range(self.count)]
        self._used_at = monotonic()
        for reader in self._all:
            self._free.put(reader)

    def read(self, order: str, take: Callable[[str, str], None]) -> None:
        """Have a batch read; blocks to its end. `take` gets each task and text that results.

        It gets them in a thread of its own, so that a process reads the next batch meanwhile.
        """
        reader, taking = self._free.get(), deque[Future[None]]()
        try:
            self._used_at = monotonic()
            reader.start(self._first_words())
            for task, text in reader.read(Word(order, self._worker)):
                taking.append(self._clerk.submit(take, task, text))
                if len(taking) > MOST_TAKEN:
                    taking.popleft().result()
        except ReaderLostError as error:
            envelope = unpack(order)
            _log.warning(
                "Batch %d of job %d was lost: %s", envelope.batch_id, envelope.job_id, error
            )
            told = news(envelope.job_id, str(error), batch_id=envelope.batch_id)
            taking.append(self._clerk.submit(take, BATCH_LOST, told))
        finally:
            self._used_at = monotonic()
            self._free.put(reader)
        for each in taking:
            each.result()

    def hold(self, reply: str, job_ids: Iterable[int]) -> None:
        """Hold these jobs and no others."""
        with self._lock:
            self._held[reply] = tuple(job_ids)
        for reader in self._all:
            reader.tell(Word(reply=reply, held=tuple(job_ids)))

    def tune(self, in_flight: int) -> None:
        """Let each process read so many objects at the same time; 0 means as many as at first."""
        with self._lock:
            self.in_flight = in_flight or self._first
        for reader in self._all:
            reader.tell(Word(in_flight=self.in_flight))

    def rest(self) -> None:
        """Call now and then while there is nothing to do."""
        if monotonic() - self._used_at > REST_S:
            self.close()

    def close(self) -> None:
        """End every process, whatever it is doing."""
        for reader in self._all:
            reader.close()

    def _first_words(self) -> list[Word]:
        with self._lock:
            holds = [Word(reply=reply, held=ids) for reply, ids in self._held.items()]
            return [Word(in_flight=self.in_flight), *holds]


class _Reader:
    """One process, started again whenever it is needed and gone."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, first: Iterable[Word]) -> None:
        """See that it runs and has heard `first`."""
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                return
            self._let_go()
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tasveer_tui.jobs.reader", *self._options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        for word in first:
            self.tell(word)

    def read(self, word: Word) -> Iterable[tuple[str, str]]:
        """What comes of an order, tasks and texts. Raises ReaderLostError."""
        child = self._child
        if child is None or child.stdout is None or not self.tell(word):
            raise ReaderLostError("the reading process could not be reached")
        for task, text in read_lines(child.stdout):
            if task == ENDED:
                return
            yield task, text
        child.kill()
        raise ReaderLostError(f"the reading process ended with status {child.wait()}")

    def tell(self, word: Word) -> bool:
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
            self._let_go()

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
