"""The search: one line to type it, the count of what it finds, and a caret under a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.keys import Place, bindings
from tasveer_tui.ui.widgets.field_suggester import FieldSuggester

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import QueryError

DEBOUNCE_S: Final = 0.12
"""How long typing must rest before a search starts."""
_BEFORE_INPUT: Final = 3
"""Cells to the left of the first character typed."""


class SearchInput(Input):
    """An input that also knows how to go on to what was found."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.SEARCH)

    class Left(Message):
        """The user goes on."""

    def validate_value(self, value: str) -> str:
        """Make pasted controls visible, for an input shows its text as it is."""
        return clean(value.replace("\t", " "))

    def action_keep(self) -> None:
        """Go on to what the search finds."""
        self.post_message(self.Left())

    def action_leave(self) -> None:
        """Go on with the search as it stands."""
        self.post_message(self.Left())


class SearchBar(Vertical):
    """Posts `Changed` when typing rests; is told the count and the mistakes."""

    DEFAULT_CSS = """
    SearchBar {
        height: auto;
        background: $surface;
        & > Horizontal { height: 1; }
        & #search-sign { width: 3; padding: 0 1; color: $text-primary; text-style: bold; }
        & #search-input { width: 1fr; background: $surface; padding: 0; }
        & #search-input:focus { background: $boost; }
        & #search-count { width: auto; padding: 0 1 0 2; color: $text-muted; }
        & #search-marked { width: auto; padding: 0 0 0 2; color: $text-warning; display: none; }
        & #search-count.-busy { color: $text-accent; }
        & > #search-error { display: none; height: auto; max-height: 3; color: $text-error; }
        &.-mistaken > #search-error { display: block; }
    }
    """

    @dataclass
    class Changed(Message):
        """The text rests; search it."""

        text: str

    class Left(Message):
        """The user goes on to what was found."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._timer: Timer | None = None
        self._told = ""

    def compose(self) -> ComposeResult:
        """Sign, input, count; the mistake under them."""
        with Horizontal():
            yield Static("/", id="search-sign", markup=False)
            yield SearchInput(
                id="search-input",
                compact=True,
                placeholder='camera:canon iso>=1600 -lens:sigma taken:2019..2021 "eiffel tower"',
                select_on_focus=False,
                suggester=FieldSuggester(),
            )
            yield Static(id="search-marked", markup=False)
            yield Static(id="search-count", markup=False)
        yield Static(id="search-error", markup=False)

    # ------------------------------------------------------------------ content

    @property
    def input(self) -> Input:
        """Where the search is typed."""
        return self.query_one("#search-input", Input)

    @property
    def text(self) -> str:
        """The search as it stands."""
        return self.input.value

    def search(self, text: str) -> None:
        """Put a search there and post it at once, as if typing had rested."""
        self.input.value = text
        self.input.cursor_position = len(text)
        self._tell()

    def replace_quietly(self, text: str) -> None:
        """Put a text there without posting it."""
        self._told = text
        if self.text != text:
            self.input.value = text

    def focus_input(self) -> None:
        """Put the keys into the search."""
        self.input.focus()

    def show_busy(self) -> None:
        """Say that the count is not the present search's any more."""
        self.query_one("#search-count", Static).add_class("-busy")

    def show_count(self, text: str) -> None:
        """Say how much was found."""
        count = self.query_one("#search-count", Static)
        count.update(Text(clean(text), no_wrap=True))
        count.remove_class("-busy")

    def show_marked(self, count: int) -> None:
        """Say how many images are marked."""
        marked = self.query_one("#search-marked", Static)
        marked.display = bool(count)
        marked.update(Text(f"{count:,} marked", no_wrap=True))

    def show_mistake(self, error: QueryError | None) -> None:
        """Put a caret under the mistake and say what was expected; None takes it away."""
        self.set_class(error is not None, "-mistaken")
        if error is not None:
            self._below.update(self._caret(error))

    def show_understood(self) -> None:
        """Take back what was said of a mistake."""
        self.remove_class("-mistaken")
        self._below.update("")

    @property
    def _below(self) -> Static:
        return self.query_one("#search-error", Static)

    def _caret(self, error: QueryError) -> Text:
        """Build the caret's line; the sentence goes left of it where the right has no room."""
        sentence = clean(error, 400)
        before = cell_len(error.text[: error.column]) - round(self.input.scroll_offset.x)
        width = max(20, self.size.width)
        at = max(0, min(width - 1, _BEFORE_INPUT + before))
        length = cell_len(sentence)
        if at + 2 + length <= width:
            return Text(f"{' ' * at}^ {sentence}", no_wrap=True)
        if length + 1 <= at:
            return Text(f"{sentence} ^".rjust(at + 1), no_wrap=True)
        return Text(f"{' ' * at}^\n {sentence}")

    # ------------------------------------------------------------------- typing

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait until typing rests."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        if event.value != self._told:
            self._timer = self.set_timer(DEBOUNCE_S, self._tell)

    def _tell(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.text != self._told:
            self._told = self.text
            self.post_message(self.Changed(self.text))

    def on_search_input_left(self, event: SearchInput.Left) -> None:
        """Search at once and go on to what is found."""
        event.stop()
        self._tell()
        self.post_message(self.Left())
