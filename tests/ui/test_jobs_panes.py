"""Jobs: failures, workers, recent reads and the log, in small and in large windows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs import EngineProcess, EngineReport, WorkerHeartbeat
from tasveer_tui.records import Outcome
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.jobs.panes import LogPane, RecentReads
from tests.support import catalogue_factory
from tests.support.app_harness import open_app, screen_text, wait_until
from tests.support.job_factory import (
    HOSTILE_KEY,
    add_job_with_failures,
    add_listed_job,
    result_with_outcome,
)
from tests.support.jobs_screen import detail_text, failures_title

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.catalogue import Catalogue

pytestmark = pytest.mark.usefixtures("engine_starts")
LINES = """\
2026-11-22 17:28:24,231 INFO tasveer_tui.jobs.listener: The listener is there
2026-11-22 17:28:25,000 WARNING tasveer_tui.jobs.dispatcher: A batch was lost
2026-11-22 17:28:26,000 ERROR tasveer_tui.jobs.record: \x1b[31mNot recorded
"""


def write_log(folder: Path, text: str) -> None:
    (folder / "state").mkdir(exist_ok=True)
    (folder / "state" / "engine.log").write_text(text)


async def test_a_small_window_shows_one_pane_and_names_the_others(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    write_log(tmp_path, LINES)
    add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs", size=(80, 24)) as (app, pilot):
        await wait_until(
            pilot, lambda: failures_title(app) == "Failures: 30 objects", "the failures"
        )
        assert "tab: workers · recent reads · log" in screen_text(app)
        for title, others in (
            ("Failures: 30", "tab: workers · recent reads · log"),
            ("Workers: ", "tab: recent reads · log · failures"),
            ("Recent reads", "tab: log · failures · workers"),
            ("Log: everything", "tab: failures · workers · recent reads"),
        ):
            await pilot.press("tab")
            await wait_until(pilot, lambda t=title: t in screen_text(app), title)
            assert others in screen_text(app)
        await pilot.press("tab")
        assert app.screen.query_one("JobTable").has_focus
        assert "Log: everything" in screen_text(app)
        await pilot.press("shift+tab")
        assert app.screen.query_one(LogPane).has_focus


async def test_without_failures_a_small_window_shows_the_recent_reads(
    catalogue: Catalogue,
) -> None:
    job_id, recorder = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "Recent reads" in screen_text(app), "the feed")
        batch = next(catalogue_factory.lease_batches(recorder, job_id, size=5))
        recorder.record_batch(result_with_outcome(batch, Outcome.DENIED, "No."))
        await wait_until(pilot, lambda: failures_title(app) == "Failures: 5 objects", "what failed")


async def test_a_large_window_shows_every_pane(catalogue: Catalogue, tmp_path: Path) -> None:
    write_log(tmp_path, LINES)
    add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs", size=(160, 50)) as (app, pilot):
        await wait_until(pilot, lambda: "A batch was lost" in screen_text(app), "the log")
        for title in ("Failures: 30 objects", "Workers: ", "Recent reads", "Log: everything"):
            assert title in screen_text(app)
        assert "Images/s" in screen_text(app)
        assert "tab:" not in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: "tab: " in screen_text(app), "the names of the others")
        await pilot.press("tab", "tab")
        await pilot.resize_terminal(160, 50)
        await wait_until(pilot, lambda: "tab: " not in screen_text(app), "no names any more")


async def test_the_log_is_followed_and_shown_by_level(catalogue: Catalogue, tmp_path: Path) -> None:
    add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs", size=(100, 30)) as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("L")
        await wait_until(
            pilot, lambda: "The engine has not written" in screen_text(app), "no log yet"
        )
        write_log(tmp_path, LINES)
        await wait_until(pilot, lambda: "␛[31mNot recorded" in screen_text(app), "the log")
        assert "The listener is there" in screen_text(app)
        assert "tasveer_tui.jobs" not in screen_text(app)
        await pilot.press("L")
        await wait_until(pilot, lambda: "Log: warnings and errors" in screen_text(app), "the level")
        assert "The listener is there" not in screen_text(app)
        assert "A batch was lost" in screen_text(app)
        await pilot.press("L")
        assert "A batch was lost" not in screen_text(app)
        write_log(tmp_path, LINES.splitlines()[0])
        await wait_until(pilot, lambda: "No errors at the end" in screen_text(app), "no error")
        await pilot.press("L")
        await wait_until(
            pilot, lambda: "The listener is there" in screen_text(app), "everything again"
        )


async def test_the_log_follows_its_end_unless_the_cursor_is_further_up(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    add_listed_job(catalogue, 20)
    line = "2026-11-22 17:28:24,231 INFO x: line {}\n"
    write_log(tmp_path, "".join(line.format(n) for n in range(100)))
    async with open_app(catalogue.path, "jobs", size=(80, 24)) as (app, pilot):
        await pilot.press("L")
        await wait_until(pilot, lambda: "x: line 99 " in screen_text(app), "the end")
        write_log(tmp_path, "".join(line.format(n) for n in range(150)))
        await wait_until(pilot, lambda: "x: line 149" in screen_text(app), "the new end")
        await pilot.press("g")
        await wait_until(pilot, lambda: "x: line 0 " in screen_text(app), "the beginning")
        write_log(tmp_path, "".join(line.format(n) for n in range(160)))
        pane = app.screen.query_one(LogPane)
        await wait_until(pilot, lambda: pane.row_count == 160, "the news")
        assert "x: line 0 " in screen_text(app)


async def test_recent_reads_show_their_outcome_and_open_in_browse(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, recorder = add_listed_job(catalogue, 60)
    monkeypatch.setattr(
        EngineProcess, "report", lambda _: EngineReport(last_read=recorder.last_read())
    )
    async with open_app(catalogue.path, "jobs", size=(120, 44)) as (app, pilot):
        await wait_until(pilot, lambda: "Nothing read yet" in screen_text(app), "the empty feed")
        batches = catalogue_factory.lease_batches(recorder, job_id, size=10)
        recorder.record_batch(
            result_with_outcome(next(batches), Outcome.DENIED, f"No. {HOSTILE_KEY}")
        )
        recorder.record_batch(result_with_outcome(next(batches), Outcome.NO_METADATA))
        await wait_until(pilot, lambda: "▒  without EXIF" in screen_text(app), "the feed")
        feed = app.screen.query_one(RecentReads)
        assert feed.row_count == 20
        assert "p/0019.jpg" in screen_text(app)
        await pilot.press("shift+tab", "shift+tab", "j", "j")
        assert feed.has_focus
        current = feed.current
        assert current is not None
        recorder.record_batch(result_with_outcome(next(batches)))
        await wait_until(pilot, lambda: feed.row_count == 24, "more")
        assert feed.current == current
        await pilot.press("G")
        await wait_until(pilot, lambda: "denied" in screen_text(app), "the oldest")
        await pilot.press("g")
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen), "Browse")
        await wait_until(pilot, lambda: "s3://photos/p/00" in screen_text(app), "the object's key")


async def test_workers_show_current_tasks_and_queue_depth(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, recorder = add_listed_job(catalogue, 60)
    recorder.record_batch(
        result_with_outcome(next(catalogue_factory.lease_batches(recorder, job_id, size=20)))
    )
    report = EngineReport(
        is_running=True,
        scans_waiting=1,
        batches_waiting=12,
        workers=(WorkerHeartbeat(f"w@{HOSTILE_KEY}", time.time(), active=3),),
    )
    monkeypatch.setattr(EngineProcess, "report", lambda _: report)
    async with open_app(catalogue.path, "jobs", size=(160, 50)) as (app, pilot):
        await wait_until(pilot, lambda: "3 active" in screen_text(app), "the heartbeat")
        assert "Workers: 2 online, 1 listing, 12 batches waiting" in screen_text(app)
        assert "worker-1" in screen_text(app)
        assert "20 objects" in screen_text(app)
        assert not set(screen_text(app)) & set("\x1b\x07\u202e\x9b")
