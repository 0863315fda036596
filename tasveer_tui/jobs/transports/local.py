"""The transport without a broker: this machine lists in threads and reads in processes.

A listing runs in a thread of the engine, which records its pages as they are. Objects are read by
processes of their own, because one Python process uses one core. A process that dies over a batch
costs only that batch, which the ledger then splits.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from math import floor
from queue import LifoQueue
from time import monotonic, time
from typing import TYPE_CHECKING, Final

import msgspec

from tasveer_tui import __version__
from tasveer_tui.child_process import ChildProcess
from tasveer_tui.jobs.protocol import BatchLost, ScanTask, pack_task, unpack, unpack_reply
from tasveer_tui.jobs.status import WorkerHeartbeat
from tasveer_tui.jobs.transport import Capacity, EngineClosingError, QueueDepths
from tasveer_tui.jobs.worker.read_process import BATCH_END, ReaderCommand, read_messages
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tasveer_tui.jobs.protocol import ReadTask, Reply, Task
    from tasveer_tui.jobs.transport import ReplyReceiver

MAX_SCANS: Final = 2
SPARE_BATCHES: Final = 1
"""Batches that wait while each process reads one and one of each is being recorded."""

MAX_PROCESSES: Final = 3
"""One recorder can just about record what these read."""

MIN_IN_FLIGHT_PER_PROCESS: Final = 16
"""A process that reads fewer objects at the same time is not worth its memory."""

MAX_UNRECORDED_MESSAGES: Final = 4
"""Messages of a batch that may wait to be recorded before its process waits, too."""

IDLE_TIMEOUT_S: Final = 60.0
"""The processes end after this time without work."""

_log = logging.getLogger(__name__)


class LocalTransport:
    """Runs tasks on this machine. See `Transport`."""

    def __init__(
        self,
        name: str,
        receiver: ReplyReceiver,
        *,
        in_flight: int,
        on_task_end: Callable[[], None],
        maker_notes: bool = True,
    ) -> None:
        """Read at most `in_flight` objects at the same time. `name` is the worker's name."""
        self._name = name
        self._receiver = receiver
        self._on_task_end = on_task_end
        self._resources = WorkerResources(in_flight, maker_notes=maker_notes)
        self._read_pool = ReadPool(in_flight, name, maker_notes=maker_notes)
        # Two batches a process: one is read while the other is recorded.
        self._max_batches = 2 * self._read_pool.count + SPARE_BATCHES
        self._executor = ThreadPoolExecutor(
            MAX_SCANS + self._max_batches, thread_name_prefix="task"
        )
        self._lock = threading.Lock()
        self._scans = self._batches = 0

    def start(self) -> None:
        """Do nothing: threads and processes start with the first task."""

    def submit(self, task: Task) -> None:
        """Start the task in a thread."""
        self._count(task, 1)
        self._executor.submit(self._run, task)

    def capacity(self) -> Capacity:
        """How many tasks to submit now. Never blocks."""
        with self._lock:
            scans, batches = self._scans, self._batches
        return Capacity(MAX_SCANS - scans, self._max_batches - batches, scans + batches == 0)

    def depth(self) -> QueueDepths:
        """The tasks that are not finished."""
        with self._lock:
            return QueueDepths(self._scans, self._batches)

    def hold(self, job_ids: Sequence[int]) -> None:
        """Start no object of these jobs and list them no further."""
        self._resources.paused_jobs.set("", job_ids)
        self._read_pool.hold(job_ids)

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """Let each process read `in_flight` objects at once; 0 resets it."""
        del workers
        self._read_pool.tune(in_flight)

    def workers(self) -> tuple[WorkerHeartbeat, ...]:
        """Report the engine itself as the worker."""
        scans, batches, _ = self.depth()
        here = WorkerHeartbeat(
            self._name,
            heartbeat_at=floor(time()),
            active=scans + batches,
            load=round(os.getloadavg()[0], 1),
            processes=self._read_pool.count,
            threads=self._read_pool.in_flight,
            program=__version__,
            messages=MESSAGE_VERSION,
        )
        return (here,)

    def is_alive(self) -> bool:
        """Always: there is no connection to lose."""
        return True

    def release_idle(self) -> None:
        """End the processes if they had no work for a while."""
        self._read_pool.release_idle()

    def close(self) -> None:
        """End the processes. Their tasks come again from the ledger."""
        self._resources.is_stopping.set()
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._read_pool.close()

    def _run(self, task: Task) -> None:
        try:
            if isinstance(task, ScanTask):
                context = TaskContext(self._name, self._receiver.handle)
                run_scan(task, context, self._resources)
            else:
                self._read_pool.read(task, self._receiver.handle)
        except EngineClosingError:
            _log.info("A task of job %d comes again from the ledger", task.job_id)
        except Exception:  # noqa: BLE001 - the thread's outermost edge: its lease ends
            _log.exception("A task of job %d failed", task.job_id)
        finally:
            self._count(task, -1)
            self._on_task_end()

    def _count(self, task: Task, change: int) -> None:
        with self._lock:
            if isinstance(task, ScanTask):
                self._scans += change
            else:
                self._batches += change


