"""Runs regular expressions that people typed, none for longer than a moment.

Python's own module cannot be stopped, and holds up every thread meanwhile: `x*x*x*x*y` takes a
minute for 200 letters. So expressions that repeat more than once run in the module regex, which
can, but takes ten times as long to begin.
"""

from __future__ import annotations

import math
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.text_codec import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

REGEX_TIMEOUT_S: Final = 0.1
"""For one text."""

QUANTIFIER: Final = re.compile(r"[*+]|\{\d*,\d*\}|\{\d+\}")
"""What repeats an atom of an expression."""
_BRACE: Final = re.compile(r"(\\.)|(\{(?!\d*,?\d*\}))", re.DOTALL)


@lru_cache(maxsize=256)
def compile_search(pattern: str) -> Callable[[str], object]:
    """Whether a text has the pattern anywhere, without regard to case.

    What this returns raises TimeoutError where that takes too long.
    """
    if len(QUANTIFIER.findall(pattern)) <= 1:
        return re.compile(pattern, re.IGNORECASE).search
    import regex

    # `a{e}` would ask it for what is nearly an `a`.
    plain = _BRACE.sub(lambda match: match[1] or "\\{", pattern)
    search = regex.compile(plain, regex.IGNORECASE | regex.VERSION0).search
    return lambda text: search(text, timeout=REGEX_TIMEOUT_S)


# Functions that searches call inside SQLite; registered on every reader's connection.

_EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of WGS 84."""
_MAX_SUBJECT_CHARS: Final = 10_000
"""Characters of a text that a regular expression sees."""
_REGEXP_LIMIT_S: Final = 10.0
_REGEXP_IDLE_S: Final = 1.0


def register(connection: sqlite3.Connection) -> None:
    """Add `fold`, `regexp` and `distance_m`."""
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.create_function("regexp", 2, Regexp(), deterministic=True)
    connection.create_function("distance_m", 4, distance_m, deterministic=True)


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres between two places in signed degrees, along the great circle (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    across = math.radians(lon_b - lon_a)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(across / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half)))


class Regexp:
    """`text REGEXP pattern`, without regard to case, with a limit on the time of one search.

    The limit adds up over the rows of a search. One row cannot be interrupted, so its text is
    cut, and a pattern that runs away in it is stopped.
    """

    def __init__(self, limit_s: float = _REGEXP_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._pattern = ""
        self._spent_s = 0.0
        self._last_s = 0.0

    def __call__(self, pattern: str, text: object) -> bool:
        """Whether the pattern occurs in the text.

        Raises:
            TimeoutError: the search has spent its time; SQLite shows it as its own error.

        """
        started_s = time.monotonic()
        if pattern != self._pattern or started_s - self._last_s > _REGEXP_IDLE_S:
            self._pattern, self._spent_s = pattern, 0.0
        found = text is not None and compile_search(pattern)(str(text)[:_MAX_SUBJECT_CHARS])
        self._last_s = time.monotonic()
        self._spent_s += self._last_s - started_s
        if self._spent_s > self._limit_s:
            raise TimeoutError(pattern)
        return bool(found)


def _fold(text: object) -> str | None:
    return None if text is None else fold(str(text))
