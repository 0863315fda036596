"""Polls the ledger and the engine for the Jobs screen; the costly parts less often."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.jobs import EngineReport
    from tasveer_tui.records import FailureGroup, JobView, WatchView, WorkerView
    from tasveer_tui.workspace import Workspace

RECENT_JOBS: Final = 40
"""The newest jobs are read by every poll."""
MAX_JOBS: Final = 200
"""Jobs that are listed without a filter."""
MAX_FILTERED_JOBS: Final = 5_000
"""Jobs that a filter searches."""
OLDER_INTERVAL_S: Final = 1.0
FILTERED_INTERVAL_S: Final = 5.0
FAILURES_INTERVAL_S: Final = 1.0

IDLE_TICKS: Final = 5
"""With no unfinished job, or with another screen in front, only every fifth tick polls."""


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """The ledger and the engine at one moment."""

    at: float = 0.0
    """Seconds of a monotonic clock, for rates."""
    now: float = 0.0
    """Unix time, to compare with the ledger's times."""
    jobs: tuple[JobView, ...] = ()
    """The newest first."""
    has_older: bool = False
    """Whether the ledger may have jobs that are not in `jobs`."""
    failures_job_id: int = 0
    """The job that `failures` belong to."""
    failures: tuple[FailureGroup, ...] = ()
    workers: tuple[WorkerView, ...] = ()
    watches: tuple[WatchView, ...] = ()
    engine: EngineReport | None = None

    @property
    def unfinished(self) -> tuple[JobView, ...]:
        """The jobs that are not in a final state."""
        return tuple(job for job in self.jobs if not job.state.is_final)

    @property
    def problem(self) -> str:
        """The engine's problem in a sentence; empty if there is none."""
        return self.engine.problem if self.engine else ""


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """What a poll reads."""

    job_id: int = 0
    """The job to read the failures of; 0 for the newest."""
    is_filtered: bool = False
    """Whether to read older jobs as well."""
    ignores_cache: bool = False
    """Read everything, because the user changed something."""


@dataclass(slots=True)
class LedgerReader:
    """Reads snapshots and caches their costly parts. Use it in one thread at a time."""

    _jobs_by_id: dict[int, JobView] = field(default_factory=dict)
    _limit: int = 0
    """Limit of the last read of older jobs."""
    _older_due_at: float = 0.0
    _failures: tuple[FailureGroup, ...] = ()
    _failures_key: tuple[int, int] = (0, 0)
    """The job that `_failures` belong to, and its count of failed objects when they were read."""
    _failures_due_at: float = 0.0

    def read(self, workspace: Workspace, query: LedgerQuery) -> LedgerSnapshot:
        """Read the ledger and the engine's report. Blocks; creates no catalogue."""
        at, now = time.monotonic(), time.time()
        if not workspace.has_catalogue:
            return LedgerSnapshot(at, now)
        if query.ignores_cache:
            self._older_due_at = self._failures_due_at = 0.0
        catalogue = workspace.catalogue
        jobs = self._read_jobs(workspace, at, is_filtered=query.is_filtered)
        by_id = {job.id: job for job in jobs}
        job = by_id.get(query.job_id) or next(iter(jobs), None)
        return LedgerSnapshot(
            at=at,
            now=now,
            jobs=jobs,
            has_older=len(jobs) >= self._limit,
            failures_job_id=job.id if job else 0,
            failures=self._read_failures(workspace, job, at),
            workers=catalogue.workers(),
            watches=catalogue.watches(),
            engine=workspace.engine.report(),
        )

    def _read_jobs(
        self, workspace: Workspace, at: float, *, is_filtered: bool
    ) -> tuple[JobView, ...]:
        limit = MAX_FILTERED_JOBS if is_filtered else MAX_JOBS
        if at < self._older_due_at and limit == self._limit:
            jobs = workspace.catalogue.jobs(RECENT_JOBS)
        else:
            jobs = workspace.catalogue.jobs(limit)
            self._jobs_by_id, self._limit = {}, limit
            self._older_due_at = at + (FILTERED_INTERVAL_S if is_filtered else OLDER_INTERVAL_S)
        self._jobs_by_id |= {job.id: job for job in jobs}
        newest_first = sorted(self._jobs_by_id.values(), key=lambda job: -job.id)
        return tuple(newest_first[:limit])

    def _read_failures(
        self, workspace: Workspace, job: JobView | None, at: float
    ) -> tuple[FailureGroup, ...]:
        """The job's failures by class; counting them takes tens of ms in a large job."""
        if job is None or not job.failed:
            return ()
        job_id, failed = self._failures_key
        is_due = self._failures_due_at == 0 or (
            failed != job.failed and at >= self._failures_due_at
        )
        if job_id != job.id or is_due:
            self._failures = workspace.catalogue.failure_groups(job.id)
            self._failures_key = (job.id, job.failed)
            self._failures_due_at = at + FAILURES_INTERVAL_S
        return self._failures


class LedgerPoller:
    """Polls for one screen, one poll at a time."""

    def __init__(
        self,
        screen: Screen[None],
        query: Callable[[], LedgerQuery],
        on_snapshot: Callable[[LedgerSnapshot], object],
        on_error: Callable[[TasveerError], object],
        on_slow_tick: Callable[[], object],
    ) -> None:
        """`query` returns what to read next; `on_slow_tick` runs every `IDLE_TICKS` ticks."""
        self._screen = screen
        self._query = query
        self._on_snapshot = on_snapshot
        self._on_error = on_error
        self._on_slow_tick = on_slow_tick
        self._reader = LedgerReader()
        self._ticks = 0
        self._ignores_cache = False
        self._is_poll_due = False
        self.snapshot = LedgerSnapshot()

    @property
    def is_up_to_date(self) -> bool:
        """Whether the snapshot contains every change that was recorded before the last `poll`."""
        return not self._is_poll_due

    def tick(self) -> None:
        """Poll if it is time; call it at the refresh rate."""
        self._ticks += 1
        is_current, has_work = self._screen.is_current, bool(self.snapshot.unfinished)
        if not (is_current or has_work) or self._is_polling():
            return
        is_slow_tick = self._ticks % IDLE_TICKS == 0
        if is_slow_tick or (is_current and has_work):
            self.poll()
        if is_slow_tick:
            self._on_slow_tick()

    def poll(self, *, ignores_cache: bool = False) -> None:
        """Read the ledger now; if a poll is running, again after it."""
        self._ignores_cache = self._ignores_cache or ignores_cache
        self._is_poll_due = self._is_polling()
        if self._is_poll_due:
            return
        query = replace(self._query(), ignores_cache=self._ignores_cache)
        self._ignores_cache = False
        read = partial(self._reader.read, workspace(self._screen), query)
        background(self._screen).run(
            self._screen, "ledger", read, self._on_read, on_error=self._on_error
        )

    def _is_polling(self) -> bool:
        return background(self._screen).is_busy(self._screen, "ledger")

    def _on_read(self, snapshot: LedgerSnapshot) -> None:
        self.snapshot = snapshot
        self._on_snapshot(snapshot)
        if self._is_poll_due:
            self.poll()
