"""The objects directly in a prefix. Only the lines in view are drawn."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tasveer_tui.humanize import minute_text, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.browse_list import BrowseList
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowNote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.records import ObjectRef, Source
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.listing_model import Listing

SIZE_CELLS = 9
FIXED_CELLS = 7
"""Selection symbol, ingest state and gaps."""
TIME_CELLS = 16
PARTLY_SORTED = "Sorted the loaded objects only. G loads the rest."
MIN_NAME_CELLS = 24
"""The time column is hidden if the name would be narrower."""


class SortColumn(Enum):
    """The columns of the list, by title."""

    NAME = "name"
    SIZE = "size"
    TIME = "modified (UTC)"


@dataclass(frozen=True, slots=True)
class SortOrder:
    """The column to sort by, and the direction."""

    column: SortColumn = SortColumn.NAME
    is_descending: bool = False

    @property
    def is_default(self) -> bool:
        """Whether it is the order of the listing."""
        return self == SortOrder()

    def next(self) -> SortOrder:
        """The order by the next column, largest or latest first."""
        columns = list(SortColumn)
        column = columns[(columns.index(self.column) + 1) % len(columns)]
        return SortOrder(column, is_descending=column is not SortColumn.NAME)

    def reversed(self) -> SortOrder:
        """The same column in the opposite direction."""
        return dataclasses.replace(self, is_descending=not self.is_descending)

    def sorted(self, refs: Sequence[ObjectRef]) -> list[ObjectRef]:
        """Sort objects that are in key order; equal ones stay in that order."""
        if self.column is SortColumn.NAME:
            return list(reversed(refs)) if self.is_descending else list(refs)
        key: Callable[[ObjectRef], float] = _size if self.column is SortColumn.SIZE else _time
        return sorted(refs, key=key, reverse=self.is_descending)


def _size(ref: ObjectRef) -> float:
    return ref.size_bytes


def _time(ref: ObjectRef) -> float:
    return ref.modified_at


class ObjectList(BrowseList):
    """One line per object: selection, name, size, modification time, ingest state."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.OBJECTS)
    header_height = 1

    @dataclass
    class PageRequested(Message):
        """The next page is needed; with `to_end`, all that remain."""

        listing: Listing
        to_end: bool = False

    @dataclass
    class TreeRequested(Message):
        """The user goes back to the tree."""

    def __init__(self, browse_state: BrowseState, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(browse_state, id=id)
        self.listing: Listing | None = None
        self.order = SortOrder()
        self._sorted: tuple[object, list[ObjectRef]] = (None, [])
        self._follows_end = False

    @property
    def row_count(self) -> int:
        """The loaded objects, and a MORE line unless all are loaded."""
        if self.listing is None:
            return 0
        return len(self.listing.objects) + (not self.listing.is_complete)

    @property
    def refs(self) -> list[ObjectRef]:
        """The loaded objects in the order of the screen."""
        if self.listing is None:
            return []
        objects = self.listing.objects
        if not self.order.is_default:
            key = (id(self.listing), len(objects), self.order)
            if self._sorted[0] != key:
                self._sorted = (key, self.order.sorted(objects))
            return self._sorted[1]
        return objects

    @property
    def ref(self) -> ObjectRef | None:
        """The object under the cursor."""
        refs = self.refs
        return refs[self.cursor] if self.cursor < len(refs) else None

    @property
    def refs_in_view(self) -> list[ObjectRef]:
        """The objects on the screen."""
        return self.refs[self.first_row : self.first_row + self.page_rows]

    @property
    def scope(self) -> tuple[Source | None, str]:
        """The source and the prefix of the listing."""
        return (self.listing.source, self.listing.prefix) if self.listing else (None, "")

    def paths(self, lines: Iterable[int]) -> tuple[list[str], list[str]]:
        """The keys on these lines."""
        objects = self.refs
        return [], [objects[line].key for line in lines if line < len(objects)]

    # ------------------------------------------------------------------ changes

    def show(self, listing: Listing | None) -> None:
        """Show a listing from its first object."""
        if listing is self.listing:
            return
        self.listing = listing
        self._sorted = (None, [])
        self._follows_end = False
        self.range_from = None
        self.set_reactive(BrowseList.cursor, 0)
        self.scroll_to(y=0, animate=False, force=True)
        self.rows_changed()
        self.post_message(self.Highlighted(self, 0))

    def on_listing_grown(self) -> None:
        """Show the new page of the listing."""
        had_object = self.ref is not None
        self.rows_changed()
        if self._follows_end:
            self.cursor = self.row_count - 1
        if not had_object:
            self.post_message(self.Highlighted(self, self.cursor))
        self._request_page_in_view()

    # ------------------------------------------------------------------ drawing

    def _time_cells(self, width: int) -> int:
        fixed = FIXED_CELLS + SIZE_CELLS
        return TIME_CELLS + 2 if width - fixed - TIME_CELLS - 2 >= MIN_NAME_CELLS else 0

    def draw_header(self, width: int, style: Style) -> Strip:
        """Column titles."""
        time_cells = self._time_cells(width)
        name_cells = width - FIXED_CELLS - SIZE_CELLS - time_cells
        name, size, time = (self._column_title(column) for column in SortColumn)
        text = f"   {self.fit(name, name_cells)}{size:>{SIZE_CELLS}}"
        if time_cells:
            text += f"  {time:{TIME_CELLS}}"
        return Strip([Segment(text, style)])

    def _column_title(self, column: SortColumn) -> str:
        """The title, with the direction if it is sorted by, and a note if only a part is sorted."""
        if self.order.is_default:
            return column.value
        arrow = f" {self.symbols.down if self.order.is_descending else self.symbols.up}"
        title = column.value + (arrow if column is self.order.column else "")
        is_part = self.listing is not None and not self.listing.is_complete
        return title + (" (loaded so far)" if is_part and column is SortColumn.NAME else "")

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one object."""
        style = self.base_style(row, style)
        listing = self.listing
        if listing is None or row >= len(listing.objects):
            return self._draw_more(width, style)
        ref = self.refs[row]
        dim = style + self.foreground("dim")
        time_cells = self._time_cells(width)
        name = clean(ref.key[len(listing.prefix) :] or ref.key, 1024)
        state = self.browse_state.object_states.get((listing.source, ref.key))
        segments = [
            Segment(" ", style),
            self.selection_segment(
                self.browse_state.selection(listing.source).key_state(ref.key), style
            ),
            Segment(" ", style),
            Segment(self.fit(name, width - FIXED_CELLS - SIZE_CELLS - time_cells), style),
            Segment(f"{size_text(ref.size_bytes):>{SIZE_CELLS}}", dim),
        ]
        if time_cells:
            segments.append(Segment(f"  {minute_text(ref.modified_at):{TIME_CELLS}}", dim))
        segments += [Segment("  ", style), self.state_segment(state, style), Segment(" ", style)]
        return Strip(segments, width)

    def _draw_more(self, width: int, style: Style) -> Strip:
        listing = self.listing
        if listing is None or not listing.is_started:
            text = "listing"
        elif listing.error is not None:
            text = clean(listing.error.message)
        elif listing.loads_to_end:
            text = f"{len(listing.objects):,} loaded, loading all (esc stops)"
        else:
            text = f"{len(listing.objects):,} loaded, more"
        part = "bad" if listing and listing.error else "dim"
        return Strip(
            [
                Segment(
                    self.fit(f" {self.symbols.more} {text}", width), style + self.foreground(part)
                )
            ]
        )

    # ------------------------------------------------------------- pages in view

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling brings other lines into view."""
        super().watch_scroll_y(old_value, new_value)
        self._request_page_in_view()

    def _request_page_in_view(self) -> None:
        listing = self.listing
        if listing is None or listing.is_complete or listing.is_loading or listing.error:
            return
        if not listing.is_started or self._is_more_in_view(listing):
            self.post_message(self.PageRequested(listing))

    def _is_more_in_view(self, listing: Listing) -> bool:
        """Without objects so far, many pages may follow, so the user must ask for more."""
        last_in_view = self.first_row + self.page_rows
        return bool(listing.objects) and last_in_view > len(listing.objects)

    def watch_cursor(self, old: int, new: int) -> None:
        """Moving the cursor away from the end stops loading to the end."""
        super().watch_cursor(old, new)
        if new < self.row_count - 1:
            self.stop_loading()

    def stop_loading(self) -> bool:
        """Stop loading to the end; False if it was not."""
        was_loading = self._follows_end and self.listing is not None and self.listing.loads_to_end
        self._follows_end = False
        if self.listing is not None:
            self.listing.loads_to_end = False
        if was_loading:
            self.refresh()
        return was_loading

    def action_last_row(self) -> None:
        """Load all objects and go to the last one."""
        super().action_last_row()
        listing = self.listing
        if listing is not None and not listing.is_complete:
            self._follows_end = True
            self.post_message(self.PageRequested(listing, to_end=True))

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._reorder(self.order.next())

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._reorder(self.order.reversed())

    def _reorder(self, order: SortOrder) -> None:
        """Sort, and keep the cursor on its object."""
        ref, self.order = self.ref, order
        if ref is not None:
            self.cursor = self.refs.index(ref)
            self.reveal(self.cursor)
        self.refresh()
        if self.listing is not None and not self.listing.is_complete and not order.is_default:
            self.post_message(ShowNote(PARTLY_SORTED))

    def request_page(self) -> None:
        """Load the next page, also after an error."""
        if self.listing is not None and not self.listing.is_complete:
            self.post_message(self.PageRequested(self.listing))

    def action_leave(self) -> None:
        """Go back to the tree."""
        self.post_message(self.TreeRequested())

    def on_click(self, event: events.Click) -> None:
        """A click on the selection symbol selects."""
        row = self.row_at(event.y)
        if row is None or event.x > 2:  # noqa: PLR2004 - the symbol and its gaps
            return
        event.stop()
        event.prevent_default()
        self.cursor = row
        self.post_message(self.SymbolClicked(self))
