"""How an engine is: the report that it writes beside its catalogue, and its lock.

`<db>.lock` is locked by the one engine; the kernel releases it when the process ends, however it
ends. `<db>.engine.json` holds the engine's last report. Both files may be deleted while no engine
runs.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Final

import msgspec

from tasveer_tui.decoding import decode
from tasveer_tui.records import LastRead  # noqa: TC001 - msgspec looks at it

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK_TIMEOUT_S: Final = 0.5
"""A new engine waits this long: a program that checks the lock holds it for a moment."""

_LOCK_POLL_INTERVAL_S: Final = 0.02
_DISK_FULL_ERRNOS: Final = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class WorkerHeartbeat:
    """A worker as its last sign of life showed it."""

    name: str
    heartbeat_at: float
    """Seconds since 1970, by the clock of the engine's machine."""
    active: int = 0
    """Scans and batches in progress."""
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


class EngineReport(msgspec.Struct, frozen=True):
    """How the engine of a catalogue is; about a second old at most."""

    is_running: bool = False
    is_ready: bool = False
    """It takes work."""
    is_clean: bool = True
    """It ended in order, or has never run."""
    pid: int = 0
    problem: str = ""
    """What hinders the engine, a sentence; empty if nothing does."""
    problem_source: str = ""
    """Where the problem is: catalogue, ledger, dispatcher, broker, workers, engine, or empty."""
    broker: str = ""
    """Host and port; empty without a broker."""
    scans_waiting: int = 0
    batches_waiting: int = 0
    replies_waiting: int = 0
    """Messages in the queues. Without a broker, the tasks in progress."""
    workers: tuple[WorkerHeartbeat, ...] = ()
    last_read: tuple[LastRead, ...] = ()
    """The objects that were recorded last, the newest first; a few."""
    written_at: float = 0.0
    """When the engine wrote this; 0 if none ever did."""


class StatusFile:
    """Reads and replaces `<db>.engine.json`."""

    def __init__(self, db: Path) -> None:
        self._path = Path(f"{db}.engine.json")

    def read(self) -> EngineReport:
        """The engine's last report; an empty one if there is none or it is damaged."""
        try:
            report = decode(self._path.read_bytes(), EngineReport)
        except (OSError, msgspec.MsgspecError):
            return EngineReport()
        if not report.last_read:
            return report
        from tasveer_tui.catalogue.storage.text_codec import from_stored

        return msgspec.structs.replace(report, last_read=_map_texts(report.last_read, from_stored))

    def write(self, report: EngineReport) -> None:
        """Replace the file in one step. Raises OSError."""
        from tasveer_tui.catalogue.storage.text_codec import to_stored

        stored = msgspec.structs.replace(
            report, written_at=time(), last_read=_map_texts(report.last_read, to_stored)
        )
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            draft.write_bytes(msgspec.json.encode(stored))
            draft.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            if error.errno not in _DISK_FULL_ERRNOS:
                raise
            self._overwrite(msgspec.structs.replace(stored, workers=(), last_read=()))

    def _overwrite(self, report: EngineReport) -> None:
        """Report a full disk, too: the file's own block is still there."""
        data = msgspec.json.encode(report)
        fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # JSON may end in spaces, so a reader sees a whole value except for a moment.
            os.pwrite(fd, data.ljust(os.fstat(fd).st_size), 0)
            os.ftruncate(fd, len(data))
        finally:
            os.close(fd)


def _map_texts(
    last_read: tuple[LastRead, ...], convert: Callable[[str], str]
) -> tuple[LastRead, ...]:
    """Convert the texts: JSON cannot hold every key as it is."""
    return tuple(
        replace(
            one,
            key=convert(one.key),
            camera=convert(one.camera),
            message=convert(one.message),
        )
        for one in last_read
    )


class EngineLock:
    """The lock of a catalogue's engine."""

    def __init__(self, db: Path) -> None:
        self._path = Path(f"{db}.lock")
        self._fd = -1

    def take(self, wait_s: float = LOCK_TIMEOUT_S) -> bool:
        """Hold it until released or until this process ends; false if another process holds it.

        Blocks for at most `wait_s` seconds. Raises OSError if the file cannot be created.
        """
        deadline = monotonic() + wait_s
        while not self._try_lock():
            if monotonic() >= deadline:
                return False
            sleep(_LOCK_POLL_INTERVAL_S)
        return True

    def release(self) -> None:
        """Release it, if it is held."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def is_held(self) -> bool:
        """Whether some process holds it, perhaps this one. Raises OSError."""
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
