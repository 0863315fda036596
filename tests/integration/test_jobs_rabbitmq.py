"""Whole jobs through RabbitMQ: several workers, and everybody killed once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kombu import Connection

from tasveer_tui.cli.told import answering_line
from tasveer_tui.jobs import check_broker
from tasveer_tui.jobs.app import make_app
from tasveer_tui.jobs.broker import READ, READ_QUEUE, RECORD_BATCH, SCAN, SCAN_QUEUE
from tasveer_tui.jobs.post import Post
from tasveer_tui.records import JobState, Outcome
from tests.parts.rabbit import RabbitNode, rabbitmq
from tests.parts.sites import Site, eventually, fill

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.parts.rangeserver import RangeServer

__all__ = ["rabbitmq"]
pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


@pytest.fixture
def site(tmp_path: Path, range_server: RangeServer, rabbitmq: RabbitNode) -> Iterator[Site]:
    with Site(tmp_path, range_server, rabbitmq.fresh_url()) as made:
        yield made


def assert_whole(site: Site, job_id: int, count: int) -> None:
    job = site.finish(job_id, 180)
    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, count, count, 0)
    assert site.images() == count


def pool_children(worker: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def test_two_workers_share_a_job(site: Site) -> None:
    fill(site.server, 1_000)
    site.server.latency_s = 0.02
    site.worker()
    site.worker()

    assert_whole(site, site.add(), 1_000)

    names = {worker.name for worker in site.catalogue.workers() if worker.objects}
    assert len(names) == 2
    assert site.engine.problem() == ""
    site.catalogue.tune(3)
    eventually(lambda: [beat.threads for beat in site.engine.report().workers] == [3, 3])
    report = check_broker(site.broker_url)
    assert len(report.workers) == 2
    assert f"2 workers there: {report.workers[0]}, {report.workers[1]}" in answering_line(report)
    assert "not-a-secret" not in report.url + site.log.read_text() + site.worker_log()


def test_a_killed_worker_loses_nothing(site: Site) -> None:
    fill(site.server, 1_000)
    site.server.latency_s = 0.05
    first = site.worker()
    site.worker()
    job_id = site.add()
    site.run(job_id, 50)

    first.kill()

    assert_whole(site, job_id, 1_000)


def test_a_killed_pool_process_has_its_batch_read_again(site: Site) -> None:
    fill(site.server, 600)
    site.server.latency_s = 0.05
    worker = site.worker()
    job_id = site.add()
    site.run(job_id, 20)

    os.kill(pool_children(worker)[0], signal.SIGKILL)

    # What went well leaves the ledger, so this is seen only before it is read again.
    lost = "SELECT count(*) FROM ledger WHERE attempts = 1"
    eventually(lambda: site.catalogue.reader().execute(lost).fetchone()[0])
    assert_whole(site, job_id, 600)
    assert "was lost" in site.worker_log()


def test_an_object_that_kills_its_reader_is_found_and_recorded_alone(site: Site) -> None:
    fill(site.server, 250)
    site.worker(TEST_DEADLY_KEY="00123.jpg")

    job = site.finish(site.add(), 120)

    assert (job.state, job.ok, job.failed) == (JobState.DONE, 249, 1)
    (failure,) = site.catalogue.failures(job.id)
    assert (failure.key, failure.outcome) == ("00123.jpg", Outcome.CRASHED)


def test_a_killed_broker_that_comes_back_loses_nothing(site: Site, rabbitmq: RabbitNode) -> None:
    fill(site.server, 1_000)
    site.server.latency_s = 0.05
    site.worker()
    job_id = site.add()
    site.run(job_id, 50)

    rabbitmq.kill()
    eventually(site.engine.problem)
    rabbitmq.restart()

    assert_whole(site, job_id, 1_000)
    eventually(lambda: not site.engine.problem())


def test_a_broker_that_hangs_is_told_and_outlasted(site: Site, rabbitmq: RabbitNode) -> None:
    fill(site.server, 1_000)
    site.server.latency_s = 0.05
    site.worker()
    job_id = site.add()
    site.run(job_id, 50)

    rabbitmq.hang()
    try:
        assert "cannot be reached" in eventually(site.engine.problem)
    finally:
        rabbitmq.go_on()

    assert_whole(site, job_id, 1_000)
    eventually(lambda: not site.engine.problem())


def test_a_killed_engine_goes_on_with_what_the_workers_did_meanwhile(site: Site) -> None:
    fill(site.server, 1_000)
    site.server.latency_s = 0.05
    site.worker()
    job_id = site.add()
    site.run(job_id, 50)

    site.kill_engine()

    assert_whole(site, job_id, 1_000)


def test_a_job_waits_for_a_broker_that_is_down_at_the_start(
    site: Site, rabbitmq: RabbitNode
) -> None:
    fill(site.server, 100)
    rabbitmq.kill()
    job_id = site.add()
    site.engine.ensure()

    assert "cannot be reached" in eventually(site.engine.problem)

    rabbitmq.restart()
    site.worker()
    assert_whole(site, job_id, 100)
    assert site.engine.problem() == ""


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [("not-a-secret", "wrong", "ACCESS_REFUSED"), ("/test", "/no-such-", "not found")],
)
def test_a_broker_that_refuses_is_told_by_engine_and_worker(
    site: Site, right: str, wrong: str, why: str
) -> None:
    site.broker_url = site.broker_url.replace(right, wrong)
    site.engine = site.handle()
    site.add()
    site.engine.ensure()

    assert why in eventually(site.engine.problem)
    assert site.engine.is_running()
    assert site.worker().wait(60) == 5
    assert why in site.worker_log()


def test_a_job_without_a_worker_says_so(site: Site) -> None:
    fill(site.server, 10)
    job_id = site.add()
    site.engine.ensure()

    assert "No worker" in eventually(site.engine.problem)

    site.worker()
    assert_whole(site, job_id, 10)


def test_messages_that_are_lost_for_good_are_sent_again_when_their_lease_ends(
    site: Site,
) -> None:
    site.lease_s = 2.0
    site.engine = site.handle()
    fill(site.server, 300)
    job_id = site.add()
    scanner = site.worker()
    site.until(job_id, lambda job: job.is_scanned)
    scanner.kill()
    with Connection(site.broker_url) as connection:
        eventually(lambda: connection.default_channel.queue_purge(READ_QUEUE))
    site.worker()

    assert_whole(site, job_id, 300)


def test_sigterm_ends_a_worker_in_order(site: Site) -> None:
    fill(site.server, 300)
    site.server.latency_s = 0.05
    worker = site.worker()
    job_id = site.add()
    site.run(job_id, 10)

    worker.terminate()
    assert worker.wait(60) == 0
    site.worker()

    assert_whole(site, job_id, 300)
    assert "superuser" not in site.worker_log()


def test_a_process_that_dies_over_a_listing_has_it_listed_again(site: Site) -> None:
    fill(site.server, 300)
    rule = site.server.fail("delay", op="ListObjectsV2", seconds=3)
    worker = site.worker()
    job_id = site.add()
    site.engine.ensure()
    eventually(lambda: site.server.counts["ListObjectsV2"])

    for child in pool_children(worker):
        os.kill(child, signal.SIGKILL)
    site.server.rules.remove(rule)

    assert_whole(site, job_id, 300)


def test_a_broker_that_blocks_publishers_is_outlasted(site: Site, rabbitmq: RabbitNode) -> None:
    fill(site.server, 400)
    site.worker()
    site.engine.ensure()
    eventually(lambda: site.engine.report().workers)

    # As where its disk is nearly full: it takes no message, and keeps every connection.
    rabbitmq.control("set_vm_memory_high_watermark", "absolute", "1")
    try:
        job_id = site.add()
        time.sleep(3)
        assert site.catalogue.job(job_id).done == 0
    finally:
        rabbitmq.control("set_vm_memory_high_watermark", "0.4")

    assert_whole(site, job_id, 400)


def test_a_message_that_nobody_can_read_harms_nobody(site: Site) -> None:
    fill(site.server, 50)
    site.worker()
    job_id = site.add()
    app = make_app(site.broker_url)
    reply = f"tasveer.record.{site.catalogue.id}"
    for queue, task in ((READ_QUEUE, READ), (SCAN_QUEUE, SCAN), (reply, RECORD_BATCH)):
        for text in ("nonsense", "{}", '{"version":999,"job_id":77,"body":null}'):
            Post(app).send(task, queue, text, "a stranger")

    assert_whole(site, job_id, 50)
