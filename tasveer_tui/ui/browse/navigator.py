"""Which bucket and prefix Browse shows: lists buckets, opens locations, follows the cursor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.errors import UsageError
from tasveer_tui.location import parse_location
from tasveer_tui.ui.browse import empty_states
from tasveer_tui.ui.browse.listing_loader import ListingLoader
from tasveer_tui.ui.browse.tree_lines import LineKind
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.kit.status import access_text
from tasveer_tui.ui.kit.widgets import EmptyState, PaneTitle

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Access, JobSpec, Source
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.listing_model import Listing
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.browse.tree_lines import Node

LIST_DELAY_S = 0.12
"""The cursor must rest on a prefix for this long before its objects are listed."""
AT_ONCE_S = 0.01
MAX_VISITS = 200
"""Entries of the history."""


class History:
    """The visited prefixes, as in a web browser."""

    def __init__(self) -> None:
        self._visits: list[tuple[Source, str]] = []
        self._index = -1

    def visit(self, source: Source, prefix: str) -> None:
        """Add a prefix, and drop the entries to go forward to."""
        entry = (source, prefix)
        if self._visits and self._visits[self._index] == entry:
            return
        self._visits = [*self._visits[: self._index + 1][-MAX_VISITS + 1 :], entry]
        self._index = len(self._visits) - 1

    def step(self, by: int) -> tuple[Source, str] | None:
        """Go back (-1) or forward (1); None at the end."""
        if not 0 <= self._index + by < len(self._visits):
            return None
        self._index += by
        return self._visits[self._index]


class Navigator:
    """The buckets, the listings and the accesses of one Browse screen."""

    def __init__(
        self, screen: Screen[None], state: BrowseState, tree: BucketTree, objects: ObjectList
    ) -> None:
        self._screen = screen
        self._state = state
        self._tree = tree
        self._objects = objects
        self.on_source: Callable[[Source], object] = lambda _: None
        """Called with the source under the cursor."""
        self._history = History()
        self.listings = ListingLoader(screen, self._on_listing_grown)
        self._access_by_source: dict[Source, Access] = {}
        self._list_timer: Timer | None = None
        self._sources_error: TasveerError | None = None
        self._opening = app_context(screen).start_location
        """The location that is being opened; empty if there is none."""
        self._is_listing_buckets = not self._opening

    def start(self) -> None:
        """Open the location from the command line, or list the buckets."""
        if self._opening:
            self.open_location(self._opening)
        else:
            self.list_buckets()
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "sources",
            lambda: [view.source for view in space.sources()],
            self._add_sources,
            on_error=self._on_known_sources_failed,
        )

    # ------------------------------------------------------------------- buckets

    def list_buckets(self, access: Access | None = None) -> None:
        """List the buckets that the credentials can see, or those of another access."""
        self._is_listing_buckets = True
        self._show_sources()
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "buckets",
            lambda: [space.source(bucket.name, access) for bucket in space.buckets(access)],
            self._on_buckets_of_access if access else self._add_sources,
            on_error=self._on_buckets_failed,
        )

    def _on_buckets_of_access(self, sources: list[Source]) -> None:
        """Go to the first bucket of another access, or report that there is none."""
        for source in sources:
            self._access_by_source.pop(source, None)
        self._add_sources(sources)
        node = self._tree.tree_lines.root(sources[0]) if sources else None
        if node is None:
            self._screen.post_message(ShowNote("These credentials see no bucket."))
            return
        self._tree.move_to(node)
        self.follow_cursor(at_once=True)

    @property
    def current_error(self) -> TasveerError | None:
        """The error that is shown in place of objects."""
        listing = self.node.listing if self.node else None
        return listing.error if listing else self._sources_error

    def _add_sources(self, sources: list[Source]) -> None:
        self._is_listing_buckets = background(self._screen).is_busy(self._screen, "buckets")
        self._sources_error = None if sources else self._sources_error
        self._tree.add_sources(sources)
        self._show_sources()

    def _on_known_sources_failed(self, error: TasveerError) -> None:
        # The error of the bucket list matters more: without buckets there is nothing to browse.
        self._show_sources_error(self._sources_error or error)

    def _on_buckets_failed(self, error: TasveerError) -> None:
        self._show_sources_error(error)

    def _show_sources_error(self, error: TasveerError) -> None:
        self._sources_error = error
        self._is_listing_buckets = background(self._screen).is_busy(self._screen, "buckets")
        self._show_sources()
        if self._tree.row_count:
            self._screen.post_message(ShowError(error))

    def _show_sources(self) -> None:
        count = f"{len(self._tree.tree_lines.roots):,}" if self._tree.row_count else ""
        self._label_accesses()
        self._screen.query_one("#tree-title", PaneTitle).set_text("Buckets", count)
        if not self._tree.row_count:
            self.show_listing(None)

    def _label_accesses(self) -> None:
        """Label each bucket with its access, if the accesses differ."""
        sources = [node.source for node in self._tree.tree_lines.roots]
        default = workspace(self._screen).options.access
        labels = {s: access_text(s, self._access_by_source.get(s, default)) for s in sources}
        labels = labels if len(set(labels.values())) > 1 else {}
        if labels != self._state.access_labels:
            self._state.access_labels = labels
            self._tree.refresh()

    # ----------------------------------------------------------------- locations

    def open_location(self, text: str, access: Access | None = None) -> None:
        """Open a bucket or `s3://bucket/prefix`."""
        try:
            bucket, path = parse_location(text.strip())
        except UsageError as error:
            self._on_open_failed(error)
            return
        space, self._opening = workspace(self._screen), text
        background(self._screen).run(
            self._screen,
            "location",
            lambda: space.source(bucket, access),
            lambda source: self.show_object(source, path),
            on_error=self._on_open_failed,
        )

    @property
    def is_opening(self) -> bool:
        """Whether a location is being opened."""
        return background(self._screen).is_busy(self._screen, "location")

    def _on_open_failed(self, error: TasveerError) -> None:
        self.cancel_opening()
        self._screen.post_message(ShowError(error))

    def cancel_opening(self) -> None:
        """Stop waiting for the location that is being opened."""
        self._opening = ""
        background(self._screen).cancel(self._screen, "location")
        if not self._tree.row_count:
            self.list_buckets()

    def show_object(self, source: Source, key: str) -> None:
        """Expand the tree down to a key or prefix; a last part without a slash is filtered by."""
        self._opening = ""
        self._access_by_source.pop(source, None)
        self._tree.add_sources([source])
        node = self._tree.tree_lines.root(source)
        if node is None:
            return
        prefixes, rest = leading_prefixes(key)
        for prefix in prefixes:
            self.expand_node(node)
            node = self._tree.pin(node, prefix)
        if node.listing is not None and node.listing.error is not None:
            self._tree.reset(node, self.listings.replace(node))
        if rest and (node.listing is None or not node.listing.seek):
            self._tree.reset(node, self.listings.replace(node, rest))
        self.expand_node(node)
        self._tree.move_to(node)
        self.follow_cursor(at_once=True)
        self._show_sources()
        self._tree.focus()

    def travel(self, by: int) -> None:
        """Go back (-1) or forward (1) in the history of visited prefixes."""
        entry = self._history.step(by)
        if entry is None:
            end = "first" if by < 0 else "last"
            self._screen.post_message(ShowNote(f"This is the {end} prefix in the history."))
        else:
            self.show_object(*entry)

    def expand_node(self, node: Node) -> None:
        """Expand a node and list it."""
        listing = self.listings.listing_of(node)
        self._tree.expand_node(node, listing)
        self.listings.start(listing)

    def list_again(self, node: Node, seek: str) -> None:
        """Restart a node's listing, filtered by `seek`."""
        listing = self.listings.replace(node, seek)
        if node.is_expanded:
            self._tree.reset(node, listing)
        else:
            node.listing, node.children = listing, []
        self.show_listing(listing)
        self.listings.start(listing)

    # ----------------------------------------------------------- under the cursor

    @property
    def active_list(self) -> BrowseList:
        """The list that commands act on: the objects if they have the focus, else the tree."""
        return self._objects if self._objects.has_focus else self._tree

    @property
    def node(self) -> Node | None:
        """The node under the cursor; on a MORE line, the node that it continues."""
        node = self._tree.node
        return node.parent if node is not None and node.kind is LineKind.MORE else node

    @property
    def current_access(self) -> Access:
        """How the source under the cursor is reached."""
        node = self._tree.node
        default = workspace(self._screen).options.access
        return self._access_by_source.get(node.source, default) if node else default

    def selection_spec(self, source: Source) -> JobSpec:
        """The job that reads all selected images of a source, unchanged ones as well."""
        default = workspace(self._screen).options.access
        access = self._access_by_source.get(source, default)
        return self._state.selection(source).spec(source, access, force=True)

    def follow_cursor(self, *, at_once: bool = False) -> None:
        """Show the prefix under the tree's cursor; list it once the cursor rests."""
        node = self.node
        if node is None:
            self.show_listing(None)
            return
        listing = self.listings.listing_of(node)
        if listing.is_started:
            self.show_listing(listing)
        self._show_access(node.source)
        if self._list_timer is not None:
            self._list_timer.stop()
        delay_s = AT_ONCE_S if at_once else LIST_DELAY_S
        self._list_timer = self._screen.set_timer(delay_s, self._on_cursor_rest)

    def _on_cursor_rest(self) -> None:
        if (node := self.node) is not None:
            listing = self.listings.listing_of(node)
            self.show_listing(listing)
            self.listings.start(listing)
            self._history.visit(node.source, node.prefix)

    def _show_access(self, source: Source) -> None:
        self.on_source(source)
        access = self._access_by_source.get(source)
        if access is not None:
            app_context(self._screen).show_source(source, access)
            return
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "access",
            lambda: space.access_of(source),
            partial(self._on_access, source),
        )

    def _on_access(self, source: Source, access: Access) -> None:
        self._access_by_source[source] = access
        self._label_accesses()
        app_context(self._screen).show_source(source, access)

    # ------------------------------------------------------------------ listings

    def show_listing(self, listing: Listing | None) -> None:
        """Show the objects of a listing, or a hint if there are none."""
        self._objects.show(listing)
        hint = self._screen.query_one(EmptyState)
        has_rows = listing is not None and bool(listing.objects)
        if not has_rows and self._objects.has_focus:
            # Before hiding it: a hidden widget takes the focus away from the whole screen.
            self._screen.set_focus(self._tree)
        self._objects.display = has_rows
        hint.display = not has_rows
        title = self._screen.query_one("#objects-title", PaneTitle)
        if listing is None:
            title.set_text("")
            self._show_no_sources(hint)
            return
        seek = "*" if listing.seek else ""
        title.set_text(listing.source.uri(listing.server_prefix) + seek, listing.count_text())
        if not has_rows:
            self._show_no_objects(hint, listing)

    def _show_no_sources(self, hint: EmptyState) -> None:
        error = self._sources_error
        is_waiting = bool(self._opening) or self._is_listing_buckets
        lines = empty_states.no_sources(
            error, opening=self._opening, is_loading=self._is_listing_buckets
        )
        hint.set_text(*lines, is_error=error is not None and not is_waiting)

    def _show_no_objects(self, hint: EmptyState, listing: Listing) -> None:
        if listing.error is None:
            hint.set_text(*empty_states.nothing_listed(listing))
            return
        is_anonymous = self.current_access.is_anonymous
        lines = empty_states.listing_failed(listing, listing.error, is_anonymous=is_anonymous)
        hint.set_text(*lines, is_error=True)

    def _on_listing_grown(self, listing: Listing, node: Node) -> None:
        """Show a new page, or the error in its place."""
        self._tree.on_listing_grown(node)
        if self._objects.listing is listing:
            self.show_listing(listing)
            self._objects.on_listing_grown()


def leading_prefixes(path: str) -> tuple[list[str], str]:
    """The prefixes to open one after the other, and the rest to filter by in the last one.

    `a/b/c` → `["a/", "a/b/"]` and `c`.
    """
    prefixes = []
    end = 0
    while (end := path.find("/", end) + 1) > 0:
        prefixes.append(path[:end])
    return prefixes, path[len(prefixes[-1]) :] if prefixes else path
