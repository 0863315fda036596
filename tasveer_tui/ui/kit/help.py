"""What the keys do here, from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import COMMANDS, Place, bindings, keys_of, pretty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

    from tasveer_tui.ui.kit.keys import Command

KEY_CELLS = 16
SYNTAX_CELLS = 27
_LAST = (Place.LIST, Place.EVERYWHERE)
"""What works in many places stands after what works in this one."""
_ALWAYS = frozenset({"app.focus_next", "app.focus_previous"})
"""Textual's own screens bind their keys, too."""


def _language() -> Iterator[Static]:
    """The search language by example, then its fields. Loaded before anybody gets here."""
    from tasveer_tui.catalogue.fields import FIELDS, SYNTAX

    fields = [(field.name, field.help) for field in FIELDS.values()]
    for title, rows in (("What a search can say", SYNTAX), ("The fields of a search", fields)):
        table = Table.grid(padding=(0, 2))
        table.add_column(width=SYNTAX_CELLS, overflow="fold")
        table.add_column()
        for typed, meaning in rows:
            table.add_row(Text(typed, style="bold"), Text(meaning))
        yield Static(Text(title), classes="help--place")
        yield Static(table)


class HelpPane(VerticalScroll):
    """The text, scrolled with the keys of every list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LIST)

    def action_row_down(self) -> None:
        """Scroll a line on."""
        self.scroll_down(animate=False)

    def action_row_up(self) -> None:
        """Scroll a line back."""
        self.scroll_up(animate=False)

    def action_first_row(self) -> None:
        """Scroll to the top."""
        self.scroll_home(animate=False)

    def action_last_row(self) -> None:
        """Scroll to the end."""
        self.scroll_end(animate=False)


_MARKS: Final = (
    ("selected", "Selected, with everything inside that is not excluded."),
    ("partly_selected", "Some objects inside are selected."),
    ("unselected", "Not selected."),
    ("never", "Never read."),
    ("partly", "Some of it was read."),
    ("done", "All of it was read, and nothing changed since."),
    ("stale", "Something in it changed since it was read."),
    ("failed", "Something in it could not be read."),
    ("watched", "Listed again and again; what is new is read by itself."),
)


class HelpScreen(Dialog[None]):
    """The commands that work in the place one came from, grouped; then those of other places."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.DIALOG),
        ("q,question_mark,f1", "back", ""),
    ]

    def __init__(self, place: Screen[Any]) -> None:
        super().__init__()
        self._here = {a.binding.id for a in place.active_bindings.values()} | _ALWAYS

    def compose(self) -> ComposeResult:
        """One group per place."""
        with HelpPane(classes="dialog"):
            yield Static(Text("What the keys do here"), classes="dialog--title")
            yield from self._groups(is_here=True)
            if "browse.toggle" in self._here:
                yield from self._legend()
            if "library.search" in self._here:
                yield from _language()
            yield Static(Text("In other places"), classes="dialog--title")
            yield from self._groups(is_here=False)
        yield KeyBar()

    def _legend(self) -> Iterator[Static]:
        """What the symbols in the tree and next to the objects mean."""
        symbols = app_context(self).symbols
        yield Static(Text("Symbols"), classes="help--place")
        table = Table.grid(padding=(0, 2))
        table.add_column(width=KEY_CELLS)
        table.add_column()
        for name, meaning in _MARKS:
            table.add_row(Text(getattr(symbols, name), style="bold"), Text(meaning))
        yield Static(table)

    def _groups(self, *, is_here: bool) -> Iterator[Static]:
        look = "" if is_here else "-elsewhere"
        for place in (*(p for p in Place if p not in _LAST), *_LAST):
            commands = [
                c for c in COMMANDS.values() if c.place is place and (c.id in self._here) is is_here
            ]
            if commands:
                yield Static(Text(place.value), classes=f"help--place {look}")
                yield Static(self._table(commands), classes=look)

    def _table(self, commands: Iterable[Command]) -> Table:
        app = app_context(self)
        table = Table.grid(padding=(0, 2))
        table.add_column(width=KEY_CELLS)
        table.add_column()
        for command in commands:
            keys = keys_of(command.id, app.settings.keys)
            shown = " ".join(pretty(key, is_ascii=app.symbols.is_ascii) for key in keys)
            table.add_row(Text(shown, style="bold"), Text(command.help))
        return table

    def action_back(self) -> None:
        """Close the help."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing here can be accepted."""
        del parameters
        return action != "accept"
