"""The Textual app: its screens, the state of the header, commands, and the display of errors.

Start-up: before the first frame, only Textual and light modules are imported, with garbage
collection off. All others are imported after it, in a background task.

Screens and widgets use the app through `ui.context` and the messages of `ui.kit.messages`.
"""

from __future__ import annotations

import gc
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.reactive import reactive

from tasveer_tui.text import clean
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.ui.kit import theme
from tasveer_tui.ui.kit.background import BackgroundTasks
from tasveer_tui.ui.kit.graphics import Graphics
from tasveer_tui.ui.kit.keys import Scope, bindings, current_ids, problems
from tasveer_tui.ui.kit.messages import LedgerChanged, ShowNote
from tasveer_tui.ui.kit.palette import CommandProvider
from tasveer_tui.ui.kit.status import EngineStatus, Status, access_facts, engine_words, read_engine
from tasveer_tui.ui.kit.textual_internals import CachedStylesheet
from tasveer_tui.ui.kit.typed_ahead import TypedAhead
from tasveer_tui.ui.screens import SCREENS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import BindingType
    from textual.command import Provider
    from textual.filter import LineFilter

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Access, Source
    from tasveer_tui.ui.ended_jobs import EndedJobs
    from tasveer_tui.ui.kit import messages
    from tasveer_tui.workspace import Workspace


POLL_S = 1.0
ERROR_SHOWN_S = 12.0

log = logging.getLogger(__name__)


def run(workspace: Workspace, start: str = "", settings: UiSettings | None = None) -> int:
    """Run the app; returns the exit code. The caller closes the workspace."""
    gc.disable()
    app = TasveerApp(workspace, start, settings or UiSettings())
    app.run()
    return app.return_code or 0


