"""Whole jobs through RabbitMQ: several workers, and everybody killed once."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kombu import Connection

from tasveer_tui.cli.formatting import broker_line
from tasveer_tui.jobs import check_broker
from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE
from tasveer_tui.jobs.celery_app import Publisher, make_app
from tasveer_tui.jobs.protocol import ReadTask, ResultChunk, ScanTask
from tasveer_tui.records import JobState, Outcome
from tests.support.engine_harness import EngineHarness, put_photos, wait_for_value
from tests.support.tcp_proxy import TcpProxy

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.support.rabbitmq import RabbitMQNode
    from tests.support.range_server import RangeServer

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


@pytest.fixture
def engine_harness(
    tmp_path: Path, range_server: RangeServer, rabbitmq: RabbitMQNode
) -> Iterator[EngineHarness]:
    with EngineHarness(tmp_path, range_server, rabbitmq.fresh_url()) as made:
        yield made


@pytest.fixture
def proxy(engine_harness: EngineHarness, rabbitmq: RabbitMQNode) -> Iterator[TcpProxy]:
    """Between the broker and everybody in the test, who know only its port."""
    with TcpProxy(rabbitmq.port) as made:
        url = engine_harness.broker_url.replace(f":{rabbitmq.port}", f":{made.port}")
        engine_harness.broker_url = url
        engine_harness.engine = engine_harness.handle()
        yield made


def assert_all_recorded(engine_harness: EngineHarness, job_id: int, count: int) -> None:
    engine_harness.server.latency_s = 0.0
    job = engine_harness.finish(job_id, 180)
    assert (job.state, job.total, job.ok, job.failed) == (JobState.DONE, count, count, 0)
    assert engine_harness.images() == count


def pool_children(worker: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def test_two_workers_share_a_job(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 1_000)
    engine_harness.server.latency_s = 0.02
    engine_harness.worker()
    engine_harness.worker()

    assert_all_recorded(engine_harness, engine_harness.add(), 1_000)

    names = {worker.name for worker in engine_harness.catalogue.workers() if worker.objects}
    assert len(names) == 2
    assert engine_harness.engine.problem() == ""
    engine_harness.catalogue.tune(3)
    wait_for_value(
        lambda: [beat.threads for beat in engine_harness.engine.report().workers] == [3, 3]
    )
    report = check_broker(engine_harness.broker_url)
    assert len(report.workers) == 2
    assert f"2 workers: {report.workers[0]}, {report.workers[1]}" in broker_line(report)
    assert (
        "not-a-secret"
        not in report.url + engine_harness.log.read_text() + engine_harness.worker_log()
    )


def test_a_killed_worker_loses_nothing(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 1_000)
    engine_harness.server.latency_s = 0.05
    first = engine_harness.worker()
    engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)

    first.kill()

    assert_all_recorded(engine_harness, job_id, 1_000)


def test_a_killed_pool_process_has_its_batch_read_again(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 600)
    engine_harness.server.latency_s = 0.05
    worker = engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 20)

    os.kill(pool_children(worker)[0], signal.SIGKILL)

    # What went well leaves the ledger, so this is seen only before it is read again.
    lost = "SELECT count(*) FROM ledger WHERE attempts = 1"
    wait_for_value(lambda: engine_harness.catalogue.reader().execute(lost).fetchone()[0])
    assert_all_recorded(engine_harness, job_id, 600)
    assert "was lost" in engine_harness.worker_log()


def test_an_object_that_kills_its_reader_is_found_and_recorded_alone(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 250)
    engine_harness.worker(TEST_DEADLY_KEY="00123.jpg")

    job = engine_harness.finish(engine_harness.add(), 120)

    assert (job.state, job.ok, job.failed) == (JobState.DONE, 249, 1)
    (failure,) = engine_harness.catalogue.failures(job.id)
    assert (failure.key, failure.outcome) == ("00123.jpg", Outcome.CRASHED)


def test_a_killed_broker_that_comes_back_loses_nothing(
    engine_harness: EngineHarness, rabbitmq: RabbitMQNode
) -> None:
    put_photos(engine_harness.server, 1_000)
    engine_harness.server.latency_s = 0.05
    engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)

    rabbitmq.kill()
    wait_for_value(engine_harness.engine.problem)
    rabbitmq.restart()

    assert_all_recorded(engine_harness, job_id, 1_000)
    wait_for_value(lambda: not engine_harness.engine.problem())


def test_a_hanging_broker_is_reported_and_survived(
    engine_harness: EngineHarness, proxy: TcpProxy
) -> None:
    put_photos(engine_harness.server, 1_000)
    engine_harness.server.latency_s = 0.05
    engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)

    proxy.suspend()
    assert "cannot be reached" in wait_for_value(engine_harness.engine.problem)
    proxy.resume()

    assert_all_recorded(engine_harness, job_id, 1_000)
    wait_for_value(lambda: not engine_harness.engine.problem())


def test_a_killed_engine_resumes_with_the_results_workers_sent_meanwhile(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 1_000)
    engine_harness.server.latency_s = 0.05
    engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 50)

    engine_harness.kill_engine()

    assert_all_recorded(engine_harness, job_id, 1_000)


def test_a_job_waits_for_a_broker_that_is_down_at_the_start(
    engine_harness: EngineHarness, proxy: TcpProxy
) -> None:
    put_photos(engine_harness.server, 100)
    proxy.stop()
    job_id = engine_harness.add()
    engine_harness.engine.ensure_running()

    assert "cannot be reached" in wait_for_value(engine_harness.engine.problem)

    proxy.start()
    engine_harness.worker()
    assert_all_recorded(engine_harness, job_id, 100)
    assert engine_harness.engine.problem() == ""


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [("not-a-secret", "wrong", "ACCESS_REFUSED"), ("/test", "/no-such-", "not found")],
)
def test_a_refusing_broker_is_reported_by_engine_and_worker(
    engine_harness: EngineHarness, right: str, wrong: str, why: str
) -> None:
    engine_harness.broker_url = engine_harness.broker_url.replace(right, wrong)
    engine_harness.engine = engine_harness.handle()
    engine_harness.add()
    engine_harness.engine.ensure_running()

    assert why in wait_for_value(engine_harness.engine.problem)
    assert engine_harness.engine.is_running()
    assert engine_harness.worker().wait(60) == 5
    assert why in engine_harness.worker_log()


def test_a_job_without_workers_is_reported(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 10)
    job_id = engine_harness.add()
    engine_harness.engine.ensure_running()

    assert "No worker" in wait_for_value(engine_harness.engine.problem)

    engine_harness.worker()
    assert_all_recorded(engine_harness, job_id, 10)


def test_messages_that_are_lost_for_good_are_sent_again_when_their_lease_ends(
    engine_harness: EngineHarness,
) -> None:
    engine_harness.lease_s = 2.0
    engine_harness.engine = engine_harness.handle()
    put_photos(engine_harness.server, 300)
    job_id = engine_harness.add()
    scanner = engine_harness.worker()
    engine_harness.until(job_id, lambda job: job.is_scanned)
    scanner.kill()
    with Connection(engine_harness.broker_url) as connection:
        wait_for_value(lambda: connection.default_channel.queue_purge(READ_QUEUE))
    engine_harness.worker()

    assert_all_recorded(engine_harness, job_id, 300)


def test_sigterm_ends_a_worker_in_order(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 300)
    engine_harness.server.latency_s = 0.05
    worker = engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.run(job_id, 10)

    worker.terminate()
    assert worker.wait(60) == 0
    engine_harness.worker()

    assert_all_recorded(engine_harness, job_id, 300)
    assert "superuser" not in engine_harness.worker_log()


def test_a_process_that_dies_over_a_listing_has_it_listed_again(
    engine_harness: EngineHarness,
) -> None:
    put_photos(engine_harness.server, 300)
    rule = engine_harness.server.fail("delay", op="ListObjectsV2", seconds=3)
    worker = engine_harness.worker()
    job_id = engine_harness.add()
    engine_harness.engine.ensure_running()
    wait_for_value(lambda: engine_harness.server.counts["ListObjectsV2"])

    for child in pool_children(worker):
        os.kill(child, signal.SIGKILL)
    engine_harness.server.rules.remove(rule)

    assert_all_recorded(engine_harness, job_id, 300)


def test_a_broker_that_blocks_publishers_is_survived(
    engine_harness: EngineHarness, rabbitmq: RabbitMQNode
) -> None:
    put_photos(engine_harness.server, 400)
    engine_harness.worker()
    engine_harness.engine.ensure_running()
    wait_for_value(lambda: engine_harness.engine.report().workers)

    # As where its disk is nearly full: it takes no message, and keeps every connection.
    rabbitmq.control("set_vm_memory_high_watermark", "absolute", "1")
    try:
        job_id = engine_harness.add()
        engine_harness.engine.ensure_running()
        assert "cannot be reached" in wait_for_value(engine_harness.engine.problem)
        assert engine_harness.catalogue.job(job_id).done == 0
    finally:
        rabbitmq.control("set_vm_memory_high_watermark", "0.4")

    assert_all_recorded(engine_harness, job_id, 400)


def test_an_unreadable_message_is_ignored(engine_harness: EngineHarness) -> None:
    put_photos(engine_harness.server, 50)
    engine_harness.worker()
    job_id = engine_harness.add()
    app = make_app(engine_harness.broker_url)
    reply = f"tasveer.record.{engine_harness.catalogue.id}"
    for queue, task in (
        (READ_QUEUE, ReadTask.NAME),
        (SCAN_QUEUE, ScanTask.NAME),
        (reply, ResultChunk.NAME),
    ):
        for text in ("nonsense", "{}", '{"version":999,"job_id":77,"body":null}'):
            Publisher(app).send(task, queue, text, "a stranger")

    assert_all_recorded(engine_harness, job_id, 50)
