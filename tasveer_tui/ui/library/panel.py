"""The filter panel beside the images, and how it changes the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.facet_dialog import FacetScreen
from tasveer_tui.ui.library.facet_panel import FacetPanel
from tasveer_tui.ui.library.marks import LibraryMarks
from tasveer_tui.ui.library.search import column_of

if TYPE_CHECKING:
    from tasveer_tui.ui.library.state import LibraryState


class LibraryPanel(LibraryMarks):
    """The library with its filter panel, hidden until it is asked for."""

    @property
    def panel(self) -> FacetPanel:
        """The values with their counts."""
        return self.query_one(FacetPanel)

    def restore_panel(self, state: LibraryState) -> None:
        """Bring it back as it was left."""
        self.panel.set_sections(state.sections)
        self.set_class(state.has_panel, "-facets")

    def count_panel(self, *, again: bool = False) -> None:
        """Count its values under the present search, if it can be seen."""
        if self.has_class("-facets"):
            self.panel.show_for(self.bar.text, again=again)

    def action_facets(self) -> None:
        """Show the panel and go there; hide it where the keys are in it already."""
        if not self.has_class("-facets"):
            self.add_class("-facets")
            self.count_panel()
            self.panel.focus()
        elif self.panel.has_focus:
            self.remove_class("-facets")
            self.panel.stop()
            self.rows.focus()
        else:
            self.panel.focus()
        self.remember()

    def on_facet_panel_search_wanted(self, event: FacetPanel.SearchWanted) -> None:
        """Search what was chosen; the keys stay in the panel."""
        event.stop()
        self.bar.search(event.text)

    def on_facet_panel_values_wanted(self, event: FacetPanel.ValuesWanted) -> None:
        """List all values of a section."""
        event.stop()
        screen = FacetScreen(self.query_text, event.name, event.name)
        self.app.push_screen(screen, self._narrow)

    def on_facet_panel_section_wanted(self, event: FacetPanel.SectionWanted) -> None:
        """Ask which field to count."""
        event.stop()
        screen = AddColumnScreen("Count another field", known=self.panel.sections)
        self.app.push_screen(screen, self._add_section)

    def _add_section(self, name: str | None) -> None:
        if not name:
            return
        try:
            self.panel.add_section(column_of(name).name)
        except UsageError as error:
            self.post_message(ShowError(error))

    def on_facet_panel_sections_changed(self, event: FacetPanel.SectionsChanged) -> None:
        """Remember them."""
        event.stop()
        self.remember()

    def on_facet_panel_failed(self, event: FacetPanel.Failed) -> None:
        """Say why nothing was counted."""
        event.stop()
        self.post_message(ShowError(event.error))
