"""The search bar: the input, the number of results, suggestions, and a caret under a mistake."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tasveer_tui.errors import TasveerError
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.shared.suggestions import NO_ROW, Suggestion, SuggestionFinder, SuggestionList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import QueryError

DEBOUNCE_S: Final = 0.12
"""Pause in typing after which the search starts."""
SUGGESTION_DELAY_S: Final = 0.06
"""Pause in typing after which suggestions are looked up."""
_INPUT_OFFSET: Final = 3
"""Cells to the left of the input's first character."""


class SearchInput(Input):
    """An input that posts the bar's keys as messages."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEARCH)

    @dataclass
    class KeyPressed(Message):
        """A key of the search bar was pressed."""

        action: str
        """`keep`, `complete`, `next`, `previous` or `leave`."""

    def validate_value(self, value: str) -> str:
        """Clean pasted text: an input shows control characters as they are."""
        return clean(value.replace("\t", " "))

    def action_bar(self, action: str) -> None:
        """Post a key of the bar."""
        self.post_message(self.KeyPressed(action))


class SearchBar(Vertical):
    """Posts `Changed` after a pause in typing. The screen sets the count and the mistake."""

    DEFAULT_CSS = """
    SearchBar {
        height: auto;
        background: $surface;
        & > Horizontal { height: 1; }
        & #search-sign { width: 3; padding: 0 1; color: $text-primary; text-style: bold; }
        & #search-input { width: 1fr; background: $surface; padding: 0; }
        & #search-input:focus { background: $boost; }
        & #search-count { width: auto; padding: 0 1 0 2; color: $text-muted; }
        & #search-selected { width: auto; padding: 0 0 0 2; color: $text-warning; display: none; }
        & #search-count.-busy { color: $text-accent; }
        & > #search-error { display: none; height: auto; max-height: 3; color: $text-error; }
        &.-mistaken > #search-error { display: block; }
    }
    """

    @dataclass
    class Changed(Message):
        """The search has changed."""

        text: str

    class Left(Message):
        """The user goes to the results."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._timer: Timer | None = None
        self._suggestion_timer: Timer | None = None
        self._posted_text = ""
        self._accepts_first = False
        self._accepted_text: str | None = None
        """The accepted whole search, which gets no suggestions."""

    def on_mount(self) -> None:
        """Make the finder; it reads nothing yet."""
        self._finder = SuggestionFinder(workspace(self))

    def compose(self) -> ComposeResult:
        """Slash, input, counts; the mistake and the suggestions below."""
        with Horizontal():
            yield Static("/", id="search-sign", markup=False)
            yield SearchInput(
                id="search-input",
                compact=True,
                placeholder='camera:canon iso>=1600 -lens:sigma taken:2019..2021 "eiffel tower"',
                select_on_focus=False,
            )
            yield Static(id="search-selected", markup=False)
            yield Static(id="search-count", markup=False)
        yield Static(id="search-error", markup=False)
        yield SuggestionList()

    # ------------------------------------------------------------------ content

    @property
    def input(self) -> Input:
        """The input."""
        return self.query_one("#search-input", Input)

    @property
    def text(self) -> str:
        """The present text."""
        return self.input.value

    def search(self, text: str) -> None:
        """Set the text and post `Changed` at once."""
        self.input.value = text
        self.input.cursor_position = len(text)
        self._post_changed()

    def set_text(self, text: str) -> None:
        """Set the text without posting `Changed`."""
        self._posted_text = text
        if self.text != text:
            self.input.value = text

    def focus_input(self) -> None:
        """Focus the input."""
        self.input.focus()

    def show_busy(self) -> None:
        """Show that the count belongs to the previous search."""
        self.query_one("#search-count", Static).add_class("-busy")

    def show_count(self, text: str) -> None:
        """Show the number of results."""
        count = self.query_one("#search-count", Static)
        count.update(Text(clean(text), no_wrap=True))
        count.remove_class("-busy")

    def show_selected(self, count: int) -> None:
        """Show the number of selected images."""
        selected = self.query_one("#search-selected", Static)
        selected.display = bool(count)
        selected.update(Text(f"{count:,} selected", no_wrap=True))

    def show_mistake(self, error: QueryError | None) -> None:
        """Show a caret under the mistake and the message; None removes both."""
        self.set_class(error is not None, "-mistaken")
        if error is not None:
            self._error_line.update(self._caret_text(error))

    def clear_mistake(self) -> None:
        """Remove the caret and the message."""
        self.remove_class("-mistaken")
        self._error_line.update("")

    @property
    def _error_line(self) -> Static:
        return self.query_one("#search-error", Static)

    def _caret_text(self, error: QueryError) -> Text:
        """The caret and the message, to its right, to its left, or on the next line."""
        message = clean(error, 400)
        before = cell_len(error.text[: error.column]) - round(self.input.scroll_offset.x)
        width = max(20, self.size.width)
        at = max(0, min(width - 1, _INPUT_OFFSET + before))
        length = cell_len(message)
        if at + 2 + length <= width:
            return Text(f"{' ' * at}^ {message}", no_wrap=True)
        if length + 1 <= at:
            return Text(f"{message} ^".rjust(at + 1), no_wrap=True)
        return Text(f"{' ' * at}^\n {message}")

    # ------------------------------------------------------------------- typing

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for a pause in typing."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        if event.value != self._posted_text:
            self._timer = self.set_timer(DEBOUNCE_S, self._post_changed)
        self._accepts_first = False
        if self._list.is_open:
            self._list.cursor = NO_ROW  # the suggestions are for the previous text
        if event.value != self._accepted_text:
            self._schedule_suggestions()

    def _post_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.text != self._posted_text:
            self._posted_text = self.text
            self.post_message(self.Changed(self.text))

    def on_search_input_key_pressed(self, event: SearchInput.KeyPressed) -> None:
        """Run the key's action."""
        event.stop()
        getattr(self, f"_{event.action}")()

    def _keep(self) -> None:
        """Accept the selected suggestion, else search at once and go to the results."""
        if (suggestion := self._list.current) is not None:
            self._accept(suggestion)
            return
        self._close_list()
        self._post_changed()
        if text := self.text.strip():
            self._remember(text)
        self.post_message(self.Left())

    def _leave(self) -> None:
        """Close the list, else go to the results."""
        if self._list.is_open:
            self._close_list()
        else:
            self._post_changed()
            self.post_message(self.Left())

    def _remember(self, text: str) -> None:
        space = workspace(self)

        def work() -> None:
            # An invalid search is not remembered; a failure to remember one is no error to show.
            with contextlib.suppress(TasveerError):
                if space.has_catalogue:
                    space.catalogue.parse(text)
                    space.catalogue.remember_search(text)

        background(self).run(self, "remember", work)

    # -------------------------------------------------------------- suggestions

    @property
    def _list(self) -> SuggestionList:
        return self.query_one(SuggestionList)

    def _schedule_suggestions(self) -> None:
        if self._suggestion_timer is not None:
            self._suggestion_timer.stop()
        self._suggestion_timer = self.set_timer(SUGGESTION_DELAY_S, self._suggest)

    def _suggest(self) -> None:
        """Suggest completions of the text before the cursor, or searches while it is empty."""
        self._suggestion_timer = None
        text = self.text
        if not self.input.has_focus:
            return
        if not text.strip():
            self._suggest_searches()
            return
        cursor = self.input.cursor_position
        self._find(lambda: self._finder.completions(text, cursor))

    def _suggest_searches(self) -> None:
        """Suggest whole searches that contain the text."""
        text = self.text
        self._find(lambda: self._finder.whole_searches(text))

    def _find(self, find: Callable[[], tuple[Suggestion, ...]]) -> None:
        self._finder.stop()
        background(self).run(
            self, "suggestions", find, self._on_suggestions, on_error=lambda _: None
        )

    def _on_suggestions(self, suggestions: tuple[Suggestion, ...]) -> None:
        if not self.input.has_focus:
            return
        if self._accepts_first and suggestions:
            self._accepts_first = False
            self._accept(suggestions[0])
            return
        start = suggestions[0].start if suggestions else 0
        before = cell_len(self.text[:start]) - round(self.input.scroll_offset.x)
        self._list.show(suggestions, max(0, _INPUT_OFFSET - 1 + before), self.size.width)

    def _close_list(self) -> None:
        if self._suggestion_timer is not None:
            self._suggestion_timer.stop()
            self._suggestion_timer = None
        background(self).cancel(self, "suggestions")
        self._list.close()

    def _accept(self, suggestion: Suggestion) -> None:
        self._close_list()
        # A whole search is complete; a completion can be followed by others at once.
        self._accepted_text = suggestion.text if suggestion.is_whole else None
        self.input.value = suggestion.text
        self.input.cursor_position = suggestion.cursor

    def _complete(self) -> None:
        """Accept the selected or the first suggestion; without a list, focus the next pane."""
        rows = self._list
        is_pending = self._suggestion_timer is not None or background(self).is_busy(
            self, "suggestions"
        )
        if is_pending and self.text.strip():
            self._accepts_first = True  # the list is not there yet
        elif rows.is_open:
            self._accept(rows.current or rows.suggestions[0])
        else:
            self.screen.focus_next()

    def _next(self) -> None:
        """Go down in the list; without a list, go to the results."""
        if self._list.is_open:
            self._list.move(1)
        else:
            self._leave()

    def _previous(self) -> None:
        """Go up in the list and back to the input; from there, suggest whole searches."""
        if self._list.cursor != NO_ROW and self._list.is_open:
            self._list.move(-1)
        else:
            self._suggest_searches()

    def on_suggestion_list_accepted(self, event: SuggestionList.Accepted) -> None:
        """Accept the clicked suggestion."""
        event.stop()
        self._accept(event.suggestion)

    def on_descendant_focus(self) -> None:
        """Suggest whole searches while the input is empty."""
        if not self.text.strip():
            self._schedule_suggestions()

    def on_descendant_blur(self) -> None:
        """Close the list."""
        self._close_list()

    def on_unmount(self) -> None:
        """Interrupt the finder."""
        self._finder.stop()
