"""The transport over a broker: Celery workers on any machine take tasks and send replies."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, Any, Final

from kombu.mixins import ConsumerMixin

from tasveer_tui import __version__
from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE, broker_address
from tasveer_tui.jobs.celery_app import (
    HOLD_COMMAND,
    TUNE_COMMAND,
    Publisher,
    make_app,
    reply_queue,
    transport_errors,
    unreachable_error,
)
from tasveer_tui.jobs.protocol import (
    MessageError,
    PagesListed,
    ResultChunk,
    ScanTask,
    pack_task,
    unpack,
    unpack_reply,
)
from tasveer_tui.jobs.status import WorkerHeartbeat
from tasveer_tui.jobs.transport import Capacity, EngineClosingError, QueueDepths
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from celery import Celery

    from tasveer_tui.jobs.protocol import Envelope, Reply, Task
    from tasveer_tui.jobs.transport import ReplyReceiver

MIN_READY_MESSAGES: Final = 4
MAX_READY_MESSAGES: Final = 200
"""Limits of the messages that wait in a queue."""

REPLY_PREFETCH: Final = 4
"""Replies that the broker delivers before the first one is acknowledged."""

WORKER_TIMEOUT_S: Final = 30.0
"""A worker that was silent for this long is no longer reported."""

NO_WORKERS_TEXT: Final = (
    "No worker listens at the broker. "
    "Start one, on any machine that reaches it: `tasveer-tui worker --broker URL`."
)

_EVENT_TYPES: Final = ("worker-online", "worker-heartbeat", "worker-offline")

_log = logging.getLogger(__name__)


class CeleryTransport:
    """Publishes tasks and consumes the replies of one catalogue. See `Transport`."""

    def __init__(
        self,
        broker_url: str,
        queue: str,
        receiver: ReplyReceiver,
        on_problem: Callable[[str, str], None],
    ) -> None:
        """Open no connection yet. Workers reply on `queue`.

        `on_problem(source, sentence)` reports trouble, and an empty sentence its end. Raises
        BrokerError if the URL does not name a broker.
        """
        self._app = make_app(broker_url)
        self._reply_queue = queue
        self._publisher = Publisher(self._app)
        self._queues = QueueMonitor(self._app, self._publisher, queue)
        self._workers = WorkerMonitor(lambda sentence: on_problem("workers", sentence))
        self._consumer = ReplyConsumer(
            self._app,
            queue,
            receiver,
            self._workers,
            lambda sentence: on_problem("broker", sentence),
        )
        self._thread = threading.Thread(target=self._consumer.run, name="consumer", daemon=True)

    def start(self) -> None:
        """Start to consume replies; reconnects for ever."""
        self._thread.start()

    def submit(self, task: Task) -> None:
        """Publish the task. Blocks until the broker confirms it; raises BrokerError."""
        is_scan = isinstance(task, ScanTask)
        queue = SCAN_QUEUE if is_scan else READ_QUEUE
        text = pack_task(task, self._reply_queue)
        self._queues.add(queue, 1)
        try:
            self._publisher.send(task.NAME, queue, text, _description(task))
        except BrokerError:
            self._queues.add(queue, -1)
            raise

    def capacity(self) -> Capacity:
        """Ask the broker how many messages wait. Raises BrokerError."""
        return self._queues.capacity()

    def depth(self) -> QueueDepths:
        """The messages that waited when the broker was last asked."""
        return self._queues.depth()

    def hold(self, job_ids: Sequence[int]) -> None:
        """Broadcast which jobs of this engine are held. Raises BrokerError."""
        self._broadcast(HOLD_COMMAND, {"reply": self._reply_queue, "job_ids": list(job_ids)})

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        """Send the concurrency to these workers. Raises BrokerError."""
        self._broadcast(TUNE_COMMAND, {"in_flight": in_flight}, list(workers))

    def workers(self) -> tuple[WorkerHeartbeat, ...]:
        """The workers that gave a sign of life lately, by name."""
        return self._workers.workers()

    def is_alive(self) -> bool:
        """Whether the consumer's thread runs."""
        return self._thread.is_alive()

    def release_idle(self) -> None:
        """Keep everything: an idle connection costs nothing."""

    def close(self) -> None:
        """Stop to consume. The broker delivers again what was not acknowledged."""
        self._consumer.should_stop = True
        self._thread.join(1.0)
        self._queues.close()

    def _broadcast(
        self, command: str, arguments: dict[str, object], workers: list[str] | None = None
    ) -> None:
        try:
            self._app.control.broadcast(command, arguments=arguments, destination=workers)
        except self._publisher.errors as error:
            raise self._publisher.error(error) from error


