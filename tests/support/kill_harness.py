"""A job whose parties are killed at random moments, and what must hold afterwards.

Every party is a process of its own: the S3 server too. `python -m tests.support.kill_harness PORT
COUNT LATENCY_S` is that server.
"""

from __future__ import annotations

import os
import pty
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self, cast

from tasveer_tui.records import JobState, Outcome
from tests.support.engine_harness import BUCKET, EngineHarness, wait_for_value
from tests.support.image_files import jpeg, plain_jpeg
from tests.support.program import Program
from tests.support.rabbitmq import die_with_parent, free_port
from tests.support.range_server import RangeServer, StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.rabbitmq import RabbitMQNode

EMBEDDED_VICTIMS = ("engine", "reader", "cli", "tui", "s3")
RABBITMQ_VICTIMS = ("engine", "worker", "pool", "cli", "tui", "s3", "broker")
"""Who can be killed, without a broker and with one."""

ROOT = Path(__file__).parents[2]
SETTLE_TIMEOUT_S = 300.0

OUTCOME_BY_REMAINDER = {0: Outcome.NO_METADATA, 1: Outcome.UNSUPPORTED, 2: Outcome.EMPTY}
"""By the object's number modulo 20; the others are photographs."""


def key_of(number: int) -> str:
    return f"{number // 100:04}/{number:06}.jpg"


def outcome_of(key: str) -> Outcome:
    return OUTCOME_BY_REMAINDER.get(int(key[-10:-4]) % 20, Outcome.OK)


def serve(port: int, count: int, latency_s: float) -> None:
    """Serve `count` objects until this process is killed."""
    data = {
        Outcome.OK: jpeg(make="Canon", model="EOS", iso=400),
        Outcome.NO_METADATA: plain_jpeg(),
        Outcome.UNSUPPORTED: b"no image at all, whatever its name says",
        Outcome.EMPTY: b"",
    }
    server = RangeServer(latency_s=latency_s, port=port)
    for outcome, content in data.items():
        keys = [key for key in map(key_of, range(count)) if outcome_of(key) is outcome]
        server.put_many(BUCKET, keys, StoredObject(content, outcome.value))
    # Not before everything is there: a client would take it for gone.
    with server:
        threading.Event().wait()


class LoggedProcess:
    """A process that ends with this one, and what it says in a file."""

    def __init__(self, command: list[str], log: Path, **environment: str) -> None:
        self._command = command
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, terminal: int | None = None) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=log if terminal is None else terminal,
                stderr=log if terminal is None else terminal,
                env={**os.environ, **self._environment},
                cwd=ROOT,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
            )

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class TerminalProcess(LoggedProcess):
    """The program on a terminal that nobody looks at."""

    def start(self, terminal: int | None = None) -> None:
        del terminal
        ours, theirs = pty.openpty()
        super().start(theirs)
        os.close(theirs)
        threading.Thread(target=self._drain, args=(ours,), daemon=True).start()

    def _drain(self, fd: int) -> None:
        with suppress(OSError):
            while os.read(fd, 65_536):
                pass
        os.close(fd)


class _ServerAddress:
    """What a site needs to know of its server."""

    def __init__(self, url: str) -> None:
        self.url = url


