import os

import pytest

from tasveer_tui.errors import ObjectChangedError
from tasveer_tui.exif.budget import KIB, Budget, Meter, OverBudgetError
from tasveer_tui.exif.ranges import BLOCK_BYTES, RangeReader
from tasveer_tui.records import Chunk
from tests.support.image_files import fetch_from

DATA = os.urandom(3_000_000)


def opened(log: list[tuple[int, int]], budget: Budget | None = None) -> tuple[RangeReader, Meter]:
    meter = Meter(budget or Budget())
    return RangeReader(fetch_from(DATA, log=log), meter), meter


def test_the_first_request_is_one_block_and_serves_what_lies_in_it() -> None:
    log: list[tuple[int, int]] = []
    ranges, meter = opened(log)
    assert ranges.read(10, 500) == DATA[10:510]
    assert log == [(0, BLOCK_BYTES)]
    assert (ranges.size_bytes, ranges.etag, meter.read_bytes) == (len(DATA), "e1", BLOCK_BYTES)


def test_requests_are_aligned_and_never_made_twice() -> None:
    log: list[tuple[int, int]] = []
    ranges, _ = opened(log)
    for _ in range(2):
        assert ranges.read(1_000_000, 70_000) == DATA[1_000_000:1_070_000]
    assert log[1:] == [(15 * BLOCK_BYTES, 2 * BLOCK_BYTES)]


def test_a_read_across_cached_and_missing_blocks_asks_for_the_missing_ones() -> None:
    log: list[tuple[int, int]] = []
    ranges, _ = opened(log)
    ranges.read(20 * BLOCK_BYTES, 1)
    assert (
        ranges.read(19 * BLOCK_BYTES, 3 * BLOCK_BYTES) == DATA[19 * BLOCK_BYTES : 22 * BLOCK_BYTES]
    )
    assert log[2:] == [(19 * BLOCK_BYTES, BLOCK_BYTES), (21 * BLOCK_BYTES, BLOCK_BYTES)]


def test_going_on_reads_ahead_in_doubling_steps() -> None:
    log: list[tuple[int, int]] = []
    ranges, _ = opened(log)
    for at in range(0, 1_000_000, 60_000):
        ranges.read(at, 100)
    assert [length // BLOCK_BYTES for _, length in log] == [1, 1, 2, 4, 8]


def test_reading_beyond_the_end_gives_what_there_is() -> None:
    ranges, _ = opened([])
    assert ranges.read(len(DATA) - 5, 100) == DATA[-5:]
    assert ranges.read(len(DATA) + 5, 100) == b""


def test_a_part_counts_from_its_own_start_and_knows_its_place() -> None:
    ranges, _ = opened([])
    part = ranges.part(2_000_000, 1_000)
    assert part.read(990, 100) == DATA[2_000_990:2_001_000]
    assert part.place(7) == 2_000_007
    assert part.part(100, 50).read(0, 99) == DATA[2_000_100:2_000_150]
    near = ranges.part(100, 50)
    assert (near.read(10, 99), near.place(3)) == (DATA[110:150], 103)


def test_bytes_are_counted_before_they_are_asked_for() -> None:
    log: list[tuple[int, int]] = []
    ranges, meter = opened(log, Budget(read_bytes=256 * KIB))
    with pytest.raises(OverBudgetError, match="bytes"):
        ranges.read(1_000_000, 1_000_000)
    assert len(log) == 1
    assert meter.read_bytes == BLOCK_BYTES


def test_reading_ahead_never_breaks_the_budget() -> None:
    ranges, _ = opened([], Budget(read_bytes=9 * BLOCK_BYTES))
    for at in range(0, 9 * BLOCK_BYTES, BLOCK_BYTES):
        assert ranges.read(at, 10) == DATA[at : at + 10]


def test_requests_are_limited() -> None:
    ranges, _ = opened([], Budget(requests=3))
    ranges.read(1_000_000, 1)
    ranges.read(2_000_000, 1)
    with pytest.raises(OverBudgetError, match="requests"):
        ranges.read(2_900_000, 1)


def test_another_size_in_a_later_answer_means_another_object() -> None:
    sizes = iter((len(DATA), len(DATA) + 1))

    def fetch(start: int, length: int) -> Chunk:
        return Chunk(start, DATA[start : start + length], next(sizes), "e1")

    ranges = RangeReader(fetch, Meter(Budget()))
    with pytest.raises(ObjectChangedError):
        ranges.read(1_000_000, 1)
