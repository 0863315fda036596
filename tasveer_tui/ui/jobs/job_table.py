"""The jobs as a table, the newest first, and the filter above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static

from tasveer_tui.humanize import duration_text, minute_text, rate_text
from tasveer_tui.records import JobState
from tasveer_tui.ui.jobs.outcome_bar import KINDS, STATE_STYLES, bar_cells, percent_done
from tasveer_tui.ui.kit.columns import fit, fit_end
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.jobs_text import about_left_text, where_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.jobs.throughput import ThroughputTracker

_NUMBER, _STATE, _PERCENT, _LEFT, _TIME = 5, 11, 6, 10, 9
"""Widths of the columns in cells."""
_FIXED: Final = _NUMBER + _STATE + _PERCENT + _LEFT + _TIME + 6
_WIDE: Final = 120
"""A table this wide has the columns rate and start as well."""
_RATE, _START = 11, 17
_MIN_STATE_LETTERS: Final = 4
"""A shorter filter word is never taken for a state."""


class JobTable(RowList):
    """One line per job; the cursor follows its job when others are added."""

    DEFAULT_CSS = """
    JobTable { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1

    def __init__(self, throughput: ThroughputTracker, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._throughput = throughput
        self.jobs: Sequence[JobView] = ()
        self._title = ""
        self._empty_text = ""
        self._pending_states: Mapping[int, str] = {}
        self._awaited_id = 0
        """The job that the cursor moves to once it is shown; 0 for none."""

    @property
    def row_count(self) -> int:
        """Number of jobs."""
        return len(self.jobs)

    @property
    def current(self) -> JobView | None:
        """The job under the cursor."""
        return self.jobs[self.cursor] if self.jobs else None

    def show(
        self,
        jobs: Sequence[JobView],
        *,
        title: str = "",
        empty_text: str = "",
        pending_states: Mapping[int, str] | None = None,
    ) -> None:
        """Show these jobs.

        `title` replaces the header of the location column; `empty_text` is shown without jobs;
        `pending_states` replaces the state of a job, by id.
        """
        texts = (title, empty_text, dict(pending_states or {}))
        if jobs == self.jobs and texts == (self._title, self._empty_text, self._pending_states):
            return
        current_id = self.current.id if self.current else 0
        self.jobs = jobs
        self._title, self._empty_text, self._pending_states = texts
        self.set_reactive(RowList.cursor, self._row(self._awaited_id or current_id, current_id))
        self._drop_awaited()
        self.rows_changed()

    def _row(self, *job_ids: int) -> int:
        """The row of the first of these jobs that is shown; else 0."""
        rows = {job.id: row for row, job in enumerate(self.jobs)}
        return next((rows[job_id] for job_id in job_ids if job_id in rows), 0)

    def _drop_awaited(self) -> None:
        if any(job.id == self._awaited_id for job in self.jobs):
            self._awaited_id = 0

    def move_to(self, job_id: int) -> None:
        """Move the cursor to a job, now or once it is shown."""
        self._awaited_id = job_id
        if self.jobs:
            self.cursor = self._row(job_id, self.jobs[self.cursor].id)
        self._drop_awaited()

    # ------------------------------------------------------------------ drawing

    @staticmethod
    def _flexible_cells(width: int) -> tuple[int, int]:
        """Cells for the location and for the bar."""
        more = _RATE + _START if width >= _WIDE else 0
        rest = max(12, width - _FIXED - more)
        bar = max(6, min(48, rest * 2 // 5))
        return rest - bar, bar

    def draw_header(self, width: int, style: Style) -> Strip:
        """Column titles."""
        location, bar = self._flexible_cells(width)
        more = (fit("Images/s", _RATE - 1, is_right=True), fit("Started (UTC)", _START - 1))
        text = " ".join(
            (
                fit("Job", _NUMBER, is_right=True),
                fit(" State", _STATE),
                fit(self._title or "Location", location),
                fit("Objects", bar + _PERCENT),
                fit("Left", _LEFT, is_right=True),
                fit("Time", _TIME, is_right=True),
                *(more if width >= _WIDE else ()),
            )
        )
        return Strip([Segment(text, style)])

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one job."""
        job = self.jobs[row]
        location, bar = self._flexible_cells(width)
        pending = self._pending_states.get(job.id, "")
        state_style = style + self.foreground("warn" if pending else STATE_STYLES[job.state])
        left = f"{job.left:,}" if job.is_scanned or job.state.is_final else f"{job.left:,}+"
        return Strip(
            [
                Segment(fit(str(job.id), _NUMBER, is_right=True) + "  ", style),
                Segment(fit(pending or _state_text(job), _STATE - 1) + " ", state_style),
                Segment(fit_end(where_text(job.spec), location) + " ", style),
                *self._bar(job, bar, style),
                Segment(fit(_percent_text(job), _PERCENT, is_right=True) + " ", style),
                Segment(fit(left if job.left else "", _LEFT, is_right=True) + " ", style),
                Segment(
                    fit(self._time_text(job), _TIME, is_right=True), style + self.foreground("dim")
                ),
                *(self._rate_and_start(job, style) if width >= _WIDE else ()),
            ]
        )

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """The reason why there are no jobs, below the header."""
        if line or self.jobs:
            return Strip.blank(width, style)
        text = fit(f"  {self._empty_text}", width)
        return Strip([Segment(text, style + self.foreground("dim"))])

    def _rate_and_start(self, job: JobView, style: Style) -> list[Segment]:
        rate = self._images_per_s(job)
        rate_cell = fit(rate_text(rate) if rate else "", _RATE - 1, is_right=True)
        start_cell = fit(minute_text(job.started_at), _START - 1)
        return [
            Segment(f" {rate_cell}", style),
            Segment(f" {start_cell}", style + self.foreground("dim")),
        ]

    def _images_per_s(self, job: JobView) -> float:
        """The present rate; of a finished job, the average."""
        if not job.state.is_final:
            return self._throughput.progress(job).images_per_s
        elapsed_s = job.finished_at - job.started_at
        return job.done / elapsed_s if job.started_at and elapsed_s > 0 else 0.0

    def _bar(self, job: JobView, width: int, style: Style) -> list[Segment]:
        cells = bar_cells([kind.count(job) for kind in KINDS], width)
        if not any(cells):
            return [Segment(" " * width, style)]
        is_ascii = self.symbols.is_ascii
        return [
            Segment(
                (kind.ascii_symbol if is_ascii else kind.symbol) * count,
                style + self.foreground(kind.style),
            )
            for kind, count in zip(KINDS, cells, strict=True)
            if count
        ]

    def _time_text(self, job: JobView) -> str:
        """The remaining time; of a finished job, the elapsed time."""
        if job.state.is_final:
            elapsed_s = job.finished_at - job.started_at
            return duration_text(elapsed_s) if job.started_at and elapsed_s > 0 else ""
        return about_left_text(self._throughput.progress(job))


def _percent_text(job: JobView) -> str:
    percent = percent_done(job)
    return "" if percent is None else f"{percent} %"


def _state_text(job: JobView) -> str:
    """The state, and the priority if it is not 0 and still matters."""
    has_priority = job.priority and not job.state.is_final
    return f"{job.state} {job.priority:+}" if has_priority else job.state


# -------------------------------------------------------------------------- filter


def filter_jobs(jobs: Iterable[JobView], text: str) -> tuple[JobView, ...]:
    """The jobs that match every word of the text."""
    words = text.casefold().split()
    return tuple(job for job in jobs if all(_matches(job, word) for word in words))


def _matches(job: JobView, word: str) -> bool:
    """Match the number, the start of the state, the endpoint or a part of a location."""
    if word.removeprefix("#") == str(job.id):
        return True
    if len(word) >= _MIN_STATE_LETTERS and any(state.startswith(word) for state in JobState):
        return job.state.startswith(word)
    spec = job.spec
    locations = (spec.source.uri(path) for path in (*spec.prefixes, *spec.keys))
    return word in spec.source.endpoint.casefold() or any(
        word in location.casefold() for location in locations
    )


class JobFilter(Horizontal):
    """The input of the job filter."""

    DEFAULT_CSS = """
    JobFilter { height: 1; background: $primary 15%; display: none; }
    JobFilter > Static { width: auto; color: $text-primary; text-style: bold; }
    JobFilter > Input { width: 1fr; background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.JOB_FILTER)

    @dataclass
    class Changed(Message):
        """The text changed."""

        text: str

    @dataclass
    class Accepted(Message):
        """Enter was pressed."""

    def compose(self) -> ComposeResult:
        """Label and input."""
        yield Static(Text(" filter "))
        yield Input(
            placeholder="a state, a part of a location, or a number:  failed 2019", compact=True
        )

    @property
    def input(self) -> Input:
        """The input."""
        return self.query_one(Input)

    def open(self) -> None:
        """Show and focus the input."""
        self.display = True
        self.input.focus()

    def close(self) -> None:
        """Clear the filter and hide the input."""
        self.input.value = ""
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps the filter."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Keep the filter."""
        self.post_message(self.Accepted())
