"""Choosing in Browse: marks, ranges, and the running total of what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.humanize import plural, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, Source
    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.browse_state import Known
    from tasveer_tui.ui.kit.browse_parts import TotalLine
    from tasveer_tui.workspace import Estimate

COUNT_DELAY_S = 0.5
MAX_COUNTED_PAGES = 1000
"""The total stops counting there, a million objects and half a US cent on; it says so."""

GREETING = "Nothing was read yet: space chooses a prefix, enter reads it, ? says more."


class Choosing:
    """The selections of one Browse screen, and the line that tells about them."""

    def __init__(
        self, owner: Screen[None], line: TotalLine, known: Known, spec: Callable[[Source], JobSpec]
    ) -> None:
        self._owner = owner
        self._line = line
        self._known = known
        self._spec = spec
        self._timer: Timer | None = None
        self._counted: Estimate | None = None
        self._trouble = ""
        self._source: Source | None = None
        self._is_new_here = False

    def greet(self, *, is_new_here: bool) -> None:
        """Say the next step to a person whose first start this is, until something was sent."""
        self._is_new_here = is_new_here
        self.tell()

    # -------------------------------------------------------------------- marks

    def toggle(self, rows: BrowseList) -> None:
        """Choose the open range, or the line under the cursor."""
        lines = rows.range_lines or range(rows.cursor, rows.cursor + 1)
        was_range = rows.range_from is not None
        rows.range_from = None
        prefixes, keys = rows.paths(lines)
        source, _ = rows.scope
        if source is None or not (prefixes or keys):
            return
        self._known.selection(source).set_many(prefixes, keys)
        self.changed()
        if not was_range:
            rows.step()

    def toggle_all(self, rows: BrowseList) -> None:
        """Choose everything in the prefix whose lines are shown, or nothing of it."""
        source, prefix = rows.scope
        if source is not None:
            self._known.selection(source).toggle_prefix(prefix)
            self.changed()

    def invert(self, rows: BrowseList) -> None:
        """Turn round what is chosen in the prefix whose lines are shown."""
        source, prefix = rows.scope
        if source is not None:
            self._known.selection(source).invert(prefix)
            self.changed()

    def clear(self) -> None:
        """Choose nothing of this source."""
        if self._source is not None:
            self._known.selection(self._source).clear()
            self.changed()

    def changed(self) -> None:
        """Show the marks, and count again once a person pauses."""
        self._counted, self._trouble = None, ""
        if self._timer is not None:
            self._timer.stop()
        background(self._owner).cancel(self._owner, "total")
        if self._source is not None and self._known.selection(self._source):
            self._timer = self._owner.set_timer(COUNT_DELAY_S, self._count)
        self._owner.refresh_bindings()
        for rows in (*self._owner.query(BucketTree), *self._owner.query(ObjectList)):
            rows.refresh()
        self.tell()

    # -------------------------------------------------------------------- total

    def show_source(self, source: Source | None) -> None:
        """Tell about another source from now on."""
        if source != self._source:
            self._source = source
            self.changed()

    def _count(self) -> None:
        if self._source is None:
            return
        space, spec = workspace(self._owner), self._spec(self._source)
        background(self._owner).stream(
            self._owner,
            "total",
            lambda: _bounded(space.estimate(spec)),
            self._came,
            failed=self._failed,
        )

    def _came(self, counted: Estimate) -> None:
        self._counted = counted
        self.tell()

    def _failed(self, error: TasveerError) -> None:
        self._trouble = error.message
        self.tell()

    def tell(self, rows: BrowseList | None = None) -> None:
        """Write the line: the open range of `rows`, else what is chosen."""
        if rows is not None and rows.range_from is not None:
            lines = plural(len(rows.range_lines), "line")
            self._line.say(f"Range of {lines}: v or space chooses them, esc leaves them.")
        elif self._source is not None and (selection := self._known.selection(self._source)):
            step = " · enter shows what reading them takes" if self._is_new_here else ""
            self._line.say(f"{_chosen_text(*selection.count())} {self._total_text()}{step}")
        elif others := self._known.chosen_beside(self._source):
            self._line.say(f"Chosen in {_others_text(others)}; enter there reads it.")
        elif self._source is not None and self._is_new_here:
            self._line.say(GREETING)
        else:
            self._line.say("")

    def _total_text(self) -> str:
        if self._trouble:
            return f"· cannot be counted: {clean(self._trouble)}"
        counted = self._counted
        if counted is None:
            return "· counting…"
        figures = f"{plural(counted.to_read, 'image')} · {size_text(counted.to_read_bytes)}"
        if not counted.is_final:
            is_stopped = counted.list_requests >= MAX_COUNTED_PAGES
            return f"· at least {figures}" if is_stopped else f"· counting… {figures} so far"
        others = counted.objects - counted.to_read
        return f"· {figures}" + (f" · {plural(others, 'other object')}" if others else "")


def _others_text(others: Sequence[Source]) -> str:
    first = clean(others[0].bucket)
    return first if len(others) == 1 else f"{first} and {plural(len(others) - 1, 'other bucket')}"


def _chosen_text(prefixes: int, keys: int, left_out: int) -> str:
    parts = []
    if prefixes:
        parts.append(plural(prefixes, "prefix", "prefixes"))
    if keys:
        parts.append(plural(keys, "object"))
    text = f"{' and '.join(parts)} chosen"
    return f"{text}, {left_out:,} left out" if left_out else text


def _bounded(estimates: Iterable[Estimate]) -> Iterator[Estimate]:
    for count, estimate in enumerate(estimates, 1):
        yield estimate
        if count >= MAX_COUNTED_PAGES:
            return
