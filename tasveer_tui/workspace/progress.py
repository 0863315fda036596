"""How fast a job runs and when it may end, as a range.

The range is observed: the slower and the faster of the last slices of time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tasveer_tui.records import JobView

WINDOW_S: Final = 60.0
"""Older samples say nothing about the present."""
SLICES: Final = 12
MIN_SLICES: Final = 3
"""With fewer, no end is estimated."""
SPREAD_QUANTILE: Final = 0.2
"""The share of slices at either end that the range leaves out."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A job's speed now. Rates are 0 and times None if they are unknown."""

    images_per_s: float = 0.0
    bytes_per_s: float = 0.0
    """Read from S3."""
    eta_s: float | None = None
    """Until nothing is left."""
    eta_soonest_s: float | None = None
    eta_latest_s: float | None = None
    is_lower_bound: bool = False
    """The listing continues: there will be more to read than is known now."""


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    done: int
    bytes_read: int


class ProgressEstimator:
    """Observes one job, by a clock that only runs forwards."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque()
        self._job_id = 0

    def update(self, job: JobView, at: float) -> Progress:
        """Add an observation of the job at this moment; returns its progress."""
        samples = self._samples
        if job.id != self._job_id or (samples and job.done < samples[-1].done):
            # It is another job, or failures are retried.
            samples.clear()
            self._job_id = job.id
        if not samples or at - samples[-1].at >= WINDOW_S / SLICES / 10:
            samples.append(_Sample(at, job.done, job.bytes_read))
        while len(samples) > 1 and at - samples[1].at >= WINDOW_S:
            samples.popleft()
        return self._progress(job, at)

    def _progress(self, job: JobView, at: float) -> Progress:
        first = self._samples[0]
        elapsed_s = at - first.at
        if elapsed_s <= 0 or job.done <= first.done:
            return Progress(is_lower_bound=not job.is_scanned)
        rate = (job.done - first.done) / elapsed_s
        slices = sorted(self._slice_rates())
        # If nothing happened in the slow slices, the latest end is unknown.
        slow, fast = _quantile(slices, SPREAD_QUANTILE), _quantile(slices, 1 - SPREAD_QUANTILE)
        is_known = len(slices) >= MIN_SLICES
        return Progress(
            images_per_s=rate,
            bytes_per_s=max(0, job.bytes_read - first.bytes_read) / elapsed_s,
            eta_s=job.left / rate if is_known else None,
            eta_soonest_s=job.left / max(fast, rate) if is_known else None,
            eta_latest_s=job.left / min(slow, rate) if is_known and slow > 0 else None,
            is_lower_bound=not job.is_scanned,
        )

    def _slice_rates(self) -> list[float]:
        """Images/s in each of the last slices of equal length."""
        samples = list(self._samples)
        length_s = (samples[-1].at - samples[0].at) / SLICES
        rates: list[float] = []
        start = samples[0]
        for sample in samples[1:]:
            if sample.at - start.at >= length_s > 0:
                rates.append((sample.done - start.done) / (sample.at - start.at))
                start = sample
        return rates


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0.0
