"""The frozen values that the packages exchange, also as JSON through the broker.

An *object* is a listed key of a source. An *image* is an object whose metadata was read. A
*record* is the result of reading it. A *job* ingests one selection. Units are in the names; times
are seconds since 1970 UTC if nothing else is documented.

Each value is imported when it is first used: the screens need few of them for the first frame.
"""

from typing import TYPE_CHECKING

from tasveer_tui import lazy

if TYPE_CHECKING:
    from tasveer_tui.records.images import (
        Image,
        SourceView,
    )
    from tasveer_tui.records.jobs import (
        Failure,
        FailureGroup,
        JobSpec,
        JobView,
        LastRead,
        WatchView,
        WorkerView,
    )
    from tasveer_tui.records.messages import (
        MESSAGE_VERSION,
        Batch,
        BatchResult,
        LeasedObject,
        ObjectResult,
        ScanLease,
        ScannedPage,
    )
    from tasveer_tui.records.metadata import (
        MAKER_GROUPS,
        Facts,
        Record,
        Tag,
        TagValue,
        is_maker_group,
    )
    from tasveer_tui.records.outcomes import (
        IngestState,
        JobState,
        Outcome,
        Status,
    )
    from tasveer_tui.records.storage import (
        MAX_CONCURRENT_READS,
        Access,
        BucketInfo,
        Chunk,
        ObjectFacts,
        ObjectRef,
        ObjectVersion,
        Page,
        Source,
    )

__all__ = [
    "MAKER_GROUPS",
    "MAX_CONCURRENT_READS",
    "MESSAGE_VERSION",
    "Access",
    "Batch",
    "BatchResult",
    "BucketInfo",
    "Chunk",
    "Facts",
    "Failure",
    "FailureGroup",
    "Image",
    "IngestState",
    "JobSpec",
    "JobState",
    "JobView",
    "LastRead",
    "LeasedObject",
    "ObjectFacts",
    "ObjectRef",
    "ObjectResult",
    "ObjectVersion",
    "Outcome",
    "Page",
    "Record",
    "ScanLease",
    "ScannedPage",
    "Source",
    "SourceView",
    "Status",
    "Tag",
    "TagValue",
    "WatchView",
    "WorkerView",
    "is_maker_group",
]

__getattr__ = lazy.names(
    __name__,
    {
        "images": (
            "Image",
            "SourceView",
        ),
        "jobs": (
            "Failure",
            "FailureGroup",
            "JobSpec",
            "JobView",
            "LastRead",
            "WatchView",
            "WorkerView",
        ),
        "messages": (
            "MESSAGE_VERSION",
            "Batch",
            "BatchResult",
            "LeasedObject",
            "ObjectResult",
            "ScanLease",
            "ScannedPage",
        ),
        "metadata": (
            "MAKER_GROUPS",
            "Facts",
            "Record",
            "Tag",
            "TagValue",
            "is_maker_group",
        ),
        "outcomes": (
            "IngestState",
            "JobState",
            "Outcome",
            "Status",
        ),
        "storage": (
            "MAX_CONCURRENT_READS",
            "Access",
            "BucketInfo",
            "Chunk",
            "ObjectFacts",
            "ObjectRef",
            "ObjectVersion",
            "Page",
            "Source",
        ),
    },
)
