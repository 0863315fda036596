"""What a command is, and the places in which commands work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a command works: a screen, or a part of one. The value is its title in the help."""

    EVERYWHERE = "Everywhere"
    LIST = "In every list"
    BROWSE = "Browse"
    TREE = "Bucket tree"
    OBJECTS = "Objects"
    SEEK = "Seek"
    DISPATCH = "Dispatch sheet"
    DIALOG = "Dialogs"
    JOBS = "Jobs"
    JOB_FILTER = "Filter of jobs"
    LIBRARY = "Library"
    TABLE = "Table"
    SEARCH = "Search bar"
    SEARCHES = "Saved searches"
    FAILURES = "Failed objects"
    FACETS = "Values of a column"
    EXPORT = "Export sheet"
    INSPECTOR = "Inspector"
    PICK = "Short lists"
    INSIGHT = "Insight"
    MAP = "Map"
    SHEET = "Contact sheet"
    COMPARE = "Comparison"
    PANEL = "Filter panel"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do; keys, footer, help and palette are made from it."""

    id: str
    """`place.name`; what the settings file remaps."""
    keys: str
    """Comma-separated, as Textual names them; the first one stands in the footer."""
    label: str
    """One or two words for the footer and the palette."""
    help: str
    """A sentence that says what it does."""
    place: Place
    in_footer: bool = False
    action: str = ""
    """Textual action on the screen or widget of the place; by default the id's last part."""
    has_priority: bool = False
    """It acts even while an input has the focus; never for keys that type something."""

    @property
    def action_name(self) -> str:
        """The action that its binding runs."""
        return self.action or self.id.rpartition(".")[2]
