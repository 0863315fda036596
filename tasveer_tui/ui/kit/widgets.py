"""Small widgets that several screens use: titles, messages, status lines, check boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context

if TYPE_CHECKING:
    from textual.geometry import Size


class PaneTitle(Widget):
    """One line: on the left what a pane shows, on the right the number of its items."""

    COMPONENT_CLASSES = {"title--what", "title--count"}  # noqa: RUF012

    def __init__(self, what: str = "", *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._what = what
        self._count = ""

    def set_text(self, what: str, count: str = "") -> None:
        """Set both texts, which are cleaned here."""
        what, count = clean(what), clean(count)
        if (what, count) != (self._what, self._count):
            self._what, self._count = what, count
            self.refresh()

    def render(self) -> Text:
        """A long path loses its beginning, because its end is more specific."""
        width = self.size.width - 2
        count = self._count if len(self._count) < width else ""
        room = width - len(count) - 2
        what = self._what
        if cell_len(what) > room:
            what = "…" + what[-max(1, room - 1) :]
            while cell_len(what) > room and len(what) > 1:
                what = "…" + what[2:]
        text = Text(" ")
        text.append(set_cell_size(what, max(0, room)), self.get_component_rich_style("title--what"))
        text.append(f"  {count} ", self.get_component_rich_style("title--count"))
        return text


class EmptyState(Static):
    """Replaces an empty list: why it is empty, and what to do."""

    COMPONENT_CLASSES = {"empty--title", "empty--error"}  # noqa: RUF012
    _shown: tuple[str, ...] = ()

    def set_text(self, title: str, *lines: str, is_error: bool = False) -> None:
        """Set a title and the sentences below it, which are cleaned here."""
        if self._shown == (title, *lines):
            return
        self._shown = (title, *lines)
        component = "empty--error" if is_error else "empty--title"
        text = Text()
        text.append(clean(title) + "\n", self.get_component_rich_style(component, partial=True))
        for line in lines:
            text.append("\n" + clean(line))
        self.update(text)


class StatusLine(Static):
    """One line about the selection; it takes no room while it is empty."""

    _shown = "?"

    def set_text(self, text: str) -> None:
        """Set the text, which is cleaned here."""
        if text == self._shown:
            return
        self._shown = text
        self.display = bool(text)
        self.update(Text(f" {clean(text)}", no_wrap=True, overflow="ellipsis"))


class SteadyText(Static):
    """Text that lays out the screen only if its number of lines changes.

    A layout redraws every widget, which takes about 30 ms.
    """

    _shown = ""

    def set_text(self, text: str) -> None:
        """Set a cleaned text."""
        if text == self._shown:
            return
        before, after = self._lines(self._shown), self._lines(text)
        self._shown = text
        self.update(Text(text), layout=before is None or before != after)

    def _lines(self, text: str) -> int | None:
        """Number of lines; None if a line is wrapped or the widget has no width yet."""
        lines, width = text.split("\n"), self.content_size.width
        return len(lines) if text and all(0 < cell_len(line) <= width for line in lines) else None


class CheckBox(Checkbox):
    """A check box of one line whose symbol, not only its colour, shows whether it is on."""

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
