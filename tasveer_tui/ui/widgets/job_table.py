"""The jobs, the newest first: state, place, a bar of what became of the objects, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.figures import duration_text
from tasveer_tui.records import JobState
from tasveer_tui.text import clean
from tasveer_tui.ui.jobs_bar import KINDS, percent_done, widths
from tasveer_tui.ui.widgets.columns import fit
from tasveer_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.records import JobSpec, JobView
    from tasveer_tui.ui.jobs_pace import Pacer

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


def place_text(spec: JobSpec) -> str:
    """Where a job looks, safe to show: its first prefix, and how many more."""
    chosen = (*spec.prefixes, *spec.keys) or ("",)
    more = f" +{len(chosen) - 1}" if len(chosen) > 1 else ""
    return clean(spec.source.uri(chosen[0]), 400) + more


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

    @property
    def row_count(self) -> int:
        """How many jobs there are."""
        return len(self._jobs)

    @property
    def current(self) -> JobView | None:
        """The job under the cursor."""
        return self._jobs[self.cursor] if self._jobs else None

    def show(self, jobs: Sequence[JobView], *, is_ascii: bool = False) -> None:
        """Show the jobs as they are now."""
        if jobs == self._jobs:
            return  # nothing that is shown here can have changed
        before = self.current
        self._jobs, self._is_ascii = jobs, is_ascii
        if before is not None:
            ids = [job.id for job in jobs]
            row = ids.index(before.id) if before.id in ids else 0
            self.set_reactive(RowList.cursor, row)
        self.rows_changed()

    # ------------------------------------------------------------------ drawing

    @staticmethod
    def _rooms(width: int) -> tuple[int, int]:
        """Cells for the place and for the bar."""
        rest = max(12, width - _FIXED)
        bar = max(6, min(48, rest * 2 // 5))
        return rest - bar, bar

    def draw_header(self, width: int, style: Style) -> Strip:
        """Name the columns."""
        place, bar = self._rooms(width)
        text = " ".join(
            (
                fit("Job", _NUMBER, is_right=True),
                fit(" State", _STATE),
                fit("Where", place),
                fit("Objects", bar + _PERCENT),
                fit("Left", _LEFT, is_right=True),
                fit("Time", _TIME, is_right=True),
            )
        )
        return Strip([Segment(text, style)])

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one job."""
        job = self._jobs[row]
        place, bar = self._rooms(width)
        look = style + self.part(STATE_LOOKS[job.state])
        left = f"{job.left:,}" if job.is_scanned or job.state.is_final else f"{job.left:,}+"
        return Strip(
            [
                Segment(fit(str(job.id), _NUMBER, is_right=True) + "  ", style),
                Segment(fit(job.state, _STATE - 1) + " ", look),
                Segment(fit(place_text(job.spec), place) + " ", style),
                *self._bar(job, bar, style),
                Segment(fit(_percent(job), _PERCENT, is_right=True) + " ", style),
                Segment(fit(left if job.left else "", _LEFT, is_right=True) + " ", style),
                Segment(fit(self._time(job), _TIME, is_right=True), style + self.part("dim")),
            ]
        )

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
        pace = self._pacer.pace(job)
        return f"~{duration_text(pace.eta_s)}" if pace.eta_s else ""


def _percent(job: JobView) -> str:
    percent = percent_done(job)
    return "" if percent is None else f"{percent} %"
