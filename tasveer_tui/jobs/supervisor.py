"""A program's hold on the engine process of its catalogue.

Cheap to import: Celery, the S3 client and the catalogue live in the other process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.jobs.broker import (
    BROKER_URL_VARIABLE,
    LEASE_S,
    LOCKED_EXIT_CODE,
    broker_address,
    is_embedded,
)
from tasveer_tui.jobs.status import EngineLock, EngineReport, StatusFile

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.records import LastRead

MAX_LOG_BYTES = 5 * 1024 * 1024
"""A log that has grown past this is set aside as `.1` before an engine starts."""

SHUTDOWN_TIMEOUT_S = 8.0
"""How long `close` waits for the engine before it ends it by force; nothing is lost by that."""

_MIN_RESTART_DELAY_S, _MAX_RESTART_DELAY_S = 1.0, 30.0


class EngineProcess:
    """Starts the engine where none runs, and ends the one that it started. Thread-safe."""

    def __init__(
        self,
        db: Path,
        broker_url: str = "",
        *,
        log: Path,
        concurrency: int = 128,
        lease_s: float = LEASE_S,
        maker_notes: bool = True,
    ) -> None:
        """Nothing happens yet. `concurrency` objects are read at once by an embedded engine.

        After `lease_s` seconds without an answer, while no queue holds anything, work that was
        sent counts as lost and is sent again.
        """
        self._db = db
        self._broker_url = "" if is_embedded(broker_url) else broker_url
        self._log = log
        self._concurrency = concurrency
        self._lease_s = lease_s
        self._maker_notes = maker_notes
        self._lock = threading.RLock()
        self._child: subprocess.Popen[bytes] | None = None
        self._failure = ""
        self._restart_delay_s = 0.0
        self._restart_at = 0.0
        self._started_at = 0.0

    def ensure_running(self) -> None:
        """See that some engine works for the catalogue, and wake ours; call as often as you like.

        Blocks for some milliseconds. An engine that keeps failing is started ever more rarely.

        Raises CatalogueReadOnlyError where the lock or the log cannot be made.
        """
        with self._lock:
            if self._is_child_running():
                self._send_command(b"wake\n")
            elif monotonic() >= self._restart_at and self._is_lock_free():
                self._start()

    def is_running(self) -> bool:
        """Whether an engine, ours or another program's, works for the catalogue."""
        with self._lock:
            return self._is_child_running() or self._is_lock_held()

    def is_ready(self) -> bool:
        """Whether it takes work already."""
        return self.is_running() and StatusFile(self._db).read().is_ready

    def problem(self) -> str:
        """What hinders the engine now, a sentence; empty where nothing does."""
        with self._lock:
            if not self._is_child_running() and not self._is_lock_held():
                return self._failure
            status = StatusFile(self._db).read()
            wanted = broker_address(self._broker_url) if self._broker_url else ""
            if status.problem or status.broker == wanted or not status.is_ready:
                return status.problem
            return _other_broker_text(status.broker)

    def report(self) -> EngineReport:
        """How the engine is, what waits and who works. Blocks for under a millisecond."""
        status, problem = StatusFile(self._db).read(), self.problem()
        is_running = self.is_running()
        scans, batches, answers = status.queues
        return EngineReport(
            is_running=is_running,
            problem=problem,
            problem_source=status.problem_source if problem == status.problem else "engine",
            broker=status.broker,
            scans_waiting=scans,
            batches_waiting=batches,
            replies_waiting=answers,
            workers=status.workers if is_running else (),
            last_read=_decode_texts(status.last_read),
            written_at=status.written_at,
        )

    def detach(self) -> None:
        """Let the work go on without this program, until no job is left."""
        with self._lock:
            if self._is_child_running():
                self._send_command(b"detach\n")
            else:
                self._start("--until-idle")
            if self._child is not None:
                self._release_child(self._child)
                self._child = None

    def close(self) -> None:
        """End the engine that this handle started. Blocks until it has, some seconds at most."""
        with self._lock:
            child, self._child = self._child, None
            if child is None:
                return
            if child.stdin is not None:
                child.stdin.close()
            try:
                child.wait(SHUTDOWN_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _release_child(self, child: subprocess.Popen[bytes]) -> None:
        """Let go of a child that outlives us; init takes note of its end, not we."""
        if child.stdin is not None:
            child.stdin.close()
        if child.poll() is None:
            child.returncode = 0

    def _is_child_running(self) -> bool:
        """Whether our child lives; takes note of how it ended."""
        child = self._child
        if child is None:
            return False
        code = child.poll()
        if code is None:
            return True
        self._child = None
        if child.stdin is not None:
            child.stdin.close()
        if code in (0, LOCKED_EXIT_CODE):
            self._failure, self._restart_delay_s = "", 0.0
            return False
        has_worked = monotonic() - self._started_at > _MAX_RESTART_DELAY_S
        pause_s = 0.0 if has_worked else self._restart_delay_s
        self._restart_delay_s = min(_MAX_RESTART_DELAY_S, pause_s * 2 or _MIN_RESTART_DELAY_S)
        self._restart_at = monotonic() + self._restart_delay_s
        self._failure = StatusFile(self._db).read().problem or (
            f"The engine ended unexpectedly (exit status {code}); see {self._log}."
        )
        return False

    def _is_lock_held(self) -> bool:
        try:
            return EngineLock(self._db).is_held()
        except OSError:
            # `ensure` says what is wrong with the file.
            return False

    def _is_lock_free(self) -> bool:
        """Whether an engine could take the lock; makes the lock's file."""
        lock = EngineLock(self._db)
        try:
            self._db.parent.mkdir(parents=True, exist_ok=True)
            is_free = lock.take(wait_s=0)
        except OSError as error:
            raise self._start_error(error) from error
        lock.release()
        return is_free

    def _start(self, *options: str) -> None:
        command = [sys.executable, "-m", "tasveer_tui.jobs.engine.process", "--db", str(self._db)]
        command += ["--log", str(self._log), "--concurrency", str(self._concurrency)]
        command += ["--lease-s", str(self._lease_s), *options]
        command += [] if self._maker_notes else ["--no-maker-notes"]
        environment = dict(os.environ)
        self._started_at = monotonic()
        if self._broker_url:
            command.append("--broker-from-env")
            environment[BROKER_URL_VARIABLE] = self._broker_url
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._rotate_log()
            with self._log.open("ab") as log:
                self._child = subprocess.Popen(  # noqa: S603 - our own program
                    command,
                    stdin=subprocess.PIPE if "--until-idle" not in options else subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    # A Ctrl-C in the terminal is for the program, which then ends the engine.
                    start_new_session=True,
                    bufsize=0,
                )
        except OSError as error:
            raise self._start_error(error) from error
        if self._child.stdin is not None:
            os.set_blocking(self._child.stdin.fileno(), False)

    def _rotate_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > MAX_LOG_BYTES:
            self._log.replace(self._log.with_name(self._log.name + ".1"))

    def _send_command(self, word: bytes) -> None:
        if self._child is None or self._child.stdin is None:
            return
        try:
            self._child.stdin.write(word)
        except OSError:
            # It has just ended, which the next look notes, or has enough words to read.
            return

    def _start_error(self, error: OSError) -> CatalogueReadOnlyError:
        return CatalogueReadOnlyError(
            f"The engine of {self._db} cannot be started: {error}.",
            "Make the folders of the catalogue and of the log writable.",
        )


def _other_broker_text(broker: str) -> str:
    used = f"the broker at {broker}" if broker else "no broker"
    return f"Another program's engine holds this catalogue and uses {used}; it goes first."


def _decode_texts(last_read: tuple[LastRead, ...]) -> tuple[LastRead, ...]:
    """With the texts as they were read."""
    from tasveer_tui.catalogue.storage.text_codec import from_stored

    return tuple(
        replace(
            one,
            key=from_stored(one.key),
            camera=from_stored(one.camera),
            message=from_stored(one.message),
        )
        for one in last_read
    )
