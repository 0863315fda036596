"""The download sheet: into which folder, how far it is, and what could not be fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Label, ProgressBar, Static

from tasveer_tui.humanize import plural, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.kit.background import background, workspace
from tasveer_tui.ui.kit.checkbox import Tick
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Place, bindings
from tasveer_tui.ui.kit.messages import ShowNote
from tasveer_tui.ui.shared.estimate_text import target_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate
    from tasveer_tui.workspace.downloads import Download

MOST_TOLD = 5


class DownloadScreen(Dialog[None]):
    """Counts what is chosen, then fetches it; leaving the sheet stops, and it can go on later."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.DIALOG)
    AUTO_FOCUS = "#folder"

    def __init__(self, spec: JobSpec, below: str) -> None:
        super().__init__()
        self._spec = spec
        self._below = below
        self._counted: Estimate | None = None
        self._is_running = False

    def compose(self) -> ComposeResult:
        """What, where to, how far."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Download the pictures themselves"), classes="dialog--title")
            yield Static(Text("\n".join(map(clean, target_lines(self._spec)))), id="target")
            with Horizontal(classes="dialog--field"):
                yield Label("folder", markup=False)
                yield Input(str(Path.cwd()), id="folder", compact=True)
            yield Tick("write over files that are there", id="overwrite", value=False)
            yield Static(id="download-state", markup=False)
            yield ProgressBar(id="download-bar", show_eta=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Download"), id="start", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Count what is to be fetched."""
        self.query_one(ProgressBar).display = False
        self._say("counting…")
        space, spec = workspace(self), self._spec
        background(self).follow(
            self, "count", lambda: space.estimate(spec), self._count_came, failed=self._failed
        )

    def _say(self, *lines: str) -> None:
        self.query_one("#download-state", Static).update(Text("\n".join(map(clean, lines))))

    def _count_came(self, counted: Estimate) -> None:
        self._counted = counted
        if self._is_running:
            self.query_one(ProgressBar).update(total=counted.to_read_bytes)
            return
        so_far = "" if counted.is_final else " so far"
        self._say(f"{plural(counted.to_read, 'file')}, {size_text(counted.to_read_bytes)}{so_far}")

    # ------------------------------------------------------------------ download

    def action_accept(self) -> None:
        """Begin, once."""
        if self._is_running:
            return
        self._is_running = True
        folder = Path(self.query_one("#folder", Input).value.strip() or ".").expanduser()
        overwrites = self.query_one("#overwrite", Tick).value
        bar = self.query_one(ProgressBar)
        bar.display = True
        bar.update(total=self._counted.to_read_bytes if self._counted else None, progress=0)
        self.query_one("#start", Button).disabled = True
        space, spec, below = workspace(self), self._spec, self._below
        background(self).follow(
            self,
            "download",
            lambda: space.download(spec, folder, overwrites=overwrites, below=below),
            self._came,
            failed=self._failed,
        )

    def _came(self, done: Download) -> None:
        self.query_one(ProgressBar).update(progress=done.size_bytes)
        lines = [f"{plural(done.objects, 'file')} fetched, {size_text(done.size_bytes)}"]
        if done.skipped:
            lines[0] += f" · {plural(done.skipped, 'file')} kept as they were"
        lines += [f"{key}: {why}" for key, why in done.failures[:MOST_TOLD]]
        if done.failed > MOST_TOLD:
            lines.append(f"and {done.failed - MOST_TOLD:,} more that failed")
        if done.key:
            lines.append(done.key)
        self._say(*lines)
        if done.is_final:
            self._end(done)

    def _end(self, done: Download) -> None:
        self._is_running = False
        failed = f", {done.failed:,} failed" if done.failed else ""
        text = f"Downloaded {plural(done.objects, 'file')}{failed}."
        self.post_message(ShowNote(text, is_warning=bool(done.failed)))
        if not done.failed:
            self.dismiss()

    def _failed(self, error: TasveerError) -> None:
        self._is_running = False
        self.query_one("#start", Button).disabled = False
        self._say(error.message, error.remedy)

    # -------------------------------------------------------------------- leaving

    def on_input_submitted(self) -> None:
        """The folder is complete."""
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin, or leave."""
        if event.button.id == "start":
            self.action_accept()
        else:
            self.action_back()

    def action_back(self) -> None:
        """Leave; what is half fetched goes on from there the next time."""
        if self._is_running:
            background(self).forget(self, "download")
            self.post_message(ShowNote("Stopped; downloading it again goes on from there."))
        self.dismiss()
