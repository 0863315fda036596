"""Ids for the numbers of tags, so that comparisons find images without reading their tags.

The first numbers that a tag is met with stand for themselves. A tag of which every picture has
another, as of positions, gets stretches of numbers instead: an eighth of a thousandth to two
thousandths wide, so that the tags of few images must be read to tell.
"""

from __future__ import annotations

import math
import struct
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

MOST_EXACT: Final = 2_000
"""Numbers of one tag that stand for themselves."""
_MAX_REMEMBERED: Final = 200_000
_EXACT_INTEGERS: Final = 2**53
"""From here on a float may stand for a neighbouring whole number."""
_COARSE: Final = 44
"""Bits of a float's fraction, of 52, that a stretch leaves open."""
_DOUBLE: Final = struct.Struct("<d")
_BITS: Final = struct.Struct("<q")


class Numbers:
    """Table number. An id once given to a number or a stretch never means another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, float], tuple[int, bool]] = {}
        self._exact: dict[int, int] = {}
        self._stretches: dict[tuple[int, float, float], int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._known.clear()
        self._exact.clear()
        self._stretches.clear()
        self._next = 0

    def id_of(self, tag_id: int, value: float) -> tuple[int, bool]:
        """The id under which the index has this finite number of the tag; added if need be.

        With it, whether the id stands for this number alone.
        """
        known = self._known.get((tag_id, value))
        if known is None:
            known = self._exactly(tag_id, value)
            if known is None:
                return self._nearly(tag_id, value), False
            if len(self._known) > _MAX_REMEMBERED:
                self._known.clear()
            self._known[tag_id, value] = known
        return known

    def _exactly(self, tag_id: int, value: float) -> tuple[int, bool] | None:
        if abs(value) >= _EXACT_INTEGERS:
            return None
        is_full = self._count(tag_id) >= MOST_EXACT
        if number := self._found(tag_id, value, value):
            return number, True
        if is_full:
            return None
        self._exact[tag_id] += 1
        return self._insert(tag_id, value, value), True

    def _nearly(self, tag_id: int, value: float) -> int:
        is_exact = abs(value) < _EXACT_INTEGERS
        low, high = stretch(value) if is_exact else (-sys.float_info.max, sys.float_info.max)
        if (tag_id, low, high) not in self._stretches:
            if len(self._stretches) > _MAX_REMEMBERED:
                self._stretches.clear()
            number = self._found(tag_id, low, high) or self._insert(tag_id, low, high)
            self._stretches[tag_id, low, high] = number
        return self._stretches[tag_id, low, high]

    def _count(self, tag_id: int) -> int:
        if tag_id not in self._exact:
            sql = "SELECT count(*) FROM number WHERE tag_id = ? AND low = high"
            self._exact[tag_id] = self._connection.execute(sql, (tag_id,)).fetchone()[0]
        return self._exact[tag_id]

    def _found(self, tag_id: int, low: float, high: float) -> int:
        row = self._connection.execute(
            "SELECT id FROM number WHERE tag_id = ? AND low = ? AND high = ?", (tag_id, low, high)
        ).fetchone()
        return int(row[0]) if row else 0

    def _insert(self, tag_id: int, low: float, high: float) -> int:
        if not self._next:
            sql = "SELECT coalesce(max(id), 0) + 1 FROM number"
            self._next = self._connection.execute(sql).fetchone()[0]
        number, self._next = self._next, self._next + 1
        sql = "INSERT INTO number (id, tag_id, low, high) VALUES (?, ?, ?, ?)"
        self._connection.execute(sql, (number, tag_id, low, high))
        return number


def stretch(value: float) -> tuple[float, float]:
    """The numbers around a finite one that share its sign, exponent and first bits; never one."""
    bits = _BITS.unpack(_DOUBLE.pack(value))[0]
    near = _DOUBLE.unpack(_BITS.pack(bits >> _COARSE << _COARSE))[0]
    far = _DOUBLE.unpack(_BITS.pack(bits | (1 << _COARSE) - 1))[0]
    return (near, far) if near < far else (far, near)


def indexable(value: float) -> float | None:
    """The number as a finite float; None where it is none."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
