"""Suggestions of the search bar: completions, recent and saved searches, and their list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.background import LatestRead
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.style import Style
    from textual import events

    from tasveer_tui.catalogue.completion import Completion


MAX_SUGGESTIONS: Final = 50
MAX_RECENT_FIRST: Final = 8
"""Number of recent searches above the saved ones."""
EXAMPLES: Final = (
    ("camera:canon iso>=1600 shutter<=1/250", "Canon cameras in low light"),
    ("taken:2019-05..2019-08 -has:gps", "one summer, no position"),
    ("near:48.8584,2.2945,5km focal:24..70", "within 5 km of a place, at these focal lengths"),
    ('"eiffel tower" (lens:sigma OR lens:zeiss)', "words in any tag, and one of two lenses"),
    ("status:failed error:denied", "objects that failed: access denied"),
    ("exif.ExposureProgram=2 order by size desc", "any tag by name, largest files first"),
)
"""Searches for a user without a history, and what they find."""
_IN_ORDER_BY: Final = re.compile(r"(?:^|\s)order\s+by\s[^\"]*$", re.IGNORECASE)
_CONTINUES_AFTER: Final = (":", ".", "(", "/", "<", ">", "=", " ")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list below the search bar. The texts are not cleaned."""

    label: str
    text: str
    """The whole search after this suggestion is accepted."""
    cursor: int
    """The position of the input's cursor in it."""
    start: int = 0
    """Index of the first character that the suggestion replaces."""
    detail: str = ""
    count: str = ""
    is_whole: bool = False
    """It replaces the whole search."""


class SuggestionFinder(LatestRead):
    """Finds suggestions in the calling thread; a newer call interrupts an older one."""

    def completions(self, text: str, cursor: int) -> tuple[Suggestion, ...]:
        """Return completions of the text before the cursor. Blocks.

        Raises:
            CatalogueError: the catalogue cannot be read, or a newer call interrupted this one.

        """
        from tasveer_tui.catalogue.completion import complete

        before, after = text[:cursor], text[cursor:]
        if not before.strip() or (before[-1].isspace() and not _IN_ORDER_BY.search(before)):
            return ()
        if not self._workspace.has_catalogue:
            return tuple(_suggestion(each, before, after) for each in complete(before))
        names = [each.name for each in self._workspace.catalogue.saved_searches()]
        with self.reading() as finder:
            found = complete(before, finder, names, limit=MAX_SUGGESTIONS)
        return tuple(_suggestion(each, before, after) for each in found)

    def whole_searches(self, text: str = "") -> tuple[Suggestion, ...]:
        """Return recent and saved searches that contain `text`, and examples. Blocks.

        Raises:
            CatalogueError: the catalogue cannot be read.

        """
        wanted = text.casefold().strip()
        found = tuple(each for each in self._whole_searches() if wanted in each.text.casefold())
        return found if wanted else found[:MAX_SUGGESTIONS]

    def _whole_searches(self) -> Iterator[Suggestion]:
        recent: tuple[str, ...] = ()
        if self._workspace.has_catalogue:
            catalogue = self._workspace.catalogue
            recent = catalogue.recent_searches(MAX_SUGGESTIONS)
            saved = catalogue.saved_searches()
            yield from (_whole_search(query, "recent") for query in recent[:MAX_RECENT_FIRST])
            for each in saved:
                yield _whole_search(f"@{each.name}", f"saved: {each.query}")
            yield from (_whole_search(query, "recent") for query in recent[MAX_RECENT_FIRST:])
        if len(recent) < MAX_RECENT_FIRST:
            yield from (_whole_search(query, f"example: {meaning}") for query, meaning in EXAMPLES)


def _whole_search(query: str, detail: str) -> Suggestion:
    return Suggestion(query, query, len(query), detail=detail, is_whole=True)


def _suggestion(found: Completion, before: str, after: str) -> Suggestion:
    separator = "" if found.text.endswith(_CONTINUES_AFTER) or after[:1].isspace() else " "
    start = before[: found.start] + found.text + separator
    count = ""
    if found.count is not None:
        count = f"{'≥ ' if found.is_lower_bound else ''}{found.count:,}"
    return Suggestion(found.text, start + after, len(start), found.start, found.help, count)


MAX_LINES: Final = 8
MIN_WIDTH, MAX_WIDTH = 32, 84
NO_ROW: Final = -1
"""The cursor's row while no suggestion is selected."""


class SuggestionList(RowList):
    """The list below the search bar; it never takes the focus.

    Each line shows a suggestion, its meaning and its number of images.
    """

    DEFAULT_CSS = """
    SuggestionList {
        display: none; overlay: screen; constrain: inside inside;
        overflow-x: hidden; height: auto; background: $panel;
        & > .row--cursor { background: $primary 60%; color: $text; }
    }
    """

    class Accepted(Message):
        """A suggestion was clicked."""

        def __init__(self, suggestion: Suggestion) -> None:
            super().__init__()
            self.suggestion = suggestion

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self.suggestions: Sequence[Suggestion] = ()
        self._label_cells = 0
        """Width of the longest label in cells."""

    @property
    def row_count(self) -> int:
        """Number of suggestions."""
        return len(self.suggestions)

    @property
    def is_open(self) -> bool:
        """Whether the list is visible."""
        return bool(self.display and self.suggestions)

    @property
    def current(self) -> Suggestion | None:
        """The selected suggestion."""
        return self.suggestions[self.cursor] if 0 <= self.cursor < len(self.suggestions) else None

    def _clamp(self, row: int) -> int:
        return max(NO_ROW, min(row, self.row_count - 1))

    def show(self, suggestions: Sequence[Suggestion], x: int, room: int) -> None:
        """Open the list at column `x` of a bar that is `room` cells wide."""
        self.suggestions = suggestions
        self.display = bool(suggestions)
        if not suggestions:
            return
        self._label_cells = max(cell_len(each.label) for each in suggestions)
        detail_cells = max(cell_len(each.detail) + len(each.count) for each in suggestions)
        needed = max(14, self._label_cells) + detail_cells + 6
        width = min(room, max(MIN_WIDTH, min(MAX_WIDTH, needed)))
        self.styles.width = width
        self.styles.height = min(MAX_LINES, len(suggestions))
        self.styles.offset = (max(0, min(x, room - width)), 0)
        self.set_reactive(RowList.cursor, NO_ROW)
        self.rows_changed()
        self.scroll_to(y=0, animate=False)

    def close(self) -> None:
        """Close the list."""
        self.suggestions = ()
        self.display = False

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Keep the message from the screen, which follows the images only."""
        event.stop()
        if event.row != NO_ROW:
            self.reveal(event.row)

    def on_click(self, event: events.Click) -> None:
        """Accept the suggestion under the mouse."""
        event.stop()
        event.prevent_default()
        if (row := self.row_at(event.y)) is not None:
            self.post_message(self.Accepted(self.suggestions[row]))

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The suggestion, its meaning, and its count on the right."""
        suggestion = self.suggestions[row]
        dim = style + self.foreground("dim")
        count = f" {suggestion.count}" if suggestion.count else ""
        room = max(0, width - 2 - len(count))
        label = clean(suggestion.label, 200)
        detail = clean(suggestion.detail, 200)
        name = min(max(14, self._label_cells), room * 3 // 5) if detail else room
        segments = [Segment(" " + fit(label, name), style)]
        segments.append(Segment(fit(f"  {detail}" if detail else "", room - name) + count, dim))
        return Strip([*segments, Segment(" ", style)])
