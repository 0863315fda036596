"""The values that a workspace gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasveer_tui.records import ObjectFacts, Record, Source


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
