"""Jobs as it looks in its main states, in a small and in a large window."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import Engine, EngineReport, WorkerBeat
from tasveer_tui.records import Access, JobSpec, Outcome, Source
from tasveer_tui.ui import jobs_ledger
from tests.parts import catalogues
from tests.parts.jobs import answered, listed, with_failures
from tests.parts.screens import opened, shown, until
from tests.parts.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
STORY = (
    (("r", "g"), "Job 3  cancelled", "newest"),
    (("j",), "29 left", "running"),
    (("j",), "Failures: 30 objects", "failed"),
    (("enter",), "30 failed objects", "objects"),
    (("escape", "k", "x"), "Cancel job", "cancel"),
    (("escape", "slash", *"cancelled"), "1 of 3 jobs", "filter"),
)
"""What is pressed, what is waited for, and how the picture is called."""
LOG = """\
2026-11-22 17:28:24,231 INFO tasveer_tui.jobs.listener: The listener is there
2026-11-22 17:28:25,000 WARNING tasveer_tui.jobs.dispatcher: A batch was lost
"""


def filled(catalogue: Catalogue) -> EngineReport:
    """A job that is done with failures, one that runs, one that was cancelled, and a watch."""
    source = Source("", "photos")
    with_failures(catalogue)
    running = JobSpec(source, Access(), prefixes=("p/", "q/"), force=True, priority=2)
    job_id, recorder = listed(catalogue, 60, running)
    batches = catalogues.batches(recorder, job_id, size=15)
    recorder.record_batch(answered(next(batches)))
    recorder.record_batch(answered(next(batches), Outcome.NO_METADATA))
    catalogue.cancel(catalogue.add_job(JobSpec(source, Access(), prefixes=("old/",))))
    catalogue.watch(JobSpec(source, Access(), prefixes=("inbox/",)), 300.0)
    return EngineReport(
        is_running=True,
        batches_waiting=2,
        workers=(WorkerBeat("worker-1", catalogues.NOW + 88, active=1),),
        last_read=recorder.last_read(),
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """A clock for the catalogue that goes on by a second a look; the screen's stands still."""
    still = SimpleNamespace(time=lambda: catalogues.NOW + 90, monotonic=lambda: 1_000.0)
    monkeypatch.setattr(jobs_ledger, "time", still)
    monkeypatch.setattr(Input, "cursor_blink", False)
    seconds = itertools.count(catalogues.NOW)
    return lambda: next(seconds)


@pytest.mark.usefixtures("woken")
async def test_jobs_from_none_to_failures(
    tmp_path: Path, clock: Callable[[], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.db"
    snap = Snapshots("jobs")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "engine.log").write_text(LOG)
    async with opened(path, "jobs", size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "No job was dispatched yet." in shown(app))
        await snap(pilot, "none")
        catalogue = Catalogue(path, clock=clock)
        report = filled(catalogue)
        catalogue.close()
        monkeypatch.setattr(Engine, "report", lambda _: report)
        # The last picture was large, so that the log is in view and has been read.
        await until(pilot, lambda: "photos/old/" in shown(app), "every job")
        await until(pilot, lambda: "A batch was lost" in shown(app), "the log")
        for keys, sentence, state in STORY:
            await pilot.press(*keys)
            await until(pilot, lambda said=sentence: said in shown(app), sentence)
            await snap(pilot, state)
