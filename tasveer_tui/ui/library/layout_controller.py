"""The layout of Library: columns per bucket and the filter panel's sections, kept in a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.library import state as library_state
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.library.search import column_of
from tasveer_tui.ui.shared.search_text import only_bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.ui.kit.columns import Column
    from tasveer_tui.ui.library.facet_panel import FacetPanel
    from tasveer_tui.ui.library.image_table import ImageTable

SAVE_DELAY_S: Final = 0.8
"""The layout is saved once it has not changed for this long."""
PANEL_SHOWN: Final = "-facets"
"""Class of the screen while the filter panel is on it."""


class LayoutController:
    """Restores and saves the layout of one Library screen."""

    def __init__(self, screen: Screen[None], table: ImageTable, panel: FacetPanel) -> None:
        self._screen = screen
        self._table = table
        self._panel = panel
        self._save_timer: Timer | None = None
        self._bucket = ""
        """The bucket whose columns are shown; empty for searches over several buckets."""
        self._columns_by_bucket: dict[str, tuple[Column, ...]] = {}

    def load(self, done: Callable[[], object]) -> None:
        """Restore the layout in the background, then call `done`."""
        folder = workspace(self._screen).options.state_dir

        def restore(state: library_state.LibraryState) -> None:
            self._restore(state)
            done()

        background(self._screen).run(
            self._screen, "state", partial(library_state.load, folder), restore
        )

    def _restore(self, state: library_state.LibraryState) -> None:
        self._columns_by_bucket = {"": state.columns, **state.columns_by_bucket}
        self._table.set_columns(state.columns, state.frozen)
        self._panel.set_sections(state.sections)
        self._screen.set_class(state.has_panel, PANEL_SHOWN)

    def follow_search(self, text: str) -> None:
        """Show the columns of the bucket that a search is about, if it has its own."""
        bucket = only_bucket(text)
        if bucket == self._bucket:
            return
        current = self._table.columns
        self._columns_by_bucket[self._bucket] = tuple(current.all)
        self._bucket = bucket
        columns = self._columns_by_bucket.get(bucket)
        if columns is not None and columns != tuple(current.all):
            self._table.set_columns(columns, current.frozen)

    def ask_column(self) -> None:
        """Let the user pick a column to add."""
        screen = AddColumnScreen("Add a column", known=self._table.columns.names)
        self._screen.app.push_screen(screen, self._add_column)

    def _add_column(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._table.add_column(column_of(name))
        except UsageError as error:
            self._screen.post_message(ShowError(error))

    def save_soon(self) -> None:
        """Save the layout once it has not changed for a moment."""
        if self._save_timer is not None:
            self._save_timer.stop()
        self._save_timer = self._screen.set_timer(SAVE_DELAY_S, self._save)

    def _save(self) -> None:
        columns = self._table.columns
        by_bucket = {**self._columns_by_bucket, self._bucket: tuple(columns.all)}
        state = library_state.LibraryState(
            by_bucket.pop(""),
            by_bucket,
            columns.frozen,
            self._panel.sections,
            self._screen.has_class(PANEL_SHOWN),
        )
        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(
            self._screen, "save", partial(library_state.save, folder, state)
        )
