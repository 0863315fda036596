"""Our way: from a job's dispatch to the last row, embedded or with workers at RabbitMQ.

Cameras' own notes stay unread, as without the extra that reads them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from bench.ingest.measuring import CREDENTIALS, ROOT, Cost, Server, cpu_s, family, measured, until
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import Engine
from tasveer_tui.jobs.status import StatusFile
from tasveer_tui.records import Access, JobSpec, JobView, Source
from tests.parts.bulk import BUCKET
from tests.parts.rabbit import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.rabbit import RabbitNode

PROCESSES = 2


def ours(
    server: Server, url: str, folder: Path, node: RabbitNode | None, *, runs: int = 1
) -> list[Cost]:
    """One job over the whole bucket, on an engine (and worker) that is ready; then once more."""
    db, costs = folder / "ours.sqlite", list[Cost]()
    os.environ.update(CREDENTIALS)
    broker = node.fresh_url() if node else ""
    for _ in range(runs):
        with measured(server) as cost, _worker(broker, folder):
            log = folder / "engine.log"
            engine = Engine(db, broker, log=log, concurrency=128, maker_notes=False)
            with closing(Catalogue(db)) as catalogue, closing(engine):
                engine.ensure()
                until(engine.is_ready)
                _ingest(catalogue, engine, url, cost)
                pid = StatusFile(db).read().pid
                cost.parts = {"recorder": cpu_s(pid), "readers": sum(map(cpu_s, family(pid)))}
        costs.append(cost)
    for each in folder.glob("ours.sqlite*"):
        each.unlink()
    return costs


def _ingest(catalogue: Catalogue, engine: Engine, url: str, cost: Cost) -> JobView:
    spec = JobSpec(source=Source(url, BUCKET), access=Access(endpoint_url=url))
    job_id = catalogue.add_job(spec)
    engine.ensure()
    until(lambda: catalogue.job(job_id).state.is_final, 7200, every_s=0.2)
    job = catalogue.job(job_id)
    cost.seconds = job.finished_at - job.created_at
    assert job.state == "done", (job, engine.problem())
    assert not job.failed, job
    cost.images = job.done
    return job


@contextmanager
def _worker(broker: str, folder: Path) -> Iterator[None]:
    """A worker at the broker, ready to take work; none where there is no broker."""
    if not broker:
        yield
        return
    path = folder / "worker.log"
    command = [sys.executable, "-m", "tasveer_tui", "worker", "--concurrency", str(PROCESSES)]
    with path.open("wb") as log:
        worker = subprocess.Popen(
            command,
            env={
                **os.environ,
                "TASVEER_BROKER": broker,
                "TASVEER_INGEST_MAKER_NOTES": "false",
                "XDG_CONFIG_HOME": str(folder),
            },
            cwd=ROOT,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
        )
    try:
        until(lambda: len(family(worker.pid)) >= PROCESSES)
        yield
    finally:
        worker.terminate()
        worker.wait(60)
