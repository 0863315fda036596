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
from tasveer_tui.jobs.broker import LEASE_S, READ, READ_QUEUE, SCAN, SCAN_QUEUE
from tasveer_tui.jobs.messages import ReadOrder, ScanOrder, pack
from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.backlog import Backlog
    from tasveer_tui.jobs.post import Post
    from tasveer_tui.jobs.steering import Steering
    from tasveer_tui.records import Batch, JobView, ScanLease

WATCH_S = 0.5
"""Between two looks at what is watched."""

_log = logging.getLogger(__name__)


MOST_PAGES = 20
"""Of one scan task: between two of them a page waits for the ledger and the queue."""

MOST_KEYS = 100
"""Single keys that one task finds."""

PAGE_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is out at once, and how long."""

    batch_objects: int = 200
    batch_bytes: int = 1 << 40
    """Of the objects whole; ranges are read, so this bounds nothing but absurd batches."""
    open_objects: int = 20_000
    """Listing waits while a job has so many unread objects."""
    lease_s: float = LEASE_S
    longest_pause_s: float = 3.0
    """Between two tries to reach the broker."""


@dataclass(frozen=True, slots=True)
class Queues:
    """The way out, and back."""

    post: Post
    backlog: Backlog
    reply: str
    """The queue that workers answer on."""


@dataclass(frozen=True, slots=True)
class _Letter:
    task: str
    queue: str
    text: str
    about: str


class Dispatcher:
    """Call `round` again and again from one thread."""

    def __init__(
        self,
        recorder: Recorder,
        queues: Queues,
        steering: Steering,
        *,
        limits: Limits,
        on_problem: Callable[[str], None],
        on_refusal: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_refusal` hears of a ledger that cannot be written, `on_problem` of the rest."""
        self._recorder = recorder
        self._post = queues.post
        self._backlog = queues.backlog
        self._reply = queues.reply
        self._steering = steering
        self._limits = limits
        self._on_problem = on_problem
        self._on_refusal = on_refusal
        self.active: tuple[JobView, ...] = ()
        """The jobs that were queued, running or paused at the last round."""
        self._unsent: deque[_Letter] = deque()
        self._busy_at = monotonic()
        """When work was last seen waiting, or could not be seen."""
        self._pause_s = 0.0
        self._resume_at = 0.0
        self._watch_at = 0.0

    def round(self) -> bool:
        """Send what may be sent now; true while a job is queued or running. Blocks shortly."""
        try:
            self._turn_watches()
            jobs = self._running_jobs()
            if jobs and monotonic() < self._resume_at:
                return True  # Nothing was tried, so nothing is well again.
            if jobs:
                self._serve(jobs)
            else:
                self._on_problem("")
        except CatalogueError as error:
            self._pause()
            self._on_refusal(str(error))
            return True
        self._on_refusal("")
        return bool(jobs)

    def _turn_watches(self) -> None:
        if monotonic() >= self._watch_at:
            self._watch_at = monotonic() + WATCH_S
            self._recorder.turn_watches()

    def _running_jobs(self) -> list[JobView]:
        """The jobs to serve; whoever reads hears of the others."""
        active = self.active = self._recorder.active_jobs()
        paused = [job for job in active if job.state is JobState.PAUSED]
        running = [job for job in active if job.state is not JobState.PAUSED]
        try:
            self._steering.look(running, paused)
        except BrokerError as error:
            _log.info("Held jobs are told later: %s", error)
        return running

    def _serve(self, jobs: Sequence[JobView]) -> None:
        try:
            self._send_left()
            room = self._backlog.room()
            self._send_scans(jobs, room.scans)
            self._send_batches(jobs, room.batches)
        except BrokerError as error:
            self._busy_at = monotonic()
            self._wait(str(error))
            return
        self._pause_s = 0.0
        self._on_problem(room.problem)
        self._sweep(is_idle=room.is_idle)
        for job in jobs:
            if job.is_scanned and not job.left:
                self._recorder.finish(job.id)

    def _wait(self, problem: str) -> None:
        self._pause()
        self._on_problem(problem)

    def _pause(self) -> None:
        self._pause_s = min(self._limits.longest_pause_s, self._pause_s * 2 or 0.25)
        self._resume_at = monotonic() + self._pause_s

    def _sweep(self, *, is_idle: bool) -> None:
        now = monotonic()
        if not is_idle:
            self._busy_at = now
        elif now - self._busy_at > self._limits.lease_s:
            self._recorder.sweep(time())

    # ---------------------------------------------------------------- sending

    def _send_left(self) -> None:
        """What was leased but could not be sent goes first."""
        while self._unsent:
            self._publish(self._unsent[0])
            self._unsent.popleft()

    def _send(self, letter: _Letter) -> None:
        self._unsent.append(letter)
        self._send_left()

    def _publish(self, letter: _Letter) -> None:
        self._backlog.sent(letter.queue)
        try:
            self._post.send(letter.task, letter.queue, letter.text, letter.about)
        except BrokerError:
            self._backlog.unsent(letter.queue)
            raise

    def _send_scans(self, jobs: Sequence[JobView], room: int) -> None:
        for job in jobs:
            if room <= 0:
                return
            if job.is_scanned or job.left >= self._limits.open_objects:
                continue
            pages = min(MOST_PAGES, (self._limits.open_objects - job.left) // PAGE_KEYS + 1)
            for leases, pieces in self._leased(job, room):
                self._send(self._scan(job, leases, pages, pieces))
                room -= 1

    def _leased(self, job: JobView, room: int) -> Iterator[tuple[list[ScanLease], int]]:
        """Prefixes, each alone, and single keys by the hundred; how many might share each."""
        lease = partial(self._recorder.lease_scans, job.id, lease_s=self._limits.lease_s)
        prefixes = lease(limit=room, is_exact=False)
        # Readers that have little left wait for the listing: then a long one is cut up.
        is_slow = 2 * job.left < self._limits.open_objects and not job.spec.force
        share = room // len(prefixes) if prefixes and is_slow else 1
        for prefix in prefixes:
            room -= 1
            yield [prefix], (share if prefix.cursor else 1)
        while room > 0 and (keys := lease(limit=MOST_KEYS, is_exact=True)):
            room -= 1
            yield keys, 1

    def _send_batches(self, jobs: Sequence[JobView], room: int) -> None:
        """What the highest priority has; jobs of the same one take turns."""
        for priority in sorted({job.priority for job in jobs}, reverse=True):
            room = self._send_turns([job for job in jobs if job.priority == priority], room)

    def _send_turns(self, jobs: Sequence[JobView], room: int) -> int:
        """One batch of each job in turn; the room that is left."""
        turns = deque(jobs)
        while room > 0 and turns:
            job = turns.popleft()
            batch = self._recorder.lease_batch(
                job.id,
                lease_s=self._limits.lease_s,
                max_objects=self._limits.batch_objects,
                max_bytes=self._limits.batch_bytes,
            )
            if batch is not None:
                self._send(self._read(job, batch))
                room -= 1
                turns.append(job)
        return room

    def _scan(self, job: JobView, leases: Sequence[ScanLease], pages: int, pieces: int) -> _Letter:
        spec, (lease, *more) = job.spec, leases
        order = ScanOrder(spec.access, spec.source.bucket, lease, pages, tuple(more), pieces)
        text = pack(job.id, order, reply=self._reply, scan_id=lease.scan_id)
        return _Letter(SCAN, SCAN_QUEUE, text, f"scan {lease.scan_id} of job {job.id}")

    def _read(self, job: JobView, batch: Batch) -> _Letter:
        order = ReadOrder(job.spec.access, job.spec.source.bucket, batch)
        text = pack(job.id, order, reply=self._reply, batch_id=batch.batch_id)
        return _Letter(READ, READ_QUEUE, text, f"batch {batch.batch_id} of job {job.id}")
