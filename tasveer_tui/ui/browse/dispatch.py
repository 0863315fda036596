"""The dispatch sheet: what will be read and what that takes, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.dispatch_fields import DispatchFields
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.command_line import ingest_command
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, JobDispatched, ShowError
from tasveer_tui.ui.shared.estimate_text import estimate_rows, target_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate

ESTIMATE_DELAY_S = 0.3
LABEL_CELLS = 10


class DispatchScreen(Dialog[bool]):
    """Filters, a running estimate, and the button. The result says whether a job was made."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DISPATCH, Scope.DIALOG)
    AUTO_FOCUS = "#dispatch"

    def __init__(self, spec: JobSpec) -> None:
        super().__init__()
        self._chosen = spec
        self._timer: Timer | None = None
        self._is_sending = False

    def compose(self) -> ComposeResult:
        """What, with which filters, at what price."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Read the metadata of what is chosen"), classes="dialog--title")
            yield Static(Text("\n".join(map(clean, target_lines(self._chosen)))), id="target")
            yield DispatchFields(self._chosen)
            yield Static(Text("Estimate"), id="estimate-title")
            yield Static(id="estimate", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Dispatch"), id="dispatch", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to count."""
        self._estimate()

    # ------------------------------------------------------------------ estimate

    def _spec(self) -> JobSpec:
        """The job as the sheet stands. Raises UsageError."""
        return self.query_one(DispatchFields).spec()

    def on_input_changed(self) -> None:
        """Count again after a pause."""
        self._estimate_soon()

    def on_checkbox_changed(self) -> None:
        """Count again."""
        self._estimate_soon()

    def _estimate_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(ESTIMATE_DELAY_S, self._estimate)

    def _estimate(self) -> None:
        try:
            spec = self._spec()
        except UsageError as error:
            self._failed(error)
            return
        space = workspace(self)
        self._say_state("counting…")
        background(self).stream(
            self, "estimate", lambda: space.estimate(spec), self._came, failed=self._failed
        )

    def _came(self, counted: Estimate) -> None:
        self._say_state("final" if counted.is_final else "counting…")
        table = Table.grid(padding=(0, 2))
        table.add_column(width=LABEL_CELLS)
        table.add_column()
        for label, figures in estimate_rows(counted):
            table.add_row(Text(label, style="dim"), Text(figures))
        self.query_one("#estimate", Static).update(table)

    def _failed(self, error: TasveerError) -> None:
        background(self).cancel(self, "estimate")
        self._say_state("cannot be counted")
        self.query_one("#estimate", Static).update(Text(clean(error)))

    def _say_state(self, state: str) -> None:
        title = Text("Estimate  ")
        title.append(f"{state} · nothing is sent yet", "not bold dim")
        self.query_one("#estimate-title", Static).update(title)

    # ------------------------------------------------------------------- actions

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send, or leave."""
        if event.button.id == "dispatch":
            self.action_send()
        else:
            self.action_back()

    def on_input_submitted(self) -> None:
        """A filter is complete: go on to the button."""
        self.query_one("#dispatch", Button).focus()

    def action_send(self) -> None:
        """Write the job into the ledger."""
        try:
            spec = self._spec()
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        if self._is_sending:
            return
        self._is_sending = True
        background(self).cancel(self, "estimate")
        space = workspace(self)
        background(self).run(
            self, "dispatch", lambda: space.dispatch(spec), self._sent, failed=self._not_sent
        )

    def _sent(self, job_id: int) -> None:
        self.app.post_message(JobDispatched(job_id))
        self.dismiss(result=True)

    def _not_sent(self, error: TasveerError) -> None:
        self._is_sending = False
        self.post_message(ShowError(error))

    def action_back(self) -> None:
        """Leave and send nothing."""
        self.dismiss(result=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What dialogs accept is dispatched here."""
        del parameters
        return action != "accept"

    def action_copy_command(self) -> None:
        """Copy the command line that does the same."""
        try:
            self.post_message(CopyText(ingest_command(self._spec()), "the command"))
        except UsageError as error:
            self.post_message(ShowError(error))
