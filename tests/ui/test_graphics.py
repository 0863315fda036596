from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import App
from textual.reactive import reactive

from tasveer_tui.ui.kit.background import BackgroundTasks
from tasveer_tui.ui.kit.graphics import Graphics, kitty_dropped, kitty_sent, kitty_strips, sixel
from tasveer_tui.ui.library.contact_sheet import ContactSheet, Thumb
from tests.support import terminal_graphics
from tests.support.app_harness import wait_until

if TYPE_CHECKING:
    from textual.app import ComposeResult

PLACEHOLDER = "\U0010eeee"


@dataclass
class Pixels:
    width: int
    height: int
    rgb: bytes


def _noise(width: int, height: int) -> Pixels:
    return Pixels(width, height, random.Random(7).randbytes(3 * width * height))


def _ramp(width: int, height: int) -> Pixels:
    rows = (
        bytes((x * 255 // width, y * 255 // height, 128))
        for y in range(height)
        for x in range(width)
    )
    return Pixels(width, height, b"".join(rows))


def test_an_image_sent_to_kitty_can_be_decoded_and_deleted() -> None:
    noise = _noise(150, 90)
    written = kitty_sent(7, noise, 15, 4) + kitty_sent(0x1000005, _ramp(3, 3), 1, 1)
    first, second = terminal_graphics.decode_kitty(written).values()
    assert (first.width, first.height, first.rgb) == (150, 90, noise.rgb)
    assert (first.columns, first.rows) == (15, 4)
    assert second.number < 1 << 24
    assert list(terminal_graphics.decode_kitty(written + kitty_dropped(7))) == [second.number]


def test_placeholders_encode_the_image_as_colour_and_the_row_as_diacritic() -> None:
    strips = kitty_strips(0x123455, 6, 3)
    diacritics = [strip.text[1] for strip in strips]
    assert [strip.cell_length for strip in strips] == [6, 6, 6]
    assert diacritics == ["\u0305", "\u030d", "\u030e"]
    for strip in strips:
        (segment,) = strip
        assert segment.text.count(PLACEHOLDER) == 6
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.triplet is not None
        assert tuple(segment.style.color.triplet) == (0x12, 0x34, 0x56)


def test_sixel_keeps_every_pixel_close_to_its_colour() -> None:
    for pixels in (_ramp(61, 43), _noise(20, 7)):
        (shown,) = terminal_graphics.decode_sixels(sixel(pixels))
        assert (shown.width, shown.height) == (pixels.width, pixels.height)
        assert b"???" not in shown.rgb
        apart = [abs(a - b) for a, b in zip(shown.rgb, pixels.rgb, strict=True)]
        assert max(apart) <= 52  # one step of six levels
    ramp, dithered = _ramp(61, 43), terminal_graphics.decode_sixels(sixel(_ramp(61, 43)))[0]
    for part in range(3):  # and over some pixels, dithering makes up for the few levels
        mean = sum(ramp.rgb[part::3]) / len(ramp.rgb[part::3])
        assert abs(sum(dithered.rgb[part::3]) / len(dithered.rgb[part::3]) - mean) < 6


class Sheet(App[None]):
    """A sheet alone, whose terminal keeps what it is sent."""

    graphics: reactive[Graphics] = reactive(Graphics.BLOCKS)

    def __init__(self) -> None:
        super().__init__()
        self.background = BackgroundTasks(self)  # type: ignore[arg-type]
        self.written = ""

    def send(self, sequences: str) -> None:
        self.written += sequences

    def load(self, image_id: int, width: int, height: int) -> Thumb:
        return Thumb(_ramp(min(120, width), min(90, height)), f"IMG_{image_id}.jpg")

    def compose(self) -> ComposeResult:
        yield ContactSheet(self.load)


async def test_the_contact_sheet_follows_the_graphics_setting() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 26)) as pilot:
        sheet = app.query_one(ContactSheet)
        sheet.show_ids(range(1000), 0)
        await wait_until(pilot, lambda: "▀▀" in _text(app), "half blocks")
        assert not app.written

        app.graphics = Graphics.KITTY
        await wait_until(
            pilot,
            lambda: len(terminal_graphics.decode_kitty(app.written)) >= 12,
            "a screen of images",
        )
        await wait_until(pilot, lambda: f"{PLACEHOLDER}\u0305" in _text(app), "their places")
        assert "▀" not in _text(app)
        image = terminal_graphics.decode_kitty(app.written)[1]
        assert (image.width, image.height) == (120, 90)
        assert image.columns <= sheet.tile.width
        assert image.rows <= sheet.tile.height

        app.graphics = Graphics.SIXEL
        await wait_until(
            pilot, lambda: len(terminal_graphics.decode_sixels(app.written)) >= 12, "pictures"
        )
        assert not terminal_graphics.decode_kitty(app.written)
        places = re.findall(r"\x1b\[(\d+);(\d+)H\x1bP", app.written)
        assert len({*places}) == 12  # of the fourth row of tiles only the top is in view
        assert max(int(row) for row, _ in places) + 6 <= 26

        app.graphics, app.written = Graphics.BLOCKS, ""
        await wait_until(pilot, lambda: len(sheet._tiles) >= 12, "tiles")
        await pilot.press("j", "pagedown")
        assert not app.written
        app.graphics = Graphics.KITTY
        await wait_until(pilot, lambda: terminal_graphics.decode_kitty(app.written), "images")
    assert not terminal_graphics.decode_kitty(app.written)  # at the end the terminal has none


def _text(app: App[None]) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
