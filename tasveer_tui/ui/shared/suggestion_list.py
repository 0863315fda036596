"""The list that opens under the search bar while somebody types. It never takes the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from tasveer_tui.ui.shared.suggestions import Offer

MOST_LINES: Final = 8
LEAST_WIDTH, MOST_WIDTH = 32, 84
NONE: Final = -1
"""The row of a cursor that is on no line: nothing is taken unless somebody goes there."""


class OfferList(RowList):
    """One line an offer: what it is, what it means, how many images it has."""

    DEFAULT_CSS = """
    OfferList {
        display: none; overlay: screen; constrain: inside inside;
        overflow-x: hidden; height: auto; background: $panel;
        & > .row--cursor { background: $primary 60%; color: $text; }
    }
    """

    class Taken(Message):
        """A line was clicked."""

        def __init__(self, offer: Offer) -> None:
            super().__init__()
            self.offer = offer

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self.offers: Sequence[Offer] = ()
        self._label = 0
        """Cells of the longest label."""

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self.offers)

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return bool(self.display and self.offers)

    @property
    def current(self) -> Offer | None:
        """The line that somebody went to."""
        return self.offers[self.cursor] if 0 <= self.cursor < len(self.offers) else None

    def _clamp(self, row: int) -> int:
        return max(NONE, min(row, self.row_count - 1))

    def show(self, offers: Sequence[Offer], x: int, room: int) -> None:
        """Open with these lines at a cell of the bar, which is `room` cells wide."""
        self.offers = offers
        self.display = bool(offers)
        if not offers:
            return
        self._label = max(cell_len(offer.label) for offer in offers)
        about = max(cell_len(offer.detail) + len(offer.count) for offer in offers)
        wanted = max(14, self._label) + about + 6
        width = min(room, max(LEAST_WIDTH, min(MOST_WIDTH, wanted)))
        self.styles.width = width
        self.styles.height = min(MOST_LINES, len(offers))
        self.styles.offset = (max(0, min(x, room - width)), 0)
        self.set_reactive(RowList.cursor, NONE)
        self.rows_changed()
        self.scroll_to(y=0, animate=False)

    def close(self) -> None:
        """Take it away."""
        self.offers = ()
        self.display = False

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """No image is under this cursor."""
        event.stop()
        if event.row != NONE:
            self.reveal(event.row)

    def on_click(self, event: events.Click) -> None:
        """Take the line under the mouse."""
        event.stop()
        event.prevent_default()
        if (row := self.row_at(event.y)) is not None:
            self.post_message(self.Taken(self.offers[row]))

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The offer, then what it means, then its count at the right."""
        offer = self.offers[row]
        dim = style + self.part("dim")
        count = f" {offer.count}" if offer.count else ""
        room = max(0, width - 2 - len(count))
        label = clean(offer.label, 200)
        detail = clean(offer.detail, 200)
        name = min(max(14, self._label), room * 3 // 5) if detail else room
        segments = [Segment(" " + fit(label, name), style)]
        segments.append(Segment(fit(f"  {detail}" if detail else "", room - name) + count, dim))
        return Strip([*segments, Segment(" ", style)])
