"""The distributed worker: a Celery prefork worker on the scan and read queues.

S3 clients are made after the fork. The worker reports a process that dies over a batch at once;
if the whole worker dies, the broker delivers its tasks to others.
"""

from __future__ import annotations

import logging
import os
import socket
import warnings
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from celery import signals
from celery.apps.worker import Worker
from celery.worker import state
from celery.worker.consumer import Consumer
from celery.worker.control import control_command

from tasveer_tui import __version__
from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE, MaskedFormatter, broker_address
from tasveer_tui.jobs.celery_app import (
    HOLD_COMMAND,
    TUNE_COMMAND,
    WORKER_PUBLISH_TIMEOUT_S,
    Publisher,
    ensure_reachable,
    make_app,
    transport_errors,
    unreachable_error,
)
from tasveer_tui.jobs.protocol import (
    BatchLost,
    JobStopped,
    MessageError,
    ReadTask,
    ScanFailed,
    ScanTask,
    unpack,
)
from tasveer_tui.jobs.worker.read_task import run_read
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery, Task

    from tasveer_tui.jobs.protocol import Reply

MAX_CONNECT_ATTEMPTS: Final = 5
"""Attempts to reach the broker at the start, within about ten seconds."""

_MIN_RECONNECT_DELAY_S: Final = 0.2
_MAX_RECONNECT_DELAY_S: Final = 3.0

_log = logging.getLogger(__name__)


def run(
    broker_url: str, *, processes: int, threads: int, log_level: str, maker_notes: bool = True
) -> int:
    """See `tasveer_tui.jobs.run_worker`."""
    _log_to_stderr(log_level)
    app = make_app(broker_url)
    ensure_reachable(app, attempts=MAX_CONNECT_ATTEMPTS)
    resources = WorkerResources(threads, maker_notes=maker_notes)
    register_control_commands(resources)
    _add_heartbeat_info(processes, threads)
    register_tasks(app, resources, Publisher(app, WORKER_PUBLISH_TIMEOUT_S))
    loss_reporter = LossReporter(Publisher(app))
    signals.task_failure.connect(loss_reporter.on_failure, weak=False)
    # Celery leaves logging alone if this signal has a receiver.
    signals.setup_logging.connect(_keep_logging, weak=False)
    worker = Worker(
        app=app,
        hostname=f"tasveer-{os.getpid()}@{socket.gethostname()}",
        queues=[SCAN_QUEUE, READ_QUEUE],
        consumer_cls=ReconnectingConsumer,
        pool_cls="prefork",
        concurrency=processes,
        loglevel=logging.getLevelName(log_level.upper()),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    _log.info(
        "%d processes × %d threads, broker at %s", processes, threads, broker_address(broker_url)
    )
    worker.start()
    return int(worker.exitcode or 0)


# ------------------------------------------------------------------- tasks


def register_tasks(app: Celery, resources: WorkerResources, publisher: Publisher) -> None:
    """Add the scan task and the read task to the app."""

    @app.task(name=ScanTask.NAME, bind=True, shared=False)
    def scan(self: Task[[str], None], text: str) -> None:
        run_message(text, ScanTask, run_scan, resources, publisher, self.request.hostname or "")

    @app.task(name=ReadTask.NAME, bind=True, shared=False)
    def read(self: Task[[str], None], text: str) -> None:
        run_message(text, ReadTask, run_read, resources, publisher, self.request.hostname or "")


def run_message(
    text: str,
    kind: type[Any],
    action: Callable[[Any, TaskContext, WorkerResources], None],
    resources: WorkerResources,
    publisher: Publisher,
    worker: str,
) -> None:
    """Carry out a task; stop the job of a task that this version cannot read.

    Raises BrokerError if the replies cannot be sent.
    """
    envelope = unpack(text)
    send: Callable[[Reply], None] = partial(publisher.send_reply, envelope.reply)
    try:
        task = envelope.value(kind)
    except MessageError as error:
        send(JobStopped(envelope.job_id, f"Worker {worker}: {error}"))
        return
    action(task, TaskContext(worker, send, envelope.reply), resources)


class LossReporter:
    """Tells the engine which task a process died over. Runs in the worker's main process."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def on_failure(self, sender: Task[..., Any], args: list[Any], **details: object) -> None:
        """Handle Celery's `task_failure`; the message is acknowledged already."""
        if sender.name not in {ReadTask.NAME, ScanTask.NAME} or not args:
            return
        try:
            envelope = unpack(args[0])
        except MessageError:
            _log.exception("A message that cannot be read was lost")
            return
        job_id, cause = envelope.job_id, str(details.get("exception", "")) or "its process died"
        reason = f"A worker was lost: {cause}"
        reply: Reply
        if sender.name == ReadTask.NAME:
            reply = BatchLost(job_id, envelope.batch_id, reason)
        else:
            reply = ScanFailed(job_id, envelope.scan_id, reason, is_final=False)
        _log.warning("A task of job %d was lost: %s", job_id, cause)
        try:
            self._publisher.send_reply(envelope.reply, reply)
        except BrokerError as error:
            _log.warning("%s The engine will notice when the lease ends.", error)


# ----------------------------------------------------------------- control


def register_control_commands(resources: WorkerResources) -> None:
    """Let this worker take the engine's control commands; call it before the worker starts."""

    @control_command(name=HOLD_COMMAND, args=[("reply", str), ("job_ids", list)])
    def hold(state: Any, reply: str, job_ids: list[int], **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        resources.paused_jobs.set(reply, job_ids)
        return {"held": len(job_ids)}

    @control_command(name=TUNE_COMMAND, args=[("in_flight", int)])
    def tune(state: Any, in_flight: int, **_: object) -> dict[str, int]:  # noqa: ANN401 - Celery's
        del state
        new = resources.concurrency.set(in_flight)
        _set_heartbeat_info(threads=new)
        return {"in_flight": new}


def _add_heartbeat_info(processes: int, threads: int) -> None:
    _set_heartbeat_info(
        tasveer=__version__, messages=MESSAGE_VERSION, processes=processes, threads=threads
    )


def _set_heartbeat_info(**info: Any) -> None:  # noqa: ANN401 - Celery's
    """Add these fields to the worker's heartbeats."""
    state.SOFTWARE_INFO.update(info)


class ReconnectingConsumer(Consumer):
    """Celery's consumer; connects again for ever, at short intervals.

    Celery gives up on a refused login and on an unknown virtual host.
    """

    conninfo: Any

    def ensure_connected(self, conn: Any) -> Any:  # noqa: ANN401 - kombu's types are wrong
        """Connect, whatever the error was, until the worker is stopped."""
        errors, delay_s = transport_errors(conn), _MIN_RECONNECT_DELAY_S
        while True:
            try:
                conn.connect()
            except errors as error:
                _log.warning("%s", unreachable_error(broker_address(conn.as_uri()), error))
            else:
                return conn
            state.maybe_shutdown()
            sleep(delay_s)
            delay_s = min(_MAX_RECONNECT_DELAY_S, delay_s * 1.5)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Log it without the URL, then reconnect as Celery does."""
        _log.warning("%s", unreachable_error(broker_address(self.conninfo.as_uri()), exc))
        super().on_connection_error_after_connected(exc)


# ----------------------------------------------------------------- logging


def _keep_logging(**_: object) -> None:
    """Do nothing."""


def _log_to_stderr(log_level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(processName)s: %(message)s"))
    logging.basicConfig(level=log_level.upper(), handlers=[handler], force=True)
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    logging.captureWarnings(capture=True)
