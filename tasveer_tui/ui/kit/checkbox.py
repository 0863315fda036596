"""A check box of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widgets import Checkbox

from tasveer_tui.ui.context import app_context

if TYPE_CHECKING:
    from textual.geometry import Size


class Tick(Checkbox):
    """A check box whose symbol, not only its colour, shows whether it is on."""

    def __init__(self, label: str, *, id: str, value: bool = False) -> None:  # noqa: A002
        super().__init__(Text(label), value=value, id=id, compact=True)

    def render(self) -> Content:
        """The symbol and the label."""
        symbols = app_context(self).symbols
        symbol = symbols.selected if self.value else symbols.unselected
        label = self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble((symbol, self.get_visual_style("toggle--button")), label)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """One cell for the symbol, and the label with a cell on each side."""
        del container, viewport
        return 1 + self.label.cell_length + 2
