"""A large bucket listed and compared with the catalogue: all keys new, then all unchanged.

    bin/bench listing [--keys 1000000] [--latency-ms 30]

The engine's own scan task and recorder, in one process and without the queue between them, against
a server of its own process. Between the two runs every object gets a row as if it had been read.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.ingest.measurement import CREDENTIALS, Server, cpu_s, peak_mb
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs.engine.dispatcher import MAX_PAGES_PER_SCAN
from tasveer_tui.jobs.engine.reply_handler import ReplyHandler
from tasveer_tui.jobs.protocol import ScanTask
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import Access, BatchResult, JobSpec, ObjectResult, Outcome, Record, Source
from tests.support.bulk_bucket import BUCKET

if TYPE_CHECKING:
    from tasveer_tui.catalogue import Recorder

LEASE_S = 3600.0
ROWS_PER_INSERT = 10_000


def run_listing(catalogue: Catalogue, recorder: Recorder, url: str) -> int:
    """A job's whole listing; its number."""
    access = Access(endpoint_url=url)
    job_id = catalogue.add_job(JobSpec(source=Source(url, BUCKET), access=access))
    resources = WorkerResources(8)
    handler = ReplyHandler(recorder, on_record=lambda: None, on_error=lambda _: None)
    context = TaskContext("bench", handler.handle)
    while leases := recorder.lease_scans(job_id, lease_s=LEASE_S, limit=1):
        task = ScanTask(access, BUCKET, leases[0], max_pages=MAX_PAGES_PER_SCAN)
        run_scan(task, context, resources)
    resources.close()
    return job_id


def insert_image_rows(path: Path, recorder: Recorder, job_id: int) -> None:
    """Rows for all objects, made after that of one that is recorded as any is."""
    batch = recorder.lease_batch(job_id, lease_s=LEASE_S, max_objects=1, max_bytes=0)
    assert batch is not None
    (leased,) = batch.objects
    record = Record(Outcome.NO_METADATA, "jpeg", etag=leased.ref.etag)
    results = (ObjectResult(leased.object_id, record),)
    recorder.record_batch(BatchResult(job_id, batch.batch_id, results))
    connection = sqlite3.connect(path, isolation_level=None)
    table = "image" if _is_table(connection, "image") else "images"
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    of_object = {"id", "source_id", "size_bytes", "etag", "modified_at"}
    columns = ", ".join(f"o.{name}" if name in of_object else f"i.{name}" for name in names)
    (last,) = connection.execute("SELECT max(id) FROM object").fetchone()
    for first in range(1, last + 1, ROWS_PER_INSERT):
        connection.execute(
            f"""INSERT INTO {table} ({", ".join(names)}) SELECT {columns}
                FROM object o JOIN {table} i ON i.id = ?
                WHERE o.id <> i.id AND o.id >= ? AND o.id < ?""",
            (leased.object_id, first, first + ROWS_PER_INSERT),
        )
    connection.close()


def _is_table(connection: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(sql, (name,)).fetchone() is not None


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench listing", description=__doc__)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--latency-ms", type=float, default=30.0)
    given = parser.parse_args()
    os.environ.update(CREDENTIALS)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Server(given.keys, [given.latency_ms]) as server,
        closing(Catalogue(path := Path(folder) / "catalogue.sqlite")) as catalogue,
    ):
        recorder, url = catalogue.recorder(), server.url(given.latency_ms)
        for name in ("new", "unchanged"):
            server.counts()
            started, spent, served = time.monotonic(), time.process_time(), cpu_s(server.pid)
            job = catalogue.job(run_listing(catalogue, recorder, url))
            seconds, per = time.monotonic() - started, 1e6 / job.listed
            requests, _ = server.counts()
            print(
                f"{name:10} {job.listed:,} listed, {job.unchanged:,} unchanged, {job.total:,} to"
                f" read: {seconds:.1f} s, {job.listed / seconds:,.0f} keys/s,"
                f" {(time.process_time() - spent) * per:.1f} µs CPU a key"
                f" (server {(cpu_s(server.pid) - served) * per:.1f}), {requests:,} requests,"
                f" {peak_mb(os.getpid()):.0f} MB at most (server {peak_mb(server.pid):.0f})",
                flush=True,
            )
            if name == "new":
                insert_image_rows(path, recorder, job.id)


if __name__ == "__main__":
    main()
