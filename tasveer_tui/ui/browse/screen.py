"""Browse: what a person can do with the buckets, the objects and what is chosen of them."""

from __future__ import annotations

import dataclasses
from functools import partial
from time import time
from typing import TYPE_CHECKING, ClassVar

from tasveer_tui.errors import ExpiredCredentialsError, NoCredentialsError
from tasveer_tui.location import SCHEME
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.travelling import TravellingScreen
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tasveer_tui.records import JobSpec, WatchView
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.bucket_dialog import Wish
    from tasveer_tui.ui.kit.messages import LedgerChanged

INSPECTING = "-inspecting"
PLAIN = "-plain"
"""Classes of the screen: the inspector is shown where it need not be, hidden where it would be."""


class BrowseScreen(TravellingScreen):
    """The actions of Browse."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.BROWSE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies here and now."""
        del parameters
        if not self.is_ready:
            return False
        if action in {
            "select",
            "select_range",
            "select_all",
            "invert",
            "select_pattern",
            "select_pending",
        }:
            return self._has_line
        if action in {"dispatch", "clear_selection"}:
            return self._has_chosen and not self.seek_bar.display
        if action == "open":
            return not self._has_chosen and self._has_line
        if action in {
            "copy_command", "seek", "count", "bookmark", "copy", "download", "watch",
        }:  # fmt: skip
            return self.buckets.node is not None
        return True

    @property
    def _has_line(self) -> bool:
        """The keys are on a list, and it has something to act on."""
        focused = self.focused
        return isinstance(focused, (BucketTree, ObjectList)) and focused.row_count > 0

    @property
    def _has_chosen(self) -> bool:
        node = self.buckets.node if self.is_mounted else None
        return node is not None and bool(self.known.selection(node.source))

    # ------------------------------------------------------------------ choosing

    def on_browse_list_mark_clicked(self, event: BrowseList.MarkClicked) -> None:
        """Choose the line that was clicked, and stay on it."""
        event.rows.range_from = event.rows.cursor
        self.choosing.toggle(event.rows)

    # ------------------------------------------------------------------ dispatch

    def _job(self) -> JobSpec | None:
        """What is chosen, or else the prefix under the cursor."""
        node = self.buckets.node
        if node is None:
            return None
        spec = dataclasses.replace(self.spec(node.source), force=False)
        if self.known.selection(node.source):
            return spec
        return dataclasses.replace(spec, prefixes=(node.prefix,))

    def action_dispatch(self) -> None:
        """Open the dispatch sheet."""
        from tasveer_tui.ui.browse.dispatch import DispatchScreen

        spec = self._job()
        if spec is not None:
            self.app.push_screen(DispatchScreen(spec), self._dispatched)

    def action_watch(self) -> None:
        """Have what is chosen, or else this prefix, listed again and again."""
        spec = self._job()
        if spec is not None:
            space = workspace(self)
            background(self).run(self, "watches", space.watches, partial(self._ask_watch, spec))

    def _ask_watch(self, spec: JobSpec, watches: tuple[WatchView, ...]) -> None:
        from tasveer_tui.ui.browse.watch_dialog import WatchScreen, same_place

        self.app.push_screen(WatchScreen(spec, same_place(watches, spec), time()))

    def _dispatched(self, has_dispatched: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if has_dispatched:
            self.choosing.clear()
            self.choosing.greet(is_new_here=False)
            self.states.look(again=True)

    def action_copy_command(self) -> None:
        """Copy the command line that does the same."""
        from tasveer_tui.ui.kit.command_line import ingest_command

        spec = self._job()
        if spec is not None:
            self.post_message(CopyText(ingest_command(spec), "the command"))

    def on_ledger_changed(self, event: LedgerChanged) -> None:
        """The states in view may be others."""
        event.stop()
        self.states.look(again=True)

    # ---------------------------------------------------------------- open and up

    def action_open(self) -> None:
        """Expand the prefix, go on with the listing, inspect the object."""
        if self.rows is self.objects:
            self._inspect_object()
        else:
            self.buckets.toggle_expanded()

    def on_row_list_opened(self, event: BrowseList.Opened) -> None:
        """A double click opens."""
        if event.rows is self.objects or event.rows is self.buckets:
            self.action_open()

    def _inspect_object(self) -> None:
        if self.objects.ref is None:
            self.objects.want_more()
            return
        if not self.inspector_pane.display:
            self.action_inspect()
        self.inspector.focus_tags()

    def action_up(self) -> None:
        """Go to the prefix above, or look for more buckets."""
        node = self.buckets.node
        if self.rows is self.objects:
            self.buckets.focus()
        elif node is not None and node.parent is not None:
            self.buckets.go_to(node.parent)
        else:
            self.look_for_buckets()

    def on_bucket_tree_inside_wanted(self) -> None:
        """Go to the objects, if there are any."""
        if self.objects.display:
            self.objects.focus()

    def on_object_list_tree_wanted(self) -> None:
        """Go to the tree."""
        self._leave_inspector()
        self.set_focus(self.buckets)

    def action_bucket(self) -> None:
        """Ask for a bucket by its name."""
        from tasveer_tui.ui.browse.bucket_dialog import BucketScreen

        node, access = self.buckets.node, self.current_access
        place = node.source.uri(node.prefix) if node is not None else SCHEME
        if isinstance(self.present_error, NoCredentialsError):
            access = dataclasses.replace(access, is_anonymous=True)
        self.app.push_screen(BucketScreen(place, access), self._bucket_wished)

    def _bucket_wished(self, wish: Wish | None) -> None:
        if wish is None:
            return
        if wish.place:
            self.open_place(wish.place, wish.access)
        else:
            self.look_for_buckets(wish.access)

    def action_refresh(self) -> None:
        """List the prefix again."""
        if not isinstance(self.present_error, (NoCredentialsError, ExpiredCredentialsError)):
            self._list_again()
            return
        space, access = workspace(self), self.current_access
        background(self).run(
            self, "renew", lambda: space.refresh_credentials(access), lambda _: self._list_again()
        )

    def _list_again(self) -> None:
        node = self.holder
        if node is None:
            self.look_for_buckets()
            return
        self.known.forget_states(node.source, node.prefix)
        seek = node.listing.seek if node.listing else ""
        self.show_again(node, seek)

    # ----------------------------------------------------------------- inspector

    def action_inspect(self) -> None:
        """Show or hide the inspector; where it is narrow, in the place of the tree."""
        is_shown = self.inspector_pane.display
        if self._is_narrow and not is_shown and not self.objects.display:
            self.post_message(ShowNote("There is no object here to inspect."))
            return
        if self.objects.display and (self._is_inspector_focused if is_shown else self._is_narrow):
            # At once: what is hidden while it has the focus takes it away from everything.
            self.set_focus(self.objects)
        elif is_shown and self._is_inspector_focused:
            self.set_focus(self.buckets)
        self.set_class(not is_shown, INSPECTING)
        self.set_class(is_shown, PLAIN)
        self.call_after_refresh(self.follow_object)

    def on_descendant_focus(self) -> None:
        """What has the keys stays in a window that gets too small for everything."""
        super().on_descendant_focus()
        if self.is_ready and self._is_inspector_focused:
            self.add_class(INSPECTING)
        elif self.buckets.has_focus:
            self.remove_class(INSPECTING)

    @property
    def _is_narrow(self) -> bool:
        return self.has_class("-narrow")

    @property
    def _is_inspector_focused(self) -> bool:
        return self.focused is not None and self.inspector in self.focused.ancestors

    def _leave_inspector(self) -> bool:
        """Where the inspector stands in the place of the tree, take it away."""
        if not (self._is_narrow and self.has_class(INSPECTING)):
            return False
        self.remove_class(INSPECTING)
        return True

    # ---------------------------------------------------------------------- back

    def action_back(self) -> None:
        """Close the innermost thing that is open."""
        if self.seek_bar.display:
            self.seek("")
            self.close_seek()
        elif self.rows.range_from is not None:
            self.rows.range_from = None
            self.choosing.tell(self.rows)
        elif self.sizes.is_counting:
            self.sizes.stop()
        elif not (self._stay() or self.inspector.close_innermost() or self._back_to_rows()):
            self._back_to_tree()

    def _stay(self) -> bool:
        """Load no further towards the end of the objects, if that goes on."""
        return self.objects.has_focus and self.objects.stay()

    def _back_to_rows(self) -> bool:
        """Leave the inspector."""
        if self._is_inspector_focused:
            self.set_focus(self.objects if self.objects.display else self.buckets)
            return True
        return self._leave_inspector()

    def _back_to_tree(self) -> None:
        """Show everything again where something was sought; else go to the tree."""
        node = self.holder
        if node is not None and node.listing is not None and node.listing.seek:
            self.show_again(node, "")
        elif background(self).is_busy(self, "place"):
            self.leave_opening()
        else:
            self.set_focus(self.buckets)
