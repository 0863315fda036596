from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs import Engine
from tasveer_tui.records import (
    JobState,
    Outcome,
)
from tasveer_tui.ui.jobs_bar import widths
from tasveer_tui.ui.jobs_pace import Pacer
from tasveer_tui.ui.jobs_words import left_text
from tasveer_tui.ui.screens.failures import FailedObjects, FailuresScreen
from tasveer_tui.ui.screens.jobs import JobsScreen
from tests.parts import catalogues
from tests.parts.jobs import HOSTILE, SPEC, answered, listed, with_failures
from tests.parts.screens import opened, shown, until

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.ui.app import TasveerApp


pytestmark = pytest.mark.usefixtures("woken")


def jobs(app: TasveerApp) -> JobsScreen:
    assert isinstance(app.screen, JobsScreen)
    return app.screen


async def test_a_job_is_followed_while_it_runs_and_its_end_is_told(catalogue: Catalogue) -> None:
    job_id, recorder = listed(catalogue, 60)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "60 left" in shown(app), "the job")
        assert "s3://photos/" in shown(app)
        batches = catalogues.batches(recorder, job_id, size=20)
        recorder.record_batch(answered(next(batches)))
        await until(pilot, lambda: "20 read" in shown(app), "a third")
        assert "33 %" in shown(app)
        await until(pilot, lambda: "images/s" in shown(app), "the rate")
        recorder.record_batch(answered(next(batches), Outcome.NO_METADATA))
        await until(pilot, lambda: "20 without EXIF" in shown(app), "another third")
        assert "worker-1" in shown(app)
        recorder.record_batch(answered(next(batches), Outcome.UNSUPPORTED))
        recorder.finish(job_id)
        await until(pilot, lambda: f"Job {job_id} is done" in shown(app), "the note of its end")
        assert "100 %" in shown(app)
        assert "56.1 MB saved (93.4 %)" in shown(app)


async def test_without_jobs_the_screen_says_how_to_get_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "none.db", "jobs") as (app, pilot):
        await until(pilot, lambda: "No job was dispatched yet." in shown(app), "the hint")
        await pilot.press("P", "x", "R", "enter", "y", "r")
        assert app.clipboard == "tasveer-tui jobs"
        assert not (tmp_path / "none.db").exists()


async def test_failures_are_grouped_and_open_into_objects_and_messages(
    catalogue: Catalogue,
) -> None:
    job_id = with_failures(catalogue)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "Failures: 30 objects" in shown(app), "the groups")
        assert "denied" in shown(app)
        assert "timeout" in shown(app)
        await pilot.press("tab", "j", "enter")
        await until(pilot, lambda: "10 failed objects (timeout)" in shown(app), "one class")
        assert "Too slow." in shown(app)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.startswith("s3://photos/"), "the copied address")
        await pilot.press("escape", "escape", "enter")
        await until(pilot, lambda: f"Job {job_id}: 30 failed objects" in shown(app), "all classes")
        objects = app.screen.query_one(FailedObjects)
        await until(pilot, lambda: objects.row_count == 30, "every object")
        text = shown(app)
        assert "a[/oops]␛]52;" in text
        assert not set(text) & set("\x1b\x07\u202e\x9b")


async def test_pause_lets_a_job_rest_and_then_go_on(catalogue: Catalogue, woken: list[str]) -> None:
    job_id, _ = listed(catalogue, 20)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "20 left" in shown(app), "the job")
        await pilot.press("P")
        await until(pilot, lambda: "paused" in shown(app), "the pause")
        assert catalogue.job(job_id).state is JobState.PAUSED
        calls = len(woken)
        await pilot.press("P")
        await until(pilot, lambda: "paused" not in shown(app), "the end of the pause")
        assert not catalogue.job(job_id).state.is_final
        assert len(woken) == calls + 1


async def test_cancel_is_asked_once(catalogue: Catalogue) -> None:
    job_id, _ = listed(catalogue, 20)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "20 left" in shown(app), "the job")
        await pilot.press("x")
        await until(pilot, lambda: f"Cancel job {job_id}?" in shown(app), "the question")
        assert "20 objects of s3://photos/ would not be read." in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not catalogue.job(job_id).state.is_final
        await pilot.press("x")
        await until(pilot, lambda: f"Cancel job {job_id}?" in shown(app), "the question again")
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "was cancelled" in shown(app), "the end")
        assert catalogue.job(job_id).state is JobState.CANCELLED


