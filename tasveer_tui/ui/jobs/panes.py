"""The lists below the jobs: watches, failures, workers, recent reads, the log.

With enough room all are shown at once; otherwise one is, and tab goes to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.containers import Container
from textual.strip import Strip

from tasveer_tui.humanize import duration_text, plural, size_text
from tasveer_tui.records import Status
from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.jobs.log_tail import Level, LogTail
from tasveer_tui.ui.jobs.outcome_bar import FAILED, NO_EXIF, NOT_AN_IMAGE, READ
from tasveer_tui.ui.kit.columns import fit, fit_end
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.jobs_text import place_text, watch_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult

    from tasveer_tui.jobs import EngineReport, WorkerHeartbeat
    from tasveer_tui.records import FailureGroup, LastRead, WatchView, WorkerView
    from tasveer_tui.ui.jobs.log_tail import LogLine


class JobPane(RowList):
    """A list with a title line, which also names the panes that are hidden."""

    DEFAULT_CSS = """
    JobPane { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1
    short_title: ClassVar[str] = ""
    """Its name in the title lines of the other panes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._hidden_panes = ""

    def title(self) -> str:
        """The title line."""
        raise NotImplementedError

    def empty_text(self) -> str:
        """The text of an empty list."""
        return ""

    def set_hidden_panes(self, names: str) -> None:
        """Name the hidden panes in the title line."""
        if names != self._hidden_panes:
            self._hidden_panes = names
            self.refresh()

    def draw_header(self, width: int, style: Style) -> Strip:
        """The title; on the right the hidden panes, if they fit."""
        title = f" {self.title()} "
        room = width - len(self._hidden_panes) - 1
        if not self._hidden_panes or room < len(title):
            return Strip([Segment(fit(title, width), style)])
        faint = style + self.foreground("faint")
        return Strip([Segment(fit(title, room), style), Segment(f"{self._hidden_panes} ", faint)])

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """The text of an empty list, below the title."""
        if line or self.row_count:
            return Strip.blank(width, style)
        return Strip([Segment(fit(f" {self.empty_text()}", width), style + self.foreground("dim"))])


# ------------------------------------------------------------------------- watches


class WatchList(JobPane):
    """One line per watch: location, interval, next check, objects read."""

    short_title: ClassVar[str] = "watches"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._watches: Sequence[WatchView] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """Number of watches."""
        return len(self._watches)

    @property
    def current(self) -> WatchView | None:
        """The watch under the cursor."""
        return self._watches[self.cursor] if self._watches else None

    def show(self, watches: Sequence[WatchView], now: float) -> None:
        """Show these watches as of the Unix time `now`."""
        if watches != self._watches or int(now) != int(self._now):
            self._watches, self._now = watches, now
            self.rows_changed()

    def title(self) -> str:
        """The number of watches."""
        return f"Watching {plural(len(self._watches), 'location')} for new objects"

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one watch."""
        watch = self._watches[row]
        text = watch_text(watch, self._now)
        room = max(width // 3, width - len(text) - 4)
        return Strip(
            [
                Segment(f" {fit(place_text(watch.spec), room)}  ", style),
                Segment(fit(text, max(0, width - room - 3)), style + self.foreground("dim")),
            ]
        )


# ------------------------------------------------------------------------ failures


class FailureList(JobPane):
    """One line per class of failures: count, class, an example."""

    short_title: ClassVar[str] = "failures"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._groups: Sequence[FailureGroup] = ()

    @property
    def row_count(self) -> int:
        """Number of classes."""
        return len(self._groups)

    @property
    def current(self) -> FailureGroup | None:
        """The class under the cursor."""
        return self._groups[self.cursor] if self._groups else None

    def show(self, groups: Sequence[FailureGroup]) -> None:
        """Show these classes."""
        if groups != self._groups:
            self._groups = groups
            self.rows_changed()

    def title(self) -> str:
        """The number of failed objects."""
        failed = sum(group.count for group in self._groups)
        return f"Failures: {plural(failed, 'object')}" if failed else "No failures"

    def empty_text(self) -> str:
        """No failures."""
        return "No object of this job failed."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one class."""
        group = self._groups[row]
        example = clean(f"{group.example_key}  {group.example_message}".strip(), 400)
        return Strip(
            [
                Segment(f"{fit(f'{group.count:,}', 8, is_right=True)}  ", style),
                Segment(f"{fit(group.outcome, 12)} ", style + self.foreground("bad")),
                Segment(fit(example, max(0, width - 23)), style + self.foreground("dim")),
            ]
        )


# ------------------------------------------------------------------------- workers

ONLINE_S: Final = 15.0
"""A worker without a heartbeat counts as online for this long after its last result."""
LISTED_S: Final = 86_400.0
"""A worker is listed for this long after its last heartbeat or result."""


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A worker: the ledger's counts and its last heartbeat."""

    name: str
    seen_at: float
    """Unix time of the last heartbeat or result."""
    objects: int = 0
    bytes_read: int = 0
    heartbeat: WorkerHeartbeat | None = None

    def is_online(self, now: float) -> bool:
        """Whether it has a heartbeat or returned a result lately."""
        return self.heartbeat is not None or now - self.seen_at < ONLINE_S

    def facts(self) -> Iterator[str]:
        """Its load and its results, the most important first."""
        beat = self.heartbeat
        if beat is not None:
            yield f"{beat.active} active" if beat.active else "idle"
        if self.objects:
            yield plural(self.objects, "object")
        if beat is not None and beat.processes:
            yield f"{beat.processes} × {beat.threads} concurrent"
        if self.bytes_read:
            yield size_text(self.bytes_read)
        if beat is not None and beat.load:
            yield f"load {beat.load:.1f}"


def worker_lines(
    workers: Sequence[WorkerView], heartbeats: Sequence[WorkerHeartbeat], now: float
) -> tuple[WorkerLine, ...]:
    """The workers seen lately, those with a heartbeat first."""
    beats = {beat.name: beat for beat in heartbeats}
    lines = []
    for worker in workers:
        beat = beats.pop(worker.name, None)
        seen_at = max(worker.seen_at, beat.heartbeat_at if beat else 0.0)
        lines.append(WorkerLine(worker.name, seen_at, worker.objects, worker.bytes_read, beat))
    lines += [WorkerLine(b.name, b.heartbeat_at, heartbeat=b) for b in beats.values()]
    lines.sort(
        key=lambda line: (
            line.heartbeat is None,
            line.name if line.heartbeat else -line.seen_at,
        )
    )
    # A worker that has only listed and has no heartbeat is another name of one that has.
    known = (line for line in lines if line.heartbeat is not None or line.objects)
    return tuple(line for line in known if now - line.seen_at < LISTED_S)


def queue_text(engine: EngineReport | None) -> str:
    """What waits for a worker: `1 listing, 12 batches`."""
    if engine is None:
        return ""
    parts = (
        (engine.scans_waiting, plural(engine.scans_waiting, "listing")),
        (engine.batches_waiting, plural(engine.batches_waiting, "batch", "batches")),
        (engine.replies_waiting, plural(engine.replies_waiting, "reply", "replies")),
    )
    return ", ".join(text for count, text in parts if count)


class WorkerList(JobPane):
    """One line per worker: name, load, results, when it was last seen."""

    short_title: ClassVar[str] = "workers"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: tuple[WorkerLine, ...] = ()
        self._queue = ""
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """Number of workers."""
        return len(self._lines)

    def show(
        self, workers: Sequence[WorkerView], now: float, engine: EngineReport | None = None
    ) -> None:
        """Show the workers and the queue as of the Unix time `now`."""
        lines = worker_lines(workers, engine.workers if engine else (), now)
        queue = queue_text(engine)
        if (lines, queue, int(now)) != (self._lines, self._queue, int(self._now)):
            self._lines, self._queue, self._now = lines, queue, now
            self.rows_changed()

    def title(self) -> str:
        """The number of workers online, and the queue."""
        online = sum(line.is_online(self._now) for line in self._lines)
        text = f"Workers: {online} online" if online else "Workers: none online"
        return f"{text}, {self._queue} waiting" if self._queue else text

    def empty_text(self) -> str:
        """No workers."""
        return "No worker seen in the last 24 hours."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one worker."""
        line = self._lines[row]
        age_s = max(0.0, self._now - line.seen_at)
        is_online = line.is_online(self._now)
        seen = "now" if age_s < ONLINE_S else f"{duration_text(age_s)} ago"
        name = f" {clean(line.name, 80)}"
        room = width - 11
        facts = list(line.facts()) if is_online else list(line.facts())[:2]
        while facts and len(name) + 1 + len("  ".join(facts)) > room:
            facts.pop()
        text = "  ".join(facts)
        seen_style = style + self.foreground("good" if is_online else "faint")
        return Strip(
            [
                Segment(f"{fit(name, room - len(text) - 1)} ", style),
                Segment(text, style + self.foreground("dim")),
                Segment(f"{fit(seen, 10, is_right=True)} ", seen_style),
            ]
        )


# -------------------------------------------------------------------- recent reads

_KIND_BY_STATUS: Final = {
    Status.OK: READ,
    Status.NOEXIF: NO_EXIF,
    Status.NOTIMAGE: NOT_AN_IMAGE,
    Status.FAILED: FAILED,
    Status.GONE: FAILED,
}
_AGE, _SYMBOL, _LABEL = 7, 4, 14
"""Widths of the columns in cells."""
_CAMERA: Final = 24
_MIN_WIDTH_FOR_CAMERA: Final = 90


class RecentReads(JobPane):
    """One line per object, the latest first: age, outcome, key, camera or error."""

    short_title: ClassVar[str] = "recent reads"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._reads: Sequence[LastRead] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """Number of objects."""
        return len(self._reads)

    @property
    def current(self) -> LastRead | None:
        """The object under the cursor."""
        return self._reads[self.cursor] if self._reads else None

    def show(self, reads: Sequence[LastRead], now: float) -> None:
        """Show these objects; with the focus, the cursor follows its object."""
        if reads == self._reads and int(now) == int(self._now):
            return
        current = self.current
        is_changed = reads != self._reads
        self._reads, self._now = reads, now
        if is_changed and self.has_focus and current in reads:
            self.set_reactive(JobPane.cursor, reads.index(current))
        self.rows_changed()

    def title(self) -> str:
        """The age of the latest read."""
        if not self._reads:
            return "Recent reads"
        age_s = max(0.0, self._now - self._reads[0].at)
        return f"Recent reads: {'now' if age_s < 2 else f'{duration_text(age_s)} ago'}"  # noqa: PLR2004

    def empty_text(self) -> str:
        """No reads since the engine started."""
        return "Nothing read yet. Objects appear here as they are read."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one object."""
        read = self._reads[row]
        kind = _KIND_BY_STATUS[read.outcome.status()]
        symbol = kind.ascii_symbol if self.symbols.is_ascii else kind.symbol
        is_failed = kind is FAILED
        label = read.outcome.value if is_failed else kind.label
        note = clean(read.message if is_failed else read.camera, 200)
        room = max(0, width - _AGE - _SYMBOL - _LABEL)
        note_cells = self._note_cells(width, room, note, is_failed=is_failed)
        dim, kind_style = style + self.foreground("dim"), style + self.foreground(kind.style)
        return Strip(
            [
                Segment(f"{fit(self._age_text(read), _AGE - 1, is_right=True)} ", dim),
                Segment(f" {symbol}  ", kind_style),
                Segment(f"{fit(label, _LABEL - 1)} ", kind_style),
                Segment(fit_end(clean(read.key, 1000), room - note_cells), style),
                Segment(fit(f"  {note}", note_cells), dim),
            ]
        )

    def _age_text(self, read: LastRead) -> str:
        age_s = self._now - read.at
        return "now" if age_s < 1 else duration_text(age_s)

    @staticmethod
    def _note_cells(width: int, room: int, note: str, *, is_failed: bool) -> int:
        """Cells for the error or the camera."""
        if not note:
            return 0
        if is_failed:
            return room // 2
        return _CAMERA if width >= _MIN_WIDTH_FOR_CAMERA else 0


# ----------------------------------------------------------------------------- log

_LEVEL_STYLES: Final = {Level.EVERYTHING: "dim", Level.WARNINGS: "warn", Level.ERRORS: "bad"}
_LEVEL_SYMBOLS: Final = {Level.EVERYTHING: " ", Level.WARNINGS: "!", Level.ERRORS: "x"}
_TIME: Final = 11


class LogPane(JobPane):
    """The end of the engine's log; it scrolls along while the cursor is on the last line."""

    short_title: ClassVar[str] = "log"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.tail = LogTail()
        self.level = Level.EVERYTHING
        self._path = ""
        self._lines: Sequence[LogLine] = ()

    @property
    def row_count(self) -> int:
        """Number of lines at this level."""
        return len(self._lines)

    def show(self, tail: LogTail, path: Path) -> None:
        """Show the end of a log."""
        if tail is not self.tail or not self._path:
            self.tail, self._path = tail, clean(path, 200)
            self._filter_lines()

    def next_level(self) -> None:
        """Show the next level up; after errors, everything."""
        self.level = self.level.next()
        self._filter_lines()
        self.cursor = self.row_count - 1

    def _filter_lines(self) -> None:
        is_at_end = self.cursor >= self.row_count - 1
        self._lines = [line for line in self.tail.lines if line.level >= self.level]
        self.rows_changed()
        if is_at_end:
            self.cursor = self.row_count - 1
            self.scroll_end(animate=False)

    def title(self) -> str:
        """The level."""
        return f"Log: {self.level.title}"

    def empty_text(self) -> str:
        """No lines at this level, or no log."""
        if self.level is Level.EVERYTHING:
            return f"The engine has not written to {self._path} yet."
        kind = "warnings or errors" if self.level is Level.WARNINGS else "errors"
        return f"No {kind} at the end of {self._path}"

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one line."""
        line = self._lines[row]
        line_style = style + self.foreground(_LEVEL_STYLES[line.level])
        time = fit(f" {_LEVEL_SYMBOLS[line.level]} {line.time}", _TIME)
        return Strip(
            [
                Segment(f"{time} ", line_style),
                Segment(fit(line.text, max(0, width - _TIME - 1)), line_style),
            ]
        )


# ----------------------------------------------------------------------- container

_SHOWN: Final = "-shown"


class JobPanes(Container):
    """Failures, workers, recent reads and the log: all of them, or one."""

    DEFAULT_CSS = """
    JobPanes {
        height: 1fr; min-height: 4;
        & > JobPane { display: none; height: 1fr; }
        & > JobPane.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_user_selected = False
        """Whether the user went to a pane, so that it must not be replaced."""

    def compose(self) -> ComposeResult:
        """In the order of tab."""
        yield FailureList(id="jobs-failures")
        yield WorkerList(id="jobs-workers").add_class("-right")
        yield RecentReads(id="jobs-reads")
        yield LogPane(id="jobs-log").add_class("-right")

    def on_mount(self) -> None:
        """Show the failures first."""
        self.show_pane(self.query_one(FailureList))

    @property
    def all(self) -> list[JobPane]:
        """Every pane, in the order of tab."""
        return list(self.query(JobPane))

    @property
    def has_room_for_all(self) -> bool:
        """Whether all panes are shown at once."""
        return self.screen.has_class("-wide") and self.screen.has_class("-tall")

    def show_default(self, *, has_failures: bool) -> None:
        """Show the failures, or without any the recent reads, until the user goes to a pane."""
        pane = self.query_one(FailureList if has_failures else RecentReads)
        if not (self.is_user_selected or pane.has_class(_SHOWN)):
            self.show_pane(pane)

    def show_pane(self, pane: JobPane) -> None:
        """Show this pane; its title names the others if they are hidden."""
        panes = self.all
        index = panes.index(pane)
        for other in panes:
            other.set_class(other is pane, _SHOWN)
            other.set_hidden_panes("")
        if self.has_room_for_all:
            return
        separator = f" {app_context(self).symbols.separator} "
        others = (*panes[index + 1 :], *panes[:index])
        pane.set_hidden_panes(f"tab: {separator.join(other.short_title for other in others)}")

    def on_resize(self, event: events.Resize) -> None:
        """Other panes may be hidden now."""
        del event
        shown = next((pane for pane in self.all if pane.has_class(_SHOWN)), None)
        if shown is not None:
            self.show_pane(shown)
