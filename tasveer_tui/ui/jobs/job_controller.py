"""Changes jobs and watches in the ledger: pause, resume, cancel, retry, priority, concurrency."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tasveer_tui.humanize import plural
from tasveer_tui.records import MAX_CONCURRENT_READS
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.dialogs import ConfirmScreen, PromptScreen
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.shared.jobs_text import place_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobView, Outcome, WatchView
    from tasveer_tui.workspace import Workspace

MAX_PRIORITY: Final = 9
"""Priorities go from -9 to 9, as on the command line."""


class JobController:
    """The requests of one Jobs screen.

    A request is shown in place of the job's state until a poll shows its effect.
    """

    def __init__(
        self, screen: Screen[None], *, redraw: Callable[[], object], poll: Callable[[], object]
    ) -> None:
        """`redraw` shows `pending_states`; `poll` reads the ledger again."""
        self._screen = screen
        self._redraw = redraw
        self._poll = poll
        self.pending_states: dict[int, str] = {}
        """By job: the requested change, such as `pausing`."""
        self._recorded: set[int] = set()
        """Jobs whose request is in the ledger; the next complete poll shows its effect."""
        self._priorities: dict[int, int] = {}
        """By job: the requested priority, from which further presses count."""
        self._recorded_priorities: set[int] = set()

    def on_snapshot(self) -> None:
        """Drop the requests that a complete poll has shown."""
        for job_id in self._recorded:
            self.pending_states.pop(job_id, None)
        for job_id in self._recorded_priorities:
            self._priorities.pop(job_id, None)
        self._recorded.clear()
        self._recorded_priorities.clear()

    # ---------------------------------------------------------------------- jobs

    def pause(self, job: JobView) -> None:
        """Pause the job."""
        space = workspace(self._screen)
        self._request_state(job, lambda: space.catalogue.pause(job.id), "pausing")

    def resume(self, job: JobView) -> None:
        """Resume a paused job, or retry a failed one."""
        space = workspace(self._screen)
        self._request_state(job, lambda: _resume(space, job.id), "resuming")

    def ask_cancel(self, job: JobView) -> None:
        """Cancel the job after a confirmation."""
        objects = plural(job.left, "object")
        text = f"{objects} of {place_text(job.spec)} will not be read. Results so far are kept."
        self._screen.app.push_screen(
            ConfirmScreen(f"Cancel job {job.id}?", text, yes="Cancel job", no="Keep job"),
            partial(self._cancel, job),
        )

    def _cancel(self, job: JobView, is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_confirmed:
            space = workspace(self._screen)
            self._request_state(job, lambda: space.catalogue.cancel(job.id), "cancelling")

    def retry(self, job: JobView, outcome: Outcome | None) -> None:
        """Retry the job's failures, or only those of one class."""
        work = partial(retry_failures, workspace(self._screen), job.id, outcome=outcome)
        background(self._screen).run(
            self._screen, f"retry {job.id} {outcome}", work, self._on_retried
        )

    def _on_retried(self, count: int) -> None:
        text = retry_text(count) if count else "Continuing the listing."
        self._screen.post_message(ShowNote(text))
        self._poll()

    def change_priority(self, job: JobView, by: int) -> None:
        """Raise or lower the job's priority."""
        priority = self._priorities.get(job.id, job.priority) + by
        priority = max(-MAX_PRIORITY, min(MAX_PRIORITY, priority))
        self._priorities[job.id] = priority
        space = workspace(self._screen)

        def on_written(_: object) -> None:
            self._recorded_priorities.add(job.id)
            self._poll()

        def on_error(error: TasveerError) -> None:
            self._priorities.pop(job.id, None)
            self._screen.post_message(ShowError(error))

        background(self._screen).run(
            self._screen,
            f"priority of {job.id}",
            lambda: space.catalogue.set_priority(job.id, priority),
            on_written,
            on_error=on_error,
        )

    def _request_state(self, job: JobView, write: Callable[[], object], pending_state: str) -> None:
        """Write a request into the ledger, and show `pending_state` until a poll shows it."""

        def on_written(_: object) -> None:
            self._recorded.add(job.id)
            self._poll()

        def on_error(error: TasveerError) -> None:
            self.pending_states.pop(job.id, None)
            self._redraw()
            self._screen.post_message(ShowError(error))

        self.pending_states[job.id] = pending_state
        self._redraw()
        background(self._screen).run(
            self._screen, f"state of {job.id}", write, on_written, on_error=on_error
        )

    # ------------------------------------------------------------------- watches

    def ask_unwatch(self, watch: WatchView) -> None:
        """Stop the watch after a confirmation."""
        text = f"{place_text(watch.spec)} will not be checked any longer. Results so far are kept."
        self._screen.app.push_screen(
            ConfirmScreen("Stop watching?", text, yes="Stop watching", no="Keep watching"),
            partial(self._unwatch, watch),
        )

    def _unwatch(self, watch: WatchView, is_confirmed: bool | None) -> None:  # noqa: FBT001
        if is_confirmed:
            space = workspace(self._screen)
            background(self._screen).run(
                self._screen,
                f"watch {watch.id}",
                lambda: space.unwatch(watch.id),
                lambda _: self._poll(),
            )

    # --------------------------------------------------------------- concurrency

    def ask_concurrency(self) -> None:
        """Ask how many objects each worker process reads at once."""
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen, "concurrency", space.catalogue.tuned, self._ask_concurrency
        )

    def _ask_concurrency(self, current: int) -> None:
        question = PromptScreen(
            "Concurrent reads of each worker process",
            value=str(current or ""),
            placeholder="the worker's own setting",
            hint=f"1 to {MAX_CONCURRENT_READS}; 0 for the worker's own setting. New workers too.",
        )
        self._screen.app.push_screen(question, self._set_concurrency)

    def _set_concurrency(self, answer: str | None) -> None:
        if not answer:
            return
        if not answer.isdecimal() or int(answer) > MAX_CONCURRENT_READS:
            text = f"“{answer}” is not a number from 0 to {MAX_CONCURRENT_READS}. Nothing changed."
            self._screen.post_message(ShowNote(text))
            return
        space, count = workspace(self._screen), int(answer)
        text = "Each worker process uses its own concurrency."
        if count:
            text = f"Each worker process reads {plural(count, 'object')} at once."
        background(self._screen).run(
            self._screen,
            "concurrency",
            lambda: space.catalogue.tune(count),
            lambda _: self._screen.post_message(ShowNote(text)),
        )


def _resume(space: Workspace, job_id: int) -> None:
    space.catalogue.resume(job_id)
    space.engine.ensure_running()


def retry_failures(
    space: Workspace, job_id: int, *, outcome: Outcome | None = None, keys: Sequence[str] = ()
) -> int:
    """Queue failed objects again and start the engine; returns how many. Blocks.

    Without `outcome` and `keys`, all failed objects.
    """
    count = space.catalogue.retry(job_id, outcome=outcome, keys=keys)
    space.engine.ensure_running()
    return count


def retry_text(count: int) -> str:
    """A sentence on what `retry_failures` returned."""
    return f"Retrying {plural(count, 'object')}."
