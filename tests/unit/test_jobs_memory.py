from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.jobs.transports import local
from tasveer_tui.jobs.transports.celery import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator


LONG_TIMEOUT_S = 20
"""So long that only a consumer who is woken is there before."""


@pytest.fixture(autouse=True)
def slow_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "POLL_INTERVAL_S", LONG_TIMEOUT_S)


@pytest.fixture
def connection() -> Iterator[Any]:
    with make_app().connection_for_write() as opened:
        yield opened


def test_a_waiting_consumer_is_woken_at_once(connection: Any) -> None:
    queue = connection.SimpleQueue("woken")
    arrived: list[float] = []

    def wait() -> None:
        message = queue.get(timeout=2 * LONG_TIMEOUT_S)
        arrived.append(monotonic())
        message.ack()

    thread = threading.Thread(target=wait)
    thread.start()
    sent_at = monotonic()
    with make_app().connection_for_write() as other:
        other.SimpleQueue("woken").put({"n": 1})
    thread.join(2 * LONG_TIMEOUT_S)

    assert arrived[0] - sent_at < LONG_TIMEOUT_S


def test_an_acknowledgement_lets_the_next_message_in_at_once(connection: Any) -> None:
    queue = connection.SimpleQueue("next")
    queue.put({"n": 1})
    queue.put({"n": 2})
    queue.consumer.qos(prefetch_count=1)
    first = queue.get(timeout=2 * LONG_TIMEOUT_S)
    threading.Timer(0.05, first.ack).start()

    asked_at = monotonic()
    assert queue.get(timeout=2 * LONG_TIMEOUT_S).payload == {"n": 2}

    assert monotonic() - asked_at < LONG_TIMEOUT_S


def test_waiting_in_vain_ends_after_the_timeout(connection: Any) -> None:
    connection.SimpleQueue("empty").consumer.consume()

    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.05)
