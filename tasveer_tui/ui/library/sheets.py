"""What opens over the library: values of a column, another column, the export; and its memory."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.kit.place import PlaceScreen
from tasveer_tui.ui.library import state as library_state
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.export_sheet import ExportScreen
from tasveer_tui.ui.library.facet_dialog import FacetScreen
from tasveer_tui.ui.library.facet_panel import FacetPanel
from tasveer_tui.ui.library.image_table import ImageTable
from tasveer_tui.ui.library.saved_searches import SearchesScreen
from tasveer_tui.ui.library.search import column_of
from tasveer_tui.ui.shared.search_bar import SearchBar
from tasveer_tui.ui.shared.search_text import add_term, bucket_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.timer import Timer

    from tasveer_tui.ui.kit.columns import Column

SAVE_DELAY_S: Final = 0.8
"""How long the columns must rest before they are remembered."""


class LibrarySheets(PlaceScreen):
    """The library without its search: table, bar, and the sheets over them."""

    _save_timer: Timer | None = None
    _bucket = ""
    """Whose columns the table shows; empty for those of searches about no single bucket."""
    _columns_of: Mapping[str, tuple[Column, ...]] = MappingProxyType({})

    @property
    def table(self) -> ImageTable:
        """The images."""
        return self.query_one(ImageTable)

    @property
    def bar(self) -> SearchBar:
        """The search."""
        return self.query_one(SearchBar)

    @property
    def query_text(self) -> str:
        """The search with the order that the table was given."""
        raise NotImplementedError

    # ----------------------------------------------------------- values, export

    def on_image_table_values_wanted(self, event: ImageTable.ValuesWanted) -> None:
        """Count the values of a column under the search."""
        event.stop()
        screen = FacetScreen(self.query_text, event.column.name, event.column.label)
        self.app.push_screen(screen, self._narrow)

    def _narrow(self, term: str | None) -> None:
        if term:
            self.bar.search(add_term(self.bar.text, term))

    def action_export(self) -> None:
        """Ask where to write what the search finds."""
        if not self.table.row_count:
            self.post_message(ShowNote("There is nothing to export.", is_warning=True))
            return
        columns = self.table.columns.names
        self.app.push_screen(ExportScreen(self.query_text, self.table.row_count, columns))

    # ----------------------------------------------------------- saved searches

    def action_save_search(self) -> None:
        """Ask for a name and keep the search under it."""
        if not (text := self.query_text):
            self.post_message(ShowNote("Every image needs no saved search.", is_warning=True))
            return
        from tasveer_tui.ui.kit.ask import AskScreen

        question = AskScreen(
            "Save this search", placeholder="a name", hint=f"{text}\n\nFound again as @name."
        )
        self.app.push_screen(question, partial(self._save_search, text))

    def _save_search(self, text: str, name: str | None) -> None:
        if not (name := (name or "").removeprefix("@")):
            return
        space = workspace(self)
        background(self).run(
            self,
            "save search",
            lambda: space.catalogue.save_search(name, text),
            lambda _: self.post_message(ShowNote(f"Saved: @{name} finds the same again.")),
        )

    def action_searches(self) -> None:
        """List the saved and the recent searches."""
        self.app.push_screen(SearchesScreen(), self._search_taken)

    def _search_taken(self, text: str | None) -> None:
        if text:
            self.bar.search(text)

    # ------------------------------------------------------------------ columns

    def on_image_table_column_wanted(self, event: ImageTable.ColumnWanted) -> None:
        """Ask which column to add."""
        event.stop()
        screen = AddColumnScreen("Add a column", known=self.table.columns.names)
        self.app.push_screen(screen, self._add_column)

    def _add_column(self, name: str | None) -> None:
        if not name:
            return
        try:
            self.table.add_column(column_of(name))
        except UsageError as error:
            self.post_message(ShowError(error))

    def on_image_table_columns_changed(self, event: ImageTable.ColumnsChanged) -> None:
        """Remember the columns when they rest."""
        event.stop()
        self.remember()

    def restore_columns(self, state: library_state.LibraryState) -> None:
        """Bring them back as they were left."""
        self._columns_of = {"": state.columns, **state.of_bucket}
        self.table.set_columns(state.columns, state.frozen)

    def follow_bucket(self, text: str) -> None:
        """Show the columns of the bucket that a search is about, where it has its own."""
        bucket = bucket_of(text)
        if bucket == self._bucket:
            return
        present = self.table.columns
        self._columns_of = {**self._columns_of, self._bucket: tuple(present.all)}
        self._bucket = bucket
        columns = self._columns_of.get(bucket)
        if columns is not None and columns != tuple(present.all):
            self.table.set_columns(columns, present.frozen)

    def remember(self) -> None:
        """Keep how the library is left, as soon as that rests."""
        if self._save_timer is not None:
            self._save_timer.stop()
        self._save_timer = self.set_timer(SAVE_DELAY_S, self._save)

    def _save(self) -> None:
        panel = self.query_one(FacetPanel)
        columns = self.table.columns
        of_bucket = {**self._columns_of, self._bucket: tuple(columns.all)}
        state = library_state.LibraryState(
            of_bucket.pop(""),
            of_bucket,
            columns.frozen,
            panel.sections,
            self.has_class("-facets"),
        )
        folder = workspace(self).options.state_dir
        background(self).run(self, "save", partial(library_state.save, folder, state))
