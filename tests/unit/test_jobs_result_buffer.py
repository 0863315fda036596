from __future__ import annotations

import threading

import msgspec
import pytest

from tasveer_tui.jobs.protocol import EncodedResult
from tasveer_tui.jobs.worker.read_task import ResultBuffer

SIZE_BYTES = 100


def encoded(number: int) -> EncodedResult:
    return EncodedResult(number, msgspec.Raw(b"x" * SIZE_BYTES))


@pytest.mark.parametrize("max_wait_s", [0.0, 30.0])
def test_every_result_is_delivered_once_from_many_threads(max_wait_s: float) -> None:
    buffer = ResultBuffer(400, chunk_bytes=5 * SIZE_BYTES, max_wait_s=max_wait_s)

    def put(first: int) -> None:
        for number in range(first, 400, 4):
            buffer.put(number if number % 10 == 0 else encoded(number))

    threads = [threading.Thread(target=put, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    chunks = list(buffer.chunks())
    for thread in threads:
        thread.join()

    numbers = [each.object_id for chunk in chunks for each in chunk]
    assert sorted(numbers + buffer.unread_ids) == list(range(400))
    assert len(buffer.unread_ids) == 40
    assert max(map(len, chunks)) <= 5


def test_a_result_does_not_wait_for_slow_ones() -> None:
    buffer = ResultBuffer(2, chunk_bytes=1000, max_wait_s=0.01)
    buffer.put(encoded(1))
    chunks = buffer.chunks()

    assert [each.object_id for each in next(chunks)] == [1]

    buffer.put(2)
    assert list(chunks) == []
    assert buffer.unread_ids == [2]
