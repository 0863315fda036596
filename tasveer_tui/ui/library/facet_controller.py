"""The filter panel of Library: shows and hides it, adds sections, lists all values of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.facet_dialog import FacetScreen
from tasveer_tui.ui.library.layout_controller import PANEL_SHOWN
from tasveer_tui.ui.library.search import column_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from tasveer_tui.ui.library.facet_panel import FacetPanel
    from tasveer_tui.ui.library.search_controller import SearchController


class FacetController:
    """The filter panel of one Library screen."""

    def __init__(self, screen: Screen[None], panel: FacetPanel, search: SearchController) -> None:
        self._screen = screen
        self._panel = panel
        self._search = search

    @property
    def is_shown(self) -> bool:
        """Whether the panel is on the screen."""
        return self._screen.has_class(PANEL_SHOWN)

    def count(self, text: str, *, again: bool = False) -> None:
        """Count the values under a search, if the panel is on the screen."""
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

    def list_values(self, name: str, label: str) -> None:
        """List all values of a field under the search; a picked one becomes a filter."""
        screen = FacetScreen(self._search.query_text, name, label)
        self._screen.app.push_screen(screen, self._search.add_term)

    def ask_section(self) -> None:
        """Let the user pick a field for a new section."""
        screen = AddColumnScreen("Add a section", known=self._panel.sections)
        self._screen.app.push_screen(screen, self._add_section)

    def _add_section(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._panel.add_section(column_of(name).name)
        except UsageError as error:
            self._screen.post_message(ShowError(error))
