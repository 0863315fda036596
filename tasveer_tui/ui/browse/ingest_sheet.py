"""The ingest sheet: filters, priority and a running estimate, before anything is sent."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.table import Table
from rich.text import Text
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import parse_size, parse_timestamp
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.estimate_text import estimate_rows, parse_globs, target_lines
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.command_line import ingest_command
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, JobStarted, ShowError
from tasveer_tui.ui.kit.widgets import CheckBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate

T = TypeVar("T")

ESTIMATE_DELAY_S = 0.3
LABEL_CELLS = 10
MAX_PRIORITY = 9


@dataclass(frozen=True, slots=True)
class IngestSheetState:
    """What the sheet shows below its fields: an error of the fields, else the estimate."""

    estimate: Estimate | None = None
    error: TasveerError | None = None
    is_starting: bool = False

    def title(self) -> str:
        """How far the estimate is."""
        if self.error is not None:
            return "no estimate"
        return "final" if self.estimate is not None and self.estimate.is_final else "counting…"


class IngestSheet(Dialog[bool]):
    """Filters, estimate and the start button. The result is True if a job was started."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.INGEST, Scope.DIALOG)
    AUTO_FOCUS = "#ingest"

    state: reactive[IngestSheetState] = reactive(IngestSheetState(), init=False)

    def __init__(self, spec: JobSpec) -> None:
        super().__init__()
        self._selection = spec
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The selection, the filters, the estimate."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Ingest the selection"), classes="dialog--title")
            yield Static(Text("\n".join(map(clean, target_lines(self._selection)))), id="target")
            yield IngestFields(self._selection)
            yield Static(Text("Estimate"), id="estimate-title")
            yield Static(id="estimate", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Ingest"), id="ingest", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield FooterBar()

    def on_mount(self) -> None:
        """Start the estimate."""
        self.watch_state()
        self._estimate()

    def watch_state(self) -> None:
        """Render the state: the only place that changes the lower part of the sheet."""
        title = Text("Estimate  ")
        title.append(f"{self.state.title()} · nothing is sent yet", "not bold dim")
        self.query_one("#estimate-title", Static).update(title)
        content: Text | Table = Text("")
        if self.state.error is not None:
            content = Text(clean(self.state.error))
        elif self.state.estimate is not None:
            content = _estimate_table(self.state.estimate)
        self.query_one("#estimate", Static).update(content)

    # ------------------------------------------------------------------ estimate

    def _spec(self) -> JobSpec:
        """The job as the fields define it. Raises UsageError."""
        return self.query_one(IngestFields).spec()

    def on_input_changed(self) -> None:
        """Estimate again once the user pauses."""
        self._estimate_soon()

    def on_checkbox_changed(self) -> None:
        """Estimate again."""
        self._estimate_soon()

    def _estimate_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(ESTIMATE_DELAY_S, self._estimate)

    def _estimate(self) -> None:
        try:
            spec = self._spec()
        except UsageError as error:
            self._on_error(error)
            return
        space = workspace(self)
        # The last figures stay until the first new ones arrive.
        estimate = self.state.estimate and replace(self.state.estimate, is_final=False)
        self.state = replace(self.state, estimate=estimate, error=None)
        background(self).stream(
            self,
            "estimate",
            lambda: space.estimate(spec),
            self._on_estimate,
            on_error=self._on_error,
        )

    def _on_estimate(self, estimate: Estimate) -> None:
        self.state = replace(self.state, estimate=estimate)

    def _on_error(self, error: TasveerError) -> None:
        background(self).cancel(self, "estimate")
        self.state = replace(self.state, error=error)

    # ------------------------------------------------------------------- actions

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start, or close the sheet."""
        if event.button.id == "ingest":
            self.action_send()
        else:
            self.action_back()

    def on_input_submitted(self) -> None:
        """Enter in a field goes to the button."""
        self.query_one("#ingest", Button).focus()

    def action_send(self) -> None:
        """Write the job into the ledger."""
        try:
            spec = self._spec()
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        if self.state.is_starting:
            return
        self.state = replace(self.state, is_starting=True)
        if self._timer is not None:
            self._timer.stop()
        background(self).cancel(self, "estimate")
        space = workspace(self)
        background(self).run(
            self,
            "start",
            lambda: space.dispatch(spec),
            self._on_started,
            on_error=self._on_start_failed,
        )

    def _on_started(self, job_id: int) -> None:
        self.app.post_message(JobStarted(job_id))
        self.dismiss(result=True)

    def _on_start_failed(self, error: TasveerError) -> None:
        self.state = replace(self.state, is_starting=False)
        self.post_message(ShowError(error))
        self._estimate()

    def action_back(self) -> None:
        """Close the sheet without a job."""
        self.dismiss(result=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide "accept": the sheet has its own command."""
        del parameters
        return action != "accept"

    def action_copy_command(self) -> None:
        """Copy the equivalent command line."""
        try:
            self.post_message(CopyText(ingest_command(self._spec()), "the command"))
        except UsageError as error:
            self.post_message(ShowError(error))


def _estimate_table(estimate: Estimate) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=LABEL_CELLS)
    table.add_column()
    for label, figures in estimate_rows(estimate):
        table.add_row(Text(label, style="dim"), Text(figures))
    return table


