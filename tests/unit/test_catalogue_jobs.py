from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import JobError
from tasveer_tui.records import (
    Access,
    FailureGroup,
    JobSpec,
    JobState,
    Outcome,
    Record,
    Source,
)
from tests.support.catalogue_factory import (
    NOW,
    SOURCE,
    batch_result,
    fill,
    key_of,
    read_all,
    record_listing,
    record_of,
    ref_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPEC = JobSpec(SOURCE, Access())
PAUSE, RESUME, CANCEL = Catalogue.pause, Catalogue.resume, Catalogue.cancel


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "c.sqlite", clock=lambda: NOW)) as opened:
        yield opened
        assert opened.check() == []


def test_a_jobs_spec_comes_back_as_it_was_given(catalogue: Catalogue) -> None:
    spec = JobSpec(
        Source("http://127.0.0.1:9000", "b"),
        Access("me", "eu-west-1", "http://127.0.0.1:9000", addressing_style="path"),
        prefixes=("a/", "a/b/", "\udc80/"),
        keys=("k\ud800.jpg", "a/inside.jpg"),
        without_prefixes=("a/c/",),
        include=("*.jpg",),
        force=True,
    )
    job_id = catalogue.add_job(spec)
    assert catalogue.job(job_id).spec == spec
    leases = catalogue.recorder().lease_scans(job_id, lease_s=1, limit=10)
    assert {(lease.prefix, lease.is_exact) for lease in leases} == {
        ("a/", False),
        ("\udc80/", False),
        ("k\ud800.jpg", True),
    }


def test_a_job_with_an_empty_selection_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(JobError, match="The selection is empty"):
        catalogue.add_job(JobSpec(SOURCE, Access(), prefixes=()))


def test_no_secret_in_an_endpoint_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    url = "https://user:hunter2@s3.example.org:9000/x?token=hunter2"
    with closing(Catalogue(path)) as catalogue:
        catalogue.add_job(JobSpec(Source(url, "b"), Access(endpoint_url=url)))
        (view,) = catalogue.sources()
        assert view.source.endpoint == "https://s3.example.org:9000/x"
        assert view.access.endpoint_url == "https://s3.example.org:9000/x"
        files = [each.read_bytes() for each in tmp_path.iterdir()]
    assert not any(b"hunter2" in content for content in files)


def test_jobs_are_shown_newest_first(catalogue: Catalogue) -> None:
    ids = [catalogue.add_job(SPEC) for _ in range(5)]
    assert [job.id for job in catalogue.jobs()] == ids[::-1]
    assert [job.id for job in catalogue.jobs(limit=2)] == ids[:2:-1]
    assert [job.id for job in catalogue.recorder().active_jobs()] == ids


def test_an_unknown_job_is_reported(catalogue: Catalogue) -> None:
    for ask in (catalogue.job, catalogue.pause, catalogue.cancel, catalogue.retry):
        with pytest.raises(JobError, match="no job 7"):
            ask(7)


def test_sources_are_known_with_the_access_last_used(catalogue: Catalogue) -> None:
    fill(catalogue, 7)
    fill(catalogue, 3, source=Source("http://other", "photos"))
    catalogue.add_job(JobSpec(SOURCE, Access(profile="new")))
    first, second = catalogue.sources()
    assert (first.source, first.access, first.images) == (SOURCE, Access(profile="new"), 7)
    assert (second.source.endpoint, second.images) == ("http://other", 3)


# ------------------------------------------------------------------------------- commands


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ([PAUSE], JobState.PAUSED),
        ([PAUSE, RESUME], JobState.QUEUED),
        ([CANCEL], JobState.CANCELLED),
        ([PAUSE, CANCEL], JobState.CANCELLED),
    ],
)
def test_a_job_command_is_visible_at_once_and_applied_by_the_engine(
    catalogue: Catalogue, commands: list[Callable[[Catalogue, int], None]], state: JobState
) -> None:
    job_id = catalogue.add_job(SPEC)
    for command in commands:
        command(catalogue, job_id)
    assert catalogue.job(job_id).state is state
    catalogue.recorder().active_jobs()
    raw = catalogue.reader().execute("SELECT state, command FROM job").fetchone()
    assert raw == (state, "")
    assert catalogue.job(job_id).finished_at == (NOW if state.is_final else 0)


@pytest.mark.parametrize(
    ("before", "command"),
    [([], RESUME), ([PAUSE], PAUSE), ([CANCEL], CANCEL), ([CANCEL], PAUSE), ([CANCEL], RESUME)],
)
def test_an_invalid_job_command_is_refused(
    catalogue: Catalogue,
    before: list[Callable[[Catalogue, int], None]],
    command: Callable[[Catalogue, int], None],
) -> None:
    job_id = catalogue.add_job(SPEC)
    for each in before:
        each(catalogue, job_id)
    with pytest.raises(JobError, match="you cannot"):
        command(catalogue, job_id)


def test_paused_and_cancelled_jobs_lease_nothing(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(SPEC)
    record_listing(recorder, job_id, [ref_of(index) for index in range(10)])
    for command in (PAUSE, CANCEL):
        command(catalogue, job_id)
        recorder.active_jobs()
        assert recorder.lease_scans(job_id, lease_s=60, limit=5) == []
        assert recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0) is None


