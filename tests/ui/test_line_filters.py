"""On 16 colours text keeps its contrast, and images keep their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.widgets import Static

from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.line_filters import ContrastFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.filter import LineFilter

GROUND = TextualColor(0, 0, 0)


def shown_in(style: str, text: str = "text") -> tuple[int | None, int | None]:
    (segment,) = ContrastFilter().apply([Segment(text, Style.parse(style))], GROUND)
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.bgcolor is not None
    return (
        segment.style.color.downgrade(ColorSystem.STANDARD).number,
        segment.style.bgcolor.downgrade(ColorSystem.STANDARD).number,
    )


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("#555555 on #5a5a5a", (15, 8)),  # both would be dark grey
        ("#23292f on #14171c", (15, 0)),
        ("#f4f2ee on #fbfaf7", (0, 15)),
    ],
)
def test_low_contrast_text_becomes_black_or_white(style: str, wanted: tuple[int, int]) -> None:
    assert shown_in(style) == wanted


def test_legible_text_and_images_keep_their_colours() -> None:
    assert shown_in("#d5dae1 on #14171c") == (15, 0)
    assert shown_in("#86b788 on #14171c")[0] not in (0, None)
    nearest = Color.parse("#5a5a5a").downgrade(ColorSystem.STANDARD).number
    assert shown_in("#555555 on #5a5a5a", "▀▀ ") == (nearest, nearest)
    plain = Segment("no style")
    assert ContrastFilter().apply([plain], GROUND) == [plain]


class Asking(App[None]):
    CSS = "Dialog { background: black 65%; } #question { width: 10; margin: 2; color: #222222; }\n"
    CSS += "#behind { color: #606060; }"

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), ContrastFilter()]

    def compose(self) -> ComposeResult:
        yield Static("behind", id="behind")

    def on_mount(self) -> None:
        self.push_screen(_Question())


class _Question(Dialog[None]):
    def compose(self) -> ComposeResult:
        yield Static("question", id="question")


async def test_the_screen_below_a_dialog_stays_dim() -> None:
    app = Asking()
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        lines = app.screen._compositor.render_strips()
    styles = {
        segment.text.strip(): segment.style for line in lines for segment in line if segment.style
    }
    white = Color.from_ansi(15)
    assert styles["question"].color == white
    assert styles["behind"].color != white
