from __future__ import annotations

from tasveer_tui.jobs.broker import READ_QUEUE
from tasveer_tui.jobs.engine.flow_control import (
    EMBEDDED_SPARE_BATCHES,
    MAX_READY_MESSAGES,
    MIN_READY_MESSAGES,
    EmbeddedFlowControl,
    QueueDepth,
)


def test_the_embedded_engine_has_a_few_batches_in_hand() -> None:
    backlog = EmbeddedFlowControl(readers=2)
    assert backlog.room().is_idle

    for _ in range(4 + EMBEDDED_SPARE_BATCHES):
        backlog.sent(READ_QUEUE)
    assert backlog.room().batches == 0
    assert not backlog.room().is_idle

    backlog.unsent(READ_QUEUE)
    assert backlog.room().batches == 1


def test_an_unconsumed_queue_holds_few_messages() -> None:
    depth = QueueDepth()
    depth.observe(0)
    assert depth.room() == MIN_READY_MESSAGES

    depth.sent += MIN_READY_MESSAGES
    assert depth.room() == 0
    depth.observe(MIN_READY_MESSAGES)
    assert depth.room() == 0


def test_a_fast_consumer_raises_the_queue_limit() -> None:
    depth = QueueDepth()
    depth.observe(0)
    for _ in range(5):
        depth.sent += depth.room()
        depth.observe(0)

    assert depth.room() == MAX_READY_MESSAGES


def test_a_slow_consumer_lowers_the_queue_limit() -> None:
    depth = QueueDepth()
    depth.sent = 50
    depth.observe(0)
    filled = depth.room()
    for _ in range(100):
        depth.observe(0)

    assert filled > depth.room() == MIN_READY_MESSAGES
