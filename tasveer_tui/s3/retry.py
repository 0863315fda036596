"""How often, and with what pauses, a request that failed is tried again."""

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


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounded tries with exponential pauses and full jitter; it knows no quota.

    A client that counts failures over all requests stops retrying in the middle of bulk work.
    """

    tries: int
    backoff_s: float
    """The longest first pause; throttling makes it four times as long."""
    max_elapsed_s: float
    """No try begins after this."""

    def run(self, call: Callable[[], T], first_error: StorageError | None = None) -> T:
        """The result of `call`, tried again while it raises a retryable StorageError.

        `failed` is how a first try ended that was made elsewhere.
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
                logger.info("try %d failed, next in %.2f s: %s", attempt, pause_s, error.message)
            time.sleep(pause_s)
        return call()

    def _pause_s(self, error: StorageError, attempt: int) -> float:
        factor = THROTTLED_FACTOR if isinstance(error, ThrottledError) else 1
        ceiling = min(MAX_PAUSE_S, self.backoff_s * factor * 2 ** (attempt - 1))
        return random.uniform(0, ceiling)  # noqa: S311 - jitter, no secret
