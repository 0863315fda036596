"""What the jobs screen reads of the ledger, all at one moment. Blocks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasveer_tui.records import FailureGroup, JobView, WorkerView
    from tasveer_tui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ledger:
    """One look at the ledger and the engine."""

    at: float = 0.0
    """By a clock that only runs forwards."""
    now: float = 0.0
    """By the clock that the ledger's times are from."""
    jobs: tuple[JobView, ...] = ()
    groups_of: int = 0
    """The job whose failures these are."""
    groups: tuple[FailureGroup, ...] = ()
    workers: tuple[WorkerView, ...] = ()
    problem: str = ""

    @property
    def active(self) -> tuple[JobView, ...]:
        """The jobs in which something happens, or will."""
        return tuple(job for job in self.jobs if not job.state.is_final)


def read(workspace: Workspace, job_id: int | None) -> Ledger:
    """Look at the ledger; failures are those of this job, or of the newest one."""
    at, now = time.monotonic(), time.time()
    if not workspace.has_catalogue:
        return Ledger(at, now)
    catalogue = workspace.catalogue
    jobs = catalogue.jobs()
    known = {job.id: job for job in jobs}
    chosen = known.get(job_id or 0) or next(iter(jobs), None)
    groups = catalogue.failure_groups(chosen.id) if chosen and chosen.failed else ()
    return Ledger(
        at=at,
        now=now,
        jobs=jobs,
        groups_of=chosen.id if chosen else 0,
        groups=groups,
        workers=catalogue.workers(),
        problem=workspace.engine.problem(),
    )
