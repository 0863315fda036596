"""Tells those who read which jobs are held, so that pause and cancel act at once.

The ledger alone would do: a held job gets no new batch. But batches that are out would be read
to their end, and at a broker several of them wait.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from tasveer_tui.jobs.holds import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from celery import Celery

    from tasveer_tui.jobs.dial import Dial
    from tasveer_tui.jobs.holds import Holds
    from tasveer_tui.jobs.post import Post
    from tasveer_tui.jobs.readers import Readers
    from tasveer_tui.records import JobView

HOLD = "tasveer_hold"
"""The name of Celery's remote control command."""

TUNE = "tasveer_tune"

REPEAT_S = 2.0
"""A worker that has just come has not heard what was said before."""

KEEP_S = 120.0
"""For so long after a job stopped, batches of it may still lie at a broker."""


class Speaker(Protocol):
    """Reaches whoever reads."""

    def hold(self, job_ids: Sequence[int]) -> None:
        """Hold these jobs of this catalogue and no others. Blocks; raises BrokerError."""
        ...

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """Let each process of these read so many objects at the same time, 0 for as at first.

        Blocks; raises BrokerError.
        """
        ...


class EmbeddedSpeaker:
    """For the readers of this engine."""

    def __init__(self, readers: Readers, reply: str) -> None:
        self._readers = readers
        self._reply = reply

    def hold(self, job_ids: Sequence[int]) -> None:
        """See `Speaker`."""
        self._readers.hold(self._reply, job_ids)

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """See `Speaker`."""
        del workers
        self._readers.tune(in_flight)


class BrokerSpeaker:
    """For workers at a broker, by Celery's remote control."""

    def __init__(self, app: Celery, post: Post, reply: str) -> None:
        self._app = app
        self._post = post
        self._reply = reply

    def hold(self, job_ids: Sequence[int]) -> None:
        """See `Speaker`."""
        self._say(HOLD, {"reply": self._reply, "job_ids": list(job_ids)}, None)

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """See `Speaker`."""
        self._say(TUNE, {"in_flight": in_flight}, list(workers))

    def _say(self, command: str, arguments: dict[str, object], workers: list[str] | None) -> None:
        try:
            self._app.control.broadcast(command, arguments=arguments, destination=workers)
        except self._post.errors as error:
            raise self._post.error(error) from error


class Steering:
    """Notes which jobs stopped, and says so; call `look` each round, from one thread."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._running: frozenset[int] = frozenset()
        self._held: dict[int, float] = {}
        self._told: tuple[int, ...] = ()
        self._told_at = 0.0

    def look(self, running: Iterable[JobView], paused: Iterable[JobView]) -> None:
        """Say what has changed. Raises BrokerError; the next look says it then."""
        now, runs = monotonic(), frozenset(job.id for job in running)
        stopped = (self._running - runs) | {job.id for job in paused}
        self._running = runs
        self._held = {
            number: until
            for number, until in self._held.items()
            if until > now and number not in runs
        }
        for number in sorted(stopped):
            self._held.pop(number, None)
            self._held[number] = now + KEEP_S
        told = tuple(self._held)[-MOST:]
        if told != self._told or (told and now - self._told_at >= REPEAT_S):
            self._speaker.hold(told)
            self._told, self._told_at = told, now


class Tuning:
    """Tells each worker once how much it is to read at the same time."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._number = 0
        self._told: frozenset[str] = frozenset()
        self._was_told = False

    def look(self, number: int, workers: Iterable[str]) -> None:
        """`number` is wished, 0 for none, and these workers are there; call it now and then.

        Raises BrokerError; the next look says it then.
        """
        there = frozenset(workers)
        heard = self._told & there if number == self._number else frozenset[str]()
        new = sorted(there - heard)
        if new and (number or self._was_told):
            self._speaker.tune(number, new)
            self._was_told = True
        self._number, self._told = number, there


def obey(holds: Holds, dial: Dial) -> None:
    """Let this worker take the commands: call it before the worker starts."""
    from celery.worker import state as worker_state
    from celery.worker.control import control_command

    @control_command(name=HOLD, args=[("reply", str), ("job_ids", list)])
    def hold(state: Any, reply: str, job_ids: list[int], **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        holds.hold(reply, job_ids)
        return {"held": len(job_ids)}

    @control_command(name=TUNE, args=[("in_flight", int)])
    def tune(state: Any, in_flight: int, **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        kept = dial.turn(in_flight)
        about: dict[str, Any] = {"threads": kept}
        worker_state.SOFTWARE_INFO.update(about)
        return {"in_flight": kept}