def _description(task: Task) -> str:
    """What monitors show of a task: no key, no bucket."""
    if isinstance(task, ScanTask):
        return f"scan {task.lease.scan_id} of job {task.job_id}"
    return f"batch {task.batch.batch_id} of job {task.job_id}"


# ------------------------------------------------------------ flow control


class QueueMonitor:
    """Measures the queues, so that the ledger and not the broker holds what waits.

    Pause, cancel and restart are quick because few messages are in the queues.
    """

    def __init__(self, app: Celery, publisher: Publisher, queue: str) -> None:
        self._app = app
        self._publisher = publisher
        self._reply_queue = queue
        self._has_caught_up = False
        self._replies = 0
        self._connection: Any = None
        self._levels = {SCAN_QUEUE: QueueLevel(), READ_QUEUE: QueueLevel()}

    def capacity(self) -> Capacity:
        """Ask the broker how many messages wait. Raises BrokerError."""
        consumers = 0
        try:
            channel = self._open_connection().default_channel
            self._replies = channel.queue_declare(self._reply_queue, passive=True).message_count
            for name, level in self._levels.items():
                declared = channel.queue_declare(name, passive=True)
                level.observe(declared.message_count)
                consumers = max(consumers, declared.consumer_count)
        except self._publisher.errors as error:
            self.close()
            raise self._publisher.error(error) from error
        self._has_caught_up |= self._replies == 0
        if not self._has_caught_up:
            # Record first what workers sent while no engine ran: no task is sent twice.
            return Capacity(0, 0, is_idle=False)
        depth = self.depth()
        return Capacity(
            self._levels[SCAN_QUEUE].room(),
            self._levels[READ_QUEUE].room(),
            is_idle=consumers > 0 and sum(depth) == 0,
            problem="" if consumers else NO_WORKERS_TEXT,
        )

    def depth(self) -> QueueDepths:
        """The messages that waited when the broker was last asked."""
        return QueueDepths(
            self._levels[SCAN_QUEUE].ready, self._levels[READ_QUEUE].ready, self._replies
        )

    def add(self, queue: str, count: int) -> None:
        """Count messages that were published since the broker was asked."""
        self._levels[queue].published += count

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
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


