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
    """Listed but left out by the globs."""
    unchanged: int = 0
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
class WorkerView:
    """A worker as its last report showed it."""

    name: str
    seen_at: float
    objects: int
    bytes_read: int
