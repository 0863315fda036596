from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue, RetryDelays
from tasveer_tui.catalogue.ledger.retry_schedule import (
    RETRY_DELAYS_S,
    SOURCE_RETRY_DELAYS_S,
    SOURCE_TIMEOUT_S,
)
from tasveer_tui.records import (
    Access,
    BatchResult,
    JobSpec,
    JobState,
    ObjectResult,
    Outcome,
    Record,
)
from tests.support.catalogue_factory import NOW, SOURCE, record_listing, ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.records import Batch


class Ledger:
    """A job of 20 listed objects."""

    def __init__(self, path: Path) -> None:
        self.now = NOW
        self.catalogue = Catalogue(path, clock=lambda: self.now)
        self.recorder = self.catalogue.recorder(RetryDelays())
        self.job_id = self.catalogue.add_job(JobSpec(SOURCE, Access()))
        record_listing(self.recorder, self.job_id, [ref_of(index) for index in range(20)])

    def lease(self) -> Batch | None:
        return self.recorder.lease_batch(self.job_id, lease_s=60, max_objects=100, max_bytes=0)

    def answer(self, outcome: Outcome) -> int:
        """Answer all that can be leased; how many that was."""
        batch = self.lease()
        if batch is None:
            return 0
        record = Record(outcome, bytes_read=10, requests=4)
        results = tuple(ObjectResult(each.object_id, record) for each in batch.objects)
        self.recorder.record_batch(BatchResult(self.job_id, batch.batch_id, results))
        return len(results)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "c.sqlite")
    with closing(made.catalogue):
        yield made
        assert made.catalogue.check() == []


def test_a_transient_error_is_retried_with_growing_delays(ledger: Ledger) -> None:
    assert ledger.answer(Outcome.NETWORK) == 20
    for pause_s in RETRY_DELAYS_S:
        job = ledger.catalogue.job(ledger.job_id)
        assert (job.left, job.failed) == (20, 0)
        ledger.now += pause_s * 0.7
        assert ledger.answer(Outcome.NETWORK) == 0
        ledger.now += pause_s * 0.6
        assert ledger.answer(Outcome.NETWORK) == 20

    job = ledger.catalogue.job(ledger.job_id)
    assert (job.left, job.failed, job.tried_again) == (0, 20, 40)
    assert (job.requests, job.bytes_read) == (240, 600)
    ledger.recorder.finish(ledger.job_id)
    assert ledger.catalogue.job(ledger.job_id).state is JobState.DONE


def test_a_job_is_not_done_while_a_retry_is_pending(ledger: Ledger) -> None:
    ledger.answer(Outcome.TIMEOUT)
    ledger.recorder.finish(ledger.job_id)
    assert ledger.catalogue.job(ledger.job_id).state is JobState.RUNNING


def test_a_successful_retry_counts_once(ledger: Ledger) -> None:
    ledger.answer(Outcome.NETWORK)
    ledger.now += 60
    ledger.answer(Outcome.OK)

    job = ledger.catalogue.job(ledger.job_id)
    assert (job.ok, job.failed, job.left, job.tried_again) == (20, 0, 0, 20)


def test_permanent_errors_are_not_retried(ledger: Ledger) -> None:
    ledger.answer(Outcome.DENIED)
    job = ledger.catalogue.job(ledger.job_id)
    assert (job.failed, job.tried_again) == (20, 0)


def test_a_manual_retry_resets_the_attempts(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.answer(Outcome.NETWORK)
        ledger.now += 60
    assert ledger.catalogue.retry(ledger.job_id, outcome=Outcome.NETWORK) == 20

    ledger.answer(Outcome.NETWORK)
    assert ledger.catalogue.job(ledger.job_id).failed == 0


def test_a_cancelled_job_keeps_what_waits_and_a_resumed_one_goes_on_with_it(
    ledger: Ledger,
) -> None:
    ledger.answer(Outcome.NETWORK)
    ledger.catalogue.pause(ledger.job_id)
    ledger.recorder.active_jobs()
    ledger.now += 60
    assert ledger.lease() is None

    ledger.catalogue.resume(ledger.job_id)
    ledger.recorder.active_jobs()
    assert ledger.answer(Outcome.OK) == 20


def test_objects_returned_unread_are_leased_again_at_once(ledger: Ledger) -> None:
    batch = ledger.lease()
    assert batch
    ids = [each.object_id for each in batch.objects]

    ledger.recorder.release_objects(ledger.job_id, batch.batch_id, ids[:5])
    ledger.recorder.release_objects(ledger.job_id, batch.batch_id + 1, ids)

    again = ledger.lease()
    assert again
    assert [each.object_id for each in again.objects] == ids[:5]
    attempts = "SELECT max(attempts) FROM ledger"
    assert ledger.catalogue.reader().execute(attempts).fetchone()[0] == 0


def test_an_unreachable_source_is_polled_with_backoff_and_fails_no_object(
    ledger: Ledger,
) -> None:
    began = ledger.now
    asked = 0
    while ledger.catalogue.job(ledger.job_id).state is JobState.RUNNING:
        batch = ledger.lease()
        if batch is not None:
            ids = [each.object_id for each in batch.objects]
            ledger.recorder.release_objects(ledger.job_id, batch.batch_id, ids, "It is away.")
            asked += 1
        ledger.now += 0.5

    job = ledger.catalogue.job(ledger.job_id)
    assert (job.state, job.failed, job.error) == (JobState.FAILED, 0, "It is away.")
    assert SOURCE_TIMEOUT_S <= ledger.now - began < SOURCE_TIMEOUT_S + 60
    assert len(SOURCE_RETRY_DELAYS_S) < asked < SOURCE_TIMEOUT_S / SOURCE_RETRY_DELAYS_S[-1] * 2

    ledger.catalogue.resume(ledger.job_id)
    ledger.recorder.active_jobs()
    assert ledger.answer(Outcome.OK) == 20
    assert ledger.catalogue.job(ledger.job_id).error == ""


def test_news_of_an_absent_source_from_batches_of_the_same_moment_counts_once(
    ledger: Ledger,
) -> None:
    batches = [
        ledger.recorder.lease_batch(ledger.job_id, lease_s=60, max_objects=5, max_bytes=0)
        for _ in range(4)
    ]
    for batch in batches:
        assert batch
        ids = [each.object_id for each in batch.objects]
        ledger.recorder.release_objects(ledger.job_id, batch.batch_id, ids, "It is away.")

    assert ledger.lease() is None
    assert ledger.catalogue.job(ledger.job_id).rest_until > ledger.now
    ledger.now += SOURCE_RETRY_DELAYS_S[0] * 1.3
    assert ledger.answer(Outcome.OK) == 20
    assert ledger.catalogue.job(ledger.job_id).error == ""


def test_a_listing_that_cannot_reach_its_source_costs_no_attempt(tmp_path: Path) -> None:
    now = NOW
    with closing(Catalogue(tmp_path / "d.sqlite", clock=lambda: now)) as catalogue:
        recorder = catalogue.recorder(RetryDelays())
        job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
        for _ in range(12):
            (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
            recorder.scan_failed(lease.scan_id, "It is away.", is_final=False, is_down=True)
            assert recorder.lease_scans(job_id, lease_s=60, limit=1) == []
            assert catalogue.job(job_id).error == "It is away."
            now += 40
        assert catalogue.job(job_id).state is JobState.RUNNING
