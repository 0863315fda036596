from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.jobs.engine import reply_handler
from tasveer_tui.jobs.engine.reply_handler import ReplyHandler
from tasveer_tui.jobs.protocol import (
    BatchLost,
    JobStopped,
    MessageError,
    PagesListed,
    ResultChunk,
    encode_result,
)
from tasveer_tui.jobs.transport import EngineClosingError
from tasveer_tui.records import (
    Access,
    Batch,
    JobSpec,
    JobState,
    JobView,
    ObjectRef,
    ObjectResult,
    Outcome,
    Page,
    Record,
    ScannedPage,
    Source,
)
from tests.support.engine_harness import wait_for_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder


class Ledger:
    """A job of ten objects in a real catalogue, and the handler that records it."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(folder / "c.sqlite")
        self.recorder: Any = self.catalogue.recorder()
        self.recorded = 0
        self.errors: list[str] = []
        self.reply_handler = ReplyHandler(
            self.recorder, on_record=self._count, on_error=self.errors.append
        )
        self.job_id = self.catalogue.add_job(JobSpec(Source("", "b"), Access()))
        (self.lease,) = self.recorder.lease_scans(self.job_id, lease_s=60, limit=1)

    def _count(self) -> None:
        self.recorded += 1

    def job(self) -> JobView:
        return self.catalogue.job(self.job_id)

    def page(self) -> PagesListed:
        refs = tuple(ObjectRef(f"{number}.jpg", 10, "e") for number in range(10))
        page = ScannedPage(self.lease.scan_id, self.job_id, "", Page((), refs, "9.jpg"), "w")
        return PagesListed(self.job_id, (page,))

    def batch(self) -> Batch:
        leased = self.recorder.lease_batch(self.job_id, lease_s=60, max_objects=10, max_bytes=0)
        assert isinstance(leased, Batch)
        return leased

    def results(self, batch: Batch) -> ResultChunk:
        results = [ObjectResult(leased.object_id, Record(Outcome.OK)) for leased in batch.objects]
        encoded = [encode_result(result) for result in results]
        return ResultChunk(self.job_id, batch.batch_id, "w", encoded)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.catalogue.close()


@pytest.fixture
def listed(ledger: Ledger) -> Ledger:
    ledger.reply_handler.handle(ledger.page())
    return ledger


def test_a_page_and_a_batch_that_arrive_twice_count_once(listed: Ledger) -> None:
    listed.reply_handler.handle(listed.page())
    answer = listed.results(listed.batch())
    listed.reply_handler.handle(answer)
    listed.reply_handler.handle(answer)

    job = listed.job()
    assert (job.listed, job.total, job.ok) == (10, 10, 10)
    assert listed.recorded == 4


def test_a_lost_batch_comes_again_in_smaller_pieces_until_its_objects_count_as_crashed(
    listed: Ledger,
) -> None:
    sizes = []
    for _ in range(4):
        batch = listed.batch()
        sizes.append(len(batch.objects))
        lost = [batch]
        while (more := listed.recorder.lease_batch(
            listed.job_id, lease_s=60, max_objects=10, max_bytes=0
        )) is not None:  # fmt: skip
            lost.append(more)
        for each in lost:
            listed.reply_handler.handle(BatchLost(listed.job_id, each.batch_id, "killed"))

    assert sizes == [10, 10, 1, 1]
    rest = listed.recorder.lease_batch(listed.job_id, lease_s=60, max_objects=10, max_bytes=0)
    assert rest is None
    (group,) = listed.catalogue.failure_groups(listed.job_id)
    assert (group.outcome, group.count) == (Outcome.CRASHED, 10)


def test_a_reply_that_cannot_be_read_fails_its_job_with_a_sentence(listed: Ledger) -> None:
    listed.reply_handler.refuse(listed.job_id, MessageError("It has version 99."))

    assert listed.job().state is JobState.FAILED
    assert listed.job().error == "It has version 99."


def test_a_source_that_cannot_be_read_fails_the_job(listed: Ledger) -> None:
    listed.reply_handler.handle(JobStopped(listed.job_id, "The session has expired."))

    assert (listed.job().state, listed.job().error) == (
        JobState.FAILED,
        "The session has expired.",
    )


def test_late_news_of_a_batch_does_not_stop_a_job_that_was_resumed(listed: Ledger) -> None:
    job_id, recorder = listed.job_id, listed.recorder
    first, second = (
        recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0) for _ in range(2)
    )
    listed.reply_handler.handle(JobStopped(job_id, "Expired.", first.batch_id))
    assert listed.job().state is JobState.FAILED

    listed.catalogue.resume(job_id)
    listed.reply_handler.handle(JobStopped(job_id, "Expired.", second.batch_id))

    assert listed.job().state is not JobState.FAILED


def test_a_result_that_the_database_refuses_spoils_no_other(
    listed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = listed.batch()
    odd = batch.objects[3].object_id
    record_batch = listed.recorder.record_batch

    def refusing(found: Any) -> None:
        if any(r.object_id == odd and r.record.outcome is Outcome.OK for r in found.results):
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        record_batch(found)

    monkeypatch.setattr(listed.recorder, "record_batch", refusing)
    listed.reply_handler.handle(listed.results(batch))

    assert (listed.job().ok, listed.job().failed) == (9, 1)
    (failure,) = listed.catalogue.failures(listed.job_id)
    assert failure.outcome is Outcome.MALFORMED
    assert "too large" in failure.message


def test_a_page_that_the_database_refuses_fails_the_job_instead_of_coming_for_ever(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(_page: ScannedPage) -> None:
        raise OverflowError("too large")

    monkeypatch.setattr(ledger.recorder, "record_page", refusing)
    ledger.reply_handler.handle(ledger.page())
    ledger.recorder.finish(ledger.job_id)

    assert ledger.job().state is JobState.FAILED
    assert "too large" in ledger.job().error


def test_a_full_disk_is_reported_and_retried(
    listed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_handler, "RETRY_INTERVAL_S", 0.01)
    answer = listed.results(listed.batch())
    fail_writes(listed.recorder, 3, monkeypatch)

    listed.reply_handler.handle(answer)

    assert listed.errors[-4:] == ["The disk is full."] * 3 + [""]
    assert listed.job().ok == 10


def test_an_engine_that_ends_while_the_disk_is_full_gives_the_message_back(
    listed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = listed.results(listed.batch())
    fail_writes(listed.recorder, 1_000, monkeypatch)
    given_back = threading.Event()

    def take() -> None:
        with pytest.raises(EngineClosingError):
            listed.reply_handler.handle(answer)
        given_back.set()

    thread = threading.Thread(target=take)
    thread.start()
    wait_for_value(lambda: listed.errors[-1:] == ["The disk is full."])

    assert listed.reply_handler.close(10)
    thread.join(10)
    assert given_back.is_set()
    with pytest.raises(EngineClosingError):
        listed.reply_handler.handle(answer)


def fail_writes(recorder: Recorder, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    record_batch, left = recorder.record_batch, [times]

    def refusing(found: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise CatalogueReadOnlyError("The disk is full.")
        record_batch(found)

    monkeypatch.setattr(recorder, "record_batch", refusing)
