from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import (
    Access,
    BatchResult,
    JobSpec,
    JobState,
    ObjectResult,
    Outcome,
    Record,
)
from tests.support.catalogue_factory import (
    NOW,
    SOURCE,
    batch_result,
    read_all,
    record_listing,
    record_of,
    ref_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.records import Batch, ObjectRef

LEASE_S = 60


class Engine:
    """A catalogue with one job of 40 listed objects, and its recorder."""

    def __init__(self, path: Path) -> None:
        self.now = NOW
        self.catalogue = Catalogue(path, clock=lambda: self.now)
        self.recorder: Recorder = self.catalogue.recorder()
        self.job_id = self.catalogue.add_job(JobSpec(SOURCE, Access()))
        record_listing(self.recorder, self.job_id, [ref_of(index) for index in range(40)])

    def lease(self, max_objects: int = 100, max_bytes: int = 0) -> Batch | None:
        return self.recorder.lease_batch(
            self.job_id, lease_s=LEASE_S, max_objects=max_objects, max_bytes=max_bytes
        )

    def size_of_next(self) -> int:
        batch = self.lease()
        return len(batch.objects) if batch else 0

    def lose_all(self) -> None:
        """Every batch that can be leased is leased and lost."""
        batches = []
        while batch := self.lease():
            batches.append(batch)
        for batch in batches:
            self.recorder.batch_lost(self.job_id, batch.batch_id)

    def attempts(self) -> set[int]:
        rows = self.catalogue.reader().execute("SELECT DISTINCT attempts FROM ledger")
        return {row[0] for row in rows}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "c.sqlite")
    with closing(made.catalogue):
        yield made
        assert made.catalogue.check() == []


def good(ref: ObjectRef) -> Record:
    return Record(Outcome.OK, etag=ref.etag, bytes_read=100, requests=1)


def test_batches_are_cut_by_count(engine: Engine) -> None:
    batch = engine.lease(max_objects=15)
    assert batch is not None
    assert len(batch.objects) == engine.recorder.outstanding(engine.job_id) == 15


def test_batches_are_cut_by_bytes_but_never_empty(engine: Engine) -> None:
    first, second = engine.lease(max_bytes=5_000_000), engine.lease(max_bytes=1)
    assert first is not None
    assert second is not None
    assert (len(first.objects), len(second.objects)) == (2, 1)
    assert first.batch_id != second.batch_id


def test_no_object_is_leased_twice(engine: Engine) -> None:
    seen: list[int] = []
    while batch := engine.lease(max_objects=7):
        seen += [each.object_id for each in batch.objects]
    assert len(seen) == len(set(seen)) == 40


def test_results_count_once_however_often_they_come(engine: Engine) -> None:
    batch = engine.lease(max_objects=10)
    assert batch is not None
    for _ in range(3):
        engine.recorder.record_batch(batch_result(batch, good))
    job = engine.catalogue.job(engine.job_id)
    assert (job.ok, job.left, job.bytes_read, job.requests) == (10, 30, 1_000, 10)
    assert job.bytes_listed == sum(each.ref.size_bytes for each in batch.objects)
    (worker,) = engine.catalogue.workers()
    assert (worker.objects, worker.bytes_read) == (10, 1_000)


def test_a_batch_may_be_answered_in_parts(engine: Engine) -> None:
    batch = engine.lease(max_objects=10)
    assert batch is not None
    whole = batch_result(batch, good)
    part = BatchResult(batch.job_id, batch.batch_id, whole.results[:4], "w")
    engine.recorder.record_batch(part)
    assert engine.recorder.outstanding(engine.job_id) == 6
    engine.recorder.batch_lost(engine.job_id, batch.batch_id)
    assert engine.recorder.outstanding(engine.job_id) == 0
    assert engine.catalogue.job(engine.job_id).ok == 4


def test_results_of_unknown_jobs_and_objects_are_ignored(engine: Engine) -> None:
    results = (ObjectResult(10_000, Record(Outcome.OK)),)
    engine.recorder.record_batch(BatchResult(engine.job_id, 1, results))
    engine.recorder.record_batch(BatchResult(99, 1, results))
    assert engine.catalogue.job(engine.job_id).done == 0


def test_a_late_result_counts_although_the_batch_was_given_to_another(engine: Engine) -> None:
    late = engine.lease(max_objects=5)
    assert late is not None
    engine.recorder.batch_lost(engine.job_id, late.batch_id)
    read_all(engine.recorder, engine.job_id, good)
    engine.recorder.record_batch(batch_result(late, lambda _: Record(Outcome.NETWORK)))
    job = engine.catalogue.job(engine.job_id)
    assert (job.ok, job.failed) == (40, 0)


def test_a_lost_batch_comes_back_smaller_and_at_last_alone(engine: Engine) -> None:
    sizes = []
    for _ in range(4):
        sizes.append(engine.size_of_next())
        engine.recorder.recover(was_clean=True)
        engine.lose_all()
    assert sizes == [40, 10, 1, 1]


