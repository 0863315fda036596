"""The filter panel: counts, filters by several values, excluded values, and sections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue.search import parse
from tasveer_tui.errors import CatalogueError
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.facets import ValuesScreen
from tasveer_tui.ui.library.screen import LibraryScreen
from tasveer_tui.ui.shared.facets import (
    Facet,
    FacetCounter,
    FacetFilter,
    FacetValue,
    contains_term,
    replace_term,
)
from tests.support.app_harness import (
    count_images,
    notes,
    open_app,
    screen_text,
    static_text,
    type_text,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp

pytestmark = pytest.mark.usefixtures("clean_library_state", "quick_keys")
COUNT = 400
SIZES = [(80, 24), (160, 50)]


async def opened_panel(app: TasveerApp, pilot: Pilot[None]) -> LibraryScreen:
    assert isinstance(app.screen, LibraryScreen)
    screen = app.screen
    await wait_until(pilot, lambda: len(screen.search.result.ids) == COUNT, "the images")
    await pilot.press("f")
    await wait_until(
        pilot, lambda: len(screen.panel.facets) == len(screen.panel.sections), "counts"
    )
    return screen


def test_values_become_one_term() -> None:
    assert FacetFilter(('camera="Canon EOS"',)).term == 'camera="Canon EOS"'
    assert FacetFilter(('camera="Canon EOS"',), is_excluded=True).term == '-camera="Canon EOS"'
    assert FacetFilter(("iso=100", "iso=200")).term == "iso=(100, 200)"
    assert FacetFilter(("taken:2019", "taken:2020"), is_excluded=True).term == "-taken:(2019, 2020)"
    assert FacetFilter(("-has:lens", 'lens="a"')).term == '(-has:lens OR lens="a")'
    assert FacetFilter((r"path:/^a b\//", "path:x*")).term == r"(path:/^a b\// OR path:x*)"
    for choice in (("size>=1MB size<2MB", "size<10kB"), ("-has:lens", 'lens="a"'), ("iso=100",)):
        for is_out in (False, True):
            parse(FacetFilter(choice, is_excluded=is_out).term)


def test_toggling_a_value_switches_between_included_and_excluded() -> None:
    one = FacetFilter().toggled("iso=100", is_excluded=False)
    two = one.toggled("iso=200", is_excluded=False)
    assert two.terms == ("iso=100", "iso=200")
    assert two.toggled("iso=100", is_excluded=False).term == "iso=200"
    assert two.toggled("iso=100", is_excluded=True) == FacetFilter(("iso=100",), is_excluded=True)
    assert one.toggled("iso=100", is_excluded=False).term == ""


def test_a_term_is_replaced_in_its_place() -> None:
    assert replace_term("a", "", "iso=1") == "a iso=1"
    assert (
        replace_term("a iso=1 b order by f", "iso=1", "iso=(1, 2)") == "a iso=(1, 2) b order by f"
    )
    assert replace_term("a iso=1 b", "iso=1", "") == "a b"
    assert replace_term("iso=1", "iso=1", "") == ""
    assert replace_term("a OR b", "", "iso=1") == "(a OR b) iso=1"
    assert replace_term("a iso=16", "iso=1", "f=2") == "a iso=16 f=2"
    assert contains_term("x (iso=1) y", "iso=1")
    assert not contains_term("iso=100", "iso=1")
    assert not contains_term("x order by iso", "order")


@pytest.mark.parametrize("size", SIZES)
async def test_each_value_filters_the_search_further(db: Path, size: tuple[int, int]) -> None:
    async with open_app(db, "library", size=size) as (app, pilot):
        screen = await opened_panel(app, pilot)
        panel = screen.panel
        assert panel.has_focus
        await pilot.press("g", "j", "enter")
        first = panel.filters["camera"].term
        await wait_until(
            pilot, lambda: screen.table.row_count == count_images(db, first), "one camera"
        )
        assert screen.bar.text == first
        assert panel.has_focus
        await wait_until(pilot, lambda: "■" in screen_text(app), "the sign")
        await pilot.press("j", "space")
        both = panel.filters["camera"].term
        assert both.startswith("camera=(")
        await wait_until(
            pilot, lambda: screen.table.row_count == count_images(db, both), "two cameras"
        )
        cameras = panel.facets["camera"]
        assert sum(value.count for value in cameras.values) == COUNT
        await pilot.press("minus")
        out = panel.filters["camera"].term
        assert out.startswith("-camera=")
        await wait_until(pilot, lambda: screen.table.row_count == count_images(db, out), "left out")
        await pilot.press("backspace")
        await wait_until(pilot, lambda: screen.table.row_count == COUNT, "all again")
        assert screen.bar.text == ""


async def test_counts_follow_the_search_and_other_sections(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await opened_panel(app, pilot)
        panel = screen.panel
        screen.search_for("camera:sony")
        sony = count_images(db, "camera:sony")
        await wait_until(pilot, lambda: panel.facets["camera"].images == sony, "the counts")
        await wait_until(pilot, lambda: panel.facets["iso"].images == sony, "the counts")
        screen.search_for("camera:sonny OR iso>")
        await wait_until(pilot, lambda: "^" in static_text(app, "#search-error"), "the mistake")
        assert panel.facets["camera"].images == sony


async def test_sections_are_added_removed_and_saved(db: Path) -> None:
    async with open_app(db, "library", size=(120, 60)) as (app, pilot):
        screen = await opened_panel(app, pilot)
        panel = screen.panel
        await pilot.press("g", "right_square_bracket", "right_square_bracket")
        assert panel.current_section == "lens"
        await pilot.press("left_square_bracket")
        assert panel.current_section == "taken"
        await pilot.press("x")
        assert panel.sections == ("camera", "lens", "iso")
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, AddColumnScreen), "the list")
        await type_text(pilot, "size")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "size" in panel.sections, "the section")
        await wait_until(pilot, lambda: "size" in panel.facets, "its counts")
        state = db.parent / "state" / "library.json"
        await wait_until(pilot, state.exists, "the file")
        await wait_until(
            pilot, lambda: "size" in json.loads(state.read_text())["sections"], "saved"
        )
    async with open_app(db, "library") as (app, pilot):
        assert isinstance(app.screen, LibraryScreen)
        again = app.screen
        await wait_until(pilot, lambda: "size" in again.panel.facets, "as it was left")
        await pilot.press("f", "f")
        assert not again.panel.display
        assert again.table.has_focus


async def test_all_values_open_from_a_title(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        await opened_panel(app, pilot)
        await pilot.press("g", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, ValuesScreen), "the list")


async def test_an_incomplete_count_is_a_lower_bound(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await opened_panel(app, pilot)
        values = (FacetValue("Leica", "camera=Leica", 12),)
        screen.panel.show_facets({"camera": Facet("camera", values, 1, is_final=False)})
        await wait_until(pilot, lambda: "≥ 12" in screen_text(app), "the sign")


async def test_a_failed_count_is_reported(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        screen = await opened_panel(app, pilot)
        error = CatalogueError("The catalogue is busy.", "Try again.")

        def fail(*_: object, **_budget: object) -> Iterator[dict[str, Facet]]:
            raise error

        monkeypatch.setattr(FacetCounter, "count_several", fail)
        screen.panel.show_for("iso>100")
        await wait_until(
            pilot, lambda: any(error.message in note for note in notes(app)), "the error"
        )
