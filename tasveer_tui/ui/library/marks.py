"""Marks of the library: they stay with images through scrolling, other orders and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.ui.kit.messages import ShowNote
from tasveer_tui.ui.library.compare import CompareScreen
from tasveer_tui.ui.library.contact_sheet import ContactSheet
from tasveer_tui.ui.library.sheets import LibrarySheets

if TYPE_CHECKING:
    from tasveer_tui.ui.library.image_table import ImageTable


class LibraryMarks(LibrarySheets):
    """The library with marks, and what is done with marked images."""

    @property
    def sheet(self) -> ContactSheet:
        """The thumbnails."""
        return self.query_one(ContactSheet)

    @property
    def rows(self) -> ImageTable | ContactSheet:
        """What shows the images now."""
        return self.sheet if self.has_class("-sheet") else self.table

    @property
    def marked(self) -> dict[int, None]:
        """Ids of the marked images, in the order in which they were marked."""
        return self.table.marked

    def share_marks(self) -> None:
        """Let the contact sheet show the table's marks."""
        self.sheet.marked = self.table.marked

    def _marks_changed(self) -> None:
        self.bar.show_marked(len(self.marked))
        self.rows.refresh()

    def action_select(self) -> None:
        """Mark the image under the cursor, or not; then go on to the next one."""
        image_id = self.table.current_id
        if image_id is None:
            return
        if image_id in self.marked:
            del self.marked[image_id]
        else:
            self.marked[image_id] = None
        self._marks_changed()
        self.table.cursor += 1
        if self.rows is self.sheet:
            self.sheet.cursor = self.table.cursor

    def action_clear_selection(self) -> None:
        """Take every mark away."""
        self.marked.clear()
        self._marks_changed()

    def action_compare(self) -> None:
        """Lay the marked images side by side; with one mark, it and the one under the cursor."""
        ids = list(self.marked)
        here = self.table.current_id
        if len(ids) == 1 and here is not None and here not in self.marked:
            ids.append(here)
        if len(ids) < 2:  # noqa: PLR2004 - nothing to compare one image with
            note = "Mark two images or more with space, then compare them."
            self.post_message(ShowNote(note, is_warning=True))
            return
        self.app.push_screen(CompareScreen(ids))
