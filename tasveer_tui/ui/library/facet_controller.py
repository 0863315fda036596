"""The filter panel of Library: shows and hides it, adds sections, lists all values of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.facets import ValuesScreen
from tasveer_tui.ui.library.layout_controller import PANEL_SHOWN, column_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tasveer_tui.ui.library.facets import FacetPanel


class FacetController:
    """The filter panel of one Library screen."""

    def __init__(
        self, screen: Screen[None], panel: FacetPanel, add_term: Callable[[str | None], None]
    ) -> None:
        """`add_term` adds a term to the search."""
        self._screen = screen
        self._panel = panel
        self._add_term = add_term

    @property
    def is_shown(self) -> bool:
        """Whether the panel is on the screen."""
        return self._screen.has_class(PANEL_SHOWN)

    def count(self, text: str, *, again: bool = False) -> None:
        """Count the values in a search, if the panel is on the screen."""
        if self.is_shown:
            self._panel.show_for(text, again=again)

    def toggle(self, text: str) -> bool:
        """Show the panel and focus it; hide it if it has the focus. Returns whether it is shown."""
        if not self.is_shown:
            self._screen.add_class(PANEL_SHOWN)
            self.count(text)
            self._panel.focus()
        elif self._panel.has_focus:
            self._screen.remove_class(PANEL_SHOWN)
            self._panel.stop()
        else:
            self._panel.focus()
        return self.is_shown

    def list_values(self, query: str, name: str, label: str) -> None:
        """List all values of a field in a search; a selected one becomes a filter."""
        self._screen.app.push_screen(ValuesScreen(query, name, label), self._add_term)

    def ask_section(self) -> None:
        """Ask for a section to add."""
        screen = AddColumnScreen("Add a section", used=self._panel.sections)
        self._screen.app.push_screen(screen, self._add_section)

    def _add_section(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._panel.add_section(column_of(name).name)
        except UsageError as error:
            self._screen.post_message(ShowError(error))
