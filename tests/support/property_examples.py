"""How many examples a property test tries: few in `bin/test --fast`, all in the whole run."""

from __future__ import annotations

import os
from typing import Final

FAST_EXAMPLES: Final = 25
IS_FAST: Final = os.environ.get("TASVEER_TEST_FAST") == "1"


def examples(count: int) -> int:
    """`count`, or at most FAST_EXAMPLES in a fast run; for hypothesis' `max_examples`."""
    return min(count, FAST_EXAMPLES) if IS_FAST else count
