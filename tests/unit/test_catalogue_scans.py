from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.ledger import listing_diff
from tasveer_tui.catalogue.ledger.listing_diff import REREAD_OUTCOMES
from tasveer_tui.records import (
    Access,
    JobSpec,
    JobState,
    JobView,
    ObjectRef,
    Outcome,
    Page,
    Record,
    ScannedPage,
)
from tests.support.catalogue_factory import (
    NOW,
    SOURCE,
    fill,
    key_of,
    read_all,
    record_listing,
    record_of,
    ref_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "c.sqlite", clock=lambda: NOW)) as opened:
        yield opened
        assert opened.check() == []


@pytest.fixture
def recorder(catalogue: Catalogue) -> Recorder:
    return catalogue.recorder()


def add_job(catalogue: Catalogue, *, force: bool = False, **selected: tuple[str, ...]) -> int:
    return catalogue.add_job(JobSpec(SOURCE, Access(), **selected, force=force))


def scanned(
    catalogue: Catalogue, recorder: Recorder, refs: list[ObjectRef], **selected: tuple[str, ...]
) -> JobView:
    """A job of the whole bucket (or what is selected) over these objects, listed."""
    job_id = add_job(catalogue, **selected)
    record_listing(recorder, job_id, refs)
    return catalogue.job(job_id)


