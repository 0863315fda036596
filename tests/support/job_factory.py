"""Jobs in several states, made by a recorder that is the test itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.records import Access, JobSpec, ObjectRef, ObjectResult, Outcome, Record, Source
from tests.support import catalogue_factory

if TYPE_CHECKING:
    from tasveer_tui.catalogue import Catalogue, Recorder
    from tasveer_tui.records import Batch, BatchResult

HOSTILE_KEY = "a[/oops]\x1b]52;c;aGk=\x07\x1b[31m\u202e"
SPEC = JobSpec(Source("", "photos"), Access())


def object_refs(count: int) -> list[ObjectRef]:
    return [
        ObjectRef(f"{HOSTILE_KEY if n == 7 else 'p'}/{n:04}.jpg", 1_000_000) for n in range(count)
    ]


def add_listed_job(catalogue: Catalogue, count: int, spec: JobSpec = SPEC) -> tuple[int, Recorder]:
    """A job whose listing is complete and of which nothing has been read."""
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(spec)
    recorder.active_jobs()
    catalogue_factory.record_listing(recorder, job_id, object_refs(count))
    return job_id, recorder


def result_with_outcome(
    batch: Batch, outcome: Outcome = Outcome.OK, message: str = ""
) -> BatchResult:
    answer = catalogue_factory.batch_result(
        batch, lambda ref: Record(outcome, "jpeg", size_bytes=ref.size_bytes, bytes_read=65_536)
    )
    results = tuple(ObjectResult(one.object_id, one.record, message) for one in answer.results)
    return type(answer)(answer.job_id, answer.batch_id, results, answer.worker)


def add_job_with_failures(catalogue: Catalogue) -> int:
    """A job that is done: 30 objects read, 20 denied, 10 timed out."""
    job_id, recorder = add_listed_job(catalogue, 60)
    for number, batch in enumerate(catalogue_factory.lease_batches(recorder, job_id, size=10)):
        if number < 2:
            recorder.record_batch(
                result_with_outcome(batch, Outcome.DENIED, f"Denied: {HOSTILE_KEY}")
            )
        elif number == 2:
            recorder.record_batch(result_with_outcome(batch, Outcome.TIMEOUT, "Too slow."))
        else:
            recorder.record_batch(result_with_outcome(batch))
    recorder.finish(job_id)
    return job_id
