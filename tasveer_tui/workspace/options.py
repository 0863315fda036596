"""The values that a workspace takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasveer_tui.records import Access

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.records import ObjectFacts, Record, Source


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


@dataclass(frozen=True, slots=True)
class Inspection:
    """One object, its S3 facts and its metadata, read just now."""

    source: Source
    facts: ObjectFacts
    record: Record
    version_id: str = ""
    """The version that was asked for; empty for the latest."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a dispatch would do, counted so far."""

    objects: int = 0
    size_bytes: int = 0
    """Of all listed objects."""
    to_read: int = 0
    to_read_bytes: int = 0
    """Of the objects to read, whole."""
    filtered: int = 0
    unchanged: int = 0
    list_requests: int = 0
    read_requests: int = 0
    read_bytes: int = 0
    seconds: float = 0.0
    dollars: float = 0.0
    is_final: bool = False
