"""Jobs: every job live, the workers, and what failed, by class."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.containers import Horizontal
from textual.widgets import Static

from tasveer_tui.figures import plural
from tasveer_tui.records import JobState
from tasveer_tui.text import clean
from tasveer_tui.ui import jobs_ledger
from tasveer_tui.ui.background import background, workspace
from tasveer_tui.ui.jobs_ledger import Ledger
from tasveer_tui.ui.jobs_pace import Pace, Pacer
from tasveer_tui.ui.keys import Place, bindings
from tasveer_tui.ui.messages import CopyText, ShowNote
from tasveer_tui.ui.screens.confirm import ConfirmScreen
from tasveer_tui.ui.screens.failures import FailuresScreen, retry
from tasveer_tui.ui.screens.place import PlaceScreen
from tasveer_tui.ui.widgets.job_detail import JobDetail
from tasveer_tui.ui.widgets.job_groups import FailureList, WorkerList
from tasveer_tui.ui.widgets.job_table import JobTable, place_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import JobView, Outcome
    from tasveer_tui.ui.app import TasveerApp
    from tasveer_tui.ui.widgets.row_list import RowList
    from tasveer_tui.workspace import Workspace

IDLE_EVERY = 5
"""While nothing moves, or nobody looks, only every so-manieth look at the ledger is taken."""


class JobsScreen(PlaceScreen):
    """Jobs on top, the one under the cursor in full below them, then failures and workers."""

    DEFAULT_CSS = """
    JobsScreen {
        & #jobs-problem { display: none; height: auto; padding: 0 1; }
        & #jobs-problem { background: $error 20%; color: $text-error; }
        & #jobs-problem.-told { display: block; }
        & #jobs-table { height: auto; min-height: 4; max-height: 45%; margin-bottom: 1; }
        & #jobs-empty { display: none; height: 1fr; padding: 1 2; background: $surface; }
        & #jobs-below { height: 1fr; min-height: 4; margin-top: 1; }
        &.-short #jobs-table { max-height: 36%; margin-bottom: 0; }
        &.-short #jobs-below { margin-top: 0; }
        & #jobs-failures { width: 3fr; }
        & #jobs-workers { width: 2fr; border-left: vkey $border; }
        &.-empty #jobs-table, &.-empty #jobs-below, &.-empty JobDetail { display: none; }
        &.-empty #jobs-empty { display: block; }
    }
    .-ascii JobsScreen #jobs-workers { border-left: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.JOBS)

    def __init__(self) -> None:
        super().__init__()
        self._pacer = Pacer()
        self._ledger = Ledger()
        self._states: dict[int, JobState] = {}
        self._ticks = 0

    def compose_body(self) -> ComposeResult:
        """Banner, jobs, detail, failures and workers."""
        yield Static(id="jobs-problem", markup=False)
        yield JobTable(self._pacer, id="jobs-table")
        yield Static(_empty_text(), id="jobs-empty", markup=False)
        yield JobDetail(id="jobs-detail")
        with Horizontal(id="jobs-below"):
            yield FailureList(id="jobs-failures")
            yield WorkerList(id="jobs-workers")

    def on_mount(self) -> None:
        """Follow the ledger from now on."""
        self.table.focus()
        self.set_interval(1 / max(1.0, self.tasveer.settings.refresh_hz), self._tick)
        self._look()

    # -------------------------------------------------------------------- parts

    @property
    def tasveer(self) -> TasveerApp:
        """The app, for its settings and signs."""
        return cast("TasveerApp", self.app)

    @property
    def table(self) -> JobTable:
        """The jobs."""
        return self.query_one(JobTable)

    @property
    def failures(self) -> FailureList:
        """What failed of the job under the cursor, by class."""
        return self.query_one(FailureList)

    # ---------------------------------------------------------------- following

    def _tick(self) -> None:
        """Look at the ledger, seldom while nothing moves; never twice at the same time."""
        self._ticks += 1
        is_busy = bool(self._ledger.active)
        if not (self.is_current or is_busy):
            return
        if (self.is_current and is_busy) or self._ticks % IDLE_EVERY == 0:
            self._look()

    def _look(self) -> None:
        runner = background(self)
        if not runner.is_busy(self, "ledger"):
            job = self.table.current
            read = partial(jobs_ledger.read, workspace(self), job.id if job else None)
            runner.run(self, "ledger", read, self._show)

    def _show(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._pacer.note(ledger.jobs, ledger.at)
        self._tell_ends()
        self.set_class(not ledger.jobs, "-empty")
        problem = self.query_one("#jobs-problem", Static)
        problem.set_class(bool(ledger.problem), "-told")
        problem.update(Text(clean(ledger.problem)))
        self.table.show(ledger.jobs, is_ascii=self.tasveer.marks.is_ascii)
        self.query_one(WorkerList).show(ledger.workers, ledger.now)
        self._show_current()

    def _show_current(self) -> None:
        job = self.table.current
        pace = self._pacer.pace(job) if job else Pace()
        self.query_one(JobDetail).show(
            job,
            pace,
            self._ledger.now,
            sparks="" if self.tasveer.marks.is_ascii else self._pacer.spark_line(40),
            is_ascii=self.tasveer.marks.is_ascii,
        )
        is_its = job is not None and job.id == self._ledger.groups_of
        self.failures.show(self._ledger.groups if is_its else ())

    def _tell_ends(self) -> None:
        """Say which jobs ended since the last look."""
        for job in self._ledger.jobs:
            before = self._states.get(job.id)
            self._states[job.id] = job.state
            if before is not None and not before.is_final and job.state.is_final:
                self.post_message(_end_note(job))

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the other job at once, and its failures as soon as they are read."""
        event.stop()
        if event.rows is self.table:
            self._show_current()
            self._look()

    # ----------------------------------------------------------------- commands

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open what was clicked."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Show the failed objects of the job, or of the class under the cursor."""
        job = self.table.current
        if job is None:
            return
        if not job.failed:
            self.post_message(ShowNote(f"No object of job {job.id} failed."))
            return
        self.app.push_screen(FailuresScreen(job, self._chosen_class()))

    def _chosen_class(self) -> Outcome | None:
        group = self.failures.current if self.failures.has_focus else None
        return group.outcome if group else None

    def action_pause(self) -> None:
        """Pause the job, or let it go on."""
        job = self.table.current
        if job is None:
            return
        is_paused = job.state is JobState.PAUSED
        here = workspace(self)
        self._wish(lambda: _go_on(here, job.id) if is_paused else here.catalogue.pause(job.id))

    def action_cancel(self) -> None:
        """Cancel the job, asked once."""
        job = self.table.current
        if job is None or job.state.is_final:
            return
        title = f"Cancel job {job.id}?"
        left = plural(job.left, "object")
        text = f"{left} of {place_text(job.spec)} would not be read. What was read stays."
        self.app.push_screen(
            ConfirmScreen(title, text, yes="Cancel the job", no="Keep it"),
            partial(self._cancel, job.id),
        )

    def _cancel(self, job_id: int, is_sure: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_sure:
            here = workspace(self)
            self._wish(lambda: here.catalogue.cancel(job_id))

    def action_retry(self) -> None:
        """Read again what failed: the class under the cursor, or all of the job."""
        job = self.table.current
        if job is None or not job.failed:
            self.post_message(ShowNote("Nothing failed that could be read again."))
            return
        here, outcome = workspace(self), self._chosen_class()
        background(self).run(
            self, "wish", lambda: retry(here, job.id, outcome=outcome), self._retried
        )

    def _retried(self, count: int) -> None:
        self.post_message(ShowNote(f"{plural(count, 'object')} will be read again."))
        self._look()

    def _wish(self, write: Callable[[], object]) -> None:
        background(self).run(self, "wish", write, lambda _: self._look())

    def action_refresh(self) -> None:
        """Look at the ledger now."""
        self._look()

    def action_copy_command(self) -> None:
        """Copy the command line that shows this job."""
        job = self.table.current
        command = f"tasveer-tui jobs show {job.id}" if job else "tasveer-tui jobs"
        self.post_message(CopyText(command, "the command"))

    def action_back(self) -> None:
        """Go back to the jobs."""
        self.table.focus()


def _go_on(here: Workspace, job_id: int) -> None:
    """Let a paused job go on; blocks."""
    here.catalogue.resume(job_id)
    here.engine.ensure()


def _end_note(job: JobView) -> ShowNote:
    place = place_text(job.spec)
    if job.state is JobState.CANCELLED:
        return ShowNote(f"Job {job.id} was cancelled: {place}.")
    if job.state is JobState.FAILED:
        return ShowNote(f"Job {job.id} failed: {place}. {job.error}", is_warning=True)
    failed = f", {job.failed:,} failed" if job.failed else ""
    text = f"Job {job.id} is done: {place}, {plural(job.done, 'object')} read{failed}."
    return ShowNote(text, is_warning=bool(job.failed))


def _empty_text() -> Text:
    text = Text()
    text.append("No job was dispatched yet.\n\n", "bold")
    text.append("Press 1 for Browse, choose prefixes with space, and dispatch them with enter.\n")
    text.append("Or from a shell:  ", "dim")
    return text.append("tasveer-tui ingest s3://BUCKET/PREFIX")