def test_lost_objects_wait_until_the_others_have_been_read(engine: Engine) -> None:
    lost = engine.lease(max_objects=10)
    assert lost is not None
    engine.recorder.batch_lost(engine.job_id, lost.batch_id)
    following = engine.lease(max_objects=100)
    assert following is not None
    assert not {each.object_id for each in lost.objects} & {
        each.object_id for each in following.objects
    }


def test_an_object_that_is_lost_four_times_has_crashed(engine: Engine) -> None:
    for _ in range(4):
        engine.lose_all()
    assert engine.lease() is None
    job = engine.catalogue.job(engine.job_id)
    assert (job.failed, job.left) == (40, 0)
    (group,) = engine.catalogue.failure_groups(engine.job_id)
    assert (group.outcome, group.count) == (Outcome.CRASHED, 40)
    assert group.example_message == Outcome.CRASHED.description()


def test_one_crashing_object_does_not_fail_the_others(engine: Engine) -> None:
    guilty = ref_of(17).key
    while batch := engine.lease():
        if any(each.ref.key == guilty for each in batch.objects):
            engine.recorder.batch_lost(engine.job_id, batch.batch_id)
        else:
            engine.recorder.record_batch(batch_result(batch, good))
    (failure,) = engine.catalogue.failures(engine.job_id)
    assert (failure.key, failure.outcome) == (guilty, Outcome.CRASHED)
    assert engine.catalogue.job(engine.job_id).ok == 39


def test_only_leases_that_have_run_out_are_swept(engine: Engine) -> None:
    early = engine.lease(max_objects=10)
    engine.now += LEASE_S / 2
    late = engine.lease(max_objects=10)
    assert early is not None
    assert late is not None
    engine.recorder.release_expired(NOW + LEASE_S + 1)
    assert engine.recorder.outstanding(engine.job_id) == 10
    assert engine.attempts() == {0, 1}


def test_swept_scans_can_be_leased_again(engine: Engine) -> None:
    job_id = engine.catalogue.add_job(JobSpec(SOURCE, Access()))
    assert len(engine.recorder.lease_scans(job_id, lease_s=LEASE_S, limit=5)) == 1
    assert engine.recorder.lease_scans(job_id, lease_s=LEASE_S, limit=5) == []
    engine.recorder.release_expired(NOW + LEASE_S + 1)
    assert len(engine.recorder.lease_scans(job_id, lease_s=LEASE_S, limit=5)) == 1


@pytest.mark.parametrize(("was_clean", "attempts"), [(True, {0}), (False, {0, 1})])
def test_a_new_engine_takes_all_leases_back(
    engine: Engine, *, was_clean: bool, attempts: set[int]
) -> None:
    engine.lease(max_objects=10)
    engine.recorder.recover(was_clean=was_clean)
    assert engine.recorder.outstanding(engine.job_id) == 0
    assert engine.attempts() == attempts


def test_an_unknown_batch_that_is_lost_changes_nothing(engine: Engine) -> None:
    engine.lease(max_objects=10)
    engine.recorder.batch_lost(engine.job_id, 999)
    engine.recorder.batch_lost(99, 1)
    assert engine.recorder.outstanding(engine.job_id) == 10


def test_batch_numbers_go_on_after_a_restart(engine: Engine, tmp_path: Path) -> None:
    first = engine.lease(max_objects=1)
    with closing(Catalogue(tmp_path / "c.sqlite")) as again:
        second = again.recorder().lease_batch(
            engine.job_id, lease_s=LEASE_S, max_objects=1, max_bytes=0
        )
    assert first is not None
    assert second is not None
    assert second.batch_id > first.batch_id


def test_a_job_is_done_when_nothing_of_it_is_left(engine: Engine) -> None:
    engine.recorder.finish(engine.job_id)
    assert engine.catalogue.job(engine.job_id).state is JobState.RUNNING
    read_all(engine.recorder, engine.job_id, lambda _: record_of(29))
    assert engine.catalogue.job(engine.job_id).state is JobState.RUNNING
    engine.now += 5
    engine.recorder.finish(engine.job_id)
    job = engine.catalogue.job(engine.job_id)
    assert (job.state, job.started_at, job.finished_at) == (JobState.DONE, NOW, NOW + 5)


def test_open_work_is_found_by_index(engine: Engine) -> None:
    for sql in (
        "SELECT attempts FROM ledger WHERE job_id = 1 AND state = 0 ORDER BY attempts LIMIT 1",
        "SELECT object_id FROM ledger WHERE job_id = 1 AND state = 0 AND attempts >= 4",
    ):
        plan = engine.catalogue.reader().execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        assert [row[3].split(" (")[0] for row in plan] == [
            "SEARCH ledger USING INDEX ledger_pending"
        ]


def test_several_threads_may_lease_and_record_at_once(engine: Engine) -> None:
    def work(_: int) -> None:
        while batch := engine.lease(max_objects=3):
            engine.recorder.record_batch(batch_result(batch, good))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    engine.recorder.finish(engine.job_id)
    job = engine.catalogue.job(engine.job_id)
    assert (job.ok, job.left, job.state) == (40, 0, JobState.DONE)
