"""The concurrency limiter: throttling lowers its limit, success raises it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasveer_tui.errors import NetworkError, ThrottledError
from tasveer_tui.s3.limiter import DECREASE_COOLDOWN_S, ConcurrencyLimiter


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_throttling_halves_the_limit_and_success_raises_it() -> None:
    clock = Clock()
    limiter = ConcurrencyLimiter(32, clock)

    for expected in (16, 8, 4, 2, 1, 1):
        limiter.record(is_throttled=True)
        clock.now += DECREASE_COOLDOWN_S
        assert limiter.current_limit() == expected

    successes = 0
    while limiter.current_limit() < 32:
        limiter.record(is_throttled=False)
        successes += 1
    assert 32 * 31 / 2 <= successes <= 32 * 33 / 2 + 32
    limiter.record(is_throttled=False)
    assert limiter.current_limit() == 32


def test_a_new_maximum_applies_at_once_and_keeps_a_lowered_limit() -> None:
    limiter = ConcurrencyLimiter(8)
    limiter.resize(20)
    assert limiter.current_limit() == 20
    limiter.record(is_throttled=True)
    limiter.resize(40)
    assert limiter.current_limit() == 10
    limiter.resize(4)
    assert limiter.current_limit() == 4


def test_requests_throttled_together_count_once() -> None:
    limiter = ConcurrencyLimiter(32, Clock())
    for _ in range(20):
        limiter.record(is_throttled=True)
    assert limiter.current_limit() == 16


def test_requests_in_flight_never_exceed_the_limit() -> None:
    clock = Clock()
    limiter = ConcurrencyLimiter(8, clock)
    limiter.record(is_throttled=True)
    lock, gate = threading.Lock(), threading.Barrier(4)
    in_flight, highest = 0, 0

    def request() -> None:
        nonlocal in_flight, highest
        with limiter.slot():
            with lock:
                in_flight += 1
                highest = max(highest, in_flight)
            gate.wait(10)
            with lock:
                in_flight -= 1

    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(request) for _ in range(16)]:
            future.result()

    # Four may start at once; then the limit rises by one.
    assert 4 <= highest <= 8


@pytest.mark.parametrize(("error", "limit"), [(ThrottledError("a"), 4), (NetworkError("b"), 8)])
def test_only_throttling_lowers_the_limit(error: Exception, limit: int) -> None:
    limiter = ConcurrencyLimiter(8, Clock())
    with pytest.raises(type(error)), limiter.slot():
        raise error
    assert limiter.current_limit() == limit
    with limiter.slot():
        assert limiter.current_limit() >= 1
