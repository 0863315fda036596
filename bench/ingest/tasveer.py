"""Our way: from a job's dispatch to the last row, embedded or with workers at RabbitMQ.

Cameras' own notes stay unread, as without the extra that reads them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bench.ingest.measurement import (
    CREDENTIALS,
    ROOT,
    Cost,
    Server,
    cpu_s,
    descendants,
    measured,
    wait_until,
)
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import EngineProcess
from tasveer_tui.jobs.status import StatusFile
from tasveer_tui.records import Access, JobSpec, JobView, Source
from tests.support.bulk_bucket import BUCKET
from tests.support.rabbitmq import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.rabbitmq import RabbitMQNode

PROCESSES = 2


def run_tasveer(
    server: Server, url: str, folder: Path, node: RabbitMQNode | None, *, runs: int = 1
) -> list[Cost]:
    """One job over the whole bucket, on an engine (and worker) that is ready; then once more."""
    db, costs = folder / "ours.sqlite", list[Cost]()
    os.environ.update(CREDENTIALS)
    broker = node.fresh_url() if node else ""
    for _ in range(runs):
        with measured(server) as cost, _worker(broker, folder):
            log = folder / "engine.log"
            engine = EngineProcess(db, broker, log=log, concurrency=128, maker_notes=False)
            with closing(Catalogue(db)) as catalogue, closing(engine):
                engine.ensure_running()
                wait_until(partial(_is_ready, engine))
                _ingest(catalogue, engine, url, cost)
                pid = StatusFile(db).read().pid
                cost.parts = {"recorder": cpu_s(pid), "readers": sum(map(cpu_s, descendants(pid)))}
        costs.append(cost)
    for each in folder.glob("ours.sqlite*"):
        each.unlink()
    return costs


def _is_ready(engine: EngineProcess) -> bool:
    return engine.report().is_ready


def _ingest(catalogue: Catalogue, engine: EngineProcess, url: str, cost: Cost) -> JobView:
    spec = JobSpec(source=Source(url, BUCKET), access=Access(endpoint_url=url))
    job_id = catalogue.add_job(spec)
    engine.ensure_running()
    wait_until(lambda: catalogue.job(job_id).state.is_final, 7200, every_s=0.2)
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
        wait_until(lambda: len(descendants(worker.pid)) >= PROCESSES)
        yield
    finally:
        worker.terminate()
        worker.wait(60)