class KillHarness(EngineHarness):
    """One job over `count` objects, and one kind of party that dies. A context manager."""

    def __init__(
        self,
        folder: Path,
        victim: str,
        node: RabbitMQNode | None = None,
        *,
        count: int,
        latency_s: float = 0.03,
    ) -> None:
        self.victim = victim
        self.count = count
        self.node = node
        self.port = free_port()
        address = cast("Any", _ServerAddress(f"http://127.0.0.1:{self.port}"))
        super().__init__(folder, address, node.fresh_url() if node else "")
        command = [sys.executable, "-m", "tests.support.kill_harness"]
        self.s3 = LoggedProcess(
            [*command, str(self.port), str(count), str(latency_s)], folder / "s3.log"
        )
        self.program: LoggedProcess | None = None
        self.job_id = 0
        self.kills = 0

    def __enter__(self) -> Self:
        self.s3.start()
        if self.node is not None:
            self.workers = [self.worker(), self.worker()]
        return self

    def __exit__(self, *details: object) -> None:
        if self.program is not None:
            self.program.kill()
        super().__exit__(*details)
        self.s3.kill()

    # ---------------------------------------------------------------- the job

    def begin(self) -> None:
        """Add the job, and start its processes."""
        self.job_id = self.add(force=True)
        self.keep()

    def keep(self) -> None:
        """See that everybody who should be there is."""
        if self.victim not in {"cli", "tui"}:
            self.engine.ensure_running()
        elif self.program is None or not self.program.is_alive:
            self.program = self._program()
            self.program.start()

    def _program(self) -> LoggedProcess:
        program = Program(self.db.parent, self.server.url)
        environment = program.environment() | {"TASVEER_S3_NO_SIGN_REQUEST": "true"}
        environment |= {"TERM": "xterm-256color", "TASVEER_BROKER": self.broker_url}
        if self.victim == "tui":
            command = program.command("open", f"s3://{BUCKET}")
            return TerminalProcess(command, self.db.parent / "tui.log", **environment)
        command = program.command("jobs", "resume", str(self.job_id))
        return LoggedProcess(command, self.db.parent / "cli.log", **environment)

    def wait(self, what: Callable[[], Any], timeout_s: float = SETTLE_TIMEOUT_S) -> None:
        """Until this is true, while everybody is kept alive."""

        def look() -> bool:
            self.keep()
            return bool(what())

        wait_for_value(look, timeout_s)

    # --------------------------------------------------------------- the kills

    def kill(self) -> None:
        """SIGKILL for the victim; it comes back, as its supervisor or its user would see to."""
        self.kills += 1
        getattr(self, f"_kill_{self.victim}")()

    def kill_at_random(self, kills: int, *, longest_s: float = 2.0) -> None:
        """Kill at random moments of the job; further jobs follow if it ends first."""
        for _ in range(kills):
            self._kill_once(longest_s)

    def _kill_once(self, longest_s: float) -> None:
        before = self.job.done
        # What was killed last has come back and works again.
        self.wait(lambda: self.job.done > before or self.job.state.is_final)
        end = monotonic() + random.uniform(0.0, longest_s)
        self.wait(lambda: monotonic() >= end or self.job.state.is_final)
        if self.job.state.is_final:
            self.check()
            self.begin()
        self.kill()

    @property
    def job(self) -> Any:
        return self.catalogue.job(self.job_id)

    def _kill_engine(self) -> None:
        with suppress(ProcessLookupError):
            if pid := self.pid():
                os.kill(pid, signal.SIGKILL)

    def _kill_program(self) -> None:
        assert self.program is not None
        self.program.kill()

    _kill_cli = _kill_tui = _kill_program

    def _kill_s3(self) -> None:
        self.s3.kill()
        sleep(random.uniform(0.0, 1.0))
        self.s3.start()

    def _kill_worker(self) -> None:
        number = random.randrange(len(self.workers))
        self.workers[number].kill()
        self.workers[number].wait()
        self.workers[number] = self.worker()

    def _kill_pool(self) -> None:
        _kill_random_child(random.choice(self.workers).pid)

    def _kill_reader(self) -> None:
        _kill_random_child(self.pid())

    def _kill_broker(self) -> None:
        assert self.node is not None
        self.node.kill()
        sleep(random.uniform(0.0, 1.0))
        self.node.restart()

    # -------------------------------------------------------------- afterwards

    def check(self) -> None:
        """Every object exactly once, in its right class; fails with what is not so."""
        self.wait(lambda: self.job.state.is_final)
        job = self.job
        assert job.state is JobState.DONE, job
        assert job.total == job.done == job.listed == self.count, job
        expected = {key: outcome_of(key) for key in map(key_of, range(self.count))}
        left = "SELECT count(*) FROM ledger WHERE job_id = ? AND state <> 3"
        assert self.catalogue.reader().execute(left, (self.job_id,)).fetchone() == (0,)
        self._compare(expected, "SELECT o.key, i.outcome FROM image i JOIN object o USING (id)")
        counts = [
            list(expected.values()).count(outcome)
            for outcome in (Outcome.OK, *OUTCOME_BY_REMAINDER.values())
        ]
        assert [job.ok, job.noexif, job.notimage, job.failed] == counts, job
        assert self.catalogue.check() == []

    def _compare(self, expected: dict[str, Outcome], query: str) -> None:
        rows = self.catalogue.reader().execute(query).fetchall()
        found = {key: Outcome(outcome) for key, outcome in rows}
        wrong = {key: found.get(key) for key in expected if found.get(key) is not expected[key]}
        assert len(rows) == len(found) == len(expected), (len(rows), len(found), len(expected))
        assert not wrong, f"{len(wrong)} wrong, such as {dict(list(wrong.items())[:5])}"


def _kill_random_child(pid: int) -> None:
    """SIGKILL for one of the processes that this one has started."""
    with suppress(OSError, IndexError):
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(random.choice(listed)), signal.SIGKILL)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
