"""The embedded engine's reading processes: results, held jobs, deaths."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs.broker import BATCH_LOST, OBJECTS_RETURNED, RECORD_BATCH
from tasveer_tui.jobs.engine.read_pool import ReadPool
from tasveer_tui.jobs.protocol import ReadTask, UnreadObjects, pack, unpack, unpack_batch_result
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


def order(server: RangeServer, count: int) -> str:
    put_photos(server, count)
    objects = tuple(LeasedObject(n, ObjectRef(f"{n:05}.jpg", 1, "same")) for n in range(count))
    access = Access(endpoint_url=server.url, is_anonymous=True)
    return pack(
        JOB, ReadTask(access, BUCKET, Batch(JOB, BATCH, objects)), reply="r", batch_id=BATCH
    )


def children() -> list[int]:
    task = Path(f"/proc/{os.getpid()}/task")
    return [int(pid) for each in task.iterdir() for pid in (each / "children").read_text().split()]


def test_results_come_as_messages_for_the_engine(
    range_server: RangeServer, readers: ReadPool
) -> None:
    told: list[tuple[str, str]] = []

    for _ in range(2):
        readers.read(order(range_server, 30), lambda *line: told.append(line))

    assert {task for task, _ in told} == {RECORD_BATCH}
    results = [each for _, text in told for each in unpack_batch_result(unpack(text)).results]
    assert sorted(each.object_id for each in results) == sorted([*range(30), *range(30)])
    assert {each.record.outcome for each in results} == {Outcome.OK}
    assert unpack_batch_result(unpack(told[0][1])).worker == "w@h"


def test_a_process_that_dies_loses_its_batch_and_the_next_one_is_read(
    range_server: RangeServer, readers: ReadPool
) -> None:
    stuck, told = range_server.fail("delay", seconds=60), list[tuple[str, str]]()
    text = order(range_server, 5)
    reading = threading.Thread(target=readers.read, args=(text, lambda *line: told.append(line)))
    before = set(children())
    reading.start()
    wait_for_value(lambda: range_server.in_flight)

    for pid in set(children()) - before:
        os.kill(pid, signal.SIGKILL)
    reading.join(20)

    ((task, news),) = told
    assert (task, unpack(news).job_id, unpack(news).batch_id) == (BATCH_LOST, JOB, BATCH)
    range_server.rules.remove(stuck)
    readers.read(text, lambda *line: told.append(line))
    assert told[-1][0] == RECORD_BATCH


def test_a_paused_job_is_not_started_by_a_process_that_starts_later(
    range_server: RangeServer, readers: ReadPool
) -> None:
    readers.hold("r", [JOB])
    told: list[tuple[str, str]] = []

    readers.read(order(range_server, 5), lambda *line: told.append(line))

    ((task, text),) = told
    assert task == OBJECTS_RETURNED
    assert sorted(unpack(text).value(UnreadObjects).object_ids) == [0, 1, 2, 3, 4]
    readers.hold("r", [])
    readers.read(order(range_server, 5), lambda *line: told.append(line))
    assert told[-1][0] == RECORD_BATCH
