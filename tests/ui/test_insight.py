"""Insight: counts over the search, the map, the reports, and what opens from them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue, stats
from tasveer_tui.catalogue.search import Finder
from tasveer_tui.catalogue.stats.reports import Figure, Report
from tasveer_tui.ui.insight import model as pages
from tasveer_tui.ui.insight.model import FIRST_BUDGET_S, FULL_BUDGET_S, PAGES, Page, Section
from tasveer_tui.ui.insight.screen import InsightScreen
from tasveer_tui.ui.insight.world_map import WorldMap
from tasveer_tui.ui.library.screen import LibraryScreen
from tests.support import catalogue_factory
from tests.support.app_harness import (
    notes,
    open_app,
    screen_text,
    static_text,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp

COUNT = 400
pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insight") / "catalogue.db"
    catalogue_factory.filled_catalogue(path, COUNT).close()
    return path


def insight(app: TasveerApp) -> InsightScreen:
    assert isinstance(app.screen, InsightScreen)
    return app.screen


async def counted(app: TasveerApp, pilot: Pilot[None], page: str = "time") -> InsightScreen:
    """Wait until a page is counted completely."""
    screen = insight(app)
    await wait_until(
        pilot,
        lambda: screen.page.name == page and len(screen._sections) == len(screen.page.sections),
        page,
    )
    return screen


def test_a_partial_count_is_completed_after_the_others(db: Path) -> None:
    asked: list[tuple[str, float]] = []

    def section(title: str, needed_s: float) -> Callable[..., Section]:
        def made(_finder: Finder, _query: object, _text: str, budget_s: float) -> Section:
            asked.append((title, budget_s))
            return Section(title, (), is_final=budget_s >= needed_s)

        return made

    page = Page("x", "X", "", (section("slow", FULL_BUDGET_S), section("quick", FIRST_BUDGET_S)))
    catalogue = Catalogue(db)
    try:
        steps = list(pages.count_page(Finder(catalogue.reader(), now=datetime.now(UTC)), page, ""))
    finally:
        catalogue.close()
    assert asked == [("slow", FIRST_BUDGET_S), ("quick", FIRST_BUDGET_S), ("slow", FULL_BUDGET_S)]
    assert [[each.is_final for each in one] for one in steps] == [
        [False],
        [False, True],
        [True] * 2,
    ]


def test_an_incomplete_report_has_no_percentages(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Figure("position", "where it was taken", "has:gps", 6, 0, (), is_final=False)
    report = Report(4, (figure,), is_final=False)
    monkeypatch.setattr(stats, "privacy", lambda *_, **__: report)
    page = next(page for page in PAGES if page.name == "privacy")
    catalogue = Catalogue(db)
    try:
        finder = Finder(catalogue.reader(), now=datetime.now(UTC))
        (section,) = next(pages.count_page(finder, page, ""))
    finally:
        catalogue.close()
    assert [(bar.detail, bar.share) for bar in section.bars] == [("where it was taken", 1.0)]


async def test_the_first_page_counts_images_over_time(db: Path) -> None:
    async with open_app(db, "insight") as (app, pilot):
        screen = await counted(app, pilot)
        over_time = screen._sections[0]
        dated = sum(bar.count for bar in over_time.bars)
        without = int(over_time.note.split()[0].replace(",", "")) if over_time.note else 0
        assert dated + without == COUNT
        assert max(bar.share for bar in over_time.bars) == 1


@pytest.mark.parametrize("number", range(len(PAGES)))
async def test_every_page_is_counted_completely(db: Path, number: int) -> None:
    async with open_app(db, "insight", size=(80, 24)) as (app, pilot):
        await counted(app, pilot)
        await pilot.press(*["right_square_bracket"] * number)
        screen = await counted(app, pilot, PAGES[number].name)
        assert any(section.bars for section in screen._sections)
        assert all(section.is_final for section in screen._sections)


async def test_enter_shows_the_images_of_a_line_in_the_library(db: Path) -> None:
    async with open_app(db, "insight") as (app, pilot):
        await counted(app, pilot)
        await pilot.press("right_square_bracket")
        screen = await counted(app, pilot, "gear")
        bar = screen.bars.current
        assert bar is not None
        assert bar.count > 0
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        count = f"{bar.count} of {COUNT} images"
        await wait_until(pilot, lambda: static_text(app, "#search-count") == count)


async def test_insight_counts_the_search_of_the_library(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await wait_until(pilot, lambda: len(screen.search.result.ids) == COUNT)
        screen.search_for("iso>=1600")
        await wait_until(pilot, lambda: len(screen.search.result.ids) != COUNT)
        found = len(screen.search.result.ids)
        await pilot.press("4")
        counting = await counted(app, pilot)
        months = counting._sections[1]
        without = int(months.note.split()[0]) if months.note else 0
        assert sum(bar.count for bar in months.bars) + without == found


async def test_a_mistake_in_the_search_has_a_caret(db: Path) -> None:
    async with open_app(db, "insight") as (app, pilot):
        await counted(app, pilot)
        await pilot.press("slash")
        app.screen.query_one(Input).value = "iso>>5"
        await wait_until(pilot, lambda: "^" in static_text(app, "#search-error"))


async def test_the_map_shows_positions_and_its_area_can_be_searched(db: Path) -> None:
    async with open_app(db, "insight", size=(160, 50)) as (app, pilot):
        screen = await counted(app, pilot)
        earth = screen.query_one(WorldMap)
        await wait_until(
            pilot, lambda: "images here" in screen_text(app) or "image here" in screen_text(app)
        )
        assert earth._counts
        earth.focus()
        await pilot.press("plus", "plus")
        await wait_until(pilot, lambda: earth.view.degrees < 200)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        assert "bbox:" in app.shared_search


async def test_in_a_small_window_the_map_replaces_the_counts(db: Path) -> None:
    async with open_app(db, "insight", size=(80, 24)) as (app, pilot):
        screen = await counted(app, pilot)
        assert not screen.map.display
        await pilot.press("m")
        await wait_until(pilot, lambda: screen.map.display and screen.map.has_focus)
        await wait_until(pilot, lambda: "here" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not screen.map.display and screen.bars.has_focus)


async def test_a_report_is_exported_with_the_search_of_each_figure(
    db: Path, tmp_path: Path
) -> None:
    async with open_app(db, "insight") as (app, pilot):
        await counted(app, pilot)
        await pilot.press("left_square_bracket", "left_square_bracket")
        await counted(app, pilot, "privacy")
        await pilot.press("e")
        await wait_until(pilot, lambda: bool(app.screen.query(Input)) and "CSV" in screen_text(app))
        app.screen.query_one(Input).value = str(tmp_path / "privacy.csv")
        await pilot.press("enter")
        await wait_until(pilot, lambda: f"Written: {tmp_path / 'privacy.csv'}" in notes(app))
        with (tmp_path / "privacy.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert rows[0]["label"] == "position"
        assert rows[0]["search"] == "has:gps"
        await pilot.press("e")
        await wait_until(pilot, lambda: "CSV" in screen_text(app))
        app.screen.query_one(Input).value = str(tmp_path / "privacy.csv")
        await pilot.press("enter")
        await wait_until(
            pilot,
            lambda: (
                f"{tmp_path / 'privacy.csv'} exists already.\nSelect another name." in notes(app)
            ),
        )
