"""All images in some order, kept in memory, and which images have changed since."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from array import array
    from collections.abc import Hashable, Iterable

_MAX_BYTES: Final = 40 << 20
"""Of all kept orders; four bytes an image and order."""
_MAX_TRANSACTIONS: Final = 2_000
"""Transactions whose images the catalogue remembers."""
_MAX_CHANGED_IMAGES: Final = 10_000
"""Images: of more, those that fit would take too long to find."""


class CachedOrder(NamedTuple):
    """All images in one order, as they were."""

    ids: array[int]
    state: int


class CurrentOrder(NamedTuple):
    """All images in one order, but for those that have changed since."""

    ids: array[int]
    changed: frozenset[int]


class SortCache:
    """Orders of one catalogue, for all of its readers."""

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._orders: dict[Hashable, CachedOrder] = {}

    def get(self, order: Hashable) -> CachedOrder | None:
        """The images as they were when they were put in this order."""
        with self._lock:
            if order not in self._orders:
                return None
            # What was asked for last is forgotten last.
            kept = self._orders[order] = self._orders.pop(order)
            return kept

    def known(self, order: Hashable, connection: sqlite3.Connection) -> CurrentOrder | None:
        """What still holds of the order; None for nothing of use."""
        kept = self.get(order)
        changed = None if kept is None else changed_since(connection, kept.state)
        return None if kept is None or changed is None else CurrentOrder(kept.ids, changed)

    def keep(self, order: Hashable, state: int, ids: array[int]) -> None:
        """Remember the ids of all images in that order and state, unless they are too many."""
        size = _size_of(ids)
        with self._lock:
            self._orders.pop(order, None)
            while self._orders and self._size() + size > self._max_bytes:
                del self._orders[next(iter(self._orders))]
            if size <= self._max_bytes:
                self._orders[order] = CachedOrder(ids, state)

    def _size(self) -> int:
        return sum(_size_of(kept.ids) for kept in self._orders.values())


def _size_of(ids: array[int]) -> int:
    return len(ids) * ids.itemsize


def change_number(connection: sqlite3.Connection) -> int:
    """A number that grows with every change to any image."""
    sql = "SELECT coalesce(max(number), 0) FROM image_change"
    return int(connection.execute(sql).fetchone()[0])


def changed_since(connection: sqlite3.Connection, state: int) -> frozenset[int] | None:
    """The images that were written or went since that state; None for too many, or unknown."""
    sql = "SELECT number, ids FROM image_change WHERE number > ? ORDER BY number"
    changed: set[int] = set()
    for number, ids in connection.execute(sql, (state,)):
        if number != state + 1 or not ids:
            return None
        state = number
        for first, last in json.loads(ids):
            if last - first > _MAX_CHANGED_IMAGES:
                return None
            changed.update(range(first, last + 1))
        if len(changed) > _MAX_CHANGED_IMAGES:
            return None
    return frozenset(changed)


def note_change(connection: sqlite3.Connection, ids: Iterable[int] | None = None) -> None:
    """Call in every transaction that writes table image, with the images; None for all."""
    (number,) = connection.execute(
        "INSERT INTO image_change (ids) VALUES (?) RETURNING number",
        ("" if ids is None else json.dumps(_id_ranges(ids), separators=(",", ":")),),
    ).fetchone()
    connection.execute("DELETE FROM image_change WHERE number <= ?", (number - _MAX_TRANSACTIONS,))


def _id_ranges(ids: Iterable[int]) -> list[list[int]]:
    """First and last of ids in a row, as those of a batch mostly are."""
    found: list[list[int]] = []
    for number in sorted(ids):
        if found and number - found[-1][1] <= 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
