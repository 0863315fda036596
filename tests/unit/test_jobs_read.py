from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui import exif
from tasveer_tui.jobs import protocol
from tasveer_tui.jobs.protocol import (
    JobStopped,
    ObjectsReturned,
    PagesListed,
    ReadTask,
    ResultChunk,
    ScanFailed,
    ScanTask,
    decode_results,
)
from tasveer_tui.jobs.worker import read_task
from tasveer_tui.jobs.worker.read_task import run_read
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import (
    Access,
    Batch,
    LeasedObject,
    ObjectRef,
    Outcome,
    ScanLease,
)
from tests.support.engine_harness import BUCKET, put_photos

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.jobs.protocol import Reply
    from tasveer_tui.records import ObjectResult
    from tests.support.range_server import RangeServer

ENGINE = "tasveer.record.x"


@dataclass
class ReadHarness:
    """One process's reading, against a server."""

    server: RangeServer
    resources: WorkerResources
    is_anonymous: bool = True
    endpoint_url: str = ""
    replies: list[Reply] = field(default_factory=list)

    @property
    def access(self) -> Access:
        return Access(
            endpoint_url=self.endpoint_url or self.server.url, is_anonymous=self.is_anonymous
        )

    @property
    def context(self) -> TaskContext:
        return TaskContext("w@h", self.replies.append, ENGINE)

    def results(self) -> list[ObjectResult]:
        chunks = [reply for reply in self.replies if isinstance(reply, ResultChunk)]
        return [result for chunk in chunks for result in decode_results(chunk).results]

    def read(self, count: int, *, etag: str = "same") -> None:
        refs = [ObjectRef(f"{number:05}.jpg", 700, etag) for number in range(count)]
        objects = tuple(LeasedObject(number, ref) for number, ref in enumerate(refs))
        task = ReadTask(self.access, BUCKET, Batch(3, 4, objects))
        run_read(task, self.context, self.resources)

    def scan(self, bucket: str = BUCKET, **lease: Any) -> None:
        given = {"scan_id": 5, "job_id": 3, "prefix": "", "cursor": "", **lease}
        task = ScanTask(self.access, bucket, ScanLease(**given))
        run_scan(task, self.context, self.resources)


@pytest.fixture
def read_harness(range_server: RangeServer) -> Iterator[ReadHarness]:
    resources = WorkerResources(8)
    yield ReadHarness(range_server, resources)
    resources.close()


def test_a_batch_is_read_side_by_side_and_answered_whole(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 50)
    read_harness.server.latency_s = 0.05

    read_harness.read(50)

    results = read_harness.results()
    assert sorted(result.object_id for result in results) == list(range(50))
    assert {result.record.outcome for result in results} == {Outcome.OK}
    assert 4 <= read_harness.server.max_in_flight <= 8


