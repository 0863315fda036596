"""The speed of jobs, and the rate of the last minute as a sparkline. Pure."""

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
"""The sparkline covers this time, one character a second."""
_SYMBOLS: Final = "▁▂▃▄▅▆▇█"
_ASCII_SYMBOLS: Final = "_.-:=+*#"
_UNKNOWN: Final = Progress()


@dataclass(slots=True)
class _JobRate:
    estimator: ProgressEstimator = field(default_factory=ProgressEstimator)
    progress: Progress = _UNKNOWN


class ThroughputTracker:
    """Estimates the progress of each unfinished job from the counters of the last minute."""

    def __init__(self) -> None:
        self._rates: dict[int, _JobRate] = {}
        self._done: dict[int, int] = {}
        self._total_done = 0
        self._samples: deque[tuple[int, int]] = deque(maxlen=HISTORY_S + 1)
        """Second, and the objects read by all jobs until then."""

    def add_sample(self, jobs: Iterable[JobView], at: float) -> None:
        """Add the jobs' counters at a time of a monotonic clock, in seconds."""
        unfinished = {job.id: job for job in jobs if not job.state.is_final}
        done = {job.id: job.done for job in jobs}
        for job_id in self._rates.keys() - unfinished.keys():
            del self._rates[job_id]
        for job in unfinished.values():
            rate = self._rates.setdefault(job.id, _JobRate())
            rate.progress = rate.estimator.update(job, at)
        # A job seen for the first time adds nothing: its objects were read earlier.
        self._total_done += sum(
            max(0, count - self._done.get(job_id, count)) for job_id, count in done.items()
        )
        self._done = done
        second = int(at)
        if self._samples and self._samples[-1][0] == second:
            self._samples.pop()
        self._samples.append((second, self._total_done))

    def progress(self, job: JobView) -> Progress:
        """The job's speed and remaining time."""
        rate = self._rates.get(job.id)
        return rate.progress if rate else _UNKNOWN

    def sparkline(self, width: int, *, is_ascii: bool = False) -> str:
        """Objects read by all jobs in each of the last `width` seconds, the latest on the right."""
        samples = tuple(self._samples)
        rates = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(samples) if b[0] > a[0]]
        rates = rates[-width:]
        peak = max(rates, default=0)
        if not peak:
            return ""
        symbols = _ASCII_SYMBOLS if is_ascii else _SYMBOLS
        return "".join(symbols[min(7, int(8 * rate / peak))] for rate in rates)