async def test_retry_takes_a_class_or_everything_that_failed(
    catalogue: Catalogue, woken: list[str]
) -> None:
    job_id = with_failures(catalogue)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "Failures: 30 objects" in shown(app), "the groups")
        await pilot.press("tab", "j", "R")
        await until(pilot, lambda: "10 objects will be read again." in shown(app), "the class")
        await until(pilot, lambda: "Failures: 20 objects" in shown(app), "what is left")
        await pilot.press("escape", "R")
        await until(pilot, lambda: "20 objects will be read again." in shown(app), "the rest")
        assert catalogue.job(job_id).left == 30
        assert len(woken) >= 2


async def test_one_object_can_be_retried(catalogue: Catalogue) -> None:
    job_id = with_failures(catalogue)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "Failures: 30 objects" in shown(app), "the groups")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FailuresScreen), "the list")
        objects = app.screen.query_one(FailedObjects)
        await until(pilot, lambda: objects.row_count == 30, "every object")
        await pilot.press("j", "R")
        await until(pilot, lambda: "1 object will be read again." in shown(app), "the note")
        assert catalogue.job(job_id).left == 1


async def test_trouble_of_the_engine_is_a_banner(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "problem", lambda _: f"RabbitMQ is away. {HOSTILE}")
    listed(catalogue, 20)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "RabbitMQ is away. a[/oops]␛" in shown(app), "the banner")
        monkeypatch.setattr(Engine, "problem", lambda _: "")
        banner = jobs(app).query_one("#jobs-problem")
        await until(pilot, lambda: not banner.display, "its end")


async def test_the_cursor_stays_with_its_job_when_another_one_comes(catalogue: Catalogue) -> None:
    first, _ = listed(catalogue, 20)
    async with opened(catalogue.path, "jobs") as (app, pilot):
        await until(pilot, lambda: "20 left" in shown(app), "the job")
        second = catalogue.add_job(SPEC)
        await until(pilot, lambda: jobs(app).table.row_count == 2, "the other job")
        current = jobs(app).table.current
        assert current is not None
        assert current.id == first
        await pilot.press("g", "y")
        await until(
            pilot, lambda: app.clipboard == f"tasveer-tui jobs show {second}", "the command"
        )


async def test_ascii_signs_and_small_windows(catalogue: Catalogue) -> None:
    from tasveer_tui.ui.options import UiSettings

    with_failures(catalogue)
    settings = UiSettings(ascii=True, images=False)
    async with opened(catalogue.path, "jobs", size=(80, 24), settings=settings) as (app, pilot):
        await until(pilot, lambda: "x 30 failed" in shown(app), "the legend")
        assert not set("█▓▒░╳") & set(shown(app))
        for size in ((40, 10), (20, 5), (10, 3), (160, 50)):
            await pilot.resize_terminal(*size)
            await pilot.press("j", "tab", "k")
        assert app.is_running


def test_cells_are_shared_out_in_proportion_and_what_counts_is_seen() -> None:
    assert widths([50, 50, 0], 10) == [5, 5, 0]
    assert widths([999_999, 0, 1], 10) == [9, 0, 1]
    assert widths([1, 1, 1], 10) == [4, 3, 3]
    assert widths([0, 0], 10) == [0, 0]
    assert widths([1, 1, 1, 1], 3) == [1, 1, 1, 1]
    assert widths([5], 0) == [0]


def test_a_pace_needs_looks_and_then_tells_a_spread(catalogue: Catalogue) -> None:
    job_id, recorder = listed(catalogue, 100)
    pacer = Pacer()
    pacer.note(catalogue.jobs(), 100.0)
    assert pacer.pace(catalogue.job(job_id)).images_per_s == 0
    assert pacer.spark_line(10) == ""
    batches = catalogues.batches(recorder, job_id, size=20)
    for second, count in ((102.0, 1), (104.0, 1), (106.0, 0), (108.0, 1)):
        for _ in range(count):
            recorder.record_batch(answered(next(batches)))
        pacer.note(catalogue.jobs(), second)
    pace = pacer.pace(catalogue.job(job_id))
    assert pace.images_per_s == pytest.approx(60 / 8)
    assert pace.bytes_per_s == pytest.approx(60 * 65_536 / 8)
    assert pace.eta_s == pytest.approx(40 / (60 / 8))
    assert pace.eta_soonest_s == pytest.approx(4)
    assert left_text(pace) == "4 s to 5 s left"
    assert pacer.spark_line(10) == "██▁█"
    assert pacer.spark_line(10, is_ascii=True) == "##_#"
    assert pacer.spark_line(2) == "▁█"


def test_jobs_that_come_into_view_are_no_sudden_speed(catalogue: Catalogue) -> None:
    pacer = Pacer()
    pacer.note((), 100.0)
    with_failures(catalogue)
    pacer.note(catalogue.jobs(), 101.0)
    pacer.note(catalogue.jobs(), 102.0)
    assert pacer.spark_line(10) == ""
