"""Notices which jobs have ended, on every screen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.ui.shared.jobs_text import end_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import JobState, JobView


class EndedJobs:
    """Compares the jobs with those of the previous poll."""

    def __init__(self) -> None:
        self._states: dict[int, JobState] | None = None

    def update(
        self, jobs: Iterable[JobView] | None, watch_jobs: frozenset[int]
    ) -> Iterator[tuple[str, bool]]:
        """Yield a sentence for each job that has ended, and whether it is a warning.

        Jobs of watches (`watch_jobs`) that found nothing are left out. The first call reports
        nothing, and neither does one without `jobs`.
        """
        if jobs is None:
            return
        before, now = self._states, {job.id: job for job in jobs}
        self._states = {number: job.state for number, job in now.items()}
        if before is None:
            return
        for number, job in now.items():
            was_over = number in before and before[number].is_final
            is_quiet = number in watch_jobs and not (job.total or job.gone or job.error)
            if job.state.is_final and not was_over and not is_quiet:
                yield end_text(job)
