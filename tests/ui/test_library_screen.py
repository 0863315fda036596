from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.color import Color
from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.records import Facts, Outcome, Record, Tag
from tasveer_tui.ui.kit.dialogs import ConfirmScreen
from tasveer_tui.ui.kit.widgets import CheckBox
from tasveer_tui.ui.library.export_sheet import ExportScreen
from tasveer_tui.ui.library.facets import ValueList, ValuesScreen
from tasveer_tui.ui.library.image_table import ImageTable, Sort
from tasveer_tui.ui.library.screen import LibraryScreen
from tasveer_tui.ui.shared.inspection import report
from tasveer_tui.ui.shared.inspector import Inspector
from tests.support import catalogue_factory
from tests.support.app_harness import (
    count_images,
    open_app,
    screen_text,
    static_text,
    type_text,
    wait_until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.segment import Segment
    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp

pytestmark = pytest.mark.usefixtures("clean_library_state", "quick_keys")
COUNT = 600
HOSTILE = "a[/oops]\x1b]52;c;aGk=\x07\x1b[31m\u202e"


def library(app: TasveerApp) -> LibraryScreen:
    assert isinstance(app.screen, LibraryScreen)
    return app.screen


async def loaded(app: TasveerApp, pilot: Pilot[None], count: int = COUNT) -> LibraryScreen:
    """Wait for the complete result of a search that finds `count` images."""
    screen = library(app)
    await wait_until(
        pilot,
        lambda: screen.search.result.is_complete and len(screen.search.result.ids) == count,
        f"{count} images",
    )
    return screen


def count_text(app: TasveerApp) -> str:
    return static_text(app, "#search-count")


async def test_all_images_are_listed_newest_first(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        assert screen.table.row_count == COUNT
        assert count_text(app) == f"{COUNT} of {COUNT} images"
        assert screen.table.sort == Sort("taken", is_descending=True)
        taken = []
        for _ in range(5):
            await wait_until(pilot, lambda: screen.table.current_row, "the row")
            taken.append(screen.table.current_row.split("\t")[1])
            await pilot.press("j")
        assert taken == sorted(taken, reverse=True)
        await pilot.press("G")
        await wait_until(pilot, lambda: screen.table.current_cell.startswith("IMG_"), "the end")
        assert screen.table.cursor == COUNT - 1


async def test_a_search_runs_while_it_is_typed(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("slash")
        for letter in "camera:nikon iso>=1600":
            await type_text(pilot, letter)
        expected = count_images(db, "camera:nikon iso>=1600")
        assert 0 < expected < COUNT
        await loaded(app, pilot, expected)
        assert screen.table.row_count == expected
        await wait_until(pilot, lambda: "NIKON D850" in screen.table.current_row, "the first row")
        await pilot.press("enter")
        assert screen.focused is screen.table
        await pilot.press("backspace")
        await loaded(app, pilot)


async def test_letters_typed_into_the_search_run_no_command(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("slash")
        await type_text(pilot, "q1/250 eijkFGH-[]yR?:")
        assert screen.bar.text == "q1/250 eijkFGH-[]yR?:"
        assert app.screen is screen
        assert app.is_running


async def test_a_mistake_has_a_caret_below_it_and_keeps_the_rows(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("iso>100")
        await loaded(app, pilot, count_images(db, "iso>100"))
        await pilot.press("slash")
        screen.bar.input.value = "iso>100 isoo>3"
        await wait_until(pilot, lambda: "Did you mean iso?" in screen_text(app), "the mistake")
        lines = screen_text(app).splitlines()
        (typed_line,) = [n for n, line in enumerate(lines) if "isoo>3" in line]
        assert lines[typed_line].index("isoo") == lines[typed_line + 1].index("^")
        assert count_text(app) == f"– of {COUNT} images"
        assert screen.table.row_count == count_images(db, "iso>100")
        await pilot.press("end", "ctrl+u")
        await loaded(app, pilot)
        assert static_text(app, "#search-error") == ""


async def test_a_search_without_results_shows_examples(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("camera:hasselblad")
        await loaded(app, pilot, 0)
        message = static_text(app, "#library-message")
        assert message.startswith("No images match  camera:hasselblad\n")
        assert "near:48.8584,2.2945,5km" in message
        assert not screen.table.display
        screen.action_clear()
        await loaded(app, pilot)
        assert screen.table.display


async def test_an_empty_catalogue_explains_how_to_ingest(tmp_path: Path) -> None:
    async with open_app(tmp_path / "none.db", "library") as (app, pilot):
        screen = library(app)
        await wait_until(pilot, lambda: screen.has_class("-message"), "the explanation")
        message = static_text(app, "#library-message")
        assert message.startswith("The catalogue is empty.\n")
        assert "tasveer-tui ingest s3://BUCKET/PREFIX" in message
        assert not (tmp_path / "none.db").exists()


async def test_brackets_sort_by_the_column_under_the_cursor(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("left_square_bracket")
        await wait_until(pilot, lambda: screen.table.sort == Sort("name"), "the order")
        await wait_until(pilot, lambda: screen.table.current_cell == "IMG_00000.jpg", "the first")
        assert "Name ▲" in screen_text(app)
        await pilot.press("right_square_bracket")
        last = f"IMG_{COUNT - 1:05}.jpg"
        await wait_until(pilot, lambda: screen.table.current_cell == last, "the last name")
        assert screen.search.query_text == "order by name desc"
        await pilot.press("slash")
        await type_text(pilot, "order by name")
        await wait_until(pilot, lambda: screen.table.sort == Sort("name"), "the typed order")
        assert screen.search.query_text == "order by name"


async def test_y_copies_the_search_as_a_command(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for('-lens:sigma "eiffel tower"')
        await pilot.press("right_square_bracket", "y")
        await pilot.pause()
        assert app.clipboard == (
            "tasveer-tui search -- '-lens:sigma \"eiffel tower\" order by name desc'"
        )


async def test_the_inspector_shows_the_image_under_the_cursor(db: Path) -> None:
    async with open_app(db, "library", size=(140, 45)) as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("name:IMG_00012.jpg")
        await loaded(app, pilot, 1)
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "the tags")
        text = screen_text(app)
        assert "Metadata read." in text
        assert "Image (IFD0)" in text
        assert "1/" in text
        await pilot.press("enter")
        await pilot.press("slash")
        await type_text(pilot, "storage")
        await wait_until(pilot, lambda: "Storage class" in screen_text(app), "the filtered facts")
        assert "ExposureTime" not in screen_text(app)
        await pilot.press("enter", "y")
        await pilot.pause()
        assert app.clipboard == "STANDARD"
        await pilot.press("escape")
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "all of them again")
        await pilot.press("escape")
        assert screen.focused is screen.table
        await pilot.press("i")
        assert not screen.query_one(Inspector).display


async def test_same_value_searches_for_images_with_the_same_tag(db: Path) -> None:
    async with open_app(db, "library", size=(140, 45)) as (app, pilot):
        screen = await loaded(app, pilot)
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "the tags")
        await pilot.press("enter", "right_square_bracket", "f")
        await wait_until(pilot, lambda: screen.bar.text.startswith("exif.Make="), "the search")
        await loaded(app, pilot, count_images(db, screen.bar.text))


def test_each_summary_line_finds_its_image(db: Path) -> None:
    catalogue = Catalogue(db)
    try:
        finder = Finder(catalogue.reader(), now=datetime.now(UTC))
        for number in finder.first(parse("has:gps shutter<1"), 20):
            image = catalogue.image(number)
            lines = [one for one in report(image).entries if one.group == "Summary"]
            assert len(lines) == 6
            for line in lines:
                assert number in finder.ids(parse(line.term)), line
    finally:
        catalogue.close()


@pytest.mark.parametrize("theme", ["tasveer-dark", "tasveer-light"])
async def test_both_themes_have_enough_contrast(db: Path, theme: str) -> None:
    async with open_app(db, "library", size=(140, 45)) as (app, pilot):
        await loaded(app, pilot)
        app.theme = theme
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "the tags")
        await pilot.press("enter")
        await wait_until(pilot, lambda: library(app).inspector.has_focus_within, "the focus")
        segments = [one for strip in app.screen._compositor.render_strips() for one in strip]
        faint = [one for one in segments if one.text.strip(_BARS) and _contrast(one) < 0.2]
        assert not faint


_BARS = " ▏▎▍▌▋▊▉█▁▂▃▄▅▆▇"


def _contrast(segment: Segment) -> float:
    """Difference in brightness of the text and its background, 0 to 1."""
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    fore, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    return abs(fore.brightness - back.brightness)


async def test_columns_are_saved_for_all_buckets_and_for_one(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("l", "minus", "L", "plus", "exclamation_mark")
        names = screen.table.columns.names
        screen.search_for("bucket:photos")
        await pilot.press("minus")
        narrow = screen.table.columns.names
        assert len(narrow) == len(names) - 1
        screen.search_for("")
        await pilot.pause()
        assert screen.table.columns.names == names
        state = db.parent / "state" / "library.json"
        await wait_until(pilot, state.exists, "the file")
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        screen = await loaded(app, pilot)
        assert screen.table.columns.names == names
        assert "taken" not in names
        assert screen.table.columns.shown[2].width == 24
        assert screen.table.columns.frozen == 3
        screen.search_for("bucket:photos iso>100")
        await loaded(app, pilot, count_images(db, "iso>100"))
        assert screen.table.columns.names == narrow


async def test_an_invalid_state_file_gives_the_default_columns(db: Path) -> None:
    state = db.parent / "state"
    state.mkdir(exist_ok=True)
    (state / "library.json").write_text('{"columns": [{"name": "nonsense"}]}')
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        assert screen.table.columns.names[0] == "name"


async def test_any_tag_becomes_a_column(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("a")
        await type_text(pilot, "sureprog exif")
        await wait_until(pilot, lambda: " exif.ExposureProgram" in screen_text(app), "the tag")
        await pilot.press("enter")
        await pilot.pause()
        assert screen.table.columns.names[1] == "exif.ExposureProgram"
        await wait_until(pilot, lambda: screen.table.current_cell in {"2", "3", "4"}, "values")


async def test_the_values_of_a_column_are_counted_and_filter_the_search(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("iso>=1600 OR iso:100")
        found = count_images(db, "iso>=1600 OR iso:100")
        await loaded(app, pilot, found)
        await pilot.press("l", "l", "F")
        await wait_until(pilot, lambda: isinstance(app.screen, ValuesScreen), "the list")
        values = app.screen.query_one(ValueList)
        await wait_until(pilot, lambda: values.row_count == 7, "seven cameras")
        assert sum(facet.count for facet in values.facet.values) == found
        first = values.current
        assert first is not None
        await pilot.press("enter")
        await loaded(app, pilot, first.count)
        assert screen.bar.text == f"(iso>=1600 OR iso:100) {first.term}"


async def test_a_value_can_be_excluded(db: Path) -> None:
    async with open_app(db, "library") as (app, pilot):
        screen = await loaded(app, pilot)
        await pilot.press("l", "F")
        await wait_until(pilot, lambda: isinstance(app.screen, ValuesScreen), "the list")
        values = app.screen.query_one(ValueList)
        await wait_until(pilot, lambda: values.row_count > 1, "years")
        first = values.current
        assert first is not None
        await pilot.press("minus")
        await loaded(app, pilot, COUNT - first.count)
        assert screen.bar.text == f"-{first.term}"


def preview_starts(app: TasveerApp, header: str) -> bool:
    assert isinstance(app.screen, ExportScreen)
    return "".join(app.screen.state.preview[:1]).startswith(header)


async def test_an_export_writes_the_named_file_and_asks_before_it_replaces_one(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "found.csv"
    async with open_app(db, "library", size=(100, 40)) as (app, pilot):
        screen = await loaded(app, pilot)
        screen.search_for("camera:sony")
        found = count_images(db, "camera:sony")
        await loaded(app, pilot, found)
        for round_ in range(2):
            await pilot.press("e")
            await pilot.pause()
            await pilot.press("down", "down")
            await wait_until(
                pilot, lambda: preview_starts(app, "SourceFile,camera,make"), "all columns"
            )
            await pilot.press(*target.name)
            app.screen.query_one(CheckBox).value = True
            await wait_until(
                pilot, lambda: preview_starts(app, "name,taken,camera,lens"), "fewer columns"
            )
            await pilot.press("enter")
            if round_:
                await wait_until(
                    pilot, lambda: isinstance(app.screen, ConfirmScreen), "the question"
                )
                target.write_text("precious")
                await pilot.press("ctrl+d")
            await wait_until(pilot, lambda: app.screen is screen, "the end of writing")
            lines = target.read_text().splitlines()
            assert len(lines) == found + 1
    assert os.listdir(tmp_path) == ["found.csv"]  # noqa: PTH208 - quick, in an async test


async def test_an_export_rejects_an_invalid_path(db: Path, tmp_path: Path) -> None:
    async with open_app(db, "library", size=(100, 40)) as (app, pilot):
        await loaded(app, pilot)
        await pilot.press("e")
        await pilot.pause()
        app.screen.query_one("#export-path", Input).value = str(tmp_path / "no" / "x.json")
        await pilot.press("ctrl+d")
        error = f"There is no folder {tmp_path / 'no'}. Create it first."
        await wait_until(pilot, lambda: static_text(app, "#export-state") == error, "the error")
        app.screen.query_one("#export-path", Input).value = str(tmp_path / "x.json")
        await pilot.press("f4")
        command = "tasveer-tui export --format json -- "
        await wait_until(pilot, lambda: app.clipboard.startswith(command), "the command")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LibraryScreen)


async def test_control_characters_in_values_are_made_visible(tmp_path: Path) -> None:
    path = tmp_path / "hostile.db"
    catalogue = catalogue_factory.Catalogue(path)

    def record(index: int) -> Record:
        tags = (
            Tag("IFD0", "Make", 271, "ASCII", 9, HOSTILE),
            Tag(HOSTILE, HOSTILE, value=[HOSTILE]),
        )
        facts = replace(Facts(), make=HOSTILE, model="X", lens=HOSTILE)
        ref = catalogue_factory.ref_of(index)
        return Record(Outcome.PARTIAL, "jpeg", tags, facts, (HOSTILE,), ref.size_bytes, ref.etag)

    try:
        catalogue_factory.fill(catalogue, 5, record=record)
    finally:
        catalogue.close()
    async with open_app(path, "library", size=(140, 40)) as (app, pilot):
        await loaded(app, pilot, 5)
        await wait_until(pilot, lambda: "Notes" in screen_text(app), "the tags")
        await pilot.press("l", "l", "F")
        await wait_until(
            pilot,
            lambda: static_text(app, "#values-state") == "1 value in 5 images",
            "the values",
        )
        text = screen_text(app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, LibraryScreen), "the library")
        await wait_until(pilot, lambda: library(app).bar.text, "the narrowed search")
        await loaded(app, pilot, 5)
        text += screen_text(app)
        assert "a[/oops]␛]52;" in text
        assert not set(text) & set("\x1b\x07\u202e\x9b")


async def test_new_images_appear_while_the_cursor_stays_on_its_image(tmp_path: Path) -> None:
    path = tmp_path / "growing.db"
    catalogue = catalogue_factory.filled_catalogue(path, 30)
    async with open_app(path, "library") as (app, pilot):
        await loaded(app, pilot, 30)
        table = library(app).query_one(ImageTable)
        await pilot.press("j", "j", "j")
        image = table.current_id
        catalogue_factory.fill(catalogue, 60)
        library(app).action_refresh()
        await loaded(app, pilot, 60)
        assert table.current_id == image
    catalogue.close()


async def test_the_library_works_in_small_windows(db: Path) -> None:
    async with open_app(db, "library", size=(80, 24)) as (app, pilot):
        await loaded(app, pilot)
        for size in ((40, 10), (20, 5), (160, 50), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("i", "j", "G", "g", "i")
        assert app.is_running


def test_columns_are_saved_and_loaded(db: Path) -> None:
    from tasveer_tui.ui.library import layout_controller as layout

    folder = db.parent / "state"
    layout.save_state(folder, layout.LibraryState(tuple(layout.default_columns())))
    data = json.loads((folder / "library.json").read_text())
    assert [column["name"] for column in data["columns"]][:2] == ["name", "taken"]
    assert layout.load_state(folder).columns == tuple(layout.default_columns())
