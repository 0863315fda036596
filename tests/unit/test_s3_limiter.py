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
    window = ConcurrencyLimiter(32, clock)

    for expected in (16, 8, 4, 2, 1, 1):
        window.record(is_throttled=True)
        clock.now += DECREASE_COOLDOWN_S
        assert window.current_limit() == expected

    answers = 0
    while window.current_limit() < 32:
        window.record(is_throttled=False)
        answers += 1
    assert 32 * 31 / 2 <= answers <= 32 * 33 / 2 + 32
    window.record(is_throttled=False)
    assert window.current_limit() == 32


def test_a_new_maximum_applies_at_once_and_keeps_a_lowered_limit() -> None:
    window = ConcurrencyLimiter(8)
    window.resize(20)
    assert window.current_limit() == 20
    window.record(is_throttled=True)
    window.resize(40)
    assert window.current_limit() == 10
    window.resize(4)
    assert window.current_limit() == 4


def test_requests_throttled_together_count_once() -> None:
    window = ConcurrencyLimiter(32, Clock())
    for _ in range(20):
        window.record(is_throttled=True)
    assert window.current_limit() == 16


def test_requests_in_flight_never_exceed_the_limit() -> None:
    clock = Clock()
    window = ConcurrencyLimiter(8, clock)
    window.record(is_throttled=True)
    lock, gate = threading.Lock(), threading.Barrier(4)
    now, most = 0, 0

    def request() -> None:
        nonlocal now, most
        with window.slot():
            with lock:
                now += 1
                most = max(most, now)
            gate.wait(10)
            with lock:
                now -= 1

    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(request) for _ in range(16)]:
            future.result()

    # Four may start at once; then the limit rises by one.
    assert 4 <= most <= 8


@pytest.mark.parametrize(("error", "width"), [(ThrottledError("a"), 4), (NetworkError("b"), 8)])
def test_only_throttling_lowers_the_limit(error: Exception, width: int) -> None:
    window = ConcurrencyLimiter(8, Clock())
    with pytest.raises(type(error)), window.slot():
        raise error
    assert window.current_limit() == width
    with window.slot():
        assert window.current_limit() >= 1
