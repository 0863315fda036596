from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import JobError, UsageError
from tasveer_tui.records import Access, JobSpec, JobState, Outcome, Record
from tests.support.catalogue_factory import NOW, SOURCE, read_all, record_listing, record_of, ref_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tasveer_tui.records import ObjectRef, WatchView

SPEC = JobSpec(SOURCE, Access(), prefixes=("album00/",))


class WatchHarness:
    """A catalogue with one watch, and the engine's part played by hand."""

    def __init__(self, path: Path) -> None:
        self.now = NOW
        self.catalogue = Catalogue(path, clock=lambda: self.now)
        self.recorder = self.catalogue.recorder()
        self.id = self.catalogue.watch(SPEC, 60)

    @property
    def view(self) -> WatchView:
        (view,) = self.catalogue.watches()
        return view

    def round(self, count: int, record: Callable[[ObjectRef], Record] | None = None) -> int:
        """Let a round be due, and carry it out over `count` objects; returns its job."""
        self.now += 61
        self.recorder.start_due_watches()
        job_id = self.view.job_id
        assert self.catalogue.job(job_id).state is JobState.QUEUED
        refs = [ref_of(index * 12) for index in range(count)]
        record_listing(self.recorder, job_id, refs)
        by_key = {ref.key: index * 12 for index, ref in enumerate(refs)}
        read_all(self.recorder, job_id, record or (lambda ref: record_of(by_key[ref.key])))
        self.recorder.finish(job_id)
        self.now += 1
        self.recorder.start_due_watches()
        return job_id

    def jobs(self) -> int:
        return len(self.catalogue.jobs())


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchHarness]:
    made = WatchHarness(tmp_path / "c.sqlite")
    with closing(made.catalogue):
        yield made
        assert made.catalogue.check() == []


def test_each_round_reads_what_is_new_and_the_next_one_comes_after_the_interval(
    watched: WatchHarness,
) -> None:
    first = watched.round(4)
    assert (watched.view.rounds, watched.view.found) == (1, 4)
    assert watched.view.next_at == watched.now + 60

    watched.now += 59
    watched.recorder.start_due_watches()
    assert watched.view.job_id == first

    second = watched.round(7)
    assert watched.catalogue.job(second).total == 3
    assert (watched.view.rounds, watched.view.found) == (2, 7)


def test_rounds_that_find_nothing_share_one_job(watched: WatchHarness) -> None:
    watched.round(4)
    empty = watched.round(4)
    assert watched.jobs() == 2
    for _ in range(5):
        assert watched.round(4) == empty
    job = watched.catalogue.job(empty)
    assert (job.listed, job.unchanged, job.total) == (4, 4, 0)
    assert watched.view.rounds == 7

    assert watched.round(6) == empty
    assert watched.round(6) != empty
    assert watched.jobs() == 3


def test_what_failed_is_not_read_again_in_every_round(watched: WatchHarness) -> None:
    watched.round(3, lambda ref: Record(Outcome.DENIED, etag=ref.etag))
    job_id = watched.round(3)
    assert watched.catalogue.job(job_id).total == 0


def test_a_running_round_is_not_started_twice(watched: WatchHarness) -> None:
    watched.recorder.start_due_watches()
    job_id = watched.view.job_id
    watched.now += 1000
    watched.recorder.start_due_watches()
    assert (watched.view.job_id, watched.jobs()) == (job_id, 1)


def test_a_failed_round_is_followed_by_another(watched: WatchHarness) -> None:
    watched.recorder.start_due_watches()
    watched.recorder.job_failed(watched.view.job_id, "Denied.")
    watched.recorder.start_due_watches()
    watched.round(2)
    assert watched.jobs() == 2
    assert watched.view.rounds == 2


def test_a_watch_that_is_ended_leaves_its_jobs(watched: WatchHarness) -> None:
    job_id = watched.round(4)
    watched.catalogue.unwatch(watched.id)
    watched.now += 1000
    watched.recorder.start_due_watches()
    assert watched.catalogue.watches() == ()
    assert watched.catalogue.job(job_id).state is JobState.DONE
    with pytest.raises(JobError, match="no watch"):
        watched.catalogue.unwatch(watched.id)


def test_an_unwatchable_spec_is_refused(watched: WatchHarness) -> None:
    with pytest.raises(UsageError, match="interval"):
        watched.catalogue.watch(SPEC, 0)
    with pytest.raises(JobError, match="The selection is empty"):
        watched.catalogue.watch(JobSpec(SOURCE, Access(), prefixes=()), 60)
