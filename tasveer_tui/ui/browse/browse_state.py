"""The state that Browse shows beside the listings: selections, ingest states, counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasveer_tui.humanize import size_text
from tasveer_tui.ui.browse.selection import Selection

if TYPE_CHECKING:
    from tasveer_tui.records import IngestState, Source


@dataclass(frozen=True, slots=True)
class PrefixCount:
    """Objects and bytes below a prefix."""

    objects: int = 0
    size_bytes: int = 0
    is_final: bool = False
    is_stopped: bool = False
    """Whether the user stopped it, so that the count is a minimum."""

    def text(self, cells: int | None = None) -> str:
        """`12,304 · 4.5 GB`; `…` while counting, `≥` if stopped. Without enough cells, no bytes."""
        symbol = "" if self.is_final else "≥" if self.is_stopped else "…"
        objects = f"{symbol}{self.objects:,}"
        text = f"{objects} · {size_text(self.size_bytes)}"
        return text if cells is None or len(text) <= cells else objects


class BrowseState:
    """Shared by the tree and the object list, which draw it."""

    def __init__(self) -> None:
        self.prefix_states: dict[tuple[Source, str], IngestState] = {}
        self.object_states: dict[tuple[Source, str], IngestState] = {}
        self.watched: frozenset[tuple[Source, str]] = frozenset()
        """The prefixes of the watches."""
        self.access_labels: dict[Source, str] = {}
        """How each bucket is reached; empty if all are reached the same way."""
        self.prefix_counts: dict[tuple[Source, str], PrefixCount] = {}
        """The counts that the user asked for."""
        self._selections: dict[Source, Selection] = {}

    def selection(self, source: Source) -> Selection:
        """The selection in a source."""
        return self._selections.setdefault(source, Selection())

    def other_selected_sources(self, source: Source | None) -> tuple[Source, ...]:
        """The other sources with a selection."""
        return tuple(s for s, selection in self._selections.items() if selection and s != source)

    def drop_states(self, source: Source, prefix: str) -> None:
        """Forget the ingest states below a prefix, so that they are loaded again."""
        for states in (self.prefix_states, self.object_states):
            for key in [k for k in states if k[0] == source and k[1].startswith(prefix)]:
                del states[key]
