"""Images and sources as the catalogue returns them."""

from dataclasses import dataclass

from tasveer_tui.records.metadata import Record
from tasveer_tui.records.storage import Access, ObjectRef, Source


@dataclass(frozen=True, slots=True)
class Image:
    """An image with its record."""

    id: int
    source: Source
    ref: ObjectRef
    record: Record
    message: str = ""
    ingested_at: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, how it is reached, and how many images it has."""

    source: Source
    access: Access
    images: int = 0
