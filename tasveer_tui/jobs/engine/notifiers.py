"""Tell the workers which jobs are paused and how many objects to read at the same time.

The ledger alone would do: a paused job gets no new batch. But batches that are out would be read
to their end, and several of them may wait at a broker.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from tasveer_tui.jobs.worker.resources import MAX_PAUSED_JOBS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.jobs.transport import Transport
    from tasveer_tui.records import JobView

REPEAT_INTERVAL_S: Final = 2.0
"""For workers that started after the last message."""

STOPPED_JOB_TTL_S: Final = 120.0
"""How long batches of a stopped job may still wait at a broker."""


class PauseNotifier:
    """Finds out which jobs stopped and tells the workers. For one thread."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._running: frozenset[int] = frozenset()
        self._expiry_by_job: dict[int, float] = {}
        self._sent: tuple[int, ...] = ()
        self._sent_at = 0.0

    def update(self, running: Iterable[JobView], paused: Iterable[JobView]) -> None:
        """Send what changed. Raises BrokerError; the next call tries again."""
        now, running_ids = monotonic(), frozenset(job.id for job in running)
        stopped = (self._running - running_ids) | {job.id for job in paused}
        self._running = running_ids
        self._expiry_by_job = {
            job_id: expires_at
            for job_id, expires_at in self._expiry_by_job.items()
            if expires_at > now and job_id not in running_ids | stopped
        }
        # Those that stopped last come last: only the newest are kept.
        self._expiry_by_job |= dict.fromkeys(sorted(stopped), now + STOPPED_JOB_TTL_S)
        held = tuple(self._expiry_by_job)[-MAX_PAUSED_JOBS:]
        if held != self._sent or (held and now - self._sent_at >= REPEAT_INTERVAL_S):
            self._transport.hold(held)
            self._sent, self._sent_at = held, now


class ConcurrencyNotifier:
    """Tells each worker once how many objects to read at the same time. For one thread."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._concurrency = 0
        self._informed: frozenset[str] = frozenset()
        self._was_used = False

    def update(self, concurrency: int, workers: Iterable[str]) -> None:
        """Send what these workers do not know yet; 0 means each worker's own default.

        Raises BrokerError; the next call tries again.
        """
        present = frozenset(workers)
        same = concurrency == self._concurrency
        uninformed = sorted(present - self._informed if same else present)
        if uninformed and (concurrency or self._was_used):
            self._transport.tune(concurrency, uninformed)
            self._was_used = True
        self._concurrency, self._informed = concurrency, present
