"""Jobs: every job live, the workers, the failures, and the commands on them.

The screen composes the lists and passes keys and messages to its controllers: `LedgerPoller`
(reads the ledger) and `JobController` (changes it).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.widgets import Static

from tasveer_tui.records import JobState
from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.jobs.failures_dialog import FailuresDialog
from tasveer_tui.ui.jobs.job_controller import JobController
from tasveer_tui.ui.jobs.job_detail import JobDetail
from tasveer_tui.ui.jobs.job_table import JobFilter, JobTable, filter_jobs
from tasveer_tui.ui.jobs.ledger_poller import LedgerPoller, LedgerQuery, LedgerSnapshot
from tasveer_tui.ui.jobs.log_tail import read_tail
from tasveer_tui.ui.jobs.panes import (
    FailureList,
    JobPane,
    JobPanes,
    LogPane,
    RecentReads,
    WatchList,
    WorkerList,
)
from tasveer_tui.ui.jobs.throughput import HISTORY_S, ThroughputTracker
from tasveer_tui.ui.kit.frame import MainScreen
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowObject
from tasveer_tui.workspace import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobView, Outcome
    from tasveer_tui.ui.kit.row_list import RowList

_NARROW_SPARKLINE: Final = 20
"""Cells of the sparkline in a window narrower than `_WIDE`."""
_WIDE: Final = 110


class JobsScreen(MainScreen):
    """The screen behind the key 2. Commands act on the line under the cursor."""

    DEFAULT_CSS = """
    JobsScreen {
        & #jobs-problem { display: none; height: auto; padding: 0 1; }
        & #jobs-problem { background: $error 20%; color: $text-error; }
        & #jobs-problem.-shown { display: block; }
        & #jobs-table { height: auto; min-height: 4; max-height: 45%; margin-bottom: 1; }
        & #jobs-empty { display: none; height: 1fr; padding: 1 2; background: $surface; }
        & #jobs-watches { display: none; height: auto; max-height: 5; margin-top: 1; }
        & #jobs-watches.-shown { display: block; }
        & JobPanes { margin-top: 1; }
        &.-short #jobs-table { max-height: 36%; margin-bottom: 0; }
        &.-short JobPanes, &.-short #jobs-watches { margin-top: 0; }
        &.-short #jobs-watches { max-height: 3; }
        &.-empty #jobs-table, &.-empty JobPanes, &.-empty JobDetail { display: none; }
        &.-empty #jobs-empty { display: block; }
        &.-wide.-tall JobPanes {
            layout: grid; grid-size: 2 2; grid-columns: 3fr 2fr; grid-rows: 2fr 3fr;
            grid-gutter: 1 0;
        }
        &.-wide.-tall JobPanes > JobPane { display: block; }
        &.-wide.-tall JobPanes > .-right { border-left: vkey $border; }
    }
    .-ascii JobsScreen.-wide.-tall JobPanes > .-right { border-left: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.JOBS)

    table: JobTable
    detail: JobDetail
    watch_list: WatchList
    panes: JobPanes
    failure_list: FailureList
    worker_list: WorkerList
    recent_reads: RecentReads
    log_pane: LogPane
    job_filter: JobFilter
    problem: Static

    def __init__(self) -> None:
        super().__init__()
        self.filter_text = ""
        self._throughput = ThroughputTracker()
        self._bindings_key: tuple[object, ...] = ()
        """What `check_action` depends on, as of the last refresh of the footer."""
        self.poller = LedgerPoller(
            self, self._query, self._on_snapshot, self._on_ledger_error, self._read_log
        )
        self.control = JobController(self, redraw=self._show_jobs, poll=self._poll_after_change)

    def compose_body(self) -> ComposeResult:
        """Problem, filter, jobs, one job in full, watches, panes."""
        yield Static(id="jobs-problem", markup=False)
        yield JobFilter(id="jobs-filter")
        yield JobTable(self._throughput, id="jobs-table")
        yield Static(_empty_text(), id="jobs-empty", markup=False)
        yield JobDetail(id="jobs-detail")
        yield WatchList(id="jobs-watches")
        yield JobPanes()

    def on_mount(self) -> None:
        """Start polling."""
        self.problem = self.query_one("#jobs-problem", Static)
        self.job_filter = self.query_one(JobFilter)
        self.table = self.query_one(JobTable)
        self.detail = self.query_one(JobDetail)
        self.watch_list = self.query_one(WatchList)
        self.panes = self.query_one(JobPanes)
        self.failure_list = self.query_one(FailureList)
        self.worker_list = self.query_one(WorkerList)
        self.recent_reads = self.query_one(RecentReads)
        self.log_pane = self.query_one(LogPane)
        self.table.focus()
        self.set_interval(1 / max(1.0, app_context(self).settings.refresh_hz), self.poller.tick)
        self.poller.poll()

    # ------------------------------------------------------------------- polling

    def _query(self) -> LedgerQuery:
        job = self.table.current
        return LedgerQuery(job.id if job else 0, is_filtered=bool(self.filter_text))

    def _poll_after_change(self) -> None:
        self.poller.poll(ignores_cache=True)

    def follow(self, job_id: int) -> None:
        """Move the cursor to a job that was just started; the app asks for it."""
        self.job_filter.close()
        self.table.move_to(job_id)
        self._poll_after_change()

    def _on_snapshot(self, snapshot: LedgerSnapshot) -> None:
        if self.poller.is_up_to_date:
            self.control.on_snapshot()
        self._throughput.add_sample(snapshot.jobs, snapshot.at)
        self.set_class(not snapshot.jobs, "-empty")
        self._show_problem(snapshot.problem)
        self._show_jobs()
        engine = snapshot.engine
        self.worker_list.show(snapshot.workers, snapshot.now, engine)
        self.recent_reads.show(engine.last_read if engine else (), snapshot.now)
        self.watch_list.show(snapshot.watches, snapshot.now)
        self.watch_list.set_class(bool(snapshot.watches), "-shown")
        has_no_focus = self.focused is None and bool(snapshot.jobs)
        if has_no_focus or (not snapshot.watches and self.watch_list.has_focus):
            # A hidden list loses the focus; without jobs, the table is hidden.
            self.call_after_refresh(self.set_focus, self.table)

    def _on_ledger_error(self, error: TasveerError) -> None:
        # Not a note: each poll fails until the ledger can be read again.
        self._show_problem(str(error))

    def _show_problem(self, text: str) -> None:
        self.problem.set_class(bool(text), "-shown")
        self.problem.update(Text(clean(text)))

    def _read_log(self) -> None:
        """Read the log if it is on the screen."""
        pane, tasks = self.log_pane, background(self)
        if not (self.is_current and pane.display) or tasks.is_busy(self, "log"):
            return
        path = workspace(self).options.state_dir / "engine.log"
        tasks.run(
            self, "log", partial(read_tail, path, pane.tail), lambda tail: pane.show(tail, path)
        )

    # ------------------------------------------------------------------- showing

    def _show_jobs(self) -> None:
        """Show the jobs that match the filter, and the current one in full."""
        snapshot = self.poller.snapshot
        jobs = filter_jobs(snapshot.jobs, self.filter_text)
        title = empty_text = ""
        if self.filter_text:
            more = "+" if snapshot.has_older else ""
            title = f"{len(jobs):,} of {len(snapshot.jobs):,}{more} jobs"
            empty_text = "No matching jobs. Esc shows all jobs."
        elif snapshot.has_older:
            title = "Location (/ for older)"
        self.table.show(
            jobs, title=title, empty_text=empty_text, pending_states=self.control.pending_states
        )
        self._show_current()

    def _show_current(self) -> None:
        """Show the job under the cursor in full, and its failures."""
        snapshot, job = self.poller.snapshot, self.table.current
        width = HISTORY_S if self.size.width >= _WIDE else _NARROW_SPARKLINE
        is_ascii = app_context(self).symbols.is_ascii
        self.detail.show(
            job,
            self._throughput.progress(job) if job else Progress(),
            snapshot.now,
            sparkline=self._throughput.sparkline(width, is_ascii=is_ascii),
        )
        self.panes.show_default(has_failures=bool(job and job.failed))
        has_read_failures = job is not None and job.id == snapshot.failures_job_id
        self.failure_list.show(snapshot.failures if has_read_failures else ())
        self._refresh_footer()

    def _refresh_footer(self) -> None:
        """Offer the commands that apply, if they may have changed."""
        job = self.table.current
        key = (
            (job.id, job.state, bool(job.failed)) if job else (),
            self.failure_list.row_count,
            self.recent_reads.row_count,
            self.focused,
        )
        if key != self._bindings_key:
            self._bindings_key = key
            self.refresh_bindings()

    # ------------------------------------------------------------------ bindings

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command applies to what is under the cursor."""
        del parameters
        checks: dict[str, Callable[[], bool]] = {
            "open": self._can_open,
            "pause": lambda: self._is_in(JobState.QUEUED, JobState.RUNNING),
            "resume": lambda: self._is_in(JobState.PAUSED, JobState.FAILED),
            "cancel": lambda: not self.watch_list.has_focus and self._is_unfinished(),
            "unwatch": lambda: self.watch_list.has_focus and bool(self.watch_list.current),
            "retry": self._can_retry,
            "raise": self._is_unfinished,
            "lower": self._is_unfinished,
            "log": lambda: not self.has_class("-empty"),
            "tune": lambda: self.worker_list.has_focus,
        }
        check = checks.get(action)
        return check() if check is not None and self.is_mounted else True

    def _can_open(self) -> bool:
        if self.recent_reads.has_focus:
            return self._job_of_read() is not None
        if self.watch_list.has_focus:
            return self._job_of_watch() is not None
        job = self.table.current
        is_on_job = self.table.has_focus or self.failure_list.has_focus
        return is_on_job and job is not None and bool(job.failed)

    def _can_retry(self) -> bool:
        job = self.table.current
        return job is not None and (bool(job.failed) or job.state is JobState.FAILED)

    def _is_in(self, *states: JobState) -> bool:
        job = self.table.current
        return job is not None and job.state in states

    def _is_unfinished(self) -> bool:
        job = self.table.current
        return job is not None and not job.state.is_final

    # ------------------------------------------------------------------ messages

    def on_descendant_focus(self) -> None:
        """Each list has its own commands."""
        self._refresh_footer()

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the job under the cursor; the next poll reads its failures."""
        event.stop()
        if event.rows is self.table:
            self._show_current()
            self.poller.poll()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens a line."""
        event.stop()
        if self._can_open():
            self.action_open()

    def on_job_filter_changed(self, event: JobFilter.Changed) -> None:
        """Filter the jobs; with a filter, older jobs are read as well."""
        event.stop()
        needs_other_jobs = bool(event.text) is not bool(self.filter_text)
        self.filter_text = event.text
        self._show_jobs()
        if needs_other_jobs:
            self._poll_after_change()

    def on_job_filter_accepted(self, event: JobFilter.Accepted) -> None:
        """Go to the matching jobs."""
        event.stop()
        if not self.filter_text:
            self.job_filter.close()
        self.set_focus(self.table)

    # --------------------------------------------------------------------- panes

    def _lists(self) -> list[Widget]:
        """The lists that are not empty, in the order of tab."""
        watches = [self.watch_list] if self.poller.snapshot.watches else []
        if self.has_class("-empty"):
            return [*watches]
        return [self.table, *watches, *self.panes.all]

    def action_next_pane(self) -> None:
        """Go to the next list."""
        self._go_to_neighbour(1)

    def action_previous_pane(self) -> None:
        """Go to the previous list."""
        self._go_to_neighbour(-1)

    def _go_to_neighbour(self, by: int) -> None:
        lists = self._lists()
        if lists:
            index = lists.index(self.focused) if self.focused in lists else -by
            self._go_to_list(lists[(index + by) % len(lists)])

    def _go_to_list(self, widget: Widget) -> None:
        if isinstance(widget, JobPane) and widget.parent is self.panes:
            self.panes.show_pane(widget)
            self.panes.is_user_selected = True
        self.set_focus(widget)
        if widget is self.log_pane:
            self._read_log()

    def action_log(self) -> None:
        """Go to the log; there, show the next level."""
        if self.log_pane.has_focus:
            self.log_pane.next_level()
        else:
            self._go_to_list(self.log_pane)

    def action_filter(self) -> None:
        """Open the filter."""
        self.job_filter.open()

    def action_back(self) -> None:
        """Clear the filter, or go back to the jobs."""
        if self.job_filter.display and (self.job_filter.input.has_focus or self.table.has_focus):
            self.job_filter.close()
        self.set_focus(self.table)

    # ---------------------------------------------------------------------- open

    def action_open(self) -> None:
        """Open the object of a read, the job of a watch, or the failures of the job or class."""
        if self.recent_reads.has_focus:
            job, read = self._job_of_read(), self.recent_reads.current
            if job is not None and read is not None:
                self.post_message(ShowObject(job.spec.source, read.key))
        elif self.watch_list.has_focus:
            if (job := self._job_of_watch()) is not None:
                self.job_filter.close()
                self.table.move_to(job.id)
                self.set_focus(self.table)
        elif (job := self.table.current) is not None:
            self.app.push_screen(FailuresDialog(job, self._selected_class()))

    def _job_of_read(self) -> JobView | None:
        read = self.recent_reads.current
        return self._job(read.job_id) if read else None

    def _job_of_watch(self) -> JobView | None:
        """The job of the watch's latest round."""
        watch = self.watch_list.current
        return self._job(watch.job_id) if watch else None

    def _job(self, job_id: int) -> JobView | None:
        return next((job for job in self.poller.snapshot.jobs if job.id == job_id), None)

    def _selected_class(self) -> Outcome | None:
        """The class of failures under the cursor, if that list has the focus."""
        group = self.failure_list.current if self.failure_list.has_focus else None
        return group.outcome if group else None

    # ------------------------------------------------------------------- changes

    def action_pause(self) -> None:
        """Pause the job."""
        if (job := self.table.current) is not None:
            self.control.pause(job)

    def action_resume(self) -> None:
        """Resume a paused job, or retry a failed one."""
        if (job := self.table.current) is not None:
            self.control.resume(job)

    def action_cancel(self) -> None:
        """Cancel the job after a confirmation."""
        if (job := self.table.current) is not None:
            self.control.ask_cancel(job)

    def action_unwatch(self) -> None:
        """Stop the watch after a confirmation."""
        if (watch := self.watch_list.current) is not None:
            self.control.ask_unwatch(watch)

    def action_retry(self) -> None:
        """Retry the failures of the class under the cursor, or of the whole job."""
        if (job := self.table.current) is not None:
            self.control.retry(job, self._selected_class())

    def action_raise(self) -> None:
        """Raise the job's priority."""
        if (job := self.table.current) is not None:
            self.control.change_priority(job, 1)

    def action_lower(self) -> None:
        """Lower the job's priority."""
        if (job := self.table.current) is not None:
            self.control.change_priority(job, -1)

    def action_tune(self) -> None:
        """Ask for the concurrency of the worker processes."""
        self.control.ask_concurrency()

    # -------------------------------------------------------------------- others

    def action_refresh(self) -> None:
        """Read the ledger again."""
        self._poll_after_change()

    def action_copy_command(self) -> None:
        """Copy the command that shows this job."""
        job = self.table.current
        command = f"tasveer-tui jobs show {job.id}" if job else "tasveer-tui jobs"
        self.post_message(CopyText(command, "the command"))


def _empty_text() -> Text:
    text = Text()
    text.append("No jobs yet.\n\n", "bold")
    text.append("In Browse (1), Space selects prefixes and Enter ingests them.\n")
    text.append("W in Browse watches a prefix and ingests its new objects.\n\n")
    text.append("Or from a shell:  ", "dim")
    return text.append("tasveer-tui ingest s3://BUCKET/PREFIX")
