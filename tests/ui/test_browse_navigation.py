"""Navigation in Browse: history, bookmarks, counts, sorting, patterns, copying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.ui.browse.browse_state import PrefixCount
from tasveer_tui.ui.browse.line_actions import load_bookmarks
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.browse.selection import SelectionState
from tasveer_tui.ui.kit.dialogs import MenuScreen
from tests.support.app_harness import (
    browse_screen,
    bucket_tree,
    notes,
    object_list,
    open_browse,
    screen_text,
    type_text,
    wait_until,
)
from tests.support.image_files import jpeg
from tests.support.range_server import StoredObject

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp
    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.usefixtures("short_delays")

PHOTO = jpeg(make="Canon")


@pytest.fixture
def photos(range_server: RangeServer) -> RangeServer:
    """Two prefixes; in the first, objects of several sizes."""
    for name, size_bytes in (("a.jpg", 3_000), ("b.png", 1_000), ("c.jpg", 2_000)):
        range_server.put("photos", f"raw/{name}", PHOTO + bytes(size_bytes))
    for number in range(5):
        range_server.put("photos", f"trip/day{number}/x.jpg", PHOTO)
    return range_server


def has_note(app: TasveerApp, text: str) -> bool:
    return any(text in note for note in notes(app))


def prefix(app: TasveerApp) -> str:
    node = bucket_tree(app).node
    return node.prefix if node else "?"


async def wait_for_raw(app: TasveerApp, pilot: Pilot[None]) -> None:
    await wait_until(pilot, lambda: prefix(app) == "raw/" and object_list(app).row_count == 3)


async def test_back_and_forward_follow_the_cursor_history(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("j")
        await wait_until(
            pilot,
            lambda: bucket_tree(app).node.listing and bucket_tree(app).node.listing.is_started,
        )
        assert prefix(app) == "trip/"
        await pilot.press("alt+left")
        await wait_until(pilot, lambda: prefix(app) == "raw/")
        await pilot.press("right_curly_bracket")
        await wait_until(pilot, lambda: prefix(app) == "trip/")
        await pilot.press("right_curly_bracket")
        await wait_until(pilot, lambda: has_note(app, "This is the last prefix"))


async def test_a_bookmark_is_saved_and_opens_its_location(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/trip/day3/") as (app, pilot):
        await wait_until(pilot, lambda: prefix(app) == "trip/day3/")
        await pilot.press("b")
        await wait_until(pilot, lambda: has_note(app, "Bookmark added:"))
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("B")
        await wait_until(pilot, lambda: isinstance(app.screen, MenuScreen))
        assert "s3://photos/trip/day3/" in screen_text(app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: prefix(app) == "trip/day3/")
        await pilot.press("b")
        await wait_until(pilot, lambda: has_note(app, "Bookmark removed:"))
        await pilot.press("B")
        await wait_until(pilot, lambda: has_note(app, "No bookmarks yet"))


async def test_a_damaged_bookmark_file_counts_as_empty(photos: RangeServer, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "bookmarks.json").write_text('{"bookmarks": [1]}')
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("B")
        await wait_until(pilot, lambda: has_note(app, "No bookmarks yet"))


async def test_full_stop_counts_a_prefix_at_any_depth(photos: RangeServer, tmp_path: Path) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/trip/") as (app, pilot):
        await wait_until(pilot, lambda: prefix(app) == "trip/")
        await pilot.press("full_stop")
        counts, source = browse_screen(app).state.prefix_counts, bucket_tree(app).node.source
        expected = PrefixCount(5, 5 * len(PHOTO), is_final=True)
        await wait_until(pilot, lambda: counts.get((source, "trip/")) == expected)
        assert expected.text() in screen_text(app)


async def test_an_interrupted_count_shows_at_least(
    range_server: RangeServer, tmp_path: Path
) -> None:
    keys = [f"deep/{number:06}.jpg" for number in range(40_000)]
    range_server.put_many("photos", keys, StoredObject(PHOTO, "same"))
    async with open_browse(range_server, tmp_path, "s3://photos/") as (app, pilot):
        await wait_until(pilot, lambda: prefix(app) == "" and bucket_tree(app).row_count == 2)
        range_server.latency_s = 0.05
        await pilot.press("j", "full_stop")
        await wait_until(
            pilot,
            lambda: (
                browse_screen(app)
                .state.prefix_counts[bucket_tree(app).node.source, "deep/"]
                .objects
            ),
        )
        await pilot.press("escape")
        assert not browse_screen(app).lines.counter.is_counting
        assert "≥" in screen_text(app)


async def test_objects_are_sorted_by_size_and_in_reverse(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("tab", "right_square_bracket")
        assert [ref.key for ref in object_list(app).refs] == ["raw/a.jpg", "raw/c.jpg", "raw/b.png"]
        assert "size ▼" in screen_text(app)
        assert object_list(app).ref.key == "raw/a.jpg"
        await pilot.press("left_square_bracket")
        assert [ref.key for ref in object_list(app).refs] == ["raw/b.png", "raw/c.jpg", "raw/a.jpg"]
        assert object_list(app).ref.key == "raw/a.jpg", "the cursor stays on its object"
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert object_list(app).refs is object_list(app).listing.objects


async def test_sorting_a_partial_listing_shows_a_note(
    range_server: RangeServer, tmp_path: Path
) -> None:
    keys = [f"{number:06}.jpg" for number in range(2_500)]
    range_server.put_many("photos", keys, StoredObject(PHOTO, "same"))
    async with open_browse(range_server, tmp_path, "s3://photos/") as (app, pilot):
        await wait_until(pilot, lambda: object_list(app).row_count == 1_001)
        await pilot.press("tab", "right_square_bracket")
        await wait_until(pilot, lambda: has_note(app, "G loads the rest"))
        assert "loaded so far" in screen_text(app)


async def test_a_pattern_selects_matching_keys(photos: RangeServer, tmp_path: Path) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("tab", "asterisk")
        await type_text(pilot, "*.JPG")
        await pilot.press("enter")
        await wait_until(pilot, lambda: has_note(app, "*.JPG matches 2 lines."))
        selection = browse_screen(app).state.selection(bucket_tree(app).node.source)
        assert selection.key_state("raw/a.jpg") is SelectionState.ALL
        assert selection.key_state("raw/b.png") is SelectionState.NONE


async def test_everything_not_ingested_is_selected_at_once(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/trip/day0/") as (app, pilot):
        await wait_until(pilot, lambda: prefix(app) == "trip/day0/")
        await pilot.press("w")
        await wait_until(pilot, lambda: has_note(app, "Not ingested: 5 lines."))
        selection = browse_screen(app).state.selection(bucket_tree(app).node.source)
        assert selection.prefix_state("trip/day4/") is SelectionState.ALL
        assert selection.prefix_state("raw/") is SelectionState.NONE


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (0, "s3://photos/raw/a.jpg"),
        (1, "raw/a.jpg"),
        (3, "aws s3 cp s3://photos/raw/a.jpg . --endpoint-url {url}"),
        (4, "{url}/photos/raw/a.jpg"),
    ],
)
async def test_the_location_key_command_and_url_of_an_object_are_copied(
    photos: RangeServer, tmp_path: Path, row: int, expected: str
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("tab", "c", *["j"] * row, "enter")
        await wait_until(pilot, lambda: app.clipboard)
        assert app.clipboard == expected.format(url=photos.url)


async def test_a_prefix_offers_no_link_and_escape_copies_nothing(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/raw/") as (app, pilot):
        await wait_for_raw(app, pilot)
        await pilot.press("c")
        await wait_until(pilot, lambda: isinstance(app.screen, MenuScreen))
        assert "aws s3 cp --recursive" in screen_text(app)
        assert "link" not in "".join(line for line in screen_text(app).split("\n")[10:30])
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)
        assert not app.clipboard


async def test_bookmarks_added_in_quick_succession_are_all_saved(
    photos: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(photos, tmp_path, "s3://photos/trip/day0/") as (app, pilot):
        await wait_until(pilot, lambda: bucket_tree(app).row_count == 8)
        for _ in range(5):
            browse_screen(app).lines.toggle_bookmark()
            bucket_tree(app).move(1)
        await wait_until(pilot, lambda: len(load_bookmarks(tmp_path / "state")) == 5)