class ReadProcessLostError(Exception):
    """The process ended in the middle of a batch."""


class ReadPool:
    """Processes that read batches, started when there is work. Thread-safe."""

    def __init__(self, in_flight: int, worker: str, *, maker_notes: bool = True) -> None:
        """All processes together read at most `in_flight` objects at the same time."""
        processes = min(MAX_PROCESSES, os.cpu_count() or 1, in_flight // MIN_IN_FLIGHT_PER_PROCESS)
        self.count = max(1, processes)
        self._worker = worker
        self._lock = threading.Lock()
        self._paused_job_ids: tuple[int, ...] = ()
        self._idle_processes = LifoQueue[_ReadProcess]()
        self._record_executor = ThreadPoolExecutor(1, thread_name_prefix="record")
        self.in_flight = self._initial_in_flight = -(-in_flight // self.count)
        """Objects that each process reads at the same time."""
        options = ["--in-flight", str(self.in_flight)]
        options += [] if maker_notes else ["--no-maker-notes"]
        self._processes = [_ReadProcess(options) for _ in range(self.count)]
        self._last_used_at = monotonic()
        for process in self._processes:
            self._idle_processes.put(process)

    def read(self, task: ReadTask, on_reply: Callable[[Reply], None]) -> None:
        """Read a batch; blocks until all its replies are recorded.

        `on_reply` is called in another thread, so that a process reads the next batch meanwhile.
        Raises what it raises.
        """
        process, recordings = self._idle_processes.get(), deque[Future[None]]()
        try:
            self._last_used_at = monotonic()
            process.start(self._initial_commands())
            command = ReaderCommand(task=pack_task(task), worker=self._worker)
            for reply in process.read(command):
                recordings.append(self._record_executor.submit(on_reply, reply))
                if len(recordings) > MAX_UNRECORDED_MESSAGES:
                    recordings.popleft().result()
        except ReadProcessLostError as error:
            batch = task.batch
            _log.warning("Batch %d of job %d was lost: %s", batch.batch_id, batch.job_id, error)
            lost = BatchLost(batch.job_id, batch.batch_id, str(error))
            recordings.append(self._record_executor.submit(on_reply, lost))
        finally:
            self._last_used_at = monotonic()
            self._idle_processes.put(process)
        for recording in recordings:
            recording.result()

    def hold(self, job_ids: Iterable[int]) -> None:
        """Start no object of these jobs, and no longer hold any other."""
        with self._lock:
            self._paused_job_ids = tuple(job_ids)
            command = ReaderCommand(paused_job_ids=self._paused_job_ids)
        for process in self._processes:
            process.send(command)

    def tune(self, in_flight: int) -> None:
        """Let each process read this many objects at the same time; 0 resets it."""
        with self._lock:
            self.in_flight = in_flight or self._initial_in_flight
        for process in self._processes:
            process.send(ReaderCommand(in_flight=self.in_flight))

    def release_idle(self) -> None:
        """End the processes if they had no work for a while."""
        if monotonic() - self._last_used_at > IDLE_TIMEOUT_S:
            self.close()

    def close(self) -> None:
        """End every process, also one that reads."""
        for process in self._processes:
            process.close()

    def _initial_commands(self) -> list[ReaderCommand]:
        with self._lock:
            paused = ReaderCommand(paused_job_ids=self._paused_job_ids)
            return [ReaderCommand(in_flight=self.in_flight), paused]


class _ReadProcess:
    """One process, started again when it is needed and gone."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def start(self, commands: Iterable[ReaderCommand]) -> None:
        """Start the process unless it runs; a new one gets these commands first."""
        with self._lock:
            if self._child is not None and self._child.exit_code is None:
                return
            if self._child is not None:
                self._child.kill()
            module = ["-m", "tasveer_tui.jobs.worker.read_process"]
            self._child = ChildProcess([*module, *self._options])
        for command in commands:
            self.send(command)

    def read(self, command: ReaderCommand) -> Iterator[Reply]:
        """Send a task and receive its replies. Raises ReadProcessLostError."""
        child = self._child
        if child is None or not self.send(command):
            raise ReadProcessLostError("the reading process could not be reached")
        with suppress(ValueError):  # `close` may close the pipe meanwhile
            for name, text in read_messages(child.output):
                if name == BATCH_END:
                    return
                yield unpack_reply(name, unpack(text))
        raise ReadProcessLostError(f"the reading process ended with status {child.kill()}")

    def send(self, command: ReaderCommand) -> bool:
        """Send one line; false if no process reads it."""
        with self._lock:
            line = msgspec.json.encode(command) + b"\n"
            return self._child is not None and self._child.write(line)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.kill()
