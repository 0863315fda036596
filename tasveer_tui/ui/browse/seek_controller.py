"""The prefix filter of Browse: only names that begin with a text, matched by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.location import SCHEME

if TYPE_CHECKING:
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.navigator import Navigator
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.browse.seek_bar import SeekBar
    from tasveer_tui.ui.browse.tree_lines import Node


class SeekController:
    """Opens and closes the filter input, and filters the prefix that it was opened for."""

    def __init__(
        self, navigator: Navigator, tree: BucketTree, objects: ObjectList, bar: SeekBar
    ) -> None:
        self._navigator = navigator
        self._tree = tree
        self._objects = objects
        self._bar = bar
        self._node: Node | None = None
        self._opened_from: BrowseList | None = None

    @property
    def is_open(self) -> bool:
        """Whether the input is on the screen."""
        return self._bar.display

    def open(self) -> None:
        """Open the input for the prefix whose lines are shown."""
        rows = self._navigator.rows
        node = self._navigator.node if rows is self._objects else self._tree_node()
        if node is None:
            return
        self._node, self._opened_from = node, rows
        self._bar.open(node.source.uri(node.prefix), node.listing.seek if node.listing else "")

    def _tree_node(self) -> Node | None:
        node = self._navigator.node
        if node is not None and not node.is_expanded and node.parent is not None:
            return node.parent
        return node

    def apply(self, text: str) -> None:
        """Filter by the text; a location is not a filter."""
        node = self._node
        if node is None or text.startswith(SCHEME) or (node.listing and node.listing.seek == text):
            return
        self._tree.move_to(node)
        self._navigator.expand_node(node)
        self._navigator.list_again(node, text)

    def accept(self, text: str) -> None:
        """Keep the filter; open a location."""
        if text.startswith(SCHEME):
            self.close()
            self._navigator.open_location(text)
            return
        self.apply(text)
        self.close()

    def close(self) -> None:
        """Close the input and go back to the list."""
        self._bar.close()
        (self._opened_from or self._tree).focus()
        self._node = None

    def clear(self) -> None:
        """Show everything, and close the input."""
        self.apply("")
        self.close()
