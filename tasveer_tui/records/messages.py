"""What the tasks of a job tell each other through the broker."""

from dataclasses import dataclass

import msgspec

from tasveer_tui.records.metadata import Record
from tasveer_tui.records.storage import ObjectRef, Page

MESSAGE_VERSION = 4
"""Increase it when a value below changes in a way that an older worker would misread."""


@dataclass(frozen=True, slots=True)
class ScanLease:
    """One prefix to list on, from `cursor`."""

    scan_id: int
    job_id: int
    prefix: str
    cursor: str
    is_exact: bool = False
    """`prefix` is a key and only that object counts, so one listed key is enough."""
    until: str = ""
    """The last key of this piece of the listing; "" where it goes on to the prefix's end."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What one list request of a scan brought."""

    scan_id: int
    job_id: int
    start_after: str
    """Where the request began; a page is recorded once, where this is the scan's cursor."""
    page: Page
    worker: str = ""
    is_continued: bool = False
    """Who listed it is listing the next one already: the scan stays leased."""
    partition_keys: tuple[str, ...] = ()
    """Keys further on, at which the rest of the listing may be cut into pieces."""


class LeasedObject(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An object handed out for reading."""

    object_id: int
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects that one task reads."""

    job_id: int
    batch_id: int
    objects: tuple[LeasedObject, ...]


class ObjectResult(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The record of one object of a batch."""

    object_id: int
    record: Record
    message: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a read task sends to the recorder."""

    job_id: int
    batch_id: int
    results: tuple[ObjectResult, ...]
    worker: str = ""
