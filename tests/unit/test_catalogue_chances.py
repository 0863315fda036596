from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue, Pauses
from tasveer_tui.catalogue.chances import DOWN_PAUSES_S, DOWN_S, PAUSES_S
from tasveer_tui.records import (
    Access,
    BatchResult,
    JobSpec,
    JobState,
    ObjectResult,
    Outcome,
    Record,
)
from tests.parts.catalogues import NOW, SOURCE, ref_of, scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.records import Batch


class Ledger:
    """A job of 20 listed objects."""

    def __init__(self, path: Path) -> None:
        self.now = NOW
        self.catalogue = Catalogue(path, clock=lambda: self.now)
        self.recorder = self.catalogue.recorder(Pauses())
        self.job_id = self.catalogue.add_job(JobSpec(SOURCE, Access()))
        scan(self.recorder, self.job_id, [ref_of(index) for index in range(20)])

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


def test_a_fault_that_may_pass_is_read_again_after_growing_pauses(ledger: Ledger) -> None:
    assert ledger.answer(Outcome.NETWORK) == 20
    for pause_s in PAUSES_S:
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


def test_a_job_is_not_over_while_something_waits_for_its_second_chance(ledger: Ledger) -> None:
    ledger.answer(Outcome.TIMEOUT)
    ledger.recorder.finish(ledger.job_id)
    assert ledger.catalogue.job(ledger.job_id).state is JobState.RUNNING


def test_a_success_at_the_second_chance_counts_once(ledger: Ledger) -> None:
    ledger.answer(Outcome.NETWORK)
    ledger.now += 60
    ledger.answer(Outcome.OK)

    job = ledger.catalogue.job(ledger.job_id)
    assert (job.ok, job.failed, job.left, job.tried_again) == (20, 0, 0, 20)


def test_other_faults_have_no_second_chance(ledger: Ledger) -> None:
    ledger.answer(Outcome.DENIED)
    job = ledger.catalogue.job(ledger.job_id)
    assert (job.failed, job.tried_again) == (20, 0)


def test_a_retry_by_hand_has_all_its_chances_again(ledger: Ledger) -> None:
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


def test_objects_that_come_back_unread_are_handed_out_again_at_once(ledger: Ledger) -> None:
    batch = ledger.lease()
    assert batch
    ids = [each.object_id for each in batch.objects]

    ledger.recorder.give_back(ledger.job_id, batch.batch_id, ids[:5])
    ledger.recorder.give_back(ledger.job_id, batch.batch_id + 1, ids)

    again = ledger.lease()
    assert again
    assert [each.object_id for each in again.objects] == ids[:5]
    attempts = "SELECT max(attempts) FROM ledger"
    assert ledger.catalogue.reader().execute(attempts).fetchone()[0] == 0


def test_a_source_that_is_away_is_asked_ever_more_rarely_and_blames_nobody(
    ledger: Ledger,
) -> None:
    began = ledger.now
    asked = 0
    while ledger.catalogue.job(ledger.job_id).state is JobState.RUNNING:
        batch = ledger.lease()
        if batch is not None:
            ids = [each.object_id for each in batch.objects]
            ledger.recorder.give_back(ledger.job_id, batch.batch_id, ids, "It is away.")
            asked += 1
        ledger.now += 0.5

    job = ledger.catalogue.job(ledger.job_id)
    assert (job.state, job.failed, job.error) == (JobState.FAILED, 0, "It is away.")
    assert DOWN_S <= ledger.now - began < DOWN_S + 60
    assert len(DOWN_PAUSES_S) < asked < DOWN_S / DOWN_PAUSES_S[-1] * 2

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
        ledger.recorder.give_back(ledger.job_id, batch.batch_id, ids, "It is away.")

    assert ledger.lease() is None
    assert ledger.catalogue.job(ledger.job_id).rest_until > ledger.now
    ledger.now += DOWN_PAUSES_S[0] * 1.3
    assert ledger.answer(Outcome.OK) == 20
    assert ledger.catalogue.job(ledger.job_id).error == ""


def test_a_listing_that_cannot_reach_its_source_costs_no_attempt(tmp_path: Path) -> None:
    now = NOW
    with closing(Catalogue(tmp_path / "d.sqlite", clock=lambda: now)) as catalogue:
        recorder = catalogue.recorder(Pauses())
        job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
        for _ in range(12):
            (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
            recorder.scan_failed(lease.scan_id, "It is away.", is_final=False, is_down=True)
            assert recorder.lease_scans(job_id, lease_s=60, limit=1) == []
            assert catalogue.job(job_id).error == "It is away."
            now += 40
        assert catalogue.job(job_id).state is JobState.RUNNING
