"""The contact sheet: tiles in view are fetched, the cursor is the table's, sizes change."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from textual.app import App

from tasveer_tui.errors import NetworkError
from tasveer_tui.ui.kit.background import BackgroundTasks
from tasveer_tui.ui.library.contact_sheet import MAX_PARALLEL, ContactSheet, Thumb
from tasveer_tui.ui.library.screen import LibraryScreen
from tests.support import catalogue_factory
from tests.support.app_harness import open_app, screen_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

COUNT = 300
pytestmark = pytest.mark.usefixtures("quick_keys")


@dataclass
class SolidPixels:
    width: int
    height: int

    @property
    def rgb(self) -> bytes:
        return b"\xff\x80\x00" * (self.width * self.height)


class Sheet(App[None]):
    """A sheet alone."""

    def __init__(self) -> None:
        super().__init__()
        self.background = BackgroundTasks(self)  # type: ignore[arg-type]
        self.asked: list[int] = []
        self.failing: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.at_once = 0
        self.max_at_once = 0

    def load(self, image_id: int, width: int, height: int) -> Thumb:
        self.asked.append(image_id)
        self.at_once += 1
        self.max_at_once = max(self.max_at_once, self.at_once)
        self.gate.wait(10)
        self.at_once -= 1
        if image_id in self.failing:
            raise NetworkError("The connection failed.")
        pixels = None if image_id % 10 == 3 else SolidPixels(min(8, width), min(6, height))
        return Thumb(pixels, f"IMG_{image_id}.jpg")

    def compose(self) -> ComposeResult:
        yield ContactSheet(self.load)


async def test_only_what_is_in_view_is_fetched_a_few_at_a_time() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(10_000), 0)
        await wait_until(pilot, lambda: "IMG_11.jpg" in screen_text(app))
        assert app.max_at_once <= MAX_PARALLEL
        await wait_until(pilot, lambda: not sheet._loading)
        assert max(app.asked) <= sheet._in_view.stop
        assert len(app.asked) == len(set(app.asked))


async def test_the_cursor_moves_to_neighbours_and_to_both_ends() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(1_000), 0)
        sheet.focus()
        await pilot.press("l", "l", "j")
        assert sheet.cursor == 2 + sheet.columns
        await pilot.press("k", "h", "G")
        assert sheet.cursor == 999
        await wait_until(pilot, lambda: "IMG_999.jpg" in screen_text(app))
        await pilot.press("ctrl+b", "g")
        assert sheet.cursor == 0
        await pilot.press("k", "h")
        assert sheet.cursor == 0


async def test_missing_and_failed_thumbnails_are_shown_differently() -> None:
    app = Sheet()
    app.failing = {1}
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(8), 0)
        await wait_until(pilot, lambda: "IMG_7.jpg" in screen_text(app))
        assert "–" in screen_text(app)
        await wait_until(pilot, lambda: "The connect" in screen_text(app))


async def test_larger_tiles_are_refetched_and_the_cursor_stays_in_view() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(500), 0)
        sheet.focus()
        await pilot.press("G")
        before = sheet.tile
        await pilot.press("plus")
        assert sheet.tile.area > before.area
        await wait_until(pilot, lambda: "IMG_499.jpg" in screen_text(app))
        await pilot.press("minus", "minus")
        assert sheet.tile.area < before.area
        await wait_until(pilot, lambda: "IMG_499.jpg" in screen_text(app))


async def test_a_thumbnail_of_an_old_size_is_not_drawn() -> None:
    app = Sheet()
    app.gate.clear()
    async with app.run_test(size=(80, 24)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(4), 0)
        sheet.focus()
        await wait_until(pilot, lambda: len(app.asked) == 4)
        await pilot.press("plus")
        app.gate.set()
        await wait_until(pilot, lambda: len(app.asked) == 8)
        await wait_until(pilot, lambda: not sheet._loading and "IMG_2.jpg" in screen_text(app))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "catalogue.db"
    catalogue_factory.filled_catalogue(path, COUNT).close()
    return path


async def test_the_contact_sheet_replaces_the_table(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await wait_until(pilot, lambda: screen.table.row_count == COUNT)
        await pilot.press("j", "j", "v")
        await wait_until(pilot, lambda: screen.sheet.has_focus)
        assert screen.sheet.cursor == 2
        await pilot.press("l")
        await wait_until(pilot, lambda: screen.table.cursor == 3)
        await pilot.press("v")
        await wait_until(pilot, lambda: screen.table.has_focus)
        assert screen.table.cursor == 3
