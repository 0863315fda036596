"""Loads listings page by page in the background."""

from __future__ import annotations

import gc
import time
from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.ui.browse.listing_model import Listing
from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Page
    from tasveer_tui.ui.browse.tree_lines import Node

PAGE_SIZE = 1000
DRAW_INTERVAL_S = 0.25
"""The least time between two redraws while a listing loads to its end."""


def _freeze_objects() -> None:
    """Exempt the listed objects from garbage collection.

    Scanning 100,000 objects blocks the screen for 100 ms each time. They are in no reference
    cycle, so they are freed with their listing anyway.
    """
    gc.collect(1)
    gc.freeze()


class ListingLoader:
    """The listings of one Browse screen, and the node of each."""

    def __init__(self, screen: Screen[None], on_grown: Callable[[Listing, Node], None]) -> None:
        self._screen = screen
        self._on_grown = on_grown
        self._nodes: dict[Listing, Node] = {}
        """A listing that was replaced has no node; its next page is dropped."""
        self._drawn_at = 0.0

    def listing_of(self, node: Node) -> Listing:
        """The node's listing; a new one that is not started if there is none."""
        if node.listing is None:
            node.listing = Listing(node.source, node.prefix)
        self._nodes[node.listing] = node
        return node.listing

    def replace(self, node: Node, seek: str = "") -> Listing:
        """Give the node a new listing, and drop the page that the old one loads."""
        if node.listing is not None:
            self._nodes.pop(node.listing, None)
        listing = Listing(node.source, node.prefix, seek)
        self._nodes[listing] = node
        return listing

    def start(self, listing: Listing) -> None:
        """Load the first page, unless it is loaded."""
        if not listing.is_started:
            self.load_next(listing)

    def load_next(self, listing: Listing, *, to_end: bool = False) -> None:
        """Load the next page, or all that remain."""
        listing.loads_to_end = listing.loads_to_end or to_end
        if listing.is_loading or listing.is_complete:
            return
        listing.is_loading = True
        listing.error = None
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            f"page {id(listing)}",
            lambda: space.page(
                listing.source, listing.server_prefix, start_after=listing.cursor, limit=PAGE_SIZE
            ),
            partial(self._on_page, listing),
            on_error=partial(self._on_error, listing),
        )

    def _on_page(self, listing: Listing, page: Page) -> None:
        listing.add(page)
        _freeze_objects()
        is_loading_on = listing.loads_to_end and not listing.is_complete and listing in self._nodes
        now = time.monotonic()
        if not is_loading_on or now - self._drawn_at >= DRAW_INTERVAL_S:
            self._drawn_at = now
            self._report(listing)
        if is_loading_on and listing.loads_to_end:
            self.load_next(listing)

    def _on_error(self, listing: Listing, error: TasveerError) -> None:
        listing.fail(error)
        self._report(listing)

    def _report(self, listing: Listing) -> None:
        if (node := self._nodes.get(listing)) is not None:
            self._on_grown(listing, node)
