"""Loads the ingest states of the lines in view from the catalogue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.records import IngestState
from tasveer_tui.ui.browse.tree_lines import LineKind
from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, Source, WatchView
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.object_list import ObjectList

LOAD_DELAY_S = 0.15
"""A delay, so that scrolling loads many lines at once."""


class IngestStateLoader:
    """The ingest states of one Browse screen."""

    def __init__(
        self, screen: Screen[None], tree: BucketTree, objects: ObjectList, state: BrowseState
    ) -> None:
        self._screen = screen
        self._tree = tree
        self._objects = objects
        self._state = state
        self._timer: Timer | None = None
        self._reloads = True
        """Whether the next load includes the states that are known."""

    def load(self, *, again: bool = False) -> None:
        """Load the states of the lines in view that are unknown; with `again`, of all of them."""
        self._reloads = self._reloads or again
        if self._timer is None:
            self._timer = self._screen.set_timer(LOAD_DELAY_S, self._load)

    def _load(self) -> None:
        again, self._reloads, self._timer = self._reloads, False, None
        if again:
            self._load_watches()
        for source, prefixes in self._prefixes_to_load(again=again).items():
            self._load_prefixes(source, prefixes)
        listing = self._objects.listing
        if listing is not None:
            known = {} if again else self._state.object_states
            refs = [r for r in self._objects.refs_in_view if (listing.source, r.key) not in known]
            if refs:
                self._load_objects(listing.source, refs)

    def _prefixes_to_load(self, *, again: bool) -> dict[Source, list[str]]:
        known = {} if again else self._state.prefix_states
        prefixes_by_source: dict[Source, list[str]] = {}
        for node in self._tree.nodes_in_view:
            if node.kind is not LineKind.MORE and (node.source, node.prefix) not in known:
                prefixes_by_source.setdefault(node.source, []).append(node.prefix)
        return prefixes_by_source

    def _load_prefixes(self, source: Source, prefixes: list[str]) -> None:
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            f"states of {source}",
            lambda: space.ingest_states(source, prefixes),
            partial(self._on_prefix_states, source, prefixes),
            on_error=self._on_error,
        )

    def _load_objects(self, source: Source, refs: list[ObjectRef]) -> None:
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "states of objects",
            lambda: space.object_states(source, refs),
            partial(self._on_object_states, source, refs),
            on_error=self._on_error,
        )

    def _load_watches(self) -> None:
        background(self._screen).run(
            self._screen,
            "watches in view",
            workspace(self._screen).watches,
            self._on_watches,
            on_error=self._on_error,
        )

    def _on_watches(self, watches: tuple[WatchView, ...]) -> None:
        watched = frozenset(
            (watch.spec.source, prefix) for watch in watches for prefix in watch.spec.prefixes
        )
        if watched != self._state.watched:
            self._state.watched = watched
            self._tree.refresh()

    def _on_prefix_states(
        self, source: Source, prefixes: list[str], states: dict[str, IngestState]
    ) -> None:
        for prefix in prefixes:
            self._state.prefix_states[source, prefix] = states.get(prefix, IngestState.NEVER)
        self._tree.refresh()

    def _on_object_states(
        self, source: Source, refs: list[ObjectRef], states: dict[str, IngestState]
    ) -> None:
        for ref in refs:
            self._state.object_states[source, ref.key] = states.get(ref.key, IngestState.NEVER)
        self._objects.refresh()

    def _on_error(self, error: TasveerError) -> None:
        """Leave the states blank: browsing needs no catalogue. The header shows its problems."""
