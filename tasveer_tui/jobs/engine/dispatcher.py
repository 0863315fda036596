"""Sends what the ledger has to do, a little ahead of the workers.

The ledger is the truth: what is sent and never answered is leased again when its lease ends.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from functools import partial
from time import monotonic, time
from typing import TYPE_CHECKING

from tasveer_tui.errors import BrokerError, CatalogueError
from tasveer_tui.jobs.broker import LEASE_S, READ_QUEUE, READ_TASK, SCAN_QUEUE, SCAN_TASK
from tasveer_tui.jobs.protocol import ReadTask, ScanTask, pack
from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.engine.flow_control import FlowControl
    from tasveer_tui.jobs.transports.control import PauseNotifier
    from tasveer_tui.jobs.transports.publisher import Publisher
    from tasveer_tui.records import Batch, JobView, ScanLease

WATCH_CHECK_INTERVAL_S = 0.5
"""Between two looks at what is watched."""

_log = logging.getLogger(__name__)


MAX_PAGES_PER_SCAN = 20
"""Of one scan task: between two of them a page waits for the ledger and the queue."""

MAX_KEYS_PER_SCAN = 100
"""Single keys that one task finds."""

KEYS_PER_PAGE = 1000


@dataclass(frozen=True, slots=True)
class DispatchLimits:
    """How much is out at once, and how long."""

    max_batch_objects: int = 200
    max_batch_bytes: int = 1 << 40
    """Of the objects whole; ranges are read, so this bounds nothing but absurd batches."""
    max_unread_objects: int = 20_000
    """Listing waits while a job has so many unread objects."""
    lease_s: float = LEASE_S
    max_retry_delay_s: float = 3.0
    """Between two tries to reach the broker."""


@dataclass(frozen=True, slots=True)
class DispatchQueues:
    """The way out, and back."""

    publisher: Publisher
    flow_control: FlowControl
    reply: str
    """The queue that workers answer on."""


@dataclass(frozen=True, slots=True)
class OutgoingTask:
    """One Celery task to publish: its name, its queue and its body."""

    task: str
    queue: str
    text: str
    """The message's body."""
    about: str
    """What a log line calls the task."""