def test_results_leave_in_messages_of_bounded_size(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photos(read_harness.server, 40)
    monkeypatch.setattr(read_task, "RESULT_CHUNK_BYTES", 3_000)

    read_harness.read(40)

    chunks = [reply for reply in read_harness.replies if isinstance(reply, ResultChunk)]
    sizes = [sum(len(bytes(each.result)) for each in chunk.results) for chunk in chunks]
    assert len(sizes) > 5
    assert max(sizes) < 6_000
    assert len(read_harness.results()) == 40


def test_what_is_read_does_not_wait_for_what_is_slow(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 8)
    read_harness.server.fail("delay", op="GetObject", key="00000", seconds=1.5)

    read_harness.read(8)

    assert len(read_harness.replies) > 1
    assert len(read_harness.results()) == 8


@pytest.mark.parametrize("code", ["ExpiredToken", "NoSuchBucket"])
def test_a_source_error_stops_the_job_and_fails_no_object(
    read_harness: ReadHarness, code: str
) -> None:
    put_photos(read_harness.server, 40)
    status = 404 if code == "NoSuchBucket" else 400
    read_harness.server.fail("error", op="GetObject", skip=10, status=status, code=code)

    read_harness.read(40)

    last = read_harness.replies[-1]
    assert isinstance(last, JobStopped)
    assert (last.job_id, last.batch_id) == (3, 4)
    assert "w@h" in last.reason
    results = read_harness.results()
    assert {result.record.outcome for result in results} <= {Outcome.OK}
    assert read_harness.server.counts["GetObject"] < 40


@pytest.mark.parametrize("op", ["GetObject", "ListObjectsV2"])
def test_a_worker_finds_credentials_that_were_renewed_after_they_ran_out(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, op: str
) -> None:
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    read_harness.is_anonymous = False
    put_photos(read_harness.server, 1)

    def renew(key: str) -> str:
        file.write_text(f"[default]\naws_access_key_id={key}\naws_secret_access_key=not-a-secret\n")
        return read_harness.resources.s3(read_harness.access).identity()

    assert "…OLD1" in renew("AKIDEXAMPLE0OLD1")
    read_harness.server.fail("error", op=op, status=400, code="ExpiredToken")
    if op == "GetObject":
        read_harness.read(1)
    else:
        read_harness.scan()

    kind = JobStopped if op == "GetObject" else ScanFailed
    assert isinstance(read_harness.replies[-1], kind)
    assert "…NEW1" in renew("AKIDEXAMPLE0NEW1")


def test_a_denied_object_carries_its_message(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 2)
    read_harness.server.fail("error", op="GetObject", key="00001", status=403, code="AccessDenied")

    read_harness.read(2)

    denied = {result.object_id: result for result in read_harness.results()}[1]
    assert denied.record.outcome is Outcome.DENIED
    assert denied.message


def test_an_unexpected_error_fails_one_object(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photos(read_harness.server, 5)
    sane = exif.read

    def odd(fetch: Any, **rest: Any) -> Any:
        if fetch.ref.key == "00002.jpg":
            raise ZeroDivisionError("by a lens")
        return sane(fetch, **rest)

    monkeypatch.setattr(exif, "read", odd)

    read_harness.read(5)

    results = {result.object_id: result for result in read_harness.results()}
    assert results[2].record.outcome is Outcome.CRASHED
    assert "by a lens" in results[2].message
    assert [results[number].record.outcome for number in (0, 1, 3, 4)] == [Outcome.OK] * 4


def test_objects_whose_turn_does_not_come_in_time_go_back(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photos(read_harness.server, 3)
    monkeypatch.setattr(read_task, "BATCH_DEADLINE_S", -1.0)

    read_harness.read(3)

    assert read_harness.replies == [ObjectsReturned(3, 4, [0, 1, 2])]


def test_objects_of_a_paused_job_are_returned_unread(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 40)
    read_harness.resources.paused_jobs.set(ENGINE, [2, 3])

    read_harness.read(40)

    assert read_harness.replies == [ObjectsReturned(3, 4, list(range(40)))]
    assert read_harness.server.counts["GetObject"] == 0

    read_harness.resources.paused_jobs.set(ENGINE, [2])
    read_harness.read(40)
    assert len(read_harness.results()) == 40


def test_a_source_that_cannot_be_reached_blames_no_object(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)
    read_harness.endpoint_url = "http://127.0.0.1:9"

    read_harness.read(5)

    (reply,) = read_harness.replies
    assert isinstance(reply, ObjectsReturned)
    assert sorted(reply.object_ids) == [0, 1, 2, 3, 4]
    assert "127.0.0.1:9" in reply.reason
    assert "w@h" in reply.reason


def test_a_listing_that_cannot_reach_its_source_says_so(read_harness: ReadHarness) -> None:
    read_harness.endpoint_url = "http://127.0.0.1:9"

    read_harness.scan()

    (reply,) = read_harness.replies
    assert isinstance(reply, ScanFailed)
    assert (reply.is_final, reply.is_source_down) == (False, True)


def test_a_process_that_ends_answers_only_what_it_has(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 20)
    read_harness.resources.is_stopping.set()

    read_harness.read(20)

    assert read_harness.replies == []


def test_a_scan_sends_the_page_after_its_cursor(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)

    read_harness.scan(cursor="00002.jpg")

    (reply,) = read_harness.replies
    assert isinstance(reply, PagesListed)
    (page,) = reply.pages
    assert (page.start_after, page.worker) == ("00002.jpg", "w@h")
    assert [ref.key for ref in page.page.objects] == ["00003.jpg", "00004.jpg"]


def test_a_scan_of_one_key_asks_for_one(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)

    read_harness.scan(prefix="00002.jpg", is_exact=True)

    (reply,) = read_harness.replies
    assert isinstance(reply, PagesListed)
    assert [ref.key for ref in reply.pages[0].page.objects] == ["00002.jpg"]


def test_a_scan_that_cannot_go_on_says_whether_it_may_be_tried_again(
    read_harness: ReadHarness,
) -> None:
    put_photos(read_harness.server, 1)
    read_harness.scan(bucket="nowhere")

    (reply,) = read_harness.replies
    assert isinstance(reply, ScanFailed)
    assert (reply.scan_id, reply.is_final) == (5, True)
    assert "nowhere" in reply.reason


def test_clients_are_made_once_for_each_access(read_harness: ReadHarness) -> None:
    access = read_harness.access

    assert read_harness.resources.s3(access) is read_harness.resources.s3(access)
    assert read_harness.resources.s3(access) is not read_harness.resources.s3(
        Access(profile="other")
    )
    assert protocol.RESULT_CHUNK_BYTES < protocol.MAX_RESULT_BYTES
