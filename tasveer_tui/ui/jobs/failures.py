"""The failed objects of a job, or of one class of them, each with its message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote, ShowObject
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import Failure, JobView, Outcome
    from tasveer_tui.workspace import Workspace

LIMIT: Final = 10_000
"""Failures that are listed at most; the title says so."""


class FailedObjects(RowList):
    """One line an object."""

    DEFAULT_CSS = """
    FailedObjects { overflow-x: hidden; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._failures: Sequence[Failure] = ()

    @property
    def row_count(self) -> int:
        """How many are listed."""
        return len(self._failures)

    @property
    def current(self) -> Failure | None:
        """The object under the cursor."""
        return self._failures[self.cursor] if self._failures else None

    def show(self, failures: Sequence[Failure]) -> None:
        """List these."""
        self._failures = failures
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw class, key and message."""
        failure = self._failures[row]
        room = max(10, (width - 15) * 3 // 5)
        return Strip(
            [
                Segment(" " + fit(failure.outcome, 12) + " ", style + self.part("bad")),
                Segment(fit(clean(failure.key, 1000), room) + " ", style),
                Segment(
                    fit(clean(failure.message, 400), max(0, width - 15 - room)),
                    style + self.part("dim"),
                ),
            ]
        )


class FailuresScreen(Dialog[None]):
    """Lists what failed; one object can be read again, or looked at in Browse."""

    DEFAULT_CSS = """
    FailuresScreen {
        & > #failures-box { width: 94%; height: 86%; background: $surface; border: round $border; }
        & #failures-title { height: auto; max-height: 3; padding: 0 1; text-style: bold; }
        & #failures-detail { height: auto; max-height: 6; padding: 0 1; background: $panel; }
        & FailedObjects { height: 1fr; }
    }
    .-ascii FailuresScreen > #failures-box { border: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.FAILURES)

    def __init__(self, job: JobView, outcome: Outcome | None) -> None:
        """Without `outcome`, the failures of every class."""
        super().__init__()
        self._job = job
        self._outcome = outcome

    def compose(self) -> ComposeResult:
        """Title, objects, the whole of one message."""
        with Vertical(id="failures-box"):
            yield Static(Text(f"Job {self._job.id}: reading…"), id="failures-title")
            yield FailedObjects()
            yield Static(id="failures-detail", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the ledger."""
        self._list.focus()
        here, job_id, outcome = workspace(self), self._job.id, self._outcome
        background(self).run(
            self, "failures", lambda: here.catalogue.failures(job_id, outcome, LIMIT), self._show
        )

    @property
    def _list(self) -> FailedObjects:
        return self.query_one(FailedObjects)

    def _show(self, failures: Sequence[Failure]) -> None:
        which = f" ({self._outcome})" if self._outcome else ""
        count = plural(len(failures), "failed object")
        if len(failures) == LIMIT:
            count = f"the first {count}"
        title = f"Job {self._job.id}: {count}{which}"
        if self._outcome:
            title += f"\n{self._outcome.description()}"
        self.query_one("#failures-title", Static).update(Text(title))
        self._list.show(failures)
        self._show_detail()

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the whole of key and message."""
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        failure = self._list.current
        if failure is not None:
            said = failure.message or failure.outcome.description()
            text = Text(f"{clean(failure.key, 1100)}\n{clean(said, 1000)}")
            self.query_one("#failures-detail", Static).update(text)

    # ----------------------------------------------------------------- commands

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Do what enter does."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Show the object in Browse."""
        failure = self._list.current
        if failure is not None:
            source, app = self._job.spec.source, self.app
            self.dismiss()
            app.post_message(ShowObject(source, failure.key))

    def action_retry(self) -> None:
        """Read this object again."""
        failure = self._list.current
        if failure is not None:
            work = partial(retry, workspace(self), self._job.id, keys=(failure.key,))
            background(self).run(self, "retry", work, self._retried)

    def action_retry_all(self) -> None:
        """Read again whatever is in this list, also what it has no room for."""
        work = partial(retry, workspace(self), self._job.id, outcome=self._outcome)
        background(self).run(self, "retry", work, self._retried_all)

    def _retried_all(self, count: int) -> None:
        self._retried(count)
        self.dismiss()

    def _retried(self, count: int) -> None:
        self.post_message(ShowNote(f"{plural(count, 'object')} will be read again."))

    def action_copy_key(self) -> None:
        """Copy the object's address."""
        failure = self._list.current
        if failure is not None:
            self.post_message(CopyText(self._job.spec.source.uri(failure.key), "the address"))

    def action_leave(self) -> None:
        """Close the list."""
        self.dismiss()


def retry(
    here: Workspace, job_id: int, *, outcome: Outcome | None = None, keys: Sequence[str] = ()
) -> int:
    """Have failed objects read again and see that an engine runs; how many. Blocks."""
    count = here.catalogue.retry(job_id, outcome=outcome, keys=keys)
    here.engine.ensure_running()
    return count
