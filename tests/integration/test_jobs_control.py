"""Pause, resume and cancel act at once, with and without a broker, and heartbeats are heard."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery

from tasveer_tui import __version__
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import MESSAGE_VERSION, JobState
from tests.support.engine_harness import BUCKET, EngineHarness, put_photos, wait_for_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.timeout(240)

LATENCY_S = 0.25


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.broker)])
def engine_harness(
    tmp_path: Path, range_server: RangeServer, request: pytest.FixtureRequest
) -> Iterator[EngineHarness]:
    node = request.getfixturevalue("rabbitmq") if request.param == "rabbitmq" else None
    with EngineHarness(tmp_path, range_server, node.fresh_url() if node else "") as made:
        if node:
            made.worker()
        put_photos(range_server, 2_000)
        range_server.latency_s = LATENCY_S
        yield made


def assert_silence(engine_harness: EngineHarness) -> None:
    """A second from now on, no request comes any more."""
    server = engine_harness.server
    started = changed = time.monotonic()
    requests = server.counts["GetObject"]
    while time.monotonic() - changed < 3 * LATENCY_S:
        if server.counts["GetObject"] != requests:
            requests, changed = server.counts["GetObject"], time.monotonic()
            assert changed - started < 1.0
        time.sleep(0.01)
    assert server.in_flight == 0


def test_a_pause_acts_within_a_second_and_all_is_read_after_it(
    engine_harness: EngineHarness,
) -> None:
    job_id = engine_harness.add()
    engine_harness.run(job_id, 20)

    engine_harness.catalogue.pause(job_id)
    assert_silence(engine_harness)

    # What was out and not begun is back in the ledger, and nobody is blamed for that.
    leased = "SELECT count(*), coalesce(max(attempts), 0) FROM ledger WHERE state = 1"
    wait_for_value(lambda: engine_harness.catalogue.reader().execute(leased).fetchone() == (0, 0))
    held = engine_harness.catalogue.job(job_id)
    assert held.state is JobState.PAUSED
    assert 20 <= held.done < 2_000

    engine_harness.server.latency_s = 0.0
    engine_harness.catalogue.resume(job_id)
    job = engine_harness.finish(job_id, 120)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, 2_000, 0)


def test_a_cancel_acts_within_a_second_and_others_go_on(engine_harness: EngineHarness) -> None:
    engine_harness.server.put_many(
        "other", ["a.jpg"], engine_harness.server.buckets[BUCKET].objects["00000.jpg"]
    )
    job_id = engine_harness.add()
    engine_harness.run(job_id, 20)

    engine_harness.catalogue.cancel(job_id)
    assert_silence(engine_harness)
    assert engine_harness.catalogue.job(job_id).state is JobState.CANCELLED

    engine_harness.server.latency_s = 0.0
    source = type(engine_harness.source)(engine_harness.server.url, "other")
    assert engine_harness.ingest(source=source).ok == 1


def test_worker_heartbeats_and_queue_depth_are_reported(engine_harness: EngineHarness) -> None:
    job_id = engine_harness.add()
    engine_harness.run(job_id, 20)

    # A beat that was sent before the first batch came says 0.
    report = wait_for_value(
        lambda: (
            (found := engine_harness.engine.report()).workers and found.workers[0].active and found
        )
    )

    (worker,) = report.workers
    assert (worker.program, worker.messages) == (__version__, MESSAGE_VERSION)
    assert worker.active >= 1
    assert worker.processes >= 1
    assert worker.threads >= 4
    assert time.time() - worker.heartbeat_at < 30
    assert report.is_running
    assert report.problem == ""
    assert wait_for_value(lambda: engine_harness.engine.report().batches_waiting)
    engine_harness.catalogue.cancel(job_id)
    engine_harness.engine.close()
    assert engine_harness.engine.report().workers == ()


@pytest.mark.broker
def test_standard_celery_events_are_sent(engine_harness: EngineHarness) -> None:
    if not engine_harness.broker_url:
        pytest.skip("an embedded engine has no broker for others to listen at")
    heard: list[dict[str, Any]] = []
    monitor = Celery("monitor", broker=engine_harness.broker_url, set_as_current=False)
    enough = {"worker-heartbeat", "task-received", "task-started", "task-succeeded"}

    def hear(event: dict[str, Any]) -> None:
        heard.append(event)
        receiver.should_stop = enough <= {each["type"] for each in heard}

    with monitor.connection_for_read() as connection:
        receiver = monitor.events.Receiver(connection, handlers={"*": hear})
        listening = threading.Thread(
            target=receiver.capture, kwargs={"limit": None, "timeout": 60}, daemon=True
        )
        listening.start()
        job_id = engine_harness.add()
        engine_harness.run(job_id, 20)
        listening.join(60)

    received = next(event for event in heard if event["type"] == "task-received")
    assert received["name"].startswith("tasveer.")
    # What is shown of a task names no key, no bucket and no credential.
    assert BUCKET not in received["args"]


def test_two_programs_share_one_catalogue_and_its_one_engine(
    engine_harness: EngineHarness, tmp_path: Path
) -> None:
    first = engine_harness.add(prefixes=("000",))
    engine_harness.run(first, 5)
    other = Catalogue(tmp_path / "catalogue.sqlite")
    theirs = engine_harness.handle()
    theirs.ensure_running()
    second = other.add_job(other.job(first).spec)
    other.pause(first)
    other.set_priority(second, 3)

    engine_harness.server.latency_s = 0.0
    assert engine_harness.finish(second).state is JobState.DONE
    assert engine_harness.catalogue.job(first).state is JobState.PAUSED
    engine_harness.catalogue.resume(first)
    job = engine_harness.finish(first)
    assert (job.state, job.failed) == (JobState.DONE, 0)
    assert engine_harness.images() == 100
    theirs.close()
    other.close()
