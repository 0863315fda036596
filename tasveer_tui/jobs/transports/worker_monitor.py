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
from tasveer_tui.jobs.status import WorkerHeartbeat
from tasveer_tui.jobs.transports.publisher import transport_errors
from tasveer_tui.records import MESSAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

WORKER_TIMEOUT_S = 30.0
"""A worker that was silent for so long is not told of any more."""

EVENT_TYPES = ("worker-online", "worker-heartbeat", "worker-offline")
CAPTURE_TIMEOUT_S = 2.0
_RECONNECT_DELAY_S = 2.0

_log = logging.getLogger(__name__)


def add_heartbeat_info(processes: int, threads: int) -> None:
    """Add to this worker's heartbeats what it is; call it before the worker starts."""
    about: dict[str, Any] = {
        "tasveer": __version__,
        "messages": MESSAGE_VERSION,
        "processes": processes,
        "threads": threads,
    }
    state.SOFTWARE_INFO.update(about)


class WorkerMonitor:
    """Listens in a thread of its own, for ever."""

    def __init__(self, app: Celery, on_problem: Callable[[str], None]) -> None:
        """`on_problem` hears a sentence while a worker of another version is there."""
        self._app = app
        self._on_problem = on_problem
        self._lock = threading.Lock()
        self._workers: dict[str, WorkerHeartbeat] = {}
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="roll", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no longer; the thread ends soon."""
        self._is_stopped.set()

    def workers(self) -> tuple[WorkerHeartbeat, ...]:
        """Who was heard lately, by name."""
        oldest = time() - WORKER_TIMEOUT_S
        with self._lock:
            gone = [name for name, beat in self._workers.items() if beat.heartbeat_at < oldest]
            for name in gone:
                del self._workers[name]
            return tuple(self._workers[name] for name in sorted(self._workers))

    def on_event(self, event: dict[str, Any]) -> None:
        """One event of a worker."""
        name = str(event.get("hostname", ""))
        if "tasveer" not in event:
            # A monitor, or somebody else's worker at the same broker.
            return
        with self._lock:
            if event.get("type") == "worker-offline":
                self._workers.pop(name, None)
            else:
                self._workers[name] = _parse_heartbeat(name, event)
            beats = list(self._workers.values())
        strangers = [beat for beat in beats if beat.messages != MESSAGE_VERSION]
        self._on_problem(_version_mismatch_text(strangers[0]) if strangers else "")

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            connection: Any = self._app.connection_for_read()
            try:
                with connection:
                    handlers = dict.fromkeys(EVENT_TYPES, self.on_event)
                    receiver = self._app.events.Receiver(connection, handlers=handlers)
                    self._capture(receiver)
            except transport_errors(connection) as error:
                # The dispatcher tells of the broker; this only waits for it.
                _log.info("Workers cannot be heard: %s", type(error).__name__)
                sleep(_RECONNECT_DELAY_S)

    def _capture(self, receiver: Any) -> None:  # noqa: ANN401 - celery's types lack it
        while not self._is_stopped.is_set():
            try:
                receiver.capture(limit=None, timeout=CAPTURE_TIMEOUT_S, wakeup=True)
            except TimeoutError:
                continue


def _parse_heartbeat(name: str, event: dict[str, Any]) -> WorkerHeartbeat:
    load = event.get("loadavg") or (0.0,)
    return WorkerHeartbeat(
        name,
        # By this machine's clock: others may be wrong.
        heartbeat_at=time(),
        active=_int_or_zero(event.get("active")),
        batches=_int_or_zero(event.get("processed")),
        load=float(load[0]) if isinstance(load, list | tuple) and load else 0.0,
        processes=_int_or_zero(event.get("processes")),
        threads=_int_or_zero(event.get("threads")),
        program=str(event.get("tasveer", ""))[:40],
        messages=_int_or_zero(event.get("messages")),
    )


def _int_or_zero(value: object) -> int:
    return value if isinstance(value, int) else 0


def _version_mismatch_text(beat: WorkerHeartbeat) -> str:
    return (
        f"Worker {beat.name} runs tasveer-tui {beat.program} and speaks messages of version "
        f"{beat.messages}; this program, {__version__}, speaks version {MESSAGE_VERSION}. "
        "Run the same version of tasveer-tui everywhere."
    )
