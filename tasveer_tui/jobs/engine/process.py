"""The process that works for one catalogue: `python -m tasveer_tui.jobs.engine.process --db FILE`.

It holds the catalogue's lock, the only Recorder, the dispatcher and the transport. The program
that started it keeps the process's standard input open: the engine ends when it closes.
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
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import BrokerError, CatalogueError, TasveerError
from tasveer_tui.jobs.broker import (
    BROKER_URL_VARIABLE,
    LEASE_S,
    LOCKED_EXIT_CODE,
    MaskedFormatter,
    broker_address,
    reply_queue_name,
)
from tasveer_tui.jobs.engine.dispatcher import Dispatcher, DispatchLimits
from tasveer_tui.jobs.engine.notifiers import ConcurrencyNotifier
from tasveer_tui.jobs.engine.reply_handler import ReplyHandler
from tasveer_tui.jobs.engine.reporting import ActivityLog, StatusReporter
from tasveer_tui.jobs.status import EngineLock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.jobs.status import WorkerHeartbeat
    from tasveer_tui.jobs.transport import Transport

ACTIVE_INTERVAL_S: Final = 0.1
"""Between two rounds of the dispatcher while there are jobs."""

IDLE_INTERVAL_S: Final = 0.5
MIN_INTERVAL_S: Final = 0.05
"""However often it is woken."""

SHUTDOWN_TIMEOUT_S: Final = 5.0
"""For what is being recorded when the engine is asked to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """From the command line and the environment."""

    db: Path
    broker_url: str
    concurrency: int
    until_idle: bool
    """End when no job is left, even if the program that started the engine is gone."""
    limits: DispatchLimits
    maker_notes: bool = True


class Engine:
    """Everything that runs in this process. Create it only while the lock is held."""

    def __init__(self, options: EngineOptions, reporter: StatusReporter) -> None:
        """Open the catalogue. Raises CatalogueError and BrokerError."""
        self._options = options
        self._reporter = reporter
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._is_detached = options.until_idle
        self._parent_pid = os.getppid()
        self._catalogue = Catalogue(options.db)
        recorder = self._recorder = self._catalogue.recorder()
        # This process only records, so a crash here never blames an object.
        recorder.recover(was_clean=True)
        self._reply_handler = ReplyHandler(
            recorder,
            on_record=self._wake.set,
            on_error=lambda sentence: reporter.set_problem("catalogue", sentence),
        )
        self._transport = self._make_transport()
        self._concurrency_notifier = ConcurrencyNotifier(self._transport)
        self._activity_log = ActivityLog(self._catalogue.job)
        self._dispatcher = Dispatcher(
            recorder,
            self._transport,
            limits=options.limits,
            on_problem=lambda sentence: reporter.set_problem("dispatcher", sentence),
            on_write_error=lambda sentence: reporter.set_problem("ledger", sentence),
        )

    def run(self) -> None:
        """Work until asked to end. Blocks; raises TasveerError if it cannot continue."""
        threading.Thread(target=self._read_commands, name="commands", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._transport.start()
        self._reporter.ready()
        while not self._stop.is_set():
            self._wake.clear()
            self._check_health()
            is_active = self._dispatcher.run_once()
            if not is_active:
                if self._is_detached:
                    return
                self._transport.release_idle()
            self._stop.wait(MIN_INTERVAL_S)
            self._wake.wait(ACTIVE_INTERVAL_S if is_active else IDLE_INTERVAL_S)

    def stop(self) -> None:
        """Ask the engine to end; from any thread or signal handler."""
        self._stop.set()
        self._wake.set()

    def close(self) -> bool:
        """Finish what is being recorded; false if that takes too long."""
        is_clean = self._reply_handler.close(SHUTDOWN_TIMEOUT_S)
        self._transport.close()
        self._catalogue.close()
        return is_clean

    def _make_transport(self) -> Transport:
        catalogue_id, options = self._catalogue.id, self._options
        if options.broker_url:
            from tasveer_tui.jobs.transports.celery import CeleryTransport

            return CeleryTransport(
                options.broker_url,
                reply_queue_name(catalogue_id),
                self._reply_handler,
                self._reporter.set_problem,
            )
        from tasveer_tui.jobs.transports.local import LocalTransport

        return LocalTransport(
            f"embedded-{catalogue_id[:8]}@{socket.gethostname()}",
            self._reply_handler,
            in_flight=options.concurrency,
            on_task_end=self._wake.set,
            maker_notes=options.maker_notes,
        )

    def _check_health(self) -> None:
        """Report first, so that a job ends after the report names its workers."""
        if not self._transport.is_alive():
            raise BrokerError("The engine's consumer has ended.", "See the log.")
        if os.getppid() != self._parent_pid and not self._is_detached:
            self.stop()
        workers = self._transport.workers()
        if self._reporter.is_due(workers):
            self._reporter.update(self._transport.depth(), workers, self._recorder.last_read())
            self._activity_log.update_jobs(self._dispatcher.active_jobs)
            self._activity_log.update_workers(workers)
            self._apply_concurrency(workers)

    def _apply_concurrency(self, workers: Sequence[WorkerHeartbeat]) -> None:
        try:
            concurrency = self._catalogue.tuned()
            self._concurrency_notifier.update(concurrency, [worker.name for worker in workers])
        except (BrokerError, CatalogueError) as error:
            _log.info("The workers are not notified of their concurrency yet: %s", error)

    def _read_commands(self) -> None:
        """Read commands of the program that started the engine, one a line."""
        for line in sys.stdin.buffer:
            if line.strip() == b"detach":
                self._is_detached = True
            self._wake.set()
        if not self._is_detached:
            self.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the engine of a catalogue; returns the exit code."""
    options, log = _parse_options(arguments)
    _configure_logging(log)
    lock = EngineLock(options.db)
    if not _acquire_lock(lock, options):
        _log.info("Another engine holds %s", options.db)
        return LOCKED_EXIT_CODE
    url = options.broker_url
    reporter = StatusReporter(options.db, broker_address(url) if url else "")
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
    reporter.set_problem("catalogue" if is_refused else "engine", str(error))
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


def run_process() -> NoReturn:
    """Run the engine and end the process."""
    try:
        code = main()
    except Exception:  # noqa: BLE001 - the process's outermost edge
        _log.exception("The engine failed")
        code = 1
    logging.shutdown()
    # Threads that still wait for S3 must not delay the end of the process.
    os._exit(code)


if __name__ == "__main__":
    run_process()
