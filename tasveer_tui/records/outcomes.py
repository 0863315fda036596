"""The outcomes of objects, and the states of jobs and prefixes."""

from enum import StrEnum


class Outcome(StrEnum):
    """How reading an object ended. `status` maps it to the values that a search knows."""

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
        """The value that `status:` in a search compares with."""
        return _STATUS_BY_OUTCOME.get(self, Status.FAILED)

    def description(self) -> str:
        """One sentence for the user."""
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
    Outcome.OK: "Metadata read.",
    Outcome.NO_METADATA: "An image without EXIF, XMP or IPTC.",
    Outcome.PARTIAL: "Metadata read, but parts of it are damaged; see the notes.",
    Outcome.UNSUPPORTED: "Not an image in a format this program reads.",
    Outcome.TRUNCATED: "The object ends before its metadata does.",
    Outcome.MALFORMED: "The object's structure is damaged; no metadata could be read.",
    Outcome.OVER_BUDGET: "Reading stopped: the metadata is larger than the limits allow.",
    Outcome.CHANGED: "The object was replaced between listing and reading; ingest it again.",
    Outcome.GONE: "The object was listed but is no longer there.",
    Outcome.DENIED: "The credentials may list this object but not read it.",
    Outcome.ARCHIVED: "The object is archived; restore it first.",
    Outcome.EMPTY: "The object has zero bytes.",
    Outcome.NETWORK: "The connection failed repeatedly; retry it.",
    Outcome.TIMEOUT: "Reading took too long and was stopped; retry it.",
    Outcome.CRASHED: "A worker died while reading this object.",
}


class JobState(StrEnum):
    """The state of a job. The last three are final, unless the job is retried."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the job is over."""
        return self in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)

    @property
    def is_active(self) -> bool:
        """Whether an engine works on it, or would if one ran."""
        return self in (JobState.QUEUED, JobState.RUNNING)


class IngestState(StrEnum):
    """What the catalogue knows of a prefix."""

    NEVER = "never"
    PARTLY = "partly"
    DONE = "done"
    STALE = "stale"
    FAILED = "failed"
