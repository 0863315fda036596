"""Who works at the broker now: every worker's heartbeat and load, from Celery's own events.

Standard events, heard as any Celery monitor hears them; what else this program wants to know
travels in the heartbeat beside what Celery tells there.
"""

from __future__ import annotations

import logging
import threading
from time import sleep, time
from typing import TYPE_CHECKING, Any

from celery.worker import state

from tasveer_tui import __version__
from tasveer_tui.jobs.post import faults
from tasveer_tui.jobs.report import WorkerBeat
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

GONE_S = 30.0
"""A worker that was silent for so long is not told of any more."""

HEARD = ("worker-online", "worker-heartbeat", "worker-offline")
CAPTURE_S = 2.0
_PAUSE_S = 2.0

_log = logging.getLogger(__name__)


def introduce(processes: int, threads: int) -> None:
    """Add to this worker's heartbeats what it is; call it before the worker starts."""
    about: dict[str, Any] = {
        "tasveer": __version__,
        "messages": MESSAGE_VERSION,
        "processes": processes,
        "threads": threads,
    }
    state.SOFTWARE_INFO.update(about)


class Roll:
    """Listens in a thread of its own, for ever."""

    def __init__(self, app: Celery, on_problem: Callable[[str], None]) -> None:
        """`on_problem` hears a sentence while a worker of another version is there."""
        self._app = app
        self._on_problem = on_problem
        self._lock = threading.Lock()
        self._workers: dict[str, WorkerBeat] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="roll", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no longer; the thread ends soon."""
        self._is_over.set()

    def workers(self) -> tuple[WorkerBeat, ...]:
        """Who was heard lately, by name."""
        oldest = time() - GONE_S
        with self._lock:
            gone = [name for name, beat in self._workers.items() if beat.beat_at < oldest]
            for name in gone:
                del self._workers[name]
            return tuple(self._workers[name] for name in sorted(self._workers))

    def hear(self, event: dict[str, Any]) -> None:
        """One event of a worker."""
        name = str(event.get("hostname", ""))
        if "tasveer" not in event:
            # A monitor, or somebody else's worker at the same broker.
            return
        with self._lock:
            if event.get("type") == "worker-offline":
                self._workers.pop(name, None)
            else:
                self._workers[name] = _beat(name, event)
            beats = list(self._workers.values())
        strangers = [beat for beat in beats if beat.messages != MESSAGE_VERSION]
        self._on_problem(_stranger(strangers[0]) if strangers else "")

    def _run(self) -> None:
        while not self._is_over.is_set():
            connection: Any = self._app.connection_for_read()
            try:
                with connection:
                    handlers = dict.fromkeys(HEARD, self.hear)
                    receiver = self._app.events.Receiver(connection, handlers=handlers)
                    self._capture(receiver)
            except faults(connection) as error:
                # The dispatcher tells of the broker; this only waits for it.
                _log.info("Workers cannot be heard: %s", type(error).__name__)
                sleep(_PAUSE_S)

    def _capture(self, receiver: Any) -> None:  # noqa: ANN401 - celery's types lack it
        while not self._is_over.is_set():
            try:
                receiver.capture(limit=None, timeout=CAPTURE_S, wakeup=True)
            except TimeoutError:
                continue


def _beat(name: str, event: dict[str, Any]) -> WorkerBeat:
    load = event.get("loadavg") or (0.0,)
    return WorkerBeat(
        name,
        # By this machine's clock: others may be wrong.
        beat_at=time(),
        active=_integer(event.get("active")),
        batches=_integer(event.get("processed")),
        load=float(load[0]) if isinstance(load, list | tuple) and load else 0.0,
        processes=_integer(event.get("processes")),
        threads=_integer(event.get("threads")),
        program=str(event.get("tasveer", ""))[:40],
        messages=_integer(event.get("messages")),
    )


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


def _stranger(beat: WorkerBeat) -> str:
    return (
        f"Worker {beat.name} runs tasveer-tui {beat.program} and speaks messages of version "
        f"{beat.messages}; this program, {__version__}, speaks version {MESSAGE_VERSION}. "
        "Run the same version of tasveer-tui everywhere."
    )
