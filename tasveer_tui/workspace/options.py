"""Where a workspace has its things, and how it reaches S3."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasveer_tui.records import Access

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkspaceOptions:
    """Where things are and how to reach them; decided by the doors."""

    db: Path
    state_dir: Path
    broker_url: str = ""
    access: Access = field(default_factory=Access)
    concurrency: int = 128
    """Objects read at the same time by the embedded engine."""
    request_price: float = 0.0004
    """US dollars per 1,000 GET requests, for estimates."""
    maker_notes: bool = True
    """Whether cameras' own notes are read, where the extra for them is installed."""