class IngestFields(Vertical):
    """The fields that turn the selection into a job: filters, priority, switches."""

    DEFAULT_CSS = """
    IngestFields { height: auto; margin-bottom: 1; }
    IngestFields .dialog--field Input { margin-right: 2; }
    """

    def __init__(self, spec: JobSpec) -> None:
        super().__init__()
        self._spec = spec

    def compose(self) -> ComposeResult:
        """Globs, sizes, dates, priority, switches."""
        yield from _field("include", "all images · or *.jpg raw/**")
        yield from _field("exclude", "nothing · or **/cache/** *.tif")
        with Horizontal(classes="dialog--field"):
            yield Label("size", markup=False)
            yield Input(id="min-size", placeholder="any · or 500kB", compact=True)
            yield Label("up to", markup=False)
            yield Input(id="max-size", placeholder="any · or 2GB", compact=True)
        with Horizontal(classes="dialog--field"):
            yield Label("modified", markup=False)
            yield Input(id="since", placeholder="any time · or 30d", compact=True)
            yield Label("before", markup=False)
            yield Input(id="before", placeholder="now · or 2024-01-01", compact=True)
        with Horizontal(classes="dialog--field"):
            yield Label("priority", markup=False)
            yield Input(id="priority", placeholder="0 · -9 to 9", compact=True)
            yield CheckBox("unchanged objects, too", id="force", value=self._spec.force)
            yield CheckBox("all types", id="any-type", value=self._spec.any_type)

    def spec(self) -> JobSpec:
        """The job as the fields define it. Raises UsageError."""
        spec = dataclasses.replace(
            self._spec,
            include=parse_globs(self._text("include")),
            exclude=parse_globs(self._text("exclude")),
            min_bytes=self._parsed("min-size", parse_size, 0),
            max_bytes=self._parsed("max-size", parse_size, 0),
            modified_since=self._parsed("since", _parse_moment, 0.0),
            modified_before=self._parsed("before", _parse_moment, 0.0),
            priority=self._parsed("priority", _parse_priority, 0),
            force=self.query_one("#force", CheckBox).value,
            any_type=self.query_one("#any-type", CheckBox).value,
        )
        if spec.max_bytes and spec.min_bytes > spec.max_bytes:
            raise UsageError(
                "The minimum size is above the maximum.", "Swap them, or clear one of the fields."
            )
        if spec.modified_before and spec.modified_since >= spec.modified_before:
            raise UsageError(
                "The start date is not before the end date.",
                "Swap them, or clear one of the fields.",
            )
        return spec

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _parsed(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self._text(name)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            raise UsageError(str(error), "An empty field means no limit.") from error


def _field(name: str, hint: str) -> ComposeResult:
    with Horizontal(classes="dialog--field"):
        yield Label(name, markup=False)
        yield Input(id=name, placeholder=hint, compact=True)


def _parse_moment(text: str) -> float:
    # To the minute, so that `30d` gives the same job each time the spec is built.
    return parse_timestamp(text, time.time() // 60 * 60)


def _parse_priority(text: str) -> int:
    try:
        priority = int(text)
    except ValueError:
        priority = MAX_PRIORITY + 1
    if abs(priority) > MAX_PRIORITY:
        raise ValueError(f"{text!r} is not a priority. Write a number from -9 to 9.")
    return priority
