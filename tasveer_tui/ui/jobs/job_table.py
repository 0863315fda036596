"""The jobs, the newest first: state, place, a bar of what became of the objects, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.humanize import duration_text, minute_text, rate_text
from tasveer_tui.records import JobState
from tasveer_tui.ui.jobs.bar import KINDS, percent_done, widths
from tasveer_tui.ui.kit.columns import fit, fit_end
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.shared.jobs_text import about_left_text, where_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.jobs.throughput import Pacer

STATE_LOOKS: Final = {
    JobState.QUEUED: "dim",
    JobState.RUNNING: "good",
    JobState.PAUSED: "warn",
    JobState.DONE: "dim",
    JobState.CANCELLED: "faint",
    JobState.FAILED: "bad",
}
_NUMBER, _STATE, _PERCENT, _LEFT, _TIME = 5, 11, 6, 10, 9
_FIXED: Final = _NUMBER + _STATE + _PERCENT + _LEFT + _TIME + 6
_WIDE: Final = 120
"""From this width on, rate and start have columns, too."""
_RATE, _START = 11, 17


class JobTable(RowList):
    """Shows jobs; the cursor stays with its job when others come."""

    DEFAULT_CSS = """
    JobTable { overflow-x: hidden; }
    """
    header_height: ClassVar[int] = 1

    def __init__(self, pacer: Pacer, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pacer = pacer
        self._jobs: Sequence[JobView] = ()
        self._is_ascii = False
        self._title = ""
        self._empty = ""
        self._wished: Mapping[int, str] = {}
        self._awaited = 0
        """The cursor goes to this job as soon as it is shown."""

    @property
    def row_count(self) -> int:
        """How many jobs there are."""
        return len(self._jobs)

    @property
    def current(self) -> JobView | None:
        """The job under the cursor."""
        return self._jobs[self.cursor] if self._jobs else None

    def show(
        self,
        jobs: Sequence[JobView],
        *,
        is_ascii: bool = False,
        title: str = "",
        empty: str = "",
        wished: Mapping[int, str] | None = None,
    ) -> None:
        """Show the jobs as they are now; `title` says which, `empty` why there are none.

        `wished` has, by job, what was asked for and the ledger does not show yet.
        """
        said = (title, empty, dict(wished or {}))
        if jobs == self._jobs and said == (self._title, self._empty, self._wished):
            return  # nothing that is shown here can have changed
        before = self.current
        self._jobs, self._is_ascii = jobs, is_ascii
        self._title, self._empty, self._wished = said
        stays = before.id if before else 0
        self.set_reactive(RowList.cursor, self._row(self._awaited or stays, stays))
        self._forget_awaited()
        self.rows_changed()

    def _row(self, *job_ids: int) -> int:
        """Of the first of these that is shown, else the topmost."""
        rows = {job.id: row for row, job in enumerate(self._jobs)}
        return next((rows[job_id] for job_id in job_ids if job_id in rows), 0)

    def _forget_awaited(self) -> None:
        if any(job.id == self._awaited for job in self._jobs):
            self._awaited = 0

    def go_to(self, job_id: int) -> None:
        """Bring the cursor to a job, at once or as soon as it is shown."""
        self._awaited = job_id
        if self._jobs:
            self.cursor = self._row(job_id, self._jobs[self.cursor].id)
        self._forget_awaited()

    # ------------------------------------------------------------------ drawing

    @staticmethod
    def _rooms(width: int) -> tuple[int, int]:
        """Cells for the place and for the bar."""
        more = _RATE + _START if width >= _WIDE else 0
        rest = max(12, width - _FIXED - more)
        bar = max(6, min(48, rest * 2 // 5))
        return rest - bar, bar

    def draw_header(self, width: int, style: Style) -> Strip:
        """Name the columns."""
        place, bar = self._rooms(width)
        more = (fit("Images/s", _RATE - 1, is_right=True), fit("Started (UTC)", _START - 1))
        text = " ".join(
            (
                fit("Job", _NUMBER, is_right=True),
                fit(" State", _STATE),
                fit(self._title or "Where", place),
                fit("Objects", bar + _PERCENT),
                fit("Left", _LEFT, is_right=True),
                fit("Time", _TIME, is_right=True),
                *(more if width >= _WIDE else ()),
            )
        )
        return Strip([Segment(text, style)])

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one job."""
        job = self._jobs[row]
        place, bar = self._rooms(width)
        wished = self._wished.get(job.id, "")
        look = style + self.part("warn" if wished else STATE_LOOKS[job.state])
        left = f"{job.left:,}" if job.is_scanned or job.state.is_final else f"{job.left:,}+"
        return Strip(
            [
                Segment(fit(str(job.id), _NUMBER, is_right=True) + "  ", style),
                Segment(fit(wished or _state(job), _STATE - 1) + " ", look),
                Segment(fit_end(where_text(job.spec), place) + " ", style),
                *self._bar(job, bar, style),
                Segment(fit(_percent(job), _PERCENT, is_right=True) + " ", style),
                Segment(fit(left if job.left else "", _LEFT, is_right=True) + " ", style),
                Segment(fit(self._time(job), _TIME, is_right=True), style + self.part("dim")),
                *(self._more(job, style) if width >= _WIDE else ()),
            ]
        )

    def draw_beyond(self, line: int, width: int, style: Style) -> Strip:
        """Where no job is shown, say why."""
        if line or self._jobs:
            return Strip.blank(width, style)
        return Strip([Segment(fit(f"  {self._empty}", width), style + self.part("dim"))])

    def _more(self, job: JobView, style: Style) -> list[Segment]:
        rate = rate_text(self._rate(job)) if self._rate(job) else ""
        return [
            Segment(" " + fit(rate, _RATE - 1, is_right=True), style),
            Segment(" " + fit(minute_text(job.started_at), _START - 1), style + self.part("dim")),
        ]

    def _rate(self, job: JobView) -> float:
        """Images/s now, or over all of a job that has ended."""
        if not job.state.is_final:
            return self._pacer.pace(job).images_per_s
        took_s = job.finished_at - job.started_at
        return job.done / took_s if job.started_at and took_s > 0 else 0.0

    def _bar(self, job: JobView, width: int, style: Style) -> list[Segment]:
        shares = widths([kind.count(job) for kind in KINDS], width)
        if not any(shares):
            return [Segment(" " * width, style)]
        return [
            Segment(
                (kind.ascii_sign if self._is_ascii else kind.sign) * share,
                style + self.part(kind.look),
            )
            for kind, share in zip(KINDS, shares, strict=True)
            if share
        ]

    def _time(self, job: JobView) -> str:
        if job.state.is_final:
            took = job.finished_at - job.started_at
            return duration_text(took) if job.started_at and took > 0 else ""
        return about_left_text(self._pacer.pace(job))


def _percent(job: JobView) -> str:
    percent = percent_done(job)
    return "" if percent is None else f"{percent} %"


def _state(job: JobView) -> str:
    """The state, and the priority where a person gave one."""
    has_weight = job.priority and not job.state.is_final
    return f"{job.state} {job.priority:+}" if has_weight else job.state
