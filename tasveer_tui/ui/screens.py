"""The table of screens. To add one, add a row here and a command `app.<mode>` to `kit.commands`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One screen: its title in the header, and its class, imported when it is first opened."""

    title: str
    module: str
    class_name: str

    def load(self) -> Screen[None]:
        """Import the class and return a new screen."""
        screen: Screen[None] = getattr(importlib.import_module(self.module), self.class_name)()
        return screen


SCREENS: Final[Mapping[str, ScreenSpec]] = {
    "browse": ScreenSpec("Browse", "tasveer_tui.ui.browse.screen", "BrowseScreen"),
    "jobs": ScreenSpec("Jobs", "tasveer_tui.ui.jobs.screen", "JobsScreen"),
    "library": ScreenSpec("Library", "tasveer_tui.ui.library.screen", "LibraryScreen"),
    "insight": ScreenSpec("Insight", "tasveer_tui.ui.insight.screen", "InsightScreen"),
}
"""Mode → screen, in the order of the header and of the keys 1 to 4."""
