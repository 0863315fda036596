"""The tree of buckets and prefixes. Only the lines in view are drawn.

It asks for pages by messages and makes no requests itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.browse.browse_list import BrowseList
from tasveer_tui.ui.browse.tree_lines import UNCHANGED, LineKind, Node, Splice, TreeLines
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from tasveer_tui.records import Source
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.listing_model import Listing
    from tasveer_tui.ui.browse.selection import SelectionState

INDENT = 2
MAX_INDENT_SHARE = 0.5
"""The largest indent, as a share of the width."""


class BucketTree(BrowseList):
    """Buckets at the root and prefixes below them, as one flat list of lines."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TREE)

    @dataclass
    class ExpandRequested(Message):
        """The user expands a node."""

        node: Node

    @dataclass
    class PageRequested(Message):
        """The next page of a MORE line is needed."""

        node: Node

    @dataclass
    class ObjectsRequested(Message):
        """The user expands a leaf, to go to its objects."""

    def __init__(self, browse_state: BrowseState, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(browse_state, id=id)
        self.tree_lines = TreeLines()

    @property
    def row_count(self) -> int:
        """Number of lines."""
        return len(self.tree_lines)

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        return self.tree_lines.lines[self.cursor] if len(self.tree_lines) else None

    @property
    def scope(self) -> tuple[Source | None, str]:
        """The source and the parent prefix of the line under the cursor."""
        node = self.node
        if node is None:
            return None, ""
        return node.source, node.parent.prefix if node.parent else ""

    def paths(self, lines: Iterable[int]) -> tuple[list[str], list[str]]:
        """The prefixes on these lines, without those of other sources."""
        source, _ = self.scope
        nodes = [self.tree_lines.lines[line] for line in lines if line < self.row_count]
        return [n.prefix for n in nodes if n.source == source and n.kind is not LineKind.MORE], []

    def step(self) -> None:
        """Go to the next line, but not to another bucket: the selection belongs to this one."""
        following = self.tree_lines.lines[self.cursor + 1 : self.cursor + 2]
        if any(node.source == self.scope[0] for node in following):
            self.move(1)

    # ------------------------------------------------------------------ changes

    def add_sources(self, sources: Iterable[Source]) -> None:
        """Append sources at the root."""
        self._change(lambda: self.tree_lines.add_roots(sources))

    def expand_node(self, node: Node, listing: Listing) -> None:
        """Show the children of a node."""
        self._change(lambda: self.tree_lines.expand(node, listing))

    def reset(self, node: Node, listing: Listing) -> None:
        """Show another listing under a node."""
        self._change(lambda: self.tree_lines.reset(node, listing))

    def on_listing_grown(self, node: Node) -> None:
        """Show the new page of the node's listing."""
        self._change(lambda: self.tree_lines.add_page(node))
        self.refresh()
        self._request_pages_in_view()

    def pin(self, node: Node, prefix: str) -> Node:
        """Show a child by its prefix, even if the listing has not reached it; returns it."""
        self._change(lambda: self.tree_lines.pin(node, prefix))
        return self.tree_lines.child(node, prefix)

    def move_to(self, node: Node) -> None:
        """Move the cursor to a node."""
        line = self.tree_lines.index(node)
        if line >= 0:
            self.cursor = line

    def _change(self, change: Callable[[], Splice]) -> None:
        """Apply a change and keep the cursor on its node, at the same height on the screen."""
        old, node = self.cursor, self.node
        splice = change()
        if splice == UNCHANGED:
            return
        new = self._line_after(splice, old, node)
        self.range_from = None
        self.virtual_size = Size(0, len(self.tree_lines))
        if new != old:
            self.set_reactive(RowList.cursor, new)
            self.scroll_to(y=self.first_row + new - old, animate=False, force=True)
            # A list that had no scroll bar ignores the call above.
            self.call_after_refresh(self._reveal_cursor)
        self.rows_changed()
        if node is not self.node or node is None:
            self.post_message(self.Highlighted(self, self.cursor))

    def _reveal_cursor(self) -> None:
        self.reveal(self.cursor)

    def _line_after(self, splice: Splice, line: int, node: Node | None) -> int:
        """The line of a node after a change; if it is gone, the line in its place."""
        if node is None:
            return 0
        if splice.at <= line < splice.at + splice.removed:
            index = self.tree_lines.index(node)
            return index if index >= 0 else splice.moved(line)
        return splice.moved(line)

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Indent, expander, selection, name, ingest state."""
        node = self.tree_lines.lines[row]
        style = self.base_style(row, style)
        indent = self._indent(node, width)
        if node.kind is LineKind.MORE:
            return self._draw_more(node, indent, width, style)
        name = clean(node.name, 512)
        if node.listing is not None and node.listing.seek:
            name += f" {clean(node.listing.seek)}*"
        is_bucket = node.kind is LineKind.SOURCE
        name_style = style + self.foreground("strong") if is_bucket else style
        key = (node.source, node.prefix)
        notes = f" {self.symbols.watched}" if key in self.browse_state.watched else ""
        room = width - indent - 7 - len(notes)
        if (count := self.browse_state.prefix_counts.get(key)) is not None:
            notes += f" {count.text(room - 1 - cell_len(name))}"
        room = width - indent - 7 - len(notes)
        access = self.browse_state.access_labels.get(node.source, "") if is_bucket else ""
        access = self.fit(f"  {clean(access)}", room - cell_len(name)) if access else ""
        return Strip(
            [
                Segment(" " * indent, style),
                Segment(f"{self._expander(node)} ", style + self.foreground("dim")),
                self.selection_segment(self._selection_state(node), style),
                Segment(" ", style),
                Segment(self.fit(name, room - cell_len(access)), name_style),
                Segment(access, style + self.foreground("dim")),
                Segment(f"{notes} ", style + self.foreground("dim")),
                self.state_segment(self.browse_state.prefix_states.get(key), style),
                Segment(" ", style),
            ],
            width,
        )

    @staticmethod
    def _indent(node: Node, width: int) -> int:
        return 1 + min(node.depth * INDENT, int(width * MAX_INDENT_SHARE))

    def _draw_more(self, node: Node, indent: int, width: int, style: Style) -> Strip:
        listing = node.parent.listing if node.parent else None
        part = "bad" if listing and listing.error else "dim"
        text = f"{' ' * indent}{self.symbols.more} {self._more_text(listing)}"
        return Strip([Segment(self.fit(text, width), style + self.foreground(part))], width)

    @staticmethod
    def _more_text(listing: Listing | None) -> str:
        if listing is None or not listing.is_started:
            return "listing"
        if listing.error is not None:
            return clean(listing.error.message)
        if listing.is_loading:
            return f"{listing.count:,} loaded, loading more"
        return f"{listing.count:,} loaded, more (enter)"

    def _expander(self, node: Node) -> str:
        if node.is_expanded and not node.is_leaf:
            return self.symbols.opened
        return " " if node.is_leaf else self.symbols.closed

    def _selection_state(self, node: Node) -> SelectionState:
        return self.browse_state.selection(node.source).prefix_state(node.prefix)

    # ------------------------------------------------------------- pages in view

    @property
    def nodes_in_view(self) -> list[Node]:
        """The nodes on the screen."""
        return self.tree_lines.lines[self.first_row : self.first_row + self.page_rows]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling brings other lines into view."""
        super().watch_scroll_y(old_value, new_value)
        self._request_pages_in_view()

    def _request_pages_in_view(self) -> None:
        for node in self.nodes_in_view:
            if node.kind is LineKind.MORE and self._loads_automatically(node):
                self.post_message(self.PageRequested(node))

    def _loads_automatically(self, more: Node) -> bool:
        """Whether the next page is loaded because its MORE line is in view.

        After a page without prefixes many pages of objects may follow, so the user must go to
        the line. An error is not retried.
        """
        listing = more.parent.listing if more.parent else None
        if listing is None or listing.is_loading or listing.error is not None:
            return False
        return not listing.had_no_prefixes or more is self.node

    def watch_cursor(self, old: int, new: int) -> None:
        """A MORE line under the cursor loads the next page."""
        super().watch_cursor(old, new)
        node = self.node
        if node is not None and node.kind is LineKind.MORE and self._loads_automatically(node):
            self.post_message(self.PageRequested(node))

    # ------------------------------------------------------------------ actions

    def action_expand(self) -> None:
        """Expand; from an expanded node go to its first child, from a leaf to the objects."""
        node = self.node
        if node is None:
            return
        if node.kind is LineKind.MORE:
            self.post_message(self.PageRequested(node))
        elif node.is_leaf:
            self.post_message(self.ObjectsRequested())
        elif not node.is_expanded:
            self.post_message(self.ExpandRequested(node))
        elif self.cursor + 1 < self.row_count:
            self.move(1)

    def action_collapse(self) -> None:
        """Collapse; from a collapsed node go to its parent."""
        node = self.node
        if node is None:
            return
        if node.is_expanded and not node.is_leaf:
            self._change(lambda: self.tree_lines.collapse(node))
        elif node.parent is not None:
            self.move_to(node.parent)

    def toggle_expanded(self) -> None:
        """Expand or collapse the line under the cursor."""
        node = self.node
        if node is not None and node.is_expanded and not node.is_leaf:
            self.action_collapse()
        else:
            self.action_expand()

    def on_click(self, event: events.Click) -> None:
        """A click on the expander expands or collapses, one on the selection symbol selects."""
        row = self.row_at(event.y)
        if row is None or self.tree_lines.lines[row].kind is LineKind.MORE:
            return
        indent = self._indent(self.tree_lines.lines[row], self.size.width)
        if not indent <= event.x <= indent + INDENT:
            return
        event.stop()
        event.prevent_default()
        self.cursor = row
        if event.x < indent + INDENT:
            self.toggle_expanded()
        else:
            self.post_message(self.SymbolClicked(self))
