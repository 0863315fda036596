"""The values inside tasks and replies."""

from dataclasses import dataclass

import msgspec

from tasveer_tui.records.metadata import Record
from tasveer_tui.records.storage import ObjectRef, Page

MESSAGE_VERSION = 4
"""Increase it when a value below changes in a way that an older worker would misread."""


@dataclass(frozen=True, slots=True)
class ScanLease:
    """A prefix to list after `cursor`."""

    scan_id: int
    job_id: int
    prefix: str
    cursor: str
    is_exact: bool = False
    """`prefix` is a key, and only that object is wanted."""
    until: str = ""
    """The last key of this partition; "" if it extends to the end of the prefix."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """The result of one list request."""

    scan_id: int
    job_id: int
    start_after: str
    """A page is recorded only if this is the scan's cursor, so it is recorded once."""
    page: Page
    worker: str = ""
    is_continued: bool = False
    """The same task is listing the next page already: the scan stays leased."""
    partition_keys: tuple[str, ...] = ()
    """Later keys at which the rest of the listing may be partitioned."""


class LeasedObject(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An object that is leased for reading."""

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
    """Results of a batch."""

    job_id: int
    batch_id: int
    results: tuple[ObjectResult, ...]
    worker: str = ""
