"""Submits what the ledger has to do, a little ahead of the workers.

The ledger is the truth: a task without a reply is leased again when its lease ends.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from functools import partial
from time import monotonic, time
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import BrokerError, CatalogueError
from tasveer_tui.jobs.broker import LEASE_S
from tasveer_tui.jobs.engine.notifiers import PauseNotifier
from tasveer_tui.jobs.protocol import ReadTask, ScanTask
from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.protocol import Task
    from tasveer_tui.jobs.transport import Transport
    from tasveer_tui.records import JobView, ScanLease

WATCH_CHECK_INTERVAL_S: Final = 0.5

MAX_PAGES_PER_SCAN: Final = 20
"""Pages of one scan task: they do not wait for the ledger and the queue."""

MAX_KEYS_PER_SCAN: Final = 100
"""Single keys that one scan task looks up."""

KEYS_PER_PAGE: Final = 1000
MIN_RETRY_DELAY_S: Final = 0.25

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DispatchLimits:
    """How much is submitted at once, and for how long."""

    max_batch_objects: int = 200
    max_batch_bytes: int = 1 << 40
    """Of whole objects. Only ranges are read, so this excludes nothing but absurd batches."""
    max_unread_objects: int = 20_000
    """Listing waits while a job has this many unread objects."""
    lease_s: float = LEASE_S
    max_retry_delay_s: float = 3.0
    """Between two attempts to reach the broker."""


class Dispatcher:
    """Call `run_once` again and again from one thread."""

    def __init__(
        self,
        recorder: Recorder,
        transport: Transport,
        *,
        limits: DispatchLimits,
        on_problem: Callable[[str], None],
        on_write_error: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_write_error` reports a ledger that cannot be written, `on_problem` the rest."""
        self._recorder = recorder
        self._transport = transport
        self._pause_notifier = PauseNotifier(transport)
        self._limits = limits
        self._on_problem = on_problem
        self._on_write_error = on_write_error
        self.active_jobs: tuple[JobView, ...] = ()
        """The jobs that were queued, running or paused in the last call."""
        self._pending: deque[Task] = deque()
        """Tasks that were leased but not submitted."""
        self._last_busy_at = monotonic()
        """When work was last seen to wait, or could not be seen."""
        self._retry_delay_s = 0.0
        self._retry_at = 0.0
        self._next_watch_check_at = 0.0

    def run_once(self) -> bool:
        """Submit what may be submitted now; true while a job is queued or running."""
        try:
            self._start_due_watches()
            jobs = self._running_jobs()
            if jobs and monotonic() < self._retry_at:
                return True  # Nothing was tried, so no problem is solved.
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
        """The jobs to serve; the workers are notified of the others."""
        active = self.active_jobs = self._recorder.active_jobs()
        paused = [job for job in active if job.state is JobState.PAUSED]
        running = [job for job in active if job.state is not JobState.PAUSED]
        try:
            self._pause_notifier.update(running, paused)
        except BrokerError as error:
            _log.info("The workers are not notified of paused jobs yet: %s", error)
        return running

    def _dispatch_jobs(self, jobs: Sequence[JobView]) -> None:
        try:
            self._submit_pending()
            capacity = self._transport.capacity()
            self._submit_scans(jobs, capacity.scans)
            self._submit_batches(jobs, capacity.batches)
        except BrokerError as error:
            self._last_busy_at = monotonic()
            self._back_off()
            self._on_problem(str(error))
            return
        self._retry_delay_s = 0.0
        self._on_problem(capacity.problem)
        self._release_expired(is_idle=capacity.is_idle)
        for job in jobs:
            if job.is_scanned and not job.left:
                self._recorder.finish(job.id)

    def _back_off(self) -> None:
        longer = self._retry_delay_s * 2 or MIN_RETRY_DELAY_S
        self._retry_delay_s = min(self._limits.max_retry_delay_s, longer)
        self._retry_at = monotonic() + self._retry_delay_s

    def _release_expired(self, *, is_idle: bool) -> None:
        now = monotonic()
        if not is_idle:
            self._last_busy_at = now
        elif now - self._last_busy_at > self._limits.lease_s:
            self._recorder.release_expired(time())

    # -------------------------------------------------------------- submitting

    def _submit_pending(self) -> None:
        """Submit what is leased, the oldest first. Raises BrokerError."""
        while self._pending:
            self._transport.submit(self._pending[0])
            self._pending.popleft()

    def _submit_scans(self, jobs: Sequence[JobView], room: int) -> None:
        for job in jobs:
            if room <= 0:
                return
            if job.is_scanned or job.left >= self._limits.max_unread_objects:
                continue
            # Keep what is leased, even if the first task cannot be submitted.
            tasks = list(self._lease_scans(job, room))
            self._pending.extend(tasks)
            self._submit_pending()
            room -= len(tasks)

    def _lease_scans(self, job: JobView, room: int) -> Iterator[ScanTask]:
        """Scan tasks for at most `room` leases: a prefix each, or single keys together."""
        lease = partial(self._recorder.lease_scans, job.id, lease_s=self._limits.lease_s)
        prefixes = lease(limit=room, is_exact=False)
        # Readers with little work left wait for the listing: a long listing is then partitioned.
        is_slow = 2 * job.left < self._limits.max_unread_objects and not job.spec.force
        share = room // len(prefixes) if prefixes and is_slow else 1
        for prefix in prefixes:
            room -= 1
            yield self._scan_task(job, [prefix], share if prefix.cursor else 1)
        while room > 0 and (keys := lease(limit=MAX_KEYS_PER_SCAN, is_exact=True)):
            room -= 1
            yield self._scan_task(job, keys, 1)

    def _scan_task(
        self, job: JobView, leases: Sequence[ScanLease], max_partitions: int
    ) -> ScanTask:
        unread_room = self._limits.max_unread_objects - job.left
        max_pages = min(MAX_PAGES_PER_SCAN, unread_room // KEYS_PER_PAGE + 1)
        spec, (lease, *more) = job.spec, leases
        return ScanTask(
            spec.access, spec.source.bucket, lease, max_pages, tuple(more), max_partitions
        )

    def _submit_batches(self, jobs: Sequence[JobView], room: int) -> None:
        """Submit the batches of the highest priority first; equal jobs take turns."""
        for priority in sorted({job.priority for job in jobs}, reverse=True):
            room = self._submit_round_robin([job for job in jobs if job.priority == priority], room)

    def _submit_round_robin(self, jobs: Sequence[JobView], room: int) -> int:
        """Submit one batch of each job in turn; returns the room that is left."""
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
                self._pending.append(ReadTask(job.spec.access, job.spec.source.bucket, batch))
                self._submit_pending()
                room -= 1
                turns.append(job)
        return room
