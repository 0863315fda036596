"""Where to cut a long listing: at keys that are there, found by asking for one key at a time.

How the keys of a prefix spread is not known. But the listing that is under way has a last key,
and whether anything follows all that begins like it, character by character, is one request each:
at the first place where something does, the keys branch, and each branch is a piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.s3.listing import LAST_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BRANCHES = 40
"""Each costs a request; what comes behind them stays in the last piece."""


def partition_points(
    first_after: Callable[[str], str], prefix: str, cursor: str, until: str, pieces: int
) -> tuple[str, ...]:
    """At most `pieces` - 1 keys behind `cursor` and before `until` (if that is given), in order.

    `first_after` gives the first key of the prefix behind a text, or "".
    """
    found: dict[str, str] = {}

    def behind(head: str) -> str:
        """The first key behind all that begin so; "" where that is none of ours."""
        if head not in found:
            key = first_after(head + LAST_CHARACTER)
            is_ours = key > head and (not until or key < until)
            found[head] = key if is_ours else ""
        return found[head]

    shortest, longest = len(prefix) + 1, len(cursor)
    if longest < shortest or not behind(cursor[:longest]):
        return ()
    while shortest < longest:
        middle = (shortest + longest) // 2
        if behind(cursor[:middle]):
            longest = middle
        else:
            shortest = middle + 1
    branches, head = list[str](), cursor[:longest]
    while len(branches) < MAX_BRANCHES and (key := behind(head)) and key[:longest] != head:
        branches.append(key)
        head = key[:longest]
    return _pick_evenly(branches, pieces)


def _pick_evenly(branches: list[str], pieces: int) -> tuple[str, ...]:
    """Evenly, as nobody knows how much each holds."""
    count = min(pieces - 1, len(branches))
    step = (len(branches) + 1) / (count + 1)
    return tuple(branches[round(step * (number + 1)) - 1] for number in range(count))
