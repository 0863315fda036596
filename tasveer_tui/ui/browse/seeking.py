"""Seeking in Browse: only what begins with a text, looked up by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.location import SCHEME
from tasveer_tui.ui.browse.browsing import BrowsingScreen

if TYPE_CHECKING:
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.seek_bar import SeekBar
    from tasveer_tui.ui.browse.tree_lines import Node


class SeekingScreen(BrowsingScreen):
    """The panes of Browse with the seek input under them."""

    def __init__(self) -> None:
        super().__init__()
        self._seek_node: Node | None = None
        self._seek_from: BrowseList | None = None

    def show_again(self, node: Node, seek: str) -> None:
        """Begin a node's listing afresh, with another text sought or the same."""
        listing = self.lister.fresh(node, seek)
        if node.is_expanded:
            self.buckets.reset(node, listing)
        else:
            node.listing, node.children = listing, []
        self.show_listing(listing)
        self.lister.begin(listing)

    def action_seek(self) -> None:
        """Open the seek input for the prefix whose lines are shown."""
        node = self.holder if self.rows is self.objects else self._tree_seek_node()
        if node is None:
            return
        self._seek_node, self._seek_from = node, self.rows
        self.seek_bar.open(node.source.uri(node.prefix), node.listing.seek if node.listing else "")
        self.refresh_bindings()

    def _tree_seek_node(self) -> Node | None:
        node = self.holder
        if node is not None and not node.is_expanded and node.parent is not None:
            return node.parent
        return node

    def on_seek_bar_changed(self, event: SeekBar.Changed) -> None:
        """Show what begins with the text."""
        self.seek(event.text)

    def on_seek_bar_accepted(self, event: SeekBar.Accepted) -> None:
        """Keep what is shown; a whole place is opened."""
        if event.text.startswith(SCHEME):
            self.close_seek()
            self.open_place(event.text)
            return
        self.seek(event.text)
        self.close_seek()

    def seek(self, text: str) -> None:
        """Show what begins with the text in the prefix that the input was opened for."""
        node = self._seek_node
        if node is None or text.startswith(SCHEME) or (node.listing and node.listing.seek == text):
            return
        self.buckets.go_to(node)
        self.open_node(node)
        self.show_again(node, text)

    def close_seek(self) -> None:
        """Take the input away and go back to the list."""
        self.seek_bar.close()
        (self._seek_from or self.buckets).focus()
        self._seek_node = None
        self.refresh_bindings()
