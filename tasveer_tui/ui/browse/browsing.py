"""The panes of Browse, and how they follow the cursor and the pages that come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

from tasveer_tui.errors import UsageError
from tasveer_tui.location import parse_location
from tasveer_tui.ui.browse import empty_states
from tasveer_tui.ui.browse.browse_state import Known
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.ingest_state_loader import StateWatch
from tasveer_tui.ui.browse.listing_loader import Lister
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.selection_controller import Choosing
from tasveer_tui.ui.browse.tree_lines import Kind
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.browse_parts import Hint, PaneTitle, TotalLine
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.kit.place import PlaceScreen
from tasveer_tui.ui.kit.status import way_text
from tasveer_tui.ui.shared.places import leading_prefixes

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Access, JobSpec, Source
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.inspect_controller import Inspecting
    from tasveer_tui.ui.browse.listing_model import Listing
    from tasveer_tui.ui.browse.seek_bar import SeekBar
    from tasveer_tui.ui.browse.tree_lines import Node
    from tasveer_tui.ui.shared.inspector import Inspector

LIST_DELAY_S = 0.12
"""How long the cursor must rest on a prefix before its objects are listed."""
NO_OBJECT = "Go to the objects with tab; the one under the cursor is read here."


class BrowsingScreen(PlaceScreen):
    """The bucket tree with the objects of the prefix under the cursor."""

    AUTO_FOCUS = "#tree"

    inspector: Inspector
    inspecting: Inspecting
    seek_bar: SeekBar

    def __init__(self) -> None:
        super().__init__()
        self.known = Known()
        self.lister = Lister(self, self._grown)
        self.accesses: dict[Source, Access] = {}
        self._list_timer: Timer | None = None
        self._sources_error: TasveerError | None = None
        self._is_looking_for_buckets = False
        self._opening = ""
        """The place that is being opened."""
        self.is_ready = False
        """Every part is mounted; before, nothing can be done."""

    def compose_body(self) -> ComposeResult:
        """Tree on the left; objects and inspector on the right; two lines below."""
        with Horizontal(id="browse"):
            with Vertical(id="tree-pane"):
                yield PaneTitle("Buckets", id="tree-title")
                yield BucketTree(self.known, id="tree")
            with Vertical(id="right"):
                with Vertical(id="objects-pane"):
                    yield PaneTitle(id="objects-title")
                    yield ObjectList(self.known, id="objects")
                    yield Hint(id="hint", markup=False)
                # What goes in here is loaded and mounted after the first frame.
                yield Vertical(id="inspector-pane")
        yield TotalLine(id="total", markup=False)

    # ------------------------------------------------------------------ start-up

    def on_mount(self) -> None:
        """Wire the parts; requests begin after the first frame."""
        self.buckets = self.query_one(BucketTree)
        self.objects = self.query_one(ObjectList)
        self.inspector_pane = self.query_one("#inspector-pane", Vertical)
        self.choosing = Choosing(self, self.query_one(TotalLine), self.known, self.spec)
        self.states = StateWatch(self, self.buckets, self.objects, self.known)
        self.choosing.tell()
        self._opening = self.tasveer.start_location
        self._is_looking_for_buckets = not self._opening
        self.show_listing(None)
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        await self._mount_rest()
        if self.tasveer.start_location:
            self.open_place(self.tasveer.start_location)
        else:
            self.look_for_buckets()
        space = workspace(self)
        background(self).run(
            self, "greeting", lambda: space.has_catalogue,
            lambda known: self.choosing.greet(is_new_here=not known),
        )  # fmt: skip
        background(self).run(
            self,
            "sources",
            lambda: [view.source for view in space.sources()],
            self._sources_came,
            failed=self._buckets_failed,
        )

    async def _mount_rest(self) -> None:
        from tasveer_tui.ui.browse.inspect_controller import Inspecting
        from tasveer_tui.ui.browse.seek_bar import SeekBar
        from tasveer_tui.ui.shared.inspector import Inspector

        self.inspector = Inspector(id="inspector")
        self.seek_bar = SeekBar(id="seek")
        await self.inspector_pane.mount(self.inspector)
        await self.mount(self.seek_bar, after="#total")
        self.inspecting = Inspecting(self, self.inspector)
        self.inspecting.forget(NO_OBJECT)
        self.seek_bar.close()
        self.is_ready = True
        self.refresh_bindings()

    def look_for_buckets(self, access: Access | None = None) -> None:
        """List the buckets that the credentials can see, or those of another access."""
        self._is_looking_for_buckets = True
        self._tell_about_sources()
        space = workspace(self)
        background(self).run(
            self,
            "buckets",
            lambda: [space.source(bucket.name, access) for bucket in space.buckets(access)],
            self._buckets_came if access else self._sources_came,
            failed=self._buckets_failed,
        )

    def _buckets_came(self, sources: list[Source]) -> None:
        """The buckets of another access: go to the first, or say that there is none."""
        for source in sources:
            self.accesses.pop(source, None)
        self._sources_came(sources)
        node = self.buckets.shown.root(sources[0]) if sources else None
        if node is None:
            self.post_message(ShowNote("No bucket is seen that way."))
            return
        self.buckets.go_to(node)
        self._follow_node(at_once=True)

    @property
    def present_error(self) -> TasveerError | None:
        """What stands where objects would."""
        listing = self.holder.listing if self.holder else None
        return listing.error if listing else self._sources_error

    def _sources_came(self, sources: list[Source]) -> None:
        self._is_looking_for_buckets = background(self).is_busy(self, "buckets")
        self._sources_error = None if sources else self._sources_error
        self.buckets.add_sources(sources)
        self._tell_about_sources()

    def _buckets_failed(self, error: TasveerError) -> None:
        self._sources_error = error
        self._is_looking_for_buckets = False
        self._tell_about_sources()
        if self.buckets.row_count:
            self.post_message(ShowError(error))

    def _tell_about_sources(self) -> None:
        count = f"{len(self.buckets.shown.roots):,}" if self.buckets.row_count else ""
        self._tell_ways()
        self.query_one("#tree-title", PaneTitle).say("Buckets", count)
        if not self.buckets.row_count:
            self.show_listing(None)

    def _tell_ways(self) -> None:
        """Where buckets are reached in several ways, show beside each which one is its."""
        sources = [node.source for node in self.buckets.shown.roots]
        space = self.tasveer.workspace
        ways = {s: way_text(s, self.accesses.get(s, space.options.access)) for s in sources}
        ways = ways if len(set(ways.values())) > 1 else {}
        if ways != self.known.ways:
            self.known.ways = ways
            self.buckets.refresh()

    # -------------------------------------------------------------------- places

    def open_place(self, text: str, access: Access | None = None) -> None:
        """Open a bucket or `s3://bucket/prefix`."""
        try:
            bucket, path = parse_location(text.strip())
        except UsageError as error:
            self._not_opened(error)
            return
        space, self._opening = workspace(self), text
        background(self).run(
            self,
            "place",
            lambda: space.source(bucket, access),
            lambda source: self.show_object(source, path),
            failed=self._not_opened,
        )

    def _not_opened(self, error: TasveerError) -> None:
        self.leave_opening()
        self.post_message(ShowError(error))

    def leave_opening(self) -> None:
        """Wait no longer for a place that is being opened."""
        self._opening = ""
        background(self).cancel(self, "place")
        if not self.buckets.row_count:
            self.look_for_buckets()

    def show_object(self, source: Source, key: str) -> None:
        """Open the tree at this key or prefix; the last part is sought if it is not a prefix."""
        self._opening = ""
        self.accesses.pop(source, None)
        self.buckets.add_sources([source])
        node = self.buckets.shown.root(source)
        if node is None:
            return
        prefixes, rest = leading_prefixes(key)
        for prefix in prefixes:
            self.open_node(node)
            node = self.buckets.pin(node, prefix)
        if node.listing is not None and node.listing.error is not None:
            self.buckets.reset(node, self.lister.fresh(node))
        if rest and (node.listing is None or not node.listing.seek):
            self.buckets.reset(node, self.lister.fresh(node, rest))
        self.open_node(node)
        self.buckets.go_to(node)
        self._follow_node(at_once=True)
        self._tell_about_sources()
        self.buckets.focus()

    def open_node(self, node: Node) -> None:
        """Show what is in a node, and list it."""
        listing = self.lister.of(node)
        self.buckets.open_node(node, listing)
        self.lister.begin(listing)

    # ----------------------------------------------------------- following the cursor

    @property
    def rows(self) -> BrowseList:
        """The list that choosing is about: the objects when they have the keys, else the tree."""
        return self.objects if self.objects.has_focus else self.buckets

    @property
    def holder(self) -> Node | None:
        """The node under the cursor, or the one that its MORE line continues."""
        node = self.buckets.node
        return node.parent if node is not None and node.kind is Kind.MORE else node

    @property
    def current_access(self) -> Access:
        """How the source under the cursor is reached."""
        node = self.buckets.node
        fallback = self.tasveer.workspace.options.access
        return self.accesses.get(node.source, fallback) if node else fallback

    def spec(self, source: Source) -> JobSpec:
        """The job that reads every image of what is chosen, changed or not."""
        access = self.accesses.get(source, self.tasveer.workspace.options.access)
        return self.known.selection(source).spec(source, access, force=True)

    def on_row_list_highlighted(self, event: BrowseList.Highlighted) -> None:
        """The cursor moved in the tree or among the objects."""
        if event.rows is self.buckets:
            self._follow_node()
        elif event.rows is self.objects:
            self.follow_object()
        self.choosing.tell(self.rows)

    def on_descendant_focus(self) -> None:
        """An object is read when the keys are on the objects."""
        self.follow_object()
        self.choosing.tell(self.rows)

    def _follow_node(self, *, at_once: bool = False) -> None:
        node = self.holder
        if node is None:
            self.show_listing(None)
            return
        listing = self.lister.of(node)
        if listing.is_started:
            self.show_listing(listing)
        self._show_source(node.source)
        if self._list_timer is not None:
            self._list_timer.stop()
        delay_s = 0.01 if at_once else LIST_DELAY_S
        self._list_timer = self.set_timer(delay_s, self._rest)

    def _rest(self) -> None:
        """The cursor rests: show the prefix under it now, and list it if that was not done."""
        if (node := self.holder) is not None:
            listing = self.lister.of(node)
            self.show_listing(listing)
            self.lister.begin(listing)
            self.arrived(node.source, node.prefix)

    def arrived(self, source: Source, prefix: str) -> None:
        """The cursor came to rest on a prefix."""

    def _show_source(self, source: Source) -> None:
        self.choosing.show_source(source)
        access = self.accesses.get(source)
        if access is not None:
            self.tasveer.show_source(source, access)
            return
        space = workspace(self)
        background(self).run(
            self, "access", lambda: space.access_of(source), partial(self._access_came, source)
        )

    def _access_came(self, source: Source, access: Access) -> None:
        self.accesses[source] = access
        self._tell_ways()
        self.tasveer.show_source(source, access)

    def show_listing(self, listing: Listing | None) -> None:
        """Objects, or a hint where there are none."""
        self.objects.show(listing)
        hint = self.query_one(Hint)
        has_rows = listing is not None and bool(listing.objects)
        if not has_rows and self.objects.has_focus:
            # At once: what is hidden while it has the focus takes it away from everything.
            self.set_focus(self.buckets)
        self.objects.display = has_rows
        hint.display = not has_rows
        title = self.query_one("#objects-title", PaneTitle)
        if listing is None:
            title.say("")
            error = self._sources_error
            is_waiting = bool(self._opening) or self._is_looking_for_buckets
            words = empty_states.no_sources(
                error, opening=self._opening, is_loading=self._is_looking_for_buckets
            )
            hint.say(*words, is_bad=error is not None and not is_waiting)
            return
        seek = "*" if listing.seek else ""
        title.say(listing.source.uri(listing.server_prefix) + seek, listing.counted())
        if not has_rows:
            words = empty_states.nothing_listed(listing)
            if listing.error is not None:
                is_anonymous = self.current_access.is_anonymous
                words = empty_states.listing_failed(
                    listing, listing.error, is_anonymous=is_anonymous
                )
            hint.say(*words, is_bad=listing.error is not None)

    def follow_object(self) -> None:
        """Read the object under the cursor, if the keys are on it and the inspector is shown."""
        if not self.is_ready:
            return
        ref, listing = self.objects.ref, self.objects.listing
        if ref is None or listing is None:
            self.inspecting.forget(NO_OBJECT)
        elif self.objects.has_focus and self.inspector_pane.display:
            self.inspecting.rest_on(listing.source, ref.key)

    def on_browse_list_view_changed(self) -> None:
        """Other lines are in view: their states are wanted."""
        self.states.look()

    def on_screen_resume(self) -> None:
        """A job may have changed the states meanwhile."""
        if self.is_mounted:
            self.states.look(again=True)

    # --------------------------------------------------------------------- pages

    def _grown(self, listing: Listing, node: Node) -> None:
        """A page came, or failed."""
        self.buckets.grown(node)
        if self.objects.listing is listing:
            self.show_listing(listing)
            self.objects.grown()

    def on_bucket_tree_opened(self, event: BucketTree.Opened) -> None:
        """List what is in the node."""
        self.open_node(event.node)

    def on_bucket_tree_page_wanted(self, event: BucketTree.PageWanted) -> None:
        """List on."""
        if event.node.parent is not None:
            self.lister.more(self.lister.of(event.node.parent))
            self.buckets.refresh()

    def on_object_list_page_wanted(self, event: ObjectList.PageWanted) -> None:
        """List on, to the end if that is wished."""
        self.lister.more(event.listing, to_end=event.to_end)
