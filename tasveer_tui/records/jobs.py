"""What a dispatch asks for, and how it stands."""

from dataclasses import dataclass

from tasveer_tui.records.outcomes import JobState, Outcome
from tasveer_tui.records.storage import Access, Source


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What one dispatch asks for."""

    source: Source
    access: Access
    prefixes: tuple[str, ...] = ("",)
    """Everything under these; "" is the whole bucket."""
    keys: tuple[str, ...] = ()
    """Single objects besides."""
    without_prefixes: tuple[str, ...] = ()
    """Exclusions inside the prefixes."""
    without_keys: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    """Globs over the key; none means every object with an image's extension, or without one."""
    exclude: tuple[str, ...] = ()
    force: bool = False
    """Read unchanged objects again."""
    only_new: bool = False
    """Leave alone what is unchanged since a reading that failed, too."""
    any_type: bool = False
    """Take every extension: the objects' first bytes decide what is an image."""
    min_bytes: int = 0
    max_bytes: int = 0
    """Of the whole object; 0 means that there is no such bound."""
    modified_since: float = 0.0
    modified_before: float = 0.0
    """Seconds since 1970 UTC; 0 means that there is no such bound."""
    priority: int = 0
    """At the start: a job with a higher one goes before all with a lower one."""

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
    """A job as the ledger counts it now."""

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
    """Listed but left out by the filters."""
    added: int = 0
    """New: listed for the first time, or never read."""
    changed: int = 0
    """Replaced since they were read."""
    unchanged: int = 0
    gone: int = 0
    """In the catalogue and not listed any more; kept there, marked."""
    total: int = 0
    """To be read by this job."""
    ok: int = 0
    noexif: int = 0
    notimage: int = 0
    failed: int = 0
    """Gone objects count here too."""
    bytes_listed: int = 0
    """Size of the objects that were read, whole."""
    bytes_read: int = 0
    requests: int = 0
    tried_again: int = 0
    """Readings that ended in a fault that may pass, and are tried once more."""
    priority: int = 0
    rest_until: float = 0.0
    """The source cannot be reached: nothing is handed out before."""
    error: str = ""
    """Why the job failed or waits, a sentence."""

    @property
    def done(self) -> int:
        """Objects of this job with an outcome."""
        return self.ok + self.noexif + self.notimage + self.failed

    @property
    def left(self) -> int:
        """Objects without an outcome yet."""
        return self.total - self.done

    @property
    def bytes_saved(self) -> int:
        """Against whole downloads of what was read."""
        return max(0, self.bytes_listed - self.bytes_read)


@dataclass(frozen=True, slots=True)
class WatchView:
    """A place that is listed again and again; what is new there is read."""

    id: int
    spec: JobSpec
    every_s: float
    created_at: float
    next_at: float
    """When it is listed next; past while a round is under way."""
    job_id: int = 0
    """The job of the newest round, or 0."""
    rounds: int = 0
    found: int = 0
    """Objects that its rounds have read."""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failures of a job that share a class."""

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
    """One of the objects that were recorded last."""

    at: float
    job_id: int
    key: str
    outcome: Outcome
    camera: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as its last report showed it."""

    name: str
    seen_at: float
    objects: int
    bytes_read: int
