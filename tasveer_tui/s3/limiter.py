"""Limits the requests in flight to what the service accepts.

Additive increase, multiplicative decrease (AIMD, as in TCP): a throttled request (503 SlowDown)
halves the limit, and as many successful requests as the limit raise it by one, up to a maximum.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasveer_tui.errors import ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DECREASE_FACTOR = 0.5
DECREASE_COOLDOWN_S = 0.5
"""Requests in flight together are throttled together: they count as one within this time."""

MAX_WAIT_S = 30.0
"""A request starts after this wait even at the limit, so that none waits forever."""


class ConcurrencyLimiter:
    """Limits the requests of one process to one service; thread-safe."""

    def __init__(self, max_in_flight: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_in_flight = max_in_flight
        self._clock = clock
        self._limit = float(max_in_flight)
        self._in_flight = 0
        self._cooldown_until = float("-inf")
        self._changed = threading.Condition()

    def current_limit(self) -> int:
        """How many requests may be in flight now; at least 1."""
        return max(1, int(self._limit))

    def resize(self, max_in_flight: int) -> None:
        """Change the maximum; a limit that is at its maximum follows it."""
        if max_in_flight == self.max_in_flight:
            return
        with self._changed:
            is_at_maximum = self._limit >= self.max_in_flight
            self.max_in_flight = max_in_flight
            highest = float(max_in_flight)
            self._limit = highest if is_at_maximum else min(self._limit, highest)
            self._changed.notify_all()

    def record(self, *, is_throttled: bool) -> None:
        """Adapt the limit to the outcome of a request."""
        if not is_throttled and self._limit >= self.max_in_flight:
            return
        with self._changed:
            if not is_throttled:
                self._limit = min(self.max_in_flight, self._limit + 1 / self._limit)
            elif self._clock() >= self._cooldown_until:
                self._limit = max(1.0, self._limit * DECREASE_FACTOR)
                self._cooldown_until = self._clock() + DECREASE_COOLDOWN_S
            self._changed.notify_all()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one slot during a request: wait while the limit is reached, record the outcome."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < self.current_limit(), MAX_WAIT_S)
            self._in_flight += 1
        is_throttled = False
        try:
            yield
        except ThrottledError:
            is_throttled = True
            raise
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()
            self.record(is_throttled=is_throttled)
