"""What screens and widgets may use of the app, as a protocol, so that none imports `ui.app`.

    app_context(self).symbols           # the characters that suit the terminal
    workspace(self).inspect(…)          # blocks: call it in a background task only
    background(self).run(self, "inspect", lambda: workspace(self).inspect(…), self.show)

To ask the app for something (copy, show an error, open another screen), post one of the messages
of `ui.kit.messages`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a dataclass field
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tasveer_tui.records import Access, Source
    from tasveer_tui.ui.kit.background import BackgroundTasks
    from tasveer_tui.ui.kit.graphics import Graphics
    from tasveer_tui.ui.kit.status import Status
    from tasveer_tui.ui.kit.theme import Symbols
    from tasveer_tui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class UiSettings:
    """The user's settings for the screens."""

    theme: str = ""
    """Name of a theme, or `dark` or `light`; empty for the default."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id → comma-separated keys that replace the default ones."""
    ascii: bool = False
    """Symbols and borders in ASCII only; also if the locale is not UTF-8."""
    images: bool = True
    """Show thumbnails."""
    graphics: str = "blocks"
    """How the contact sheet draws thumbnails: `blocks`, `kitty` or `sixel`."""
    refresh_hz: float = 5.0
    """How often live figures are redrawn at most."""


class AppContext(Protocol):
    """The app as screens and widgets see it; `TasveerApp` implements it."""

    workspace: Workspace
    background: BackgroundTasks
    settings: UiSettings
    symbols: Symbols
    screen_titles: Mapping[str, str]
    """Mode → title, in the order of the header."""
    start_location: str
    """The location from the command line; empty without one."""
    shared_search: str
    """The search that Library and Insight share."""
    status: Status
    graphics: Graphics

    @property
    def current_mode(self) -> str:
        """The mode of the screen in front."""

    async def action_show_screen(self, name: str) -> None:
        """Switch to a screen."""

    def show_source(self, source: Source | None, access: Access) -> None:
        """Show in the header which source is open and how it is reached."""

    def send(self, sequences: str) -> None:
        """Write escape sequences to the terminal that Textual does not know."""


def app_context(node: DOMNode) -> AppContext:
    """The app of a widget or screen."""
    return cast("AppContext", node.app)


def background(node: DOMNode) -> BackgroundTasks:
    """The app's background tasks."""
    return app_context(node).background


def workspace(node: DOMNode) -> Workspace:
    """The app's workspace. Its methods block, so call them in background tasks only."""
    return app_context(node).workspace
