from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.ui.insight.screen import InsightScreen
from tasveer_tui.ui.library.saved_searches import SearchesScreen, SearchList
from tasveer_tui.ui.library.screen import LibraryScreen
from tasveer_tui.ui.shared.suggestions import EXAMPLES, SuggestionFinder, SuggestionList
from tasveer_tui.workspace import Workspace, WorkspaceOptions
from tests.support import catalogue_factory
from tests.support.app_harness import notes, open_app, screen_text, type_text, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp

COUNT = 400
pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.db"
    catalogue_factory.filled_catalogue(path, COUNT).close()
    return path


@pytest.fixture
def workspace(db: Path) -> Iterator[Workspace]:
    workspace = Workspace(WorkspaceOptions(db=db, state_dir=db.parent))
    yield workspace
    workspace.close()


def test_a_suggestion_keeps_the_text_after_the_cursor(workspace: Workspace) -> None:
    finder = SuggestionFinder(workspace)
    (camera, *_) = finder.completions("iso>100 cam lens:zeiss", len("iso>100 cam"))
    assert camera.text == "iso>100 camera: lens:zeiss"
    assert camera.text[: camera.cursor] == "iso>100 camera:"
    (nikon,) = finder.completions("camera:nik", len("camera:nik"))
    assert nikon.text == 'camera:"NIKON D850" '
    assert finder.completions("iso>100 ", 8) == ()
    assert finder.completions("", 0) == ()
    assert finder.completions("x order by ta", 13)[0].text == "x order by taken "
    assert finder.completions("x order by ", 11)


def test_whole_searches_are_recent_saved_and_example_ones(
    workspace: Workspace, tmp_path: Path
) -> None:
    finder = SuggestionFinder(workspace)
    assert [each.text for each in finder.whole_searches()] == [query for query, _ in EXAMPLES]
    workspace.catalogue.save_search("night", "hour>21 iso>800")
    for number in range(9):
        workspace.catalogue.remember_search(f"iso>{number}")
    texts = [each.text for each in finder.whole_searches()]
    assert sorted(texts) == sorted(["@night", *(f"iso>{number}" for number in range(9))])
    assert [each.text for each in finder.whole_searches("o>7")] == ["iso>7"]
    none = Workspace(WorkspaceOptions(db=tmp_path / "none.db", state_dir=tmp_path))
    assert SuggestionFinder(none).whole_searches()
    assert SuggestionFinder(none).completions("cam", 3)[0].text == "camera:"
    assert not (tmp_path / "none.db").exists()


async def test_a_search_is_built_from_suggestions_saved_and_found_again(
    db: Path,
) -> None:
    async with open_app(db, "library", size=(100, 30)) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await wait_until(pilot, lambda: len(screen.search.result.ids) == COUNT, "the images")
        await _put_together(app, pilot, screen)
        await _kept_and_found_again(app, pilot, screen)
        await _offered_in_insight(app, pilot)


async def _put_together(app: TasveerApp, pilot: Pilot[None], screen: LibraryScreen) -> None:
    rows = screen.query_one(SuggestionList)
    await pilot.press("slash")
    await wait_until(pilot, lambda: rows.is_open and EXAMPLES[0][0] in screen_text(app), "examples")
    await type_text(pilot, "cam")
    await wait_until(pilot, lambda: "make and model together" in screen_text(app), "the field")
    await pilot.press("ctrl+u")
    await type_text(pilot, "cam")
    await pilot.press("tab")  # before the list is there
    await wait_until(pilot, lambda: screen.bar.text == "camera:", "the field")
    await wait_until(
        pilot, lambda: "ILCE-7M3" in str([o.label for o in rows.suggestions]), "values"
    )
    await type_text(pilot, "sony")
    await wait_until(pilot, lambda: len(rows.suggestions) == 1, "the one value")
    found = int(rows.suggestions[0].count)
    await pilot.press("down", "enter")
    assert screen.bar.text == 'camera:"SONY ILCE-7M3" '
    assert not rows.is_open
    await wait_until(pilot, lambda: len(screen.search.result.ids) == found, "the images")
    assert screen.table.row_count == found
    await type_text(pilot, "is")
    await wait_until(pilot, lambda: rows.is_open, "fields again")
    await pilot.press("escape")
    assert not rows.is_open
    assert screen.focused is screen.bar.input
    await pilot.press("ctrl+w", "enter")
    assert screen.focused is screen.table


async def _kept_and_found_again(app: TasveerApp, pilot: Pilot[None], screen: LibraryScreen) -> None:
    rows = screen.query_one(SuggestionList)
    await pilot.press("S")
    await pilot.pause()
    await type_text(pilot, "sony")
    await pilot.press("enter")
    await wait_until(pilot, lambda: "Saved. @sony runs this search." in notes(app), "the note")
    await pilot.press("backspace", "slash")
    await wait_until(pilot, lambda: rows.is_open and "recent  " in screen_text(app), "recent")
    assert [offer.text for offer in rows.suggestions[:2]] == ['camera:"SONY ILCE-7M3"', "@sony"]
    await pilot.press("down", "down", "up", "down", "tab")
    assert screen.bar.text == "@sony"
    await wait_until(pilot, lambda: 0 < screen.table.row_count < COUNT, "the saved search")
    await pilot.press("up")
    await wait_until(pilot, lambda: rows.is_open, "recent searches with the same text")
    await pilot.press("escape", "escape", "s")
    await wait_until(pilot, lambda: isinstance(app.screen, SearchesScreen), "the list")
    await wait_until(pilot, lambda: app.screen.query_one(SearchList).row_count == 2, "two lines")
    await pilot.press("x")
    await wait_until(pilot, lambda: app.screen.query_one(SearchList).row_count == 1, "one line")
    await pilot.press("enter")
    await pilot.pause()
    assert screen.bar.text == 'camera:"SONY ILCE-7M3"'


async def _offered_in_insight(app: TasveerApp, pilot: Pilot[None]) -> None:
    await app.action_show_screen("insight")
    await pilot.press("slash", "end")
    await type_text(pilot, " len")
    assert isinstance(app.screen, InsightScreen)
    rows = app.screen.query_one(SuggestionList)
    await wait_until(pilot, lambda: rows.is_open, "the same in Insight")
    await pilot.click(SuggestionList)
    assert app.screen.bar.text.endswith("lens:")
    assert app.screen.bar.input.has_focus
