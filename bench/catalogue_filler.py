"""Fills a catalogue with made-up photographs through the recorder, as the engine does."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from bench.sample_images import SampleImages
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import (
    Access,
    BatchResult,
    JobSpec,
    ObjectResult,
    Page,
    ScannedPage,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder

SOURCE: Final = Source("", "archive")
_PAGE_KEYS: Final = 1000
_BATCH_OBJECTS: Final = 200
"""As the engine hands out."""


class Stopwatch:
    """CPU seconds spent inside it, of this process."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._since_s = 0.0

    def __enter__(self) -> None:
        self._since_s = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.cpu_s += time.process_time() - self._since_s


def fill(path: Path, count: int, tell: Callable[[str], None]) -> dict[str, float]:
    """Ingest this number of images; returns CPU seconds by step.

    A file whose filling was broken off is filled further.
    """
    watches = {name: Stopwatch() for name in ("list", "lease", "record", "finish")}
    with closing(Catalogue(path)) as catalogue:
        recorder = catalogue.recorder()
        recorder.recover(was_clean=True)
        job_id, done, after = _resume_point(catalogue)
        (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
        pictures = SampleImages()
        _record_pending(recorder, job_id, pictures, watches)
        for start in range(done, count, _PAGE_KEYS):
            end = min(start + _PAGE_KEYS, count)
            refs = tuple(pictures.ref(index) for index in range(start, end))
            page = Page((), refs, refs[-1].key, is_last=end == count)
            with watches["list"]:
                recorder.record_page(ScannedPage(lease.scan_id, job_id, after, page, "worker-1"))
            after = refs[-1].key
            _record_pending(recorder, job_id, pictures, watches)
            if end % 50_000 == 0:
                spent = sum(watch.cpu_s for watch in watches.values())
                tell(f"{end:,} pictures, {(end - done) / spent:,.0f}/s of CPU")
        with watches["finish"]:
            recorder.finish(job_id)
    return {name: watch.cpu_s for name, watch in watches.items()}


def _resume_point(catalogue: Catalogue) -> tuple[int, int, str]:
    """The job, how many pictures it has listed, and the last of them."""
    if not catalogue.jobs():
        return catalogue.add_job(JobSpec(SOURCE, Access(region="eu-west-1"))), 0, ""
    (job,) = catalogue.jobs()
    with catalogue.reader() as connection:
        (after,) = connection.execute("SELECT cursor FROM scan").fetchone()
    return job.id, job.listed, after


def _record_pending(
    recorder: Recorder, job_id: int, pictures: SampleImages, watches: dict[str, Stopwatch]
) -> None:
    """Lease and answer everything that is pending; ids rise with the keys from 1 on."""
    while True:
        with watches["lease"]:
            batch = recorder.lease_batch(
                job_id, lease_s=60, max_objects=_BATCH_OBJECTS, max_bytes=0
            )
        if batch is None:
            return
        results = tuple(
            ObjectResult(each.object_id, pictures.record(each.object_id - 1, each.ref))
            for each in batch.objects
        )
        with watches["record"]:
            recorder.record_batch(BatchResult(job_id, batch.batch_id, results, "worker-1"))
