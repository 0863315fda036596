"""What the jobs screen reads of the ledger and the engine; what costs is read more seldom."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.jobs import EngineReport
    from tasveer_tui.records import FailureGroup, JobView, WatchView, WorkerView
    from tasveer_tui.workspace import Workspace

FRESH: Final = 40
"""The newest jobs are read at every look."""
USUAL: Final = 200
"""So many are shown where no filter asks for older ones."""
MOST: Final = 5_000
"""So many a filter looks through."""
USUAL_EVERY_S: Final = 1.0
MOST_EVERY_S: Final = 5.0
GROUPS_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """One look at the ledger and the engine."""

    at: float = 0.0
    """By a clock that only runs forwards."""
    now: float = 0.0
    """By the clock that the ledger's times are from."""
    jobs: tuple[JobView, ...] = ()
    has_older: bool = False
    """There are more jobs than were looked through."""
    groups_of: int = 0
    """The job whose failures these are."""
    groups: tuple[FailureGroup, ...] = ()
    workers: tuple[WorkerView, ...] = ()
    watches: tuple[WatchView, ...] = ()
    engine: EngineReport | None = None

    @property
    def active(self) -> tuple[JobView, ...]:
        """The jobs in which something happens, or will."""
        return tuple(job for job in self.jobs if not job.state.is_final)

    @property
    def problem(self) -> str:
        """What hinders the engine, a sentence; empty where nothing does."""
        return self.engine.problem if self.engine else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a look is for."""

    job_id: int = 0
    """Whose failures; 0 for those of the newest job."""
    is_filtered: bool = False
    """Older jobs are looked through, too."""
    is_anew: bool = False
    """Something was changed: nothing that is remembered will do."""


@dataclass(slots=True)
class LedgerReader:
    """Remembers what was read lately. For one thread at a time; `read` blocks."""

    _older: dict[int, JobView] = field(default_factory=dict)
    _older_read: int = 0
    _older_due_at: float = 0.0
    _groups: tuple[FailureGroup, ...] = ()
    _groups_of: tuple[int, int] = (0, 0)
    """The job and how many had failed when its groups were read."""
    _groups_due_at: float = 0.0

    def read(self, workspace: Workspace, wanted: Wanted) -> Ledger:
        """Look at the ledger."""
        at, now = time.monotonic(), time.time()
        if not workspace.has_catalogue:
            return Ledger(at, now)
        if wanted.is_anew:
            self._older_due_at = self._groups_due_at = 0.0
        catalogue = workspace.catalogue
        jobs = self._jobs(workspace, at, is_filtered=wanted.is_filtered)
        known = {job.id: job for job in jobs}
        chosen = known.get(wanted.job_id) or next(iter(jobs), None)
        return Ledger(
            at=at,
            now=now,
            jobs=jobs,
            has_older=len(jobs) >= self._older_read,
            groups_of=chosen.id if chosen else 0,
            groups=self._groups_now(workspace, chosen, at),
            workers=catalogue.workers(),
            watches=catalogue.watches(),
            engine=workspace.engine.report(),
        )

    def _jobs(self, workspace: Workspace, at: float, *, is_filtered: bool) -> tuple[JobView, ...]:
        limit = MOST if is_filtered else USUAL
        if at < self._older_due_at and limit == self._older_read:
            fresh = workspace.catalogue.jobs(FRESH)
        else:
            fresh = workspace.catalogue.jobs(limit)
            self._older, self._older_read = {}, limit
            self._older_due_at = at + (MOST_EVERY_S if is_filtered else USUAL_EVERY_S)
        self._older |= _by_id(fresh)
        newest_first = sorted(self._older.values(), key=lambda job: -job.id)
        return tuple(newest_first[:limit])

    def _groups_now(
        self, workspace: Workspace, job: JobView | None, at: float
    ) -> tuple[FailureGroup, ...]:
        """The failures of the job: counting them takes tens of milliseconds in a large one."""
        if job is None or not job.failed:
            return ()
        is_other = self._groups_of[0] != job.id
        has_more = self._groups_of[1] != job.failed
        if is_other or self._groups_due_at == 0 or (has_more and at >= self._groups_due_at):
            self._groups = workspace.catalogue.failure_groups(job.id)
            self._groups_of = (job.id, job.failed)
            self._groups_due_at = at + GROUPS_EVERY_S
        return self._groups


def _by_id(jobs: Iterable[JobView]) -> dict[int, JobView]:
    return {job.id: job for job in jobs}
