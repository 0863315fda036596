"""The download sheet: the target folder, the progress, and the objects that failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Button, Input, Label, ProgressBar, Static

from tasveer_tui.humanize import plural, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.browse.estimate_text import target_lines
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowNote
from tasveer_tui.ui.kit.widgets import CheckBox

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec
    from tasveer_tui.workspace import Estimate
    from tasveer_tui.workspace.downloads import Download

MAX_FAILURES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DownloadSheetState:
    """What the sheet shows. The order of arrival does not matter: `lines` decides what wins."""

    estimate: Estimate | None = None
    progress: Download | None = None
    error: TasveerError | None = None
    is_running: bool = False

    def lines(self) -> list[str]:
        """An error, else the progress, else the estimate."""
        if self.error is not None:
            return [self.error.message, self.error.remedy]
        if self.progress is not None:
            return _progress_lines(self.progress)
        if self.estimate is None:
            return ["counting…"]
        files = plural(self.estimate.to_read, "file")
        so_far = "" if self.estimate.is_final else " so far"
        return [f"{files}, {size_text(self.estimate.to_read_bytes)}{so_far}"]


def _progress_lines(progress: Download) -> list[str]:
    first = f"{plural(progress.objects, 'file')} downloaded, {size_text(progress.size_bytes)}"
    if progress.skipped:
        first += f" · {plural(progress.skipped, 'existing file')} skipped"
    lines = [first]
    lines += [f"{key}: {reason}" for key, reason in progress.failures[:MAX_FAILURES_SHOWN]]
    if progress.failed > MAX_FAILURES_SHOWN:
        lines.append(f"and {progress.failed - MAX_FAILURES_SHOWN:,} more failures")
    if progress.key:
        lines.append(progress.key)
    return lines


class DownloadSheet(Dialog[None]):
    """Counts the selected objects, then downloads them.

    Closing the sheet stops the download; starting it again continues it.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)
    AUTO_FOCUS = "#folder"

    state: reactive[DownloadSheetState] = reactive(DownloadSheetState(), init=False)

    def __init__(self, spec: JobSpec, below: str) -> None:
        """`below` is the prefix to leave off the files' paths."""
        super().__init__()
        self._spec = spec
        self._below = below

    def compose(self) -> ComposeResult:
        """The selection, the folder, the progress."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Download the original images"), classes="dialog--title")
            yield Static(Text("\n".join(map(clean, target_lines(self._spec)))), id="target")
            with Horizontal(classes="dialog--field"):
                yield Label("folder", markup=False)
                yield Input(str(Path.cwd()), id="folder", compact=True)
            yield CheckBox("overwrite existing files", id="overwrite", value=False)
            yield Static(id="download-state", markup=False)
            yield ProgressBar(id="download-bar", show_eta=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Download"), id="start", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield FooterBar()

    def on_mount(self) -> None:
        """Count the objects."""
        self.watch_state()
        space, spec = workspace(self), self._spec
        background(self).stream(
            self, "count", lambda: space.estimate(spec), self._on_estimate, on_error=self._on_error
        )

    def watch_state(self) -> None:
        """Render the state: the only place that changes the sheet's widgets."""
        state = self.state
        text = Text("\n".join(map(clean, filter(None, state.lines()))))
        self.query_one("#download-state", Static).update(text)
        self.query_one("#start", Button).disabled = state.is_running
        bar = self.query_one(ProgressBar)
        bar.display = state.is_running or state.progress is not None
        bar.update(
            total=state.estimate.to_read_bytes if state.estimate else None,
            progress=state.progress.size_bytes if state.progress else 0,
        )

    def _on_estimate(self, estimate: Estimate) -> None:
        self.state = replace(self.state, estimate=estimate)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error, is_running=False)

    # ------------------------------------------------------------------ download

    def action_accept(self) -> None:
        """Start the download, unless it is running."""
        if self.state.is_running:
            return
        self.state = replace(self.state, is_running=True, progress=None, error=None)
        folder = Path(self.query_one("#folder", Input).value.strip() or ".").expanduser()
        overwrites = self.query_one("#overwrite", CheckBox).value
        space, spec, below = workspace(self), self._spec, self._below
        background(self).stream(
            self,
            "download",
            lambda: space.download(spec, folder, overwrites=overwrites, below=below),
            self._on_progress,
            on_error=self._on_error,
        )

    def _on_progress(self, progress: Download) -> None:
        is_running = not progress.is_final
        self.state = replace(self.state, progress=progress, is_running=is_running)
        if is_running:
            return
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        text = f"Downloaded {plural(progress.objects, 'file')}{failed}."
        self.post_message(ShowNote(text, is_warning=bool(progress.failed)))
        if not progress.failed:
            self.dismiss()

    # -------------------------------------------------------------------- closing

    def on_input_submitted(self) -> None:
        """Enter in the folder field starts the download."""
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start, or close the sheet."""
        if event.button.id == "start":
            self.action_accept()
        else:
            self.action_back()

    def action_back(self) -> None:
        """Close the sheet. A partial file is continued by the next download."""
        if self.state.is_running:
            background(self).cancel(self, "download")
            self.post_message(ShowNote("Download stopped. Download again to continue."))
        self.dismiss()
