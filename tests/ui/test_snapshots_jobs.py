"""Snapshots of Jobs in its main states, in a small and in a large window."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import EngineProcess, EngineReport, WorkerHeartbeat
from tasveer_tui.records import Access, JobSpec, Outcome, Source
from tasveer_tui.ui.jobs import ledger_poller
from tests.support import catalogue_factory
from tests.support.app_harness import open_app, screen_text, wait_until
from tests.support.job_factory import add_job_with_failures, add_listed_job, result_with_outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.screen_snapshots import Snapshots
STORY = (
    (("r", "g"), "Job 3  cancelled", "newest"),
    (("j",), "29 left", "running"),
    (("j",), "Failures: 30 objects", "failed"),
    (("enter",), "30 failed objects", "objects"),
    (("escape", "k", "x"), "Cancel job", "cancel"),
    (("escape", "slash", *"cancelled"), "1 of 3 jobs", "filter"),
)
"""Keys to press, text to wait for, name of the snapshot."""
LOG = """\
2026-11-22 17:28:24,231 INFO tasveer_tui.jobs.listener: The listener is there
2026-11-22 17:28:25,000 WARNING tasveer_tui.jobs.dispatcher: A batch was lost
"""


def filled(catalogue: Catalogue) -> EngineReport:
    """A finished job with failures, a running job, a cancelled job, and a watch."""
    source = Source("", "photos")
    add_job_with_failures(catalogue)
    running = JobSpec(source, Access(), prefixes=("p/", "q/"), force=True, priority=2)
    job_id, recorder = add_listed_job(catalogue, 60, running)
    batches = catalogue_factory.lease_batches(recorder, job_id, size=15)
    recorder.record_batch(result_with_outcome(next(batches)))
    recorder.record_batch(result_with_outcome(next(batches), Outcome.NO_METADATA))
    catalogue.cancel(catalogue.add_job(JobSpec(source, Access(), prefixes=("old/",))))
    catalogue.watch(JobSpec(source, Access(), prefixes=("inbox/",)), 300.0)
    return EngineReport(
        is_running=True,
        batches_waiting=2,
        workers=(WorkerHeartbeat("worker-1", catalogue_factory.NOW + 88, active=1),),
        last_read=recorder.last_read(),
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """A catalogue clock that advances one second per call; the screen's clock is fixed."""
    still = SimpleNamespace(time=lambda: catalogue_factory.NOW + 90, monotonic=lambda: 1_000.0)
    monkeypatch.setattr(ledger_poller, "time", still)
    monkeypatch.setattr(Input, "cursor_blink", False)
    seconds = itertools.count(catalogue_factory.NOW)
    return lambda: next(seconds)


@pytest.mark.usefixtures("engine_starts")
async def test_jobs_from_none_to_failures(
    tmp_path: Path,
    clock: Callable[[], float],
    monkeypatch: pytest.MonkeyPatch,
    snapshots: Callable[[str], Snapshots],
) -> None:
    path = tmp_path / "jobs.db"
    snap = snapshots("jobs")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "engine.log").write_text(LOG)
    async with open_app(path, "jobs", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "No jobs yet." in screen_text(app))
        await snap(pilot, "none")
        catalogue = Catalogue(path, clock=clock)
        report = filled(catalogue)
        catalogue.close()
        monkeypatch.setattr(EngineProcess, "report", lambda _: report)
        # The last picture was large, so that the log is in view and has been read.
        await wait_until(pilot, lambda: "photos/old/" in screen_text(app), "every job")
        await wait_until(pilot, lambda: "A batch was lost" in screen_text(app), "the log")
        for keys, sentence, state in STORY:
            await pilot.press(*keys)
            await wait_until(pilot, lambda text=sentence: text in screen_text(app), sentence)
            await snap(pilot, state)
