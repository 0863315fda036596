"""Each fault of S3, its policy: how often it is tried, and the class in which it ends.

Real HTTP and a real ledger; the broker between them is left out, so that attempts can be
counted and the pauses of the ledger cost no time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.catalogue import Catalogue, RetryDelays
from tasveer_tui.catalogue.ledger.leases import MAX_SCAN_ATTEMPTS
from tasveer_tui.jobs.engine.reply_handler import ReplyHandler
from tasveer_tui.jobs.protocol import ReadTask, ScanTask
from tasveer_tui.jobs.worker import resources as resources_module
from tasveer_tui.jobs.worker.read_task import run_read
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import Access, JobSpec, JobState, Outcome, Source
from tasveer_tui.s3 import S3
from tasveer_tui.s3.limiter import ConcurrencyLimiter
from tests.support.engine_harness import BUCKET, put_photos
from tests.support.image_files import jpeg
from tests.support.range_server import FaultRule, RangeServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.records import JobView
    from tests.support.range_server import Request

TRIES = 4
"""Of a request within one reading."""
READINGS = 3
"""Of an object whose fault may pass."""

KEPT = READINGS - 1
"""A kept connection that is reset is no try: the service may have closed it before."""


class FaultHarness:
    """A ledger, a server, and nothing but function calls between them."""

    def __init__(self, folder: Path, server: RangeServer) -> None:
        self.now = 1_750_000_000.0
        self.server = server
        self.catalogue = Catalogue(folder / "c.sqlite", clock=lambda: self.now)
        self.recorder = self.catalogue.recorder(RetryDelays())
        self.resources = WorkerResources(16)
        handler = ReplyHandler(self.recorder, on_record=lambda: None, on_error=lambda _: None)
        self._context = TaskContext("w", handler.handle)

    def add(self) -> int:
        access = Access(endpoint_url=self.server.url, is_anonymous=True)
        return self.catalogue.add_job(JobSpec(Source(self.server.url, BUCKET), access))

    def run(self, job_id: int) -> JobView:
        """Until the job is over; whenever nothing can be done, a minute passes."""
        while not self.catalogue.job(job_id).state.is_final:
            if not (self.scan(job_id) or self.read(job_id)):
                self.now += 60
                self.recorder.finish(job_id)
        return self.catalogue.job(job_id)

    def scan(self, job_id: int) -> bool:
        spec = self.catalogue.job(job_id).spec
        leases = self.recorder.lease_scans(job_id, lease_s=60, limit=1)
        for lease in leases:
            task = ScanTask(spec.access, spec.source.bucket, lease)
            run_scan(task, self._context, self.resources)
        return bool(leases)

    def read(self, job_id: int) -> bool:
        spec = self.catalogue.job(job_id).spec
        batch = self.recorder.lease_batch(job_id, lease_s=60, max_objects=100, max_bytes=0)
        if batch is None:
            return False
        task = ReadTask(spec.access, spec.source.bucket, batch)
        run_read(task, self._context, self.resources)
        return True

    def outcomes(self, job_id: int) -> dict[str, Outcome]:
        rows = self.catalogue.reader().execute(
            """SELECT o.key, i.outcome FROM image i JOIN object o ON o.id = i.id
               WHERE NOT EXISTS (SELECT 1 FROM ledger l
                 WHERE l.job_id = ? AND l.object_id = i.id AND l.state <> 3)""",
            (job_id,),
        )
        return {key: Outcome(outcome) for key, outcome in rows}

    def close(self) -> None:
        self.resources.close()
        self.catalogue.close()


@pytest.fixture
def fault_harness(
    tmp_path: Path, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultHarness]:
    monkeypatch.setattr(resources_module, "S3", partial(S3, timeout_s=0.4, backoff_s=0.001))
    range_server.put(BUCKET, "good.jpg", jpeg(make="Canon"))
    range_server.put(BUCKET, "odd.jpg", jpeg(make="Nikon"))
    made = FaultHarness(tmp_path, range_server)
    yield made
    made.close()


def attempts(server: RangeServer, key: str) -> int:
    return sum(request.op == "GetObject" and request.key == key for request in server.requests)


FOR_EVER = [
    # What stays wrong is tried four times in a reading, and read three times.
    ("error", {"status": 500}, Outcome.NETWORK, TRIES * READINGS),
    ("error", {"status": 502, "code": ""}, Outcome.NETWORK, TRIES * READINGS),
    ("error", {"status": 503, "code": "SlowDown"}, Outcome.NETWORK, TRIES * READINGS),
    ("error", {"status": 429, "code": "TooManyRequests"}, Outcome.NETWORK, TRIES * READINGS),
    ("reset", {}, Outcome.NETWORK, TRIES * READINGS),  # and see `KEPT`
    ("truncate", {"after_bytes": 0}, Outcome.NETWORK, TRIES * READINGS),
    ("truncate", {"after_bytes": 100}, Outcome.NETWORK, TRIES * READINGS),
    ("reset_body", {"after_bytes": 100}, Outcome.NETWORK, TRIES * READINGS),
    ("short", {}, Outcome.NETWORK, TRIES * READINGS),
    # Silence is waited for in full, so it is tried less often.
    ("delay", {"seconds": 20}, Outcome.NETWORK, 3 * READINGS),
    ("stall", {"seconds": 20, "after_bytes": 50}, Outcome.NETWORK, 3 * READINGS),
    # What another try would not mend is tried once.
    ("etag", {}, Outcome.CHANGED, 1),
    ("error", {"status": 412, "code": "PreconditionFailed"}, Outcome.CHANGED, 1),
    ("vanish", {}, Outcome.GONE, 1),
    ("error", {"status": 403, "code": "AccessDenied"}, Outcome.DENIED, 1),
    ("error", {"status": 403, "code": "InvalidObjectState"}, Outcome.ARCHIVED, 1),
    # No fault to those who look.
    ("ignore_range", {}, Outcome.OK, 1),
]


@pytest.mark.parametrize(
    ("action", "options", "outcome", "count"),
    FOR_EVER,
    ids=[
        f"{action}-{'-'.join(str(value) for value in options.values())}"
        for action, options, *_ in FOR_EVER
    ],
)
def test_a_permanent_error_ends_in_its_outcome_after_max_attempts(
    fault_harness: FaultHarness, action: str, options: dict[str, Any], outcome: Outcome, count: int
) -> None:
    fault_harness.server.fail(action, op="GetObject", key="odd", **options)

    job = fault_harness.run(fault_harness.add())

    assert fault_harness.outcomes(job.id) == {"good.jpg": Outcome.OK, "odd.jpg": outcome}
    more = attempts(fault_harness.server, "odd.jpg") - count
    assert 0 <= more <= (KEPT if action == "reset" else 0)
    assert attempts(fault_harness.server, "good.jpg") == 1
    assert (job.state, job.total, job.done) == (JobState.DONE, 2, 2)
    assert job.failed == (outcome is not Outcome.OK)
    for failure in fault_harness.catalogue.failures(job.id):
        assert failure.message
    assert job.tried_again == (READINGS - 1 if outcome is Outcome.NETWORK else 0)


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("error", {"status": 500}),
        ("error", {"status": 503, "code": "SlowDown"}),
        ("reset", {}),
        ("truncate", {"after_bytes": 100}),
        ("reset_body", {"after_bytes": 100}),
        ("short", {}),
    ],
)
@pytest.mark.parametrize(("times", "readings"), [(2, 1), (TRIES, 2), (2 * TRIES + 1, 3)])
def test_a_transient_error_leaves_no_trace(
    fault_harness: FaultHarness, action: str, options: dict[str, Any], times: int, readings: int
) -> None:
    fault_harness.server.fail(action, op="GetObject", key="odd", times=times, **options)

    job = fault_harness.run(fault_harness.add())

    assert set(fault_harness.outcomes(job.id).values()) == {Outcome.OK}
    assert attempts(fault_harness.server, "odd.jpg") == times + 1
    assert (job.ok, job.failed, job.tried_again) == (2, 0, readings - 1)
    assert job.error == ""


def test_an_empty_object_is_distinguished_from_a_read_error(fault_harness: FaultHarness) -> None:
    fault_harness.server.put(BUCKET, "odd.jpg", b"")

    job = fault_harness.run(fault_harness.add())

    assert fault_harness.outcomes(job.id)["odd.jpg"] is Outcome.EMPTY
    assert attempts(fault_harness.server, "odd.jpg") <= 1


OF_ALL = [
    ({"status": 400, "code": "ExpiredToken"}, "expired"),
    ({"status": 404, "code": "NoSuchBucket"}, "no bucket"),
    (
        {
            "status": 301,
            "code": "PermanentRedirect",
            "headers": (("x-amz-bucket-region", "eu-west-1"),),
        },
        "eu-west-1",
    ),
]


@pytest.mark.parametrize(("options", "words"), OF_ALL, ids=["expired", "bucket", "region"])
def test_a_source_wide_error_stops_the_job_without_failing_objects(
    fault_harness: FaultHarness, options: dict[str, Any], words: str
) -> None:
    rule = fault_harness.server.fail("error", op="GetObject", **options)

    job_id = fault_harness.add()
    job = fault_harness.run(job_id)

    assert (job.state, job.failed, job.done) == (JobState.FAILED, 0, 0)
    assert words in job.error.lower()

    fault_harness.server.rules.remove(rule)
    fault_harness.catalogue.resume(job_id)
    fault_harness.recorder.active_jobs()
    assert fault_harness.run(job_id).ok == 2


LISTINGS = [
    ("error", {"status": 503, "code": "SlowDown"}, TRIES * MAX_SCAN_ATTEMPTS),
    ("error", {"status": 500}, TRIES * MAX_SCAN_ATTEMPTS),
    ("reset", {}, TRIES * MAX_SCAN_ATTEMPTS),
    ("truncate", {"after_bytes": 100}, TRIES * MAX_SCAN_ATTEMPTS),
    ("garbage", {}, TRIES * MAX_SCAN_ATTEMPTS),
    ("error", {"status": 403, "code": "AccessDenied"}, 1),
    ("error", {"status": 404, "code": "NoSuchBucket"}, 1),
]


@pytest.mark.parametrize(
    ("action", "options", "count"),
    LISTINGS,
    ids=[f"{action}-{options.get('code', '')}" for action, options, _ in LISTINGS],
)
def test_a_listing_that_stays_wrong_fails_the_job_after_so_many_attempts(
    fault_harness: FaultHarness, action: str, options: dict[str, Any], count: int
) -> None:
    fault_harness.server.fail(action, op="ListObjectsV2", **options)

    job = fault_harness.run(fault_harness.add())

    assert job.state is JobState.FAILED
    assert job.error
    assert fault_harness.server.counts["ListObjectsV2"] == count


def test_a_job_waits_for_an_unreachable_source(fault_harness: FaultHarness) -> None:
    job_id = fault_harness.add()
    fault_harness.scan(job_id)
    port = fault_harness.server.port
    fault_harness.server.__exit__()

    for _ in range(5):
        assert fault_harness.read(job_id)
        assert "failed" in fault_harness.catalogue.job(job_id).error
        assert not fault_harness.read(job_id)
        fault_harness.now += 60

    with RangeServer(port=port) as server:
        server.buckets = fault_harness.server.buckets
        job = fault_harness.run(job_id)
    assert (job.ok, job.failed, job.tried_again, job.error) == (2, 0, 0, "")
    _restart(fault_harness)


def test_a_permanently_unreachable_source_fails_the_job(fault_harness: FaultHarness) -> None:
    job_id = fault_harness.add()
    fault_harness.server.__exit__()
    began = fault_harness.now

    job = fault_harness.run(job_id)

    assert (job.state, job.failed) == (JobState.FAILED, 0)
    assert "failed" in job.error
    assert 900 <= fault_harness.now - began < 1200
    _restart(fault_harness)


def _restart(fault_harness: FaultHarness) -> None:
    """Something for the fixture to end."""
    fault_harness.server.__init__()  # type: ignore[misc]
    fault_harness.server.__enter__()


class InFlightLimitRule(FaultRule):
    """Refuses requests while too many are in flight."""

    def __init__(self, server: RangeServer, most: int) -> None:
        super().__init__("error", "GetObject", status=503, code="SlowDown")
        self._server = server
        self._max_in_flight = most

    def applies_to(self, request: Request) -> bool:
        return super().applies_to(request) and self._server.in_flight > self._max_in_flight


def test_throttling_lowers_concurrency_and_success_raises_it_again(
    fault_harness: FaultHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources_module, "S3", partial(S3, backoff_s=0.1))
    put_photos(fault_harness.server, 300, prefix="many/")
    fault_harness.server.latency_s = 0.01
    crowd = InFlightLimitRule(fault_harness.server, 4)
    fault_harness.server.rules.append(crowd)

    limits: list[int] = []
    record = ConcurrencyLimiter.record

    def record_and_note(limiter: ConcurrencyLimiter, *, is_throttled: bool) -> None:
        record(limiter, is_throttled=is_throttled)
        limits.append(limiter.current_limit())

    monkeypatch.setattr(ConcurrencyLimiter, "record", record_and_note)

    job = fault_harness.run(fault_harness.add())

    assert (job.ok, job.failed) == (302, 0)
    s3 = fault_harness.resources.s3(job.spec.access)
    refused = fault_harness.server.counts["GetObject"] - 302
    assert min(limits) <= 8
    assert refused < 302

    fault_harness.server.rules.remove(crowd)
    fault_harness.server.reset_counts()
    again = fault_harness.catalogue.add_job(JobSpec(job.spec.source, job.spec.access, force=True))
    assert fault_harness.run(again).ok == 302
    assert fault_harness.server.counts["GetObject"] == 302
    assert s3.limiter.current_limit() == 16
