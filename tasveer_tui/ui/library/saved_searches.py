"""Saved and recent searches: run one, edit it, or delete a saved one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings, keys_of, pretty
from tasveer_tui.ui.kit.messages import ShowNote
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.workspace import Workspace

MAX_RECENT: Final = 100
NAME_WIDTH: Final = 20
"""Cells of a search's name."""


@dataclass(frozen=True, slots=True)
class ListedSearch:
    """A saved search, or a recent one, which has no name."""

    name: str
    query: str


class SearchList(RowList):
    """Saved searches by name, then recent ones."""

    DEFAULT_CSS = """
    SearchList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.searches: tuple[ListedSearch, ...] = ()

    @property
    def row_count(self) -> int:
        """Number of searches."""
        return len(self.searches)

    @property
    def current(self) -> ListedSearch | None:
        """The search under the cursor."""
        return self.searches[self.cursor] if self.searches else None

    def show(self, searches: tuple[ListedSearch, ...]) -> None:
        """List searches."""
        self.searches = searches
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The name and the search."""
        search = self.searches[row]
        label = f"@{search.name}" if search.name else "recent"
        label_style = style + self.foreground("group" if search.name else "faint")
        query = clean(search.query, 1024)
        return Strip(
            [
                Segment(" " + fit(clean(label, 80), NAME_WIDTH) + " ", label_style),
                Segment(fit(query, max(0, width - NAME_WIDTH - 2)), style),
            ]
        )


@dataclass(frozen=True, slots=True)
class SearchesState:
    """What the dialog shows; an error wins over the hint until the next action."""

    searches: tuple[ListedSearch, ...] | None = None
    error: TasveerError | None = None

    @property
    def text(self) -> str:
        """The line below the title."""
        if self.error is not None:
            return str(self.error)
        if self.searches is None:
            return "reading…"
        if any(search.name for search in self.searches):
            return "Use a saved search in any other search by its @name."
        key = pretty(keys_of("library.save_search")[0])
        return f"No search is saved yet: {key} in the Library saves the current one."


class SearchesScreen(Dialog[str]):
    """The result is a search to run; empty for none."""

    DEFAULT_CSS = """
    SearchesScreen > .listing { width: 100; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEARCHES)

    state: reactive[SearchesState] = reactive(SearchesState(), init=False)

    def compose(self) -> ComposeResult:
        """Title, hint, searches."""
        with Vertical(classes="listing"):
            yield Static(Text("Saved and recent searches"), classes="listing--title")
            yield Static(id="searches-state", classes="listing--state", markup=False)
            yield SearchList()
        yield FooterBar()

    def on_mount(self) -> None:
        """Read the searches."""
        self._list.focus()
        self.watch_state()
        self._read()

    def watch_state(self) -> None:
        """Render the state."""
        self.query_one("#searches-state", Static).update(Text(clean(self.state.text)))
        if self.state.searches is not None:
            self._list.show(self.state.searches)

    @property
    def _list(self) -> SearchList:
        return self.query_one(SearchList)

    def _read(self) -> None:
        space = workspace(self)
        background(self).run(
            self,
            "searches",
            lambda: _list_searches(space),
            self._on_searches,
            on_error=self._on_error,
        )

    def _on_searches(self, searches: tuple[ListedSearch, ...]) -> None:
        self.state = replace(self.state, searches=searches)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Run the search."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Run the search; a saved one by its name."""
        if (search := self._list.current) is not None:
            self.dismiss(f"@{search.name}" if search.name else search.query)

    def action_edit(self) -> None:
        """Put the text of the search into the search bar."""
        if (search := self._list.current) is not None:
            self.dismiss(search.query)

    def action_delete(self) -> None:
        """Delete the saved search under the cursor."""
        search = self._list.current
        if search is None or not search.name:
            note = ShowNote("Only saved searches can be deleted.", is_warning=True)
            self.post_message(note)
            return
        self.state = replace(self.state, error=None)
        name, space = search.name, workspace(self)
        background(self).run(
            self,
            "delete",
            lambda: space.catalogue.delete_search(name),
            lambda _: self._read(),
            on_error=self._on_error,
        )

    def action_leave(self) -> None:
        """Close the dialog and keep the search."""
        self.dismiss("")


def _list_searches(space: Workspace) -> tuple[ListedSearch, ...]:
    """Saved searches by name, then recent ones. Blocks."""
    if not space.has_catalogue:
        return ()
    saved = [ListedSearch(each.name, each.query) for each in space.catalogue.saved_searches()]
    recent = [ListedSearch("", query) for query in space.catalogue.recent_searches(MAX_RECENT)]
    return (*saved, *recent)
