"""Facets in Library: the filter panel, and the list of all values of a field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.facets import (
    Facet,
    FacetCounter,
    FacetFilter,
    FacetValue,
    contains_term,
    replace_term,
)
from tasveer_tui.ui.shared.search_text import split_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError

DEFAULT_SECTIONS: Final = ("camera", "taken", "lens", "iso")
MAX_VALUES_SHOWN: Final = 6
"""Values listed in a section; `ValuesScreen` lists all of them."""
MAX_VALUES_COUNTED: Final = 100
BUDGET_S: Final = 1.0
"""Seconds per section until counting stops; then the counts are lower bounds."""
MAX_LABEL_LENGTH: Final = 400
NO_VALUE: Final = "(none)"
_COUNT_WIDTH: Final = 11
_BAR_WIDTH: Final = 12
_GAP: Final = "  "


# --------------------------------------------------------------------------------- panel


@dataclass(frozen=True, slots=True)
class _Line:
    """A section's title, one of its values, or a note."""

    name: str
    value: FacetValue | None = None
    note: str = ""

    @property
    def is_title(self) -> bool:
        return self.value is None and not self.note


_LineKey: TypeAlias = tuple[str, str]


class FacetPanel(RowList):
    """Sections of values with counts; a selected value becomes a filter of the search."""

    DEFAULT_CSS = """
    FacetPanel { overflow-x: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PANEL)

    @dataclass
    class SearchRequested(Message):
        """Run the search with the changed filters."""

        text: str

    @dataclass
    class ValuesRequested(Message):
        """List all values of a section."""

        name: str

    class SectionRequested(Message):
        """Ask for a section to add."""

    @dataclass
    class SectionsChanged(Message):
        """A section was added or removed."""

        names: tuple[str, ...]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.sections: tuple[str, ...] = DEFAULT_SECTIONS
        self.filters: dict[str, FacetFilter] = {}
        """Section → its filter."""
        self.facets: Mapping[str, Facet] = {}
        """Section → its values, as far as they are counted."""
        self._text = ""
        """The search with its filters."""
        self._counted_text: str | None = None
        self._lines: list[_Line] = []
        self._counter: FacetCounter | None = None

    # ------------------------------------------------------------------ content

    @property
    def row_count(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def show_for(self, text: str, *, again: bool = False) -> None:
        """Count within this search; `again` if the catalogue has changed."""
        self._text = text
        # The user may have deleted a filter's term from the search.
        self.filters = {
            name: filter_
            for name, filter_ in self.filters.items()
            if contains_term(text, filter_.term)
        }
        terms, _ = split_order(text)
        if again or terms != self._counted_text:
            self._counted_text = terms
            self._count()
        self._update_lines()

    def set_sections(self, names: Sequence[str]) -> None:
        """Show other sections; the default ones if there are none."""
        self.sections = tuple(names) or DEFAULT_SECTIONS
        self._update_lines()

    def add_section(self, name: str) -> None:
        """Insert a section after the current one."""
        names = [known for known in self.sections if known != name]
        current = self.current_section
        at = names.index(current) + 1 if current in names else len(names)
        names.insert(at, name)
        self._change_sections(tuple(names))

    def _change_sections(self, names: tuple[str, ...]) -> None:
        self.sections = names
        self.post_message(self.SectionsChanged(names))
        self._count()
        self._update_lines()

    def _count(self) -> None:
        self.stop()
        self._counter = FacetCounter(workspace(self))
        requests = [(name, self._text_without(name)) for name in self.sections]
        background(self).stream(
            self,
            "facets",
            partial(
                self._counter.count_several, requests, budget_s=BUDGET_S, limit=MAX_VALUES_COUNTED
            ),
            self.show_facets,
            on_error=lambda error: self.post_message(ShowError(error)),
        )

    def stop(self) -> None:
        """Stop counting."""
        background(self).cancel(self, "facets")
        if self._counter is not None:
            self._counter.stop()

    def _text_without(self, name: str) -> str:
        """The search without the filter of one section, so that its other values have counts."""
        terms, _ = split_order(self._text)
        return replace_term(terms, self._filter(name).term, "")

    def _filter(self, name: str) -> FacetFilter:
        return self.filters.get(name, FacetFilter())

    def show_facets(self, facets: Mapping[str, Facet]) -> None:
        """Show the counts of some sections; the others keep theirs."""
        self.facets = {**self.facets, **facets}
        self._update_lines()

    def _update_lines(self) -> None:
        """Lay out the sections; the cursor stays on its line if that is still there."""
        before = self._key(self.cursor)
        self._lines = [line for name in self.sections for line in self._section_lines(name)]
        keys = [self._key(row) for row in range(len(self._lines))]
        row = keys.index(before) if before in keys else min(self.cursor, len(keys) - 1)
        self.set_reactive(RowList.cursor, max(0, row))
        self.rows_changed()

    def _key(self, row: int) -> _LineKey:
        if not 0 <= row < len(self._lines):
            return "", ""
        line = self._lines[row]
        return line.name, line.value.term if line.value else line.note[:1]

    def _section_lines(self, name: str) -> list[_Line]:
        lines = [_Line(name)]
        facet = self.facets.get(name)
        if facet is None:
            return [*lines, _Line(name, note="counting…")]
        selected = self._filter(name).terms
        values = facet.values[:MAX_VALUES_SHOWN]
        values += tuple(v for v in facet.values[MAX_VALUES_SHOWN:] if v.term in selected)
        not_counted = set(selected) - {value.term for value in values}
        values += tuple(FacetValue(term, term, 0) for term in selected if term in not_counted)
        lines += [_Line(name, value) for value in values]
        if not values:
            lines.append(_Line(name, note="no values"))
        more = facet.distinct - sum(bool(value.label) for value in values)
        if more > 0:
            lines.append(_Line(name, note=f"+ {more:,} more"))
        return lines

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A title, a note, or a value with a symbol and its count."""
        line = self._lines[row]
        if line.value is None:
            text, part = (f"  {line.note}", "faint") if line.note else (f" {line.name}", "group")
            return Strip([Segment(fit(text, width), style + self.foreground(part))])
        symbol, label_style = " ", style
        filter_ = self._filter(line.name)
        if line.value.term in filter_.terms:
            symbol = self.symbols.failed if filter_.is_excluded else self.symbols.selected
            label_style = style + self.foreground("bad" if filter_.is_excluded else "good")
        facet = self.facets.get(line.name)
        bound = "" if facet is None or facet.is_final else "≥ "
        count = f" {bound}{line.value.count:,} "
        label = clean(line.value.label, MAX_LABEL_LENGTH) if line.value.label else NO_VALUE
        room = max(0, width - len(count) - 3)
        return Strip(
            [
                Segment(f" {symbol} {fit(label, room)[:room]}", label_style),
                Segment(count, style + self.foreground("dim")),
            ]
        )

    # ------------------------------------------------------------------ actions

    @property
    def current_section(self) -> str:
        """The section under the cursor."""
        return self._lines[self.cursor].name if self._lines else ""

    def _toggle(self, *, is_excluded: bool) -> None:
        line = self._lines[self.cursor]
        if line.value is None:
            self.post_message(self.ValuesRequested(line.name))
            return
        before = self._filter(line.name)
        after = before.toggled(line.value.term, is_excluded=is_excluded)
        text = replace_term(self._text, before.term, after.term)
        self.filters[line.name] = after
        if not after.terms:
            del self.filters[line.name]
        self.post_message(self.SearchRequested(text))

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click filters."""
        event.stop()
        self.action_open()

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Keep the message from the screen, which inspects the image under a cursor."""
        event.stop()

    def action_open(self) -> None:
        """Add or remove this value as a filter; on a title, list all values."""
        if self._lines:
            self._toggle(is_excluded=False)

    def action_exclude(self) -> None:
        """Exclude this value, or stop excluding it."""
        if self._lines and self._lines[self.cursor].value is not None:
            self._toggle(is_excluded=True)

    def action_clear(self) -> None:
        """Clear the filter of this section."""
        if filter_ := self.filters.pop(self.current_section, None):
            self.post_message(self.SearchRequested(replace_term(self._text, filter_.term, "")))

    def action_jump(self, sign: int) -> None:
        """Go to the next section (1) or the previous one (-1)."""
        titles = [row for row, line in enumerate(self._lines) if line.is_title]
        ahead = [row for row in titles if (row - self.cursor) * sign > 0]
        if ahead:
            self.cursor = ahead[0] if sign > 0 else ahead[-1]

    def action_add(self) -> None:
        """Ask for a section to add."""
        self.post_message(self.SectionRequested())

    def action_remove(self) -> None:
        """Remove this section, unless it is the only one."""
        if len(self.sections) > 1:
            names = tuple(name for name in self.sections if name != self.current_section)
            self._change_sections(names)


