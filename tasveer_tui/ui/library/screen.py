"""Library: a search over the catalogue, the images it finds, and the tags of one of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tasveer_tui.errors import QueryError, TasveerError
from tasveer_tui.humanize import plural
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowError
from tasveer_tui.ui.library import state
from tasveer_tui.ui.library.contact_sheet import ContactSheet
from tasveer_tui.ui.library.facet_panel import FacetPanel
from tasveer_tui.ui.library.image_table import ImageTable
from tasveer_tui.ui.library.panel import LibraryPanel
from tasveer_tui.ui.library.search import Found, Searcher
from tasveer_tui.ui.library.texts import empty_text, nothing_text
from tasveer_tui.ui.library.tiles import Thumb
from tasveer_tui.ui.shared.inspector import Inspector
from tasveer_tui.ui.shared.search_bar import SearchBar
from tasveer_tui.ui.shared.search_text import ordered, search_command, split_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.records import Image
    from tasveer_tui.ui.kit.messages import LedgerChanged
    from tasveer_tui.ui.kit.row_list import RowList
    from tasveer_tui.ui.library.id_table import IdTable, Sort

INSPECT_DELAY_S: Final = 0.06
"""How long the cursor must rest before an image's tags are read."""
REFRESH_S: Final = 3.0
"""How often a growing catalogue is searched again."""


