"""A panel of fields and their values with counts: a filter bar beside the images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.keys import Scope, bindings
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
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError

DEFAULT_SECTIONS: Final = ("camera", "taken", "lens", "iso")
VALUES: Final = 6
"""Values of a section that are listed; the dialog of the column has all of them."""
BUDGET_S: Final = 1.0
"""For each section; what is not counted by then has least numbers."""
KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class _Line:
    """A section's title, one of its values, or a word about it."""

    name: str
    facet: FacetValue | None = None
    note: str = ""


_Key: TypeAlias = tuple[str, str]


class FacetPanel(RowList):
    """Counts under the present search and asks for another one when a value is chosen."""

    DEFAULT_CSS = """
    FacetPanel { overflow-x: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PANEL)

    @dataclass
    class SearchRequested(Message):
        """A value was chosen: this is the search with it."""

        text: str

    @dataclass
    class ValuesRequested(Message):
        """All values of a section are asked for."""

        name: str

    class SectionRequested(Message):
        """Another section is asked for."""

    @dataclass
    class SectionsChanged(Message):
        """There are other sections than before."""

        names: tuple[str, ...]

    @dataclass
    class Failed(Message):
        """The values could not be counted."""

        error: TasveerError

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.sections: tuple[str, ...] = DEFAULT_SECTIONS
        self.filters: dict[str, FacetFilter] = {}
        self.text = ""
        """The search that the values are counted under."""
        self._found: Mapping[str, Facet] = {}
        self._lines: list[_Line] = []
        self._counter: FacetCounter | None = None
        self._counted: str | None = None

    # ------------------------------------------------------------------ content

    @property
    def row_count(self) -> int:
        """Titles, values, and words about them."""
        return len(self._lines)

    def show_for(self, text: str, *, again: bool = False) -> None:
        """Count under this search; `again` where the catalogue has grown."""
        self.text = text
        self.filters = {
            name: choice
            for name, choice in self.filters.items()
            if contains_term(text, choice.term)
        }
        wanted, _ = split_order(text)
        if again or wanted != self._counted:
            self._counted = wanted
            self._count()
        self._lay_out()

    def set_sections(self, names: Sequence[str]) -> None:
        """Show other fields."""
        self.sections = tuple(names) or DEFAULT_SECTIONS
        self._lay_out()

    def add_section(self, name: str) -> None:
        """Put a field behind the section under the cursor."""
        names = [known for known in self.sections if known != name]
        here = self._here
        at = names.index(here) + 1 if here in names else len(names)
        names.insert(at, name)
        self._sections_are(tuple(names))

    def _sections_are(self, names: tuple[str, ...]) -> None:
        self.sections = names
        self.post_message(self.SectionsChanged(names))
        self._count()
        self._lay_out()

    def _count(self) -> None:
        self.stop()
        self._counter = FacetCounter(workspace(self))
        wishes = [(name, self._without(name)) for name in self.sections]
        background(self).stream(
            self,
            "facets",
            partial(self._counter.count_several, wishes, budget_s=BUDGET_S, limit=KEPT),
            self._came,
            on_error=lambda error: self.post_message(self.Failed(error)),
        )

    def stop(self) -> None:
        """Let a count that runs end."""
        background(self).cancel(self, "facets")
        if self._counter is not None:
            self._counter.stop()

    def _without(self, name: str) -> str:
        """The search but for this section's own term: its other values are still counted."""
        wanted, _ = split_order(self.text)
        return replace_term(wanted, self.filters.get(name, FacetFilter()).term, "")

    def _came(self, found: dict[str, Facet]) -> None:
        self._found = {**self._found, **found}
        self._lay_out()

    def _lay_out(self) -> None:
        before = self._key(self.cursor)
        self._lines = [line for name in self.sections for line in self._section(name)]
        keys = [self._key(row) for row in range(len(self._lines))]
        row = keys.index(before) if before in keys else min(self.cursor, len(keys) - 1)
        self.set_reactive(RowList.cursor, max(0, row))
        self.rows_changed()

    def _key(self, row: int) -> _Key:
        if not 0 <= row < len(self._lines):
            return "", ""
        line = self._lines[row]
        return line.name, line.facet.term if line.facet else line.note[:1]

    def _section(self, name: str) -> list[_Line]:
        lines = [_Line(name)]
        found = self._found.get(name)
        if found is None:
            return [*lines, _Line(name, note="counting…")]
        chosen = self.filters.get(name, FacetFilter()).terms
        listed = found.values[:VALUES]
        listed += tuple(one for one in found.values[VALUES:] if one.term in chosen)
        missing = set(chosen) - {one.term for one in listed}
        listed += tuple(FacetValue(term, term, 0) for term in chosen if term in missing)
        lines += [_Line(name, one) for one in listed]
        if not listed:
            lines.append(_Line(name, note="no values"))
        more = found.distinct - sum(bool(one.label) for one in listed)
        if more > 0:
            lines.append(_Line(name, note=f"+ {more:,} more"))
        return lines

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw a title, or a value with its sign and its count."""
        line = self._lines[row]
        if line.facet is None:
            text, part = (f"  {line.note}", "faint") if line.note else (f" {line.name}", "group")
            return Strip([Segment(fit(text, width), style + self.foreground(part))])
        choice = self.filters.get(line.name, FacetFilter())
        sign, look = " ", style
        if line.facet.term in choice.terms:
            sign, part = (
                (self.symbols.failed, "bad")
                if choice.is_excluded
                else (self.symbols.selected, "good")
            )
            look = style + self.foreground(part)
        found = self._found.get(line.name)
        least = "" if found is None or found.is_final else "≥ "
        count = f" {least}{line.facet.count:,} "
        label = clean(line.facet.label, 200) if line.facet.label else "(none)"
        room = max(0, width - len(count) - 3)
        dim = style + self.foreground("dim")
        return Strip([Segment(f" {sign} {fit(label, room)[:room]}", look), Segment(count, dim)])

    # ------------------------------------------------------------------ actions

    @property
    def _here(self) -> str:
        return self._lines[self.cursor].name if self._lines else ""

    def _toggle(self, *, is_out: bool) -> None:
        line = self._lines[self.cursor]
        if line.facet is None:
            self.post_message(self.ValuesRequested(line.name))
            return
        before = self.filters.get(line.name, FacetFilter())
        after = before.toggled(line.facet.term, is_excluded=is_out)
        text = replace_term(self.text, before.term, after.term)
        self.filters[line.name] = after
        if not after.terms:
            del self.filters[line.name]
        self.post_message(self.SearchRequested(text))

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click chooses."""
        event.stop()
        self.action_open()

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """No image is under this cursor."""
        event.stop()

    def action_open(self) -> None:
        """Want this value, too, or no more."""
        if self._lines:
            self._toggle(is_out=False)

    def action_exclude(self) -> None:
        """Leave this value out, or no more."""
        if self._lines and self._lines[self.cursor].facet is not None:
            self._toggle(is_out=True)

    def action_clear(self) -> None:
        """Want every value of this section again."""
        if choice := self.filters.pop(self._here, None):
            self.post_message(self.SearchRequested(replace_term(self.text, choice.term, "")))

    def action_jump(self, sign: int) -> None:
        """Go to the next section, or the one before."""
        titles = [row for row, line in enumerate(self._lines) if not line.note and not line.facet]
        ahead = [row for row in titles if (row - self.cursor) * sign > 0]
        if ahead:
            self.cursor = ahead[0] if sign > 0 else ahead[-1]

    def action_add(self) -> None:
        """Ask for another section."""
        self.post_message(self.SectionRequested())

    def action_remove(self) -> None:
        """Take this section away, but never the last one."""
        if len(self.sections) > 1:
            self._sections_are(tuple(name for name in self.sections if name != self._here))
