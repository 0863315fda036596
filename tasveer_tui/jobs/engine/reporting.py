"""What the engine tells the programs that watch it, in the status file beside the lock."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.errors import TasveerError
from tasveer_tui.humanize import approximate_duration_text, plural
from tasveer_tui.jobs.status import EngineSnapshot, StatusFile
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tasveer_tui.jobs.status import WorkerHeartbeat
    from tasveer_tui.records import JobState, JobView, LastRead

HEARTBEAT_INTERVAL_S = 5.0
STATUS_INTERVAL_S = 0.5
"""Between two notes of what waits and who works."""

_log = logging.getLogger(__name__)


class StatusReporter:
    """Keeps a sentence per source of trouble and writes the first; thread-safe."""

    def __init__(self, db: Path, broker: str) -> None:
        """`broker` is host and port, or empty."""
        self._file = StatusFile(db)
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        self._status = EngineSnapshot(pid=os.getpid(), is_clean=False, broker=broker)
        self._next_heartbeat_at = 0.0
        self._next_status_at = 0.0

    def was_clean(self) -> bool:
        """Whether the engine before this one ended in order; ask before anything is written."""
        return self._file.read().is_clean

    def problem(self, source: str, sentence: str) -> None:
        """`source` has this problem now; none where the sentence is empty."""
        with self._lock:
            if self._problems.get(source, "") == sentence:
                return
            self._problems[source] = sentence
            _log.warning("%s: %s", source, sentence or "well again")
            has, told = next(((s, p) for s, p in self._problems.items() if p), ("", ""))
            self._write(msgspec.structs.replace(self._status, problem=told, problem_source=has))

    def ready(self) -> None:
        """Work is being taken from here on."""
        with self._lock:
            self._write(msgspec.structs.replace(self._status, is_ready=True))

    def beat(self) -> None:
        """Renew the file's time now and then; cheap to call often."""
        if monotonic() >= self._next_heartbeat_at:
            self._next_heartbeat_at = monotonic() + HEARTBEAT_INTERVAL_S
            with self._lock:
                self._write(self._status)

    def is_due(self) -> bool:
        """Whether it is time for `seen` again."""
        return monotonic() >= self._next_status_at

    def update_workers(
        self,
        queues: tuple[int, int, int],
        workers: tuple[WorkerHeartbeat, ...],
        last_read: tuple[LastRead, ...] = (),
    ) -> None:
        """So many scans, batches and answers wait, these workers were heard, this was read last."""
        self._next_status_at = monotonic() + STATUS_INTERVAL_S
        with self._lock:
            status = msgspec.structs.replace(
                self._status, queues=queues, workers=workers, last_read=_encode_texts(last_read)
            )
            if status != self._status:
                self._write(status)

    def ended(self, *, is_clean: bool) -> None:
        """The last word. A problem that ended the engine stays readable."""
        with self._lock:
            self._write(
                msgspec.structs.replace(
                    self._status,
                    is_ready=False,
                    is_clean=is_clean,
                    pid=0,
                    queues=(0, 0, 0),
                    workers=(),
                )
            )

    def _write(self, status: EngineSnapshot) -> None:
        self._status = status
        try:
            self._file.write(status)
        except OSError as error:
            _log.warning("The status file cannot be written: %s", error)


def _encode_texts(last_read: tuple[LastRead, ...]) -> tuple[LastRead, ...]:
    """With texts that JSON can hold."""
    return tuple(
        replace(
            one,
            key=to_stored(one.key),
            camera=to_stored(one.camera),
            message=to_stored(one.message),
        )
        for one in last_read
    )


# What the engine's log tells of its work: which jobs begin and end, which workers come and go.

_MAX_SHOWN_URIS = 3


class ActivityLog:
    """Call both methods now and then; each difference is a line."""

    def __init__(self, look: Callable[[int], JobView]) -> None:
        """`look` finds a job that is not active any more."""
        self._load_job = look
        self._states: dict[int, JobState] = {}
        self._workers: dict[str, WorkerHeartbeat] = {}

    def jobs(self, active: Iterable[JobView]) -> None:
        """These jobs are queued, running or paused, and no others."""
        states: dict[int, JobState] = {}
        for job in active:
            states[job.id] = job.state
            if job.id not in self._states:
                _log.info("Job %d is %s: %s", job.id, job.state, _scope_text(job))
            elif self._states[job.id] != job.state:
                _log.info("Job %d is %s", job.id, job.state)
        for number in self._states.keys() - states.keys():
            self._log_job_end(number)
        self._states = states

    def workers(self, now: Iterable[WorkerHeartbeat]) -> None:
        """These workers are there, and no others."""
        known, self._workers = self._workers, {beat.name: beat for beat in now}
        for name in self._workers.keys() - known.keys():
            beat = self._workers[name]
            size = f"{plural(beat.processes, 'process', 'processes')} × {beat.threads} objects"
            _log.info("Worker %s is there: %s, version %s", clean(name), size, clean(beat.program))
        for name in known.keys() - self._workers.keys():
            _log.info("Worker %s has gone", clean(name))

    def _log_job_end(self, number: int) -> None:
        try:
            job = self._load_job(number)
        except TasveerError as error:
            _log.info("Job %d is over: %s", number, error)
            return
        took_s = max(0.0, job.finished_at - job.created_at)
        _log.info(
            "Job %d is %s after %s: %s read, %s failed, %s unchanged, %s gone%s",
            job.id,
            job.state,
            approximate_duration_text(took_s),
            f"{job.done - job.failed:,}",
            f"{job.failed:,}",
            f"{job.unchanged:,}",
            f"{job.gone:,}",
            f". {clean(job.error)}" if job.error else "",
        )


def _scope_text(job: JobView) -> str:
    chosen = (*job.spec.prefixes, *job.spec.keys)
    named = ", ".join(clean(job.spec.source.uri(place)) for place in chosen[:_MAX_SHOWN_URIS])
    return (
        f"{named} and {len(chosen) - _MAX_SHOWN_URIS:,} more" if chosen[_MAX_SHOWN_URIS:] else named
    )
