from __future__ import annotations

from tasveer_tui.jobs.transports.celery import (
    MAX_READY_MESSAGES,
    MIN_READY_MESSAGES,
    QueueLevel,
)


def test_an_unconsumed_queue_holds_few_messages() -> None:
    level = QueueLevel()
    level.observe(0)
    assert level.room() == MIN_READY_MESSAGES

    level.published += MIN_READY_MESSAGES
    assert level.room() == 0
    level.observe(MIN_READY_MESSAGES)
    assert level.room() == 0


def test_a_fast_consumer_raises_the_queue_limit() -> None:
    level = QueueLevel()
    level.observe(0)
    for _ in range(5):
        level.published += level.room()
        level.observe(0)

    assert level.room() == MAX_READY_MESSAGES


def test_a_slow_consumer_lowers_the_queue_limit() -> None:
    level = QueueLevel()
    level.published = 50
    level.observe(0)
    filled = level.room()
    for _ in range(100):
        level.observe(0)

    assert filled > level.room() == MIN_READY_MESSAGES
