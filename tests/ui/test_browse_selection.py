"""Browse: selection, running total, ingest sheet, copied command, inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from tasveer_tui.records import IngestState, JobState
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.ingest_sheet import IngestSheet
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.browse.selection import SelectionState
from tasveer_tui.ui.shared.inspector import Inspector
from tests.support.app_harness import (
    browse_screen,
    bucket_tree,
    notes,
    open_browse,
    screen_text,
    static_text,
    type_text,
    wait_until,
)
from tests.support.image_files import jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp
    from tasveer_tui.ui.browse.selection import Selection
    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.usefixtures("short_delays")

PHOTO = jpeg(make="Canon", model="EOS R5", iso=400)


@pytest.fixture
def photos(range_server: RangeServer) -> RangeServer:
    """Two years with three images each, and an object that is not an image."""
    for year in (2019, 2020):
        for number in range(3):
            range_server.put("photos", f"raw/{year}/IMG_{number}.jpg", PHOTO)
    range_server.put("photos", "raw/notes.txt", b"notes")
    range_server.put("photos", "top.jpg", PHOTO)
    return range_server


def selection_of(app: TasveerApp) -> Selection:
    node = bucket_tree(app).node
    assert node is not None
    return browse_screen(app).state.selection(node.source)


async def ready(app: TasveerApp, pilot: Pilot[None]) -> None:
    await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 4)


async def test_space_selects_a_prefix_and_its_parents_show_partial(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("j", "space")
        await wait_until(
            pilot, lambda: "1 prefix selected · 3 images" in static_text(app, "#total")
        )
        assert selection_of(app).prefix_state("raw/2019/") is SelectionState.ALL
        lines = screen_text(app).split("\n")
        assert "◧ photos" in "".join(lines)
        assert "◧ raw/" in "".join(lines)
        assert "■ 2019/" in "".join(lines)
        assert "□ 2020/" in "".join(lines)
        assert bucket_tree(app).node.prefix == "raw/2020/"


async def test_a_prefix_can_be_excluded_from_a_selection(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("space", "j", "space")
        await wait_until(
            pilot, lambda: "1 prefix selected, 1 excluded · 3 images" in static_text(app, "#total")
        )
        assert selection_of(app).prefix_state("raw/2019/") is SelectionState.ALL
        assert selection_of(app).prefix_state("raw/2020/") is SelectionState.NONE


async def test_a_range_selects_its_lines_and_escape_cancels_it(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/2019/") as (app, pilot):
        objects = browse_screen(app).query_one(ObjectList)
        await wait_until(pilot, lambda: objects.row_count == 3)
        await pilot.press("tab", "v", "j")
        await wait_until(pilot, lambda: "Range of 2 lines" in static_text(app, "#total"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Range of" not in static_text(app, "#total"))
        assert not selection_of(app)
        await pilot.press("v", "k", "space")
        await wait_until(
            pilot, lambda: "2 objects selected · 2 images" in static_text(app, "#total")
        )
        await pilot.press("v", "j", "v")
        await wait_until(pilot, lambda: not selection_of(app))


async def test_select_all_invert_and_clear_act_on_the_shown_prefix(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("j", "space", "k", "j", "t")
        assert selection_of(app).prefix_state("raw/2019/") is SelectionState.NONE
        assert selection_of(app).prefix_state("raw/2020/") is SelectionState.ALL
        await pilot.press("ctrl+a")
        assert selection_of(app).prefix_state("raw/") is SelectionState.ALL
        await pilot.press("ctrl+a")
        assert selection_of(app).prefix_state("raw/") is SelectionState.NONE
        await pilot.press("ctrl+a", "u")
        assert not selection_of(app)


async def test_the_mouse_moves_selects_and_expands(photos: RangeServer, tmp_path: Path) -> None:
    async with open_browse(photos, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        assert bucket_tree(app).tree_lines is not None
        await pilot.click(BucketTree, offset=(3, 1))
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 4)
        await pilot.click(BucketTree, offset=(7, 2))
        await wait_until(
            pilot, lambda: selection_of(app).prefix_state("raw/2019/") is SelectionState.ALL
        )
        assert bucket_tree(app).cursor == 2
        await pilot.click(BucketTree, offset=(12, 3))
        assert bucket_tree(app).cursor == 3
        await wait_until(pilot, lambda: bucket_tree(app).node.prefix == "raw/2020/")
        objects = browse_screen(app).query_one(ObjectList)
        await wait_until(pilot, lambda: objects.row_count == 3)
        await pilot.click(ObjectList, offset=(1, 2))
        await wait_until(
            pilot,
            lambda: selection_of(app).key_state("raw/2020/IMG_1.jpg") is SelectionState.ALL,
            "the symbol was clicked",
        )


async def test_the_total_shows_that_it_is_still_counting(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        photos.latency_s = 0.5
        await pilot.press("space")
        await wait_until(
            pilot, lambda: "1 prefix selected · counting…" in static_text(app, "#total")
        )
        await wait_until(
            pilot, lambda: "1 prefix selected · 6 images" in static_text(app, "#total")
        )
        assert "1 other object" in static_text(app, "#total")


async def test_the_copied_command_matches_the_selection(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("y")
        await wait_until(pilot, lambda: app.clipboard)
        assert app.clipboard.startswith("tasveer-tui ingest s3://photos/raw/ --endpoint-url http")
        await pilot.press("space", "j", "space", "y")
        await wait_until(pilot, lambda: "--exclude" in app.clipboard)
        assert "s3://photos/raw/ --exclude 'raw/2020/**'" in app.clipboard


async def test_the_sheet_estimates_before_anything_is_written(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("space", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, IngestSheet))
        await wait_until(pilot, lambda: "final" in static_text(app, "#estimate-title"))
        text = screen_text(app)
        assert "7 objects" in text
        assert "6 images" in text
        assert "1 by filters, 0 unchanged" in text
        assert not (tmp_path / "c.sqlite").exists()
        app.screen.query_one("#exclude", Input).value = "raw/2019/** '"
        await wait_until(pilot, lambda: "A quote is not closed." in static_text(app, "#estimate"))
        app.screen.query_one("#exclude", Input).value = "raw/2019/**"
        await wait_until(pilot, lambda: "4 by filters" in screen_text(app))
        await pilot.press("f4")
        await wait_until(pilot, lambda: "--exclude 'raw/2019/**'" in app.clipboard)
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        assert selection_of(app)
        assert not (tmp_path / "c.sqlite").exists()


async def test_a_started_job_ingests_the_selection_and_the_tree_shows_it(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await wait_until(pilot, lambda: "No images ingested yet." in static_text(app, "#total"))
        await pilot.press("j", "space")
        await wait_until(pilot, lambda: "Enter estimates the ingest" in static_text(app, "#total"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, IngestSheet))
        assert app.screen.query_one("#ingest", Button).has_focus
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.current_mode == "jobs")
        catalogue = app.workspace.catalogue
        await wait_until(pilot, lambda: catalogue.jobs()[0].state is JobState.DONE)
        assert catalogue.jobs()[0].ok == 3
        await pilot.press("1")
        await wait_until(pilot, lambda: app.current_mode == "browse")
        state, source = browse_screen(app).state, bucket_tree(app).node.source
        done = IngestState.DONE
        await wait_until(pilot, lambda: state.prefix_states.get((source, "raw/2019/")) is done)
        assert not selection_of(app)
        assert "No images ingested yet" not in static_text(app, "#total")
        states = state.prefix_states
        assert states[source, "raw/"] is IngestState.PARTLY
        assert states[source, "raw/2020/"] is IngestState.NEVER


async def test_a_job_that_cannot_start_leaves_the_sheet_open(
    photos: RangeServer, tmp_path: Path
) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"another file, not a catalogue" * 100)
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("space", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, IngestSheet))
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: notes(app))
        assert isinstance(app.screen, IngestSheet)
        assert app.is_running


async def test_the_object_under_the_cursor_is_read_for_the_inspector(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/2019/") as (app, pilot):
        objects = browse_screen(app).query_one(ObjectList)
        await wait_until(pilot, lambda: objects.row_count == 3)
        assert photos.counts["GetObject"] == 0
        await pilot.press("tab")
        await wait_until(pilot, lambda: "EOS R5" in screen_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: browse_screen(app).query_one(Inspector).has_focus_within)
        await pilot.press("escape")
        await wait_until(pilot, lambda: objects.has_focus)


async def test_in_a_narrow_window_the_inspector_replaces_the_tree(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/2019/", size=(80, 24)) as (
        app,
        pilot,
    ):
        await wait_until(pilot, lambda: browse_screen(app).query_one(ObjectList).row_count == 3)
        assert not browse_screen(app).inspector_pane.display
        await pilot.press("i")
        await wait_until(pilot, lambda: "EOS R5" in screen_text(app))
        assert "Buckets" not in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Buckets" in screen_text(app))
        assert browse_screen(app).query_one(ObjectList).has_focus


async def test_a_broken_image_is_reported_in_the_inspector(
    photos: RangeServer, tmp_path: Path
) -> None:
    photos.put("photos", "broken/a.jpg", PHOTO[:40])
    async with open_browse(photos, tmp_path, "s3://photos/broken/") as (app, pilot):
        await wait_until(pilot, lambda: browse_screen(app).query_one(ObjectList).row_count == 1)
        photos.remove("photos", "broken/a.jpg")
        await pilot.press("tab")
        await wait_until(
            pilot,
            lambda: "no longer" in screen_text(app) or "no object" in screen_text(app).lower(),
        )
        assert app.is_running


async def test_a_selection_survives_filtering_and_refreshing(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("j", "space", "k")
        await pilot.press("slash")
        await type_text(pilot, "2020")
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 3)
        await pilot.press("enter", "r")
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 4)
        assert selection_of(app).prefix_state("raw/2019/") is SelectionState.ALL
