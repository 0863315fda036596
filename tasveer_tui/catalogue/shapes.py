"""Ids for the shapes of stored tags: there are few, however many images there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import blob
from tasveer_tui.catalogue.stored import INLINE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

MOST: Final = 20_000
"""Shapes in one catalogue; images of any further shape keep it in their own blob."""


class Shapes:
    """Table shape, and shape_tag, which says what tags each has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[bytes, int] = {}
        self._numbers: dict[blob.Slot, int] = {}
        self._slots: list[blob.Slot] = []
        self._count: int | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._known.clear()
        self._count = None

    def slot_number(self, slot: blob.Slot) -> int:
        """A number that stands for the slot for as long as this object lives."""
        number = self._numbers.get(slot)
        if number is None:
            number = self._numbers[slot] = len(self._slots)
            self._slots.append(slot)
        return number

    def slot(self, number: int) -> blob.Slot:
        """The slot for which the number stands."""
        return self._slots[number]

    def shape(self, numbers: Iterable[int]) -> blob.Shape:
        """The shape of these slots."""
        return tuple([self._slots[number] for number in numbers])

    def id_of(self, numbers: bytes) -> int:
        """The id of the shape of the slots with these numbers, parted by spaces.

        INLINE where there are too many shapes already.
        """
        number = self._known.get(numbers)
        if number is None:
            number = self._found(self.shape(map(int, numbers.split())))
            if len(self._known) < MOST:
                self._known[numbers] = number
        return number

    def _found(self, shape: blob.Shape) -> int:
        slots = blob.shape_json(shape)
        row = self._connection.execute("SELECT id FROM shape WHERE slots = ?", (slots,)).fetchone()
        return row[0] if row else self._added(shape, slots)

    def _added(self, shape: blob.Shape, slots: bytes) -> int:
        if self._count is None:
            self._count = self._connection.execute("SELECT max(id) FROM shape").fetchone()[0]
        if self._count >= MOST:
            return INLINE
        self._count += 1
        sql = "INSERT INTO shape (id, slots) VALUES (?, ?)"
        self._connection.execute(sql, (self._count, slots))
        self._connection.executemany(
            "INSERT OR IGNORE INTO shape_tag (tag_id, shape_id) VALUES (?, ?)",
            ((slot[0], self._count) for slot in shape),
        )
        return self._count
