"""A program's handle on the engine process of its catalogue.

Cheap to import: Celery, the S3 client and the catalogue are imported by the other process.
"""

from __future__ import annotations

import os
import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

import msgspec

from tasveer_tui.child_process import ChildProcess
from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.jobs.broker import BROKER_URL_VARIABLE, LEASE_S, LOCKED_EXIT_CODE, broker_address
from tasveer_tui.jobs.status import EngineLock, EngineReport, StatusFile

if TYPE_CHECKING:
    from pathlib import Path

ENGINE: tuple[str, ...] = ("-m", "tasveer_tui.jobs.engine.process")
"""The arguments of Python that run an engine."""

MAX_LOG_BYTES: Final = 5 * 1024 * 1024
"""A larger log is renamed to `.1` before an engine starts."""

SHUTDOWN_TIMEOUT_S: Final = 8.0
"""`close` kills the engine after this time; nothing is lost by that."""

MIN_RESTART_DELAY_S: Final = 1.0
MAX_RESTART_DELAY_S: Final = 30.0


class EngineProcess:
    """Starts the engine if none runs, and ends the one that it started. Thread-safe."""

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
        """Start nothing yet. Without a broker, `concurrency` objects are read at once.

        Work without a reply is submitted again after `lease_s` seconds, if no message waits in the
        queues.
        """
        self._db = db
        self._broker_url = broker_url
        self._log = log
        self._concurrency = concurrency
        self._lease_s = lease_s
        self._maker_notes = maker_notes
        self._lock = threading.RLock()
        self._child: ChildProcess | None = None
        self._failure = ""
        self._restart_delay_s = 0.0
        self._restart_at = 0.0
        self._started_at = 0.0

    def ensure_running(self) -> None:
        """Start an engine if none runs, else wake ours. Call it as often as you like.

        Blocks for some milliseconds. An engine that keeps failing is started less and less often.

        Raises CatalogueReadOnlyError if the lock or the log cannot be created.
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

    def problem(self) -> str:
        """What hinders the engine now, a sentence; empty if nothing does."""
        return self.report().problem

    def report(self) -> EngineReport:
        """How the engine is, what waits and who works. Blocks for under a millisecond."""
        with self._lock:
            is_running = self.is_running()
            report = StatusFile(self._db).read()
            if not is_running:
                is_same = self._failure == report.problem
                return msgspec.structs.replace(
                    report,
                    is_running=False,
                    is_ready=False,
                    problem=self._failure,
                    problem_source=report.problem_source if is_same else "engine",
                    workers=(),
                )
        expected = broker_address(self._broker_url) if self._broker_url else ""
        if report.problem or report.broker == expected or not report.is_ready:
            return msgspec.structs.replace(report, is_running=True)
        return msgspec.structs.replace(
            report,
            is_running=True,
            problem=_other_broker_text(report.broker),
            problem_source="engine",
        )

    def detach(self) -> None:
        """Let the engine finish all jobs without this program."""
        with self._lock:
            if self._is_child_running():
                self._send_command(b"detach\n")
            else:
                self._start("--until-idle")
            if self._child is not None:
                self._child.release()
                self._child = None

    def close(self) -> None:
        """End the engine that this handle started. Blocks for some seconds at most."""
        with self._lock:
            child, self._child = self._child, None
            if child is not None:
                child.end(SHUTDOWN_TIMEOUT_S)

    def _is_child_running(self) -> bool:
        """Whether our engine runs; notes how it ended."""
        child = self._child
        if child is None:
            return False
        code = child.exit_code
        if code is None:
            return True
        self._child = None
        child.kill()
        if code in (0, LOCKED_EXIT_CODE):
            self._failure, self._restart_delay_s = "", 0.0
        else:
            self._back_off()
            self._failure = StatusFile(self._db).read().problem or (
                f"The engine ended unexpectedly (exit status {code}); see {self._log}."
            )
        return False

    def _back_off(self) -> None:
        has_worked = monotonic() - self._started_at > MAX_RESTART_DELAY_S
        last_delay_s = 0.0 if has_worked else self._restart_delay_s
        self._restart_delay_s = min(MAX_RESTART_DELAY_S, last_delay_s * 2 or MIN_RESTART_DELAY_S)
        self._restart_at = monotonic() + self._restart_delay_s

    def _is_lock_held(self) -> bool:
        try:
            return EngineLock(self._db).is_held()
        except OSError:
            # `ensure_running` reports what is wrong with the file.
            return False

    def _is_lock_free(self) -> bool:
        """Whether an engine could take the lock; creates the lock's file."""
        lock = EngineLock(self._db)
        try:
            self._db.parent.mkdir(parents=True, exist_ok=True)
            is_free = lock.take(wait_s=0)
        except OSError as error:
            raise self._start_error(error) from error
        lock.release()
        return is_free

    def _start(self, *options: str) -> None:
        arguments = [*ENGINE, "--db", str(self._db)]
        arguments += ["--log", str(self._log), "--concurrency", str(self._concurrency)]
        arguments += ["--lease-s", str(self._lease_s), *options]
        arguments += [] if self._maker_notes else ["--no-maker-notes"]
        environment = dict(os.environ)
        self._started_at = monotonic()
        if self._broker_url:
            arguments.append("--broker-from-env")
            environment[BROKER_URL_VARIABLE] = self._broker_url
        has_input = "--until-idle" not in options
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._rotate_log()
            with self._log.open("ab") as log:
                self._child = ChildProcess(
                    arguments, has_input=has_input, output=log, errors=log, environment=environment
                )
        except OSError as error:
            raise self._start_error(error) from error
        if has_input:
            os.set_blocking(self._child.input_fd, False)

    def _rotate_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > MAX_LOG_BYTES:
            self._log.replace(self._log.with_name(self._log.name + ".1"))

    def _send_command(self, line: bytes) -> None:
        # An engine that cannot be written to has just ended, or has enough commands to read.
        if self._child is not None:
            self._child.write(line)

    def _start_error(self, error: OSError) -> CatalogueReadOnlyError:
        return CatalogueReadOnlyError(
            f"The engine of {self._db} cannot be started: {error}.",
            "Make the folders of the catalogue and of the log writable.",
        )


def _other_broker_text(broker: str) -> str:
    used = f"the broker at {broker}" if broker else "no broker"
    return f"The engine of another program holds this catalogue and uses {used}; it goes first."
