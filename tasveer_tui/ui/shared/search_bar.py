"""The search: one line to type it, the count of what it finds, and a caret under a mistake."""

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
"""How long typing must rest before a search starts."""
SUGGESTION_DELAY_S: Final = 0.06
"""How long typing must rest before completions are looked up."""
_INPUT_OFFSET: Final = 3
"""Cells to the left of the first character typed."""


class SearchInput(Input):
    """An input that tells the bar of keys that do something else than type."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEARCH)

    @dataclass
    class KeyPressed(Message):
        """A key of the search bar was pressed; `what` is its action."""

        what: str

    def validate_value(self, value: str) -> str:
        """Make pasted controls visible, for an input shows its text as it is."""
        return clean(value.replace("\t", " "))

    def action_bar(self, what: str) -> None:
        """Let the bar do it."""
        self.post_message(self.KeyPressed(what))


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
        self._suggestion_timer: Timer | None = None
        self._posted_text = ""
        self._accepts_first = False
        self._accepted_text: str | None = None
        """A whole search that was taken: no offers for it."""

    def on_mount(self) -> None:
        """Nothing is read before somebody types."""
        self._finder = SuggestionFinder(workspace(self))

    def compose(self) -> ComposeResult:
        """Sign, input, count; the mistake under them."""
        with Horizontal():
            yield Static("/", id="search-sign", markup=False)
            yield SearchInput(
                id="search-input",
                compact=True,
                placeholder='camera:canon iso>=1600 -lens:sigma taken:2019..2021 "eiffel tower"',
                select_on_focus=False,
            )
            yield Static(id="search-marked", markup=False)
            yield Static(id="search-count", markup=False)
        yield Static(id="search-error", markup=False)
        yield SuggestionList()

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
        self._post_changed()

    def set_text(self, text: str) -> None:
        """Put a text there without posting it."""
        self._posted_text = text
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

    def show_selected(self, count: int) -> None:
        """Say how many images are marked."""
        marked = self.query_one("#search-marked", Static)
        marked.display = bool(count)
        marked.update(Text(f"{count:,} marked", no_wrap=True))

    def show_mistake(self, error: QueryError | None) -> None:
        """Put a caret under the mistake and say what was expected; None takes it away."""
        self.set_class(error is not None, "-mistaken")
        if error is not None:
            self._error_line.update(self._caret_text(error))

    def clear_mistake(self) -> None:
        """Take back what was said of a mistake."""
        self.remove_class("-mistaken")
        self._error_line.update("")

    @property
    def _error_line(self) -> Static:
        return self.query_one("#search-error", Static)

    def _caret_text(self, error: QueryError) -> Text:
        """Build the caret's line; the sentence goes left of it where the right has no room."""
        sentence = clean(error, 400)
        before = cell_len(error.text[: error.column]) - round(self.input.scroll_offset.x)
        width = max(20, self.size.width)
        at = max(0, min(width - 1, _INPUT_OFFSET + before))
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
        if event.value != self._posted_text:
            self._timer = self.set_timer(DEBOUNCE_S, self._post_changed)
        self._accepts_first = False
        if self._list.is_open:
            self._list.cursor = NO_ROW  # its lines are of what was typed before
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
        """Do what the key says."""
        event.stop()
        getattr(self, f"_{event.what}")()

    def _keep(self) -> None:
        """Take the line that somebody went to; else search at once and go on."""
        if (offer := self._list.current) is not None:
            self._accept(offer)
            return
        self._close_list()
        self._post_changed()
        if text := self.text.strip():
            self._remember(text)
        self.post_message(self.Left())

    def _leave(self) -> None:
        """Close the list, or go on with the search as it stands."""
        if self._list.is_open:
            self._close_list()
        else:
            self._post_changed()
            self.post_message(self.Left())

    def _remember(self, text: str) -> None:
        space = workspace(self)

        def work() -> None:
            # A search that was not kept is no reason to disturb anybody; a mistake is none to keep.
            with contextlib.suppress(TasveerError):
                if space.has_catalogue:
                    space.catalogue.parse(text)
                    space.catalogue.remember_search(text)

        background(self).run(self, "remember", work)

    # ------------------------------------------------------------------- offers

    @property
    def _list(self) -> SuggestionList:
        return self.query_one(SuggestionList)

    def _schedule_suggestions(self) -> None:
        if self._suggestion_timer is not None:
            self._suggestion_timer.stop()
        self._suggestion_timer = self.set_timer(SUGGESTION_DELAY_S, self._suggest)

    def _suggest(self) -> None:
        """Offer what fits before the cursor; with nothing typed, whole searches."""
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
        """Offer whole searches that hold what is typed."""
        text = self.text
        self._find(lambda: self._finder.whole_searches(text))

    def _find(self, find: Callable[[], tuple[Suggestion, ...]]) -> None:
        self._finder.stop()
        background(self).run(self, "offers", find, self._on_suggestions, failed=lambda _: None)

    def _on_suggestions(self, offers: tuple[Suggestion, ...]) -> None:
        if not self.input.has_focus:
            return
        if self._accepts_first and offers:
            self._accepts_first = False
            self._accept(offers[0])
            return
        start = offers[0].start if offers else 0
        before = cell_len(self.text[:start]) - round(self.input.scroll_offset.x)
        self._list.show(offers, max(0, _INPUT_OFFSET - 1 + before), self.size.width)

    def _close_list(self) -> None:
        if self._suggestion_timer is not None:
            self._suggestion_timer.stop()
            self._suggestion_timer = None
        background(self).cancel(self, "offers")
        self._list.close()

    def _accept(self, offer: Suggestion) -> None:
        self._close_list()
        # What is whole needs no further offers; a part may go on at once.
        self._accepted_text = offer.text if offer.is_whole else None
        self.input.value = offer.text
        self.input.cursor_position = offer.cursor

    def _complete(self) -> None:
        """Take the line under the cursor, or the first one; without a list, go on."""
        rows = self._list
        is_coming = self._suggestion_timer is not None or background(self).is_busy(self, "offers")
        if is_coming and self.text.strip():
            self._accepts_first = True  # somebody types faster than the catalogue answers
        elif rows.is_open:
            self._accept(rows.current or rows.suggestions[0])
        else:
            self.screen.focus_next()

    def _next(self) -> None:
        """Go down in the list; without one, on to what is found."""
        if self._list.is_open:
            self._list.move(1)
        else:
            self._leave()

    def _previous(self) -> None:
        """Go up in the list; from its first line back to the typing; before that, look back."""
        if self._list.cursor != NO_ROW and self._list.is_open:
            self._list.move(-1)
        else:
            self._suggest_searches()

    def on_suggestion_list_accepted(self, event: SuggestionList.Accepted) -> None:
        """Take what was clicked."""
        event.stop()
        self._accept(event.suggestion)

    def on_descendant_focus(self) -> None:
        """Offer whole searches to who comes to an empty bar."""
        if not self.text.strip():
            self._schedule_suggestions()

    def on_descendant_blur(self) -> None:
        """Close the list."""
        self._close_list()

    def on_unmount(self) -> None:
        """Let what still looks for offers end."""
        self._finder.stop()
