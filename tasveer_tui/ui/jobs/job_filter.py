"""The line in which the jobs' filter is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tasveer_tui.ui.jobs.filter import HINT
from tasveer_tui.ui.kit.keys import Scope, bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class JobFilter(Horizontal):
    """Tells every change of the text; the screen shows the jobs that it fits."""

    DEFAULT_CSS = """
    JobFilter { height: 1; background: $primary 15%; display: none; }
    JobFilter > Static { width: auto; color: $text-primary; text-style: bold; }
    JobFilter > Input { width: 1fr; background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.JOB_FILTER)

    @dataclass
    class Changed(Message):
        """Other jobs are wanted."""

        text: str

    @dataclass
    class Kept(Message):
        """The text is complete."""

    def compose(self) -> ComposeResult:
        """What it is, and the text."""
        yield Static(Text(" jobs like "))
        yield Input(placeholder=HINT, compact=True)

    @property
    def input(self) -> Input:
        """The input itself."""
        return self.query_one(Input)

    def open(self) -> None:
        """Let a person type."""
        self.display = True
        self.input.focus()

    def close(self) -> None:
        """Take it away, and the filter with it."""
        self.input.value = ""
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Tell that the text is complete."""
        self.post_message(self.Kept())
