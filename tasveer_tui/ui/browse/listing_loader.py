"""Fetches pages of listings in the background, and keeps which listing stands at which node."""

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
TELL_EVERY_S = 0.25
"""On the way to the end, pages come faster than they are worth drawing."""


def _settle_memory() -> None:
    """Take what was listed out of the garbage collector's sight.

    Looking through 100,000 objects again and again stops the screen for 100 ms each time.
    They are in no cycle, so they go when their listing goes all the same.
    """
    gc.collect(1)
    gc.freeze()


class ListingLoader:
    """The listings of one Browse screen."""

    def __init__(self, owner: Screen[None], grown: Callable[[Listing, Node], None]) -> None:
        self._owner = owner
        self._grown = grown
        self._nodes: dict[Listing, Node] = {}
        self._told_at = 0.0

    def listing_of(self, node: Node) -> Listing:
        """The listing at a node; made, but not begun, if there is none yet."""
        if node.listing is None:
            node.listing = Listing(node.source, node.prefix)
        self._nodes[node.listing] = node
        return node.listing

    def replace(self, node: Node, seek: str = "") -> Listing:
        """Another listing for a node, in the place of its present one."""
        self.drop(node)
        listing = Listing(node.source, node.prefix, seek)
        self._nodes[listing] = node
        return listing

    def drop(self, node: Node) -> None:
        """Let what is under way for a node come to nothing."""
        if node.listing is not None:
            self._nodes.pop(node.listing, None)

    def start(self, listing: Listing) -> None:
        """Fetch the first page, unless that was done."""
        if not listing.is_started:
            self.load_next(listing)

    def load_next(self, listing: Listing, *, to_end: bool = False) -> None:
        """Fetch the page that follows, or all of them."""
        listing.loads_to_end = listing.loads_to_end or to_end
        if listing.is_loading or listing.is_complete:
            return
        listing.is_loading = True
        listing.error = None
        space = workspace(self._owner)
        background(self._owner).run(
            self._owner,
            f"page {id(listing)}",
            lambda: space.page(
                listing.source, listing.server_prefix, start_after=listing.cursor, limit=PAGE_SIZE
            ),
            partial(self._came, listing),
            failed=partial(self._failed, listing),
        )

    def _came(self, listing: Listing, page: Page) -> None:
        listing.add(page)
        _settle_memory()
        goes_on = listing.loads_to_end and not listing.is_complete and listing in self._nodes
        now = time.monotonic()
        if not goes_on or now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            self._tell(listing)
        if goes_on and listing.loads_to_end:
            self.load_next(listing)

    def _failed(self, listing: Listing, error: TasveerError) -> None:
        listing.fail(error)
        self._tell(listing)

    def _tell(self, listing: Listing) -> None:
        if (node := self._nodes.get(listing)) is not None:
            self._grown(listing, node)
