"""The selected images of Library; they stay selected through sorting and other searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.messages import ShowNote
from tasveer_tui.ui.library.compare import CompareScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from tasveer_tui.ui.library.contact_sheet import ContactSheet
    from tasveer_tui.ui.library.image_table import ImageTable
    from tasveer_tui.ui.shared.search_bar import SearchBar

MIN_COMPARED: Final = 2


class SelectionController:
    """The selection of one Library screen; table and contact sheet show the same one."""

    def __init__(
        self, screen: Screen[None], table: ImageTable, sheet: ContactSheet, bar: SearchBar
    ) -> None:
        self._screen = screen
        self._table = table
        self._sheet = sheet
        self._bar = bar
        sheet.selected = table.selected

    @property
    def ids(self) -> dict[int, None]:
        """Ids of the selected images, in the order of their selection."""
        return self._table.selected

    def _update(self) -> None:
        self._bar.show_selected(len(self.ids))
        self._table.refresh()
        self._sheet.refresh()

    def toggle(self) -> None:
        """Select the image under the cursor, or deselect it, and go to the next one."""
        image_id = self._table.current_id
        if image_id is None:
            return
        if image_id in self.ids:
            del self.ids[image_id]
        else:
            self.ids[image_id] = None
        self._update()
        self._table.cursor += 1
        if self._sheet.display:
            self._sheet.cursor = self._table.cursor

    def clear(self) -> None:
        """Clear the selection."""
        self.ids.clear()
        self._update()

    def compare(self) -> None:
        """Compare the selected images; if there is one, with the image under the cursor."""
        ids = list(self.ids)
        current = self._table.current_id
        if len(ids) == 1 and current is not None and current not in self.ids:
            ids.append(current)
        if len(ids) < MIN_COMPARED:
            note = "Select two or more images with Space to compare them."
            self._screen.post_message(ShowNote(note, is_warning=True))
            return
        self._screen.app.push_screen(CompareScreen(ids))
