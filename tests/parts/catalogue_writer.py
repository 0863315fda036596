"""A program that fills a catalogue until it is killed: `python -m tests.parts.catalogue_writer`.

Its arguments are the file and what to do: `images` reads objects through the recorder, batch
by batch; `stuck` does so too and waits for ever in the middle of the third batch's transaction;
`wishes` adds jobs and cancels them. Each step is a line on standard output.
"""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import Access, JobSpec
from tests.parts.catalogues import SOURCE, answer, batches, key_of, record_of, ref_of, scan

if TYPE_CHECKING:
    from tasveer_tui.catalogue import Recorder

OBJECTS = 4_000
JOBS = 100
GOOD_BATCHES = 2


def main() -> None:
    """Do what the arguments say."""
    path, task = Path(sys.argv[1]), sys.argv[2]
    with closing(Catalogue(path)) as catalogue:
        if task == "wishes":
            _write_wishes(catalogue)
        else:
            _write_images(catalogue, catalogue.recorder(), is_stuck=task == "stuck")


def _write_images(catalogue: Catalogue, recorder: Recorder, *, is_stuck: bool) -> None:
    recorder.recover(was_clean=False)
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), force=True))
    scan(recorder, job_id, [ref_of(index) for index in range(OBJECTS)])
    index_of = {key_of(index): index for index in range(OBJECTS)}
    for number, batch in enumerate(batches(recorder, job_id)):
        if is_stuck and number == GOOD_BATCHES:
            recorder._results._count = _wait_for_ever  # type: ignore[method-assign]
        recorder.record_batch(answer(batch, lambda ref: record_of(index_of[ref.key])))
        _say("images")


def _write_wishes(catalogue: Catalogue) -> None:
    for _ in range(JOBS):
        catalogue.cancel(catalogue.add_job(JobSpec(SOURCE, Access())))
        _say("wish")


def _wait_for_ever(*_: object) -> None:
    _say("inside")
    threading.Event().wait()


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
