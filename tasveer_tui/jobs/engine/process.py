"""The process that works for one catalogue: `python -m tasveer_tui.jobs.engine --db FILE`.

It holds the catalogue's lock, its only Recorder, the dispatcher and a Celery worker. The
program that started it keeps its standard input open: when that closes, the engine ends.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from math import floor
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, NoReturn

from tasveer_tui import __version__
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import BrokerError, CatalogueError, TasveerError
from tasveer_tui.jobs.broker import (
    BROKER_URL_VARIABLE,
    LEASE_S,
    LOCKED_EXIT_CODE,
    READ_QUEUE,
    SCAN_QUEUE,
    MaskedFormatter,
    broker_address,
    is_embedded,
    reply_queue_name,
)
from tasveer_tui.jobs.engine import handlers
from tasveer_tui.jobs.engine.dispatcher import Dispatcher, DispatchLimits, DispatchQueues
from tasveer_tui.jobs.engine.flow_control import BrokerFlowControl, EmbeddedFlowControl, FlowControl
from tasveer_tui.jobs.engine.read_pool import ReadPool
from tasveer_tui.jobs.engine.reporting import ActivityLog, StatusReporter
from tasveer_tui.jobs.status import EngineLock, WorkerHeartbeat
from tasveer_tui.jobs.transports.celery import make_app, reply_queue
from tasveer_tui.jobs.transports.consumer import EngineConsumer
from tasveer_tui.jobs.transports.control import (
    BrokerControlChannel,
    ConcurrencyNotifier,
    EmbeddedControlChannel,
    PauseNotifier,
)
from tasveer_tui.jobs.transports.publisher import Publisher
from tasveer_tui.jobs.transports.worker_monitor import WorkerMonitor
from tasveer_tui.jobs.worker import read_task, scan_task
from tasveer_tui.jobs.worker.resources import WorkerResources
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.transports.control import ControlChannel

EMBEDDED_THREADS = 10
"""More than all scans and batches at once, so that recording never waits for reading."""

ACTIVE_INTERVAL_S, IDLE_INTERVAL_S, MIN_INTERVAL_S = 0.1, 0.5, 0.05
"""Between two rounds of the dispatcher: with jobs, without, and at least."""

SHUTDOWN_TIMEOUT_S = 5.0
"""For what is being recorded when the engine is asked to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """From the command line and the environment."""

    db: Path
    broker_url: str
    concurrency: int
    until_idle: bool
    """End when no job is left, whoever has gone meanwhile."""
    limits: DispatchLimits
    maker_notes: bool = True


