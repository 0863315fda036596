"""What a job asks for, and its state."""

from dataclasses import dataclass

from tasveer_tui.records.outcomes import JobState, Outcome
from tasveer_tui.records.storage import Access, Source


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What one job asks for."""

    source: Source
    access: Access
    prefixes: tuple[str, ...] = ("",)
    """Everything under these; "" is the whole bucket."""
    keys: tuple[str, ...] = ()
    """Further single objects."""
    without_prefixes: tuple[str, ...] = ()
    """Prefixes inside `prefixes` that are excluded."""
    without_keys: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    """Globs over the key; none selects objects with an image's extension or without any."""
    exclude: tuple[str, ...] = ()
    force: bool = False
    """Read unchanged objects again."""
    only_new: bool = False
    """Also skip unchanged objects that failed before."""
    any_type: bool = False
    """Read objects of every extension: the first bytes decide what is an image."""
    min_bytes: int = 0
    max_bytes: int = 0
    """Of the whole object; 0 means no limit."""
    modified_since: float = 0.0
    modified_before: float = 0.0
    """Seconds since 1970 UTC; 0 means no limit."""
    priority: int = 0
    """At the start. A job of a higher priority goes first."""

    def outermost_prefixes(self) -> list[str]:
        """The prefixes that no other one contains and that are not excluded whole, in order."""
        found: list[str] = []
        for prefix in sorted(set(self.prefixes) - set(self.without_prefixes)):
            if not prefix.startswith(tuple(found)):
                found.append(prefix)
        return found

    def single_keys(self) -> list[str]:
        """The keys outside the prefixes: listing the prefixes does not find these. In order."""
        prefixes = tuple(self.outermost_prefixes())
        keys = sorted(set(self.keys) - set(self.without_keys))
        return [key for key in keys if not key.startswith(prefixes)]


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with the ledger's counts."""

    id: int
    spec: JobSpec
    state: JobState
    created_at: float
    started_at: float = 0.0
    finished_at: float = 0.0
    is_scanned: bool = False
    """The listing is complete, so `total` is final."""
    listed: int = 0
    filtered: int = 0
    """Listed but excluded by the filters."""
    added: int = 0
    """Listed for the first time, or never read."""
    changed: int = 0
    """Replaced since the last read."""
    unchanged: int = 0
    gone: int = 0
    """In the catalogue but no longer listed; the catalogue keeps them as gone."""
    total: int = 0
    """Objects that this job reads."""
    ok: int = 0
    noexif: int = 0
    notimage: int = 0
    failed: int = 0
    """Includes objects that were gone when they were read."""
    bytes_listed: int = 0
    """Total size of the objects that were read."""
    bytes_read: int = 0
    requests: int = 0
    tried_again: int = 0
    """Retries after a temporary error."""
    priority: int = 0
    rest_until: float = 0.0
    """The source is unreachable: no task is submitted before this time."""
    error: str = ""
    """Why the job failed or waits, one sentence."""

    @property
    def done(self) -> int:
        """Objects with an outcome."""
        return self.ok + self.noexif + self.notimage + self.failed

    @property
    def left(self) -> int:
        """Objects without an outcome."""
        return self.total - self.done

    @property
    def bytes_saved(self) -> int:
        """Bytes saved by reading ranges instead of whole objects."""
        return max(0, self.bytes_listed - self.bytes_read)


@dataclass(frozen=True, slots=True)
class WatchView:
    """A selection that is listed again at an interval; new objects are read."""

    id: int
    spec: JobSpec
    every_s: float
    created_at: float
    next_at: float
    """When it is listed next; in the past while a round is in progress."""
    job_id: int = 0
    """The job of the last round, or 0."""
    rounds: int = 0
    found: int = 0
    """Objects that all rounds together have read."""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failures of a job with the same outcome."""

    outcome: Outcome
    count: int
    example_key: str = ""
    example_message: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed object of a job."""

    key: str
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class LastRead:
    """One of the last objects that were recorded."""

    at: float
    job_id: int
    key: str
    outcome: Outcome
    camera: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker with the ledger's counts."""

    name: str
    seen_at: float
    objects: int
    bytes_read: int
