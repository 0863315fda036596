"""The values of one column under the present search; choosing one narrows the search."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.facets import Facet, FacetCounter

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.ui.shared.facets import FacetValue

_BAR: Final = 12


class FacetList(RowList):
    """One line a value: the count, a bar, the value."""

    DEFAULT_CSS = """
    FacetList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._facets = Facet()

    @property
    def row_count(self) -> int:
        """How many values are listed."""
        return len(self._facets.values)

    @property
    def current(self) -> FacetValue | None:
        """The value under the cursor."""
        return self._facets.values[self.cursor] if self._facets.values else None

    def show(self, counted: Facet) -> None:
        """List what has been counted so far; the cursor stays with its value."""
        before = self.current
        self._facets = counted
        if before is not None and self.cursor:
            terms = [facet.term for facet in counted.values]
            row = terms.index(before.term) if before.term in terms else 0
            self.set_reactive(RowList.cursor, row)
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one value."""
        facet = self._facets.values[row]
        share = facet.count / max(1, self._facets.values[0].count)
        sign = "=" if self.symbols.is_ascii else "━"
        bar = sign * max(1, round(_BAR * share))
        label = clean(facet.label, 400) if facet.label else "(none)"
        look = style if facet.label else style + self.foreground("faint")
        return Strip(
            [
                Segment(fit(f"{facet.count:,}", 11, is_right=True) + "  ", style),
                Segment(fit(bar, _BAR) + "  ", style + self.foreground("group")),
                Segment(fit(label, max(0, width - 11 - _BAR - 4)), look),
            ]
        )


class FacetScreen(Dialog[str]):
    """Counts and lists; the result is a term to add to the search, or nothing."""

    DEFAULT_CSS = """
    FacetScreen > .listing { height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.FACETS)

    def __init__(self, query: str, name: str, label: str) -> None:
        super().__init__()
        self._query = query
        self._field = name
        self._label = label
        self._counter: FacetCounter | None = None

    def compose(self) -> ComposeResult:
        """Title, state of the count, values."""
        with Vertical(classes="listing"):
            yield Static(Text(clean(f"Values of {self._label}")), classes="listing--title")
            yield Static("counting…", id="facets-state", classes="listing--state", markup=False)
            yield FacetList()
        yield FooterBar()

    def on_mount(self) -> None:
        """Count."""
        self._list.focus()
        self._counter = FacetCounter(workspace(self))
        work = partial(self._counter.count_one, self._query, self._field)
        background(self).stream(self, "facets", work, self._show)

    @property
    def _list(self) -> FacetList:
        return self.query_one(FacetList)

    def _show(self, counted: Facet) -> None:
        self._list.show(counted)
        state = plural(counted.distinct, "value")
        if counted.name != "keyword":  # of which an image may have several
            state += f" in {plural(counted.images, 'image')}"
        listed = sum(bool(value.label) for value in counted.values)
        if counted.distinct > listed:
            state += f", the most frequent {listed:,} are listed"
        if not counted.is_final:
            state = f"at least {state}; still counting…"
        self.query_one("#facets-state", Static).update(Text(state))

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Do what enter does."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Narrow the search to this value."""
        if (facet := self._list.current) is not None:
            self._leave(facet.term)

    def action_exclude(self) -> None:
        """Leave this value out."""
        if (facet := self._list.current) is not None:
            self._leave(facet.excluding_term)

    def action_leave(self) -> None:
        """Keep the search as it is."""
        self._leave("")

    def _leave(self, term: str) -> None:
        background(self).cancel(self, "facets")
        if self._counter is not None:
            self._counter.stop()
        self.dismiss(term)
