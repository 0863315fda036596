"""Background tasks: blocking work in daemon threads; of each group, the latest request wins.

    background(self).run(self, "inspect", lambda: workspace(self).inspect(source, key), self.show)
    background(self).stream(self, "total", lambda: workspace(self).estimate(spec), self.show_total)

* The work runs in a thread and must not touch a widget. The callback runs on the event loop, and
  only if the owner is still on the screen and has made no newer request in the same group.
* A `TasveerError` goes to `on_error` if given, else to the app, which shows it.
* A table that fetches rows in batches streams them with `interval_s=0`: the next request stops the
  one before it at its next batch, so that it needs neither a thread nor a queue of its own.
* Threads are daemons, so a request that hangs delays neither quitting nor newer requests.

Textual's own thread workers do not fit: they run in a pool whose threads Python joins at exit.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tasveer_tui.errors import TasveerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.message_pump import MessagePump

    from tasveer_tui.catalogue.search import Finder
    from tasveer_tui.workspace import Workspace

T = TypeVar("T")

MAX_THREADS = 16
MAX_RUNNING_PER_GROUP = 3
"""Requests of one group that may run at once: outdated ones that hang, beside the latest."""

log = logging.getLogger(__name__)


class TaskHost(Protocol):
    """What background tasks need of the app."""

    def call_later(self, callback: Callable[[], object], /) -> object:
        """Call from any thread; the callback runs on the event loop."""

    def show_error(self, error: TasveerError, /) -> None:
        """Show an error with its remedy."""

    def show_fault(self, fault: Exception, /) -> None:
        """Show a bug of this program."""


@dataclass(eq=False, slots=True)
class _Request:
    owner: MessagePump
    group: str
    work: Callable[[_Request], Any]
    on_result: Callable[[Any], object] | None
    on_error: Callable[[TasveerError], object] | None
    is_outdated: bool = False

    @property
    def key(self) -> tuple[int, str]:
        return id(self.owner), self.group


@dataclass(slots=True)
class _Group:
    """The requests of one owner and group."""

    latest: _Request | None = None
    waiting: _Request | None = None
    running: list[_Request] = field(default_factory=list)


class BackgroundTasks:
    """Runs requests. Call every method on the event loop's thread; none blocks."""

    def __init__(self, host: TaskHost) -> None:
        self._host = host
        self._groups: dict[tuple[int, str], _Group] = {}
        self._threads = _DaemonThreads()

    def run(
        self,
        owner: MessagePump,
        group: str,
        work: Callable[[], T],
        on_result: Callable[[T], object] | None = None,
        *,
        on_error: Callable[[TasveerError], object] | None = None,
    ) -> None:
        """Run `work` in a thread, then call `on_result` with its result."""
        self._submit(_Request(owner, group, lambda _: work(), on_result, on_error))

    def stream(  # noqa: PLR0913 - named ones have defaults
        self,
        owner: MessagePump,
        group: str,
        items: Callable[[], Iterator[T]],
        on_item: Callable[[T], object],
        *,
        on_end: Callable[[None], object] | None = None,
        on_error: Callable[[TasveerError], object] | None = None,
        interval_s: float = 0.1,
    ) -> None:
        """Iterate in a thread; call `on_item` with the latest item once per interval.

        The last item always arrives; with an interval of 0, every item does. A newer request
        drops the iterator at its next item.
        """

        def work(request: _Request) -> None:
            self._iterate(request, items, on_item, interval_s)

        self._submit(_Request(owner, group, work, on_end, on_error))

    def cancel(self, owner: MessagePump, group: str) -> None:
        """Drop the group's request and its result."""
        state = self._groups.get((id(owner), group))
        if state is not None and state.latest is not None:
            state.latest.is_outdated = True
            state.latest = state.waiting = None

    def is_busy(self, owner: MessagePump, group: str) -> bool:
        """Whether the group's latest request has no result yet."""
        state = self._groups.get((id(owner), group))
        return state is not None and state.latest is not None

    def is_idle(self) -> bool:
        """Whether no thread works."""
        return self._threads.is_idle()

    def _submit(self, request: _Request) -> None:
        state = self._groups.setdefault(request.key, _Group())
        if state.latest is not None:
            state.latest.is_outdated = True
        state.latest = request
        if len(state.running) < MAX_RUNNING_PER_GROUP:
            self._start(state, request)
        else:
            state.waiting = request

    def _start(self, state: _Group, request: _Request) -> None:
        state.running.append(request)
        self._threads.submit(lambda: self._work(request))

    def _work(self, request: _Request) -> None:
        """Run the request in a thread."""
        result: object = None
        error: Exception | None = None
        try:
            if not request.is_outdated:
                result = request.work(request)
        except Exception as caught:  # noqa: BLE001 - the thread's outermost edge: _settle shows it
            error = caught
        self._post(lambda: self._settle(request, result, error))

    def _iterate(
        self,
        request: _Request,
        items: Callable[[], Iterator[T]],
        on_item: Callable[[T], object],
        interval_s: float,
    ) -> None:
        unsent: list[T] = []
        sent_at = 0.0
        for item in items():
            if request.is_outdated:
                return
            unsent = [item]
            now = time.monotonic()
            if now - sent_at >= interval_s:
                sent_at = now
                self._post(partial(self._deliver, request, on_item, unsent.pop()))
        for item in unsent:
            self._post(partial(self._deliver, request, on_item, item))

    def _post(self, callback: Callable[[], object]) -> None:
        # The loop may close between the check inside and the call.
        with contextlib.suppress(RuntimeError):
            self._host.call_later(callback)

    def _deliver(self, request: _Request, callback: Callable[[Any], object], value: object) -> None:
        if not request.is_outdated and request.owner.is_running:
            callback(value)

    def _settle(self, request: _Request, result: object, error: Exception | None) -> None:
        """On the event loop: report the result, and start the request that waited."""
        state = self._groups[request.key]
        state.running.remove(request)
        if state.latest is request:
            state.latest = None
            self._report(request, result, error)
        if state.waiting is not None:
            waiting, state.waiting = state.waiting, None
            self._start(state, waiting)
        if not state.running and state.latest is None:
            self._groups.pop(request.key, None)

    def _report(self, request: _Request, result: object, error: Exception | None) -> None:
        if error is None:
            if request.on_result is not None:
                self._deliver(request, request.on_result, result)
        elif not isinstance(error, TasveerError):
            log.error("A background task failed.", exc_info=error)
            self._host.show_fault(error)
        elif request.on_error is not None:
            self._deliver(request, request.on_error, error)
        elif request.owner.is_running:
            self._host.show_error(error)


