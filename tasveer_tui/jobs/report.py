"""What a look at the broker, or at the engine, says."""

from __future__ import annotations

from dataclasses import dataclass

from tasveer_tui.records import LastRead  # noqa: TC001 - msgspec looks at it


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """A worker as its last heartbeat showed it."""

    name: str
    beat_at: float
    """Seconds since 1970, by the clock of whoever heard it."""
    active: int = 0
    """Scans and batches in hand."""
    batches: int = 0
    """Scans and batches done since it started."""
    load: float = 0.0
    """Of its machine, over the last minute."""
    processes: int = 0
    threads: int = 0
    """Objects that each process reads at the same time."""
    program: str = ""
    """The version of tasveer-tui that it runs."""
    messages: int = 0
    """The version of the messages that it reads."""


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """A broker that answered."""

    url: str
    """The user and password are masked."""
    workers: tuple[str, ...] = ()
    """Names of the workers that answered in time."""


@dataclass(frozen=True, slots=True)
class EngineReport:
    """How the engine of a catalogue is, as it last said, at most about a second ago."""

    is_running: bool = False
    problem: str = ""
    problem_source: str = ""
    """Who has the problem: catalogue, dispatcher, listener, workers, engine, or empty."""
    broker: str = ""
    """Host and port, or empty for the embedded one."""
    scans_waiting: int = 0
    batches_waiting: int = 0
    answers_waiting: int = 0
    """Messages that nobody has taken yet. An embedded engine tells what it has in hand."""
    workers: tuple[WorkerBeat, ...] = ()
    last_read: tuple[LastRead, ...] = ()
    """The objects that it recorded last, the newest first; a few."""
    written_at: float = 0.0
    """When the engine said so; 0 where none ever did."""
