"""A disk that is full, and one that has become read-only, below a running job."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.records import JobState
from tests.support.engine_harness import EngineHarness, put_photos, wait_for_value
from tests.support.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer

COUNT = 1_500
SIZE_KIB = 700


class Disk:
    """A file system of its own, of a bounded size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "tasveer-test", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = Disk(folder)
    if not made.mount(f"size={SIZE_KIB}k"):
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield made
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def engine_harness(
    disk: Disk, tmp_path: Path, range_server: RangeServer
) -> Iterator[EngineHarness]:
    with EngineHarness(disk.folder, range_server) as made:
        # The log has room whatever becomes of the catalogue.
        made.log = tmp_path / "engine.log"
        made.engine = made.handle()
        put_photos(range_server, COUNT)
        yield made


def fast_program(engine_harness: EngineHarness, folder: Path) -> Program:
    extra = {"TASVEER_DB": str(engine_harness.db)}
    return Program(folder, engine_harness.server.url, extra, is_fast=True)


def test_a_full_disk_stops_the_job_and_free_space_resumes_it(
    engine_harness: EngineHarness, disk: Disk
) -> None:
    job_id = engine_harness.add()
    engine_harness.engine.ensure_running()

    assert "disk is full" in wait_for_value(engine_harness.engine.problem)
    report = engine_harness.engine.report()
    assert report.problem_source in {"catalogue", "ledger"}
    assert engine_harness.catalogue.job(job_id).state is JobState.RUNNING

    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    job = engine_harness.finish(job_id, 100)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, COUNT, 0)
    assert engine_harness.images() == COUNT
    assert engine_harness.catalogue.check() == []
    wait_for_value(lambda: not engine_harness.engine.problem())


def test_a_read_only_disk_is_reported_and_the_job_resumes_later(
    engine_harness: EngineHarness, disk: Disk, tmp_path: Path
) -> None:
    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    program = Program(
        tmp_path, engine_harness.server.url, {"TASVEER_DB": str(engine_harness.db)}, is_fast=True
    )
    engine_harness.server.latency_s = 0.05
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)
    engine_harness.engine.close()
    engine_harness.catalogue.close()

    assert disk.mount("remount,ro")
    stopped = program.run("jobs", "resume", str(job_id), code=6)
    assert "Read-only file system" in stopped.stderr

    assert disk.mount("remount,rw")
    engine_harness.server.latency_s = 0.0
    done = program.run("jobs", "resume", str(job_id))
    assert f"with metadata {COUNT:,}" in done.stderr


def test_the_command_line_ends_with_the_sentence_and_its_code(
    engine_harness: EngineHarness, disk: Disk, tmp_path: Path
) -> None:
    program = Program(
        tmp_path, engine_harness.server.url, {"TASVEER_DB": str(engine_harness.db)}, is_fast=True
    )

    stopped = program.run("ingest", "s3://photos", "--no-sign-request", code=6)
    assert "disk is full" in stopped.stderr
    assert "jobs resume 1" in stopped.stderr

    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    done = program.run("jobs", "resume", "1")
    assert f"with metadata {COUNT:,}" in done.stderr
