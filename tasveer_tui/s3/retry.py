"""Repeats failed requests: how often, and after which pauses."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tasveer_tui.errors import StorageError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
logger = logging.getLogger(__name__)

MAX_PAUSE_S = 8.0
THROTTLED_FACTOR = 4
"""Pauses are longer by this factor when the service throttles."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """A limited number of tries with exponential backoff and full jitter.

    Each request counts for itself. botocore's standard mode has one retry quota per client, and
    stops retrying after some 33 failed calls: too few for bulk reads.
    """

    tries: int
    backoff_s: float
    """Upper bound of the first pause, unless the service throttles; doubles with each try."""
    max_elapsed_s: float
    """No try starts later than this after the first."""

    def run(self, call: Callable[[], T], first_error: StorageError | None = None) -> T:
        """Return `call()`; repeat it while it raises a retryable StorageError. Blocks.

        `first_error` is the error of a try made elsewhere; that try counts as the first.
        """
        end = time.monotonic() + self.max_elapsed_s
        for attempt in range(1, self.tries):
            try:
                if first_error is not None and attempt == 1:
                    raise first_error
                return call()
            except StorageError as error:
                pause_s = self._pause_s(error, attempt)
                if not error.retryable or time.monotonic() + pause_s > end:
                    raise
                logger.info("Try %d failed, next in %.2f s: %s", attempt, pause_s, error.message)
            time.sleep(pause_s)
        return call()

    def _pause_s(self, error: StorageError, attempt: int) -> float:
        factor = THROTTLED_FACTOR if isinstance(error, ThrottledError) else 1
        longest = min(MAX_PAUSE_S, self.backoff_s * factor * 2 ** (attempt - 1))
        return random.uniform(0, longest)  # noqa: S311 - jitter, no secret
