"""Runs regular expressions that people typed, none for longer than a moment.

Python's own module cannot be stopped, and holds up every thread meanwhile: `x*x*x*x*y` takes a
minute for 200 letters. So expressions that repeat more than once run in the module regex, which
can, but takes ten times as long to begin.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S: Final = 0.1
"""For one text."""

REPEAT: Final = re.compile(r"[*+]|\{\d*,\d*\}|\{\d+\}")
"""What repeats an atom of an expression."""
_BRACE: Final = re.compile(r"(\\.)|(\{(?!\d*,?\d*\}))", re.DOTALL)


@lru_cache(maxsize=256)
def searcher(pattern: str) -> Callable[[str], object]:
    """Whether a text has the pattern anywhere, without regard to case.

    What this returns raises TimeoutError where that takes too long.
    """
    if len(REPEAT.findall(pattern)) <= 1:
        return re.compile(pattern, re.IGNORECASE).search
    import regex

    # `a{e}` would ask it for what is nearly an `a`.
    plain = _BRACE.sub(lambda match: match[1] or "\\{", pattern)
    search = regex.compile(plain, regex.IGNORECASE | regex.VERSION0).search
    return lambda text: search(text, timeout=LIMIT_S)
