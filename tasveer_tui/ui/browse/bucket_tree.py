"""The tree of buckets and prefixes: only the lines in view are drawn, pages come when wanted.

It asks for pages by messages and never makes a request itself.
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
from tasveer_tui.ui.browse.tree_lines import NOTHING, Kind, Node, Splice, TreeLines
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
"""Deep lines are indented no further than this part of the width."""


class BucketTree(BrowseList):
    """Buckets at the root, prefixes below them, as one flat list of lines."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TREE)

    @dataclass
    class ExpandRequested(Message):
        """A node was expanded: its listing is wanted."""

        node: Node

    @dataclass
    class PageRequested(Message):
        """The page that follows is wanted."""

        node: Node

    @dataclass
    class ObjectsRequested(Message):
        """There is nothing more to expand: the objects are wanted."""

    def __init__(self, browse_state: BrowseState, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(browse_state, id=id)
        self.tree_lines = TreeLines()

    @property
    def row_count(self) -> int:
        """How many lines are shown."""
        return len(self.tree_lines)

    @property
    def node(self) -> Node | None:
        """The line under the cursor."""
        return self.tree_lines.lines[self.cursor] if len(self.tree_lines) else None

    @property
    def scope(self) -> tuple[Source | None, str]:
        """The source of the line under the cursor, and the prefix above it."""
        node = self.node
        if node is None:
            return None, ""
        return node.source, node.parent.prefix if node.parent else ""

    def paths(self, lines: Iterable[int]) -> tuple[list[str], list[str]]:
        """The prefixes on these lines, those of the cursor's source only."""
        source, _ = self.scope
        nodes = [self.tree_lines.lines[line] for line in lines if line < self.row_count]
        return [n.prefix for n in nodes if n.source == source and n.kind is not Kind.MORE], []

    def step(self) -> None:
        """Go to the next line of this bucket: what was chosen is told of, and read, only there."""
        following = self.tree_lines.lines[self.cursor + 1 : self.cursor + 2]
        if any(node.source == self.scope[0] for node in following):
            self.move(1)

    # ------------------------------------------------------------------ changes

    def add_sources(self, sources: Iterable[Source]) -> None:
        """Show these sources at the root, after those that are there."""
        self._change(lambda: self.tree_lines.add_roots(sources))

    def expand_node(self, node: Node, listing: Listing) -> None:
        """Show what is known to be under a node."""
        self._change(lambda: self.tree_lines.expand(node, listing))

    def reset(self, node: Node, listing: Listing) -> None:
        """Show another listing under a node."""
        self._change(lambda: self.tree_lines.reset(node, listing))

    def on_listing_grown(self, node: Node) -> None:
        """Show what came into the node's listing."""
        self._change(lambda: self.tree_lines.grown(node))
        self.refresh()
        self._want_pages_in_view()

    def pin(self, node: Node, prefix: str) -> Node:
        """Show a child by its name, whether or not the listing has reached it."""
        self._change(lambda: self.tree_lines.pin(node, prefix))
        return self.tree_lines.child(node, prefix)

    def move_to(self, node: Node) -> None:
        """Bring the cursor to a line."""
        line = self.tree_lines.index(node)
        if line >= 0:
            self.cursor = line

    def _change(self, change: Callable[[], Splice]) -> None:
        """Keep the cursor on its line, and that line where it is on the screen."""
        old, node = self.cursor, self.node
        splice = change()
        if splice == NOTHING:
            return
        new = self._line_after(splice, old, node)
        self.range_from = None
        self.virtual_size = Size(0, len(self.tree_lines))
        if new != old:
            self.set_reactive(RowList.cursor, new)
            self.scroll_to(y=self.first_row + new - old, animate=False, force=True)
            # Where the list could not be scrolled before, the wish above may come to nothing.
            self.call_after_refresh(self._reveal_cursor)
        self.rows_changed()
        if node is not self.node or node is None:
            self.post_message(self.Highlighted(self, self.cursor))

    def _reveal_cursor(self) -> None:
        self.reveal(self.cursor)

    def _line_after(self, splice: Splice, line: int, node: Node | None) -> int:
        """Where the line of a node stands now, or what stands in its place."""
        if node is None:
            return 0
        if splice.at <= line < splice.at + splice.removed:
            found = self.tree_lines.index(node)
            return found if found >= 0 else splice.moved(line)
        return splice.moved(line)

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Indent, expander, selection, name, ingest state."""
        node = self.tree_lines.lines[row]
        style = self.base_style(row, style)
        indent = self._indent(node, width)
        if node.kind is Kind.MORE:
            return self._draw_more(node, indent, width, style)
        name = clean(node.name, 512)
        if node.listing is not None and node.listing.seek:
            name += f" {clean(node.listing.seek)}*"
        way = (
            self.browse_state.access_labels.get(node.source, "") if node.kind is Kind.SOURCE else ""
        )
        kind = "strong" if node.kind is Kind.SOURCE else ""
        name_style = style + self.part(kind) if kind else style
        place = (node.source, node.prefix)
        state = self.browse_state.prefix_states.get(place)
        size = self.browse_state.prefix_counts.get(place)
        counted = f" {self.symbols.watched}" if place in self.browse_state.watched else ""
        room = width - indent - 7 - len(counted)
        counted += f" {size.text(room - 1 - cell_len(name))}" if size is not None else ""
        room = width - indent - 7 - len(counted)
        way = self.fit(f"  {clean(way)}", room - cell_len(name)) if way else ""
        return Strip(
            [
                Segment(" " * indent, style),
                Segment(f"{self._expander(node)} ", style + self.part("dim")),
                self.selection_segment(self._chosen(node), style),
                Segment(" ", style),
                Segment(self.fit(name, room - cell_len(way)), name_style),
                Segment(way, style + self.part("dim")),
                Segment(f"{counted} ", style + self.part("dim")),
                self.state_segment(state, style),
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
        return Strip([Segment(self.fit(text, width), style + self.part(part))], width)

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

    def _chosen(self, node: Node) -> SelectionState:
        return self.browse_state.selection(node.source).prefix_state(node.prefix)

    # ------------------------------------------------------------- pages in view

    @property
    def nodes_in_view(self) -> list[Node]:
        """The lines that are on the screen now."""
        return self.tree_lines.lines[self.first_row : self.first_row + self.page_rows]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other lines came into view."""
        super().watch_scroll_y(old_value, new_value)
        self._want_pages_in_view()

    def _want_pages_in_view(self) -> None:
        for node in self.nodes_in_view:
            if node.kind is Kind.MORE and self._goes_on_by_itself(node):
                self.post_message(self.PageRequested(node))

    def _goes_on_by_itself(self, more: Node) -> bool:
        """Whether a page is fetched because its line is shown.

        A page without prefixes says that a long run of objects may follow, which only a person
        should ask for; an error is not tried again by itself.
        """
        listing = more.parent.listing if more.parent else None
        if listing is None or listing.is_loading or listing.error is not None:
            return False
        return not listing.had_no_prefixes or more is self.node

    def watch_cursor(self, old: int, new: int) -> None:
        """A MORE line under the cursor is a wish for more."""
        super().watch_cursor(old, new)
        node = self.node
        if node is not None and node.kind is Kind.MORE and self._goes_on_by_itself(node):
            self.post_message(self.PageRequested(node))

    # ------------------------------------------------------------------ actions

    def action_expand(self) -> None:
        """Expand; on an expanded node go to its first child; on a leaf go to the objects."""
        node = self.node
        if node is None:
            return
        if node.kind is Kind.MORE:
            self.post_message(self.PageRequested(node))
        elif node.is_leaf:
            self.post_message(self.ObjectsRequested())
        elif not node.is_expanded:
            self.post_message(self.ExpandRequested(node))
        elif self.cursor + 1 < self.row_count:
            self.move(1)

    def action_collapse(self) -> None:
        """Collapse; on a collapsed node go to its parent."""
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
        """On the expander, expand or collapse; on the mark, choose; elsewhere as in every list."""
        row = self.row_at(event.y)
        if row is None or self.tree_lines.lines[row].kind is Kind.MORE:
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
