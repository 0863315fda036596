"""What reading threads have found, handed over by the parcel.

Whoever sends is woken a few times a batch: to wake a thread for each object cost a fifteenth of
the object's CPU, spent on passing the interpreter's lock to and fro.
"""

from __future__ import annotations

from threading import Condition, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.jobs.messages import Part


class Basket:
    """Filled by any thread, emptied by one."""

    def __init__(self, expected: int, *, full_bytes: int, patience_s: float) -> None:
        """So many answers will come. A parcel is full with so many bytes, or after so long."""
        self.unread: list[int] = []
        """Numbers of the objects that were not read; whole when `parcels` has ended."""
        self._left = expected
        self._full_bytes = full_bytes
        self._patience_s = patience_s
        self._full: list[list[Part]] = []
        self._parts: list[Part] = []
        self._size_bytes = 0
        self._changed = Condition(Lock())

    def put(self, found: Part | int) -> None:
        """One object's answer: its part, or its number where it stays unread."""
        with self._changed:
            self._left -= 1
            if isinstance(found, int):
                self.unread.append(found)
            else:
                self._parts.append(found)
                self._size_bytes += memoryview(found.result).nbytes
            if self._size_bytes >= self._full_bytes:
                self._close()
            if self._is_due():
                self._changed.notify()

    def parcels(self) -> Iterator[list[Part]]:
        """Everything, to the last answer; no part waits much longer than for the patience."""
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(self._is_due, self._patience_s)
                if self._parts:
                    self._close()
                full, self._full, is_last = self._full, [], not self._left
            yield from full

    def _is_due(self) -> bool:
        return bool(self._full) or not self._left

    def _close(self) -> None:
        self._full.append(self._parts)
        self._parts, self._size_bytes = [], 0
