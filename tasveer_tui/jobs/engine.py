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
from tasveer_tui.catalogue import Catalogue, Pauses
from tasveer_tui.errors import BrokerError, CatalogueError, TasveerError
from tasveer_tui.jobs import read, record, scan
from tasveer_tui.jobs.app import make_app, record_queue_of
from tasveer_tui.jobs.backlog import Backlog, BrokerBacklog, EmbeddedBacklog
from tasveer_tui.jobs.broker import (
    BROKER_VARIABLE,
    LEASE_S,
    LOCKED_EXIT,
    READ_QUEUE,
    SCAN_QUEUE,
    MaskedFormatter,
    is_embedded,
    place,
    record_queue,
)
from tasveer_tui.jobs.clients import Clients
from tasveer_tui.jobs.diary import Diary
from tasveer_tui.jobs.dispatcher import Dispatcher, Limits, Queues
from tasveer_tui.jobs.listener import Listener
from tasveer_tui.jobs.post import Post
from tasveer_tui.jobs.readers import Readers
from tasveer_tui.jobs.report import WorkerBeat
from tasveer_tui.jobs.reporter import Reporter
from tasveer_tui.jobs.roll import Roll
from tasveer_tui.jobs.status import Lock
from tasveer_tui.jobs.steering import BrokerSpeaker, EmbeddedSpeaker, Steering, Tuning
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.steering import Speaker

EMBEDDED_THREADS = 10
"""More than all scans and batches at once, so that recording never waits for reading."""

ACTIVE_S, IDLE_S, LEAST_S = 0.1, 0.5, 0.05
"""Between two rounds of the dispatcher: with jobs, without, and at least."""

