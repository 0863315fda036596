"""Library: a search over the catalogue, the images that it finds, and the tags of one of them.

The screen lays out the widgets and passes keys and messages to its controllers:
`SearchController`, `LayoutController` (columns and panel sections), `FacetController` (filter
panel) and `SelectionController`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tasveer_tui.errors import TasveerError
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.frame import MainScreen
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText
from tasveer_tui.ui.library.contact_sheet import ContactSheet, Thumb
from tasveer_tui.ui.library.facet_controller import FacetController
from tasveer_tui.ui.library.facets import FacetPanel
from tasveer_tui.ui.library.image_table import ImageTable
from tasveer_tui.ui.library.layout_controller import LayoutController
from tasveer_tui.ui.library.search_controller import SearchController
from tasveer_tui.ui.library.selection_controller import SelectionController
from tasveer_tui.ui.shared.inspector import Inspector
from tasveer_tui.ui.shared.search_bar import SearchBar
from tasveer_tui.ui.shared.search_text import search_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.records import Image
    from tasveer_tui.ui.kit.messages import LedgerChanged
    from tasveer_tui.ui.kit.row_list import RowList
    from tasveer_tui.ui.library.search_controller import SearchResult

INSPECT_DELAY_S: Final = 0.06
"""The cursor must rest for this long before an image's tags are read."""
NO_IMAGE: Final = "No image under the cursor."