# -------------------------------------------------------------------------------- values


class ValueList(RowList):
    """One line per value: the count, a bar, the value."""

    DEFAULT_CSS = """
    ValueList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.facet = Facet()

    @property
    def row_count(self) -> int:
        """Number of values."""
        return len(self.facet.values)

    @property
    def current(self) -> FacetValue | None:
        """The value under the cursor."""
        return self.facet.values[self.cursor] if self.facet.values else None

    def show(self, facet: Facet) -> None:
        """List values; a cursor that was moved stays on its value."""
        before = self.current
        self.facet = facet
        if before is not None and self.cursor:
            terms = [value.term for value in facet.values]
            row = terms.index(before.term) if before.term in terms else 0
            self.set_reactive(RowList.cursor, row)
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The count, a bar, the value."""
        value = self.facet.values[row]
        share = value.count / max(1, self.facet.values[0].count)
        bar = ("=" if self.symbols.is_ascii else "━") * max(1, round(_BAR_WIDTH * share))
        label = clean(value.label, MAX_LABEL_LENGTH) if value.label else NO_VALUE
        label_style = style if value.label else style + self.foreground("faint")
        room = max(0, width - _COUNT_WIDTH - _BAR_WIDTH - 2 * len(_GAP))
        return Strip(
            [
                Segment(fit(f"{value.count:,}", _COUNT_WIDTH, is_right=True) + _GAP, style),
                Segment(fit(bar, _BAR_WIDTH) + _GAP, style + self.foreground("group")),
                Segment(fit(label, room), label_style),
            ]
        )


