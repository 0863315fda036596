"""How objects, jobs and prefixes end: the words and their sentences."""

from enum import StrEnum


class Outcome(StrEnum):
    """The class in which every object ends; `status()` folds it into the search word."""

    OK = "ok"
    NO_METADATA = "no_metadata"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    OVER_BUDGET = "over_budget"
    CHANGED = "changed"
    GONE = "gone"
    DENIED = "denied"
    ARCHIVED = "archived"
    EMPTY = "empty"
    NETWORK = "network"
    TIMEOUT = "timeout"
    CRASHED = "crashed"

    def status(self) -> "Status":
        """The coarse word that `status:` searches for."""
        return _STATUS_BY_OUTCOME.get(self, Status.FAILED)

    def description(self) -> str:
        """What it means, for the person who looks at the object."""
        return _DESCRIPTIONS[self]


class Status(StrEnum):
    """What `status:` in a search means."""

    OK = "ok"
    NOEXIF = "noexif"
    NOTIMAGE = "notimage"
    FAILED = "failed"
    GONE = "gone"


_STATUS_BY_OUTCOME = {
    Outcome.OK: Status.OK,
    Outcome.PARTIAL: Status.OK,
    Outcome.NO_METADATA: Status.NOEXIF,
    Outcome.UNSUPPORTED: Status.NOTIMAGE,
    Outcome.GONE: Status.GONE,
}

_DESCRIPTIONS = {
    Outcome.OK: "Metadata was read.",
    Outcome.NO_METADATA: "An image without EXIF, XMP or IPTC.",
    Outcome.PARTIAL: "Metadata was read, but parts of it are damaged; see the notes.",
    Outcome.UNSUPPORTED: "Not an image in a format this program reads.",
    Outcome.TRUNCATED: "The object ends before its metadata does.",
    Outcome.MALFORMED: "The object's structure is broken; no metadata could be read.",
    Outcome.OVER_BUDGET: "Reading stopped: the object asked for more than the limits allow.",
    Outcome.CHANGED: "The object was replaced between listing and reading; ingest it again.",
    Outcome.GONE: "The object was listed but is no longer there.",
    Outcome.DENIED: "The credentials may list this object but not read it.",
    Outcome.ARCHIVED: "The object is archived; restore it first.",
    Outcome.EMPTY: "The object has zero bytes.",
    Outcome.NETWORK: "The connection failed, again and again; retry it.",
    Outcome.TIMEOUT: "Reading took too long and was stopped; retry it.",
    Outcome.CRASHED: "A worker died while reading this object.",
}


class JobState(StrEnum):
    """Where a job is. The last three are final until it is retried."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Nothing more happens by itself."""
        return self in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)

    @property
    def is_active(self) -> bool:
        """An engine works on it, or would as soon as there is one."""
        return self in (JobState.QUEUED, JobState.RUNNING)


class IngestState(StrEnum):
    """What the catalogue knows of a prefix."""

    NEVER = "never"
    PARTLY = "partly"
    DONE = "done"
    STALE = "stale"
    FAILED = "failed"
