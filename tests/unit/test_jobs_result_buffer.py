from __future__ import annotations

import threading

import msgspec
import pytest

from tasveer_tui.jobs.protocol import Result
from tasveer_tui.jobs.worker.read_task import ResultBuffer

SIZE_BYTES = 100


def part(number: int) -> Result:
    return Result(number, msgspec.Raw(b"x" * SIZE_BYTES))


@pytest.mark.parametrize("patience_s", [0.0, 30.0])
def test_every_result_is_delivered_once_from_many_threads(patience_s: float) -> None:
    basket = ResultBuffer(400, full_bytes=5 * SIZE_BYTES, patience_s=patience_s)

    def put(first: int) -> None:
        for number in range(first, 400, 4):
            basket.put(number if number % 10 == 0 else part(number))

    threads = [threading.Thread(target=put, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    parcels = list(basket.chunks())
    for thread in threads:
        thread.join()

    numbers = [each.object_id for parcel in parcels for each in parcel]
    assert sorted(numbers + basket.unread_ids) == list(range(400))
    assert len(basket.unread_ids) == 40
    assert max(map(len, parcels)) <= 5


def test_a_result_does_not_wait_for_slow_ones() -> None:
    basket = ResultBuffer(2, full_bytes=1000, patience_s=0.01)
    basket.put(part(1))
    parcels = basket.chunks()

    assert [each.object_id for each in next(parcels)] == [1]

    basket.put(2)
    assert list(parcels) == []
    assert basket.unread_ids == [2]
