"""Commands of the inspector: groups, ranges, copies, links, towns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.catalogue.search import parse
from tasveer_tui.records import Access, Tag
from tasveer_tui.ui.kit.dialogs import PromptScreen
from tasveer_tui.ui.library.screen import LibraryScreen
from tasveer_tui.ui.shared.inspector import Inspector, TagList
from tasveer_tui.ui.shared.search_text import range_term
from tests.support import catalogue_factory
from tests.support.app_harness import open_app, screen_text, type_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp

SIZES = [(80, 24), (160, 50)]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inspector") / "catalogue.db"
    catalogue_factory.filled_catalogue(path, 60).close()
    return path


async def tags_of(app: TasveerApp, pilot: Pilot[None], search: str) -> TagList:
    assert isinstance(app.screen, LibraryScreen)
    screen = app.screen
    await wait_until(pilot, lambda: "60 of 60 images" in screen_text(app), "the images")
    screen.search_for(search)
    await wait_until(pilot, lambda: screen.table.row_count == 1, "the image")
    await pilot.press("enter")
    tags = screen.query_one(Inspector).query_one(TagList)
    await wait_until(pilot, lambda: tags.row_count, "the tags")
    return tags


def test_a_range_term_surrounds_a_number() -> None:
    assert range_term(Tag("ExifIFD", "FocalLength", value=50.0)) == "exif.FocalLength:45..55"
    assert range_term(Tag("ExifIFD", "ExposureBiasValue", value=-1)) == (
        "exif.ExposureBiasValue:-1.1..-0.9"
    )
    for value in (50.0, -1, 0, 1 / 3, 1e12):
        parse(range_term(Tag("ExifIFD", "X", value=value)))
    for odd in ("text", float("nan"), float("inf"), [1, 2]):
        assert range_term(Tag("ExifIFD", "X", value=odd)) == ""


@pytest.mark.parametrize("size", SIZES)
async def test_brackets_move_between_groups(db: Path, size: tuple[int, int]) -> None:
    async with open_app(db, "library", size=size) as (app, pilot):
        tags = await tags_of(app, pilot, "name:IMG_00012.jpg")
        groups = []
        for _ in range(3):
            assert tags.current is not None
            groups.append(tags.current.group)
            await pilot.press("right_square_bracket")
        assert len(set(groups)) == 3
        await pilot.press("left_square_bracket")
        assert tags.current is not None
        assert tags.current.group == groups[-1]


@pytest.mark.parametrize("size", SIZES)
async def test_a_range_is_prompted_for_and_searched(db: Path, size: tuple[int, int]) -> None:
    async with open_app(db, "library", size=size) as (app, pilot):
        await tags_of(app, pilot, "name:IMG_00012.jpg")
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await pilot.press("n")
        await wait_until(
            pilot, lambda: "This tag is not a number." in screen_text(app), "the sentence"
        )
        await pilot.press("slash")
        await type_text(pilot, "FNumber")
        await pilot.press("enter", "n")
        await wait_until(pilot, lambda: isinstance(app.screen, PromptScreen), "the question")
        assert app.screen.query_one(Input).value.startswith("exif.FNumber:")
        await pilot.press("enter")
        await wait_until(pilot, lambda: screen.bar.text.startswith("exif.FNumber:"), "the search")
        await wait_until(pilot, lambda: screen.table.row_count >= 1, "the images")


async def test_all_tags_are_copied_as_text_and_as_json(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        await tags_of(app, pilot, "name:IMG_00012.jpg")
        await pilot.press("Y")
        await pilot.pause()
        assert "ExposureTime\t1/" in app.clipboard
        await pilot.press("J")
        await pilot.pause()
        (image,) = json.loads(app.clipboard)
        assert image["name"] == "IMG_00012.jpg"
        assert "Object in S3" in image["tags"]


async def test_a_position_has_its_town_and_country(db: Path) -> None:
    async with open_app(db, "library", size=(160, 50)) as (app, pilot):
        await tags_of(app, pilot, "name:IMG_00012.jpg")
        await wait_until(pilot, lambda: "Nearest town" in screen_text(app), "the town")
        assert "Paris, France" in screen_text(app)


async def test_a_link_is_copied_or_its_absence_is_explained(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        await tags_of(app, pilot, "name:IMG_00012.jpg")
        before = app.clipboard
        await pilot.press("w")
        await wait_until(pilot, lambda: "redential" in screen_text(app), "the sentence")
        assert app.clipboard == before
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of no account")
        app.workspace.refresh_credentials(
            Access(region="eu-west-1")
        )  # as Browse does once somebody logged in
        await pilot.press("w")
        await wait_until(pilot, lambda: app.clipboard != before, "the link")
        place, _, signed = app.clipboard.partition("?")
        assert place.startswith("https://photos.s3.eu-west-1.amazonaws.com/")
        assert place.endswith("/IMG_00012.jpg")
        assert "X-Amz-Expires=3600" in signed
        assert "X-Amz-Signature=" in signed
        assert "of no account" not in app.clipboard
