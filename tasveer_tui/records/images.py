"""What the catalogue gives back."""

from dataclasses import dataclass

from tasveer_tui.records.metadata import Record
from tasveer_tui.records.storage import Access, ObjectRef, Source


@dataclass(frozen=True, slots=True)
class Image:
    """A row of the catalogue with everything known of it."""

    id: int
    source: Source
    ref: ObjectRef
    record: Record
    message: str = ""
    ingested_at: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as the catalogue knows it."""

    source: Source
    access: Access
    images: int = 0
