"""Jobs: every job live, what it is at, what failed, and what a person can do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from tasveer_tui.humanize import plural
from tasveer_tui.records import MAX_CONCURRENT_READS, JobState
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.jobs.failures import FailuresScreen, retry
from tasveer_tui.ui.jobs.following import JobsFollowing
from tasveer_tui.ui.jobs.job_filter import JobFilter
from tasveer_tui.ui.kit.ask import AskScreen
from tasveer_tui.ui.kit.confirm import ConfirmScreen
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowError, ShowNote, ShowObject
from tasveer_tui.ui.shared.jobs_text import place_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobView, Outcome, WatchView
    from tasveer_tui.ui.kit.row_list import RowList
    from tasveer_tui.workspace import Workspace

MOST_PRIORITY = 9
"""The command line takes -9 to 9."""


class JobsScreen(JobsFollowing):
    """The commands of Jobs; each works on the job, class, object or watch under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.JOBS)

    def __init__(self) -> None:
        super().__init__()
        self._priorities: dict[int, int] = {}
        """Wished for, by job: the ledger may not show it yet."""

    # ------------------------------------------------------- what works here and now

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what means something for what is under the cursor."""
        del parameters
        checks: dict[str, Callable[[], bool]] = {
            "open": self._can_open,
            "pause": lambda: self._is_in(JobState.QUEUED, JobState.RUNNING),
            "resume": lambda: self._is_in(JobState.PAUSED, JobState.FAILED),
            "cancel": lambda: not self.watch_list.has_focus and self._is_open(),
            "unwatch": lambda: self.watch_list.has_focus and bool(self.watch_list.current),
            "retry": self._can_retry,
            "raise": self._is_open,
            "lower": self._is_open,
            "log": lambda: not self.has_class("-empty"),
            "tune": lambda: self.worker_list.has_focus,
        }
        check = checks.get(action)
        return check() if check is not None and self.is_mounted else True

    def _can_open(self) -> bool:
        if self.feed.has_focus:
            return self._fed_job() is not None
        if self.watch_list.has_focus:
            return self._round() is not None
        job = self.table.current
        is_about_job = self.table.has_focus or self.failures.has_focus
        return is_about_job and job is not None and bool(job.failed)

    def _can_retry(self) -> bool:
        job = self.table.current
        return job is not None and (bool(job.failed) or job.state is JobState.FAILED)

    def _is_in(self, *states: JobState) -> bool:
        job = self.table.current
        return job is not None and job.state in states

    def _is_open(self) -> bool:
        job = self.table.current
        return job is not None and not job.state.is_final

    # --------------------------------------------------------------------- panes

    def action_next_pane(self) -> None:
        """Go to the next list."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Go to the list before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        lists = self.lists()
        if not lists:
            return
        at = lists.index(self.focused) if self.focused in lists else -by
        self.go_to_pane(lists[(at + by) % len(lists)])

    def action_log(self) -> None:
        """Show the log; where it has the keys, only graver lines, then everything again."""
        if self.log_pane.has_focus:
            self.log_pane.next_level()
        else:
            self.go_to_pane(self.log_pane)

    def action_filter(self) -> None:
        """Ask which jobs to show."""
        self.query_one(JobFilter).open()

    def on_job_filter_changed(self, event: JobFilter.Changed) -> None:
        """Show those; older ones are read as well."""
        event.stop()
        is_other = bool(event.text) is not bool(self.filter_text)
        self.filter_text = event.text
        self.show_jobs()
        if is_other:
            self.look(anew=True)

    def on_job_filter_kept(self, event: JobFilter.Kept) -> None:
        """Go to what was found."""
        event.stop()
        if not self.filter_text:
            self.query_one(JobFilter).close()
        self.set_focus(self.table)

    def action_back(self) -> None:
        """Take the filter away, or go back to the jobs."""
        line = self.query_one(JobFilter)
        if line.display and (line.input.has_focus or self.table.has_focus):
            line.close()
        self.set_focus(self.table)

    # ---------------------------------------------------------------------- open

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Open what was clicked."""
        event.stop()
        if self._can_open():
            self.action_open()

    def action_open(self) -> None:
        """Failed objects of the job or class; the object in Browse; the job of a watch."""
        if self.feed.has_focus:
            job, read = self._fed_job(), self.feed.current
            if job is not None and read is not None:
                self.post_message(ShowObject(job.spec.source, read.key))
        elif self.watch_list.has_focus:
            self._open_round()
        elif (job := self.table.current) is not None:
            self.app.push_screen(FailuresScreen(job, self._chosen_class()))

    def _fed_job(self) -> JobView | None:
        read = self.feed.current
        return self._job(read.job_id) if read else None

    def _round(self) -> JobView | None:
        watch = self.watch_list.current
        return self._job(watch.job_id) if watch else None

    def _job(self, job_id: int) -> JobView | None:
        return next((job for job in self.ledger.jobs if job.id == job_id), None)

    def _open_round(self) -> None:
        job = self._round()
        if job is not None:
            self.query_one(JobFilter).close()
            self.table.go_to(job.id)
            self.set_focus(self.table)

    def _chosen_class(self) -> Outcome | None:
        group = self.failures.current if self.failures.has_focus else None
        return group.outcome if group else None

    # ------------------------------------------------------------------- steering

    def action_pause(self) -> None:
        """Let the job rest."""
        job = self.table.current
        if job is not None:
            here = workspace(self)
            self._wish(job, lambda: here.catalogue.pause(job.id), word="pausing")

    def action_resume(self) -> None:
        """Let a paused or failed job go on."""
        job = self.table.current
        if job is not None:
            here = workspace(self)
            self._wish(job, lambda: _go_on(here, job.id), word="going on")

    def action_cancel(self) -> None:
        """Cancel the job, asked once."""
        job = self.table.current
        if job is None:
            return
        title = f"Cancel job {job.id}?"
        left = plural(job.left, "object")
        text = f"{left} of {place_text(job.spec)} would not be read. What was read stays."
        self.app.push_screen(
            ConfirmScreen(title, text, yes="Cancel the job", no="Keep it"),
            partial(self._cancel, job),
        )

    def _cancel(self, job: JobView, is_sure: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_sure:
            here = workspace(self)
            self._wish(job, lambda: here.catalogue.cancel(job.id), word="cancelling")

    def action_unwatch(self) -> None:
        """Watch the place no longer, asked once."""
        watch = self.watch_list.current
        if watch is None:
            return
        text = f"{place_text(watch.spec)} would not be listed again. What was read stays."
        self.app.push_screen(
            ConfirmScreen("Stop watching?", text, yes="Stop watching", no="Go on"),
            partial(self._unwatch, watch),
        )

    def _unwatch(self, watch: WatchView, is_sure: bool | None) -> None:  # noqa: FBT001
        if is_sure:
            here = workspace(self)
            background(self).run(
                self,
                f"watch {watch.id}",
                lambda: here.unwatch(watch.id),
                lambda _: self.look(anew=True),
            )

    def action_retry(self) -> None:
        """Read again what failed: the class under the cursor, or all of the job."""
        job = self.table.current
        if job is None:
            return
        here, outcome = workspace(self), self._chosen_class()
        work = partial(retry, here, job.id, outcome=outcome)
        background(self).run(self, f"wish for {job.id}", work, self._retried)

    def _retried(self, count: int) -> None:
        text = f"{plural(count, 'object')} will be read again."
        self.post_message(ShowNote(text if count else "What could not be listed is listed on."))
        self.look(anew=True)

    def action_raise(self) -> None:
        """Let the job go before others."""
        self._prefer(1)

    def action_lower(self) -> None:
        """Let others go before the job."""
        self._prefer(-1)

    def _prefer(self, by: int) -> None:
        job = self.table.current
        if job is None:
            return
        wished = self._priorities.get(job.id, job.priority) + by
        wished = max(-MOST_PRIORITY, min(MOST_PRIORITY, wished))
        self._priorities[job.id] = wished
        here = workspace(self)
        self._wish(job, lambda: here.catalogue.set_priority(job.id, wished), done=self._preferred)

    def _preferred(self) -> None:
        self._priorities.clear()

    def _wish(
        self,
        job: JobView,
        write: Callable[[], object],
        *,
        word: str = "",
        done: Callable[[], object] | None = None,
    ) -> None:
        """Write a wish into the ledger; `word` stands for the job's state until it shows there."""

        def written(_: object) -> None:
            if done is not None:
                done()
            self.written.add(job.id)
            self.look(anew=True)

        def failed(error: TasveerError) -> None:
            self.wished.pop(job.id, None)
            self.show_jobs()
            self.post_message(ShowError(error))

        if word:
            self.wished[job.id] = word
            self.show_jobs()
        background(self).run(self, f"wish for {job.id}", write, written, failed=failed)

    def action_tune(self) -> None:
        """Ask how many objects each reading process is to have in hand."""
        here = workspace(self)
        background(self).run(self, "tuned", here.catalogue.tuned, self._ask_tune)

    def _ask_tune(self, tuned: int) -> None:
        question = AskScreen(
            "Objects that each process reads at once",
            value=str(tuned or ""),
            placeholder="as the workers were started",
            hint=f"1 to {MAX_CONCURRENT_READS}; 0: as started. New workers follow it too.",
        )
        self.app.push_screen(question, self._tune)

    def _tune(self, answer: str | None) -> None:
        if not answer:
            return
        if not answer.isdecimal() or int(answer) > MAX_CONCURRENT_READS:
            text = f"“{answer}” is no number from 0 to {MAX_CONCURRENT_READS}: nothing was changed."
            self.post_message(ShowNote(text))
            return
        here, number = workspace(self), int(answer)
        told = f"{plural(number, 'object')} at once" if number else "as they were started"
        background(self).run(
            self,
            "tune",
            lambda: here.catalogue.tune(number),
            lambda _: self.post_message(ShowNote(f"Each process is told to read {told}.")),
        )

    # --------------------------------------------------------------------- others

    def action_refresh(self) -> None:
        """Look at the ledger now."""
        self.look(anew=True)

    def action_copy_command(self) -> None:
        """Copy the command line that shows this job."""
        job = self.table.current
        command = f"tasveer-tui jobs show {job.id}" if job else "tasveer-tui jobs"
        self.post_message(CopyText(command, "the command"))


def _go_on(here: Workspace, job_id: int) -> None:
    """Let a paused or failed job go on; blocks."""
    here.catalogue.resume(job_id)
    here.engine.ensure_running()
