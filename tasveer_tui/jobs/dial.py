"""A number that a process shares with those that it forks: how many objects each reads at once."""

from __future__ import annotations

import mmap
import struct

from tasveer_tui.records import MOST_AT_ONCE

LEAST = 1

_NUMBER = struct.Struct("=q")


class Dial:
    """Make it before any fork. Only the process that made it may turn it."""

    def __init__(self, number: int) -> None:
        """`number` is where it stands, and what 0 means from now on."""
        self._first = number
        self._shared = mmap.mmap(-1, _NUMBER.size)
        self.turn(number)

    def turn(self, number: int) -> int:
        """Set it, within its bounds, or with 0 as it was at first; where it stands now."""
        kept = min(MOST_AT_ONCE, max(LEAST, number or self._first))
        _NUMBER.pack_into(self._shared, 0, kept)
        return kept

    def number(self) -> int:
        """Where it stands; cheap enough to ask before every batch."""
        return int(_NUMBER.unpack_from(self._shared)[0])
