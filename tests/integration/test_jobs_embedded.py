"""Whole jobs through the embedded engine: real processes, real SQLite, real HTTP."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs import Engine
from tasveer_tui.jobs.broker import LOCKED_EXIT
from tasveer_tui.jobs.status import Lock
from tasveer_tui.records import JobState, Outcome, Source
from tests.parts.images import plain_jpeg
from tests.parts.sites import BUCKET, Site, eventually, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.rangeserver import RangeServer


@pytest.fixture
def site(tmp_path: Path, range_server: RangeServer) -> Iterator[Site]:
    with Site(tmp_path, range_server) as made:
        yield made


def test_every_object_of_a_job_is_read_and_counted(site: Site) -> None:
    fill(site.server, 500, prefix="raw/")
    site.server.put(BUCKET, "plain.jpg", plain_jpeg())
    site.server.put(BUCKET, "text.jpg", b"no image at all, whatever its name says")
    site.server.put(BUCKET, "empty.jpg", b"")
    site.server.put(BUCKET, "notes.txt", b"not wanted")

    job = site.ingest()

    assert (job.state, job.is_scanned, job.error) == (JobState.DONE, True, "")
    assert (job.listed, job.filtered, job.total) == (504, 1, 503)
    assert (job.ok, job.noexif, job.notimage, job.failed) == (500, 1, 1, 1)
    assert (job.left, site.images()) == (0, 503)
    assert job.requests == site.server.counts["GetObject"]
    assert 0 < job.bytes_read < site.server.body_bytes


def test_a_listing_of_many_pages_is_read_whole(site: Site) -> None:
    fill(site.server, 2_500)

    job = site.ingest()

    assert (job.listed, job.ok) == (2_500, 2_500)
    assert site.server.counts["ListObjectsV2"] == 3


def test_a_long_listing_is_cut_into_pieces_and_survives_kills(site: Site) -> None:
    for number in range(4_000):
        site.server.put(BUCKET, f"{number:05}.txt", b"-")
    fill(site.server, 40, prefix="9")
    site.server.buckets[BUCKET].most_keys = 25
    site.server.latency_s = 0.003
    job_id = site.add()
    for listed in (800, 2_400):
        site.until(job_id, lambda job, least=listed: job.listed >= least)
        site.kill_engine()

    job = site.finish(job_id)

    assert (job.listed, job.filtered, job.total, job.ok) == (4_040, 4_000, 40, 40)
    with closing(sqlite3.connect(site.db)) as connection:
        ((pieces,),) = connection.execute("SELECT count(*) FROM scan")
    assert pieces > 1


def test_readers_are_tuned_while_they_run_and_the_log_tells_of_jobs(site: Site) -> None:
    fill(site.server, 30)
    site.catalogue.tune(3)

    site.ingest()

    (beat,) = eventually(lambda: site.engine.report().workers)
    assert beat.threads == 3
    site.catalogue.tune(0)
    eventually(lambda: site.engine.report().workers[0].threads == 8)
    eventually(lambda: "Job 1 is done after" in site.log.read_text())
    log = site.log.read_text()
    assert "Job 1 is done" in log
    assert "30 read, 0 failed" in log
    assert "Worker embedded-" in log


def test_a_single_key_is_read_alone(site: Site) -> None:
    fill(site.server, 3)

    job = site.ingest(prefixes=(), keys=("00001.jpg",))

    assert (job.state, job.total, job.ok) == (JobState.DONE, 1, 1)


def test_a_killed_engine_loses_nothing_and_counts_nothing_twice(site: Site) -> None:
    fill(site.server, 400)
    site.server.latency_s = 0.02
    job_id = site.add()
    for done in (50, 150):
        site.run(job_id, done)
        site.kill_engine()

    job = site.finish(job_id)

    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, 400, 400, 0)
    assert site.images() == 400


def test_an_engine_that_is_closed_in_the_middle_goes_on_later(site: Site) -> None:
    fill(site.server, 300)
    site.server.latency_s = 0.02
    job_id = site.add()
    site.run(job_id, 50)
    site.engine.close()
    assert not site.engine.is_running()

    # Before they are read again: what went well leaves the ledger.
    site.server.latency_s = 1.0
    site.engine.ensure()
    leased = "SELECT count(*), max(attempts) FROM ledger WHERE state = 1"
    _, attempts = eventually(lambda: _some(site.catalogue.reader().execute(leased).fetchone()))
    assert attempts == 0
    site.server.latency_s = 0.0
    job = site.finish(job_id)

    assert (job.state, job.ok) == (JobState.DONE, 300)


def _some(row: tuple[int, int]) -> tuple[int, int] | None:
    return row if row[0] else None


def test_a_paused_job_stands_still_until_it_is_resumed(site: Site) -> None:
    fill(site.server, 400)
    site.server.latency_s = 0.02
    job_id = site.add()
    site.run(job_id, 30)

    site.catalogue.pause(job_id)
    site.until(job_id, lambda job: job.state is JobState.PAUSED)
    eventually(lambda: site.server.in_flight == 0)
    held = site.catalogue.job(job_id)
    assert 30 <= held.done < 400

    site.catalogue.resume(job_id)
    job = site.finish(job_id)
    assert (job.state, job.ok) == (JobState.DONE, 400)


def test_a_cancelled_job_ends_and_another_one_runs(site: Site) -> None:
    fill(site.server, 400)
    site.server.latency_s = 0.02
    job_id = site.add()
    site.run(job_id, 30)

    site.catalogue.cancel(job_id)
    job = site.finish(job_id)

    assert job.state is JobState.CANCELLED
    assert job.done < 400
    assert site.ingest(prefixes=("0000",)).state is JobState.DONE


def test_two_jobs_share_the_engine(site: Site) -> None:
    fill(site.server, 300, prefix="a/")
    fill(site.server, 300, prefix="b/")
    first, second = site.add(prefixes=("a/",)), site.add(prefixes=("b/",))

    jobs = [site.finish(first), site.finish(second)]

    assert [job.ok for job in jobs] == [300, 300]


def test_unchanged_objects_are_not_read_again(site: Site) -> None:
    fill(site.server, 120)
    site.ingest()
    site.server.put(BUCKET, "00007.jpg", plain_jpeg(), etag="other")
    site.server.reset_counts()

    job = site.ingest()

    assert (job.listed, job.unchanged, job.total, job.noexif) == (120, 119, 1, 1)
    assert site.server.counts["GetObject"] == job.requests == 1
    assert site.ingest(force=True).total == 120


def test_failures_are_classed_and_read_again_once_the_fault_is_gone(site: Site) -> None:
    fill(site.server, 60)
    server = site.server
    server.fail("error", op="GetObject", key="0000[0-4]", status=403, code="AccessDenied")
    server.fail("vanish", op="GetObject", key="0001[0-2]")
    server.fail("error", op="GetObject", key="00020", status=412, code="PreconditionFailed")

    job_id = site.ingest().id

    groups = {group.outcome: group for group in site.catalogue.failure_groups(job_id)}
    assert {outcome: group.count for outcome, group in groups.items()} == {
        Outcome.DENIED: 5,
        Outcome.GONE: 3,
        Outcome.CHANGED: 1,
    }
    assert "00004.jpg" >= groups[Outcome.DENIED].example_key >= "00000.jpg"
    assert groups[Outcome.DENIED].example_message

    server.rules.clear()
    assert site.catalogue.retry(job_id, outcome=Outcome.DENIED) == 5
    job = site.finish(job_id)
    assert (job.ok, job.failed) == (56, 4)

    assert site.catalogue.retry(job_id) == 4
    job = site.finish(job_id)
    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, 60, 60, 0)


def test_a_short_fault_is_outlasted(site: Site) -> None:
    fill(site.server, 60)
    site.server.fail("error", op="ListObjectsV2", times=1, status=503, code="SlowDown")
    # Each of ten objects meets one refusal and one reset: fewer than an object is tried.
    for digit in range(10):
        key = rf"{digit}\.jpg$"
        site.server.fail("error", op="GetObject", key=key, times=1, status=503, code="SlowDown")
        site.server.fail("reset", op="GetObject", key=key, times=1)

    job = site.ingest()

    assert (job.state, job.ok, job.failed) == (JobState.DONE, 60, 0)
    assert site.server.counts["GetObject"] >= 60 + 20


def test_an_unknown_bucket_fails_the_job_with_a_sentence(site: Site) -> None:
    fill(site.server, 1)

    job = site.ingest(source=Source(site.server.url, "no-such-bucket"))

    assert job.state is JobState.FAILED
    assert "no-such-bucket" in job.error


def test_a_denied_listing_fails_the_job_with_a_sentence(site: Site) -> None:
    fill(site.server, 1)
    site.server.fail("error", op="ListObjectsV2", status=403, code="AccessDenied")

    job = site.ingest()

    assert job.state is JobState.FAILED
    assert job.error


def test_credentials_that_run_out_stop_the_job_and_blame_no_object(site: Site) -> None:
    fill(site.server, 300)
    rule = site.server.fail("error", op="GetObject", skip=150, status=400, code="ExpiredToken")
    job_id = site.add()

    job = site.finish(job_id)
    assert (job.state, job.failed) == (JobState.FAILED, 0)
    assert "expired" in job.error.lower()

    site.server.rules.remove(rule)
    site.catalogue.resume(job_id)
    job = site.finish(job_id)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, 300, 0)


def test_a_second_engine_refuses_quietly(site: Site) -> None:
    site.engine.ensure()
    eventually(site.engine.is_ready)

    command = [sys.executable, "-m", "tasveer_tui.jobs.engine", "--db", str(site.db)]
    second = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    assert second.returncode == LOCKED_EXIT
    other = site.handle()
    other.ensure()
    assert other.is_running()
    other.close()
    assert site.engine.is_running()


PARENT = """
import sys, pathlib
from tasveer_tui.jobs import Engine
engine = Engine(pathlib.Path(sys.argv[1]), log=pathlib.Path(sys.argv[2]))
engine.ensure()
print(flush=True)
sys.stdin.read()
"""


def test_an_engine_ends_with_the_program_that_started_it_even_if_that_is_killed(
    site: Site,
) -> None:
    command = [sys.executable, "-c", PARENT, str(site.db), str(site.log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        eventually(site.engine.is_ready)
        parent.kill()

    eventually(lambda: not Lock(site.db).is_held())
    assert "Traceback" not in site.log.read_text()


def test_an_engine_that_is_left_alone_finishes_the_job_and_ends(site: Site) -> None:
    fill(site.server, 200)
    site.server.latency_s = 0.02
    job_id = site.add()
    site.engine.ensure()
    site.engine.detach()
    site.engine.close()

    eventually(lambda: site.catalogue.job(job_id).state.is_final)
    assert site.catalogue.job(job_id).ok == 200
    eventually(lambda: not site.engine.is_running())


def test_work_left_to_another_programs_engine_is_finished_when_that_one_goes(site: Site) -> None:
    fill(site.server, 200)
    site.server.latency_s = 0.02
    site.engine.ensure()
    eventually(site.engine.is_ready)
    job_id = site.add()
    other = site.handle()
    other.detach()
    site.engine.close()

    eventually(lambda: site.catalogue.job(job_id).state.is_final)
    eventually(lambda: not site.engine.is_running())


def test_sigterm_ends_an_engine_in_order(site: Site) -> None:
    site.engine.ensure()
    eventually(site.engine.is_ready)

    os.kill(site.pid(), signal.SIGTERM)

    eventually(lambda: not site.engine.is_running())
    assert site.engine.problem() == ""


def test_an_engine_that_cannot_start_says_why_and_is_not_started_in_a_loop(
    tmp_path: Path, range_server: RangeServer
) -> None:
    db = tmp_path / "notes.sqlite"
    db.write_bytes(b"these are somebody's notes, not a database" * 100)
    engine = Engine(db, log=tmp_path / "engine.log")

    with closing(engine):
        engine.ensure()
        eventually(lambda: engine.problem() and not engine.is_running())

        assert "is not a catalogue" in engine.problem()
        engine.ensure()
        assert not engine.is_running()
    del range_server


def test_a_catalogue_that_another_program_holds_is_told_and_waited_for(site: Site) -> None:
    fill(site.server, 50)
    job_id = site.add()
    with closing(sqlite3.connect(site.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        site.engine.ensure()
        assert "Another program holds" in eventually(site.engine.problem)
        other.execute("ROLLBACK")

    assert site.finish(job_id).ok == 50
    eventually(lambda: not site.engine.problem())


def test_an_engine_that_uses_another_broker_is_told(site: Site) -> None:
    site.engine.ensure()
    eventually(site.engine.is_ready)

    other = Engine(site.db, "amqp://me:secret@rabbit.example", log=site.log)

    assert "uses no broker" in other.problem()