class _DaemonThreads:
    """Daemon threads that are reused, so that there are few connections per thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._count = 0

    def is_idle(self) -> bool:
        with self._lock:
            return self._idle == self._count and self._queue.empty()

    def submit(self, call: Callable[[], None]) -> None:
        with self._lock:
            is_short = self._idle <= self._queue.qsize() and self._count < MAX_THREADS
            self._count += is_short
        self._queue.put(call)
        if is_short:
            threading.Thread(target=self._serve, name="tasveer-background", daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            call = self._queue.get()
            with self._lock:
                self._idle -= 1
            call()


class LatestRead:
    """Lends a finder to one thread at a time: a newer read, or `stop`, interrupts the older one.

    It complements `BackgroundTasks`, which drops an outdated result but cannot end its query.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None

    def stop(self) -> None:
        """Interrupt the running read, if any. Does not block."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._interrupt is not None:
            self._interrupt()
        self._interrupt = None

    @contextmanager
    def reading(self) -> Iterator[Finder]:
        """A finder over the calling thread's connection. Blocks.

        Raises:
            CatalogueError: the catalogue cannot be read, or the read was interrupted.

        """
        finder = self._workspace.finder()
        interrupt = self._workspace.catalogue.reader().interrupt
        with self._lock:
            self._stop()
            self._interrupt = interrupt
        try:
            yield finder
        finally:
            # Under the lock: the thread's connection soon serves another read.
            with self._lock:
                if self._interrupt is interrupt:
                    self._interrupt = None
