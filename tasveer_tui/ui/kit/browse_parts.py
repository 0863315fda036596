"""The small parts of Browse: titles of panes, the hint, the line for totals."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.widget import Widget
from textual.widgets import Static

from tasveer_tui.text import clean


class PaneTitle(Widget):
    """One line: what a pane shows, cut on the left, and how much of it, on the right."""

    COMPONENT_CLASSES = {"title--what", "title--count"}  # noqa: RUF012

    def __init__(self, what: str = "", *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._what = what
        self._count = ""

    def set_text(self, what: str, count: str = "") -> None:
        """Say something else; the text may come from outside."""
        what, count = clean(what), clean(count)
        if (what, count) != (self._what, self._count):
            self._what, self._count = what, count
            self.refresh()

    def render(self) -> Text:
        """The end of a long path says more than its beginning."""
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


class Hint(Static):
    """What stands where there is nothing to list: why, and what to do next."""

    COMPONENT_CLASSES = {"hint--title", "hint--bad"}  # noqa: RUF012
    _said: tuple[str, ...] = ()

    def set_text(self, title: str, *lines: str, is_bad: bool = False) -> None:
        """Show a title and sentences below it; they may come from outside."""
        if self._said == (title, *lines):
            return
        self._said = (title, *lines)
        look = self.get_component_rich_style("hint--bad" if is_bad else "hint--title", partial=True)
        text = Text()
        text.append(clean(title) + "\n", look)
        for line in lines:
            text.append("\n" + clean(line))
        self.update(text)


class TotalLine(Static):
    """One line about what is chosen, or about the range that is open."""

    _said = "?"

    def set_text(self, text: str) -> None:
        """Show the text; without one, take no room."""
        if text == self._said:
            return
        self._said = text
        self.display = bool(text)
        self.update(Text(f" {clean(text)}", no_wrap=True, overflow="ellipsis"))
