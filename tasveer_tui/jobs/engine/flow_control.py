"""How many more scans and batches may be sent now, so that the ledger and not the broker queues.

Pause, cancel and restart stay cheap because little stands in the queues.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE
from tasveer_tui.jobs.transports.celery import reply_queue

if TYPE_CHECKING:
    from celery import Celery

    from tasveer_tui.jobs.transports.publisher import Publisher

MAX_EMBEDDED_SCANS = 2
EMBEDDED_SPARE_BATCHES = 1
"""A batch that waits while each reader has one and one of each is still being recorded."""

MIN_READY_MESSAGES = 4
"""Messages kept waiting at the broker even where nothing seems to take them."""


MAX_READY_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class SendQuota:
    """What may be sent now."""

    scans: int
    batches: int
    is_idle: bool
    """Nothing waits unread: what was sent and is not answered is being worked on, or lost."""
    problem: str = ""


class FlowControl(Protocol):
    """Asked before each round of dispatching."""

    def room(self) -> SendQuota:
        """What may be sent now. Blocks shortly; raises BrokerError."""
        ...

    def sent(self, queue: str) -> None:
        """A message is about to go to this queue."""
        ...

    def unsent(self, queue: str) -> None:
        """It did not go."""
        ...

    def waiting(self) -> tuple[int, int, int]:
        """Scans, batches and answers that wait, as last seen. Never blocks."""
        ...


class EmbeddedFlowControl:
    """Counts what this process itself has in hand."""

    def __init__(self, readers: int) -> None:
        self._max_batches = 2 * readers + EMBEDDED_SPARE_BATCHES
        self._lock = threading.Lock()
        self._in_progress = {SCAN_QUEUE: 0, READ_QUEUE: 0}

    def room(self) -> SendQuota:
        """See `Backlog`."""
        with self._lock:
            scans, batches = self._in_progress[SCAN_QUEUE], self._in_progress[READ_QUEUE]
        return SendQuota(
            MAX_EMBEDDED_SCANS - scans, self._max_batches - batches, scans + batches == 0
        )

    def sent(self, queue: str) -> None:
        """See `Backlog`."""
        with self._lock:
            self._in_progress[queue] += 1

    def unsent(self, queue: str) -> None:
        """See `Backlog`; also where a task from this queue has ended, well or not."""
        with self._lock:
            self._in_progress[queue] -= 1

    def waiting(self) -> tuple[int, int, int]:
        """See `Backlog`: what is in hand."""
        return self._in_progress[SCAN_QUEUE], self._in_progress[READ_QUEUE], 0


class BrokerFlowControl:
    """Asks the broker how many messages wait, and keeps a few more than workers take."""

    def __init__(self, app: Celery, post: Publisher, reply: str) -> None:
        self._app = app
        self._publisher = post
        self._reply_queue = reply
        self._has_caught_up = False
        self._replies_waiting = 0
        self._connection: Any = None
        self._queues = {SCAN_QUEUE: QueueDepth(), READ_QUEUE: QueueDepth()}

    def room(self) -> SendQuota:
        """See `Backlog`."""
        consumers = 0
        try:
            channel = self._open_connection().default_channel
            answers = channel.queue_declare(self._reply_queue, passive=True).message_count
            self._replies_waiting = answers
            for name, depth in self._queues.items():
                told = channel.queue_declare(name, passive=True)
                depth.observe(told.message_count)
                consumers = max(consumers, told.consumer_count)
        except self._publisher.errors as error:
            self.close()
            raise self._publisher.error(error) from error
        self._has_caught_up |= answers == 0
        if not self._has_caught_up:
            # What workers answered while no engine ran comes first: nothing is sent twice.
            return SendQuota(0, 0, is_idle=False)
        scans, reads = self._queues[SCAN_QUEUE], self._queues[READ_QUEUE]
        is_idle = consumers > 0 and scans.ready + reads.ready + answers == 0
        return SendQuota(scans.room(), reads.room(), is_idle, "" if consumers else NO_WORKERS_TEXT)

    def sent(self, queue: str) -> None:
        """See `Backlog`."""
        self._queues[queue].sent += 1

    def unsent(self, queue: str) -> None:
        """See `Backlog`."""
        self._queues[queue].sent -= 1

    def waiting(self) -> tuple[int, int, int]:
        """See `Backlog`."""
        return self._queues[SCAN_QUEUE].ready, self._queues[READ_QUEUE].ready, self._replies_waiting

    def close(self) -> None:
        """Drop the connection; the next question opens a new one."""
        if self._connection is not None:
            self._connection.release()
            self._connection = None

    def _open_connection(self) -> Any:  # noqa: ANN401 - kombu's types are wrong
        if self._connection is None:
            connection: Any = self._app.connection_for_write()
            connection.connect()
            reply_queue(self._app, self._reply_queue)
            for name in (SCAN_QUEUE, READ_QUEUE, self._reply_queue):
                self._app.amqp.queues[name](connection.default_channel).declare()
            self._connection = connection
        return self._connection


NO_WORKERS_TEXT = (
    "No worker listens at the broker. "
    "Start one, on any machine that reaches it: `tasveer-tui worker --broker URL`."
)


class QueueDepth:
    """One queue's length, and how fast it is emptied."""

    def __init__(self) -> None:
        self.ready = 0
        self.sent = 0
        self._target = MIN_READY_MESSAGES

    def observe(self, ready: int) -> None:
        """The broker says that so many messages wait."""
        taken = max(0, self.ready + self.sent - ready)
        # Enough for what was taken since the last look, three times over; slowly less again.
        self._target = min(
            MAX_READY_MESSAGES, max(MIN_READY_MESSAGES, 3 * taken, self._target * 9 // 10)
        )
        self.ready, self.sent = ready, 0

    def room(self) -> int:
        """How many more keep it full enough."""
        return max(0, self._target - self.ready - self.sent)
