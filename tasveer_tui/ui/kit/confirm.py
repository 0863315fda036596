"""A question with two answers.

question = ConfirmScreen("Cancel the job?", "What was read stays.", yes="Cancel it")
self.app.push_screen(question, self._answered)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ConfirmScreen(Dialog[bool]):
    """Asks; the result is True for yes. Escape says no."""

    BINDINGS = bindings(Scope.DIALOG)

    def __init__(self, title: str, text: str, *, yes: str, no: str = "No") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Title, text, two buttons."""
        with Vertical(classes="dialog -small"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield Static(Text(clean(self._text)), classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text(self._yes), id="yes", variant="primary", compact=True)
                yield Button(Text(self._no), id="no", compact=True)
        yield KeyBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_accept(self) -> None:
        """Answer yes."""
        self.dismiss(result=True)

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss(result=False)
