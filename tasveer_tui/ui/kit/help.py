"""The help: the keys that work here, then the others, from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import COMMANDS, Scope, bindings, keys_of, pretty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

    from tasveer_tui.ui.kit.keys import Command

KEY_CELLS = 16
SYNTAX_CELLS = 27
_LAST = (Scope.LIST, Scope.EVERYWHERE)
"""The last scopes of each part."""
_ALWAYS = frozenset({"app.focus_next", "app.focus_previous"})
"""Textual's screens bind the keys of these as well, so that ours are not among the active ones."""


def _language() -> Iterator[Static]:
    """The search syntax by example, then the fields."""
    from tasveer_tui.catalogue.fields import FIELDS, SYNTAX

    fields = [(field.name, field.help) for field in FIELDS.values()]
    for title, rows in (("Search syntax", SYNTAX), ("Search fields", fields)):
        table = Table.grid(padding=(0, 2))
        table.add_column(width=SYNTAX_CELLS, overflow="fold")
        table.add_column()
        for typed, meaning in rows:
            table.add_row(Text(typed, style="bold"), Text(meaning))
        yield Static(Text(title), classes="help--scope")
        yield Static(table)


class HelpPane(VerticalScroll):
    """The text; the keys of lists scroll it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)

    def action_row_down(self) -> None:
        """Scroll down a line."""
        self.scroll_down(animate=False)

    def action_row_up(self) -> None:
        """Scroll up a line."""
        self.scroll_up(animate=False)

    def action_first_row(self) -> None:
        """Scroll to the top."""
        self.scroll_home(animate=False)

    def action_last_row(self) -> None:
        """Scroll to the end."""
        self.scroll_end(animate=False)


_SYMBOLS: Final = (
    ("selected", "Selected, with everything inside that is not excluded."),
    ("partly_selected", "Some objects inside are selected."),
    ("unselected", "Not selected."),
    ("never", "Not ingested."),
    ("partly", "Partly ingested."),
    ("done", "Ingested, and unchanged since."),
    ("stale", "Changed since it was ingested."),
    ("failed", "Some objects failed."),
    ("watched", "Watched for new objects."),
)


class HelpScreen(Dialog[None]):
    """The commands of the screen below, by scope; then the commands of the other screens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.DIALOG),
        ("q,question_mark,f1", "back", ""),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._here = {a.binding.id for a in screen.active_bindings.values()} | _ALWAYS

    def compose(self) -> ComposeResult:
        """One group per scope."""
        with HelpPane(classes="dialog"):
            yield Static(Text("Keys that work here"), classes="dialog--title")
            yield from self._groups(is_here=True)
            if "browse.select" in self._here:
                yield from self._legend()
            if "library.search" in self._here:
                yield from _language()
            yield Static(Text("Other keys"), classes="dialog--title")
            yield from self._groups(is_here=False)
        yield FooterBar()

    def _legend(self) -> Iterator[Static]:
        """What the symbols in the tree and next to the objects mean."""
        symbols = app_context(self).symbols
        yield Static(Text("Symbols"), classes="help--scope")
        table = Table.grid(padding=(0, 2))
        table.add_column(width=KEY_CELLS)
        table.add_column()
        for name, meaning in _SYMBOLS:
            table.add_row(Text(getattr(symbols, name), style="bold"), Text(meaning))
        yield Static(table)

    def _groups(self, *, is_here: bool) -> Iterator[Static]:
        css_class = "" if is_here else "-elsewhere"
        for scope in (*(p for p in Scope if p not in _LAST), *_LAST):
            commands = [
                c for c in COMMANDS.values() if c.scope is scope and (c.id in self._here) is is_here
            ]
            if commands:
                yield Static(Text(scope.title), classes=f"help--scope {css_class}")
                yield Static(self._table(commands), classes=css_class)

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
        """The help has nothing to confirm."""
        del parameters
        return action != "accept"
