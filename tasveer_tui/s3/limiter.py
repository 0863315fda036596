"""How many requests may be in flight, found by asking: fewer when the service says so.

Additive increase, multiplicative decrease: a service that asks for fewer requests halves the
window, and each window's worth of good answers widens it by one again, up to the ceiling.
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
"""What was in flight together is refused together: that counts as one refusal."""

MAX_WAIT_S = 30.0
"""A turn begins after so long in any case: whoever waits is not forgotten."""


class ConcurrencyLimiter:
    """Shared by all requests of one process to one service; thread-safe."""

    def __init__(self, ceiling: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_in_flight = ceiling
        self._clock = clock
        self._size = float(ceiling)
        self._in_flight = 0
        self._cooldown_until = float("-inf")
        self._changed = threading.Condition()

    def current_limit(self) -> int:
        """So many may be in flight now; 1 at least."""
        return max(1, int(self._size))

    def resize(self, max_in_flight: int) -> None:
        """Let at most so many be in flight from now on."""
        if max_in_flight == self.max_in_flight:
            return
        with self._changed:
            is_wide = self._size >= self.max_in_flight
            self.max_in_flight = max_in_flight
            self._size = float(max_in_flight) if is_wide else min(self._size, float(max_in_flight))
            self._changed.notify_all()

    def record(self, *, is_throttled: bool) -> None:
        """A request was answered."""
        if not is_throttled and self._size >= self.max_in_flight:
            return
        with self._changed:
            if not is_throttled:
                self._size = min(self.max_in_flight, self._size + 1 / self._size)
            elif self._clock() >= self._cooldown_until:
                self._size = max(1.0, self._size * DECREASE_FACTOR)
                self._cooldown_until = self._clock() + DECREASE_COOLDOWN_S
            self._changed.notify_all()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Around one try: waits while enough are in flight, and takes note of how it ends."""
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
