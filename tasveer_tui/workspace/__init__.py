"""One catalogue, its engine and the ways to S3, opened together.

What the command line and the screens both hold. Every method blocks, and none may be called
on an event loop. Making a `Workspace` opens nothing and imports nothing heavy.
"""

from typing import TYPE_CHECKING

from tasveer_tui import lazy
from tasveer_tui.workspace.workspace import Workspace, WorkspaceOptions

if TYPE_CHECKING:
    from tasveer_tui.workspace.progress import Progress, ProgressEstimator
    from tasveer_tui.workspace.views import Estimate, Inspection

__all__ = [
    "Estimate",
    "Inspection",
    "Progress",
    "ProgressEstimator",
    "Workspace",
    "WorkspaceOptions",
]

__getattr__ = lazy.names(
    __name__, {"progress": ("ProgressEstimator", "Progress"), "views": ("Estimate", "Inspection")}
)
