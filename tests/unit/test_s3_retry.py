"""Retries are limited, pause longer each time, and happen for retryable errors only."""

from __future__ import annotations

import pytest

from tasveer_tui.errors import AccessDeniedError, NetworkError, StorageError, ThrottledError
from tasveer_tui.s3 import retry
from tasveer_tui.s3.retry import RetryPolicy


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The upper bounds of the pauses; nothing sleeps."""
    drawn: list[float] = []
    monkeypatch.setattr(retry.random, "uniform", lambda _, ceiling: ceiling)
    monkeypatch.setattr(retry.time, "sleep", drawn.append)
    return drawn


def _failing(errors: list[StorageError]) -> object:
    def call() -> str:
        if errors:
            raise errors.pop(0)
        return "done"

    return call


def test_retryable_errors_are_retried_with_growing_pauses(pauses: list[float]) -> None:
    call = _failing([NetworkError("a"), NetworkError("b"), NetworkError("c")])
    assert RetryPolicy(4, 0.25, 60).run(call) == "done"
    assert pauses == [0.25, 0.5, 1.0]


def test_throttling_pauses_longer_up_to_a_maximum(pauses: list[float]) -> None:
    call = _failing([ThrottledError("a")] * 6)
    assert RetryPolicy(7, 0.25, 600).run(call) == "done"
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_the_last_error_is_raised(pauses: list[float]) -> None:
    with pytest.raises(NetworkError, match="second"):
        RetryPolicy(2, 0.1, 60).run(_failing([NetworkError("first"), NetworkError("second")]))
    assert len(pauses) == 1


def test_errors_that_are_not_retryable_are_raised_at_once(pauses: list[float]) -> None:
    with pytest.raises(AccessDeniedError):
        RetryPolicy(4, 0.1, 60).run(_failing([AccessDeniedError("no")]))
    assert pauses == []


def test_no_try_starts_after_the_maximum_time(pauses: list[float]) -> None:
    with pytest.raises(NetworkError, match="a"):
        RetryPolicy(4, 10.0, 5).run(_failing([NetworkError("a"), NetworkError("b")]))
    assert pauses == []
