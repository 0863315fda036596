"""Operators and ranges as the two ends, both included, that a number must lie between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.catalogue.columns import PRESENT
from tasveer_tui.catalogue.search import dates
from tasveer_tui.catalogue.search.sql import ENDLESS
from tasveer_tui.catalogue.search.tree import Op

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.tree import Period

Ends: TypeAlias = tuple[float, float]


def compared(op: Op, value: Ends) -> Ends:
    """The numbers that compare so with a value that is itself a stretch.

    Of `<`, `=` and `>` exactly one holds for every number, so `taken<=2023` has all of 2023.
    """
    low, high = value
    match op:
        case Op.LT:
            return PRESENT, math.nextafter(low, -math.inf)
        case Op.LE:
            return PRESENT, high
        case Op.GT:
            return math.nextafter(high, math.inf), ENDLESS
        case Op.GE:
            return low, ENDLESS
        case _:
            return low, high


def ranged(low: Ends | None, high: Ends | None) -> Ends:
    """From the start of one stretch to the end of another; None is open."""
    return low[0] if low else PRESENT, high[1] if high else ENDLESS


def of_period(period: Period) -> Ends:
    """Seconds since 1970, the clock read as if it were UTC."""
    return dates.seconds(period.start), math.nextafter(dates.seconds(period.end), -math.inf)
