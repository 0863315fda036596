"""How the engine hands out tasks and gets replies, whatever carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.jobs.protocol import MessageError, Reply, Task
    from tasveer_tui.jobs.status import WorkerHeartbeat


class QueueDepths(NamedTuple):
    """Messages that wait: in the local transport, tasks that were started or wait."""

    scans: int = 0
    batches: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many more tasks may be submitted now."""

    scans: int
    batches: int
    is_idle: bool
    """No task waits: a task without a reply is being worked on, or lost."""
    problem: str = ""
    """A sentence if nothing takes tasks."""


class EngineClosingError(Exception):
    """A reply was not recorded, because the engine ends."""


class ReplyReceiver(Protocol):
    """Records replies; the engine's `ReplyHandler`."""

    def handle(self, reply: Reply) -> None:
        """Record a reply. Blocks; raises EngineClosingError if the reply must come again."""
        ...

    def refuse(self, job_id: int, error: MessageError) -> None:
        """Stop the job of a reply that cannot be read. Blocks and raises as `handle`."""
        ...


class Transport(Protocol):
    """Carries tasks from the engine to the processes that do the work.

    Replies go to the `ReplyReceiver` that the transport was made with. A reply is acknowledged
    after it is recorded; a reply that is not recorded comes again.
    """

    def start(self) -> None:
        """Start to take replies, in another thread."""
        ...

    def submit(self, task: Task) -> None:
        """Hand over a task. Blocks until it is accepted; raises BrokerError."""
        ...

    def capacity(self) -> Capacity:
        """How many tasks to submit now. May ask the broker; raises BrokerError."""
        ...

    def depth(self) -> QueueDepths:
        """What waits, as last seen. Never blocks."""
        ...

    def hold(self, job_ids: Sequence[int]) -> None:
        """Start no object of these jobs, and no longer hold any other. Raises BrokerError."""
        ...

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """Let each process of these workers read `in_flight` objects at once; 0 resets it.

        Raises BrokerError.
        """
        ...

    def workers(self) -> tuple[WorkerHeartbeat, ...]:
        """The workers that gave a sign of life lately, by name."""
        ...

    def is_alive(self) -> bool:
        """Whether replies are still taken."""
        ...

    def release_idle(self) -> None:
        """Give back what only work needs. Called while there is no job."""
        ...

    def close(self) -> None:
        """Stop. Replies that were not recorded come again, or their tasks do."""
        ...
