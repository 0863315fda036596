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

from tasveer_tui.jobs import EngineProcess
from tasveer_tui.jobs.broker import LOCKED_EXIT_CODE
from tasveer_tui.jobs.status import EngineLock
from tasveer_tui.records import JobState, Outcome, Source
from tests.support.engine_harness import BUCKET, EngineHarness, put_photos, wait_for_value
from tests.support.image_files import plain_jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer


@pytest.fixture
def engine_harness(tmp_path: Path, range_server: RangeServer) -> Iterator[EngineHarness]:
    with EngineHarness(tmp_path, range_server) as made:
        yield made


def test_every_object_of_a_job_is_read_and_counted(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 500, prefix="raw/")
    engine_harness.server.put(BUCKET, "plain.jpg", plain_jpeg())
    engine_harness.server.put(BUCKET, "text.jpg", b"no image at all, whatever its name says")
    engine_harness.server.put(BUCKET, "empty.jpg", b"")
    engine_harness.server.put(BUCKET, "notes.txt", b"not wanted")

    job = engine_harness.ingest()

    assert (job.state, job.is_scanned, job.error) == (JobState.DONE, True, "")
    assert (job.listed, job.filtered, job.total) == (504, 1, 503)
    assert (job.ok, job.noexif, job.notimage, job.failed) == (500, 1, 1, 1)
    assert (job.left, engine_harness.images()) == (0, 503)
    assert job.requests == engine_harness.server.counts["GetObject"]
    assert 0 < job.bytes_read < engine_harness.server.body_bytes


def test_a_listing_of_many_pages_is_read_whole(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 2_500)

    job = engine_harness.ingest()

    assert (job.listed, job.ok) == (2_500, 2_500)
    assert engine_harness.server.counts["ListObjectsV2"] == 3


def test_a_long_listing_is_partitioned_and_survives_kills(engine_harness: EngineHarness) -> None:
    for number in range(4_000):
        engine_harness.server.put(BUCKET, f"{number:05}.txt", b"-")
    put_photos(engine_harness.server, 40, prefix="9")
    engine_harness.server.buckets[BUCKET].max_keys = 25
    engine_harness.server.latency_s = 0.003
    job_id = engine_harness.add()
    for listed in (800, 2_400):
        engine_harness.until(job_id, lambda job, least=listed: job.listed >= least)
        engine_harness.kill_engine()

    job = engine_harness.finish(job_id)

    assert (job.listed, job.filtered, job.total, job.ok) == (4_040, 4_000, 40, 40)
    with closing(sqlite3.connect(engine_harness.db)) as connection:
        ((pieces,),) = connection.execute("SELECT count(*) FROM scan")
    assert pieces > 1


def test_reader_concurrency_changes_while_running_and_jobs_are_logged(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 30)
    engine_harness.catalogue.tune(3)

    engine_harness.ingest()

    (beat,) = wait_for_value(lambda: engine_harness.engine.report().workers)
    assert beat.threads == 3
    engine_harness.catalogue.tune(0)
    wait_for_value(lambda: engine_harness.engine.report().workers[0].threads == 8)
    wait_for_value(lambda: "Job 1 is done after" in engine_harness.log.read_text())
    log = engine_harness.log.read_text()
    assert "Job 1 is done" in log
    assert "30 read, 0 failed" in log
    assert "Worker embedded-" in log


def test_a_single_key_is_read_alone(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 3)

    job = engine_harness.ingest(prefixes=(), keys=("00001.jpg",))

    assert (job.state, job.total, job.ok) == (JobState.DONE, 1, 1)


def test_a_killed_engine_loses_nothing_and_counts_nothing_twice(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 400)
    engine_harness.server.latency_s = 0.02
    job_id = engine_harness.add()
    for done in (50, 150):
        engine_harness.run(job_id, done)
        engine_harness.kill_engine()

    engine_harness.server.latency_s = 0.0
    job = engine_harness.finish(job_id)

    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, 400, 400, 0)
    assert engine_harness.images() == 400


def test_a_closed_engine_resumes_later(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 300)
    engine_harness.server.latency_s = 0.02
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)
    engine_harness.engine.close()
    assert not engine_harness.engine.is_running()

    # Before they are read again: what went well leaves the ledger.
    engine_harness.server.latency_s = 1.0
    engine_harness.engine.ensure_running()
    leased = "SELECT count(*), max(attempts) FROM ledger WHERE state = 1"
    _, attempts = wait_for_value(
        lambda: _some(engine_harness.catalogue.reader().execute(leased).fetchone())
    )
    assert attempts == 0
    engine_harness.server.latency_s = 0.0
    job = engine_harness.finish(job_id)

    assert (job.state, job.ok) == (JobState.DONE, 300)


