"""Selecting in Browse: lines, ranges, patterns, and the running total of the selection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.humanize import plural, size_text
from tasveer_tui.records import IngestState
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowNote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, Source
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.listing_model import Listing
    from tasveer_tui.ui.browse.navigator import Navigator
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.kit.widgets import StatusLine
    from tasveer_tui.workspace import Estimate, Workspace

COUNT_DELAY_S = 0.5
MAX_COUNTED_PAGES = 1000
"""The total stops here, at a million objects or half a US cent, and shows that it stopped."""

FIRST_START_HINT = "No images ingested yet. Space selects a prefix, Enter ingests it, ? shows help."
PATTERN_HINT = "* matches anything but /, ** matches anything, ? matches one character."
_INGESTED = frozenset({IngestState.DONE})
"""States in which a job finds nothing to do."""


class SelectionController:
    """The selections of one Browse screen, and the line that shows their total."""

    def __init__(
        self,
        screen: Screen[None],
        line: StatusLine,
        state: BrowseState,
        navigator: Navigator,
        tree: BucketTree,
        objects: ObjectList,
    ) -> None:
        self._screen = screen
        self._line = line
        self._state = state
        self._navigator = navigator
        self._tree = tree
        self._objects = objects
        self._timer: Timer | None = None
        self._estimate: Estimate | None = None
        self._problem = ""
        self._source: Source | None = None
        self._is_first_start = False

    @property
    def _active_list(self) -> BrowseList:
        return self._navigator.active_list

    def set_first_start(self, *, is_first_start: bool) -> None:
        """Show the next step until the first job was started."""
        self._is_first_start = is_first_start
        self.show_status()

    # ------------------------------------------------------------ lines and ranges

    def toggle(self, rows: BrowseList | None = None) -> None:
        """Select the open range or the line under the cursor, or deselect it."""
        rows = rows or self._active_list
        lines = rows.range_lines or range(rows.cursor, rows.cursor + 1)
        was_range = rows.range_from is not None
        rows.range_from = None
        prefixes, keys = rows.paths(lines)
        source, _ = rows.scope
        if source is None or not (prefixes or keys):
            return
        self._state.selection(source).toggle_lines(prefixes, keys)
        self._update()
        if not was_range:
            rows.step()

    def toggle_at_click(self, rows: BrowseList) -> None:
        """Select the clicked line, or deselect it, and stay on it."""
        rows.range_from = rows.cursor
        self.toggle(rows)

    def start_or_end_range(self) -> None:
        """Start a range at the cursor, or select the open one."""
        if self._active_list.range_from is not None:
            self.toggle()
        else:
            self._active_list.range_from = self._active_list.cursor
            self.show_status(self._active_list)

    def cancel_range(self) -> bool:
        """Close the open range without selecting it; False if there is none."""
        if self._active_list.range_from is None:
            return False
        self._active_list.range_from = None
        self.show_status(self._active_list)
        return True

    def toggle_all(self) -> None:
        """Select everything in the prefix whose lines are shown, or deselect it."""
        source, prefix = self._active_list.scope
        if source is not None:
            self._state.selection(source).toggle_prefix(prefix)
            self._update()

    def invert(self) -> None:
        """Invert the selection in the prefix whose lines are shown."""
        source, prefix = self._active_list.scope
        if source is not None:
            self._state.selection(source).invert(prefix)
            self._update()

    def clear(self) -> None:
        """Clear the selection in the current bucket."""
        if self._source is not None:
            self._state.selection(self._source).clear()
            self._update()

    # ------------------------------------------------------- by pattern, by state

    def ask_pattern(self) -> None:
        """Ask for a pattern, and select the loaded lines that match it."""
        from tasveer_tui.ui.kit.dialogs import PromptScreen

        source, prefix = self._active_list.scope
        location = source.uri(prefix) if source is not None else "the buckets"
        question = PromptScreen(
            f"Select by a pattern in {location}", placeholder="*.jpg", hint=PATTERN_HINT
        )
        self._screen.app.push_screen(question, self._select_matching)

    def _select_matching(self, glob: str | None) -> None:
        from tasveer_tui.catalogue.ledger.key_filter import glob_matches

        if not glob:
            return
        source, parent = self._active_list.scope
        prefixes, keys = self._loaded_lines()
        self._select(
            source,
            [prefix for prefix in prefixes if glob_matches(glob, prefix[len(parent) : -1])],
            [key for key in keys if glob_matches(glob, key[len(parent) :])],
            f"{glob} matches",
        )

    def _loaded_lines(self) -> tuple[list[str], list[str]]:
        """The loaded prefixes and keys directly in the prefix whose lines are shown."""
        _, parent = self._active_list.scope
        prefixes, keys = self._active_list.paths(range(self._active_list.row_count))
        inside = (p for p in prefixes if p.startswith(parent) and p != parent)
        return [p for p in inside if "/" not in p[len(parent) : -1]], keys

    def select_pending(self) -> None:
        """Select the loaded lines that are not fully ingested."""
        source, _ = self._active_list.scope
        listing = self._objects.listing if self._active_list is self._objects else None
        prefixes, _ = self._loaded_lines()
        if source is None:
            return
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "pending",
            partial(_pending_lines, space, source, prefixes, listing.objects if listing else ()),
            lambda lines: self._select(source, *lines, "Not ingested:"),
        )

    def _select(
        self, source: Source | None, prefixes: list[str], keys: list[str], reason: str
    ) -> None:
        """Select these, and report how many of the loaded lines they are."""
        if source is None:
            return
        selection = self._state.selection(source)
        for prefix in prefixes:
            selection.set_prefix(prefix, is_in=True)
        for key in keys:
            selection.set_key(key, is_in=True)
        self._update()
        listing = self._active_listing()
        so_far = "" if listing is None or listing.is_complete else " of those loaded so far"
        count = plural(len(prefixes) + len(keys), "line")
        self._screen.post_message(ShowNote(f"{reason} {count}{so_far}."))

    def _active_listing(self) -> Listing | None:
        if self._active_list is self._objects:
            return self._objects.listing
        node = self._tree.node
        return node.parent.listing if node is not None and node.parent is not None else None

    # -------------------------------------------------------------------- total

    def set_source(self, source: Source | None) -> None:
        """Show the selection of another source."""
        if source != self._source:
            self._source = source
            self._update()

    def _update(self) -> None:
        """Draw the selection, and count it again once the user pauses."""
        self._estimate, self._problem = None, ""
        if self._timer is not None:
            self._timer.stop()
        background(self._screen).cancel(self._screen, "total")
        if self._source is not None and self._state.selection(self._source):
            self._timer = self._screen.set_timer(COUNT_DELAY_S, self._count)
        self._screen.refresh_bindings()
        self._tree.refresh()
        self._objects.refresh()
        self.show_status()

    def _count(self) -> None:
        if self._source is None:
            return
        space, spec = workspace(self._screen), self._navigator.selection_spec(self._source)
        background(self._screen).stream(
            self._screen,
            "total",
            lambda: _limited(space.estimate(spec)),
            self._on_estimate,
            on_error=self._on_error,
        )

    def _on_estimate(self, estimate: Estimate) -> None:
        self._estimate = estimate
        self.show_status()

    def _on_error(self, error: TasveerError) -> None:
        self._problem = error.message
        self.show_status()

    def show_status(self, rows: BrowseList | None = None) -> None:
        """Show the open range of `rows`, else the selection."""
        if rows is not None and rows.range_from is not None:
            lines = plural(len(rows.range_lines), "line")
            self._line.set_text(f"Range of {lines}: v or Space selects them, Esc cancels.")
        elif self._source is not None and (selection := self._state.selection(self._source)):
            step = " · Enter estimates the ingest" if self._is_first_start else ""
            text = f"{_selection_text(*selection.count())} {self._total_text()}{step}"
            self._line.set_text(text)
        elif others := self._state.other_selected_sources(self._source):
            self._line.set_text(f"Selection in {_sources_text(others)}; Enter there ingests it.")
        elif self._source is not None and self._is_first_start:
            self._line.set_text(FIRST_START_HINT)
        else:
            self._line.set_text("")

    def _total_text(self) -> str:
        if self._problem:
            return f"· cannot count: {clean(self._problem)}"
        estimate = self._estimate
        if estimate is None:
            return "· counting…"
        figures = f"{plural(estimate.to_read, 'image')} · {size_text(estimate.to_read_bytes)}"
        if not estimate.is_final:
            is_stopped = estimate.list_requests >= MAX_COUNTED_PAGES
            return f"· at least {figures}" if is_stopped else f"· counting… {figures} so far"
        others = estimate.objects - estimate.to_read
        return f"· {figures}" + (f" · {plural(others, 'other object')}" if others else "")


def _sources_text(others: Sequence[Source]) -> str:
    first = clean(others[0].bucket)
    return first if len(others) == 1 else f"{first} and {plural(len(others) - 1, 'other bucket')}"


def _selection_text(prefixes: int, keys: int, excluded: int) -> str:
    parts = []
    if prefixes:
        parts.append(plural(prefixes, "prefix", "prefixes"))
    if keys:
        parts.append(plural(keys, "object"))
    text = f"{' and '.join(parts)} selected"
    return f"{text}, {excluded:,} excluded" if excluded else text


def _limited(estimates: Iterable[Estimate]) -> Iterator[Estimate]:
    for count, estimate in enumerate(estimates, 1):
        yield estimate
        if count >= MAX_COUNTED_PAGES:
            return


def _pending_lines(
    space: Workspace, source: Source, prefixes: Sequence[str], refs: Sequence[ObjectRef]
) -> tuple[list[str], list[str]]:
    """The prefixes and keys for which a job would find something to do. Blocks."""
    prefix_states: Mapping[str, IngestState] = space.ingest_states(source, prefixes)
    key_states: Mapping[str, IngestState] = space.object_states(source, refs)
    return (
        [prefix for prefix in prefixes if prefix_states.get(prefix) not in _INGESTED],
        [ref.key for ref in refs if key_states.get(ref.key) not in _INGESTED],
    )
