"""What the engine's log tells of its work: which jobs begin and end, which workers come and go."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tasveer_tui.errors import TasveerError
from tasveer_tui.figures import plural, span_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tasveer_tui.jobs.report import WorkerBeat
    from tasveer_tui.records import JobState, JobView

_MOST_PLACES = 3

_log = logging.getLogger(__name__)


class Diary:
    """Call both methods now and then; each difference is a line."""

    def __init__(self, look: Callable[[int], JobView]) -> None:
        """`look` finds a job that is not active any more."""
        self._look = look
        self._states: dict[int, JobState] = {}
        self._workers: dict[str, WorkerBeat] = {}

    def jobs(self, active: Iterable[JobView]) -> None:
        """These jobs are queued, running or paused, and no others."""
        states: dict[int, JobState] = {}
        for job in active:
            states[job.id] = job.state
            if job.id not in self._states:
                _log.info("Job %d is %s: %s", job.id, job.state, _places(job))
            elif self._states[job.id] != job.state:
                _log.info("Job %d is %s", job.id, job.state)
        for number in self._states.keys() - states.keys():
            self._ended(number)
        self._states = states

    def workers(self, now: Iterable[WorkerBeat]) -> None:
        """These workers are there, and no others."""
        known, self._workers = self._workers, {beat.name: beat for beat in now}
        for name in self._workers.keys() - known.keys():
            beat = self._workers[name]
            size = f"{plural(beat.processes, 'process', 'processes')} × {beat.threads} objects"
            _log.info("Worker %s is there: %s, version %s", clean(name), size, clean(beat.program))
        for name in known.keys() - self._workers.keys():
            _log.info("Worker %s has gone", clean(name))

    def _ended(self, number: int) -> None:
        try:
            job = self._look(number)
        except TasveerError as error:
            _log.info("Job %d is over: %s", number, error)
            return
        took_s = max(0.0, job.finished_at - job.created_at)
        _log.info(
            "Job %d is %s after %s: %s read, %s failed, %s unchanged, %s gone%s",
            job.id,
            job.state,
            span_text(took_s),
            f"{job.done - job.failed:,}",
            f"{job.failed:,}",
            f"{job.unchanged:,}",
            f"{job.gone:,}",
            f". {clean(job.error)}" if job.error else "",
        )


def _places(job: JobView) -> str:
    chosen = (*job.spec.prefixes, *job.spec.keys)
    named = ", ".join(clean(job.spec.source.uri(place)) for place in chosen[:_MOST_PLACES])
    return f"{named} and {len(chosen) - _MOST_PLACES:,} more" if chosen[_MOST_PLACES:] else named
