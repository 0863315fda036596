"""The frame of a screen that a number key opens: header, body, footer.

    class JobsScreen(PlaceScreen):
        BINDINGS = bindings(Scope.JOBS)
        def compose_body(self) -> ComposeResult: …

`action_back` (escape) closes the innermost thing of the screen; it never leaves the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.kit.chrome import KeyBar, TopBar
from tasveer_tui.ui.kit.textual_internals import FrontCompositor

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tasveer_tui.ui.context import AppContext


class PlaceScreen(Screen[None]):
    """A screen with the program's header and footer around `compose_body`."""

    # Escape belongs to what is open on the screen, and the list under the cursor stays a list.
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrontCompositor()

    @property
    def tasveer(self) -> AppContext:
        """The app, with what screens share."""
        return app_context(self)

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield TopBar()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """Give what stands between header and footer."""
        raise NotImplementedError

    def action_back(self) -> None:
        """Close the innermost thing that is open, if any."""