class QueueLevel:
    """The length of one queue, and a target that follows how fast it is emptied."""

    def __init__(self) -> None:
        self.ready = 0
        self.published = 0
        self._target = MIN_READY_MESSAGES

    def observe(self, ready: int) -> None:
        """The broker reports this many waiting messages."""
        taken = max(0, self.ready + self.published - ready)
        # Three times what was taken since the last observation; it shrinks by a tenth each time.
        self._target = min(
            MAX_READY_MESSAGES, max(MIN_READY_MESSAGES, 3 * taken, self._target * 9 // 10)
        )
        self.ready, self.published = ready, 0

    def room(self) -> int:
        """How many messages to publish until the target is reached."""
        return max(0, self._target - self.ready - self.published)


# ----------------------------------------------------------------- workers


class WorkerMonitor:
    """Knows the workers from their heartbeats and from their replies. Thread-safe."""

    def __init__(self, on_problem: Callable[[str], None]) -> None:
        """`on_problem` gets a sentence while a worker of another version is there."""
        self._on_problem = on_problem
        self._lock = threading.Lock()
        self._workers: dict[str, WorkerHeartbeat] = {}

    def workers(self) -> tuple[WorkerHeartbeat, ...]:
        """The workers that gave a sign of life lately, by name."""
        oldest = time() - WORKER_TIMEOUT_S
        with self._lock:
            gone = [name for name, beat in self._workers.items() if beat.heartbeat_at < oldest]
            for name in gone:
                del self._workers[name]
            return tuple(self._workers[name] for name in sorted(self._workers))

    def on_event(self, event: dict[str, Any]) -> None:
        """Handle an event of Celery's; ignore workers and monitors of other programs."""
        name = str(event.get("hostname", ""))
        if "tasveer" not in event:
            return
        with self._lock:
            if event.get("type") == "worker-offline":
                self._workers.pop(name, None)
            else:
                self._workers[name] = _parse_heartbeat(name, event)
        self._check_versions()

    def on_reply(self, name: str, envelope: Envelope) -> None:
        """Count a reply as a sign of life: it may arrive before the first heartbeat."""
        with self._lock:
            known = self._workers.get(name)
            self._workers[name] = WorkerHeartbeat(
                name,
                heartbeat_at=time(),
                active=known.active if known else 0,
                batches=known.batches if known else 0,
                load=known.load if known else 0.0,
                processes=known.processes if known else 0,
                threads=known.threads if known else 0,
                program=envelope.program,
                messages=envelope.version,
            )
        self._check_versions()

    def _check_versions(self) -> None:
        with self._lock:
            others = [one for one in self._workers.values() if one.messages != MESSAGE_VERSION]
        self._on_problem(_version_mismatch_text(others[0]) if others else "")


def _parse_heartbeat(name: str, event: dict[str, Any]) -> WorkerHeartbeat:
    load = event.get("loadavg") or (0.0,)
    return WorkerHeartbeat(
        name,
        # By this machine's clock: the worker's may be wrong.
        heartbeat_at=time(),
        active=_int_or_zero(event.get("active")),
        batches=_int_or_zero(event.get("processed")),
        load=float(load[0]) if isinstance(load, list | tuple) and load else 0.0,
        processes=_int_or_zero(event.get("processes")),
        threads=_int_or_zero(event.get("threads")),
        program=str(event.get("tasveer", ""))[:40],
        messages=_int_or_zero(event.get("messages")),
    )


def _int_or_zero(value: object) -> int:
    return value if isinstance(value, int) else 0


def _version_mismatch_text(worker: WorkerHeartbeat) -> str:
    return (
        f"Worker {worker.name} runs tasveer-tui {worker.program} and reads messages of version "
        f"{worker.messages}; this program, {__version__}, reads version {MESSAGE_VERSION}. "
        "Run the same version of tasveer-tui everywhere."
    )


# ---------------------------------------------------------------- consumer


class ReplyConsumer(ConsumerMixin):
    """Consumes replies and the workers' events; kombu's mixin reconnects once a second."""

    def __init__(
        self,
        app: Celery,
        queue: str,
        receiver: ReplyReceiver,
        workers: WorkerMonitor,
        on_problem: Callable[[str], None],
    ) -> None:
        """`on_problem` gets a sentence while there is no connection, and "" once there is."""
        self.connection = app.connection_for_read()
        self._app = app
        self._queue = queue
        self._receiver = receiver
        self._workers = workers
        self._on_problem = on_problem
        self._errors = transport_errors(self.connection)

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:  # type: ignore[override]  # kombu's is wrong
        """Connect, and report why that is not possible.

        The mixin's own way gives up on a refused login and on an unknown virtual host.
        """
        with self.create_connection() as connection:
            try:
                connection.connect()
            except self._errors as error:
                self._on_problem(str(unreachable_error(broker_address(connection.as_uri()), error)))
                raise
            self._on_problem("")
            yield connection

    def get_consumers(self, Consumer: Any, channel: Any) -> list[Any]:  # noqa: N803, ANN401 - kombu's
        """Consume the replies, and what Celery's workers broadcast."""
        handlers = dict.fromkeys(_EVENT_TYPES, self._workers.on_event)
        events = self._app.events.Receiver(channel, handlers=handlers)
        replies = Consumer(
            [reply_queue(self._app, self._queue)],
            callbacks=[self._on_message],
            accept=["json"],
            prefetch_count=REPLY_PREFETCH,
        )
        return [replies, *events.get_consumers(Consumer, channel)]

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **_: object) -> None:  # noqa: ANN401 - kombu's
        """Ask every worker for a heartbeat."""
        del consumers
        self._app.control.broadcast("heartbeat", connection=connection, channel=channel)

    def _on_message(self, body: Any, message: Any) -> None:  # noqa: ANN401 - kombu's
        """Record a reply, then acknowledge it. The broker delivers it again otherwise."""
        try:
            self._handle(str(message.headers.get("task", "")), body)
        except EngineClosingError:
            return
        except Exception:  # noqa: BLE001 - outermost edge: a message must not end the consumer
            _log.exception("A reply was dropped")
        message.ack()

    def _handle(self, name: str, body: Any) -> None:  # noqa: ANN401 - any JSON
        # A message of Celery's: positional arguments, keyword arguments, embedded tasks.
        envelope = unpack(body[0][0])
        try:
            reply = unpack_reply(name, envelope)
        except MessageError as error:
            self._receiver.refuse(envelope.job_id, error)
            return
        for worker in _workers_of(reply):
            self._workers.on_reply(worker, envelope)
        self._receiver.handle(reply)


def _workers_of(reply: Reply) -> set[str]:
    """The workers that sent the reply, as far as it names them."""
    if isinstance(reply, ResultChunk):
        return {reply.worker}
    return {page.worker for page in reply.pages} if isinstance(reply, PagesListed) else set()
