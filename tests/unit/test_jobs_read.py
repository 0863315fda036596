from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui import exif
from tasveer_tui.jobs import protocol
from tasveer_tui.jobs.broker import (
    OBJECTS_RETURNED,
    RECORD_BATCH,
    RECORD_PAGE,
    SCAN_FAILED,
    STOP_JOB,
)
from tasveer_tui.jobs.protocol import (
    ReadTask,
    ScanTask,
    UnreadObjects,
    pack,
    unpack,
    unpack_batch_result,
)
from tasveer_tui.jobs.worker import read_task
from tasveer_tui.jobs.worker.read_task import read_batch
from tasveer_tui.jobs.worker.resources import WorkerResources
from tasveer_tui.jobs.worker.scan_task import scan_page
from tasveer_tui.records import (
    MESSAGE_VERSION,
    Access,
    Batch,
    LeasedObject,
    ObjectRef,
    Outcome,
    ScanLease,
    ScannedPage,
)
from tests.support.engine_harness import BUCKET, put_photos

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.jobs.protocol import Envelope
    from tasveer_tui.records import ObjectResult
    from tests.support.range_server import RangeServer

LEASE = ScanLease(5, 3, "", "")


@dataclass
class Outbox:
    """Keeps what would have been published."""

    letters: list[tuple[str, Envelope]] = field(default_factory=list)

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        assert queue == "tasveer.record.x"
        assert len(about) < 100
        self.letters.append((task, unpack(text)))

    def results(self) -> list[ObjectResult]:
        batches = [
            unpack_batch_result(letter) for task, letter in self.letters if task == RECORD_BATCH
        ]
        return [result for batch in batches for result in batch.results]


@dataclass
class ReadHarness:
    """One process's reading, against a server."""

    server: RangeServer
    clients: WorkerResources
    outbox: Outbox
    is_anonymous: bool = True

    @property
    def access(self) -> Access:
        return Access(endpoint_url=self.server.url, is_anonymous=self.is_anonymous)

    def read(self, count: int, *, etag: str = "same", **changes: Any) -> None:
        refs = [ObjectRef(f"{number:05}.jpg", 700, etag) for number in range(count)]
        objects = tuple(LeasedObject(number, ref) for number, ref in enumerate(refs))
        order = ReadTask(self.access, BUCKET, Batch(3, 4, objects))
        text = pack(3, order, reply="tasveer.record.x", batch_id=4)
        for old, new in changes.items():
            text = text.replace(old, new)
        read_batch(text, self.clients, self.outbox, worker="w@h")  # type: ignore[arg-type]

    def scan(self, bucket: str = BUCKET, **lease: Any) -> None:
        given = {"scan_id": 5, "job_id": 3, "prefix": "", "cursor": "", **lease}
        order = ScanTask(self.access, bucket, ScanLease(**given))
        text = pack(3, order, reply="tasveer.record.x", scan_id=5)
        scan_page(text, self.clients, self.outbox, worker="w@h")  # type: ignore[arg-type]


@pytest.fixture
def read_harness(range_server: RangeServer) -> Iterator[ReadHarness]:
    clients = WorkerResources(8)
    yield ReadHarness(range_server, clients, Outbox())
    clients.close()


def test_a_batch_is_read_side_by_side_and_answered_whole(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 50)
    read_harness.server.latency_s = 0.05

    read_harness.read(50)

    results = read_harness.outbox.results()
    assert sorted(result.object_id for result in results) == list(range(50))
    assert {result.record.outcome for result in results} == {Outcome.OK}
    assert 4 <= read_harness.server.max_in_flight <= 8


