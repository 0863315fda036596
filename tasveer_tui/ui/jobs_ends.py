"""Notices which jobs end, wherever in the program one is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.ui.shared.jobs_text import end_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import JobState, JobView


class Ends:
    """Compares each look at the jobs with the one before."""

    def __init__(self) -> None:
        self._states: dict[int, JobState] | None = None

    def look(
        self, jobs: Iterable[JobView] | None, rounds: frozenset[int]
    ) -> Iterator[tuple[str, bool]]:
        """Sentences on what has ended, each with whether it is a warning.

        `rounds` are the jobs of watches: one that found nothing is no news. At the first look,
        everything is old; None is no look.
        """
        if jobs is None:
            return
        before, now = self._states, {job.id: job for job in jobs}
        self._states = {number: job.state for number, job in now.items()}
        if before is None:
            return
        for number, job in now.items():
            was_over = number in before and before[number].is_final
            is_quiet = number in rounds and not (job.total or job.gone or job.error)
            if job.state.is_final and not was_over and not is_quiet:
                yield end_text(job)