@dataclass(frozen=True, slots=True)
class ValuesState:
    """What the list of values shows; an error wins over counts that arrive late."""

    facet: Facet | None = None
    error: TasveerError | None = None

    @property
    def text(self) -> str:
        """The line below the title."""
        if self.error is not None:
            return str(self.error)
        if self.facet is None:
            return "counting…"
        text = plural(self.facet.distinct, "value")
        if self.facet.name != "keyword":  # an image may have several keywords
            text += f" in {plural(self.facet.images, 'image')}"
        listed = sum(bool(value.label) for value in self.facet.values)
        if self.facet.distinct > listed:
            text += f"; the most frequent {listed:,} are listed"
        return text if self.facet.is_final else f"at least {text}; still counting…"


class ValuesScreen(Dialog[str]):
    """Lists all values of a field in a search; the result is a term to add, or nothing."""

    DEFAULT_CSS = """
    ValuesScreen > .listing { height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.FACETS)

    state: reactive[ValuesState] = reactive(ValuesState(), init=False)

    def __init__(self, query: str, name: str, label: str) -> None:
        super().__init__()
        self._query = query
        self._field = name
        self._label = label

    def compose(self) -> ComposeResult:
        """Title, state of the count, values."""
        with Vertical(classes="listing"):
            yield Static(Text(clean(f"Values of {self._label}")), classes="listing--title")
            yield Static(id="values-state", classes="listing--state", markup=False)
            yield ValueList()
        yield FooterBar()

    def on_mount(self) -> None:
        """Count the values."""
        self._list.focus()
        self.watch_state()
        self._counter = FacetCounter(workspace(self))
        counts = partial(self._counter.count_one, self._query, self._field)
        background(self).stream(self, "facets", counts, self._on_facet, on_error=self._on_error)

    def watch_state(self) -> None:
        """Render the state."""
        if self.state.facet is not None:
            self._list.show(self.state.facet)
        self.query_one("#values-state", Static).update(Text(clean(self.state.text)))

    @property
    def _list(self) -> ValueList:
        return self.query_one(ValueList)

    def _on_facet(self, facet: Facet) -> None:
        self.state = replace(self.state, facet=facet)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Filter by the value."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Filter by the value."""
        if (value := self._list.current) is not None:
            self._close(value.term)

    def action_exclude(self) -> None:
        """Exclude the value."""
        if (value := self._list.current) is not None:
            self._close(value.excluding_term)

    def action_leave(self) -> None:
        """Close the list and keep the search."""
        self._close("")

    def _close(self, term: str) -> None:
        background(self).cancel(self, "facets")
        self._counter.stop()
        self.dismiss(term)
