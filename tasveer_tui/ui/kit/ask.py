"""One question whose answer is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class AskScreen(Dialog[str]):
    """The result is what was typed; empty when it was closed."""

    DEFAULT_CSS = """
    AskScreen {
        & .dialog { padding: 0 1; }
        & .dialog--title { margin: 0 1; }
        & Input { background: $panel; margin: 1; }
        & #ask-hint { color: $text-muted; margin: 0 1; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    def __init__(
        self, title: str, *, value: str = "", placeholder: str = "", hint: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._placeholder = placeholder
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        with Vertical(classes="dialog"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield Input(self._value, placeholder=self._placeholder, compact=True)
            if self._hint:
                yield Static(Text(clean(self._hint)), id="ask-hint")
        yield KeyBar()

    def on_mount(self) -> None:
        """The keys go to the input."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter answers."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Answer."""
        self.dismiss(self.query_one(Input).value.strip())

    def action_back(self) -> None:
        """Answer nothing."""
        self.dismiss("")
