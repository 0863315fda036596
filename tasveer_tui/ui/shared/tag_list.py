"""The inspector's list: groups, and under each its tags with value, raw value and number."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.inspection import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

NAME_WIDTH: Final = 22
NUMBER_WIDTH: Final = 5
MIN_RAW: Final = 8
WIDE: Final = 56
"""From this width on, raw values and numbers have columns of their own."""


class TagList(RowList):
    """Shows entries under the titles of their groups; the cursor rests on entries only."""

    DEFAULT_CSS = """
    TagList { height: 1fr; background: $surface; overflow-x: hidden; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: list[Entry | str] = []

    @property
    def row_count(self) -> int:
        """Entries and titles."""
        return len(self._rows)

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        row = self._rows[self.cursor] if self._rows else None
        return row if isinstance(row, Entry) else None

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other entries; the cursor stays with the tag it was on, if that is there too."""
        before = self.current
        rows: list[Entry | str] = []
        for group, members in groupby(entries, key=lambda entry: entry.group):
            rows += [group, *members]
        self._rows = rows
        self.set_reactive(RowList.cursor, self._place_of(before))
        self.rows_changed()
        self.reveal(self.cursor)
        self.post_message(self.Highlighted(self, self.cursor))

    def _place_of(self, wanted: Entry | None) -> int:
        if wanted is not None:
            for index, row in enumerate(self._rows):
                if isinstance(row, Entry) and row.is_same_place(wanted):
                    return index
        return min(1, max(0, len(self._rows) - 1))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that are listed."""
        return tuple(row for row in self._rows if isinstance(row, Entry))

    def jump(self, sign: int) -> None:
        """Go to the first entry of the next group; back, of this one, then of the one before."""
        firsts = [index + 1 for index, row in enumerate(self._rows) if isinstance(row, str)]
        ahead = [row for row in firsts if (row - self.cursor) * sign > 0]
        if ahead:
            self.cursor = ahead[0] if sign > 0 else ahead[-1]

    def validate_cursor(self, row: int) -> int:
        """Pass over titles, in the direction of the movement."""
        row = super().validate_cursor(row)
        if not self._rows or isinstance(self._rows[row], Entry):
            return row
        return row + 1 if row >= self.cursor or row == 0 else row - 1

    def reveal(self, row: int) -> None:
        """Show the group's title with its first tag."""
        super().reveal(row - 1 if row and isinstance(self._rows[row - 1], str) else row)
        super().reveal(row)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw a title or a tag."""
        entry = self._rows[row]
        if isinstance(entry, str):
            return Strip([Segment(fit(f" {entry}", width), style + self.part("group"))], width)
        name_width = min(NAME_WIDTH, max(8, width * 2 // 5))
        segments = [
            Segment("   " + fit(entry.name, name_width) + " ", style + self.part("dim")),
        ]
        room = width - name_width - 4
        if width <= WIDE:
            segments.append(Segment(fit(entry.value, room), style))
            return Strip(segments)
        room -= NUMBER_WIDTH + 1
        segments += self._value_and_raw(entry, room, style)
        faint = style + self.part("faint")
        segments.append(Segment(" " + fit(entry.number, NUMBER_WIDTH, is_right=True), faint))
        return Strip(segments, width)

    def _value_and_raw(self, entry: Entry, room: int, style: Style) -> list[Segment]:
        if not entry.raw:
            return [Segment(fit(entry.value, room), style)]
        # The value may have all that it needs; the raw one what is left, but always something.
        raw_room = min(cell_len(entry.raw), max(MIN_RAW, room - cell_len(entry.value) - 1))
        return [
            Segment(fit(entry.value, room - raw_room - 1) + " ", style),
            Segment(fit(entry.raw, raw_room), style + self.part("faint")),
        ]
