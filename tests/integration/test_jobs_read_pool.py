"""The embedded engine's reading processes: results, held jobs, deaths."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs.protocol import (
    BatchLost,
    ObjectsReturned,
    ReadTask,
    Reply,
    ResultChunk,
    decode_results,
)
from tasveer_tui.jobs.transports.local import ReadPool
from tasveer_tui.records import Access, Batch, LeasedObject, ObjectRef, Outcome
from tests.support.engine_harness import BUCKET, put_photos, wait_for_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.range_server import RangeServer

JOB, BATCH = 3, 4


@pytest.fixture
def readers() -> Iterator[ReadPool]:
    made = ReadPool(8, "w@h")
    yield made
    made.close()


def read_task(server: RangeServer, count: int) -> ReadTask:
    put_photos(server, count)
    objects = tuple(LeasedObject(n, ObjectRef(f"{n:05}.jpg", 1, "same")) for n in range(count))
    access = Access(endpoint_url=server.url, is_anonymous=True)
    return ReadTask(access, BUCKET, Batch(JOB, BATCH, objects))


def children() -> list[int]:
    task = Path(f"/proc/{os.getpid()}/task")
    return [int(pid) for each in task.iterdir() for pid in (each / "children").read_text().split()]


def test_results_come_as_messages_for_the_engine(
    range_server: RangeServer, readers: ReadPool
) -> None:
    replies: list[Reply] = []

    for _ in range(2):
        readers.read(read_task(range_server, 30), replies.append)

    chunks = [reply for reply in replies if isinstance(reply, ResultChunk)]
    assert chunks == replies
    results = [each for chunk in chunks for each in decode_results(chunk).results]
    assert sorted(each.object_id for each in results) == sorted([*range(30), *range(30)])
    assert {each.record.outcome for each in results} == {Outcome.OK}
    assert {chunk.worker for chunk in chunks} == {"w@h"}


def test_a_process_that_dies_loses_its_batch_and_the_next_one_is_read(
    range_server: RangeServer, readers: ReadPool
) -> None:
    stuck, replies = range_server.fail("delay", seconds=60), list[Reply]()
    task = read_task(range_server, 5)
    reading = threading.Thread(target=readers.read, args=(task, replies.append))
    before = set(children())
    reading.start()
    wait_for_value(lambda: range_server.in_flight)

    for pid in set(children()) - before:
        os.kill(pid, signal.SIGKILL)
    reading.join(20)

    (reply,) = replies
    assert isinstance(reply, BatchLost)
    assert (reply.job_id, reply.batch_id) == (JOB, BATCH)
    range_server.rules.remove(stuck)
    readers.read(task, replies.append)
    assert isinstance(replies[-1], ResultChunk)


def test_a_paused_job_is_not_started_by_a_process_that_starts_later(
    range_server: RangeServer, readers: ReadPool
) -> None:
    readers.hold([JOB])
    replies: list[Reply] = []

    readers.read(read_task(range_server, 5), replies.append)

    assert replies == [ObjectsReturned(JOB, BATCH, [0, 1, 2, 3, 4])]
    readers.hold([])
    readers.read(read_task(range_server, 5), replies.append)
    assert isinstance(replies[-1], ResultChunk)
