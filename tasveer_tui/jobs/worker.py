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
from tasveer_tui.jobs import read, scan
from tasveer_tui.jobs.app import make_app
from tasveer_tui.jobs.broker import (
    BATCH_LOST,
    READ,
    READ_QUEUE,
    SCAN,
    SCAN_FAILED,
    SCAN_QUEUE,
    MaskedFormatter,
    place,
)
from tasveer_tui.jobs.check import reach
from tasveer_tui.jobs.clients import Clients
from tasveer_tui.jobs.consumer import reconnecting
from tasveer_tui.jobs.messages import MessageError, news, unpack
from tasveer_tui.jobs.post import PATIENCE_S, Post
from tasveer_tui.jobs.roll import introduce
from tasveer_tui.jobs.steering import obey

if TYPE_CHECKING:
    from celery import Task

TRIES = 5
"""How often the broker is asked at the start, within about ten seconds."""

_log = logging.getLogger(__name__)


def run(
    broker_url: str, *, processes: int, threads: int, log_level: str, maker_notes: bool = True
) -> int:
    """See `tasveer_tui.jobs.run_worker`."""
    _log_to_stderr(log_level)
    app = make_app(broker_url)
    reach(app, tries=TRIES)
    clients = Clients(threads, maker_notes=maker_notes)
    obey(clients.holds, clients.dial)
    introduce(processes, threads)
    post = Post(app, PATIENCE_S)
    scan.register(app, clients, post)
    read.register(app, clients, post)
    told = _Obituary(Post(app))
    signals.task_failure.connect(told.on_failure, weak=False)
    # Celery leaves logging as it is where somebody listens to this.
    signals.setup_logging.connect(_keep_logging, weak=False)
    worker = Worker(
        app=app,
        hostname=f"tasveer-{os.getpid()}@{socket.gethostname()}",
        queues=[SCAN_QUEUE, READ_QUEUE],
        consumer_cls=reconnecting(_tell),
        pool_cls="prefork",
        concurrency=processes,
        loglevel=logging.getLevelName(log_level.upper()),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    _log.info("%d processes × %d threads, broker at %s", processes, threads, place(broker_url))
    worker.start()
    return int(worker.exitcode or 0)


class _Obituary:
    """Tells the engine over what a process died. Runs in the worker's parent."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def on_failure(self, sender: Task[..., Any], args: list[Any], **details: object) -> None:
        """Celery's `task_failure`; the task's message is acknowledged by now."""
        if sender.name not in {READ, SCAN} or not args:
            return
        try:
            envelope = unpack(args[0])
        except MessageError:
            _log.exception("Lost a message that cannot be read")
            return
        why = str(details.get("exception", "")) or "its process died"
        about = f"batch {envelope.batch_id}" if sender.name == READ else f"scan {envelope.scan_id}"
        _log.warning("The %s of job %d was lost: %s", about, envelope.job_id, why)
        text = news(
            envelope.job_id,
            f"A worker was lost: {why}",
            batch_id=envelope.batch_id,
            scan_id=envelope.scan_id,
            is_final=False,
        )
        task = BATCH_LOST if sender.name == READ else SCAN_FAILED
        try:
            self._post.send(task, envelope.reply, text, f"job {envelope.job_id}")
        except BrokerError as error:
            _log.warning("%s The engine will notice by itself.", error)


def _tell(problem: str) -> None:
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
