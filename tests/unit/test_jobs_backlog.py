from __future__ import annotations

from tasveer_tui.jobs.backlog import (
    EMBEDDED_SPARE,
    LEAST_READY,
    MOST_READY,
    Depth,
    EmbeddedBacklog,
)
from tasveer_tui.jobs.broker import READ_QUEUE


def test_the_embedded_engine_has_a_few_batches_in_hand() -> None:
    backlog = EmbeddedBacklog(readers=2)
    assert backlog.room().is_idle

    for _ in range(4 + EMBEDDED_SPARE):
        backlog.sent(READ_QUEUE)
    assert backlog.room().batches == 0
    assert not backlog.room().is_idle

    backlog.unsent(READ_QUEUE)
    assert backlog.room().batches == 1


def test_a_queue_that_nobody_empties_keeps_a_few_messages() -> None:
    depth = Depth()
    depth.saw(0)
    assert depth.room() == LEAST_READY

    depth.sent += LEAST_READY
    assert depth.room() == 0
    depth.saw(LEAST_READY)
    assert depth.room() == 0


def test_a_queue_that_is_emptied_fast_is_filled_further() -> None:
    depth = Depth()
    depth.saw(0)
    for _ in range(5):
        depth.sent += depth.room()
        depth.saw(0)

    assert depth.room() == MOST_READY


def test_a_queue_that_is_emptied_slowly_again_shrinks() -> None:
    depth = Depth()
    depth.sent = 50
    depth.saw(0)
    filled = depth.room()
    for _ in range(100):
        depth.saw(0)

    assert filled > depth.room() == LEAST_READY
