"""Jobs: priority, pause, cancel, retry, the filter, watches, notes about finished jobs."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import CatalogueBusyError
from tasveer_tui.records import Access, JobSpec, JobState
from tasveer_tui.ui.jobs.failures_dialog import FailedObjects, FailuresDialog
from tasveer_tui.ui.jobs.panes import FailureList
from tasveer_tui.ui.jobs.screen import JobsScreen
from tasveer_tui.ui.kit.dialogs import ConfirmScreen, PromptScreen
from tasveer_tui.ui.kit.messages import JobStarted
from tests.support.app_harness import notes, open_app, screen_text, type_text, wait_until
from tests.support.job_factory import SPEC, add_job_with_failures, add_listed_job
from tests.support.jobs_screen import detail_text, failures_title, jobs_screen, listed_locations

pytestmark = pytest.mark.usefixtures("engine_starts")


async def test_priority_follows_every_press_and_stays_within_bounds(catalogue: Catalogue) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("plus", "equals_sign", "plus")
        await wait_until(pilot, lambda: "priority +3" in detail_text(app), "the priority")
        assert catalogue.job(job_id).priority == 3
        await pilot.press(*["minus"] * 15)
        await wait_until(pilot, lambda: "priority -9" in detail_text(app), "the lowest")
        assert catalogue.job(job_id).priority == -9


async def test_pause_resume_and_cancel_are_shown_without_an_engine(
    catalogue: Catalogue,
) -> None:
    add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        for keys, word in ((("P",), "paused"), (("P",), "running"), (("x", "ctrl+d"), "cancelled")):
            await pilot.press(*keys)
            await wait_until(pilot, lambda word=word: f"  {word}  " in detail_text(app), word)


async def test_the_footer_offers_only_the_commands_that_apply(catalogue: Catalogue) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "P pause" in screen_text(app), "the footer")
        assert "x cancel" in screen_text(app)
        assert "R retry" not in screen_text(app)
        assert "enter open" not in screen_text(app)
        catalogue.pause(job_id)
        await wait_until(pilot, lambda: "P resume" in screen_text(app), "resume in the footer")
        catalogue.cancel(job_id)
        await wait_until(pilot, lambda: "P resume" not in screen_text(app), "neither in the footer")
        assert "x cancel" not in screen_text(app)
        await pilot.press("P", "x", "plus")
        await pilot.pause()
        assert isinstance(app.screen, JobsScreen)
        assert catalogue.job(job_id).state is JobState.CANCELLED


async def test_concurrency_is_prompted_for_and_saved(
    catalogue: Catalogue,
) -> None:
    add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("T")
        assert isinstance(app.screen, JobsScreen)
        app.screen.worker_list.focus()
        await wait_until(pilot, lambda: "T concurrency" in screen_text(app), "the key")
        for answer, text in (
            ("9999", "“9999” is not a number from 0 to 512"),
            ("12", "12 objects at once"),
            ("0", "its own concurrency."),
        ):
            await pilot.press("T")
            await wait_until(pilot, lambda: isinstance(app.screen, PromptScreen), "the question")
            await pilot.press("ctrl+u")
            await type_text(pilot, answer)
            await pilot.press("enter")
            await wait_until(
                pilot, lambda text=text: any(text in note for note in notes(app)), text
            )
            assert catalogue.tuned() == (12 if answer == "12" else 0)


async def test_the_cursor_moves_to_a_new_job_and_stays_there_when_others_start(
    catalogue: Catalogue,
) -> None:
    first, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        second = catalogue.add_job(JobSpec(SPEC.source, Access(), prefixes=("2019/",)))
        app.post_message(JobStarted(second))
        await wait_until(
            pilot, lambda: f"Job {second}  " in detail_text(app), "the new job in full"
        )
        third = catalogue.add_job(JobSpec(SPEC.source, Access(), prefixes=("2020/",)))
        await pilot.press("r")
        await wait_until(pilot, lambda: "photos/2020/" in listed_locations(app), "another one")
        assert f"Job {second}  " in detail_text(app)
        assert first < second < third


async def test_a_failed_job_can_be_resumed(catalogue: Catalogue) -> None:
    job_id, recorder = add_listed_job(catalogue, 20)
    recorder.job_failed(job_id, "The bucket is not there.")
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(
            pilot, lambda: "The bucket is not there." in detail_text(app), "the reason"
        )
        await pilot.press("P")
        await wait_until(pilot, lambda: "  queued  " in detail_text(app), "the new state")
        assert catalogue.job(job_id).state is JobState.QUEUED


async def test_the_filter_matches_state_location_and_number(catalogue: Catalogue) -> None:
    add_job_with_failures(catalogue)
    for name in ("2019/", "2020/"):
        catalogue.add_job(JobSpec(SPEC.source, Access(), prefixes=(name,)))
    async with open_app(catalogue.path, "jobs", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "photos/2020/" in listed_locations(app), "the jobs")
        await pilot.press("slash")
        await type_text(pilot, "2019")
        await wait_until(pilot, lambda: "1 of 3 jobs" in screen_text(app), "one job")
        assert "photos/2020/" not in listed_locations(app)
        await pilot.press("enter")
        table = app.screen.query_one("JobTable")
        await wait_until(pilot, lambda: table.has_focus, "the jobs again")
        assert "1 of 3 jobs" in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: "photos/2020/" in listed_locations(app), "all jobs")
        await pilot.press("slash")
        await type_text(pilot, "done nowhere")
        await wait_until(pilot, lambda: "No matching jobs" in screen_text(app), "none")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "photos/2019/" in listed_locations(app), "all jobs")


async def test_a_filter_also_searches_older_jobs(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasveer_tui.ui.jobs import ledger_poller

    monkeypatch.setattr(ledger_poller, "MAX_JOBS", 3)
    monkeypatch.setattr(ledger_poller, "RECENT_JOBS", 2)
    for number in range(6):
        catalogue.add_job(JobSpec(SPEC.source, Access(), prefixes=(f"part{number}/",)))
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "Location (/ for older)" in screen_text(app), "the limit")
        assert "photos/part0/" not in listed_locations(app)
        await pilot.press("slash")
        await type_text(pilot, "part0")
        await wait_until(pilot, lambda: "1 of 6 jobs" in screen_text(app), "the old one")
        assert "photos/part0/" in listed_locations(app)


async def test_watches_are_listed_and_stop_after_a_confirmation(catalogue: Catalogue) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    catalogue.watch(JobSpec(SPEC.source, Access(), prefixes=("inbox/",)), 300.0)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: jobs_screen(app).watch_list.row_count == 1, "the watch")
        assert "s3://photos/inbox/" in screen_text(app)
        assert "every 5 minutes" in screen_text(app)
        await pilot.press("tab", "x")
        await wait_until(pilot, lambda: "Stop watching?" in screen_text(app), "the question")
        await pilot.press("escape")
        assert len(catalogue.watches()) == 1
        await pilot.press("x")
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the question again")
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: jobs_screen(app).watch_list.row_count == 0, "its end")
        assert not catalogue.watches()
        assert not catalogue.job(job_id).state.is_final


async def test_enter_on_a_watch_goes_to_its_latest_job(catalogue: Catalogue) -> None:
    catalogue.watch(JobSpec(SPEC.source, Access(), prefixes=("inbox/",)), 300.0)
    catalogue.recorder().start_due_watches()
    later = catalogue.add_job(SPEC)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: jobs_screen(app).watch_list.row_count == 1, "the watch")
        assert f"Job {later} " in detail_text(app)
        await pilot.press("tab", "enter")
        watched = catalogue.watches()[0].job_id
        await wait_until(pilot, lambda: f"Job {watched} " in detail_text(app), "the round's job")


async def test_a_job_end_is_reported_before_jobs_is_opened(catalogue: Catalogue) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    async with open_app(catalogue.path, "library") as (app, pilot):
        await wait_until(pilot, lambda: "1 job" in screen_text(app), "the header")
        catalogue.cancel(job_id)
        await wait_until(
            pilot, lambda: any(f"Job {job_id} cancelled" in note for note in notes(app)), "the note"
        )


async def test_all_objects_of_a_list_of_failures_are_retried(catalogue: Catalogue) -> None:
    job_id = add_job_with_failures(catalogue)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: failures_title(app) == "Failures: 30 objects", "the groups")
        await pilot.press("tab", "j", "enter")
        await wait_until(
            pilot, lambda: "10 failed objects (timeout)" in screen_text(app), "one class"
        )
        await pilot.press("A")
        await wait_until(pilot, lambda: "Retrying 10 objects." in notes(app), "the note")
        assert isinstance(app.screen, JobsScreen)
        assert catalogue.job(job_id).left == 10


async def test_a_request_is_shown_at_once_while_the_ledger_is_slow(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, _ = add_listed_job(catalogue, 20)
    may_write, cancel = Event(), Catalogue.cancel

    def slow(self: Catalogue, job_id: int) -> None:
        assert may_write.wait(20)
        cancel(self, job_id)

    def held(_: Catalogue, __: int) -> None:
        raise CatalogueBusyError("Another program holds the catalogue.", "Wait for it.")

    monkeypatch.setattr(Catalogue, "cancel", slow)
    monkeypatch.setattr(Catalogue, "pause", held)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: "20 left" in detail_text(app), "the job")
        await pilot.press("P")
        await wait_until(
            pilot, lambda: any("Another program holds" in note for note in notes(app)), "the error"
        )
        assert not jobs_screen(app).control.pending_states
        await pilot.press("x", "ctrl+d")
        await wait_until(
            pilot,
            lambda: "cancelling" in jobs_screen(app).control.pending_states.values(),
            "the command",
        )
        assert not catalogue.job(job_id).state.is_final
        may_write.set()
        await wait_until(pilot, lambda: "  cancelled  " in detail_text(app), "its end")
        assert not jobs_screen(app).control.pending_states


async def test_retries_of_several_objects_are_all_sent_while_the_ledger_is_slow(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = add_job_with_failures(catalogue)
    may_write, retry = Event(), Catalogue.retry

    def slow(self: Catalogue, job_id: int, **which: Any) -> int:
        assert may_write.wait(20)
        return retry(self, job_id, **which)

    monkeypatch.setattr(Catalogue, "retry", slow)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: app.screen.query_one(FailureList).row_count == 2)
        await pilot.press("enter")
        objects = app.screen.query_one(FailedObjects)
        await wait_until(pilot, lambda: objects.row_count == 30)
        await pilot.press(*["R", "j"] * 6)
        may_write.set()
        await wait_until(pilot, lambda: catalogue.job(job_id).left == 6, "all six")


async def test_failures_that_cannot_be_read_are_replaced_by_the_error(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CatalogueBusyError("Another program holds the catalogue.", "Wait for it.")

    add_job_with_failures(catalogue)
    monkeypatch.setattr(Catalogue, "failures", fail)
    async with open_app(catalogue.path, "jobs") as (app, pilot):
        await wait_until(pilot, lambda: app.screen.query_one(FailureList).row_count == 2)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, FailuresDialog))
        dialog = app.screen
        assert isinstance(dialog, FailuresDialog)
        await wait_until(pilot, lambda: dialog.state.error)
        assert "Another program holds the catalogue.\nWait for it." in dialog.state.title(None)
