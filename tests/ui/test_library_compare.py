"""The selection in the Library, and the comparison of the selected images."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.records import Outcome
from tasveer_tui.ui.library.compare import CompareList, CompareScreen
from tasveer_tui.ui.library.screen import LibraryScreen
from tasveer_tui.ui.shared.inspection import Entry, Report, as_json, as_text, compare
from tests.support.app_harness import open_app, screen_text, static_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp
    from tasveer_tui.ui.shared.inspection import Comparison

COUNT = 300
pytestmark = pytest.mark.usefixtures("quick_keys")
SIZES = [(80, 24), (160, 50)]


async def loaded(app: TasveerApp, pilot: Pilot[None], count: int = COUNT) -> LibraryScreen:
    assert isinstance(app.screen, LibraryScreen)
    screen = app.screen
    await wait_until(
        pilot,
        lambda: screen.search.result.is_complete and len(screen.search.result.ids) == count,
        f"{count} images",
    )
    return screen


def _report(title: str, *entries: tuple[str, str, str]) -> Report:
    made = tuple(Entry(group, name, value) for group, name, value in entries)
    return Report(title, Outcome.OK, "", made)


def test_tags_are_compared_in_the_order_of_the_inspector() -> None:
    one = _report("a.jpg", ("Exif", "ISO", "100"), ("Exif", "FNumber", "f/2"), ("GPS", "Alt", "1"))
    two = _report("b.jpg", ("Exif", "ISO", "100"), ("Exif", "Flash", "on"), ("XMP", "Rating", "5"))
    found = compare([one, two])
    assert [(row.group, row.name) for row in found.rows] == [
        ("Exif", "ISO"), ("Exif", "Flash"), ("Exif", "FNumber"), ("XMP", "Rating"), ("GPS", "Alt"),
    ]  # fmt: skip
    assert [row.name for row in found.rows_to_show(is_all=False)] == [
        "Flash",
        "FNumber",
        "Rating",
        "Alt",
    ]
    assert [row.text(1) for row in found.rows] == ["100", "on", "", "5", ""]


def test_tags_with_the_same_name_are_compared_in_order() -> None:
    one = _report("a", ("Notes", "x", "1"), ("Notes", "x", "2"))
    two = _report("b", ("Notes", "x", "1"))
    found = compare([one, two])
    assert [row.differs for row in found.rows] == [False, True]
    data = json.loads(as_json(found.titles, found.rows))
    assert data[0] == {"name": "a", "tags": {"Notes": {"x": "1", "x 2": "2"}}}


def test_text_has_tabs_and_json_has_raw_values() -> None:
    entry = Entry("Exif", "FNumber", "f/2.8", raw="28/10")
    found = compare([Report("a", Outcome.OK, "", (entry,)), _report("b")])
    assert as_text(found.titles, found.rows) == "\ta\tb\nExif\nFNumber\tf/2.8\t"
    assert as_text(found.titles, found.rows, is_raw=True).endswith("FNumber\t28/10\t")
    data = json.loads(as_json(found.titles, found.rows))
    assert data[0]["tags"]["Exif"]["FNumber"] == {"value": "f/2.8", "raw": "28/10"}


@pytest.mark.parametrize("size", SIZES)
async def test_the_selection_survives_searches_orders_and_views(
    db: Path, size: tuple[int, int]
) -> None:
    async with open_app(db, "library", size=size) as (app, pilot):
        screen = await loaded(app, pilot)
        selected = screen.table.current_id
        await pilot.press("space")
        assert screen.table.cursor == 1
        assert list(screen.selection.ids) == [selected]
        assert static_text(app, "#search-selected") == "1 selected"
        assert "■" in screen_text(app)
        await pilot.press("right_square_bracket")
        await wait_until(pilot, lambda: screen.table.sort.name == "name", "the order")
        screen.search_for("iso>=100")
        await wait_until(pilot, lambda: screen.table.row_count < COUNT, "the search")
        assert list(screen.selection.ids) == [selected]
        screen.action_clear()
        await loaded(app, pilot)
        await pilot.press("v", "j", "space", "space")
        await wait_until(
            pilot, lambda: "3 selected" in screen_text(app), "the selection in the contact sheet"
        )
        await wait_until(pilot, lambda: "■" in screen_text(app), "the symbol on a tile")
        await pilot.press("u")
        assert not screen.selection.ids
        assert "■" not in screen_text(app)


async def test_the_same_key_deselects(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("space", "k", "space")
        assert not screen.selection.ids


async def test_one_image_cannot_be_compared(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("C")
        await wait_until(
            pilot, lambda: "Select two or more images" in screen_text(app), "the sentence"
        )
        assert app.screen is screen


def _differences_text(comparison: Comparison) -> str:
    tags = [row for row in comparison.rows if row.is_tag]
    assert {row.group for row in tags}.isdisjoint({"Summary", "Object in S3", "Reading"})
    return f"{sum(row.differs for row in tags)} of {len(tags)} tags differ"


@pytest.mark.parametrize("size", SIZES)
async def test_selected_images_are_compared_tag_by_tag(db: Path, size: tuple[int, int]) -> None:
    async with open_app(db, "library", size=size) as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("status:ok order by name")
        await wait_until(pilot, lambda: screen.table.current_cell == "IMG_00000.jpg", "the order")
        await pilot.press("space", "space", "space", "C")
        assert isinstance(app.screen, CompareScreen)
        comparison = app.screen
        await wait_until(pilot, lambda: comparison.state.comparison is not None, "comparison")
        rows = comparison.query_one(CompareList)
        differences = _differences_text(rows.comparison)
        assert static_text(app, "#compare-state") == f"{differences}; only differences are shown."
        assert len(rows.comparison.titles) == 3
        assert all(row.differs for row in rows.rows)
        await pilot.press("d")
        assert len(rows.rows) > len(rows.comparison.rows_to_show(is_all=False))
        await pilot.press("r")
        text = static_text(app, "#compare-state")
        assert text == f"{differences}; all tags are shown; raw values."
        await pilot.press("y")
        await wait_until(pilot, lambda: app.clipboard.count("\t") > 3, "the text")
        assert app.clipboard.splitlines()[0].count("\t") == 3
        await pilot.press("J")
        await wait_until(pilot, lambda: app.clipboard.startswith("["), "the JSON")
        assert len(json.loads(app.clipboard)) == 3
        before = rows.scroll_offset.x
        await pilot.press("l", "h", "G", "g")
        assert rows.scroll_offset.x == before
        await pilot.press("escape")
        assert app.screen is screen
        assert len(screen.selection.ids) == 3


async def test_many_images_scroll_and_the_limit_is_shown(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        await loaded(app, pilot)
        await pilot.press(*["space"] * 26, "C")
        await wait_until(pilot, lambda: "2 selected images left out" in screen_text(app), "limit")
        rows = app.screen.query_one(CompareList)
        first = rows.comparison.titles[0]
        assert first[:12] in screen_text(app)
        await pilot.press("l", "l", "l")
        await wait_until(pilot, lambda: first[:12] not in screen_text(app), "the next images")
        assert rows.comparison.titles[3][:12] in screen_text(app)


async def test_a_missing_image_is_reported(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        await loaded(app, pilot)
        await app.push_screen(CompareScreen([1, 10_000_000]))
        await wait_until(
            pilot, lambda: "no image" in static_text(app, "#compare-state").lower(), "the error"
        )
