"""One catalogue, its engine and the ways to S3, opened together.

What the command line and the screens both hold. Every method blocks, and none may be called
on an event loop. Making a `Workspace` opens nothing and imports nothing heavy.
"""

from typing import TYPE_CHECKING, Any

from tasveer_tui.workspace.options import WorkspaceOptions
from tasveer_tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tasveer_tui.workspace.pace import Pace, Progress
    from tasveer_tui.workspace.views import Estimate, Inspection

__all__ = ["Estimate", "Inspection", "Pace", "Progress", "Workspace", "WorkspaceOptions"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    """Import what the first frame does not need when it is asked for."""
    from importlib import import_module

    module = {"Pace": "pace", "Progress": "pace", "Estimate": "views", "Inspection": "views"}
    if name not in module:
        raise AttributeError(name)
    value = globals()[name] = getattr(import_module(f"{__name__}.{module[name]}"), name)
    return value
