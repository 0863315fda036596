from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui import exif
from tasveer_tui.jobs import messages, read
from tasveer_tui.jobs.broker import RECORD_BATCH, RECORD_PAGE, RETURNED, SCAN_FAILED, STOP_JOB
from tasveer_tui.jobs.clients import Clients
from tasveer_tui.jobs.messages import ReadOrder, ScanOrder, Unread, batch_result, pack, unpack
from tasveer_tui.jobs.read import read_batch
from tasveer_tui.jobs.scan import scan_page
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
from tests.parts.sites import BUCKET, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.jobs.messages import Envelope
    from tasveer_tui.records import ObjectResult
    from tests.parts.rangeserver import RangeServer

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
        batches = [batch_result(letter) for task, letter in self.letters if task == RECORD_BATCH]
        return [result for batch in batches for result in batch.results]


@dataclass
class Desk:
    """One process's reading, against a server."""

    server: RangeServer
    clients: Clients
    outbox: Outbox
    is_anonymous: bool = True

    @property
    def access(self) -> Access:
        return Access(endpoint_url=self.server.url, is_anonymous=self.is_anonymous)

    def read(self, count: int, *, etag: str = "same", **changes: Any) -> None:
        refs = [ObjectRef(f"{number:05}.jpg", 700, etag) for number in range(count)]
        objects = tuple(LeasedObject(number, ref) for number, ref in enumerate(refs))
        order = ReadOrder(self.access, BUCKET, Batch(3, 4, objects))
        text = pack(3, order, reply="tasveer.record.x", batch_id=4)
        for old, new in changes.items():
            text = text.replace(old, new)
        read_batch(text, self.clients, self.outbox, worker="w@h")  # type: ignore[arg-type]

    def scan(self, bucket: str = BUCKET, **lease: Any) -> None:
        given = {"scan_id": 5, "job_id": 3, "prefix": "", "cursor": "", **lease}
        order = ScanOrder(self.access, bucket, ScanLease(**given))
        text = pack(3, order, reply="tasveer.record.x", scan_id=5)
        scan_page(text, self.clients, self.outbox, worker="w@h")  # type: ignore[arg-type]


@pytest.fixture
def desk(range_server: RangeServer) -> Iterator[Desk]:
    clients = Clients(8)
    yield Desk(range_server, clients, Outbox())
    clients.close()


def test_a_batch_is_read_side_by_side_and_answered_whole(desk: Desk) -> None:
    fill(desk.server, 50)
    desk.server.latency_s = 0.05

    desk.read(50)

    results = desk.outbox.results()
    assert sorted(result.object_id for result in results) == list(range(50))
    assert {result.record.outcome for result in results} == {Outcome.OK}
    assert 4 <= desk.server.most_in_flight <= 8


def test_results_leave_in_messages_of_bounded_size(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk.server, 40)
    monkeypatch.setattr(read, "PARCEL_BYTES", 3_000)

    desk.read(40)

    sizes = [len(bytes(letter.body)) for _, letter in desk.outbox.letters]
    assert len(sizes) > 5
    assert max(sizes) < 6_000
    assert len(desk.outbox.results()) == 40


def test_what_is_read_does_not_wait_for_what_is_slow(desk: Desk) -> None:
    fill(desk.server, 8)
    desk.server.fail("delay", op="GetObject", key="00000", seconds=1.5)

    desk.read(8)

    assert len(desk.outbox.letters) > 1
    assert len(desk.outbox.results()) == 8


@pytest.mark.parametrize("code", ["ExpiredToken", "NoSuchBucket"])
def test_a_fault_of_the_whole_source_stops_the_job_and_blames_no_object(
    desk: Desk, code: str
) -> None:
    fill(desk.server, 40)
    status = 404 if code == "NoSuchBucket" else 400
    desk.server.fail("error", op="GetObject", skip=10, status=status, code=code)

    desk.read(40)

    task, last = desk.outbox.letters[-1]
    assert (task, last.job_id) == (STOP_JOB, 3)
    assert last.batch_id
    assert "w@h" in last.note
    results = desk.outbox.results()
    assert {result.record.outcome for result in results} <= {Outcome.OK}
    assert desk.server.counts["GetObject"] < 40


@pytest.mark.parametrize("op", ["GetObject", "ListObjectsV2"])
def test_a_worker_finds_credentials_that_were_renewed_after_they_ran_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, op: str
) -> None:
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    desk.is_anonymous = False
    fill(desk.server, 1)

    def renew(key: str) -> str:
        file.write_text(f"[default]\naws_access_key_id={key}\naws_secret_access_key=not-a-secret\n")
        return desk.clients.s3(desk.access).identity()

    assert "…OLD1" in renew("AKIDEXAMPLE0OLD1")
    desk.server.fail("error", op=op, status=400, code="ExpiredToken")
    if op == "GetObject":
        desk.read(1)
    else:
        desk.scan()

    assert desk.outbox.letters[-1][0] == (STOP_JOB if op == "GetObject" else SCAN_FAILED)
    assert "…NEW1" in renew("AKIDEXAMPLE0NEW1")