def _some(row: tuple[int, int]) -> tuple[int, int] | None:
    return row if row[0] else None


def test_a_paused_job_stands_still_until_it_is_resumed(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 400)
    engine_harness.server.latency_s = 0.02
    job_id = engine_harness.add()
    engine_harness.run(job_id, 30)

    engine_harness.catalogue.pause(job_id)
    engine_harness.until(job_id, lambda job: job.state is JobState.PAUSED)
    wait_for_value(lambda: engine_harness.server.in_flight == 0)
    held = engine_harness.catalogue.job(job_id)
    assert 30 <= held.done < 400

    engine_harness.catalogue.resume(job_id)
    job = engine_harness.finish(job_id)
    assert (job.state, job.ok) == (JobState.DONE, 400)


def test_a_cancelled_job_ends_and_another_one_runs(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 400)
    engine_harness.server.latency_s = 0.02
    job_id = engine_harness.add()
    engine_harness.run(job_id, 30)

    engine_harness.catalogue.cancel(job_id)
    job = engine_harness.finish(job_id)

    assert job.state is JobState.CANCELLED
    assert job.done < 400
    assert engine_harness.ingest(prefixes=("0000",)).state is JobState.DONE


def test_two_jobs_share_the_engine(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 300, prefix="a/")
    put_photos(engine_harness.server, 300, prefix="b/")
    first, second = engine_harness.add(prefixes=("a/",)), engine_harness.add(prefixes=("b/",))

    jobs = [engine_harness.finish(first), engine_harness.finish(second)]

    assert [job.ok for job in jobs] == [300, 300]


def test_unchanged_objects_are_not_read_again(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 120)
    engine_harness.ingest()
    engine_harness.server.put(BUCKET, "00007.jpg", plain_jpeg(), etag="other")
    engine_harness.server.reset_counts()

    job = engine_harness.ingest()

    assert (job.listed, job.unchanged, job.total, job.noexif) == (120, 119, 1, 1)
    assert engine_harness.server.counts["GetObject"] == job.requests == 1
    assert engine_harness.ingest(force=True).total == 120


def test_failures_are_classified_and_retried_after_the_error_is_fixed(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 60)
    server = engine_harness.server
    server.fail("error", op="GetObject", key="0000[0-4]", status=403, code="AccessDenied")
    server.fail("vanish", op="GetObject", key="0001[0-2]")
    server.fail("error", op="GetObject", key="00020", status=412, code="PreconditionFailed")

    job_id = engine_harness.ingest().id

    groups = {group.outcome: group for group in engine_harness.catalogue.failure_groups(job_id)}
    assert {outcome: group.count for outcome, group in groups.items()} == {
        Outcome.DENIED: 5,
        Outcome.GONE: 3,
        Outcome.CHANGED: 1,
    }
    assert "00004.jpg" >= groups[Outcome.DENIED].example_key >= "00000.jpg"
    assert groups[Outcome.DENIED].example_message

    server.rules.clear()
    assert engine_harness.catalogue.retry(job_id, outcome=Outcome.DENIED) == 5
    job = engine_harness.finish(job_id)
    assert (job.ok, job.failed) == (56, 4)

    assert engine_harness.catalogue.retry(job_id) == 4
    job = engine_harness.finish(job_id)
    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, 60, 60, 0)


def test_a_short_outage_is_retried(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 60)
    engine_harness.server.fail("error", op="ListObjectsV2", times=1, status=503, code="SlowDown")
    # Each of ten objects meets one refusal and one reset: fewer than an object is tried.
    for digit in range(10):
        key = rf"{digit}\.jpg$"
        engine_harness.server.fail(
            "error", op="GetObject", key=key, times=1, status=503, code="SlowDown"
        )
        engine_harness.server.fail("reset", op="GetObject", key=key, times=1)

    job = engine_harness.ingest()

    assert (job.state, job.ok, job.failed) == (JobState.DONE, 60, 0)
    assert engine_harness.server.counts["GetObject"] >= 60 + 20


def test_an_unknown_bucket_fails_the_job_with_a_sentence(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 1)

    job = engine_harness.ingest(source=Source(engine_harness.server.url, "no-such-bucket"))

    assert job.state is JobState.FAILED
    assert "no-such-bucket" in job.error


def test_a_denied_listing_fails_the_job_with_a_sentence(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 1)
    engine_harness.server.fail("error", op="ListObjectsV2", status=403, code="AccessDenied")

    job = engine_harness.ingest()

    assert job.state is JobState.FAILED
    assert job.error


