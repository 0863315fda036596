"""The distributed worker: a Celery prefork worker on the scan and read queues.

S3 clients are made after the fork. A process that dies over a batch is told to the engine at
once; when the whole worker dies, the broker hands its batches to others.
"""

from __future__ import annotations

import logging
import os
import socket
import warnings
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.apps.worker import Worker

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import (
    BATCH_LOST,
    READ_QUEUE,
    READ_TASK,
    SCAN_FAILED,
    SCAN_QUEUE,
    SCAN_TASK,
    MaskedFormatter,
    broker_address,
)
from tasveer_tui.jobs.protocol import MessageError, pack_event, unpack
from tasveer_tui.jobs.transports.celery import make_app
from tasveer_tui.jobs.transports.consumer import reconnecting_consumer
from tasveer_tui.jobs.transports.control import register_control_commands
from tasveer_tui.jobs.transports.publisher import PUBLISH_TIMEOUT_S, Publisher, ensure_reachable
from tasveer_tui.jobs.transports.worker_monitor import add_heartbeat_info
from tasveer_tui.jobs.worker import read_task, scan_task
from tasveer_tui.jobs.worker.resources import WorkerResources

if TYPE_CHECKING:
    from celery import Task

MAX_CONNECT_TRIES = 5
"""How often the broker is asked at the start, within about ten seconds."""

_log = logging.getLogger(__name__)


def run(
    broker_url: str, *, processes: int, threads: int, log_level: str, maker_notes: bool = True
) -> int:
    """See `tasveer_tui.jobs.run_worker`."""
    _log_to_stderr(log_level)
    app = make_app(broker_url)
    ensure_reachable(app, tries=MAX_CONNECT_TRIES)
    clients = WorkerResources(threads, maker_notes=maker_notes)
    register_control_commands(clients.holds, clients.shared_concurrency)
    add_heartbeat_info(processes, threads)
    post = Publisher(app, PUBLISH_TIMEOUT_S)
    scan_task.register(app, clients, post)
    read_task.register(app, clients, post)
    told = _LossReporter(Publisher(app))
    signals.task_failure.connect(told.on_failure, weak=False)
    # Celery leaves logging as it is where somebody listens to this.
    signals.setup_logging.connect(_keep_logging, weak=False)
    worker = Worker(
        app=app,
        hostname=f"tasveer-{os.getpid()}@{socket.gethostname()}",
        queues=[SCAN_QUEUE, READ_QUEUE],
        consumer_cls=reconnecting_consumer(_log_problem),
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


class _LossReporter:
    """Tells the engine over what a process died. Runs in the worker's parent."""

    def __init__(self, post: Publisher) -> None:
        self._publisher = post

    def on_failure(self, sender: Task[..., Any], args: list[Any], **details: object) -> None:
        """Celery's `task_failure`; the task's message is acknowledged by now."""
        if sender.name not in {READ_TASK, SCAN_TASK} or not args:
            return
        try:
            envelope = unpack(args[0])
        except MessageError:
            _log.exception("Lost a message that cannot be read")
            return
        why = str(details.get("exception", "")) or "its process died"
        about = (
            f"batch {envelope.batch_id}" if sender.name == READ_TASK else f"scan {envelope.scan_id}"
        )
        _log.warning("The %s of job %d was lost: %s", about, envelope.job_id, why)
        text = pack_event(
            envelope.job_id,
            f"A worker was lost: {why}",
            batch_id=envelope.batch_id,
            scan_id=envelope.scan_id,
            is_final=False,
        )
        task = BATCH_LOST if sender.name == READ_TASK else SCAN_FAILED
        try:
            self._publisher.send(task, envelope.reply, text, f"job {envelope.job_id}")
        except BrokerError as error:
            _log.warning("%s The engine will notice by itself.", error)


def _log_problem(problem: str) -> None:
    if problem:
        _log.warning("%s", problem)


def _keep_logging(**_: object) -> None:
    """Deliberately nothing."""


def _log_to_stderr(log_level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(processName)s: %(message)s"))
    logging.basicConfig(level=log_level.upper(), handlers=[handler], force=True)
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    logging.captureWarnings(capture=True)
