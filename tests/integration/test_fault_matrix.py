"""Each fault of S3, its policy: how often it is tried, and the class in which it ends.

Real HTTP and a real ledger; the broker between them is left out, so that attempts can be
counted and the pauses of the ledger cost no time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.catalogue import Catalogue, Pauses
from tasveer_tui.catalogue.leases import MAX_SCAN_ATTEMPTS
from tasveer_tui.jobs import clients as clients_module
from tasveer_tui.jobs import record
from tasveer_tui.jobs.clients import Clients
from tasveer_tui.jobs.messages import ReadOrder, ScanOrder, pack
from tasveer_tui.jobs.read import read_batch
from tasveer_tui.jobs.scan import scan_page
from tasveer_tui.records import Access, JobSpec, JobState, Outcome, Source
from tasveer_tui.s3 import S3
from tasveer_tui.s3.window import Window
from tests.parts.images import jpeg
from tests.parts.rangeserver import RangeServer, Rule
from tests.parts.sites import BUCKET, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.records import JobView
    from tests.parts.rangeserver import Request

REPLY = "tasveer.record.x"
TRIES = 4
"""Of a request within one reading."""
READINGS = 3
"""Of an object whose fault may pass."""

KEPT = READINGS - 1
"""A kept connection that is reset is no try: the service may have closed it before."""


class Ground:
    """A ledger, a server, and nothing but function calls between them."""

    def __init__(self, folder: Path, server: RangeServer) -> None:
        self.now = 1_750_000_000.0
        self.server = server
        self.catalogue = Catalogue(folder / "c.sqlite", clock=lambda: self.now)
        self.recorder = self.catalogue.recorder(Pauses())
        self.clients = Clients(16)
        self._desk = record.Desk(self.recorder, on_record=lambda: None, on_fault=lambda _: None)

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """As Post, delivered at once."""
        del queue, about
        self._desk.take(task, text)

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
            order = ScanOrder(spec.access, spec.source.bucket, lease)
            text = pack(job_id, order, reply=REPLY, scan_id=lease.scan_id)
            scan_page(text, self.clients, self, worker="w")  # type: ignore[arg-type]
        return bool(leases)

    def read(self, job_id: int) -> bool:
        spec = self.catalogue.job(job_id).spec
        batch = self.recorder.lease_batch(job_id, lease_s=60, max_objects=100, max_bytes=0)
        if batch is None:
            return False
        order = ReadOrder(spec.access, spec.source.bucket, batch)
        text = pack(job_id, order, reply=REPLY, batch_id=batch.batch_id)
        read_batch(text, self.clients, self, worker="w")  # type: ignore[arg-type]
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
        self.clients.close()
        self.catalogue.close()


@pytest.fixture
def ground(
    tmp_path: Path, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    monkeypatch.setattr(clients_module, "S3", partial(S3, timeout_s=0.4, backoff_s=0.001))
    range_server.put(BUCKET, "good.jpg", jpeg(make="Canon"))
    range_server.put(BUCKET, "odd.jpg", jpeg(make="Nikon"))
    made = Ground(tmp_path, range_server)
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
def test_a_fault_that_stays_ends_in_its_class_after_so_many_attempts(
    ground: Ground, action: str, options: dict[str, Any], outcome: Outcome, count: int
) -> None:
    ground.server.fail(action, op="GetObject", key="odd", **options)

    job = ground.run(ground.add())

    assert ground.outcomes(job.id) == {"good.jpg": Outcome.OK, "odd.jpg": outcome}
    more = attempts(ground.server, "odd.jpg") - count
    assert 0 <= more <= (KEPT if action == "reset" else 0)
    assert attempts(ground.server, "good.jpg") == 1
    assert (job.state, job.total, job.done) == (JobState.DONE, 2, 2)
    assert job.failed == (outcome is not Outcome.OK)
    for failure in ground.catalogue.failures(job.id):
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
def test_a_fault_that_passes_leaves_no_trace(
    ground: Ground, action: str, options: dict[str, Any], times: int, readings: int
) -> None:
    ground.server.fail(action, op="GetObject", key="odd", times=times, **options)

    job = ground.run(ground.add())

    assert set(ground.outcomes(job.id).values()) == {Outcome.OK}
    assert attempts(ground.server, "odd.jpg") == times + 1
    assert (job.ok, job.failed, job.tried_again) == (2, 0, readings - 1)
    assert job.error == ""


def test_an_empty_object_is_told_from_a_failure_to_read_it(ground: Ground) -> None:
    ground.server.put(BUCKET, "odd.jpg", b"")

    job = ground.run(ground.add())

    assert ground.outcomes(job.id)["odd.jpg"] is Outcome.EMPTY
    assert attempts(ground.server, "odd.jpg") <= 1


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
def test_what_is_wrong_with_all_of_the_source_stops_the_job_and_blames_no_object(
    ground: Ground, options: dict[str, Any], words: str
) -> None:
    rule = ground.server.fail("error", op="GetObject", **options)

    job_id = ground.add()
    job = ground.run(job_id)

    assert (job.state, job.failed, job.done) == (JobState.FAILED, 0, 0)
    assert words in job.error.lower()

    ground.server.rules.remove(rule)
    ground.catalogue.resume(job_id)
    ground.recorder.active_jobs()
    assert ground.run(job_id).ok == 2


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
    ground: Ground, action: str, options: dict[str, Any], count: int
) -> None:
    ground.server.fail(action, op="ListObjectsV2", **options)

    job = ground.run(ground.add())

    assert job.state is JobState.FAILED
    assert job.error
    assert ground.server.counts["ListObjectsV2"] == count


def test_a_source_that_goes_away_is_waited_for(ground: Ground) -> None:
    job_id = ground.add()
    ground.scan(job_id)
    port = ground.server.port
    ground.server.__exit__()

    for _ in range(5):
        assert ground.read(job_id)
        assert "failed" in ground.catalogue.job(job_id).error
        assert not ground.read(job_id)
        ground.now += 60

    with RangeServer(port=port) as server:
        server.buckets = ground.server.buckets
        job = ground.run(job_id)
    assert (job.ok, job.failed, job.tried_again, job.error) == (2, 0, 0, "")
    _restart(ground)


def test_a_source_that_stays_away_fails_the_job_in_the_end(ground: Ground) -> None:
    job_id = ground.add()
    ground.server.__exit__()
    began = ground.now

    job = ground.run(job_id)

    assert (job.state, job.failed) == (JobState.FAILED, 0)
    assert "failed" in job.error
    assert 900 <= ground.now - began < 1200
    _restart(ground)


def _restart(ground: Ground) -> None:
    """Something for the fixture to end."""
    ground.server.__init__()  # type: ignore[misc]
    ground.server.__enter__()


class Crowd(Rule):
    """Refuses whoever comes while too many are served."""

    def __init__(self, server: RangeServer, most: int) -> None:
        super().__init__("error", "GetObject", status=503, code="SlowDown")
        self._server = server
        self._most = most

    def takes(self, request: Request) -> bool:
        return super().takes(request) and self._server.in_flight > self._most


def test_a_service_that_asks_for_less_gets_less_and_later_more_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients_module, "S3", partial(S3, backoff_s=0.1))
    fill(ground.server, 300, prefix="many/")
    ground.server.latency_s = 0.01
    crowd = Crowd(ground.server, 4)
    ground.server.rules.append(crowd)

    widths: list[int] = []
    told = Window.told

    def noted(window: Window, *, is_throttled: bool) -> None:
        told(window, is_throttled=is_throttled)
        widths.append(window.width())

    monkeypatch.setattr(Window, "told", noted)

    job = ground.run(ground.add())

    assert (job.ok, job.failed) == (302, 0)
    s3 = ground.clients.s3(job.spec.access)
    refused = ground.server.counts["GetObject"] - 302
    assert min(widths) <= 8
    assert refused < 302

    ground.server.rules.remove(crowd)
    ground.server.reset_counts()
    again = ground.catalogue.add_job(JobSpec(job.spec.source, job.spec.access, force=True))
    assert ground.run(again).ok == 302
    assert ground.server.counts["GetObject"] == 302
    assert s3.window.width() == 16
