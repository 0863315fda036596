"""A program that fills a catalogue until it is killed: `python -m tests.support.catalogue_writer`.

Its arguments are the file and what to do: `images` reads objects through the recorder, batch
by batch; `stuck` does so too and waits for ever in the middle of the third batch's transaction;
`commands` adds jobs and cancels them. Each step is a line on standard output.
"""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import Access, JobSpec
from tests.support.catalogue_factory import (
    SOURCE,
    batch_result,
    key_of,
    lease_batches,
    record_listing,
    record_of,
    ref_of,
)

if TYPE_CHECKING:
    from tasveer_tui.catalogue import Recorder

OBJECTS = 4_000
JOBS = 100
COMPLETE_BATCHES = 2


def main() -> None:
    """Do what the arguments say."""
    path, task = Path(sys.argv[1]), sys.argv[2]
    with closing(Catalogue(path)) as catalogue:
        if task == "commands":
            _write_job_commands(catalogue)
        else:
            _write_images(catalogue, catalogue.recorder(), is_stuck=task == "stuck")


def _write_images(catalogue: Catalogue, recorder: Recorder, *, is_stuck: bool) -> None:
    recorder.recover(was_clean=False)
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), force=True))
    record_listing(recorder, job_id, [ref_of(index) for index in range(OBJECTS)])
    index_of = {key_of(index): index for index in range(OBJECTS)}
    for number, batch in enumerate(lease_batches(recorder, job_id)):
        if is_stuck and number == COMPLETE_BATCHES:
            recorder._results._count = _block_forever  # type: ignore[method-assign]
        recorder.record_batch(batch_result(batch, lambda ref: record_of(index_of[ref.key])))
        _print_line("images")


def _write_job_commands(catalogue: Catalogue) -> None:
    for _ in range(JOBS):
        catalogue.cancel(catalogue.add_job(JobSpec(SOURCE, Access())))
        _print_line("command")


def _block_forever(*_: object) -> None:
    _print_line("inside")
    threading.Event().wait()


def _print_line(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
