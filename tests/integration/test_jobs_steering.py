"""Pause, resume and cancel act at once, with and without a broker, and heartbeats are heard."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery

from tasveer_tui import __version__
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs.roll import Roll
from tasveer_tui.records import MESSAGE_VERSION, JobState
from tests.parts.rabbit import rabbitmq
from tests.parts.sites import BUCKET, Site, eventually, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.rangeserver import RangeServer

__all__ = ["rabbitmq"]
pytestmark = pytest.mark.timeout(240)

LATENCY_S = 0.25


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.broker)])
def site(
    tmp_path: Path, range_server: RangeServer, request: pytest.FixtureRequest
) -> Iterator[Site]:
    node = request.getfixturevalue("rabbitmq") if request.param == "rabbitmq" else None
    with Site(tmp_path, range_server, node.fresh_url() if node else "") as made:
        if node:
            made.worker()
        fill(range_server, 2_000)
        range_server.latency_s = LATENCY_S
        yield made


def assert_silence(site: Site) -> None:
    """From a second after the wish on, no request comes, but for those that had begun."""
    time.sleep(1.0)
    asked = site.server.counts["GetObject"]
    time.sleep(3 * LATENCY_S)
    assert site.server.counts["GetObject"] == asked
    assert site.server.in_flight == 0


def test_a_pause_acts_within_a_second_and_all_is_read_after_it(site: Site) -> None:
    job_id = site.add()
    site.run(job_id, 20)

    site.catalogue.pause(job_id)
    assert_silence(site)

    # What was out and not begun is back in the ledger, and nobody is blamed for that.
    leased = "SELECT count(*), coalesce(max(attempts), 0) FROM ledger WHERE state = 1"
    eventually(lambda: site.catalogue.reader().execute(leased).fetchone() == (0, 0))
    held = site.catalogue.job(job_id)
    assert held.state is JobState.PAUSED
    assert 20 <= held.done < 2_000

    site.server.latency_s = 0.0
    site.catalogue.resume(job_id)
    job = site.finish(job_id, 120)
    assert (job.state, job.ok, job.failed) == (JobState.DONE, 2_000, 0)


def test_a_cancel_acts_within_a_second_and_others_go_on(site: Site) -> None:
    site.server.put_same("other", ["a.jpg"], site.server.buckets[BUCKET].objects["00000.jpg"])
    job_id = site.add()
    site.run(job_id, 20)

    site.catalogue.cancel(job_id)
    assert_silence(site)
    assert site.catalogue.job(job_id).state is JobState.CANCELLED

    site.server.latency_s = 0.0
    source = type(site.source)(site.server.url, "other")
    assert site.ingest(source=source).ok == 1


def test_workers_are_heard_and_what_waits_is_told(site: Site) -> None:
    job_id = site.add()
    site.run(job_id, 20)

    # A beat that was sent before the first batch came says 0.
    report = eventually(
        lambda: (found := site.engine.report()).workers and found.workers[0].active and found
    )

    (worker,) = report.workers
    assert (worker.program, worker.messages) == (__version__, MESSAGE_VERSION)
    assert worker.active >= 1
    assert worker.processes >= 1
    assert worker.threads >= 4
    assert time.time() - worker.beat_at < 30
    assert report.is_running
    assert report.problem == ""
    assert eventually(lambda: site.engine.report().batches_waiting)
    site.catalogue.cancel(job_id)
    site.engine.close()
    assert site.engine.report().workers == ()


@pytest.mark.broker
def test_any_celery_monitor_hears_the_standard_events(site: Site) -> None:
    if not site.broker_url:
        pytest.skip("an embedded engine has no broker for others to listen at")
    heard: list[dict[str, Any]] = []
    monitor = Celery("monitor", broker=site.broker_url, set_as_current=False)
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
        job_id = site.add()
        site.run(job_id, 20)
        listening.join(60)

    received = next(event for event in heard if event["type"] == "task-received")
    assert received["name"].startswith("tasveer.")
    # What is shown of a task names no key, no bucket and no credential.
    assert BUCKET not in received["args"]


def test_a_worker_of_another_version_is_told_by_name() -> None:
    told: list[str] = []
    roll = Roll(Celery(set_as_current=False), told.append)
    beat = {"type": "worker-heartbeat", "hostname": "w@h", "active": 1, "loadavg": [0.5, 1, 1]}

    roll.hear(beat)
    assert roll.workers() == ()
    roll.hear(beat | {"tasveer": "9.9.0", "messages": MESSAGE_VERSION + 1})
    assert "w@h" in told[-1]
    assert "9.9.0" in told[-1]
    assert __version__ in told[-1]
    roll.hear({"type": "worker-offline", "hostname": "w@h", "tasveer": "9.9.0"})
    assert told[-1] == ""
    assert roll.workers() == ()


def test_two_programs_share_one_catalogue_and_its_one_engine(site: Site, tmp_path: Path) -> None:
    first = site.add(prefixes=("000",))
    site.run(first, 5)
    other = Catalogue(tmp_path / "catalogue.sqlite")
    theirs = site.handle()
    theirs.ensure()
    second = other.add_job(other.job(first).spec)
    other.pause(first)
    other.prefer(second, 3)

    site.server.latency_s = 0.0
    assert site.finish(second).state is JobState.DONE
    assert site.catalogue.job(first).state is JobState.PAUSED
    site.catalogue.resume(first)
    job = site.finish(first)
    assert (job.state, job.failed) == (JobState.DONE, 0)
    assert site.images() == 100
    theirs.close()
    other.close()
