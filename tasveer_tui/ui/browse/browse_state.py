"""What Browse knows besides the listings: what is chosen, and what the catalogue has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasveer_tui.humanize import size_text
from tasveer_tui.ui.browse.selection import Selection

if TYPE_CHECKING:
    from tasveer_tui.records import IngestState, Source


@dataclass(frozen=True, slots=True)
class PrefixCount:
    """What was counted in a prefix, at any depth."""

    objects: int = 0
    size_bytes: int = 0
    is_final: bool = False
    is_stopped: bool = False
    """It was left before the end: there is at least so much."""

    def text(self, room: int | None = None) -> str:
        """`12,304 · 4.5 GB`, with a sign for what is not the whole; no bytes where no room is."""
        sign = "" if self.is_final else "≥" if self.is_stopped else "…"
        objects = f"{sign}{self.objects:,}"
        whole = f"{objects} · {size_text(self.size_bytes)}"
        return whole if room is None or len(whole) <= room else objects


class BrowseState:
    """Selections by source, ingest states by prefix and key; read by tree and object list."""

    def __init__(self) -> None:
        self.prefix_states: dict[tuple[Source, str], IngestState] = {}
        self.object_states: dict[tuple[Source, str], IngestState] = {}
        self.watched: frozenset[tuple[Source, str]] = frozenset()
        """The prefixes that are listed again and again."""
        self.access_labels: dict[Source, str] = {}
        """How each bucket is reached, where not all are reached alike."""
        self.prefix_counts: dict[tuple[Source, str], PrefixCount] = {}
        """What was counted of prefixes, on request."""
        self._selections: dict[Source, Selection] = {}

    def selection(self, source: Source) -> Selection:
        """What is chosen in a source."""
        return self._selections.setdefault(source, Selection())

    def other_selected_sources(self, source: Source | None) -> tuple[Source, ...]:
        """The other sources in which something is chosen."""
        return tuple(one for one, chosen in self._selections.items() if chosen and one != source)

    def drop_states(self, source: Source | None = None, prefix: str = "") -> None:
        """Ask again for the states of everything, or of what is under a prefix."""
        for states in (self.prefix_states, self.object_states):
            for place in [
                p for p in states if source is None or (p[0] == source and p[1].startswith(prefix))
            ]:
                del states[place]
