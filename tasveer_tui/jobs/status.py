"""What a look at the broker, or at the engine, says."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time

import msgspec

from tasveer_tui.decoding import decode
from tasveer_tui.records import LastRead  # noqa: TC001 - msgspec looks at it


@dataclass(frozen=True, slots=True)
class WorkerHeartbeat:
    """A worker as its last heartbeat showed it."""

    name: str
    heartbeat_at: float
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
    replies_waiting: int = 0
    """Messages that nobody has taken yet. An embedded engine tells what it has in hand."""
    workers: tuple[WorkerHeartbeat, ...] = ()
    last_read: tuple[LastRead, ...] = ()
    """The objects that it recorded last, the newest first; a few."""
    written_at: float = 0.0
    """When the engine said so; 0 where none ever did."""


# The two small files beside a catalogue: who holds it, and how its engine is.
#
# `<db>.lock` is locked by the one engine; the kernel lets go of it when the process ends, however
# it ends. `<db>.engine.json` says what the engine last reported. Both may be deleted while no
# engine runs.

_DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)

LOCK_TIMEOUT_S = 0.5
"""A look by another program holds the lock for a moment; a new engine outwaits it."""


class EngineSnapshot(msgspec.Struct, frozen=True):
    """What an engine last said of itself."""

    pid: int = 0
    is_ready: bool = False
    is_clean: bool = True
    """It ended in order, or has never run."""
    problem: str = ""
    broker: str = ""
    """Host and port, or empty for the embedded one."""
    problem_source: str = ""
    queues: tuple[int, int, int] = (0, 0, 0)
    """Messages waiting: scans, batches, answers."""
    workers: tuple[WorkerHeartbeat, ...] = ()
    last_read: tuple[LastRead, ...] = ()
    """Texts as the catalogue stores them: JSON cannot hold every key."""
    written_at: float = 0.0


class StatusFile:
    """Reads and replaces `<db>.engine.json`."""

    def __init__(self, db: Path) -> None:
        self._path = Path(f"{db}.engine.json")

    def read(self) -> EngineSnapshot:
        """The last status; a fresh one where there is none or it is damaged."""
        try:
            return decode(self._path.read_bytes(), EngineSnapshot)
        except (OSError, msgspec.MsgspecError):
            return EngineSnapshot()

    def write(self, status: EngineSnapshot) -> None:
        """Replace the file at once: a reader sees the old or the new one. Raises OSError."""
        told = msgspec.structs.replace(status, written_at=time())
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            beside.write_bytes(msgspec.json.encode(told))
            beside.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            if error.errno not in _DISK_FULL_ERRNOS:
                raise
            self._overwrite(told)

    def _overwrite(self, status: EngineSnapshot) -> None:
        """Where the disk is full, that must still be told: the file's own block is there."""
        data = msgspec.json.encode(
            EngineSnapshot(
                pid=status.pid,
                is_ready=status.is_ready,
                is_clean=status.is_clean,
                problem=status.problem,
                problem_source=status.problem_source,
                broker=status.broker,
                written_at=status.written_at,
            )
        )
        fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # JSON may end in spaces: no reader sees less than a whole value for long.
            os.pwrite(fd, data.ljust(os.fstat(fd).st_size), 0)
            os.ftruncate(fd, len(data))
        finally:
            os.close(fd)


class EngineLock:
    """The lock of a catalogue's engine."""

    def __init__(self, db: Path) -> None:
        self._path = Path(f"{db}.lock")
        self._fd = -1

    def take(self, wait_s: float = LOCK_TIMEOUT_S) -> bool:
        """Hold it until released or this process ends; false where another one does.

        Blocks for at most `wait_s` seconds. Raises OSError where the file cannot be made.
        """
        deadline = monotonic() + wait_s
        while not self._try_lock():
            if monotonic() >= deadline:
                return False
            sleep(0.02)
        return True

    def release(self) -> None:
        """Let go of it; harmless where it is not held."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def is_held(self) -> bool:
        """Whether some process holds it, this one among them. Raises OSError."""
        if self._fd >= 0:
            return True
        if not self._path.exists():
            return False
        is_free = self._try_lock()
        self.release()
        return not is_free

    def _try_lock(self) -> bool:
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True