class TasveerApp(App[None]):
    """The app: a mode per screen, and what the screens share."""

    TITLE = "tasveer"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.EVERYWHERE)
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CommandProvider}
    DEFAULT_MODE = "browse"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012

    status: reactive[Status] = reactive(Status())
    graphics: reactive[Graphics] = reactive(Graphics.BLOCKS)
    """How the contact sheet draws thumbnails."""

    def __init__(self, workspace: Workspace, start: str, settings: UiSettings) -> None:
        self.workspace = workspace
        workspace.on_upgrade = self._upgrading
        self.start_location = start
        self.settings = replace(settings, keys=current_ids(settings.keys))
        self.symbols = theme.symbols_for(is_ascii=settings.ascii)
        self.screen_titles = {name: spec.title for name, spec in SCREENS.items()}
        self.shared_search = ""
        """The search of Library and Insight."""
        self._source: Source | None = None
        self._access: Access = workspace.options.access
        self._engine = EngineStatus()
        self._ended_jobs: EndedJobs | None = None
        super().__init__()
        self._typed_ahead = TypedAhead(self, super().on_event)
        self.background = BackgroundTasks(self)
        for name, spec in SCREENS.items():
            self.add_mode(name, spec.load)
        for one in theme.THEMES:
            self.register_theme(one)
        self.theme = self._theme_name()
        self.set_reactive(TasveerApp.graphics, Graphics(settings.graphics))
        self.stylesheet = CachedStylesheet(variables=self.get_css_variables())
        self.set_class(self.symbols.is_ascii, "-ascii")
        self._own_filters = self._make_filters()

    def _make_filters(self) -> list[LineFilter]:
        needs_contrast = self.console.color_system == "standard"
        if not (self.symbols.is_ascii or needs_contrast):
            return []
        from tasveer_tui.ui.kit.line_filters import AsciiFilter, ContrastFilter

        filters: list[LineFilter] = [AsciiFilter()] if self.symbols.is_ascii else []
        return [*filters, ContrastFilter()] if needs_contrast else filters

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, then ours for ASCII and for few colours."""
        return [*super().get_line_filters(), *self._own_filters]

    def _theme_name(self) -> str:
        name = {"dark": theme.DARK, "light": theme.LIGHT}.get(
            self.settings.theme, self.settings.theme
        )
        return name if name in self.available_themes else theme.DARK

    # ------------------------------------------------------------------ start-up

    def on_mount(self) -> None:
        """Show the first frame, then load the rest."""
        self.status = self._status()
        self.set_keymap({k: v for k, v in self.settings.keys.items() if not problems({k: v})})
        self.call_after_refresh(self._first_frame_shown)

    def _first_frame_shown(self) -> None:
        gc.freeze()
        gc.enable()
        for sentence in problems(self.settings.keys):
            self.show_note(sentence, is_warning=True)
        self.background.run(self, "preload", self._preload, self._follow_engine)

    def _preload(self) -> None:
        """Import the other screens and resume unfinished jobs. Blocks."""
        from tasveer_tui.ui import preload

        preload.load(self.workspace)

    def _follow_engine(self, _: None) -> None:
        # Modules stay in memory; a full collection over them would block the event loop for 0.1 s.
        gc.freeze()
        self.set_interval(POLL_S, self._poll)
        self._poll()

    def _poll(self) -> None:
        if not self.background.is_busy(self, "engine"):
            self.background.run(
                self,
                "engine",
                lambda: read_engine(self.workspace),
                self._engine_read,
                on_error=lambda error: self._engine_read(EngineStatus(problem=str(error))),
            )

    def _engine_read(self, engine: EngineStatus) -> None:
        from tasveer_tui.ui.ended_jobs import EndedJobs

        self._ended_jobs = self._ended_jobs or EndedJobs()
        for sentence, is_warning in self._ended_jobs.update(engine.recent, engine.watch_jobs):
            self.show_note(sentence, is_warning=is_warning)
        if engine == self._engine:
            return
        if engine.problem and engine.problem != self._engine.problem:
            self.show_note(engine.problem, is_warning=True)
        self._engine = engine
        self.status = self._status()
        self.screen.post_message(LedgerChanged(engine.jobs))

    async def on_event(self, event: events.Event) -> None:
        """Let a key wait until the previous one has taken effect."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._typed_ahead.take(event)
        else:
            await super().on_event(event)

    # -------------------------------------------------------------------- status

    def show_source(self, source: Source | None, access: Access) -> None:
        """Show in the header which source is open and how it is accessed."""
        self._source, self._access = source, access
        self.status = self._status()

    def _status(self) -> Status:
        return Status(
            access_facts(self._source, self._access),
            engine_words(self._engine, has_broker=bool(self.workspace.options.broker_url)),
            self._engine.problem,
            self._engine.jobs,
        )

    # ------------------------------------------------------------------- errors

    def show_error(self, error: TasveerError) -> None:
        """Show an error and its remedy."""
        text = "\n".join(filter(None, (clean(error.message), clean(error.remedy))))
        self.notify(text, severity="error", timeout=ERROR_SHOWN_S, markup=False)

    def show_fault(self, fault: Exception) -> None:
        """Show a bug of this program. The log has the traceback."""
        text = f"{type(fault).__name__}: {clean(fault, 300)}\nThe log has the details."
        self.notify(
            text, title="Unexpected error", severity="error", timeout=ERROR_SHOWN_S, markup=False
        )

    def _fatal_error(self) -> None:
        """Quit with one sentence. Textual's method prints a traceback with all local values."""
        fault = sys.exc_info()[1]
        log.error("Unexpected error", exc_info=fault)
        self.panic(
            Text(
                f"tasveer-tui: unexpected {type(fault).__name__}: {clean(fault, 300)}\n"
                "The log has the details (`tasveer-tui doctor` shows its path)."
            )
        )

    def show_note(self, text: str, *, is_warning: bool = False) -> None:
        """Show a note for a few seconds."""
        shown = "\n".join(map(clean, text.split("\n")))
        self.notify(shown, severity="warning" if is_warning else "information", markup=False)

    def _upgrading(self, size_bytes: int) -> None:
        """Called in the thread that migrates the catalogue."""
        from tasveer_tui.workspace import upgrade_text

        if text := upgrade_text(size_bytes):
            self.post_message(ShowNote(text, is_warning=True))

    # ------------------------------------------------------------------ messages

    def on_show_error(self, message: messages.ShowError) -> None:
        """Show an error."""
        self.show_error(message.error)

    def on_show_note(self, message: messages.ShowNote) -> None:
        """Show a note."""
        self.show_note(message.text, is_warning=message.is_warning)

    def on_copy_text(self, message: messages.CopyText) -> None:
        """Copy text, and show it, because not all terminals support copying."""
        self.copy_to_clipboard(message.text)
        self.show_note(f"Copied {message.what}:\n{clean(message.text, 400)}")

    async def on_job_started(self, message: messages.JobStarted) -> None:
        """Go to Jobs and put the cursor on the new job."""
        from tasveer_tui.ui.jobs.screen import JobsScreen

        await self.action_show_screen("jobs")
        if isinstance(self.screen, JobsScreen):
            self.screen.follow(message.job_id)
        self.show_note(f"Job {message.job_id} started.")
        self._poll()

    async def on_show_object(self, message: messages.ShowObject) -> None:
        """Open Browse at a key or prefix."""
        await self.action_show_screen("browse")
        if isinstance(self.screen, BrowseScreen):
            self.screen.show_object(message.source, message.key)

    async def on_search_for(self, message: messages.SearchFor) -> None:
        """Open the Library with a search."""
        from tasveer_tui.ui.library.screen import LibraryScreen

        await self.action_show_screen("library")
        if isinstance(self.screen, LibraryScreen):
            self.screen.search_for(message.query)

    # ------------------------------------------------------------------- actions

    async def action_show_screen(self, name: str) -> None:
        """Switch to a screen, and close the dialogs over the present one."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if self.current_mode != name:
            await self.switch_mode(name)

    def action_help(self) -> None:
        """Show the help."""
        from tasveer_tui.ui.kit.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_toggle_theme(self) -> None:
        """Switch between the dark and the light theme."""
        self.theme = theme.LIGHT if self.current_theme.dark else theme.DARK

    def action_next_graphics(self) -> None:
        """Switch to the next way to draw thumbnails."""
        self.graphics = self.graphics.next()
        names = {Graphics.BLOCKS: "half blocks", Graphics.KITTY: "Kitty's graphics"}
        name = names.get(self.graphics, "Sixel graphics")
        self.notify(f"The contact sheet now uses {name}.", markup=False)

    def send(self, sequences: str) -> None:
        """Write escape sequences to the terminal that Textual does not know."""
        if self._driver is not None and sequences:
            self._driver.write(sequences)

    async def action_quit(self) -> None:
        """Quit; if a job is running, which would pause, ask first."""
        if not (self._engine.jobs and self._engine.is_running):
            self.exit()
            return
        from tasveer_tui.ui.kit.dialogs import ConfirmScreen

        jobs = "A job is" if self._engine.jobs == 1 else f"{self._engine.jobs} jobs are"
        text = (
            f"{jobs} running; {self._engine.left:,} objects are left. "
            "Quitting pauses the work. It resumes at the next start."
        )
        self.push_screen(ConfirmScreen("Quit?", text, yes="Quit", no="Stay"), self._on_quit_answer)

    def _on_quit_answer(self, is_sure: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_sure:
            self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c, Textual's own action: name the key that quits."""
        self.show_note("Press q to quit.")
