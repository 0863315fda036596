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
_MAX_REMEMBERED: Final = 100_000
_MOST_TAGS: Final = 1_000
"""Tags whose exact numbers are remembered."""
_EXACT_INTEGERS: Final = 2**53
"""From here on a float may stand for a neighbouring whole number."""
_COARSE: Final = 44
"""Bits of a float's fraction, of 52, that a stretch leaves open."""
_FAR: Final = 1 << 60
"""No float has these first bits."""
_DOUBLE: Final = struct.Struct("<d")
_BITS: Final = struct.Struct("<q")


class Numbers:
    """Table number. An id once given to a number or a stretch never means another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._exact: dict[int, dict[float, int]] = {}
        self._stretches: dict[tuple[int, int], int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._exact.clear()
        self._stretches.clear()
        self._next = 0

    def id_of(self, tag_id: int, value: float) -> tuple[int, bool]:
        """The id under which the index has this finite number of the tag; added if need be.

        With it, whether the id stands for this number alone.
        """
        if abs(value) >= _EXACT_INTEGERS:
            return self._nearly(tag_id, value, is_exact=False), False
        exact = self._exact.get(tag_id)
        if exact is None:
            exact = self._exact_numbers(tag_id)
        number = exact.get(value)
        if number is not None:
            return number, True
        if len(exact) >= MOST_EXACT:
            return self._nearly(tag_id, value, is_exact=True), False
        number = exact[value] = self._insert(tag_id, value, value)
        return number, True

    def _exact_numbers(self, tag_id: int) -> dict[float, int]:
        if len(self._exact) > _MOST_TAGS:
            self._exact.clear()
        rows = self._connection.execute(
            "SELECT low, id FROM number WHERE tag_id = ? AND low = high", (tag_id,)
        )
        found = self._exact[tag_id] = dict(rows.fetchall())
        return found

    def _nearly(self, tag_id: int, value: float, *, is_exact: bool) -> int:
        # Numbers so large that floats do not tell them apart share one.
        same = (tag_id, _BITS.unpack(_DOUBLE.pack(value))[0] >> _COARSE if is_exact else _FAR)
        number = self._stretches.get(same)
        if number is None:
            if len(self._stretches) > _MAX_REMEMBERED:
                self._stretches.clear()
            low, high = stretch(value) if is_exact else (-sys.float_info.max, sys.float_info.max)
            number = self._found(tag_id, low, high) or self._insert(tag_id, low, high)
            self._stretches[same] = number
        return number

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
