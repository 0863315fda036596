"""The frozen values that travel between rooms, and through the broker as JSON.

Words: an *object* is a key in a source as listed, an *image* is an object whose metadata has
been read, a *record* is what reading one object's metadata yields, a *job* is what one
dispatch asked for. Units are in the names; times are seconds since 1970 UTC unless said.

Each is imported when it is first asked for: the screens need few of them before the first frame.
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
    from tasveer_tui.records.makers import (
        MAKER_GROUPS,
        is_maker_group,
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
        Facts,
        Record,
        Tag,
        TagValue,
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
        "makers": (
            "MAKER_GROUPS",
            "is_maker_group",
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
            "Facts",
            "Record",
            "Tag",
            "TagValue",
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
