"""A switch with a word: its sign, not only its colour, says whether it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.content import Content
from textual.widgets import Checkbox

if TYPE_CHECKING:
    from tasveer_tui.ui.app import TasveerApp


class Tick(Checkbox):
    """A check box of one line."""

    def __init__(self, label: str, *, id: str, value: bool = False) -> None:  # noqa: A002
        super().__init__(Text(label), value=value, id=id, compact=True)

    @property
    def _button(self) -> Content:
        marks = cast("TasveerApp", self.app).marks
        sign = marks.chosen if self.value else marks.not_chosen
        return Content.assemble((sign, self.get_visual_style("toggle--button")))
