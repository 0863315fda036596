"""The watch dialog: check a selection for new objects at an interval, or stop doing so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, parse_duration
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.estimate_text import target_lines
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.shared.jobs_text import watch_text

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, WatchView

MIN_INTERVAL_S = 1.0
DEFAULT_INTERVAL = "5m"
NOTE = (
    "\nChecked at this interval; new and changed images are read while the program runs, and"
    " again after a restart. Jobs shows the watch."
)


class WatchDialog(Dialog[None]):
    """Asks for an interval; if there is a watch of this selection, offers to stop it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    is_sending: reactive[bool] = reactive(default=False, init=False)

    def __init__(self, spec: JobSpec, watch: WatchView | None, now: float) -> None:
        """`watch` is the present watch of this selection, as of the Unix time `now`."""
        super().__init__()
        self._spec = spec
        self._watch = watch
        self._now = now

    def compose(self) -> ComposeResult:
        """The selection, the interval, the consequences."""
        is_new = self._watch is None
        with Vertical(classes="dialog -small"):
            title = "Watch for new images" if is_new else "This selection is watched"
            yield Static(Text(title), classes="dialog--title")
            locations = "\n".join(map(clean, target_lines(self._spec)))
            yield Static(Text(locations), classes="dialog--text")
            if self._watch is not None:
                text = f"Checked {watch_text(self._watch, self._now)}."
                yield Static(Text(text), classes="dialog--text")
            else:
                with Horizontal(classes="dialog--field"):
                    yield Label("every", markup=False)
                    yield Input(
                        DEFAULT_INTERVAL, id="every", placeholder="90s, 5m, 2h, 1d", compact=True
                    )
                yield Static(Text(NOTE), classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                label = "Watch" if is_new else "Stop watching"
                yield Button(Text(label), id="yes", variant="primary", compact=True)
                yield Button(Text("Close"), id="no", compact=True)
        yield FooterBar()

    def watch_is_sending(self) -> None:
        """A second press must not send the request twice."""
        self.query_one("#yes", Button).disabled = self.is_sending

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Accept, or close the dialog."""
        if event.button.id == "yes":
            self.action_accept()
        else:
            self.action_back()

    def on_input_submitted(self) -> None:
        """Enter in the interval field accepts."""
        self.action_accept()

    def action_accept(self) -> None:
        """Start the watch, or stop it."""
        if self.is_sending:
            return
        space = workspace(self)
        if self._watch is not None:
            self._send(partial(space.unwatch, self._watch.id), "Watch stopped.")
            return
        try:
            interval_s = self._interval()
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        note = f"Watching every {approximate_duration_text(interval_s)}. Press W again to stop."
        self._send(partial(space.watch, self._spec, interval_s), note)

    def _interval(self) -> float:
        try:
            interval_s = parse_duration(self.query_one("#every", Input).value)
        except ValueError as error:
            raise UsageError(str(error), "A few minutes are usual.") from error
        if interval_s < MIN_INTERVAL_S:
            raise UsageError("The shortest interval is one second.", "Write 1s or more.")
        return interval_s

    def _send(self, work: partial[int] | partial[None], note: str) -> None:
        self.is_sending = True
        background(self).run(
            self, "watch", work, lambda _: self._on_done(note), on_error=self._on_error
        )

    def _on_done(self, note: str) -> None:
        self.app.post_message(ShowNote(note))
        self.dismiss()

    def _on_error(self, error: TasveerError) -> None:
        self.is_sending = False
        self.post_message(ShowError(error))

    def action_back(self) -> None:
        """Close the dialog without a change."""
        self.dismiss()


def find_watch(watches: tuple[WatchView, ...], spec: JobSpec) -> WatchView | None:
    """The watch of exactly this selection, if there is one."""
    for watch in watches:
        other = watch.spec
        if (other.source, set(other.prefixes), set(other.keys)) == (
            spec.source,
            set(spec.prefixes),
            set(spec.keys),
        ):
            return watch
    return None
