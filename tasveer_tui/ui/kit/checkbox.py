"""A one-line check box whose symbol, not only its color, shows whether it is on."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.widgets import Checkbox

from tasveer_tui.ui.context import app_context


class Tick(Checkbox):
    """A check box of one line."""

    def __init__(self, label: str, *, id: str, value: bool = False) -> None:  # noqa: A002
        super().__init__(Text(label), value=value, id=id, compact=True)

    @property
    def _button(self) -> Content:
        symbols = app_context(self).symbols
        symbol = symbols.selected if self.value else symbols.unselected
        return Content.assemble((symbol, self.get_visual_style("toggle--button")))
