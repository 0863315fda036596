from __future__ import annotations

from dataclasses import dataclass

from textual.app import App, ComposeResult

from tasveer_tui.ui.kit.halfblocks import Picture, half_block_strips, ramp_strips
from tests.support.app_harness import screen_text


@dataclass(frozen=True)
class Grid:
    width: int
    height: int
    rgb: bytes


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def grid(*rows: tuple[tuple[int, int, int], ...]) -> Grid:
    return Grid(
        len(rows[0]), len(rows), bytes(value for row in rows for pixel in row for value in pixel)
    )


def test_a_cell_shows_the_upper_pixel_over_the_lower_one() -> None:
    (line,) = half_block_strips(grid((RED, GREEN), (BLUE, WHITE)))
    assert [segment.text for segment in line] == ["▀", "▀"]
    first, second = (segment.style for segment in line)
    assert first is not None
    assert second is not None
    assert first.color is not None
    assert first.color.triplet == RED
    assert first.bgcolor is not None
    assert first.bgcolor.triplet == BLUE
    assert second.bgcolor is not None
    assert second.bgcolor.triplet == WHITE


def test_equal_cells_make_one_run() -> None:
    (line,) = half_block_strips(grid((RED,) * 5, (BLUE,) * 5))
    assert [segment.text for segment in line] == ["▀▀▀▀▀"]


def test_below_an_odd_last_row_is_the_background() -> None:
    lines = half_block_strips(grid((RED,), (RED,), (GREEN,)))
    assert len(lines) == 2
    (segment,) = lines[1]
    assert segment.style is not None
    assert segment.style.bgcolor is None


def test_without_colour_brightness_is_shown_by_characters() -> None:
    (line,) = ramp_strips(grid(((0, 0, 0), WHITE), ((0, 0, 0), WHITE)))
    assert line.text == " @"


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Picture()


async def test_an_image_is_centred_and_can_be_removed() -> None:
    app = Host()
    async with app.run_test(size=(11, 14)) as pilot:
        picture = app.query_one(Picture)
        assert picture.pixel_room == (11, 24)
        picture.show(grid((RED,) * 3, (BLUE,) * 3))
        await pilot.pause()
        assert "    ▀▀▀    " in screen_text(app)
        picture.show(Grid(0, 0, b""))
        await pilot.pause()
        assert "▀" not in screen_text(app)
        assert picture.is_empty


async def test_no_color_draws_with_characters() -> None:
    app = Host()
    app.no_color = True
    async with app.run_test(size=(11, 14)) as pilot:
        app.query_one(Picture).show(grid((WHITE,) * 3, (WHITE,) * 3))
        await pilot.pause()
        assert "@@@" in screen_text(app)
        assert "▀" not in screen_text(app)