END_S = 5.0
"""For what is being recorded when the engine is asked to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """From the command line and the environment."""

    db: Path
    broker_url: str
    concurrency: int
    until_idle: bool
    """End when no job is left, whoever has gone meanwhile."""
    limits: Limits
    pauses: Pauses
    maker_notes: bool = True


class Engine:
    """Everything that runs in this process. Make it only while the lock is held."""

    def __init__(self, options: Options, reporter: Reporter) -> None:
        self._options = options
        self._reporter = reporter
        self._is_embedded = is_embedded(options.broker_url)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._is_detached = options.until_idle
        self._parent = os.getppid()
        self._catalogue = Catalogue(options.db)
        recorder = self._recorder = self._catalogue.recorder(options.pauses)
        # Whoever dies over an object, it is not this process, which only keeps the books.
        recorder.recover(was_clean=True)
        self._clients = Clients(options.concurrency, maker_notes=options.maker_notes)
        self._readers = Readers(options.concurrency, self._name(), maker_notes=options.maker_notes)
        self._desk = record.Desk(
            recorder,
            on_record=self._wake.set,
            on_fault=lambda sentence: reporter.problem("catalogue", sentence),
        )
        self._app = make_app(options.broker_url)
        self._post = Post(self._app)
        self._reply = record_queue(self._catalogue.id)
        self._backlog = self._open_queues()
        self._speaker = self._make_speaker()
        self._tuning = Tuning(self._speaker)
        self._diary = Diary(self._catalogue.job)
        self._dispatcher = self._make_dispatcher(recorder)
        self._listener = self._make_listener()
        self._roll = None if self._is_embedded else self._make_roll()

    def run(self) -> None:
        """Work until asked to end. Blocks; raises TasveerError where it cannot go on."""
        threading.Thread(target=self._obey, name="obey", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._listener.start()
        if self._roll is not None:
            self._roll.start()
        self._reporter.ready()
        while not self._stop.is_set():
            self._wake.clear()
            is_active = self._dispatcher.round()
            if not is_active:
                if self._is_detached:
                    return
                self._readers.rest()
            self._check()
            self._stop.wait(LEAST_S)
            self._wake.wait(ACTIVE_S if is_active else IDLE_S)

    def stop(self) -> None:
        """Ask the engine to end; from any thread or signal handler."""
        self._stop.set()
        self._wake.set()

    def close(self) -> bool:
        """Finish what is being recorded; false where that took too long."""
        self._clients.is_stopping.set()
        is_clean = self._desk.close(END_S)
        self._readers.close()
        if self._roll is not None:
            self._roll.stop()
            self._listener.stop(1.0)
        self._catalogue.close()
        return is_clean

    def _check(self) -> None:
        if not self._listener.is_alive():
            raise BrokerError("The engine's Celery worker has ended.", "See the log.")
        if os.getppid() != self._parent and not self._is_detached:
            self.stop()
        self._reporter.beat()
        if self._reporter.is_due():
            workers = self._workers()
            self._reporter.seen(self._backlog.waiting(), workers, self._recorder.last_read())
            self._diary.jobs(self._dispatcher.active)
            self._diary.workers(workers)
            self._tune(workers)

    def _tune(self, workers: Sequence[WorkerBeat]) -> None:
        try:
            self._tuning.look(self._catalogue.tuned(), [beat.name for beat in workers])
        except (BrokerError, CatalogueError) as error:
            _log.info("Workers are tuned later: %s", error)

    def _workers(self) -> tuple[WorkerBeat, ...]:
        if self._roll is not None:
            return self._roll.workers()
        scans, batches, _ = self._backlog.waiting()
        here = WorkerBeat(
            self._listener.name,
            beat_at=floor(time()),
            active=scans + batches,
            load=round(os.getloadavg()[0], 1),
            processes=self._readers.count,
            threads=self._readers.in_flight,
            program=__version__,
            messages=MESSAGE_VERSION,
        )
        return (here,)

    def _obey(self) -> None:
        """Read the parent's words, one a line, until it is gone."""
        for line in sys.stdin.buffer:
            if line.strip() == b"detach":
                self._is_detached = True
            self._wake.set()
        if not self._is_detached:
            self.stop()

    # ------------------------------------------------------------------ wiring

    def _open_queues(self) -> Backlog:
        record.register(self._app, self._desk)
        record_queue_of(self._app, self._reply)
        if not self._is_embedded:
            return BrokerBacklog(self._app, self._post, self._reply)
        backlog = EmbeddedBacklog(self._readers.count)

        def ended(queue: str) -> None:
            backlog.unsent(queue)
            self._wake.set()

        def read_one(order: str, _worker: str) -> None:
            try:
                self._readers.read(order, self._desk.take)
            finally:
                ended(READ_QUEUE)

        scan.register(self._app, self._clients, self._desk, lambda: ended(SCAN_QUEUE))
        read.add(self._app, read_one)
        return backlog

    def _make_dispatcher(self, recorder: Recorder) -> Dispatcher:
        return Dispatcher(
            recorder,
            Queues(self._post, self._backlog, self._reply),
            Steering(self._speaker),
            limits=self._options.limits,
            on_problem=lambda sentence: self._reporter.problem("dispatcher", sentence),
            on_refusal=lambda sentence: self._reporter.problem("ledger", sentence),
        )

    def _make_roll(self) -> Roll:
        return Roll(self._app, lambda sentence: self._reporter.problem("workers", sentence))

    def _make_speaker(self) -> Speaker:
        if self._is_embedded:
            return EmbeddedSpeaker(self._readers, self._reply)
        return BrokerSpeaker(self._app, self._post, self._reply)

    def _name(self) -> str:
        kind = "embedded" if self._is_embedded else "engine"
        return f"{kind}-{self._catalogue.id[:8]}@{socket.gethostname()}"

    def _make_listener(self) -> Listener:
        queues = [SCAN_QUEUE, READ_QUEUE, self._reply] if self._is_embedded else [self._reply]
        return Listener(
            self._app,
            queues,
            name=self._name(),
            threads=EMBEDDED_THREADS if self._is_embedded else 1,
            multiplier=1 if self._is_embedded else 4,
            on_problem=lambda sentence: self._reporter.problem("listener", sentence),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the engine of a catalogue; returns the exit code."""
    options, log = _options(arguments)
    _log_to(log)
    lock = Lock(options.db)
    if not _take(lock, options):
        _log.info("Another engine holds %s", options.db)
        return LOCKED_EXIT
    url = options.broker_url
    reporter = Reporter(options.db, "" if is_embedded(url) else place(url))
    try:
        engine = Engine(options, reporter)
    except TasveerError as error:
        return _failed(reporter, error, is_clean=reporter.was_clean())
    try:
        engine.run()
    except TasveerError as error:
        return _failed(reporter, error, is_clean=False)
    reporter.ended(is_clean=engine.close())
    lock.release()
    return 0


def _failed(reporter: Reporter, error: TasveerError, *, is_clean: bool) -> int:
    _log.error("%s", error)
    is_refused = isinstance(error, CatalogueError)
    reporter.problem("catalogue" if is_refused else "engine", str(error))
    reporter.ended(is_clean=is_clean)
    return error.exit_code


def _take(lock: Lock, options: Options) -> bool:
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


def _options(arguments: Sequence[str] | None) -> tuple[Options, Path | None]:
    parser = argparse.ArgumentParser(prog="tasveer-tui engine")
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--until-idle", action="store_true")
    parser.add_argument("--broker-from-env", action="store_true")
    parser.add_argument("--no-maker-notes", action="store_true")
    parser.add_argument("--lease-s", type=float, default=LEASE_S)
    parser.add_argument("--pauses", type=float, default=1.0)
    given = parser.parse_args(arguments)
    url = os.environ.pop(BROKER_VARIABLE, "") if given.broker_from_env else ""
    limits = Limits(lease_s=given.lease_s)
    options = Options(
        given.db,
        url,
        max(1, given.concurrency),
        given.until_idle,
        limits,
        Pauses(given.pauses),
        maker_notes=not given.no_maker_notes,
    )
    return options, given.log


def _log_to(path: Path | None) -> None:
    handler = logging.FileHandler(path) if path else logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("celery", "kombu", "amqp", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _process() -> NoReturn:
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
    _process()
