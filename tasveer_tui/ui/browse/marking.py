"""Choosing in Browse: line by line, as a range, all, by a pattern, by what is not done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.humanize import plural
from tasveer_tui.records import IngestState
from tasveer_tui.ui.browse.seeking import SeekingScreen
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowNote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasveer_tui.records import ObjectRef, Source
    from tasveer_tui.ui.browse.listing_model import Listing
    from tasveer_tui.workspace import Workspace

DONE = frozenset({IngestState.DONE})
"""Not failed, not stale, not partly: what a job would have nothing to do for."""
GLOB_HINT = "* stands for anything but /, ** for anything, ? for one character."


class MarkingScreen(SeekingScreen):
    """The panes of Browse, and what chooses in them."""

    def action_select(self) -> None:
        """Choose the line or the range, or leave it out."""
        self.choosing.toggle(self.rows)

    def action_select_range(self) -> None:
        """Start a range, or choose the one that is open."""
        if self.rows.range_from is not None:
            self.choosing.toggle(self.rows)
        else:
            self.rows.range_from = self.rows.cursor
            self.choosing.tell(self.rows)

    def action_select_all(self) -> None:
        """Choose everything in this prefix."""
        self.choosing.toggle_all(self.rows)

    def action_invert(self) -> None:
        """Turn the choice in this prefix round."""
        self.choosing.invert(self.rows)

    def action_clear_selection(self) -> None:
        """Choose nothing of this bucket."""
        self.choosing.clear()

    # ------------------------------------------------------- by pattern, by state

    def action_select_pattern(self) -> None:
        """Ask for a pattern, and choose what fits it."""
        from tasveer_tui.ui.kit.ask import AskScreen

        question = AskScreen(
            f"Choose by a pattern in {self._where()}", placeholder="*.jpg", hint=GLOB_HINT
        )
        self.app.push_screen(question, self._choose_fitting)

    def _where(self) -> str:
        source, prefix = self.rows.scope
        return source.uri(prefix) if source is not None else "the buckets"

    def _choose_fitting(self, glob: str | None) -> None:
        from tasveer_tui.catalogue.ledger.key_filter import glob_matches

        if not glob:
            return
        source, above = self.rows.scope
        prefixes, keys = self._lines_here()
        fitting = [p for p in prefixes if glob_matches(glob, p[len(above) : -1])]
        self._choose(
            source,
            fitting,
            [key for key in keys if glob_matches(glob, key[len(above) :])],
            f"{glob} fits",
        )

    def _lines_here(self) -> tuple[list[str], list[str]]:
        """The prefixes and keys that stand directly where the cursor does."""
        _, above = self.rows.scope
        prefixes, keys = self.rows.paths(range(self.rows.row_count))
        inside = (p for p in prefixes if p.startswith(above) and p != above)
        return [p for p in inside if "/" not in p[len(above) : -1]], keys

    def action_select_pending(self) -> None:
        """Choose, of the lines that are loaded, what is not done."""
        source, _ = self.rows.scope
        listing = self.objects.listing if self.rows is self.objects else None
        prefixes, _ = self._lines_here()
        if source is None:
            return
        space = workspace(self)
        background(self).run(
            self,
            "not done",
            partial(_not_done, space, source, prefixes, listing.objects if listing else ()),
            lambda found: self._choose(source, *found, "Not done:"),
        )

    def _choose(
        self, source: Source | None, prefixes: list[str], keys: list[str], why: str
    ) -> None:
        """Choose these, and say how many of how many loaded lines they are."""
        if source is None:
            return
        selection = self.known.selection(source)
        for prefix in prefixes:
            selection.set_prefix(prefix, is_in=True)
        for key in keys:
            selection.set_key(key, is_in=True)
        self.choosing.changed()
        listing = self._listing_of_rows()
        so_far = "" if listing is None or listing.is_complete else " of those loaded so far"
        count = plural(len(prefixes) + len(keys), "line")
        self.post_message(ShowNote(f"{why} {count}{so_far}."))

    def _listing_of_rows(self) -> Listing | None:
        if self.rows is self.objects:
            return self.objects.listing
        node = self.buckets.node
        return node.parent.listing if node is not None and node.parent is not None else None


def _not_done(
    space: Workspace, source: Source, prefixes: Sequence[str], refs: Sequence[ObjectRef]
) -> tuple[list[str], list[str]]:
    """The prefixes and keys among these that a job would have something to do for; blocks."""
    of_prefixes: Mapping[str, IngestState] = space.ingest_states(source, prefixes)
    of_keys: Mapping[str, IngestState] = space.object_states(source, refs)
    return (
        [prefix for prefix in prefixes if of_prefixes.get(prefix) not in DONE],
        [ref.key for ref in refs if of_keys.get(ref.key) not in DONE],
    )
