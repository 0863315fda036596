"""Asks the catalogue for the ingest states of what is in view, a little after it came there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.records import IngestState
from tasveer_tui.ui.browse.tree_lines import Kind
from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, Source, WatchView
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.object_list import ObjectList

LOOK_DELAY_S = 0.15


class IngestStateLoader:
    """The ingest states of one Browse screen."""

    def __init__(
        self, owner: Screen[None], tree: BucketTree, objects: ObjectList, known: BrowseState
    ) -> None:
        self._owner = owner
        self._tree = tree
        self._objects = objects
        self._known = known
        self._timer: Timer | None = None
        self._is_again = True

    def load(self, *, again: bool = False) -> None:
        """See what is in view and not known; with `again`, what is known as well."""
        self._is_again = self._is_again or again
        if self._timer is None:
            self._timer = self._owner.set_timer(LOOK_DELAY_S, self._ask)

    def _ask(self) -> None:
        again, self._is_again, self._timer = self._is_again, False, None
        if again:
            self._ask_watches()
        for source, prefixes in self._prefixes(again=again).items():
            self._ask_prefixes(source, prefixes)
        listing = self._objects.listing
        if listing is not None:
            known = {} if again else self._known.object_states
            refs = [r for r in self._objects.refs_in_view if (listing.source, r.key) not in known]
            if refs:
                self._ask_objects(listing.source, refs)

    def _prefixes(self, *, again: bool) -> dict[Source, list[str]]:
        known = {} if again else self._known.prefix_states
        wanted: dict[Source, list[str]] = {}
        for node in self._tree.nodes_in_view:
            if node.kind is not Kind.MORE and (node.source, node.prefix) not in known:
                wanted.setdefault(node.source, []).append(node.prefix)
        return wanted

    def _ask_prefixes(self, source: Source, prefixes: list[str]) -> None:
        space = workspace(self._owner)
        background(self._owner).run(
            self._owner,
            f"states of {source}",
            lambda: space.ingest_states(source, prefixes),
            partial(self._prefixes_came, source, prefixes),
            failed=self._failed,
        )

    def _ask_objects(self, source: Source, refs: list[ObjectRef]) -> None:
        space = workspace(self._owner)
        background(self._owner).run(
            self._owner,
            "states of objects",
            lambda: space.object_states(source, refs),
            partial(self._objects_came, source, refs),
            failed=self._failed,
        )

    def _ask_watches(self) -> None:
        background(self._owner).run(
            self._owner,
            "watches in view",
            workspace(self._owner).watches,
            self._watches_came,
            failed=self._failed,
        )

    def _watches_came(self, watches: tuple[WatchView, ...]) -> None:
        found = frozenset(
            (watch.spec.source, prefix) for watch in watches for prefix in watch.spec.prefixes
        )
        if found != self._known.watched:
            self._known.watched = found
            self._tree.refresh()

    def _prefixes_came(
        self, source: Source, prefixes: list[str], states: dict[str, IngestState]
    ) -> None:
        for prefix in prefixes:
            self._known.prefix_states[source, prefix] = states.get(prefix, IngestState.NEVER)
        self._tree.refresh()

    def _objects_came(
        self, source: Source, refs: list[ObjectRef], states: dict[str, IngestState]
    ) -> None:
        for ref in refs:
            self._known.object_states[source, ref.key] = states.get(ref.key, IngestState.NEVER)
        self._objects.refresh()

    def _failed(self, error: TasveerError) -> None:
        """Browsing needs no catalogue: the states stay blank, and the header tells of trouble."""
