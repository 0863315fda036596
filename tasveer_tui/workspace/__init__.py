"""One catalogue, its engine and the ways to S3, opened together.

What the command line and the screens both hold. Every method blocks, and none may be called
on an event loop. Making a `Workspace` opens nothing and imports nothing heavy.
"""

from typing import TYPE_CHECKING

from tasveer_tui import late
from tasveer_tui.workspace.options import WorkspaceOptions
from tasveer_tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tasveer_tui.workspace.pace import Pace, Progress
    from tasveer_tui.workspace.views import Estimate, Inspection

__all__ = ["Estimate", "Inspection", "Pace", "Progress", "Workspace", "WorkspaceOptions"]

__getattr__ = late.names(
    __name__, {"pace": ("Pace", "Progress"), "views": ("Estimate", "Inspection")}
)
