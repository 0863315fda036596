"""How fast jobs go, each with its spread, and the rate of the last minute as a line. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tasveer_tui.workspace import Progress, ProgressEstimator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.records import JobView

HISTORY_S: Final = 60
"""How much of the past the spark line shows, a mark a second."""
_SPARKS: Final = "▁▂▃▄▅▆▇█"
_ASCII_SPARKS: Final = "_.-:=+*#"
_NOTHING: Final = Progress()


@dataclass(slots=True)
class _Watched:
    pace: ProgressEstimator = field(default_factory=ProgressEstimator)
    progress: Progress = _NOTHING
    bytes_read: int = 0


class Pacer:
    """Remembers the last minute of each job that is not over."""

    def __init__(self) -> None:
        self._watched: dict[int, _Watched] = {}
        self._done: dict[int, int] = {}
        self._sum = 0
        self._sums: deque[tuple[int, int]] = deque(maxlen=HISTORY_S + 1)

    def note(self, jobs: Iterable[JobView], at: float) -> None:
        """Take the counters of this moment; `at` must not run backwards."""
        moving = {job.id: job for job in jobs if not job.state.is_final}
        every = {job.id: job.done for job in jobs}
        for gone in self._watched.keys() - moving.keys():
            del self._watched[gone]
        for job in moving.values():
            watched = self._watched.setdefault(job.id, _Watched())
            watched.progress = watched.pace.update(job, at)
        # A job that comes into view with all that it has read was not read in this second.
        self._sum += sum(
            max(0, done - self._done.get(number, done)) for number, done in every.items()
        )
        self._done = every
        self._note_second(int(at))

    def _note_second(self, second: int) -> None:
        if self._sums and self._sums[-1][0] == second:
            self._sums.pop()
        self._sums.append((second, self._sum))

    def pace(self, job: JobView) -> Progress:
        """How fast this job goes now."""
        watched = self._watched.get(job.id)
        return watched.progress if watched else _NOTHING

    def spark_line(self, width: int, *, is_ascii: bool = False) -> str:
        """Objects read in each of the last seconds, all jobs together, the newest at the right."""
        marks = tuple(self._sums)
        rates = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(marks) if b[0] > a[0]]
        rates = rates[-width:]
        top = max(rates, default=0)
        if not top:
            return ""
        signs = _ASCII_SPARKS if is_ascii else _SPARKS
        return "".join(signs[min(7, int(8 * rate / top))] for rate in rates)