def test_results_leave_in_messages_of_bounded_size(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photos(read_harness.server, 40)
    monkeypatch.setattr(read_task, "RESULT_CHUNK_BYTES", 3_000)

    read_harness.read(40)

    sizes = [len(bytes(letter.body)) for _, letter in read_harness.outbox.letters]
    assert len(sizes) > 5
    assert max(sizes) < 6_000
    assert len(read_harness.outbox.results()) == 40


def test_what_is_read_does_not_wait_for_what_is_slow(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 8)
    read_harness.server.fail("delay", op="GetObject", key="00000", seconds=1.5)

    read_harness.read(8)

    assert len(read_harness.outbox.letters) > 1
    assert len(read_harness.outbox.results()) == 8


@pytest.mark.parametrize("code", ["ExpiredToken", "NoSuchBucket"])
def test_a_source_error_stops_the_job_and_fails_no_object(
    read_harness: ReadHarness, code: str
) -> None:
    put_photos(read_harness.server, 40)
    status = 404 if code == "NoSuchBucket" else 400
    read_harness.server.fail("error", op="GetObject", skip=10, status=status, code=code)

    read_harness.read(40)

    task, last = read_harness.outbox.letters[-1]
    assert (task, last.job_id) == (STOP_JOB, 3)
    assert last.batch_id
    assert "w@h" in last.note
    results = read_harness.outbox.results()
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
        return read_harness.clients.s3(read_harness.access).identity()

    assert "…OLD1" in renew("AKIDEXAMPLE0OLD1")
    read_harness.server.fail("error", op=op, status=400, code="ExpiredToken")
    if op == "GetObject":
        read_harness.read(1)
    else:
        read_harness.scan()

    assert read_harness.outbox.letters[-1][0] == (STOP_JOB if op == "GetObject" else SCAN_FAILED)
    assert "…NEW1" in renew("AKIDEXAMPLE0NEW1")


def test_a_denied_object_carries_its_message(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 2)
    read_harness.server.fail("error", op="GetObject", key="00001", status=403, code="AccessDenied")

    read_harness.read(2)

    denied = {result.object_id: result for result in read_harness.outbox.results()}[1]
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

    results = {result.object_id: result for result in read_harness.outbox.results()}
    assert results[2].record.outcome is Outcome.CRASHED
    assert "by a lens" in results[2].message
    assert [results[number].record.outcome for number in (0, 1, 3, 4)] == [Outcome.OK] * 4


def test_objects_whose_turn_does_not_come_in_time_go_back(
    read_harness: ReadHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photos(read_harness.server, 3)
    monkeypatch.setattr(read_task, "BATCH_DEADLINE_S", -1.0)

    read_harness.read(3)

    ((task, letter),) = read_harness.outbox.letters
    assert (task, letter.job_id, letter.batch_id, letter.note) == (OBJECTS_RETURNED, 3, 4, "")
    assert sorted(letter.value(UnreadObjects).object_ids) == [0, 1, 2]


def test_objects_of_a_paused_job_are_returned_unread(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 40)
    read_harness.clients.holds.hold("tasveer.record.x", [2, 3])

    read_harness.read(40)

    ((task, letter),) = read_harness.outbox.letters
    assert task == OBJECTS_RETURNED
    assert sorted(letter.value(UnreadObjects).object_ids) == list(range(40))
    assert read_harness.server.counts["GetObject"] == 0

    read_harness.clients.holds.hold("tasveer.record.x", [2])
    read_harness.read(40)
    assert len(read_harness.outbox.results()) == 40


def test_a_source_that_cannot_be_reached_blames_no_object(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)
    url = read_harness.server.url

    read_harness.read(5, **{url: "http://127.0.0.1:9"})

    ((task, letter),) = read_harness.outbox.letters
    assert task == OBJECTS_RETURNED
    assert sorted(letter.value(UnreadObjects).object_ids) == [0, 1, 2, 3, 4]
    assert "127.0.0.1:9" in letter.note
    assert "w@h" in letter.note


def test_a_listing_that_cannot_reach_its_source_says_so(read_harness: ReadHarness) -> None:
    read_harness.server.make_bucket(BUCKET)
    order = ScanTask(Access(endpoint_url="http://127.0.0.1:9", is_anonymous=True), BUCKET, LEASE)
    text = pack(3, order, reply="tasveer.record.x", scan_id=5)

    scan_page(text, read_harness.clients, read_harness.outbox, worker="w@h")  # type: ignore[arg-type]

    ((task, letter),) = read_harness.outbox.letters
    assert (task, letter.is_final, letter.is_down) == (SCAN_FAILED, False, True)


def test_a_process_that_ends_answers_only_what_it_has(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 20)
    read_harness.clients.is_stopping.set()

    read_harness.read(20)

    assert read_harness.outbox.letters == []


def test_an_order_of_another_version_stops_the_job_with_a_sentence(
    read_harness: ReadHarness,
) -> None:
    read_harness.read(1, **{f'"version":{MESSAGE_VERSION}': '"version":99'})

    ((task, letter),) = read_harness.outbox.letters
    assert task == STOP_JOB
    assert "version 99" in letter.note


def test_a_scan_sends_the_page_after_its_cursor(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)

    read_harness.scan(cursor="00002.jpg")

    ((task, letter),) = read_harness.outbox.letters
    page = letter.value(ScannedPage)
    assert task == RECORD_PAGE
    assert (page.start_after, page.worker) == ("00002.jpg", "w@h")
    assert [ref.key for ref in page.page.objects] == ["00003.jpg", "00004.jpg"]


def test_a_scan_of_one_key_asks_for_one(read_harness: ReadHarness) -> None:
    put_photos(read_harness.server, 5)

    read_harness.scan(prefix="00002.jpg", is_exact=True)

    ((_, letter),) = read_harness.outbox.letters
    assert [ref.key for ref in letter.value(ScannedPage).page.objects] == ["00002.jpg"]


def test_a_scan_that_cannot_go_on_says_whether_it_may_be_tried_again(
    read_harness: ReadHarness,
) -> None:
    put_photos(read_harness.server, 1)
    read_harness.scan(bucket="nowhere")

    ((task, letter),) = read_harness.outbox.letters
    assert (task, letter.scan_id, letter.is_final) == (SCAN_FAILED, 5, True)
    assert "nowhere" in letter.note


def test_clients_are_made_once_for_each_access(read_harness: ReadHarness) -> None:
    access = read_harness.access

    assert read_harness.clients.s3(access) is read_harness.clients.s3(access)
    assert read_harness.clients.s3(access) is not read_harness.clients.s3(Access(profile="other"))
    assert protocol.RESULT_CHUNK_BYTES < protocol.MAX_RESULT_BYTES
