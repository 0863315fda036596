"""The ingest sheet's filters, and the watch dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import CatalogueBusyError
from tasveer_tui.jobs import EngineProcess
from tasveer_tui.ui.browse.ingest_sheet import IngestSheet
from tasveer_tui.ui.browse.watch_dialog import WatchDialog
from tasveer_tui.workspace import Estimate, Workspace
from tests.support.app_harness import (
    bucket_tree,
    notes,
    open_browse,
    screen_text,
    static_text,
    type_text,
    wait_until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widgets import Input

    from tasveer_tui.ui.app import TasveerApp
    from tests.support.range_server import RangeServer


pytestmark = pytest.mark.usefixtures("short_delays")


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EngineProcess, "ensure_running", lambda _: None)


@pytest.fixture
def photos(range_server: RangeServer) -> RangeServer:
    for number in range(5):
        range_server.put("photos", f"a/{number}.jpg", b"x" * (number + 1) * 1000)
    range_server.put("photos", "a/notes.txt", b"x")
    return range_server


async def open_sheet(app: TasveerApp, pilot: Pilot[None]) -> None:
    await wait_until(pilot, lambda: bucket_tree(app).row_count == 2, "the tree")
    await pilot.press("j", "space", "enter")
    await wait_until(pilot, lambda: isinstance(app.screen, IngestSheet), "the sheet")
    await wait_until(pilot, lambda: images_to_read(app) == 5, "the estimate")


def images_to_read(app: TasveerApp) -> int | None:
    """The images of the final estimate; None while it counts."""
    sheet = app.screen
    assert isinstance(sheet, IngestSheet)
    estimate = sheet.state.estimate
    return estimate.to_read if estimate and estimate.is_final else None


def fill(app: TasveerApp, name: str, text: str) -> None:
    field: Input = app.screen.query_one(f"#{name}")  # type: ignore[assignment]
    field.value = text


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_every_filter_counts_in_the_estimate_and_goes_into_the_job(
    photos: RangeServer, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_browse(photos, tmp_path, "photos", size=size) as (app, pilot):
        await open_sheet(app, pilot)
        assert "nothing is sent yet" in static_text(app, "#estimate-title")
        fill(app, "min-size", "2kB")
        await wait_until(pilot, lambda: images_to_read(app) == 4, "without the small one")
        fill(app, "max-size", "4000")
        await wait_until(pilot, lambda: images_to_read(app) == 3, "without the large one")
        fill(app, "since", "2001-01-01")
        fill(app, "before", "2002-01-01")
        await wait_until(pilot, lambda: images_to_read(app) == 0, "nothing of that year")
        fill(app, "before", "")
        fill(app, "priority", "-3")
        await wait_until(pilot, lambda: images_to_read(app) == 3, "what is newer")
        await pilot.press("f4")
        await wait_until(pilot, lambda: "--priority -3" in app.clipboard, "the command")
        assert "--min-size 2000 --max-size 4000 --since 2001-01-01" in app.clipboard
        await pilot.press("ctrl+d")
        await wait_until(
            pilot, lambda: any("Job 1 started." in note for note in notes(app)), "the job"
        )
        spec = app.workspace.catalogue.jobs()[0].spec
        assert (spec.min_bytes, spec.max_bytes, spec.priority) == (2_000, 4_000, -3)


async def test_all_types_includes_keys_without_image_extensions(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "photos") as (app, pilot):
        await open_sheet(app, pilot)
        app.screen.query_one("#any-type").focus()
        await pilot.press("space")
        await wait_until(pilot, lambda: images_to_read(app) == 6, "the text as well")


async def test_an_invalid_value_is_reported_and_no_job_starts(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "photos") as (app, pilot):
        await open_sheet(app, pilot)
        for name, text, expected in (
            ("min-size", "huge", "'huge' is not a size"),
            ("since", "soon", "'soon' is not a date"),
            ("priority", "10", "a number from -9 to 9"),
            ("priority", "high", "a number from -9 to 9"),
            ("max-size", "500", "The minimum size is above the maximum."),
            ("before", "1999-01-01", "The start date is not before the end date."),
        ):
            for field in ("max-size", "before", "priority"):
                fill(app, field, "")
            fill(app, "min-size", "1kB")
            fill(app, "since", "2000-01-01")
            fill(app, name, text)
            await wait_until(
                pilot, lambda words=expected: words in static_text(app, "#estimate"), expected
            )
            await pilot.press("ctrl+d")
            assert isinstance(app.screen, IngestSheet)
            assert not app.workspace.has_catalogue


async def test_a_watch_is_started_and_stopped(photos: RangeServer, tmp_path: Path) -> None:
    async with open_browse(photos, tmp_path, "photos", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: bucket_tree(app).row_count == 2, "the tree")
        await pilot.press("j", "W")
        await wait_until(pilot, lambda: isinstance(app.screen, WatchDialog), "the sheet")
        assert "s3://photos/a/" in screen_text(app)
        await pilot.press("backspace", "backspace")
        await type_text(pilot, "0s")
        await pilot.press("enter")
        await wait_until(
            pilot,
            lambda: any("The shortest interval is one second" in note for note in notes(app)),
            "the bound",
        )
        await pilot.press("backspace", "backspace")
        await type_text(pilot, "often")
        await pilot.press("ctrl+d")
        await wait_until(
            pilot,
            lambda: any("'often' is not a duration" in note for note in notes(app)),
            "the mistake",
        )
        assert not app.workspace.watches()
        await pilot.press(*["backspace"] * 5)
        await type_text(pilot, "2h")
        await pilot.press("enter")
        await wait_until(
            pilot, lambda: any("Watching every" in note for note in notes(app)), "the watch"
        )
        watch = app.workspace.watches()[0]
        assert (watch.every_s, watch.spec.prefixes) == (7200.0, ("a/",))
        await pilot.press("W")
        await wait_until(
            pilot, lambda: "This selection is watched" in screen_text(app), "the other sheet"
        )
        await pilot.press("ctrl+d")
        await wait_until(
            pilot, lambda: any("Watch stopped." in note for note in notes(app)), "its end"
        )
        assert not app.workspace.watches()


def fail(*_: object) -> None:
    raise CatalogueBusyError("Another program holds the catalogue.", "Wait for it.")


async def test_the_estimate_continues_after_a_job_could_not_start(
    photos: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "dispatch", fail)
    async with open_browse(photos, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: bucket_tree(app).row_count == 2)
        await pilot.press("j")
        photos.latency_s = 0.2
        await pilot.press("space", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, IngestSheet))
        sheet = app.screen
        assert isinstance(sheet, IngestSheet)
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: any("Another program" in note for note in notes(app)))
        await wait_until(pilot, lambda: sheet.state.title() == "final")


async def test_an_estimate_that_arrives_after_an_error_leaves_the_error(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "photos") as (app, pilot):
        await open_sheet(app, pilot)
        sheet = app.screen
        assert isinstance(sheet, IngestSheet)
        fill(app, "min-size", "huge")
        await wait_until(pilot, lambda: sheet.state.error)
        sheet._on_estimate(Estimate(to_read=3, is_final=True))
        await pilot.pause()
        assert sheet.state.title() == "no estimate"
        assert "'huge' is not a size" in static_text(app, "#estimate")


async def test_a_watch_that_could_not_start_can_be_sent_again(
    photos: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "watch", fail)
        async with open_browse(photos, tmp_path, "photos") as (app, pilot):
            await wait_until(pilot, lambda: bucket_tree(app).row_count == 2)
            await pilot.press("W")
            await wait_until(pilot, lambda: isinstance(app.screen, WatchDialog))
            await pilot.press("ctrl+d")
            await wait_until(pilot, lambda: notes(app))
            patch.undo()
            await pilot.press("ctrl+d")
            await wait_until(pilot, app.workspace.watches)