def test_credentials_that_run_out_stop_the_job_and_blame_no_object(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 300)
    rule = engine_harness.server.fail(
        "error", op="GetObject", skip=150, status=400, code="ExpiredToken"
    )
    job_id = engine_harness.add()

    job = engine_harness.finish(job_id)
    assert (job.state, job.failed) == (JobState.FAILED, 0)
    assert "expired" in job.error.lower()

    engine_harness.server.rules.remove(rule)
    engine_harness.catalogue.resume(job_id)
    job = engine_harness.finish(job_id)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, 300, 0)


def test_a_second_engine_exits_silently(engine_harness: EngineHarness) -> None:
    engine_harness.engine.ensure_running()
    wait_for_value(engine_harness.is_ready)

    command = [
        sys.executable,
        "-m",
        "tasveer_tui.jobs.engine.process",
        "--db",
        str(engine_harness.db),
    ]
    second = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    assert second.returncode == LOCKED_EXIT_CODE
    other = engine_harness.handle()
    other.ensure_running()
    assert other.is_running()
    other.close()
    assert engine_harness.engine.is_running()


PARENT = """
import sys, pathlib
from tasveer_tui.jobs import EngineProcess
engine = EngineProcess(pathlib.Path(sys.argv[1]), log=pathlib.Path(sys.argv[2]))
engine.ensure_running()
print(flush=True)
sys.stdin.read()
"""


def test_an_engine_ends_with_the_program_that_started_it_even_if_that_is_killed(
    engine_harness: EngineHarness,
) -> None:
    command = [sys.executable, "-c", PARENT, str(engine_harness.db), str(engine_harness.log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        wait_for_value(engine_harness.is_ready)
        parent.kill()

    wait_for_value(lambda: not EngineLock(engine_harness.db).is_held())
    assert "Traceback" not in engine_harness.log.read_text()


def test_an_engine_that_is_left_alone_finishes_the_job_and_ends(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 200)
    engine_harness.server.latency_s = 0.02
    job_id = engine_harness.add()
    engine_harness.engine.ensure_running()
    engine_harness.engine.detach()
    engine_harness.engine.close()

    wait_for_value(lambda: engine_harness.catalogue.job(job_id).state.is_final)
    assert engine_harness.catalogue.job(job_id).ok == 200
    wait_for_value(lambda: not engine_harness.engine.is_running())


def test_work_left_to_another_programs_engine_is_finished_when_that_one_goes(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 200)
    engine_harness.server.latency_s = 0.02
    engine_harness.engine.ensure_running()
    wait_for_value(engine_harness.is_ready)
    job_id = engine_harness.add()
    other = engine_harness.handle()
    other.detach()
    engine_harness.engine.close()

    wait_for_value(lambda: engine_harness.catalogue.job(job_id).state.is_final)
    wait_for_value(lambda: not engine_harness.engine.is_running())


def test_sigterm_ends_an_engine_in_order(engine_harness: EngineHarness) -> None:
    engine_harness.engine.ensure_running()
    wait_for_value(engine_harness.is_ready)

    os.kill(engine_harness.pid(), signal.SIGTERM)

    wait_for_value(lambda: not engine_harness.engine.is_running())
    assert engine_harness.engine.problem() == ""


def test_an_engine_that_cannot_start_says_why_and_is_not_started_in_a_loop(
    tmp_path: Path, range_server: RangeServer
) -> None:
    db = tmp_path / "notes.sqlite"
    db.write_bytes(b"these are somebody's notes, not a database" * 100)
    engine = EngineProcess(db, log=tmp_path / "engine.log")

    with closing(engine):
        engine.ensure_running()
        wait_for_value(lambda: engine.problem() and not engine.is_running())

        assert "is not a catalogue" in engine.problem()
        engine.ensure_running()
        assert not engine.is_running()
    del range_server


def test_a_locked_catalogue_is_reported_and_waited_for(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 50)
    job_id = engine_harness.add()
    with closing(sqlite3.connect(engine_harness.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        engine_harness.engine.ensure_running()
        assert "Another program holds" in wait_for_value(engine_harness.engine.problem)
        other.execute("ROLLBACK")

    assert engine_harness.finish(job_id).ok == 50
    wait_for_value(lambda: not engine_harness.engine.problem())


def test_an_engine_with_another_broker_is_reported(engine_harness: EngineHarness) -> None:
    engine_harness.engine.ensure_running()
    wait_for_value(engine_harness.is_ready)

    other = EngineProcess(
        engine_harness.db, "amqp://me:secret@rabbit.example", log=engine_harness.log
    )

    assert "uses no broker" in other.problem()
