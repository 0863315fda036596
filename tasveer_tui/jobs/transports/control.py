"""Tells those who read which jobs are held, so that pause and cancel act at once.

The ledger alone would do: a held job gets no new batch. But batches that are out would be read
to their end, and at a broker several of them wait.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from tasveer_tui.jobs.worker.shared_memory import MAX_PAUSED_JOBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from celery import Celery

    from tasveer_tui.jobs.engine.read_pool import ReadPool
    from tasveer_tui.jobs.transports.publisher import Publisher
    from tasveer_tui.jobs.worker.shared_memory import PausedJobs, SharedInt
    from tasveer_tui.records import JobView

HOLD_COMMAND = "tasveer_hold"
"""The name of Celery's remote control command."""

TUNE_COMMAND = "tasveer_tune"

REPEAT_INTERVAL_S = 2.0
"""A worker that has just come has not heard what was said before."""

STOPPED_JOB_TTL_S = 120.0
"""For so long after a job stopped, batches of it may still lie at a broker."""


class ControlChannel(Protocol):
    """Reaches whoever reads."""

    def hold(self, job_ids: Sequence[int]) -> None:
        """Hold these jobs of this catalogue and no others. Blocks; raises BrokerError."""
        ...

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """Let each process of these read so many objects at the same time, 0 for as at first.

        Blocks; raises BrokerError.
        """
        ...


class EmbeddedControlChannel:
    """For the readers of this engine."""

    def __init__(self, readers: ReadPool, reply: str) -> None:
        self._read_pool = readers
        self._reply_queue = reply

    def hold(self, job_ids: Sequence[int]) -> None:
        """See `Speaker`."""
        self._read_pool.hold(self._reply_queue, job_ids)

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """See `Speaker`."""
        del workers
        self._read_pool.tune(in_flight)


class BrokerControlChannel:
    """For workers at a broker, by Celery's remote control."""

    def __init__(self, app: Celery, post: Publisher, reply: str) -> None:
        self._app = app
        self._publisher = post
        self._reply_queue = reply

    def hold(self, job_ids: Sequence[int]) -> None:
        """See `Speaker`."""
        self._broadcast(HOLD_COMMAND, {"reply": self._reply_queue, "job_ids": list(job_ids)}, None)

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """See `Speaker`."""
        self._broadcast(TUNE_COMMAND, {"in_flight": in_flight}, list(workers))

    def _broadcast(
        self, command: str, arguments: dict[str, object], workers: list[str] | None
    ) -> None:
        try:
            self._app.control.broadcast(command, arguments=arguments, destination=workers)
        except self._publisher.errors as error:
            raise self._publisher.error(error) from error


class PauseNotifier:
    """Notes which jobs stopped, and says so; call `look` each round, from one thread."""

    def __init__(self, speaker: ControlChannel) -> None:
        self._control_channel = speaker
        self._running: frozenset[int] = frozenset()
        self._paused: dict[int, float] = {}
        self._notified: tuple[int, ...] = ()
        self._notified_at = 0.0

    def look(self, running: Iterable[JobView], paused: Iterable[JobView]) -> None:
        """Say what has changed. Raises BrokerError; the next look says it then."""
        now, runs = monotonic(), frozenset(job.id for job in running)
        stopped = (self._running - runs) | {job.id for job in paused}
        self._running = runs
        self._paused = {
            number: until
            for number, until in self._paused.items()
            if until > now and number not in runs
        }
        for number in sorted(stopped):
            self._paused.pop(number, None)
            self._paused[number] = now + STOPPED_JOB_TTL_S
        told = tuple(self._paused)[-MAX_PAUSED_JOBS:]
        if told != self._notified or (told and now - self._notified_at >= REPEAT_INTERVAL_S):
            self._control_channel.hold(told)
            self._notified, self._notified_at = told, now


class ConcurrencyNotifier:
    """Tells each worker once how much it is to read at the same time."""

    def __init__(self, speaker: ControlChannel) -> None:
        self._control_channel = speaker
        self._concurrency = 0
        self._notified: frozenset[str] = frozenset()
        self._was_notified = False

    def look(self, number: int, workers: Iterable[str]) -> None:
        """`number` is wished, 0 for none, and these workers are there; call it now and then.

        Raises BrokerError; the next look says it then.
        """
        there = frozenset(workers)
        heard = self._notified & there if number == self._concurrency else frozenset[str]()
        new = sorted(there - heard)
        if new and (number or self._was_notified):
            self._control_channel.tune(number, new)
            self._was_notified = True
        self._concurrency, self._notified = number, there


def register_control_commands(holds: PausedJobs, dial: SharedInt) -> None:
    """Let this worker take the commands: call it before the worker starts."""
    from celery.worker import state as worker_state
    from celery.worker.control import control_command

    @control_command(name=HOLD_COMMAND, args=[("reply", str), ("job_ids", list)])
    def hold(state: Any, reply: str, job_ids: list[int], **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        holds.hold(reply, job_ids)
        return {"held": len(job_ids)}

    @control_command(name=TUNE_COMMAND, args=[("in_flight", int)])
    def tune(state: Any, in_flight: int, **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        kept = dial.turn(in_flight)
        about: dict[str, Any] = {"threads": kept}
        worker_state.SOFTWARE_INFO.update(about)
        return {"in_flight": kept}
