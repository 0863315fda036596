"""One catalogue, its engine and the ways to S3, opened together.

What the command line and the screens both hold. Every method blocks, and none may be called
on an event loop. Making a `Workspace` opens nothing and imports nothing heavy.
"""

from tasveer_tui.workspace.options import Estimate, Inspection, WorkspaceOptions
from tasveer_tui.workspace.pace import Pace, Progress
from tasveer_tui.workspace.workspace import Workspace

__all__ = ["Estimate", "Inspection", "Pace", "Progress", "Workspace", "WorkspaceOptions"]
