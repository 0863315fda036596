from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import CatalogueBusyError
from tasveer_tui.jobs import EngineProcess
from tasveer_tui.records import (
    JobState,
    Outcome,
)
from tasveer_tui.ui.jobs.failures_dialog import FailedObjects, FailuresDialog
from tasveer_tui.ui.jobs.outcome_bar import bar_cells
from tasveer_tui.ui.jobs.throughput import ThroughputTracker
from tasveer_tui.ui.shared.jobs_text import left_text
from tests.support import catalogue_factory
from tests.support.app_harness import notes, open_app, screen_text, static_text, wait_until
from tests.support.job_factory import (
    HOSTILE_KEY,
    SPEC,
    add_job_with_failures,
    add_listed_job,
    result_with_outcome,
)
from tests.support.jobs_screen import detail_text, failures_title, jobs_screen

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.catalogue import Catalogue


pytestmark = pytest.mark.usefixtures("engine_starts")


async def test_a_running_job_is_followed_and_its_end_is_reported(catalogue: Catalogue) -> None:
    job_id, recorder = add_listed_job(catalogue, 60)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "60 left" in detail_text(app), "the job")
        assert "s3://photos/" in detail_text(app)
        batches = catalogue_factory.lease_batches(recorder, job_id, size=20)
        recorder.record_batch(result_with_outcome(next(batches)))
        await wait_until(pilot, lambda: "20 read" in detail_text(app), "a third")
        assert "33 %" in screen_text(app)
        await wait_until(pilot, lambda: "images/s" in detail_text(app), "the rate")
        recorder.record_batch(result_with_outcome(next(batches), Outcome.NO_METADATA))
        await wait_until(pilot, lambda: "20 without EXIF" in detail_text(app), "another third")
        assert "worker-1" in screen_text(app)
        recorder.record_batch(result_with_outcome(next(batches), Outcome.UNSUPPORTED))
        recorder.finish(job_id)
        await wait_until(
            pilot,
            lambda: any(f"Job {job_id} done: " in note for note in notes(app)),
            "the note of its end",
        )
        assert "100 %" in screen_text(app)
        assert "56.1 MB saved (93.4 %)" in detail_text(app)


async def test_without_jobs_the_screen_shows_how_to_start_one(tmp_path: Path) -> None:
    async with open_app(tmp_path / "none.db", "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "No jobs yet." in screen_text(app), "the hint")
        await pilot.press("P", "x", "R", "enter", "y", "r")
        assert app.clipboard == "tasveer-tui jobs"
        assert not (tmp_path / "none.db").exists()


async def test_failures_are_grouped_and_open_into_objects_and_messages(
    catalogue: Catalogue,
) -> None:
    job_id = add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: failures_title(app) == "Failures: 30 objects", "the groups")
        assert "denied" in screen_text(app)
        assert "timeout" in screen_text(app)
        await pilot.press("tab", "j", "enter")
        await wait_until(
            pilot, lambda: "10 failed objects (timeout)" in screen_text(app), "one class"
        )
        assert "Too slow." in screen_text(app)
        await pilot.press("y")
        await wait_until(
            pilot, lambda: app.clipboard.startswith("s3://photos/"), "the copied address"
        )
        await pilot.press("escape", "escape", "enter")
        await wait_until(
            pilot, lambda: f"Job {job_id}: 30 failed objects" in screen_text(app), "all classes"
        )
        objects = app.screen.query_one(FailedObjects)
        await wait_until(pilot, lambda: objects.row_count == 30, "every object")
        text = screen_text(app)
        assert "a[/oops]␛]52;" in text
        assert not set(text) & set("\x1b\x07\u202e\x9b")


async def test_a_paused_job_resumes(catalogue: Catalogue, engine_starts: list[str]) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("P")
        await wait_until(pilot, lambda: "  paused  " in detail_text(app), "the pause")
        assert catalogue.job(job_id).state is JobState.PAUSED
        calls = len(engine_starts)
        await pilot.press("P")
        await wait_until(
            pilot, lambda: "  paused  " not in detail_text(app), "the end of the pause"
        )
        assert not catalogue.job(job_id).state.is_final
        assert len(engine_starts) == calls + 1


async def test_cancelling_needs_a_confirmation(catalogue: Catalogue) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("x")
        await wait_until(pilot, lambda: f"Cancel job {job_id}?" in screen_text(app), "the question")
        assert "20 objects of s3://photos/ will not be read." in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not catalogue.job(job_id).state.is_final
        await pilot.press("x")
        await wait_until(
            pilot, lambda: f"Cancel job {job_id}?" in screen_text(app), "the question again"
        )
        await pilot.press("ctrl+d")
        await wait_until(
            pilot, lambda: any("cancelled: " in note for note in notes(app)), "the end"
        )
        assert catalogue.job(job_id).state is JobState.CANCELLED


async def test_retry_applies_to_a_class_or_to_all_failures(
    catalogue: Catalogue, engine_starts: list[str]
) -> None:
    job_id = add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: failures_title(app) == "Failures: 30 objects", "the groups")
        await pilot.press("tab", "j", "R")
        await wait_until(pilot, lambda: "Retrying 10 objects." in notes(app), "the class")
        await wait_until(
            pilot, lambda: failures_title(app) == "Failures: 20 objects", "what is left"
        )
        await pilot.press("escape", "R")
        await wait_until(pilot, lambda: "Retrying 20 objects." in notes(app), "the rest")
        assert catalogue.job(job_id).left == 30
        assert len(engine_starts) >= 2


