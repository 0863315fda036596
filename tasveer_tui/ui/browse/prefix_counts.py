"""How many objects and bytes are in a prefix, counted when asked, shown beside it meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.ui.browse.browse_state import PrefixCount
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, Source
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.workspace import Estimate


class PrefixCounter:
    """Counts prefixes for one Browse screen, each in the background."""

    def __init__(
        self,
        owner: Screen[None],
        known: BrowseState,
        spec: Callable[[Source, str], JobSpec],
        show: Callable[[], object],
    ) -> None:
        self._owner = owner
        self._known = known
        self._spec = spec
        self._show = show
        self._counting: set[tuple[Source, str]] = set()

    @property
    def is_counting(self) -> bool:
        """Something is being counted."""
        return bool(self._counting)

    def toggle(self, source: Source, prefix: str) -> None:
        """Count a prefix; if it is being counted, stop there."""
        if (source, prefix) in self._counting:
            self._stop(source, prefix)
        else:
            self._count(source, prefix)
        self._show()

    def stop(self) -> None:
        """Leave everything that is being counted where it is."""
        for source, prefix in list(self._counting):
            self._stop(source, prefix)
        self._show()

    def _stop(self, source: Source, prefix: str) -> None:
        background(self._owner).cancel(self._owner, _group(source, prefix))
        self._counting.discard((source, prefix))
        so_far = self._known.prefix_counts[source, prefix]
        self._known.prefix_counts[source, prefix] = PrefixCount(
            so_far.objects, so_far.size_bytes, is_stopped=True
        )

    def _count(self, source: Source, prefix: str) -> None:
        self._counting.add((source, prefix))
        self._known.prefix_counts[source, prefix] = PrefixCount()
        space, spec = workspace(self._owner), self._spec(source, prefix)
        background(self._owner).stream(
            self._owner,
            _group(source, prefix),
            lambda: space.estimate(spec),
            partial(self._came, source, prefix),
            failed=partial(self._failed, source, prefix),
        )

    def _came(self, source: Source, prefix: str, counted: Estimate) -> None:
        size = PrefixCount(counted.objects, counted.size_bytes, counted.is_final)
        self._known.prefix_counts[source, prefix] = size
        if counted.is_final:
            self._counting.discard((source, prefix))
        self._show()

    def _failed(self, source: Source, prefix: str, error: TasveerError) -> None:
        self._counting.discard((source, prefix))
        self._known.prefix_counts.pop((source, prefix), None)
        self._owner.post_message(ShowError(error))
        self._show()


def _group(source: Source, prefix: str) -> str:
    return f"size of {source} {prefix}"
