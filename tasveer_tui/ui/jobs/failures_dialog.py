"""The failed objects of a job, or of one class of failures, each with its error message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.jobs.job_controller import retry_failures, retry_text
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote, ShowObject
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Failure, JobView, Outcome

LIMIT: Final = 10_000
"""Objects that are listed; the title shows when there are more."""


class FailedObjects(RowList):
    """One line per object: class, key, message."""

    DEFAULT_CSS = """
    FailedObjects { overflow-x: hidden; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._failures: Sequence[Failure] = ()

    @property
    def row_count(self) -> int:
        """Number of objects."""
        return len(self._failures)

    @property
    def current(self) -> Failure | None:
        """The object under the cursor."""
        return self._failures[self.cursor] if self._failures else None

    def show(self, failures: Sequence[Failure]) -> None:
        """List these objects."""
        self._failures = failures
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one object."""
        failure = self._failures[row]
        key_cells = max(10, (width - 15) * 3 // 5)
        message_cells = max(0, width - 15 - key_cells)
        return Strip(
            [
                Segment(f" {fit(failure.outcome, 12)} ", style + self.foreground("bad")),
                Segment(f"{fit(clean(failure.key, 1000), key_cells)} ", style),
                Segment(
                    fit(clean(failure.message, 400), message_cells), style + self.foreground("dim")
                ),
            ]
        )


@dataclass(frozen=True, slots=True)
class FailuresState:
    """What the dialog shows: an error, else the objects, else that it loads them."""

    failures: Sequence[Failure] | None = None
    error: TasveerError | None = None

    def title(self, outcome: Outcome | None) -> str:
        """The number of objects and the class."""
        if self.error is not None:
            return "\n".join(map(clean, filter(None, (self.error.message, self.error.remedy))))
        if self.failures is None:
            return "loading…"
        count = plural(len(self.failures), "failed object")
        if len(self.failures) == LIMIT:
            count = f"the first {count}"
        return f"{count} ({outcome})\n{outcome.description()}" if outcome else count


class FailuresDialog(Dialog[None]):
    """Lists failed objects; each can be retried, or opened in Browse."""

    DEFAULT_CSS = """
    FailuresDialog {
        & > #failures-box { width: 94%; height: 86%; background: $surface; border: round $border; }
        & #failures-title { height: auto; max-height: 3; padding: 0 1; text-style: bold; }
        & #failures-detail { height: auto; max-height: 6; padding: 0 1; background: $panel; }
        & FailedObjects { height: 1fr; }
    }
    .-ascii FailuresDialog > #failures-box { border: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.FAILURES)

    state: reactive[FailuresState] = reactive(FailuresState(), init=False)

    def __init__(self, job: JobView, outcome: Outcome | None) -> None:
        """Without `outcome`, the failures of every class."""
        super().__init__()
        self._job = job
        self._outcome = outcome

    def compose(self) -> ComposeResult:
        """Title, objects, the full message of one of them."""
        with Vertical(id="failures-box"):
            yield Static(id="failures-title", markup=False)
            yield FailedObjects()
            yield Static(id="failures-detail", markup=False)
        yield FooterBar()

    def on_mount(self) -> None:
        """Load the failures."""
        self._list.focus()
        self.watch_state()
        space, job_id, outcome = workspace(self), self._job.id, self._outcome
        background(self).run(
            self,
            "failures",
            lambda: space.catalogue.failures(job_id, outcome, LIMIT),
            self._on_failures,
            on_error=self._on_error,
        )

    @property
    def _list(self) -> FailedObjects:
        return self.query_one(FailedObjects)

    def _on_failures(self, failures: Sequence[Failure]) -> None:
        self.state = replace(self.state, failures=failures)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error)

    def watch_state(self) -> None:
        """Render the state."""
        title = f"Job {self._job.id}: {self.state.title(self._outcome)}"
        self.query_one("#failures-title", Static).update(Text(title))
        self._list.show(self.state.failures or ())
        self._show_detail()

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the full key and message."""
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        failure = self._list.current
        if failure is not None:
            message = failure.message or failure.outcome.description()
            text = Text(f"{clean(failure.key, 1100)}\n{clean(message, 1000)}")
            self.query_one("#failures-detail", Static).update(text)

    # ----------------------------------------------------------------- commands

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens the object."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the object in Browse."""
        failure = self._list.current
        if failure is not None:
            source, app = self._job.spec.source, self.app
            self.dismiss()
            app.post_message(ShowObject(source, failure.key))

    def action_retry(self) -> None:
        """Retry this object."""
        failure = self._list.current
        if failure is not None:
            work = partial(retry_failures, workspace(self), self._job.id, keys=(failure.key,))
            # A group per object, so that no request replaces one that still waits.
            background(self).run(self, f"retry {failure.key}", work, self._on_retried)

    def action_retry_all(self) -> None:
        """Retry all objects of this list, including those above the limit."""
        work = partial(retry_failures, workspace(self), self._job.id, outcome=self._outcome)
        background(self).run(self, "retry all", work, self._on_all_retried)

    def _on_all_retried(self, count: int) -> None:
        self._on_retried(count)
        self.dismiss()

    def _on_retried(self, count: int) -> None:
        self.post_message(ShowNote(retry_text(count)))

    def action_copy_key(self) -> None:
        """Copy the object's location."""
        failure = self._list.current
        if failure is not None:
            self.post_message(CopyText(self._job.spec.source.uri(failure.key), "the location"))

    def action_leave(self) -> None:
        """Close the dialog."""
        self.dismiss()
