"""The input that seeks in a prefix; it tells what is typed once a person pauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.keys import Scope, bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

SEEK_DELAY_S = 0.25


class SeekBar(Horizontal):
    """The input that seeks in a prefix; it tells what is typed once a person pauses."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEEK)

    @dataclass
    class Changed(Message):
        """Something else is sought."""

        text: str

    @dataclass
    class Accepted(Message):
        """The text is complete."""

        text: str

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Where it seeks, and what."""
        yield Static(id="seek-where", markup=False)
        yield Input(id="seek-input", compact=True)

    @property
    def input(self) -> Input:
        """The input itself."""
        return self.query_one(Input)

    def open(self, where: str, text: str) -> None:
        """Seek in `where`, from `text` on."""
        self.query_one("#seek-where", Static).update(Text(f" seek in {clean(where, 40)} "))
        self.display = True
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.focus()

    def close(self) -> None:
        """Take the input away."""
        if self._timer is not None:
            self._timer.stop()
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for a pause."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SEEK_DELAY_S, self._tell)

    def _tell(self) -> None:
        self.post_message(self.Changed(self.input.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Tell that the text is complete."""
        if self._timer is not None:
            self._timer.stop()
        self.post_message(self.Accepted(self.input.value))
