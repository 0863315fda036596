"""The download sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.browse.download_sheet import DownloadSheet, DownloadSheetState
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.workspace import Estimate
from tasveer_tui.workspace.downloads import Download
from tests.support.app_harness import notes, open_browse, static_text, wait_until
from tests.support.image_files import jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp
    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.usefixtures("short_delays")

PHOTO = jpeg(make="Canon")


@pytest.fixture
def photos(range_server: RangeServer) -> RangeServer:
    for name in ("a.jpg", "b.jpg", "notes.txt"):
        range_server.put("photos", f"raw/{name}", PHOTO)
    return range_server


async def opened_sheet(app: TasveerApp, pilot: Pilot[None], folder: Path, *keys: str) -> None:
    objects = app.screen.query_one(ObjectList)
    await wait_until(pilot, lambda: objects.row_count == 3)
    await pilot.press(*keys, "D")
    await wait_until(pilot, lambda: isinstance(app.screen, DownloadSheet))
    app.screen.query_one(Input).value = str(folder)


def state_text(app: TasveerApp) -> str:
    return static_text(app, "#download-state")


@pytest.mark.parametrize("progress", [None, Download(objects=1, size_bytes=5)])
def test_a_late_estimate_does_not_replace_an_error(progress: Download | None) -> None:
    error = UsageError("out cannot be created.", "Select another folder.")
    state = DownloadSheetState(estimate=Estimate(to_read=3), progress=progress, error=error)
    assert state.lines() == ["out cannot be created.", "Select another folder."]


async def test_an_estimate_that_arrives_after_the_error_leaves_the_message(
    photos: RangeServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await opened_sheet(app, pilot, tmp_path / "file" / "out")
        sheet = app.screen
        assert isinstance(sheet, DownloadSheet)
        await wait_until(pilot, lambda: "3 files" in state_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "cannot be created" in state_text(app))
        sheet._on_estimate(Estimate(to_read=3, is_final=True))
        await pilot.pause()
        assert "cannot be created" in state_text(app)
        assert not sheet.query_one("#start", Button).disabled


async def test_all_objects_of_a_prefix_are_downloaded_not_only_images(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await opened_sheet(app, pilot, tmp_path / "out")
        await wait_until(pilot, lambda: "3 files" in state_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await wait_until(pilot, lambda: "Downloaded 3 files." in notes(app))
    names = sorted(path.name for path in (tmp_path / "out" / "raw").iterdir())
    assert names == ["a.jpg", "b.jpg", "notes.txt"]


async def test_the_object_under_the_cursor_is_downloaded(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await opened_sheet(app, pilot, tmp_path / "out", "tab", "j")
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.jpg"]


async def test_existing_files_are_skipped_and_failures_are_shown(
    photos: RangeServer, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.jpg").write_text("mine")
    photos.fail("error", op="GetObject", key="b.jpg", status=403, code="AccessDenied")
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await opened_sheet(app, pilot, tmp_path / "out", "tab", "v", "j", "space")
        await wait_until(pilot, lambda: "2 files" in state_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "raw/b.jpg:" in state_text(app))
        await wait_until(pilot, lambda: "1 existing file skipped" in state_text(app))
        assert isinstance(app.screen, DownloadSheet), "failures stay on the screen"
        await pilot.press("escape")
    assert (tmp_path / "out" / "a.jpg").read_text() == "mine"


async def test_an_unwritable_folder_is_reported_in_the_dialog(
    photos: RangeServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await opened_sheet(app, pilot, tmp_path / "file" / "out")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "cannot be created" in state_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))