def first_page(recorder: Recorder, job_id: int, *keys: str, is_last: bool = False) -> ScannedPage:
    """The first page of the job's first scan."""
    (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
    refs = tuple(ObjectRef(key, 10, "e") for key in keys)
    page = Page((), refs, keys[-1] if keys else "", is_last)
    return ScannedPage(lease.scan_id, job_id, lease.cursor, page, "worker-1")


def test_a_listed_object_is_work_once(catalogue: Catalogue, recorder: Recorder) -> None:
    refs = [ref_of(index) for index in range(30)]
    job = scanned(catalogue, recorder, [*refs, ObjectRef("a.txt", 5), ObjectRef("dir/", 0)])
    assert (job.listed, job.filtered, job.unchanged, job.total) == (32, 2, 0, 30)
    assert job.is_scanned
    assert job.state is JobState.RUNNING


def test_the_same_page_twice_counts_once(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue)
    page = first_page(recorder, job_id, "a.jpg", "b.jpg")
    recorder.record_page(page)
    recorder.record_page(page)
    assert (catalogue.job(job_id).listed, catalogue.job(job_id).total) == (2, 2)


def test_a_page_that_does_not_begin_where_the_scan_stands_is_ignored(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job_id = add_job(catalogue)
    page = first_page(recorder, job_id, "a.jpg", "b.jpg")
    recorder.record_page(replace(page, start_after="0.jpg"))
    recorder.record_page(replace(page, job_id=job_id + 1))
    recorder.record_page(replace(page, scan_id=page.scan_id + 1))
    assert catalogue.job(job_id).listed == 0


def test_a_page_after_the_last_is_ignored(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue)
    page = first_page(recorder, job_id, "a.jpg", is_last=True)
    recorder.record_page(page)
    recorder.record_page(replace(page, start_after="a.jpg"))
    assert catalogue.job(job_id).listed == 1


def test_a_scan_goes_on_from_the_last_page(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue)
    recorder.record_page(first_page(recorder, job_id, "a.jpg", "b.jpg"))
    (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=10)
    assert lease.cursor == "b.jpg"
    assert recorder.lease_scans(job_id, lease_s=60, limit=10) == []


def test_pages_of_a_job_that_is_over_are_ignored(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue)
    page = first_page(recorder, job_id, "a.jpg")
    catalogue.cancel(job_id)
    recorder.active_jobs()
    recorder.record_page(page)
    assert catalogue.job(job_id).listed == 0


def test_an_object_listed_twice_in_a_page_is_work_once(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job_id = add_job(catalogue)
    recorder.record_page(first_page(recorder, job_id, "a.jpg", "a.jpg", is_last=True))
    assert catalogue.job(job_id).total == 1


# -------------------------------------------------------------- changed or unchanged


def test_unchanged_objects_are_not_read_again(catalogue: Catalogue, recorder: Recorder) -> None:
    fill(catalogue, 100)
    again = {Outcome.NETWORK, Outcome.DENIED, Outcome.GONE}
    expected = sum(record_of(index).outcome in again for index in range(100))
    assert 0 < expected < 10
    refs = [ref_of(index) for index in range(100)]
    job = scanned(catalogue, recorder, refs)
    assert (job.total, job.unchanged) == (expected, 100 - expected)
    assert len(catalogue.unchanged(SOURCE, refs)) == 100 - expected


def test_force_reads_unchanged_objects_again(catalogue: Catalogue, recorder: Recorder) -> None:
    fill(catalogue, 20)
    job_id = add_job(catalogue, force=True)
    record_listing(recorder, job_id, [ref_of(index) for index in range(20)])
    assert (catalogue.job(job_id).total, catalogue.job(job_id).unchanged) == (20, 0)


@pytest.mark.parametrize("change", [{"etag": "new"}, {"size_bytes": 1}])
def test_changed_objects_are_read_again(
    catalogue: Catalogue, recorder: Recorder, change: dict[str, str]
) -> None:
    fill(catalogue, 9)
    refs = [ref_of(index) for index in range(9)]
    job = scanned(catalogue, recorder, [structs.replace(refs[0], **change), *refs[1:]])
    assert (job.total, job.unchanged) == (1, 8)
    read_all(recorder, job.id, lambda ref: structs.replace(record_of(3), etag=ref.etag))
    image = catalogue.find(SOURCE, key_of(0))
    assert image is not None
    assert image.record.facts == record_of(3).facts


def test_a_new_storage_class_alone_is_no_change(catalogue: Catalogue, recorder: Recorder) -> None:
    fill(catalogue, 1)
    job = scanned(catalogue, recorder, [structs.replace(ref_of(0), storage_class="GLACIER")])
    assert (job.total, job.unchanged) == (0, 1)
    image = catalogue.find(SOURCE, key_of(0))
    assert image is not None
    assert image.ref.storage_class == "GLACIER"


# --------------------------------------------------------------------------- vanished


def test_objects_that_are_not_listed_any_more_are_gone(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    fill(catalogue, 9)
    refs = [ref_of(index) for index in range(9) if index != 4]
    job_id = add_job(catalogue)
    record_listing(recorder, job_id, refs, page=3)
    gone = catalogue.find(SOURCE, key_of(4))
    assert gone is not None
    assert gone.record.outcome is Outcome.GONE
    assert gone.record.tags == record_of(4).tags
    assert dict(catalogue.outcomes())[Outcome.GONE] == 1
    assert catalogue.job(job_id).total == 0


def test_an_object_that_comes_back_is_read_again(catalogue: Catalogue, recorder: Recorder) -> None:
    fill(catalogue, 3)
    scanned(catalogue, recorder, [ref_of(0), ref_of(1)])
    assert scanned(catalogue, recorder, [ref_of(index) for index in range(3)]).total == 1


def test_only_the_scanned_prefix_is_looked_through_for_vanished_objects(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    fill(catalogue, 24)
    scanned(catalogue, recorder, [], prefixes=("album01/",))
    gone = [i for i in range(24) if _outcome(catalogue, i) is Outcome.GONE]
    assert gone == [1, 13]


def test_filtered_objects_are_not_taken_for_vanished(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    fill(catalogue, 9)
    refs = [ref_of(index) for index in range(9)]
    job = scanned(catalogue, recorder, refs, include=("*.tif",))
    assert (job.filtered, Outcome.GONE in dict(catalogue.outcomes())) == (9, False)


def test_a_listing_in_an_order_of_its_own_says_nothing_of_vanished_objects(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    fill(catalogue, 9)
    job_id = add_job(catalogue)
    recorder.record_page(first_page(recorder, job_id, "z.jpg", "a.jpg", is_last=True))
    assert Outcome.GONE not in dict(catalogue.outcomes())


def _outcome(catalogue: Catalogue, index: int) -> Outcome:
    image = catalogue.find(SOURCE, key_of(index))
    assert image is not None
    return image.record.outcome


# ------------------------------------------------------------------------ single keys


def test_a_single_key_takes_only_that_object(catalogue: Catalogue, recorder: Recorder) -> None:
    refs = [ObjectRef("a", 5), ObjectRef("a.jpg", 5), ObjectRef("a/b.jpg", 5)]
    job = scanned(catalogue, recorder, refs, prefixes=(), keys=("a",))
    assert (job.listed, job.total, job.is_scanned) == (1, 1, True)


def test_leases_of_single_keys_say_so(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue, prefixes=("p/",), keys=("a.jpg",))
    leases = recorder.lease_scans(job_id, lease_s=60, limit=10)
    assert {(lease.prefix, lease.is_exact) for lease in leases} == {("p/", False), ("a.jpg", True)}


def test_one_page_is_all_of_a_single_keys_scan(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue, prefixes=(), keys=("a.jpg",))
    recorder.record_page(first_page(recorder, job_id, "a.jpg", "a.jpg2", is_last=False))
    assert catalogue.job(job_id).is_scanned


def test_a_single_key_that_is_not_there_is_a_failure_of_the_job(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job = scanned(catalogue, recorder, [], prefixes=(), keys=("none.jpg",))
    recorder.finish(job.id)
    job = catalogue.job(job.id)
    assert (job.total, job.failed, job.state) == (1, 1, JobState.DONE)
    (failure,) = catalogue.failures(job.id)
    assert (failure.key, failure.outcome) == ("none.jpg", Outcome.GONE)


def test_an_object_of_two_scans_is_work_once(catalogue: Catalogue, recorder: Recorder) -> None:
    job_id = add_job(catalogue, prefixes=("a",), keys=("a.jpg", "b.txt"))
    record_listing(recorder, job_id, [ObjectRef("a.jpg", 5), ObjectRef("b.txt", 5)])
    assert catalogue.job(job_id).total == 2


# ------------------------------------------------------------------------ scans failing


def test_a_failed_scan_is_tried_again_later(tmp_path: Path) -> None:
    now = [NOW]
    with closing(Catalogue(tmp_path / "c.sqlite", clock=lambda: now[0])) as catalogue:
        recorder = catalogue.recorder()
        job_id = add_job(catalogue)
        (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
        recorder.scan_failed(lease.scan_id, "The network broke.", is_final=False)
        assert catalogue.job(job_id).error == "The network broke."
        assert recorder.lease_scans(job_id, lease_s=60, limit=1) == []
        now[0] += 60
        page = first_page(recorder, job_id, "a.jpg", is_last=True)
        recorder.record_page(page)
        assert catalogue.job(job_id).error == ""
        assert catalogue.job(job_id).is_scanned


def test_a_scan_that_cannot_go_on_fails_the_job_once_the_rest_is_read(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job_id = add_job(catalogue, prefixes=("a/", "b/"))
    good, bad = recorder.lease_scans(job_id, lease_s=60, limit=2)
    recorder.scan_failed(bad.scan_id, "You may not list this.", is_final=True)
    page = Page((), (ObjectRef("a/1.jpg", 5),), "a/1.jpg")
    recorder.record_page(ScannedPage(good.scan_id, job_id, "", page))
    recorder.finish(job_id)
    assert catalogue.job(job_id).state is JobState.RUNNING
    read_all(recorder, job_id, lambda _: Record(Outcome.OK))
    recorder.finish(job_id)
    job = catalogue.job(job_id)
    assert (job.state, job.error, job.ok) == (JobState.FAILED, "You may not list this.", 1)


def test_retrying_a_job_lists_on_what_could_not_be_listed(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job_id = add_job(catalogue)
    recorder.record_page(first_page(recorder, job_id, "a.jpg"))
    (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
    recorder.scan_failed(lease.scan_id, "You may not list this.", is_final=True)
    read_all(recorder, job_id, lambda _: Record(Outcome.OK))
    recorder.finish(job_id)
    assert catalogue.retry(job_id) == 0
    assert (catalogue.job(job_id).state, catalogue.job(job_id).error) == (JobState.QUEUED, "")
    (again,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
    assert again.cursor == "a.jpg"


# ------------------------------------------------------------------------------ diff


def test_the_diff_is_counted_by_kind(catalogue: Catalogue, recorder: Recorder) -> None:
    fill(catalogue, 20)
    refs = [ref_of(index) for index in range(3, 25)]
    refs[0] = structs.replace(refs[0], etag="another")
    refs[1] = structs.replace(refs[1], size_bytes=5)

    job = scanned(catalogue, recorder, refs)

    again = [i for i in range(3, 20) if record_of(i).outcome in REREAD_OUTCOMES and i not in (3, 4)]
    assert (job.added, job.changed, job.gone) == (5, 2, 3)
    assert job.total == 5 + 2 + len(again)
    assert job.unchanged == 22 - job.total


def test_more_vanished_objects_than_are_looked_at_together_are_all_gone(
    catalogue: Catalogue, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_diff, "ROWS_PER_QUERY", 7)
    fill(catalogue, 60)
    before = sum(_outcome(catalogue, index) is Outcome.GONE for index in range(60))
    keys = sorted(key_of(index) for index in range(60))
    kept = [ref_of(index) for index in range(60) if key_of(index) in {keys[0], keys[-1]}]

    job = scanned(catalogue, recorder, sorted(kept, key=lambda ref: ref.key))

    gone = {key_of(i) for i in range(60) if _outcome(catalogue, i) is Outcome.GONE}
    assert gone >= set(keys) - {keys[0], keys[-1]}
    assert 58 - before <= job.gone <= 58


def test_a_job_of_only_what_is_new_leaves_what_failed_but_takes_what_came_back(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    fill(catalogue, 60)
    refs = [ref_of(index) for index in range(60)]
    back = [ref for i, ref in enumerate(refs) if _outcome(catalogue, i) is Outcome.GONE]

    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), only_new=True))
    record_listing(recorder, job_id, refs)

    assert catalogue.job(job_id).total == len(back) > 0


def test_a_scan_stays_leased_while_its_worker_lists_on(
    catalogue: Catalogue, recorder: Recorder
) -> None:
    job_id = add_job(catalogue)
    page = first_page(recorder, job_id, "a.jpg", is_last=False)

    recorder.record_page(replace(page, is_continued=True))
    assert recorder.lease_scans(job_id, lease_s=60, limit=1) == []

    following = replace(page, start_after="a.jpg", is_continued=True)
    lost = replace(page, start_after="elsewhere.jpg", is_continued=False)
    recorder.record_page(replace(following, page=replace(page.page, cursor="b.jpg")))
    recorder.record_page(lost)
    (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
    assert lease.cursor == "b.jpg"
