"""All images in orders that no index has, kept in memory for as long as no image changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from array import array
    from collections.abc import Hashable

_MOST_BYTES: Final = 40 << 20
"""Of all kept orders; four bytes an image and order."""
_CHANGES: Final = "image_changes"


class KeptOrders:
    """Orders of one catalogue, for all of its readers."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._state = -1
        self._kept: dict[Hashable, array[int]] = {}

    def get(self, order: Hashable, state: int) -> array[int] | None:
        """The ids of all images in that order, as they were in that state."""
        with self._lock:
            if state != self._state or order not in self._kept:
                return None
            # What was asked for last is forgotten last.
            ids = self._kept[order] = self._kept.pop(order)
            return ids

    def keep(self, order: Hashable, state: int, ids: array[int]) -> None:
        """Remember them, unless they are too many."""
        size = _size_of(ids)
        with self._lock:
            if state != self._state:
                self._kept.clear()
                self._state = state
            self._kept.pop(order, None)
            while self._kept and self._size() + size > self._most_bytes:
                del self._kept[next(iter(self._kept))]
            if size <= self._most_bytes:
                self._kept[order] = ids

    def _size(self) -> int:
        return sum(map(_size_of, self._kept.values()))


def _size_of(ids: array[int]) -> int:
    return len(ids) * ids.itemsize


def state_of(connection: sqlite3.Connection) -> int:
    """A number that is another one after every change to any image."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_CHANGES,)).fetchone()
    return int(row[0]) if row else 0


def note_change(connection: sqlite3.Connection) -> None:
    """Call in every transaction that writes table image."""
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, 1)"
        " ON CONFLICT (key) DO UPDATE SET value = value + 1",
        (_CHANGES,),
    )