class Dispatcher:
    """Call `round` again and again from one thread."""

    def __init__(
        self,
        recorder: Recorder,
        queues: DispatchQueues,
        steering: PauseNotifier,
        *,
        limits: DispatchLimits,
        on_problem: Callable[[str], None],
        on_refusal: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_refusal` hears of a ledger that cannot be written, `on_problem` of the rest."""
        self._recorder = recorder
        self._publisher = queues.publisher
        self._flow_control = queues.flow_control
        self._reply_queue = queues.reply
        self._pause_notifier = steering
        self._limits = limits
        self._on_problem = on_problem
        self._on_write_error = on_refusal
        self.active: tuple[JobView, ...] = ()
        """The jobs that were queued, running or paused at the last round."""
        self._pending: deque[OutgoingTask] = deque()
        self._last_busy_at = monotonic()
        """When work was last seen waiting, or could not be seen."""
        self._retry_delay_s = 0.0
        self._retry_at = 0.0
        self._next_watch_check_at = 0.0

    def round(self) -> bool:
        """Send what may be sent now; true while a job is queued or running. Blocks shortly."""
        try:
            self._start_due_watches()
            jobs = self._running_jobs()
            if jobs and monotonic() < self._retry_at:
                return True  # Nothing was tried, so nothing is well again.
            if jobs:
                self._dispatch_jobs(jobs)
            else:
                self._on_problem("")
        except CatalogueError as error:
            self._back_off()
            self._on_write_error(str(error))
            return True
        self._on_write_error("")
        return bool(jobs)

    def _start_due_watches(self) -> None:
        if monotonic() >= self._next_watch_check_at:
            self._next_watch_check_at = monotonic() + WATCH_CHECK_INTERVAL_S
            self._recorder.start_due_watches()

    def _running_jobs(self) -> list[JobView]:
        """The jobs to serve; whoever reads hears of the others."""
        active = self.active = self._recorder.active_jobs()
        paused = [job for job in active if job.state is JobState.PAUSED]
        running = [job for job in active if job.state is not JobState.PAUSED]
        try:
            self._pause_notifier.look(running, paused)
        except BrokerError as error:
            _log.info("Held jobs are told later: %s", error)
        return running

    def _dispatch_jobs(self, jobs: Sequence[JobView]) -> None:
        try:
            self._send_pending()
            room = self._flow_control.room()
            self._send_scans(jobs, room.scans)
            self._send_batches(jobs, room.batches)
        except BrokerError as error:
            self._last_busy_at = monotonic()
            self._back_off_with_problem(str(error))
            return
        self._retry_delay_s = 0.0
        self._on_problem(room.problem)
        self._release_expired(is_idle=room.is_idle)
        for job in jobs:
            if job.is_scanned and not job.left:
                self._recorder.finish(job.id)

    def _back_off_with_problem(self, problem: str) -> None:
        self._back_off()
        self._on_problem(problem)

    def _back_off(self) -> None:
        self._retry_delay_s = min(self._limits.max_retry_delay_s, self._retry_delay_s * 2 or 0.25)
        self._retry_at = monotonic() + self._retry_delay_s

    def _release_expired(self, *, is_idle: bool) -> None:
        now = monotonic()
        if not is_idle:
            self._last_busy_at = now
        elif now - self._last_busy_at > self._limits.lease_s:
            self._recorder.release_expired(time())

    # ---------------------------------------------------------------- sending

    def _send_pending(self) -> None:
        """What was leased but could not be sent goes first."""
        while self._pending:
            self._publish(self._pending[0])
            self._pending.popleft()

    def _send(self, letter: OutgoingTask) -> None:
        self._pending.append(letter)
        self._send_pending()

    def _publish(self, letter: OutgoingTask) -> None:
        self._flow_control.sent(letter.queue)
        try:
            self._publisher.send(letter.task, letter.queue, letter.text, letter.about)
        except BrokerError:
            self._flow_control.unsent(letter.queue)
            raise

    def _send_scans(self, jobs: Sequence[JobView], room: int) -> None:
        for job in jobs:
            if room <= 0:
                return
            if job.is_scanned or job.left >= self._limits.max_unread_objects:
                continue
            pages = min(
                MAX_PAGES_PER_SCAN,
                (self._limits.max_unread_objects - job.left) // KEYS_PER_PAGE + 1,
            )
            for leases, pieces in self._lease_scans(job, room):
                self._send(self._scan_task(job, leases, pages, pieces))
                room -= 1

    def _lease_scans(self, job: JobView, room: int) -> Iterator[tuple[list[ScanLease], int]]:
        """Prefixes, each alone, and single keys by the hundred; how many might share each."""
        lease = partial(self._recorder.lease_scans, job.id, lease_s=self._limits.lease_s)
        prefixes = lease(limit=room, is_exact=False)
        # Readers that have little left wait for the listing: then a long one is cut up.
        is_slow = 2 * job.left < self._limits.max_unread_objects and not job.spec.force
        share = room // len(prefixes) if prefixes and is_slow else 1
        for prefix in prefixes:
            room -= 1
            yield [prefix], (share if prefix.cursor else 1)
        while room > 0 and (keys := lease(limit=MAX_KEYS_PER_SCAN, is_exact=True)):
            room -= 1
            yield keys, 1

    def _send_batches(self, jobs: Sequence[JobView], room: int) -> None:
        """What the highest priority has; jobs of the same one take turns."""
        for priority in sorted({job.priority for job in jobs}, reverse=True):
            room = self._send_round_robin([job for job in jobs if job.priority == priority], room)

    def _send_round_robin(self, jobs: Sequence[JobView], room: int) -> int:
        """One batch of each job in turn; the room that is left."""
        turns = deque(jobs)
        while room > 0 and turns:
            job = turns.popleft()
            batch = self._recorder.lease_batch(
                job.id,
                lease_s=self._limits.lease_s,
                max_objects=self._limits.max_batch_objects,
                max_bytes=self._limits.max_batch_bytes,
            )
            if batch is not None:
                self._send(self._read_task(job, batch))
                room -= 1
                turns.append(job)
        return room

    def _scan_task(
        self, job: JobView, leases: Sequence[ScanLease], pages: int, pieces: int
    ) -> OutgoingTask:
        spec, (lease, *more) = job.spec, leases
        order = ScanTask(spec.access, spec.source.bucket, lease, pages, tuple(more), pieces)
        text = pack(job.id, order, reply=self._reply_queue, scan_id=lease.scan_id)
        return OutgoingTask(SCAN_TASK, SCAN_QUEUE, text, f"scan {lease.scan_id} of job {job.id}")

    def _read_task(self, job: JobView, batch: Batch) -> OutgoingTask:
        order = ReadTask(job.spec.access, job.spec.source.bucket, batch)
        text = pack(job.id, order, reply=self._reply_queue, batch_id=batch.batch_id)
        return OutgoingTask(READ_TASK, READ_QUEUE, text, f"batch {batch.batch_id} of job {job.id}")