class Engine:
    """Everything that runs in this process. Make it only while the lock is held."""

    def __init__(self, options: EngineOptions, reporter: StatusReporter) -> None:
        self._options = options
        self._reporter = reporter
        self._is_embedded = is_embedded(options.broker_url)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._is_detached = options.until_idle
        self._parent = os.getppid()
        self._catalogue = Catalogue(options.db)
        recorder = self._recorder = self._catalogue.recorder()
        # Whoever dies over an object, it is not this process, which only keeps the books.
        recorder.recover(was_clean=True)
        self._resources = WorkerResources(options.concurrency, maker_notes=options.maker_notes)
        self._read_pool = ReadPool(
            options.concurrency, self._name(), maker_notes=options.maker_notes
        )
        self._reply_handler = handlers.ReplyHandler(
            recorder,
            on_record=self._wake.set,
            on_fault=lambda sentence: reporter.problem("catalogue", sentence),
        )
        self._app = make_app(options.broker_url)
        self._publisher = Publisher(self._app)
        self._reply_queue = reply_queue_name(self._catalogue.id)
        self._flow_control = self._make_flow_control()
        self._control_channel = self._make_control_channel()
        self._concurrency_notifier = ConcurrencyNotifier(self._control_channel)
        self._activity_log = ActivityLog(self._catalogue.job)
        self._dispatcher = self._make_dispatcher(recorder)
        self._consumer = self._make_consumer()
        self._worker_monitor = None if self._is_embedded else self._make_worker_monitor()

    def run(self) -> None:
        """Work until asked to end. Blocks; raises TasveerError where it cannot go on."""
        threading.Thread(target=self._read_commands, name="obey", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._consumer.start()
        if self._worker_monitor is not None:
            self._worker_monitor.start()
        self._reporter.ready()
        while not self._stop.is_set():
            self._wake.clear()
            is_active = self._dispatcher.round()
            if not is_active:
                if self._is_detached:
                    return
                self._read_pool.rest()
            self._check_health()
            self._stop.wait(MIN_INTERVAL_S)
            self._wake.wait(ACTIVE_INTERVAL_S if is_active else IDLE_INTERVAL_S)

    def stop(self) -> None:
        """Ask the engine to end; from any thread or signal handler."""
        self._stop.set()
        self._wake.set()

    def close(self) -> bool:
        """Finish what is being recorded; false where that took too long."""
        self._resources.is_stopping.set()
        is_clean = self._reply_handler.close(SHUTDOWN_TIMEOUT_S)
        self._read_pool.close()
        if self._worker_monitor is not None:
            self._worker_monitor.stop()
            self._consumer.stop(1.0)
        self._catalogue.close()
        return is_clean

    def _check_health(self) -> None:
        if not self._consumer.is_alive():
            raise BrokerError("The engine's Celery worker has ended.", "See the log.")
        if os.getppid() != self._parent and not self._is_detached:
            self.stop()
        self._reporter.beat()
        if self._reporter.is_due():
            workers = self._workers()
            self._reporter.update_workers(
                self._flow_control.waiting(), workers, self._recorder.last_read()
            )
            self._activity_log.jobs(self._dispatcher.active)
            self._activity_log.workers(workers)
            self._apply_concurrency(workers)

    def _apply_concurrency(self, workers: Sequence[WorkerHeartbeat]) -> None:
        try:
            self._concurrency_notifier.look(
                self._catalogue.tuned(), [beat.name for beat in workers]
            )
        except (BrokerError, CatalogueError) as error:
            _log.info("Workers are tuned later: %s", error)

    def _workers(self) -> tuple[WorkerHeartbeat, ...]:
        if self._worker_monitor is not None:
            return self._worker_monitor.workers()
        scans, batches, _ = self._flow_control.waiting()
        here = WorkerHeartbeat(
            self._consumer.name,
            heartbeat_at=floor(time()),
            active=scans + batches,
            load=round(os.getloadavg()[0], 1),
            processes=self._read_pool.count,
            threads=self._read_pool.in_flight,
            program=__version__,
            messages=MESSAGE_VERSION,
        )
        return (here,)

    def _read_commands(self) -> None:
        """Read the parent's words, one a line, until it is gone."""
        for line in sys.stdin.buffer:
            if line.strip() == b"detach":
                self._is_detached = True
            self._wake.set()
        if not self._is_detached:
            self.stop()

    # ------------------------------------------------------------------ wiring

    def _make_flow_control(self) -> FlowControl:
        handlers.register(self._app, self._reply_handler)
        reply_queue(self._app, self._reply_queue)
        if not self._is_embedded:
            return BrokerFlowControl(self._app, self._publisher, self._reply_queue)
        backlog = EmbeddedFlowControl(self._read_pool.count)

        def ended(queue: str) -> None:
            backlog.unsent(queue)
            self._wake.set()

        def read_one(order: str, _worker: str) -> None:
            try:
                self._read_pool.read(order, self._reply_handler.take)
            finally:
                ended(READ_QUEUE)

        scan_task.register(
            self._app, self._resources, self._reply_handler, lambda: ended(SCAN_QUEUE)
        )
        read_task.add_task(self._app, read_one)
        return backlog

    def _make_dispatcher(self, recorder: Recorder) -> Dispatcher:
        return Dispatcher(
            recorder,
            DispatchQueues(self._publisher, self._flow_control, self._reply_queue),
            PauseNotifier(self._control_channel),
            limits=self._options.limits,
            on_problem=lambda sentence: self._reporter.problem("dispatcher", sentence),
            on_refusal=lambda sentence: self._reporter.problem("ledger", sentence),
        )

    def _make_worker_monitor(self) -> WorkerMonitor:
        return WorkerMonitor(
            self._app, lambda sentence: self._reporter.problem("workers", sentence)
        )

    def _make_control_channel(self) -> ControlChannel:
        if self._is_embedded:
            return EmbeddedControlChannel(self._read_pool, self._reply_queue)
        return BrokerControlChannel(self._app, self._publisher, self._reply_queue)

    def _name(self) -> str:
        kind = "embedded" if self._is_embedded else "engine"
        return f"{kind}-{self._catalogue.id[:8]}@{socket.gethostname()}"

    def _make_consumer(self) -> EngineConsumer:
        queues = (
            [SCAN_QUEUE, READ_QUEUE, self._reply_queue]
            if self._is_embedded
            else [self._reply_queue]
        )
        return EngineConsumer(
            self._app,
            queues,
            name=self._name(),
            threads=EMBEDDED_THREADS if self._is_embedded else 1,
            multiplier=1 if self._is_embedded else 4,
            on_problem=lambda sentence: self._reporter.problem("listener", sentence),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the engine of a catalogue; returns the exit code."""
    options, log = _parse_options(arguments)
    _configure_logging(log)
    lock = EngineLock(options.db)
    if not _acquire_lock(lock, options):
        _log.info("Another engine holds %s", options.db)
        return LOCKED_EXIT_CODE
    url = options.broker_url
    reporter = StatusReporter(options.db, "" if is_embedded(url) else broker_address(url))
    try:
        engine = Engine(options, reporter)
    except TasveerError as error:
        return _report_failure(reporter, error, is_clean=reporter.was_clean())
    try:
        engine.run()
    except TasveerError as error:
        return _report_failure(reporter, error, is_clean=False)
    reporter.ended(is_clean=engine.close())
    lock.release()
    return 0


def _report_failure(reporter: StatusReporter, error: TasveerError, *, is_clean: bool) -> int:
    _log.error("%s", error)
    is_refused = isinstance(error, CatalogueError)
    reporter.problem("catalogue" if is_refused else "engine", str(error))
    reporter.ended(is_clean=is_clean)
    return error.exit_code


def _acquire_lock(lock: EngineLock, options: EngineOptions) -> bool:
    """Hold the lock; an engine that was left behind waits for it while there is work."""
    if lock.take():
        return True
    if not options.until_idle:
        return False
    catalogue = Catalogue(options.db)
    try:
        while any(job.state.is_active for job in catalogue.jobs()):
            if lock.take():
                return True
        return False
    finally:
        catalogue.close()


def _parse_options(arguments: Sequence[str] | None) -> tuple[EngineOptions, Path | None]:
    parser = argparse.ArgumentParser(prog="tasveer-tui engine")
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--until-idle", action="store_true")
    parser.add_argument("--broker-from-env", action="store_true")
    parser.add_argument("--no-maker-notes", action="store_true")
    parser.add_argument("--lease-s", type=float, default=LEASE_S)
    given = parser.parse_args(arguments)
    url = os.environ.pop(BROKER_URL_VARIABLE, "") if given.broker_from_env else ""
    limits = DispatchLimits(lease_s=given.lease_s)
    options = EngineOptions(
        given.db,
        url,
        max(1, given.concurrency),
        given.until_idle,
        limits,
        maker_notes=not given.no_maker_notes,
    )
    return options, given.log


def _configure_logging(path: Path | None) -> None:
    handler = logging.FileHandler(path) if path else logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("celery", "kombu", "amqp", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _run_process() -> NoReturn:
    """Be the engine's process, to its end."""
    try:
        code = main()
    except Exception:  # noqa: BLE001 - the process's outermost edge
        _log.exception("The engine broke")
        code = 1
    logging.shutdown()
    # Threads that still wait for S3 must not keep a process that has nothing left to keep.
    os._exit(code)


if __name__ == "__main__":
    _run_process()
