from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.records import Access, JobSpec, JobState, Outcome, Record
from tests.support.catalogue_factory import (
    SOURCE,
    fill,
    key_of,
    read_all,
    record_listing,
    record_of,
    ref_of,
)
from tests.support.catalogue_writer import COMPLETE_BATCHES, JOBS, OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue import Recorder

ROOT = Path(__file__).parents[2]


@contextmanager
def writer(path: Path, task: str) -> Iterator[subprocess.Popen[str]]:
    """The program of tests/support/catalogue_writer.py, killed at the end."""
    command = [sys.executable, "-m", "tests.support.catalogue_writer", str(path), task]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        try:
            yield program
        finally:
            program.kill()


def lines(program: subprocess.Popen[str], count: int) -> None:
    """Wait until the program has printed this number of lines."""
    assert program.stdout is not None
    for _ in range(count):
        assert program.stdout.readline()


@pytest.mark.parametrize("batches", [1, 5])
def test_a_killed_writer_leaves_whole_batches_and_right_counts(
    tmp_path: Path, batches: int
) -> None:
    path = tmp_path / "c.sqlite"
    with writer(path, "images") as program:
        lines(program, batches)
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    with closing(Catalogue(path)) as catalogue:
        assert catalogue.check() == []
        job = catalogue.jobs()[0]
        assert job.done % 100 == 0
        assert batches * 100 <= job.done < job.total


def test_a_killed_writers_open_transaction_is_rolled_back(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with writer(path, "stuck") as program:
        lines(program, COMPLETE_BATCHES + 1)
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    with closing(Catalogue(path)) as catalogue:
        assert catalogue.check() == []
        assert catalogue.jobs()[0].done == COMPLETE_BATCHES * 100
        recorder = catalogue.recorder()
        assert recorder.outstanding(1) == 100
        recorder.recover(was_clean=False)
        read_all(recorder, 1, lambda _: Record(Outcome.OK), size=1000)
        recorder.finish(1)
        job = catalogue.job(1)
        assert (job.done, job.total, job.state) == (OBJECTS, OBJECTS, JobState.DONE)
        assert catalogue.check() == []


def test_the_next_engine_reads_on_where_a_killed_one_stood(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with writer(path, "images") as program:
        lines(program, 2)
    with closing(Catalogue(path)) as catalogue:
        recorder = catalogue.recorder()
        recorder.recover(was_clean=False)
        (job,) = recorder.active_jobs()
        seen = 0
        while batch := recorder.lease_batch(job.id, lease_s=60, max_objects=1000, max_bytes=0):
            seen += len(batch.objects)
        assert seen == job.left == job.total - job.done


def test_other_processes_write_job_commands_while_images_are_written(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with closing(Catalogue(path)) as catalogue:
        with writer(path, "commands") as one, writer(path, "commands") as two:
            lines(one, 1)
            lines(two, 1)
            fill(catalogue, 1_000)
            recorder = catalogue.recorder()
            while one.poll() is None or two.poll() is None:
                recorder.active_jobs()
            assert one.returncode == two.returncode == 0
        assert recorder.active_jobs() == ()
        states = [job.state for job in catalogue.jobs(limit=1_000)]
        assert states.count(JobState.CANCELLED) == 2 * JOBS
        assert states.count(JobState.DONE) == 1
        assert catalogue.check() == []


def test_a_disk_that_fills_up_loses_only_the_batch_at_hand(tmp_path: Path) -> None:
    with closing(Catalogue(tmp_path / "c.sqlite")) as catalogue:
        fill(catalogue, 100)
        recorder = catalogue.recorder()
        pages = recorder._connection.execute("PRAGMA page_count").fetchone()[0]
        recorder._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(CatalogueReadOnlyError, match="disk is full"):
            _fill_through(catalogue, recorder, 1_000)
        recorder._connection.execute(f"PRAGMA max_page_count = {pages * 100}")
        assert catalogue.check() == []
        _fill_through(catalogue, recorder, 1_000)
        assert catalogue.sources()[0].images == 1_000
        assert catalogue.check() == []


def _fill_through(catalogue: Catalogue, recorder: Recorder, count: int) -> None:
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), force=True))
    record_listing(recorder, job_id, [ref_of(index) for index in range(count)])
    index_of = {key_of(index): index for index in range(count)}
    read_all(recorder, job_id, lambda ref: record_of(index_of[ref.key]))
