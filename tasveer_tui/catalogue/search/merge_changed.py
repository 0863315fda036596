"""Merges changed images into a cached order, without sorting all."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PROBES_PER_RANGE: Final = 32
"""Probes per range in each step of the search for a place."""


def merge(
    ids: array[int],
    changed: set[int] | frozenset[int],
    in_order: Callable[[Iterable[int]], list[int]],
    check: Callable[[], None],
) -> array[int]:
    """The order with changed images at their new places, without removed ones.

    `in_order` sorts ids and drops removed ones; `check` is called between steps.
    """
    old = array(ids.typecode, (number for number in ids if number not in changed))
    fresh = in_order(changed)
    if fresh and max(fresh) > 0xFFFFFFFF:  # noqa: PLR2004 - the most that four bytes hold
        old = array("q", old)
    # The range of possible places of each image.
    stretches = [(0, len(old))] * len(fresh)
    while any(low < high for low, high in stretches):
        check()
        stretches = _narrow_ranges(old, fresh, stretches, in_order)
    found, start = array(old.typecode), 0
    for number, (place, _) in zip(fresh, stretches, strict=True):
        found += old[start:place]
        found.append(number)
        start = place
    return found + old[start:]


def _narrow_ranges(
    old: Sequence[int],
    fresh: Sequence[int],
    stretches: Sequence[tuple[int, int]],
    in_order: Callable[[Iterable[int]], list[int]],
) -> list[tuple[int, int]]:
    marks = sorted(
        {
            place
            for low, high in set(stretches)
            for place in range(low, high, max(1, (high - low) // _PROBES_PER_RANGE))
        }
    )
    place_of = {old[place]: place for place in marks}
    found, behind = {}, -1
    for number in in_order([*place_of, *fresh]):
        if number in place_of:
            behind = place_of[number]
        else:
            found[number] = behind
    narrower = []
    for number, (low, high) in zip(fresh, stretches, strict=True):
        after = found[number]
        following = bisect_left(marks, after + 1)
        before = marks[following] if following < len(marks) else high
        narrower.append((max(low, after + 1), max(after + 1, min(high, before))))
    return narrower
