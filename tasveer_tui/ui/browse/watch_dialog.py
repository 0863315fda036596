"""The sheet that has a place watched: listed at an interval, so that what is new is read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, parse_duration
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.shared.estimate_text import target_lines
from tasveer_tui.ui.shared.jobs_text import watch_text

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, WatchView

LEAST_S = 1.0
USUAL = "5m"


class WatchScreen(Dialog[None]):
    """Asks how often; where the place is watched already, offers to end that."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    def __init__(self, spec: JobSpec, watch: WatchView | None, now: float) -> None:
        """`watch` is the one that there is for just this place, as it is at `now`."""
        super().__init__()
        self._spec = spec
        self._watch = watch
        self._now = now
        self._is_sending = False

    def compose(self) -> ComposeResult:
        """What is watched, how often, what that means."""
        is_new = self._watch is None
        with Vertical(classes="dialog -small"):
            title = "Watch for new pictures" if is_new else "This place is watched"
            yield Static(Text(title), classes="dialog--title")
            places = "\n".join(map(clean, target_lines(self._spec)))
            yield Static(Text(places), classes="dialog--text")
            if self._watch is not None:
                told = watch_text(self._watch, self._now)
                yield Static(Text(f"It is listed {told}."), classes="dialog--text")
            else:
                with Horizontal(classes="dialog--field"):
                    yield Label("every", markup=False)
                    yield Input(USUAL, id="every", placeholder="90s, 5m, 2h, 1d", compact=True)
                yield Static(
                    Text("\nIt is listed as often, and what is new or changed is read, as long as")
                    + Text(" this program runs and after its next start. Jobs shows it."),
                    classes="dialog--text",
                )
            with Horizontal(classes="dialog--buttons"):
                label = "Watch" if is_new else "Stop watching"
                yield Button(Text(label), id="yes", variant="primary", compact=True)
                yield Button(Text("Close"), id="no", compact=True)
        yield KeyBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do it, or leave."""
        if event.button.id == "yes":
            self.action_accept()
        else:
            self.action_back()

    def on_input_submitted(self) -> None:
        """The interval is complete."""
        self.action_accept()

    def action_accept(self) -> None:
        """Begin or end the watch."""
        if self._is_sending:
            return
        space = workspace(self)
        if self._watch is not None:
            self._send(partial(space.unwatch, self._watch.id), "It is watched no longer.")
            return
        try:
            every_s = self._interval()
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        told = f"Watched every {approximate_duration_text(every_s)}; W again ends it."
        self._send(partial(space.watch, self._spec, every_s), told)

    def _interval(self) -> float:
        try:
            every_s = parse_duration(self.query_one("#every", Input).value)
        except ValueError as error:
            raise UsageError(str(error), "A few minutes are usual.") from error
        if every_s < LEAST_S:
            raise UsageError("A watch needs a second between two listings.", "Write 1s or more.")
        return every_s

    def _send(self, work: partial[int] | partial[None], told: str) -> None:
        self._is_sending = True
        background(self).run(self, "watch", work, lambda _: self._sent(told), failed=self._not_sent)

    def _sent(self, told: str) -> None:
        self.app.post_message(ShowNote(told))
        self.dismiss()

    def _not_sent(self, error: TasveerError) -> None:
        self._is_sending = False
        self.post_message(ShowError(error))

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss()


def same_place(watches: tuple[WatchView, ...], spec: JobSpec) -> WatchView | None:
    """The watch of just these places, if there is one."""
    for watch in watches:
        other = watch.spec
        if (other.source, set(other.prefixes), set(other.keys)) == (
            spec.source,
            set(spec.prefixes),
            set(spec.keys),
        ):
            return watch
    return None
