"""Browse: the buckets as a tree, the objects of a prefix, and the actions on the selection.

The screen composes the widgets and passes keys and messages to its controllers:
`Navigator` (which prefix is shown), `SelectionController`, `SeekController` (prefix filter),
`InspectController`, `LineActions` (bookmark, copy, count, download) and `IngestStateLoader`.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from time import time
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from tasveer_tui.errors import ExpiredCredentialsError, NoCredentialsError
from tasveer_tui.location import SCHEME
from tasveer_tui.ui.browse.browse_state import BrowseState
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.ingest_state_loader import IngestStateLoader
from tasveer_tui.ui.browse.navigator import Navigator
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.selection_controller import SelectionController
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.frame import MainScreen
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText
from tasveer_tui.ui.kit.widgets import EmptyState, PaneTitle, StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import JobSpec, Source, WatchView
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.bucket_dialog import OpenRequest
    from tasveer_tui.ui.browse.inspect_controller import InspectController
    from tasveer_tui.ui.browse.line_actions import LineActions
    from tasveer_tui.ui.browse.seek import SeekBar, SeekController
    from tasveer_tui.ui.kit.messages import LedgerChanged

_ON_A_LINE = frozenset({"select", "select_range", "select_all", "invert", "select_pattern"})
_ON_A_LINE |= {"select_pending"}
_ON_A_SELECTION = frozenset({"ingest", "clear_selection"})
_IN_A_BUCKET = frozenset({"copy_command", "seek", "count", "bookmark", "copy", "download", "watch"})


class BrowseScreen(MainScreen):
    """The screen behind the key 1."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.BROWSE)
    AUTO_FOCUS = "#tree"

    inspector_pane: Vertical
    navigator: Navigator
    selection: SelectionController
    lines: LineActions
    inspect: InspectController
    seek: SeekController

    def __init__(self) -> None:
        super().__init__()
        self.state = BrowseState()
        self.is_ready = False
        """Whether all parts are mounted; before, no command works."""

    def compose_body(self) -> ComposeResult:
        """Tree on the left; objects and inspector on the right; the total below."""
        with Horizontal(id="browse"):
            with Vertical(id="tree-pane"):
                yield PaneTitle("Buckets", id="tree-title")
                yield BucketTree(self.state, id="tree")
            with Vertical(id="right"):
                with Vertical(id="objects-pane"):
                    yield PaneTitle(id="objects-title")
                    yield ObjectList(self.state, id="objects")
                    yield EmptyState(id="hint", markup=False)
                # Its content is imported and mounted after the first frame.
                yield Vertical(id="inspector-pane")
        yield StatusLine(id="total", markup=False)

    # ------------------------------------------------------------------ start-up

    def on_mount(self) -> None:
        """Create the controllers; requests start after the first frame."""
        self.tree_pane = tree = self.query_one(BucketTree)
        self.objects = objects = self.query_one(ObjectList)
        self.inspector_pane = self.query_one("#inspector-pane", Vertical)
        self.navigator = Navigator(self, self.state, tree, objects)
        self.selection = SelectionController(
            self, self.query_one(StatusLine), self.state, self.navigator, tree, objects
        )
        self.navigator.on_source = self.selection.set_source
        self.ingest_states = IngestStateLoader(self, tree, objects, self.state)
        self.selection.show_status()
        self.navigator.show_listing(None)
        self.call_after_refresh(self._start)

    async def _start(self) -> None:
        await self._load_rest()
        self.is_ready = True
        self.refresh_bindings()
        self.navigator.start()
        space = workspace(self)
        background(self).run(
            self,
            "first start",
            lambda: space.has_catalogue,
            lambda has_catalogue: self.selection.set_first_start(is_first_start=not has_catalogue),
        )

    async def _load_rest(self) -> None:
        """Import and mount what the first frame does not need."""
        from tasveer_tui.ui.browse.inspect_controller import InspectController
        from tasveer_tui.ui.browse.line_actions import LineActions
        from tasveer_tui.ui.browse.seek import SeekBar, SeekController
        from tasveer_tui.ui.shared.inspector import Inspector

        inspector, bar = Inspector(id="inspector"), SeekBar(id="seek")
        await self.inspector_pane.mount(inspector)
        await self.mount(bar, after="#total")
        bar.close()
        self.inspect = InspectController(
            self, inspector, self.inspector_pane, self.tree_pane, self.objects
        )
        self.seek = SeekController(self.navigator, self.tree_pane, self.objects, bar)
        self.lines = LineActions(self, self.state, self.navigator, self.tree_pane, self.objects)

    # ------------------------------------------------------------------ bindings

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command applies now."""
        del parameters
        if not self.is_ready:
            return False
        if action in _ON_A_LINE:
            return self._has_line
        if action in _ON_A_SELECTION:
            return self._has_selection and not self.seek.is_open
        if action == "open":
            return not self._has_selection and self._has_line
        if action in _IN_A_BUCKET:
            return self.tree_pane.node is not None
        return True

    @property
    def _has_line(self) -> bool:
        """Whether a list with lines has the focus."""
        focused = self.focused
        return isinstance(focused, (BucketTree, ObjectList)) and focused.row_count > 0

    @property
    def _has_selection(self) -> bool:
        node = self.tree_pane.node
        return node is not None and bool(self.state.selection(node.source))

    # ------------------------------------------------------------------ messages

    def on_row_list_highlighted(self, event: BrowseList.Highlighted) -> None:
        """The cursor moved in the tree or among the objects."""
        if event.rows is self.tree_pane:
            self.navigator.follow_cursor()
        elif event.rows is self.objects:
            self._inspect_under_cursor()
        self.selection.show_status(self.navigator.active_list)

    def on_descendant_focus(self) -> None:
        """Another part got the focus."""
        self._inspect_under_cursor()
        self.selection.show_status(self.navigator.active_list)
        if self.is_ready:
            self.inspect.follow_focus()

    def _inspect_under_cursor(self) -> None:
        if self.is_ready:
            self.inspect.follow_cursor()

    def on_browse_list_symbol_clicked(self, event: BrowseList.SymbolClicked) -> None:
        """Select the clicked line."""
        self.selection.toggle_at_click(event.rows)

    def on_row_list_opened(self, event: BrowseList.Opened) -> None:
        """A double click opens a line."""
        if event.rows is self.objects or event.rows is self.tree_pane:
            self.action_open()

    def on_browse_list_view_changed(self) -> None:
        """Load the ingest states of the lines in view."""
        self.ingest_states.load()

    def on_screen_resume(self) -> None:
        """A job may have changed the states meanwhile."""
        if self.is_mounted:
            self.ingest_states.load(again=True)

    def on_ledger_changed(self, event: LedgerChanged) -> None:
        """A job has recorded results."""
        event.stop()
        self.ingest_states.load(again=True)

    def on_bucket_tree_expand_requested(self, event: BucketTree.ExpandRequested) -> None:
        """List the expanded node."""
        self.navigator.expand_node(event.node)

    def on_bucket_tree_page_requested(self, event: BucketTree.PageRequested) -> None:
        """Load the next page of the tree."""
        if event.node.parent is not None:
            listings = self.navigator.listings
            listings.load_next(listings.listing_of(event.node.parent))
            self.tree_pane.refresh()

    def on_bucket_tree_objects_requested(self) -> None:
        """Go to the objects, if there are any."""
        if self.objects.display:
            self.objects.focus()

    def on_object_list_page_requested(self, event: ObjectList.PageRequested) -> None:
        """Load the next page of objects, or all of them."""
        self.navigator.listings.load_next(event.listing, to_end=event.to_end)

    def on_object_list_tree_requested(self) -> None:
        """Go to the tree."""
        self.inspect.give_way_to_tree()
        self.set_focus(self.tree_pane)

    def on_seek_bar_changed(self, event: SeekBar.Changed) -> None:
        """Filter by the text."""
        self.seek.apply(event.text)

    def on_seek_bar_accepted(self, event: SeekBar.Accepted) -> None:
        """Keep the filter."""
        self.seek.accept(event.text)
        self.refresh_bindings()

    def show_object(self, source: Source, key: str) -> None:
        """Open the tree at a key or prefix; other screens ask for it."""
        self.navigator.show_object(source, key)

    # ----------------------------------------------------------------- selection

    def action_select(self) -> None:
        """Select the line or the range, or deselect it."""
        self.selection.toggle()

    def action_select_range(self) -> None:
        """Start a range, or select the open one."""
        self.selection.start_or_end_range()

    def action_select_all(self) -> None:
        """Select everything in this prefix, or deselect it."""
        self.selection.toggle_all()

    def action_invert(self) -> None:
        """Invert the selection in this prefix."""
        self.selection.invert()

    def action_clear_selection(self) -> None:
        """Clear the selection in this bucket."""
        self.selection.clear()

    def action_select_pattern(self) -> None:
        """Ask for a pattern and select what matches."""
        self.selection.ask_pattern()

    def action_select_pending(self) -> None:
        """Select what is not ingested."""
        self.selection.select_pending()

    # -------------------------------------------------------------------- ingest

    def _job_spec(self) -> JobSpec | None:
        """The selection, or the prefix under the cursor if nothing is selected."""
        node = self.tree_pane.node
        if node is None:
            return None
        spec = dataclasses.replace(self.navigator.selection_spec(node.source), force=False)
        if self.state.selection(node.source):
            return spec
        return dataclasses.replace(spec, prefixes=(node.prefix,))

    def action_ingest(self) -> None:
        """Open the ingest sheet."""
        from tasveer_tui.ui.browse.ingest_sheet import IngestSheet

        spec = self._job_spec()
        if spec is not None:
            self.app.push_screen(IngestSheet(spec), self._on_ingest_sheet_closed)

    def _on_ingest_sheet_closed(self, has_started: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if has_started:
            self.selection.clear()
            self.selection.set_first_start(is_first_start=False)
            self.ingest_states.load(again=True)

    def action_watch(self) -> None:
        """Watch the selection or this prefix for new objects, or stop watching."""
        spec = self._job_spec()
        if spec is not None:
            space = workspace(self)
            background(self).run(self, "watches", space.watches, partial(self._ask_watch, spec))

    def _ask_watch(self, spec: JobSpec, watches: tuple[WatchView, ...]) -> None:
        from tasveer_tui.ui.browse.watch_dialog import WatchDialog, find_watch

        self.app.push_screen(WatchDialog(spec, find_watch(watches, spec), time()))

    def action_copy_command(self) -> None:
        """Copy the equivalent command line."""
        from tasveer_tui.ui.kit.command_line import ingest_command

        spec = self._job_spec()
        if spec is not None:
            self.post_message(CopyText(ingest_command(spec), "the command"))

    # ---------------------------------------------------------------- navigation

    def action_open(self) -> None:
        """Expand the prefix, load more, or inspect the object."""
        if self.navigator.active_list is not self.objects:
            self.tree_pane.toggle_expanded()
        elif self.objects.ref is None:
            self.objects.request_page()
        else:
            self.inspect.open()

    def action_up(self) -> None:
        """Go to the parent prefix; from a bucket, list the buckets again."""
        node = self.tree_pane.node
        if self.navigator.active_list is self.objects:
            self.tree_pane.focus()
        elif node is not None and node.parent is not None:
            self.tree_pane.move_to(node.parent)
        else:
            self.navigator.list_buckets()

    def action_travel(self, by: int) -> None:
        """Go back or forward in the history."""
        self.navigator.travel(by)

    def action_bucket(self) -> None:
        """Ask for a location and how to reach it."""
        from tasveer_tui.ui.browse.bucket_dialog import BucketDialog

        node, access = self.tree_pane.node, self.navigator.current_access
        location = node.source.uri(node.prefix) if node is not None else SCHEME
        if isinstance(self.navigator.current_error, NoCredentialsError):
            access = dataclasses.replace(access, is_anonymous=True)
        self.app.push_screen(BucketDialog(location, access), self._open_requested)

    def _open_requested(self, request: OpenRequest | None) -> None:
        if request is None:
            return
        if request.location:
            self.navigator.open_location(request.location, request.access)
        else:
            self.navigator.list_buckets(request.access)

    def action_refresh(self) -> None:
        """List the prefix again, with new credentials if they were missing or expired."""
        error = self.navigator.current_error
        if not isinstance(error, (NoCredentialsError, ExpiredCredentialsError)):
            self._list_again()
            return
        space, access = workspace(self), self.navigator.current_access
        background(self).run(
            self, "renew", lambda: space.refresh_credentials(access), lambda _: self._list_again()
        )

    def _list_again(self) -> None:
        node = self.navigator.node
        if node is None:
            self.navigator.list_buckets()
            return
        self.state.drop_states(node.source, node.prefix)
        self.navigator.list_again(node, node.listing.seek if node.listing else "")

    def action_seek(self) -> None:
        """Open the prefix filter."""
        self.seek.open()
        self.refresh_bindings()

    # ------------------------------------------------------- line under the cursor

    def action_inspect(self) -> None:
        """Show or hide the inspector."""
        self.inspect.toggle()

    def action_bookmark(self) -> None:
        """Bookmark the prefix, or remove its bookmark."""
        self.lines.toggle_bookmark()

    def action_bookmarks(self) -> None:
        """List the bookmarks."""
        self.lines.list_bookmarks()

    def action_count(self) -> None:
        """Count what is below the prefix, or stop counting."""
        self.lines.toggle_count()

    def action_copy(self) -> None:
        """Pick what to copy."""
        self.lines.copy()

    def action_download(self) -> None:
        """Open the download sheet."""
        self.lines.download()

    # ---------------------------------------------------------------------- back

    def action_back(self) -> None:
        """Close the innermost open part."""
        if self.seek.is_open:
            self.seek.clear()
            self.refresh_bindings()
        elif self.selection.cancel_range():
            pass
        elif self.lines.counter.is_counting:
            self.lines.counter.stop()
        elif not (
            (self.objects.has_focus and self.objects.stop_loading())
            or self.inspect.close_topmost()
            or self.inspect.leave()
        ):
            self._back_to_tree()

    def _back_to_tree(self) -> None:
        """Clear the filter, else cancel opening a location, else go to the tree."""
        node = self.navigator.node
        if node is not None and node.listing is not None and node.listing.seek:
            self.navigator.list_again(node, "")
        elif self.navigator.is_opening:
            self.navigator.cancel_opening()
        else:
            self.set_focus(self.tree_pane)
