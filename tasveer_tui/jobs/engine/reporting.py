"""What the engine reports: its status file for other programs, and its log."""

from __future__ import annotations

import logging
import os
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tasveer_tui.errors import TasveerError
from tasveer_tui.humanize import approximate_duration_text, plural
from tasveer_tui.jobs.status import EngineReport, StatusFile
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tasveer_tui.jobs.status import WorkerHeartbeat
    from tasveer_tui.jobs.transport import QueueDepths
    from tasveer_tui.records import JobState, JobView, LastRead

HEARTBEAT_INTERVAL_S: Final = 5.0
STATUS_INTERVAL_S: Final = 0.5

_MAX_LOGGED_URIS: Final = 3

_log = logging.getLogger(__name__)


class StatusReporter:
    """Writes the engine's report. Of several problems, it reports the oldest. Thread-safe."""

    def __init__(self, db: Path, broker: str) -> None:
        """`broker` is host and port, or empty."""
        self._file = StatusFile(db)
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        self._report = EngineReport(pid=os.getpid(), is_clean=False, broker=broker)
        self._written_at = -HEARTBEAT_INTERVAL_S
        self._next_update_at = 0.0

    def was_clean(self) -> bool:
        """Whether the previous engine ended in order; ask before anything is written."""
        return self._file.read().is_clean

    def set_problem(self, source: str, sentence: str) -> None:
        """Set the problem of `source`; an empty sentence clears it."""
        with self._lock:
            if self._problems.get(source, "") == sentence:
                return
            self._problems[source] = sentence
            _log.warning("%s: %s", source, sentence or "solved")
            of, problem = next(((s, p) for s, p in self._problems.items() if p), ("", ""))
            self._write(problem=problem, problem_source=of)

    def ready(self) -> None:
        """Report that the engine takes work."""
        with self._lock:
            self._write(is_ready=True)

    def is_due(self, workers: tuple[WorkerHeartbeat, ...]) -> bool:
        """Whether to call `update`: from time to time, and when a worker comes or goes.

        A job must not end before the report names the worker that did it.
        """
        if monotonic() >= self._next_update_at:
            return True
        return [one.name for one in workers] != [one.name for one in self._report.workers]

    def update(
        self,
        depths: QueueDepths,
        workers: tuple[WorkerHeartbeat, ...],
        last_read: tuple[LastRead, ...] = (),
    ) -> None:
        """Report what waits, who works, and what was read last.

        Writes the file if something has changed, and at least every HEARTBEAT_INTERVAL_S.
        """
        now = monotonic()
        self._next_update_at = now + STATUS_INTERVAL_S
        with self._lock:
            report = msgspec.structs.replace(
                self._report,
                scans_waiting=depths.scans,
                batches_waiting=depths.batches,
                replies_waiting=depths.replies,
                workers=workers,
                last_read=last_read,
            )
            if report != self._report or now - self._written_at >= HEARTBEAT_INTERVAL_S:
                self._report = report
                self._write()

    def ended(self, *, is_clean: bool) -> None:
        """Write the final report. A problem that ended the engine stays readable."""
        with self._lock:
            self._write(
                is_ready=False,
                is_clean=is_clean,
                pid=0,
                scans_waiting=0,
                batches_waiting=0,
                replies_waiting=0,
                workers=(),
            )

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the report
        self._report = msgspec.structs.replace(self._report, **changes)
        self._written_at = monotonic()
        try:
            self._file.write(self._report)
        except OSError as error:
            _log.warning("The status file cannot be written: %s", error)


class ActivityLog:
    """Logs which jobs start and end, and which workers come and go."""

    def __init__(self, load_job: Callable[[int], JobView]) -> None:
        """`load_job` loads a job that is no longer active."""
        self._load_job = load_job
        self._state_by_job: dict[int, JobState] = {}
        self._workers: dict[str, WorkerHeartbeat] = {}

    def update_jobs(self, active: Iterable[JobView]) -> None:
        """Log what changed: only these jobs are queued, running or paused now."""
        states: dict[int, JobState] = {}
        for job in active:
            states[job.id] = job.state
            if job.id not in self._state_by_job:
                _log.info("Job %d is %s: %s", job.id, job.state, _scope_text(job))
            elif self._state_by_job[job.id] != job.state:
                _log.info("Job %d is %s", job.id, job.state)
        for job_id in self._state_by_job.keys() - states.keys():
            self._log_job_end(job_id)
        self._state_by_job = states

    def update_workers(self, workers: Iterable[WorkerHeartbeat]) -> None:
        """Log what changed: only these workers are there now."""
        known, self._workers = self._workers, {one.name: one for one in workers}
        for name in self._workers.keys() - known.keys():
            worker = self._workers[name]
            size = f"{plural(worker.processes, 'process', 'processes')} × {worker.threads} objects"
            program = clean(worker.program)
            _log.info("Worker %s is there: %s, version %s", clean(name), size, program)
        for name in known.keys() - self._workers.keys():
            _log.info("Worker %s is gone", clean(name))

    def _log_job_end(self, job_id: int) -> None:
        try:
            job = self._load_job(job_id)
        except TasveerError as error:
            _log.info("Job %d is over: %s", job_id, error)
            return
        elapsed_s = max(0.0, job.finished_at - job.created_at)
        _log.info(
            "Job %d is %s after %s: %s read, %s failed, %s unchanged, %s gone%s",
            job.id,
            job.state,
            approximate_duration_text(elapsed_s),
            f"{job.done - job.failed:,}",
            f"{job.failed:,}",
            f"{job.unchanged:,}",
            f"{job.gone:,}",
            f". {clean(job.error)}" if job.error else "",
        )


def _scope_text(job: JobView) -> str:
    selected = (*job.spec.prefixes, *job.spec.keys)
    uris = ", ".join(clean(job.spec.source.uri(path)) for path in selected[:_MAX_LOGGED_URIS])
    more = len(selected) - _MAX_LOGGED_URIS
    return f"{uris} and {more:,} more" if more > 0 else uris
