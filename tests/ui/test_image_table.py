from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult

from tasveer_tui.errors import CatalogueError, TasveerError
from tasveer_tui.ui.kit.background import BackgroundTasks
from tasveer_tui.ui.kit.columns import Column, ColumnSet, fit
from tasveer_tui.ui.kit.messages import CopyText
from tasveer_tui.ui.library.image_table import ImageTable, Sort
from tests.support.app_harness import screen_text, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.message import Message
    from textual.pilot import Pilot

COLUMNS = (
    Column("name", "Name", 12),
    Column("iso", "ISO", 8, is_right=True),
    Column("camera", "Camera", 14),
    Column("gps", "GPS", 6, is_sortable=False),
    Column("path", "Path", 30),
)
HOSTILE = "a[/oops]\x1b]52;c;aGk=\x07\x1b[31m\u202e"


class Rows:
    """A source of rows that counts what it is asked for, and can be held up or fail."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: CatalogueError | None = None

    def __call__(self, ids: Sequence[int], names: Sequence[str]) -> list[tuple[object, ...]]:
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        self.asked += ids
        return [tuple(self.value(image_id, name) for name in names) for image_id in ids]

    @staticmethod
    def value(image_id: int, name: str) -> object:
        if name == "name":
            return f"IMG_{image_id}"
        if name == "iso":
            return None if image_id % 10 == 3 else image_id
        if name == "camera":
            return ("Canon", "富士フイルムと長い名前", HOSTILE)[image_id % 3]
        return f"{name} {image_id}"


class Host(App[None]):
    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows
        self.background = BackgroundTasks(self)
        self.news: list[Message] = []
        self.errors: list[TasveerError] = []

    def show_error(self, error: TasveerError, /) -> None:
        self.errors.append(error)

    def show_fault(self, fault: Exception, /) -> None:
        raise fault

    def compose(self) -> ComposeResult:
        yield ImageTable(self.rows, COLUMNS)

    @property
    def table(self) -> ImageTable:
        return self.query_one(ImageTable)

    def on_image_table_sort_requested(self, event: ImageTable.SortRequested) -> None:
        self.news.append(event)

    def on_image_table_columns_changed(self, event: ImageTable.ColumnsChanged) -> None:
        self.news.append(event)

    def on_copy_text(self, event: CopyText) -> None:
        self.news.append(event)


@pytest.fixture
def rows() -> Rows:
    return Rows()


async def start(app: Host, pilot: Pilot[None], count: int = 1_000_000) -> None:
    app.table.focus()
    app.table.show_ids(array("q", range(count)))
    await wait_until(pilot, lambda: "IMG_0 " in screen_text(app) or not count, "the first rows")


async def test_a_million_ids_show_and_only_the_window_is_fetched(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await start(app, pilot)
        assert app.table.virtual_size.height == 1_000_001
        await pilot.press("end")
        await wait_until(pilot, lambda: "IMG_999999 " in screen_text(app), "the last row")
        assert app.table.cursor == 999_999
        assert screen_text(app).splitlines()[-2].startswith(" IMG_999999 ")
        assert len(rows.asked) < 500
        await pilot.press("g")
        await wait_until(pilot, lambda: "IMG_0 " in screen_text(app), "the first row")


async def test_letters_and_arrows_move_the_cursor_and_pages_keep_its_place(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await start(app, pilot)
        await pilot.press("j", "j", "down", "k")
        assert app.table.cursor == 2
        page = app.table.page_rows
        await pilot.press("pagedown")
        assert (app.table.cursor, app.table.first_row) == (2 + page, page)
        await pilot.press("ctrl+b", "up", "up", "up")
        assert (app.table.cursor, app.table.first_row) == (0, 0)


async def test_rows_that_are_being_fetched_are_dots_and_keys_do_not_wait(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await start(app, pilot)
        rows.gate.clear()
        for _ in range(30):
            await pilot.press("pagedown")
        assert app.table.cursor == 30 * app.table.page_rows
        assert " .  " in screen_text(app)
        assert "IMG_" not in screen_text(app)
        asked_before = len(rows.asked)
        rows.gate.set()
        await wait_until(
            pilot, lambda: f"IMG_{app.table.cursor} " in screen_text(app), "the rows in view"
        )
        assert len(rows.asked) - asked_before < 20 * app.table.page_rows


async def test_numbers_are_right_aligned_and_wide_letters_take_two_cells(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot, 20)
        lines = screen_text(app).splitlines()
        assert lines[1].startswith(f" {'IMG_0':<12}  {'0':>8}  {'Canon':<14}  ")
        assert lines[2].startswith(f" {'IMG_1':<12}  {'1':>8}  富士フイルム…   ")
        assert lines[4].startswith(f" {'IMG_3':<12}  {'':>8}  {'Canon':<14}  ")
        assert fit("富士フイルムと", 5) == "富士…"
        assert fit("富士フ", 4) == "富… "
        assert fit("12", 5, is_right=True) == "   12"


async def test_control_characters_in_values_are_made_visible(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot, 20)
        assert "a[/oops]␛]52;" in screen_text(app)
        assert not any(char in screen_text(app) for char in "\x1b\x07\u202e")


async def test_frozen_columns_do_not_scroll(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(40, 20)) as pilot:
        await start(app, pilot, 50)
        await pilot.press("l", "l", "l", "right")
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert lines[0].startswith(" Name ")
        assert "Path" in lines[0]
        assert "ISO" not in lines[0]
        assert lines[3].startswith(" IMG_2 ")
        await pilot.press("h", "h", "h", "h")
        await pilot.pause()
        assert "ISO" in screen_text(app).splitlines()[0]
        await pilot.press("l", "exclamation_mark", "l", "l", "l")
        await pilot.pause()
        header, _, second, *_ = screen_text(app).splitlines()
        assert header.startswith(" Name               ISO  ")
        assert header.rstrip().endswith("Path")
        assert "Camera" not in header
        assert second.startswith(" IMG_1                1  ")
        await pilot.press("h", "h", "h", "exclamation_mark", "l", "l", "l")
        await pilot.pause()
        assert "ISO" not in screen_text(app).splitlines()[0]


async def test_a_cell_and_a_row_are_copied_as_displayed(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await start(app, pilot, 50)
        await pilot.press("j", "j", "l", "c", "Y")
        await pilot.pause()
        copied = [news for news in app.news if isinstance(news, CopyText)]
        assert [(news.text, news.what) for news in copied] == [
            ("2", "the iso"),
            ("IMG_2\t2\ta[/oops]␛]52;c;aGk=␇␛[31m‹202E›\tgps 2\tpath 2", "the row"),
        ]


async def test_brackets_request_a_sort_order_if_the_column_has_one(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot, 50)
        await pilot.press(
            "l", "right_square_bracket", "l", "left_square_bracket", "l", "left_square_bracket"
        )
        await pilot.pause()
        asked = [news.sort for news in app.news if isinstance(news, ImageTable.SortRequested)]
        assert asked == [Sort("iso", is_descending=True), Sort("camera")]
        app.table.set_sort(asked[0])
        await pilot.pause()
        assert "ISO ▼" in screen_text(app).splitlines()[0]


async def test_columns_are_hidden_moved_and_widened_without_another_fetch(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot, 10)
        asked = len(rows.asked)
        await pilot.press("l", "minus")
        await pilot.pause()
        assert app.table.columns.names == ("name", "camera", "gps", "path")
        assert "gps 2" in screen_text(app)
        await pilot.press("L")
        assert app.table.columns.names == ("name", "gps", "camera", "path")
        assert app.table.column == 2
        await pilot.press("H", "plus", "plus", "underscore")
        await pilot.pause()
        assert app.table.columns.names == ("name", "camera", "gps", "path")
        assert app.table.columns.shown[1].width == 16
        assert len(rows.asked) == asked
        await pilot.press("equals_sign")
        await wait_until(pilot, lambda: len(rows.asked) > asked, "the shown column's values")
        assert set(app.table.columns.names) == {column.name for column in COLUMNS}


async def test_rows_that_were_requested_for_other_columns_are_dropped(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot)
        rows.gate.clear()
        await pilot.press("G", "l", "minus")
        rows.gate.set()
        await wait_until(pilot, lambda: app.table.current_row, "the last row")
        last = ["IMG_999999", "Canon", "gps 999999", "path 999999"]
        assert app.table.current_row.split("\t") == last


async def test_a_click_moves_to_the_cell_and_sorts_on_the_header(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(90, 20)) as pilot:
        await start(app, pilot, 50)
        await pilot.click(ImageTable, offset=(18, 5))
        assert (app.table.cursor, app.table.column) == (4, 1)
        await pilot.click(ImageTable, offset=(18, 0))
        app.table.set_sort(Sort("iso"))
        await pilot.click(ImageTable, offset=(18, 0))
        asked = [news.sort for news in app.news if isinstance(news, ImageTable.SortRequested)]
        assert asked == [Sort("iso"), Sort("iso", is_descending=True)]


async def test_the_cursor_stays_on_its_image_when_the_ids_change(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await start(app, pilot, 100)
        await pilot.press(*["j"] * 30)
        app.table.replace_ids(array("q", [*range(1000, 1010), *range(100)]))
        await pilot.pause()
        assert app.table.current_id == 30
        app.table.replace_ids(array("q", [5]))
        await wait_until(pilot, lambda: "IMG_5 " in screen_text(app), "the only row left")
        assert app.table.cursor == 0


async def test_a_failed_fetch_is_reported(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        rows.error = CatalogueError("The disk is gone.")
        app.table.show_ids(array("q", range(5)))
        await wait_until(pilot, lambda: app.errors == [rows.error], "the error")


async def test_an_empty_table_accepts_every_key(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(20, 5)) as pilot:
        await start(app, pilot, 0)
        await pilot.press(
            "j", "k", "G", "g", "pagedown", "l", "h", "plus", "minus", "enter", "H", "L"
        )
        assert app.table.current_id is None
        assert app.table.current_cell == ""


async def test_the_table_works_in_tiny_windows(rows: Rows) -> None:
    app = Host(rows)
    async with app.run_test(size=(40, 10)) as pilot:
        await start(app, pilot, 100)
        for size in ((20, 5), (10, 3), (1, 1), (40, 10)):
            await pilot.resize_terminal(*size)
            await pilot.press("G", "l", "pageup")
        assert app.table.row_count == 100


def test_the_last_column_cannot_be_hidden() -> None:
    columns = ColumnSet(COLUMNS[:2])
    columns.hide(0)
    columns.hide(0)
    assert columns.names == ("iso",)


def test_a_column_can_be_added_before_another() -> None:
    columns = ColumnSet(COLUMNS)
    columns.add(Column("exif.Flash", "Flash"), 1)
    assert columns.names[:3] == ("name", "exif.Flash", "iso")
    columns.add(COLUMNS[-1], 0)
    assert columns.names == ("path", "name", "exif.Flash", "iso", "camera", "gps")