def test_a_denied_object_is_told_with_its_sentence(desk: Desk) -> None:
    fill(desk.server, 2)
    desk.server.fail("error", op="GetObject", key="00001", status=403, code="AccessDenied")

    desk.read(2)

    denied = {result.object_id: result for result in desk.outbox.results()}[1]
    assert denied.record.outcome is Outcome.DENIED
    assert denied.message


def test_an_unforeseen_fault_costs_one_object(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(desk.server, 5)
    sane = exif.read

    def odd(fetch: Any, **rest: Any) -> Any:
        if fetch.ref.key == "00002.jpg":
            raise ZeroDivisionError("by a lens")
        return sane(fetch, **rest)

    monkeypatch.setattr(exif, "read", odd)

    desk.read(5)

    results = {result.object_id: result for result in desk.outbox.results()}
    assert results[2].record.outcome is Outcome.CRASHED
    assert "by a lens" in results[2].message
    assert [results[number].record.outcome for number in (0, 1, 3, 4)] == [Outcome.OK] * 4


def test_objects_whose_turn_does_not_come_in_time_go_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk.server, 3)
    monkeypatch.setattr(read, "BATCH_DEADLINE_S", -1.0)

    desk.read(3)

    ((task, letter),) = desk.outbox.letters
    assert (task, letter.job_id, letter.batch_id, letter.note) == (RETURNED, 3, 4, "")
    assert sorted(letter.value(Unread).object_ids) == [0, 1, 2]


def test_objects_of_a_held_job_go_back_unread(desk: Desk) -> None:
    fill(desk.server, 40)
    desk.clients.holds.hold("tasveer.record.x", [2, 3])

    desk.read(40)

    ((task, letter),) = desk.outbox.letters
    assert task == RETURNED
    assert sorted(letter.value(Unread).object_ids) == list(range(40))
    assert desk.server.counts["GetObject"] == 0

    desk.clients.holds.hold("tasveer.record.x", [2])
    desk.read(40)
    assert len(desk.outbox.results()) == 40


def test_a_source_that_cannot_be_reached_blames_no_object(desk: Desk) -> None:
    fill(desk.server, 5)
    url = desk.server.url

    desk.read(5, **{url: "http://127.0.0.1:9"})

    ((task, letter),) = desk.outbox.letters
    assert task == RETURNED
    assert sorted(letter.value(Unread).object_ids) == [0, 1, 2, 3, 4]
    assert "127.0.0.1:9" in letter.note
    assert "w@h" in letter.note


def test_a_listing_that_cannot_reach_its_source_says_so(desk: Desk) -> None:
    desk.server.make_bucket(BUCKET)
    order = ScanOrder(Access(endpoint_url="http://127.0.0.1:9", is_anonymous=True), BUCKET, LEASE)
    text = pack(3, order, reply="tasveer.record.x", scan_id=5)

    scan_page(text, desk.clients, desk.outbox, worker="w@h")  # type: ignore[arg-type]

    ((task, letter),) = desk.outbox.letters
    assert (task, letter.is_final, letter.is_down) == (SCAN_FAILED, False, True)


def test_a_process_that_ends_answers_only_what_it_has(desk: Desk) -> None:
    fill(desk.server, 20)
    desk.clients.is_stopping.set()

    desk.read(20)

    assert desk.outbox.letters == []


def test_an_order_of_another_version_stops_the_job_with_a_sentence(desk: Desk) -> None:
    desk.read(1, **{f'"version":{MESSAGE_VERSION}': '"version":99'})

    ((task, letter),) = desk.outbox.letters
    assert task == STOP_JOB
    assert "version 99" in letter.note


def test_a_scan_sends_the_page_after_its_cursor(desk: Desk) -> None:
    fill(desk.server, 5)

    desk.scan(cursor="00002.jpg")

    ((task, letter),) = desk.outbox.letters
    page = letter.value(ScannedPage)
    assert task == RECORD_PAGE
    assert (page.start_after, page.worker) == ("00002.jpg", "w@h")
    assert [ref.key for ref in page.page.objects] == ["00003.jpg", "00004.jpg"]


def test_a_scan_of_one_key_asks_for_one(desk: Desk) -> None:
    fill(desk.server, 5)

    desk.scan(prefix="00002.jpg", is_exact=True)

    ((_, letter),) = desk.outbox.letters
    assert [ref.key for ref in letter.value(ScannedPage).page.objects] == ["00002.jpg"]


def test_a_scan_that_cannot_go_on_says_whether_it_may_be_tried_again(desk: Desk) -> None:
    fill(desk.server, 1)
    desk.scan(bucket="nowhere")

    ((task, letter),) = desk.outbox.letters
    assert (task, letter.scan_id, letter.is_final) == (SCAN_FAILED, 5, True)
    assert "nowhere" in letter.note


def test_clients_are_made_once_for_each_access(desk: Desk) -> None:
    access = desk.access

    assert desk.clients.s3(access) is desk.clients.s3(access)
    assert desk.clients.s3(access) is not desk.clients.s3(Access(profile="other"))
    assert messages.PARCEL_BYTES < messages.RESULT_BYTES
