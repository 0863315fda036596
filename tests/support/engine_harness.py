"""A catalogue, an engine and a range server, put together for tests of jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import EngineProcess, supervisor
from tasveer_tui.jobs.status import StatusFile
from tasveer_tui.records import Access, JobSpec, JobState, Source
from tests.support import fast_timing
from tests.support.image_files import jpeg
from tests.support.rabbitmq import die_with_parent
from tests.support.range_server import StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.records import JobView
    from tests.support.range_server import RangeServer

TIMEOUT_S = 60.0
BUCKET = "photos"

WORKER_SCRIPT = """
import os, signal, sys
from tasveer_tui import exif
from tasveer_tui.jobs import run_worker
from tasveer_tui.errors import TasveerError

if os.environ.get("TEST_FAST"):
    from tests.support.fast_timing import shorten_broker_waits
    shorten_broker_waits()

read = exif.read

def deadly(fetch, **rest):
    if fetch.ref.key == os.environ.get("TEST_DEADLY_KEY"):
        os.kill(os.getpid(), signal.SIGKILL)
    return read(fetch, **rest)

exif.read = deadly
try:
    sys.exit(run_worker(os.environ.pop("TEST_BROKER"), concurrency=2, threads=4))
except TasveerError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def wait_for_value(what: Callable[[], Any], timeout_s: float = TIMEOUT_S) -> Any:
    """The first true value; fails after the deadline with the last one."""
    deadline = monotonic() + timeout_s
    while not (value := what()):
        assert monotonic() < deadline, f"still {value!r} after {timeout_s} s"
        sleep(0.01)
    return value


def put_photos(server: RangeServer, count: int, *, prefix: str = "", bucket: str = BUCKET) -> None:
    """`count` photographs, all with the same bytes."""
    photograph = jpeg(make="Canon", model="EOS", iso=400)
    keys = [f"{prefix}{number:05}.jpg" for number in range(count)]
    server.put_many(bucket, keys, StoredObject(photograph, "same"))


class EngineHarness:
    """One catalogue in a folder of its own. Use as a context manager."""

    def __init__(self, folder: Path, server: RangeServer, broker_url: str = "") -> None:
        self.lease_s = 300.0
        self.server = server
        self.db = folder / "catalogue.sqlite"
        self.log = folder / "engine.log"
        self.broker_url = broker_url
        self.catalogue = Catalogue(self.db)
        self.engine = self.handle()
        self.access = Access(endpoint_url=server.url, is_anonymous=True)
        self.source = Source(server.url, BUCKET)
        self._children: list[subprocess.Popen[bytes]] = []

    def handle(self) -> EngineProcess:
        return EngineProcess(
            self.db, self.broker_url, log=self.log, concurrency=8, lease_s=self.lease_s
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        for child in self._children:
            child.kill()
            child.wait()
        with suppress(ProcessLookupError):
            if pid := self.pid():
                os.kill(pid, signal.SIGKILL)
        self.catalogue.close()

    # ------------------------------------------------------------------ jobs

    def add(self, **spec: Any) -> int:
        given: dict[str, Any] = {"source": self.source, "access": self.access, **spec}
        return self.catalogue.add_job(JobSpec(**given))

    def ingest(self, **spec: Any) -> JobView:
        """Add a job and wait until it is final."""
        return self.finish(self.add(**spec))

    def finish(self, job_id: int, timeout_s: float = TIMEOUT_S) -> JobView:
        return self.until(job_id, lambda job: job.state.is_final, timeout_s)

    def until(
        self, job_id: int, test: Callable[[JobView], bool], timeout_s: float = TIMEOUT_S
    ) -> JobView:
        """Keep an engine running until the job is so."""

        def look() -> JobView | None:
            self.engine.ensure_running()
            job = self.catalogue.job(job_id)
            return job if test(job) else None

        try:
            return wait_for_value(look, timeout_s)  # type: ignore[no-any-return]
        except AssertionError:
            sys.stderr.write(f"{self.catalogue.job(job_id)}\n{self.engine.problem()}\n")
            sys.stderr.write(self.log.read_text() if self.log.exists() else "")
            raise

    def run(self, job_id: int, done: int) -> JobView:
        """Wait until the job runs and has this number of results."""
        job = self.until(job_id, lambda job: job.done >= done)
        assert job.state is JobState.RUNNING, job
        return job

    def is_ready(self) -> bool:
        return self.engine.report().is_ready

    def images(self) -> int:
        row = self.catalogue.reader().execute("SELECT count(*) FROM image").fetchone()
        return int(row[0])

    # --------------------------------------------------------------- processes

    def pid(self) -> int:
        return StatusFile(self.db).read().pid

    def kill_engine(self) -> None:
        """SIGKILL; returns when the lock is free."""
        os.kill(wait_for_value(self._live_pid), signal.SIGKILL)
        wait_for_value(lambda: not self.engine.is_running())

    def _live_pid(self) -> int:
        """The pid of an engine that has reported itself; a killed one did so before."""
        self.engine.ensure_running()
        pid = self.pid()
        return pid if pid and Path(f"/proc/{pid}").exists() else 0

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """A distributed worker, which ends with the test."""
        name = f"worker{len(self._children)}.log"
        with (self.db.parent / name).open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-c", WORKER_SCRIPT],
                env={
                    **os.environ,
                    "TEST_BROKER": self.broker_url,
                    "TEST_FAST": "yes" if supervisor.ENGINE == fast_timing.ENGINE else "",
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
            )
        self._children.append(child)
        return child

    def worker_log(self, number: int = 0) -> str:
        return (self.db.parent / f"worker{number}.log").read_text()
