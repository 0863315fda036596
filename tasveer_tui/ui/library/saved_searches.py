"""Searches that were kept under a name and the ones made lately: take one, or forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
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

    from tasveer_tui.workspace import Workspace

RECENT: Final = 100
NAME_CELLS: Final = 20


class SearchList(RowList):
    """Saved searches with their names, then recent ones."""

    DEFAULT_CSS = """
    SearchList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        """Name and search; no name where it is a recent one."""

    @property
    def row_count(self) -> int:
        """How many searches are listed."""
        return len(self.lines)

    @property
    def current(self) -> tuple[str, str] | None:
        """Name and search under the cursor."""
        return self.lines[self.cursor] if self.lines else None

    def show(self, lines: list[tuple[str, str]]) -> None:
        """List these."""
        self.lines = lines
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The name, and what it searches."""
        name, query = self.lines[row]
        label = f"@{name}" if name else "lately"
        look = style + self.foreground("group" if name else "faint")
        return Strip(
            [
                Segment(" " + fit(clean(label, 80), NAME_CELLS) + " ", look),
                Segment(fit(clean(query, 1024), max(0, width - NAME_CELLS - 2)), style),
            ]
        )


class SearchesScreen(Dialog[str]):
    """The result is a search to make, empty for none."""

    DEFAULT_CSS = """
    SearchesScreen > .listing { width: 100; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEARCHES)

    def compose(self) -> ComposeResult:
        """Title, hint, searches."""
        with Vertical(classes="listing"):
            yield Static(Text("Saved and recent searches"), classes="listing--title")
            yield Static("reading…", id="searches-state", classes="listing--state", markup=False)
            yield SearchList()
        yield FooterBar()

    def on_mount(self) -> None:
        """Read them."""
        self._list.focus()
        self._read()

    @property
    def _list(self) -> SearchList:
        return self.query_one(SearchList)

    def _read(self) -> None:
        space = workspace(self)
        background(self).run(self, "searches", lambda: _lines(space), self._show)

    def _show(self, lines: list[tuple[str, str]]) -> None:
        self._list.show(lines)
        saved = sum(bool(name) for name, _ in lines)
        key = pretty(keys_of("library.save_search")[0])
        said = "A saved one stands in any other search by its @name."
        if not saved:
            said = f"None is saved yet: {key} in the Library keeps the present search under a name."
        self.query_one("#searches-state", Static).update(Text(said))

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Make the search."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Make the search: a saved one by its name."""
        if (line := self._list.current) is not None:
            self.dismiss(f"@{line[0]}" if line[0] else line[1])

    def action_edit(self) -> None:
        """Put what a saved search says into the bar."""
        if (line := self._list.current) is not None:
            self.dismiss(line[1])

    def action_delete(self) -> None:
        """Forget the saved search under the cursor."""
        line = self._list.current
        if line is None or not line[0]:
            self.post_message(ShowNote("Only saved searches are deleted.", is_warning=True))
            return
        name, space = line[0], workspace(self)
        background(self).run(
            self, "delete", lambda: space.catalogue.delete_search(name), lambda _: self._read()
        )

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss("")


def _lines(space: Workspace) -> list[tuple[str, str]]:
    """Saved searches by name, then recent ones; blocks."""
    if not space.has_catalogue:
        return []
    saved = [(each.name, each.query) for each in space.catalogue.saved_searches()]
    return saved + [("", query) for query in space.catalogue.recent_searches(RECENT)]