class LibraryScreen(LibraryPanel):
    """Search bar, table, inspector."""

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

    def __init__(self) -> None:
        super().__init__()
        self._searcher = Searcher(workspace(self))
        self._sort: Sort | None = None
        self._seen_search = ""
        """Another one than the app's says that Insight is about something else by now."""
        self._found = Found()
        self._inspect_timer: Timer | None = None
        self._refresh_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Search bar on top, then the table and the inspector."""
        yield SearchBar(id="library-search")
        with Horizontal():
            yield FacetPanel(id="library-panel")
            with Vertical(id="library-body"):
                yield ImageTable(self._fetch, id="library-table")
                yield ContactSheet(self._thumb, id="library-sheet")
                yield Static(id="library-message", markup=False)
                yield Inspector(id="library-inspector")

    def on_mount(self) -> None:
        """Bring the columns back as they were left, then search."""
        self.inspector.show_nothing("No image under the cursor.")
        self.set_class(self.app.size.width >= 110, "-inspecting")  # noqa: PLR2004 - the app's -wide
        self.table.focus()
        self.share_marks()
        folder = workspace(self).options.state_dir
        background(self).run(self, "state", partial(state.load, folder), self._show_state)

    def on_screen_resume(self) -> None:
        """Look whether the catalogue has grown."""
        if not self.table.columns.all:
            return
        if self._seen_search != self.tasveer.shared_search:
            self._seen_search = self.tasveer.shared_search
            self.bar.search(self._seen_search)
        else:
            self.search_again()

    # ------------------------------------------------------------------- parts

    @property
    def inspector(self) -> Inspector:
        """The tags."""
        return self.query_one(Inspector)

    def _fetch(self, ids: Sequence[int], names: Sequence[str]) -> Sequence[Sequence[object]]:
        """Fetch rows for the table; called in its thread."""
        return workspace(self).finder().rows(ids, names)

    def _thumb(self, image_id: int, width: int, height: int) -> Thumb:
        """Fetch one thumbnail for the sheet; called in a thread."""
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

    def _show_state(self, state: state.LibraryState) -> None:
        self.restore_columns(state)
        self.restore_panel(state)
        self._search()

    # ------------------------------------------------------------------- search

    @property
    def query_text(self) -> str:
        """The search with the order that the table was given."""
        if self._sort is None:
            return self.bar.text.strip()
        return ordered(self.bar.text, self._sort.name, is_descending=self._sort.is_descending)

    def search_for(self, text: str) -> None:
        """Show what this search finds."""
        self.bar.search(text)
        self.table.focus()

    def search_again(self) -> None:
        """Search the same once more, the cursor staying with its image."""
        self._search(again_for=tuple(self.table.ids_in_view))

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        """Search what was typed; an order in it replaces the one chosen in the table."""
        event.stop()
        if split_order(event.text)[1]:
            self._sort = None
        self._search()

    def _search(self, again_for: Sequence[int] | None = None) -> None:
        self._searcher.stop()
        self.tasveer.shared_search = self._seen_search = self.bar.text
        self.bar.show_busy()
        self.follow_bucket(self.bar.text)
        columns = tuple(self.table.columns.shown)
        background(self).stream(
            self,
            "search",
            partial(self._searcher.search, self.query_text, columns, again_for=again_for),
            self._show_found,
            failed=self._search_failed,
        )

    def _show_found(self, found: Found) -> None:
        ready = found.ready_for(self.table.columns.shown)
        if found.is_start:
            self.table.show_ids(found.ids, ready)
        else:
            self.table.replace_ids(found.ids, ready)
        self.table.set_sort(found.sort)
        if self.has_class("-sheet"):
            self.sheet.show_ids(found.ids, self.table.cursor)
        self.bar.show_understood()
        count = f"{'' if found.is_complete else '≥ '}{len(found.ids):,}"
        self.bar.show_count(f"{count} of {plural(found.total, 'image')}")
        is_other = found.total != self._found.total
        self._found = found
        if found.is_complete:
            self.count_panel(again=is_other)
        self._show_message()

    def _search_failed(self, error: TasveerError) -> None:
        """Show a mistake under the search, leaving what was found before; others as usual."""
        if isinstance(error, QueryError):
            self.bar.show_mistake(error)
            self.bar.show_count(f"– of {plural(self._found.total, 'image')}")
        else:
            self.bar.show_count("failed")
            self.post_message(ShowError(error))

    def _show_message(self) -> None:
        """Say instead of an empty table why it is empty."""
        self.set_class(not self._found.ids, "-message")
        if not self._found.ids:
            text = nothing_text(self.query_text) if self._found.total else empty_text()
            self.query_one("#library-message", Static).update(text)
            self.inspector.show_nothing("No image under the cursor.")
        elif self.focused is None:
            self.rows.focus()  # it lost the focus when it was hidden

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Go on to the images."""
        event.stop()
        self.rows.focus()

    def on_image_table_sort_wanted(self, event: ImageTable.SortWanted) -> None:
        """Order as the table asks; an order in the search's text gives way."""
        event.stop()
        self._sort = event.sort
        self.bar.replace_quietly(split_order(self.bar.text)[0])
        self._search()

    def on_id_table_failed(self, event: IdTable.Failed) -> None:
        """Say why rows did not come."""
        event.stop()
        self.post_message(ShowError(event.news.error))

    def on_ledger_changed(self, _: LedgerChanged) -> None:
        """Look again soon, for a job adds images."""
        if self._refresh_timer is None:
            self._refresh_timer = self.set_timer(REFRESH_S, self._refresh_if_idle)

    def _refresh_if_idle(self) -> None:
        self._refresh_timer = None
        if self.is_current and not background(self).is_busy(self, "search"):
            self.search_again()

    # ------------------------------------------------------------ contact sheet

    def action_sheet(self) -> None:
        """Show thumbnails instead of the table, or the table again."""
        self.toggle_class("-sheet")
        if self.has_class("-sheet"):
            self.call_after_refresh(self._show_sheet)
        self.rows.focus()

    def _show_sheet(self) -> None:
        self.sheet.show_ids(self._found.ids, self.table.cursor)

    def on_contact_sheet_highlighted(self, event: ContactSheet.Highlighted) -> None:
        """The table's cursor goes along, and with it the inspector."""
        event.stop()
        self.table.cursor = event.index

    def on_contact_sheet_opened(self, event: ContactSheet.Opened) -> None:
        """Go to the image's tags."""
        event.stop()
        self._open()

    # ------------------------------------------------------------------ inspect

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Read the image's tags when the cursor rests."""
        event.stop()
        if self._inspect_timer is not None:
            self._inspect_timer.stop()
        if self.has_class("-inspecting"):
            self._inspect_timer = self.set_timer(INSPECT_DELAY_S, self._inspect)

    def _inspect(self) -> None:
        image_id = self.table.current_id
        if image_id is None:
            return
        here = workspace(self)
        background(self).run(
            self,
            "inspect",
            lambda: here.catalogue.image(image_id),
            self._show_image,
            failed=lambda error: self.inspector.show_error("", error),
        )

    def _show_image(self, image: Image) -> None:
        here = workspace(self)
        self.inspector.show(
            image,
            thumbnail=lambda width, height: here.thumbnail(
                image.source, image.ref.key, image.record, width, height
            ),
        )

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Go to the image's tags."""
        event.stop()
        self._open()

    def _open(self) -> None:
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
        """Put the keys into the search."""
        self.bar.focus_input()

    def action_clear(self) -> None:
        """Show every image."""
        self.bar.search("")

    def action_refresh(self) -> None:
        """Search again."""
        self.search_again()

    def action_copy_command(self) -> None:
        """Copy the command line that prints this search."""
        self.post_message(CopyText(search_command(self.query_text), "the command"))

    def action_back(self) -> None:
        """Close the inspector's filter, else go back to the table."""
        if not self.inspector.close_innermost():
            self.rows.focus()
