"""A catalogue, its engine and the S3 clients, for the command line and the screens.

Every method blocks: call none on an event loop. Creating a `Workspace` opens nothing and imports
nothing heavy.
"""

from typing import TYPE_CHECKING

from tasveer_tui import lazy
from tasveer_tui.workspace.workspace import (
    Inspection,
    Workspace,
    WorkspaceOptions,
    upgrade_text,
)

if TYPE_CHECKING:
    from tasveer_tui.workspace.estimate import Estimate
    from tasveer_tui.workspace.progress import Progress, ProgressEstimator

__all__ = [
    "Estimate",
    "Inspection",
    "Progress",
    "ProgressEstimator",
    "Workspace",
    "WorkspaceOptions",
    "upgrade_text",
]

__getattr__ = lazy.names(
    __name__, {"estimate": ("Estimate",), "progress": ("Progress", "ProgressEstimator")}
)
