"""Blocking work in daemon threads, its results back on the loop; the newest wish of a group wins.

To use it from a screen or widget (every method of the workspace blocks):

    background(self).run(self, "inspect", lambda: workspace(self).inspect(source, key), self.show)
    background(self).follow(self, "total", lambda: workspace(self).estimate(spec), self.show_total)

* `work` runs in a thread and must not touch a widget; `done` runs on the loop, and only if no
  newer wish of the same owner and group was made since, and the owner is still on the screen.
* A `TasveerError` goes to `failed` if given, else to the app, the one place that shows errors.
* Threads are daemons: a request that hangs never delays leaving the program, nor newer wishes.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tasveer_tui.errors import TasveerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.dom import DOMNode
    from textual.message_pump import MessagePump

    from tasveer_tui.ui.app import TasveerApp
    from tasveer_tui.workspace import Workspace

T = TypeVar("T")

MAX_THREADS = 16
MAX_RUNNING_PER_GROUP = 3
"""Hung requests of one group that may stand beside its newest wish."""

log = logging.getLogger(__name__)


def background(node: DOMNode) -> Background:
    """The app's runner."""
    return cast("TasveerApp", node.app).background


def workspace(node: DOMNode) -> Workspace:
    """The app's workspace; its methods block, so call them in `work` only."""
    return cast("TasveerApp", node.app).workspace


@dataclass(eq=False, slots=True)
class _Wish:
    owner: MessagePump
    group: str
    work: Callable[[_Wish], Any]
    done: Callable[[Any], object] | None
    failed: Callable[[TasveerError], object] | None
    is_stale: bool = False

    @property
    def key(self) -> tuple[int, str]:
        return id(self.owner), self.group


@dataclass(slots=True)
class _Lane:
    """The wishes of one owner and group."""

    newest: _Wish | None = None
    waiting: _Wish | None = None
    running: list[_Wish] = field(default_factory=list)


class Background:
    """Runs wishes. Every method is for the loop's thread, none blocks."""

    def __init__(self, app: TasveerApp) -> None:
        self._app = app
        self._lanes: dict[tuple[int, str], _Lane] = {}
        self._threads = _Threads()

    def run(
        self,
        owner: MessagePump,
        group: str,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        *,
        failed: Callable[[TasveerError], object] | None = None,
    ) -> None:
        """Do `work` in a thread, then `done` with what it returned."""
        self._wish(_Wish(owner, group, lambda _: work(), done, failed))

    def follow(  # noqa: PLR0913 - named ones have defaults
        self,
        owner: MessagePump,
        group: str,
        items: Callable[[], Iterator[T]],
        each: Callable[[T], object],
        *,
        done: Callable[[None], object] | None = None,
        failed: Callable[[TasveerError], object] | None = None,
        every_s: float = 0.1,
    ) -> None:
        """Iterate in a thread; `each` gets the newest item at most every `every_s` seconds.

        The last item always arrives. The iterator is dropped as soon as a newer wish is made.
        """
        self._wish(
            _Wish(owner, group, lambda w: self._iterate(w, items, each, every_s), done, failed)
        )

    def forget(self, owner: MessagePump, group: str) -> None:
        """Drop whatever this group still works on."""
        lane = self._lanes.get((id(owner), group))
        if lane is not None and lane.newest is not None:
            lane.newest.is_stale = True
            lane.newest = lane.waiting = None

    def is_busy(self, owner: MessagePump, group: str) -> bool:
        """Whether the newest wish of the group has not been answered yet."""
        lane = self._lanes.get((id(owner), group))
        return lane is not None and lane.newest is not None

    def _wish(self, wish: _Wish) -> None:
        lane = self._lanes.setdefault(wish.key, _Lane())
        if lane.newest is not None:
            lane.newest.is_stale = True
        lane.newest = wish
        if len(lane.running) < MAX_RUNNING_PER_GROUP:
            self._start(lane, wish)
        else:
            lane.waiting = wish

    def _start(self, lane: _Lane, wish: _Wish) -> None:
        lane.running.append(wish)
        self._threads.submit(lambda: self._work(wish))

    def _work(self, wish: _Wish) -> None:
        """Run in a thread, to the end or to the error."""
        result: object = None
        error: Exception | None = None
        try:
            if not wish.is_stale:
                result = wish.work(wish)
        except Exception as caught:  # noqa: BLE001 - the thread's outermost edge: _settle shows it
            error = caught
        self._post(lambda: self._settle(wish, result, error))

    def _iterate(
        self,
        wish: _Wish,
        items: Callable[[], Iterator[T]],
        each: Callable[[T], object],
        every_s: float,
    ) -> None:
        waiting: list[T] = []
        told_at = 0.0
        for item in items():
            if wish.is_stale:
                return
            waiting = [item]
            now = time.monotonic()
            if now - told_at >= every_s:
                told_at = now
                self._post(partial(self._deliver, wish, each, waiting.pop()))
        for item in waiting:
            self._post(partial(self._deliver, wish, each, item))

    def _post(self, callback: Callable[[], object]) -> None:
        # The loop may close between the check inside and the call.
        with contextlib.suppress(RuntimeError):
            self._app.call_later(callback)

    def _deliver(self, wish: _Wish, callback: Callable[[Any], object], value: object) -> None:
        if not wish.is_stale and wish.owner.is_running:
            callback(value)

    def _settle(self, wish: _Wish, result: object, error: Exception | None) -> None:
        """Back on the loop: answer the wish, and start the one that waited."""
        lane = self._lanes[wish.key]
        lane.running.remove(wish)
        if lane.newest is wish:
            lane.newest = None
            self._answer(wish, result, error)
        if lane.waiting is not None:
            waiting, lane.waiting = lane.waiting, None
            self._start(lane, waiting)
        if not lane.running and lane.newest is None:
            self._lanes.pop(wish.key, None)

    def _answer(self, wish: _Wish, result: object, error: Exception | None) -> None:
        if error is None:
            if wish.done is not None:
                self._deliver(wish, wish.done, result)
        elif not isinstance(error, TasveerError):
            log.error("Work in the background failed.", exc_info=error)
            self._app.show_fault(error)
        elif wish.failed is not None:
            self._deliver(wish, wish.failed, error)
        elif wish.owner.is_running:
            self._app.show_error(error)


class _Threads:
    """Daemon threads that are kept, so that connections per thread stay few."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._count = 0

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
