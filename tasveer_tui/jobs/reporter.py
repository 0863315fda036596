"""What the engine tells the programs that watch it, in the status file beside the lock."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from tasveer_tui.catalogue.texts import to_stored
from tasveer_tui.jobs.status import Status, StatusFile

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.jobs.report import WorkerBeat
    from tasveer_tui.records import LastRead

BEAT_S = 5.0
LOOK_S = 0.5
"""Between two notes of what waits and who works."""

_log = logging.getLogger(__name__)


class Reporter:
    """Keeps a sentence per source of trouble and writes the first; thread-safe."""

    def __init__(self, db: Path, broker: str) -> None:
        """`broker` is host and port, or empty."""
        self._file = StatusFile(db)
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        self._status = Status(pid=os.getpid(), is_clean=False, broker=broker)
        self._next_beat = 0.0
        self._next_look = 0.0

    def was_clean(self) -> bool:
        """Whether the engine before this one ended in order; ask before anything is written."""
        return self._file.read().is_clean

    def problem(self, source: str, sentence: str) -> None:
        """`source` has this problem now; none where the sentence is empty."""
        with self._lock:
            if self._problems.get(source, "") == sentence:
                return
            self._problems[source] = sentence
            _log.warning("%s: %s", source, sentence or "well again")
            has, told = next(((s, p) for s, p in self._problems.items() if p), ("", ""))
            self._write(msgspec.structs.replace(self._status, problem=told, problem_source=has))

    def ready(self) -> None:
        """Work is being taken from here on."""
        with self._lock:
            self._write(msgspec.structs.replace(self._status, is_ready=True))

    def beat(self) -> None:
        """Renew the file's time now and then; cheap to call often."""
        if monotonic() >= self._next_beat:
            self._next_beat = monotonic() + BEAT_S
            with self._lock:
                self._write(self._status)

    def is_due(self) -> bool:
        """Whether it is time for `seen` again."""
        return monotonic() >= self._next_look

    def seen(
        self,
        queues: tuple[int, int, int],
        workers: tuple[WorkerBeat, ...],
        last_read: tuple[LastRead, ...] = (),
    ) -> None:
        """So many scans, batches and answers wait, these workers were heard, this was read last."""
        self._next_look = monotonic() + LOOK_S
        with self._lock:
            status = msgspec.structs.replace(
                self._status, queues=queues, workers=workers, last_read=_stored(last_read)
            )
            if status != self._status:
                self._write(status)

    def ended(self, *, is_clean: bool) -> None:
        """The last word. A problem that ended the engine stays readable."""
        with self._lock:
            self._write(
                msgspec.structs.replace(
                    self._status,
                    is_ready=False,
                    is_clean=is_clean,
                    pid=0,
                    queues=(0, 0, 0),
                    workers=(),
                )
            )

    def _write(self, status: Status) -> None:
        self._status = status
        try:
            self._file.write(status)
        except OSError as error:
            _log.warning("The status file cannot be written: %s", error)


def _stored(last_read: tuple[LastRead, ...]) -> tuple[LastRead, ...]:
    """With texts that JSON can hold."""
    return tuple(
        replace(
            one,
            key=to_stored(one.key),
            camera=to_stored(one.camera),
            message=to_stored(one.message),
        )
        for one in last_read
    )