class LibraryScreen(MainScreen):
    """The screen behind the key 3."""

    DEFAULT_CSS = """
    LibraryScreen {
        & #library-body { height: 1fr; width: 1fr; layout: vertical; }
        & #library-panel { display: none; width: 28; height: 1fr; border-right: vkey $border; }
        &.-facets #library-panel { display: block; }
        &.-wide #library-panel { width: 34; }
        & #library-table { height: 1fr; width: 1fr; }
        & #library-sheet { display: none; height: 1fr; width: 1fr; }
        &.-sheet #library-sheet { display: block; }
        &.-sheet #library-table { display: none; }
        & #library-message { display: none; height: 1fr; width: 1fr; padding: 1 2; }
        & #library-inspector { display: none; height: 50%; border-top: hkey $border; }
        &.-inspecting #library-inspector { display: block; }
        &.-message #library-table, &.-message #library-sheet { display: none; }
        &.-message #library-inspector { display: none; }
        &.-message #library-message { display: block; }
        &.-wide #library-body { layout: horizontal; }
        &.-wide #library-inspector { height: 1fr; width: 40%; min-width: 44; max-width: 84; }
        &.-wide #library-inspector { border-top: none; border-left: vkey $border; }
    }
    .-ascii LibraryScreen #library-panel { border-right: ascii $border; }
    .-ascii LibraryScreen #library-inspector { border-top: ascii $border; }
    .-ascii LibraryScreen.-wide #library-inspector { border-top: none; border-left: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIBRARY)

    search: SearchController
    layout_controller: LayoutController
    facets: FacetController
    selection: SelectionController

    def __init__(self) -> None:
        super().__init__()
        self._inspect_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Search bar on top; filter panel, table or contact sheet, and inspector below."""
        yield SearchBar(id="library-search")
        with Horizontal():
            yield FacetPanel(id="library-panel")
            with Vertical(id="library-body"):
                yield ImageTable(self._fetch_rows, id="library-table")
                yield ContactSheet(self._fetch_thumbnail, id="library-sheet")
                yield Static(id="library-message", markup=False)
                yield Inspector(id="library-inspector")

    def on_mount(self) -> None:
        """Create the controllers, restore the layout, then search."""
        self.table = table = self.query_one(ImageTable)
        self.sheet = sheet = self.query_one(ContactSheet)
        self.bar = bar = self.query_one(SearchBar)
        self.panel = panel = self.query_one(FacetPanel)
        self.inspector = self.query_one(Inspector)
        self.search = SearchController(self, bar, table)
        self.layout_controller = LayoutController(self, table, panel)
        self.facets = FacetController(self, panel, self.search.add_term)
        self.selection = SelectionController(self, table, sheet, bar)
        self.search.on_search = self.layout_controller.follow_search
        self.search.on_result = self._on_result
        self.inspector.show_nothing(NO_IMAGE)
        self.set_class(self.app.size.width >= 110, "-inspecting")  # noqa: PLR2004 - the app's -wide
        table.focus()
        self.layout_controller.load(self.search.run)

    def on_screen_resume(self) -> None:
        """The catalogue may have grown, or Insight may have changed the search."""
        if self.is_mounted and self.table.columns.all:
            self.search.resume()

    # ------------------------------------------------------------------ fetching

    def _fetch_rows(self, ids: Sequence[int], names: Sequence[str]) -> Sequence[Sequence[object]]:
        """Fetch rows for the table; called in a thread."""
        return workspace(self).finder().rows(ids, names)

    def _fetch_thumbnail(self, image_id: int, width: int, height: int) -> Thumb:
        """Fetch one thumbnail for the contact sheet; called in a thread."""
        space = workspace(self)
        image = space.catalogue.image(image_id)
        name = image.ref.key.rpartition("/")[2] or image.ref.key
        if not image.record.thumb_length:
            return Thumb(None, name)
        try:
            pixels = space.thumbnail(image.source, image.ref.key, image.record, width, height)
        except TasveerError as error:
            return Thumb(None, name, error.message)
        return Thumb(pixels, name)

    # -------------------------------------------------------------------- search

    @property
    def rows(self) -> ImageTable | ContactSheet:
        """The widget that shows the images now."""
        return self.sheet if self.has_class("-sheet") else self.table

    def search_for(self, text: str) -> None:
        """Search for a text; other screens ask for it."""
        self.search.search_for(text)
        self.table.focus()

    def _on_result(self, result: SearchResult, is_changed: bool) -> None:  # noqa: FBT001 - a callback
        if self.has_class("-sheet"):
            self.sheet.show_ids(result.ids, self.table.cursor)
        if result.is_complete:
            self.facets.count(self.bar.text, again=is_changed)
        if not result.ids:
            self.inspector.show_nothing(NO_IMAGE)
        elif self.focused is None:
            self.rows.focus()  # it lost the focus while the message hid it

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        """Run the search that was typed."""
        event.stop()
        self.search.run_typed(event.text)

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Go to the images."""
        event.stop()
        self.rows.focus()

    def on_ledger_changed(self, _: LedgerChanged) -> None:
        """A job adds images."""
        self.search.refresh_soon()

    # --------------------------------------------------------- table and its columns

    def on_image_table_sort_requested(self, event: ImageTable.SortRequested) -> None:
        """Sort as the table asks."""
        event.stop()
        self.search.sort_by(event.sort)

    def on_image_table_values_requested(self, event: ImageTable.ValuesRequested) -> None:
        """List the values of a column."""
        event.stop()
        self.facets.list_values(self.search.query_text, event.column.name, event.column.label)

    def on_image_table_column_requested(self, event: ImageTable.ColumnRequested) -> None:
        """Ask for a column to add."""
        event.stop()
        self.layout_controller.ask_column()

    def on_image_table_columns_changed(self, event: ImageTable.ColumnsChanged) -> None:
        """Save the columns."""
        event.stop()
        self.layout_controller.save_soon()

    # -------------------------------------------------------------- filter panel

    def on_facet_panel_search_requested(self, event: FacetPanel.SearchRequested) -> None:
        """Filter; the focus stays in the panel."""
        event.stop()
        self.search.search_for(event.text)

    def on_facet_panel_values_requested(self, event: FacetPanel.ValuesRequested) -> None:
        """List all values of a section."""
        event.stop()
        self.facets.list_values(self.search.query_text, event.name, event.name)

    def on_facet_panel_section_requested(self, event: FacetPanel.SectionRequested) -> None:
        """Ask for a section to add."""
        event.stop()
        self.facets.ask_section()

    def on_facet_panel_sections_changed(self, event: FacetPanel.SectionsChanged) -> None:
        """Save the sections."""
        event.stop()
        self.layout_controller.save_soon()

    # ------------------------------------------------------------ contact sheet

    def action_sheet(self) -> None:
        """Switch between the table and thumbnails."""
        self.toggle_class("-sheet")
        if self.has_class("-sheet"):
            self.call_after_refresh(self._show_sheet)
        self.rows.focus()

    def _show_sheet(self) -> None:
        self.sheet.show_ids(self.search.result.ids, self.table.cursor)

    def on_contact_sheet_highlighted(self, event: ContactSheet.Highlighted) -> None:
        """Move the table's cursor along; the inspector follows it."""
        event.stop()
        self.table.cursor = event.index

    def on_contact_sheet_opened(self, event: ContactSheet.Opened) -> None:
        """Go to the image's tags."""
        event.stop()
        self._open_inspector()

    # ------------------------------------------------------------------ inspector

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Read the image's tags once the cursor rests."""
        event.stop()
        if self._inspect_timer is not None:
            self._inspect_timer.stop()
        if self.has_class("-inspecting"):
            self._inspect_timer = self.set_timer(INSPECT_DELAY_S, self._inspect)

    def _inspect(self) -> None:
        image_id = self.table.current_id
        if image_id is None:
            return
        space = workspace(self)
        background(self).run(
            self,
            "inspect",
            lambda: space.catalogue.image(image_id),
            self._show_image,
            on_error=lambda error: self.inspector.show_error("", error),
        )

    def _show_image(self, image: Image) -> None:
        space = workspace(self)
        self.inspector.show(
            image,
            thumbnail=lambda width, height: space.thumbnail(
                image.source, image.ref.key, image.record, width, height
            ),
        )

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Go to the image's tags."""
        event.stop()
        self._open_inspector()

    def _open_inspector(self) -> None:
        self.add_class("-inspecting")
        self._inspect()
        self.inspector.focus_tags()

    def action_inspect(self) -> None:
        """Show or hide the inspector."""
        self.toggle_class("-inspecting")
        if self.has_class("-inspecting"):
            self._inspect()
        elif self.focused is None or self.inspector in self.focused.ancestors_with_self:
            self.rows.focus()

    # ----------------------------------------------------------------- commands

    def action_search(self) -> None:
        """Edit the search."""
        self.bar.focus_input()

    def action_clear(self) -> None:
        """Clear the search."""
        self.search.search_for("")

    def action_refresh(self) -> None:
        """Search again."""
        self.search.refresh()

    def action_export(self) -> None:
        """Open the export sheet."""
        self.search.export()

    def action_save_search(self) -> None:
        """Save the search under a name."""
        self.search.ask_name()

    def action_searches(self) -> None:
        """List the saved and recent searches."""
        self.search.list_saved()

    def action_facets(self) -> None:
        """Show the filter panel, focus it, or hide it."""
        if not self.facets.toggle(self.bar.text):
            self.rows.focus()
        self.layout_controller.save_soon()

    def action_select(self) -> None:
        """Select the image, or deselect it."""
        self.selection.toggle()

    def action_clear_selection(self) -> None:
        """Clear the selection."""
        self.selection.clear()

    def action_compare(self) -> None:
        """Compare the selected images."""
        self.selection.compare()

    def action_copy_command(self) -> None:
        """Copy the command line that prints this search."""
        self.post_message(CopyText(search_command(self.search.query_text), "the command"))

    def action_back(self) -> None:
        """Close the innermost part of the inspector, else go to the images."""
        if not self.inspector.close_topmost():
            self.rows.focus()