async def test_one_object_can_be_retried(catalogue: Catalogue) -> None:
    job_id = add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: failures_title(app) == "Failures: 30 objects", "the groups")
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, FailuresDialog), "the list")
        objects = app.screen.query_one(FailedObjects)
        await wait_until(pilot, lambda: objects.row_count == 30, "every object")
        await pilot.press("j", "R")
        await wait_until(pilot, lambda: "Retrying 1 object." in notes(app), "the note")
        assert catalogue.job(job_id).left == 1


async def test_an_engine_problem_shows_a_banner(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EngineProcess, "problem", lambda _: f"RabbitMQ is away. {HOSTILE_KEY}")
    add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(
            pilot, lambda: "RabbitMQ is away. a[/oops]␛" in screen_text(app), "the banner"
        )
        monkeypatch.setattr(EngineProcess, "problem", lambda _: "")
        banner = jobs_screen(app).query_one("#jobs-problem")
        await wait_until(pilot, lambda: not banner.display, "its end")


async def test_a_ledger_that_cannot_be_read_shows_a_banner_instead_of_a_note_per_poll(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CatalogueBusyError("Another program holds the catalogue.", "Wait for it.")

    add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        with monkeypatch.context() as patch:
            patch.setattr(type(catalogue), "workers", fail)
            await pilot.press("r", "r", "r")
            await wait_until(
                pilot, lambda: "Another program holds" in static_text(app, "#jobs-problem")
            )
            assert not notes(app)
        await wait_until(pilot, lambda: not static_text(app, "#jobs-problem"), "its end")
        assert "20 left" in detail_text(app)


async def test_the_cursor_stays_on_its_job_when_another_starts(catalogue: Catalogue) -> None:
    first, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        second = catalogue.add_job(SPEC)
        await wait_until(pilot, lambda: jobs_screen(app).table.row_count == 2, "the other job")
        current = jobs_screen(app).table.current
        assert current is not None
        assert current.id == first
        await pilot.press("g", "y")
        await wait_until(
            pilot, lambda: app.clipboard == f"tasveer-tui jobs show {second}", "the command"
        )


async def test_ascii_symbols_and_small_windows(catalogue: Catalogue) -> None:
    from tasveer_tui.ui.context import UiSettings

    add_job_with_failures(catalogue)
    settings = UiSettings(ascii=True, images=False)
    async with open_app(catalogue.path, "jobs", size=(80, 24), settings=settings) as (app, pilot):
        await wait_until(pilot, lambda: "x 30 failed" in detail_text(app), "the legend")
        assert not set("█▓▒░╳") & set(screen_text(app))
        for size in ((40, 10), (20, 5), (10, 3), (160, 50)):
            await pilot.resize_terminal(*size)
            await pilot.press("j", "tab", "k")
        assert app.is_running


def test_a_bar_is_divided_in_proportion_and_no_count_above_zero_vanishes() -> None:
    assert bar_cells([50, 50, 0], 10) == [5, 5, 0]
    assert bar_cells([999_999, 0, 1], 10) == [9, 0, 1]
    assert bar_cells([1, 1, 1], 10) == [4, 3, 3]
    assert bar_cells([0, 0], 10) == [0, 0]
    assert bar_cells([1, 1, 1, 1], 3) == [1, 1, 1, 1]
    assert bar_cells([5], 0) == [0]


def test_a_rate_needs_several_samples_and_shows_a_range(catalogue: Catalogue) -> None:
    job_id, recorder = add_listed_job(catalogue, 100)
    tracker = ThroughputTracker()
    tracker.add_sample(catalogue.jobs(), 100.0)
    assert tracker.progress(catalogue.job(job_id)).images_per_s == 0
    assert tracker.sparkline(10) == ""
    batches = catalogue_factory.lease_batches(recorder, job_id, size=20)
    for second, count in ((102.0, 1), (104.0, 1), (106.0, 0), (108.0, 1)):
        for _ in range(count):
            recorder.record_batch(result_with_outcome(next(batches)))
        tracker.add_sample(catalogue.jobs(), second)
    progress = tracker.progress(catalogue.job(job_id))
    assert progress.images_per_s == pytest.approx(60 / 8)
    assert progress.bytes_per_s == pytest.approx(60 * 65_536 / 8)
    assert progress.eta_s == pytest.approx(40 / (60 / 8))
    assert progress.eta_soonest_s == pytest.approx(4)
    assert left_text(progress) == "4 s to 5 s left"
    assert tracker.sparkline(10) == "██▁█"
    assert tracker.sparkline(10, is_ascii=True) == "##_#"
    assert tracker.sparkline(2) == "▁█"


def test_jobs_scrolled_into_view_do_not_raise_the_rate(catalogue: Catalogue) -> None:
    tracker = ThroughputTracker()
    tracker.add_sample((), 100.0)
    add_job_with_failures(catalogue)
    tracker.add_sample(catalogue.jobs(), 101.0)
    tracker.add_sample(catalogue.jobs(), 102.0)
    assert tracker.sparkline(10) == ""
