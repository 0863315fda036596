"""The Library's dialogs: a result that arrives late never replaces an error."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import CatalogueError, UsageError
from tasveer_tui.ui.library import add_column, export_sheet, saved_searches
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.compare import CompareList, CompareScreen
from tasveer_tui.ui.library.export_sheet import ExportScreen
from tasveer_tui.ui.library.facets import ValueList, ValuesScreen
from tasveer_tui.ui.library.saved_searches import ListedSearch, SearchesScreen
from tasveer_tui.ui.shared.facets import Facet, FacetCounter, FacetValue
from tests.support.app_harness import open_app, static_text, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.workspace import Workspace

pytestmark = pytest.mark.usefixtures("clean_library_state", "quick_keys")
COUNT = 20
BUSY = CatalogueError("The catalogue is busy.", "Try again.")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds a background task until the test sets it."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_a_late_preview_does_not_replace_the_error_of_an_export(
    db: Path, tmp_path: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def preview_lines(*_: object) -> tuple[str, ...]:
        gate.wait(10)
        return ("SourceFile",)

    monkeypatch.setattr(export_sheet, "preview_lines", preview_lines)
    async with open_app(db, "library") as (app, pilot):
        screen = ExportScreen("", COUNT, ("name",))
        await app.push_screen(screen)
        screen.query_one("#export-path", Input).value = str(tmp_path / "none" / "x.json")
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: isinstance(screen.state.error, UsageError), "the error")
        gate.set()
        await wait_until(pilot, lambda: screen.state.preview == ("SourceFile",), "the preview")
        assert static_text(app, "#export-state") == (
            f"There is no folder {tmp_path / 'none'}. Create it first."
        )
        assert static_text(app, "#export-preview") == "SourceFile"


async def test_an_export_that_failed_can_be_repeated(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[CatalogueError | int] = [BUSY, COUNT]

    def write_export(*_: object, may_replace: bool) -> int:
        assert not may_replace
        answer = answers.pop(0)
        if isinstance(answer, CatalogueError):
            raise answer
        return answer

    monkeypatch.setattr(export_sheet, "write_export", write_export)
    async with open_app(db, "library") as (app, pilot):
        library = app.screen
        screen = ExportScreen("", COUNT, ("name",))
        await app.push_screen(screen)
        screen.query_one("#export-path", Input).value = str(tmp_path / "x.json")
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: screen.state.error is BUSY, "the error")
        await pilot.press("ctrl+d")
        await wait_until(pilot, lambda: app.screen is library, "the end")


async def test_counts_do_not_replace_the_error_of_a_list_of_values(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial = Facet("iso", (FacetValue("100", "iso=100", 3),), 1, is_final=False)

    def count_one(*_: object) -> Iterator[Facet]:
        yield partial
        raise BUSY

    monkeypatch.setattr(FacetCounter, "count_one", count_one)
    async with open_app(db, "library") as (app, pilot):
        screen = ValuesScreen("", "iso", "ISO")
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.state.error is BUSY, "the error")
        assert screen.state.facet is partial
        assert static_text(app, "#values-state") == str(BUSY)
        assert screen.query_one(ValueList).row_count == 1


async def test_typing_does_not_replace_the_error_of_the_field_list(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Workspace) -> tuple[str, ...]:
        raise BUSY

    monkeypatch.setattr(add_column, "_tag_names", fail)
    async with open_app(db, "library") as (app, pilot):
        screen = AddColumnScreen("Add a column")
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.state.error is BUSY, "the error")
        await pilot.press("i", "s", "o")
        assert screen.state.matches[0] == "iso"
        assert static_text(app, "#add-state") == str(BUSY)


async def test_a_late_list_does_not_replace_the_error_of_a_delete(
    db: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = [(ListedSearch("a", "iso>1"), ListedSearch("b", "iso>2"))]

    def list_searches(_: Workspace) -> tuple[ListedSearch, ...]:
        if lists:
            return lists.pop()
        gate.wait(10)
        return (ListedSearch("b", "iso>2"),)

    def delete_search(_: Catalogue, name: str) -> None:
        if name == "b":
            raise BUSY

    monkeypatch.setattr(saved_searches, "_list_searches", list_searches)
    monkeypatch.setattr(Catalogue, "delete_search", delete_search)
    async with open_app(db, "library") as (app, pilot):
        screen = SearchesScreen()
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.state.searches, "the searches")
        await pilot.press("x", "j", "x")
        await wait_until(pilot, lambda: screen.state.error is BUSY, "the error")
        gate.set()
        await wait_until(pilot, lambda: len(screen.state.searches or ()) == 1, "the late list")
        assert static_text(app, "#searches-state") == str(BUSY)


async def test_a_key_does_not_replace_the_error_of_a_comparison(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise BUSY

    monkeypatch.setattr(Catalogue, "image", fail)
    async with open_app(db, "library") as (app, pilot):
        screen = CompareScreen([1, 2])
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.state.error is BUSY, "the error")
        await pilot.press("d", "r")
        assert screen.state.is_all
        assert screen.state.is_raw
        assert static_text(app, "#compare-state") == str(BUSY)
        assert screen.query_one(CompareList).row_count == 0
