"""How fast jobs go: rates from differences of the ledger's counters, and what is left. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.records import JobView

WINDOW_S: Final = 8.0
"""Rates are over this much of the past."""
HISTORY_S: Final = 60
"""How much of the past the spark line shows, a mark a second."""
_SPARKS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one job goes now; zero where that is not known."""

    images_per_s: float = 0.0
    bytes_per_s: float = 0.0
    eta_s: float = 0.0
    """0 where it cannot be told: nothing moves, or the listing is not complete."""


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    done: int
    bytes_read: int


class Pacer:
    """Remembers counters of the last seconds, by job."""

    def __init__(self) -> None:
        self._samples: dict[int, deque[_Sample]] = {}
        self._done_at: deque[tuple[int, int]] = deque(maxlen=HISTORY_S + 1)

    def note(self, jobs: Iterable[JobView], now: float) -> None:
        """Take the counters of this moment; `now` must not run backwards."""
        every = tuple(jobs)
        moving = {job.id: job for job in every if not job.state.is_final}
        for gone in self._samples.keys() - moving.keys():
            del self._samples[gone]
        for job in moving.values():
            samples = self._samples.setdefault(job.id, deque())
            samples.append(_Sample(now, job.done, job.bytes_read))
            while now - samples[0].at > WINDOW_S and len(samples) > 2:  # noqa: PLR2004
                samples.popleft()
        self._note_second(int(now), sum(job.done for job in every))

    def _note_second(self, second: int, done: int) -> None:
        if self._done_at and self._done_at[-1][0] == second:
            self._done_at.pop()
        self._done_at.append((second, done))

    def pace(self, job: JobView) -> Pace:
        """How fast this job goes."""
        samples = self._samples.get(job.id)
        if not samples or samples[-1].at <= samples[0].at:
            return Pace()
        first, last = samples[0], samples[-1]
        seconds = last.at - first.at
        images_per_s = max(0.0, (last.done - first.done) / seconds)
        bytes_per_s = max(0.0, (last.bytes_read - first.bytes_read) / seconds)
        eta_s = job.left / images_per_s if images_per_s and job.is_scanned else 0.0
        return Pace(images_per_s, bytes_per_s, eta_s)

    def spark_line(self, width: int) -> str:
        """Objects read in each of the last seconds, all jobs together, the newest at the right."""
        marks = tuple(self._done_at)
        rates = [max(0, (b[1] - a[1]) / (b[0] - a[0])) for a, b in pairwise(marks) if b[0] > a[0]][
            -width:
        ]
        top = max(rates, default=0)
        if not top:
            return ""
        return "".join(_SPARKS[min(7, int(8 * rate / top))] for rate in rates)
