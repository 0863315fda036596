"""A disk that is full, and one that has become read-only, below a running job."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.records import JobState
from tests.parts.program import Program
from tests.parts.sites import Site, eventually, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.rangeserver import RangeServer

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
def site(disk: Disk, tmp_path: Path, range_server: RangeServer) -> Iterator[Site]:
    with Site(disk.folder, range_server) as made:
        # The log has room whatever becomes of the catalogue.
        made.log = tmp_path / "engine.log"
        made.engine = made.handle()
        fill(range_server, COUNT)
        yield made


def test_a_full_disk_stops_the_job_with_a_sentence_and_space_lets_it_go_on(
    site: Site, disk: Disk
) -> None:
    job_id = site.add()
    site.engine.ensure()

    assert "disk is full" in eventually(site.engine.problem)
    report = site.engine.report()
    assert report.problem_source in {"catalogue", "ledger"}
    assert site.catalogue.job(job_id).state is JobState.RUNNING

    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    job = site.finish(job_id, 100)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, COUNT, 0)
    assert site.images() == COUNT
    assert site.catalogue.check() == []
    eventually(lambda: not site.engine.problem())


def test_a_disk_that_has_become_read_only_is_told_and_later_the_job_goes_on(
    site: Site, disk: Disk, tmp_path: Path
) -> None:
    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    program = Program(tmp_path, site.server.url, {"TASVEER_DB": str(site.db)})
    site.server.latency_s = 0.05
    job_id = site.add()
    site.run(job_id, 50)
    site.engine.close()
    site.catalogue.close()

    assert disk.mount("remount,ro")
    stopped = program.run("jobs", "resume", str(job_id), code=6)
    assert "Read-only file system" in stopped.stderr

    assert disk.mount("remount,rw")
    site.server.latency_s = 0.0
    done = program.run("jobs", "resume", str(job_id))
    assert f"with metadata {COUNT:,}" in done.stderr


def test_the_command_line_ends_with_the_sentence_and_its_code(
    site: Site, disk: Disk, tmp_path: Path
) -> None:
    program = Program(tmp_path, site.server.url, {"TASVEER_DB": str(site.db)})

    stopped = program.run("ingest", "s3://photos", "--no-sign-request", code=6)
    assert "disk is full" in stopped.stderr
    assert "jobs resume 1" in stopped.stderr

    assert disk.mount(f"remount,size={20 * SIZE_KIB}k")
    done = program.run("jobs", "resume", "1")
    assert f"with metadata {COUNT:,}" in done.stderr