def test_what_was_out_when_a_job_was_cancelled_still_counts(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(SPEC)
    record_listing(recorder, job_id, [ref_of(index) for index in range(9)])
    batch = recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0)
    assert batch is not None
    catalogue.cancel(job_id)
    recorder.active_jobs()
    recorder.record_batch(batch_result(batch, lambda _: Record(Outcome.OK)))
    job = catalogue.job(job_id)
    assert (job.state, job.ok, job.left) == (JobState.CANCELLED, 5, 4)


def test_a_failed_job_says_why_and_can_be_resumed(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(SPEC)
    record_listing(recorder, job_id, [ref_of(index) for index in range(9)])
    recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0)
    recorder.job_failed(job_id, "The token ran out.")
    job = catalogue.job(job_id)
    assert (job.state, job.error, recorder.outstanding(job_id)) == (
        JobState.FAILED,
        "The token ran out.",
        0,
    )
    catalogue.resume(job_id)
    (job,) = recorder.active_jobs()
    assert (job.state, job.error, job.left) == (JobState.QUEUED, "", 9)
    read_all(recorder, job_id, lambda _: Record(Outcome.OK))
    recorder.finish(job_id)
    assert catalogue.job(job_id).state is JobState.DONE


def test_an_old_error_does_not_fail_a_resumed_job(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(SPEC)
    record_listing(recorder, job_id, [ref_of(index) for index in range(9)])
    first = recorder.lease_batch(job_id, lease_s=60, max_objects=4, max_bytes=0)
    second = recorder.lease_batch(job_id, lease_s=60, max_objects=4, max_bytes=0)
    assert first is not None
    assert second is not None
    recorder.job_failed(job_id, "The token ran out.", batch_id=first.batch_id)
    assert catalogue.job(job_id).state is JobState.FAILED
    catalogue.resume(job_id)
    recorder.active_jobs()
    recorder.job_failed(job_id, "The token ran out.", batch_id=second.batch_id)
    assert catalogue.job(job_id).state is JobState.QUEUED


def test_a_job_that_is_over_does_not_fail_any_more(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 3)
    catalogue.recorder().job_failed(job_id, "Too late.")
    assert (catalogue.job(job_id).state, catalogue.job(job_id).error) == (JobState.DONE, "")


# ---------------------------------------------------------------------------- failures


def test_failures_are_grouped_by_class_with_an_example(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 100)
    groups = {group.outcome: group for group in catalogue.failure_groups(job_id)}
    assert sum(group.count for group in groups.values()) == catalogue.job(job_id).failed
    assert groups[Outcome.TRUNCATED] == FailureGroup(
        Outcome.TRUNCATED, 2, key_of(29), Outcome.TRUNCATED.description()
    )
    assert Outcome.UNSUPPORTED not in groups


def test_failures_can_be_had_by_class_and_in_part(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 100)
    every = catalogue.failures(job_id)
    assert len(every) == catalogue.job(job_id).failed > 3
    assert catalogue.failures(job_id, limit=2) == every[:2]
    assert catalogue.failures(job_id, limit=-1) == every
    of_class = catalogue.failures(job_id, Outcome.TRUNCATED)
    assert {failure.outcome for failure in of_class} == {Outcome.TRUNCATED}
    assert {failure.key for failure in of_class} == {key_of(29), key_of(89)}


def test_all_failures_can_be_read_again(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 100)
    failed = catalogue.job(job_id).failed
    assert catalogue.retry(job_id) == failed
    job = catalogue.job(job_id)
    assert (job.state, job.failed, job.left, job.total) == (JobState.QUEUED, 0, failed, 100)
    recorder = catalogue.recorder()
    read_all(recorder, job_id, lambda _: record_of(0))
    recorder.finish(job_id)
    job = catalogue.job(job_id)
    assert (job.state, job.failed, job.left) == (JobState.DONE, 0, 0)
    assert catalogue.failure_groups(job_id) == ()


def test_failures_of_one_class_can_be_read_again(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 100)
    assert catalogue.retry(job_id, outcome=Outcome.TRUNCATED) == 2
    assert catalogue.failures(job_id, Outcome.TRUNCATED) == ()
    assert catalogue.job(job_id).left == 2


def test_single_failures_can_be_read_again(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 100)
    keys = [key_of(29), key_of(29), key_of(0), "none.jpg"]
    assert catalogue.retry(job_id, keys=keys) == 1
    assert catalogue.job(job_id).left == 1


def test_where_nothing_failed_nothing_is_read_again(catalogue: Catalogue) -> None:
    job_id = fill(catalogue, 5)
    assert catalogue.retry(job_id) == 0
    assert catalogue.job(job_id).state is JobState.DONE


def test_retried_objects_reset_their_attempts(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(SPEC)
    record_listing(recorder, job_id, [ref_of(0)])
    for _ in range(4):
        batch = recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0)
        assert batch is not None
        recorder.batch_lost(job_id, batch.batch_id)
    assert recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0) is None
    assert catalogue.retry(job_id, outcome=Outcome.CRASHED) == 1
    assert recorder.lease_batch(job_id, lease_s=60, max_objects=5, max_bytes=0) is not None
