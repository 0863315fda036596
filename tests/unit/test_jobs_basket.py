from __future__ import annotations

import threading

import msgspec
import pytest

from tasveer_tui.jobs.basket import Basket
from tasveer_tui.jobs.messages import Part

SIZE_BYTES = 100


def part(number: int) -> Part:
    return Part(number, msgspec.Raw(b"x" * SIZE_BYTES))


@pytest.mark.parametrize("patience_s", [0.0, 30.0])
def test_every_answer_comes_once_however_many_threads_put_them(patience_s: float) -> None:
    basket = Basket(400, full_bytes=5 * SIZE_BYTES, patience_s=patience_s)

    def put(first: int) -> None:
        for number in range(first, 400, 4):
            basket.put(number if number % 10 == 0 else part(number))

    threads = [threading.Thread(target=put, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    parcels = list(basket.parcels())
    for thread in threads:
        thread.join()

    numbers = [each.object_id for parcel in parcels for each in parcel]
    assert sorted(numbers + basket.unread) == list(range(400))
    assert len(basket.unread) == 40
    assert max(map(len, parcels)) <= 5


def test_a_part_does_not_wait_for_others_that_are_slow() -> None:
    basket = Basket(2, full_bytes=1000, patience_s=0.01)
    basket.put(part(1))
    parcels = basket.parcels()

    assert [each.object_id for each in next(parcels)] == [1]

    basket.put(2)
    assert list(parcels) == []
    assert basket.unread == [2]
