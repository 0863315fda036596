from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import BrokerError, CatalogueReadOnlyError
from tasveer_tui.jobs.engine.dispatcher import Dispatcher, DispatchLimits
from tasveer_tui.jobs.protocol import ReadTask, ScanTask
from tasveer_tui.jobs.transport import Capacity
from tasveer_tui.records import (
    Access,
    BatchResult,
    JobSpec,
    JobState,
    ObjectRef,
    ObjectResult,
    Outcome,
    Page,
    Record,
    ScannedPage,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.jobs.protocol import Task


@dataclass
class FakeTransport:
    """Keeps what is submitted."""

    scans: int = 2
    batches: int = 3
    is_idle: bool = False
    is_down: bool = False
    submitted: list[Task] = field(default_factory=list)
    held: list[tuple[int, ...]] = field(default_factory=list)

    def capacity(self) -> Capacity:
        return Capacity(self.scans, self.batches, self.is_idle)

    def submit(self, task: Task) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.submitted.append(task)

    def hold(self, job_ids: Sequence[int]) -> None:
        self.held.append(tuple(job_ids))

    def scan_tasks(self) -> list[ScanTask]:
        return [task for task in self.submitted if isinstance(task, ScanTask)]

    def read_tasks(self) -> list[ReadTask]:
        return [task for task in self.submitted if isinstance(task, ReadTask)]

    def forget_read_tasks(self) -> None:
        self.submitted = [task for task in self.submitted if isinstance(task, ScanTask)]


class DispatcherHarness:
    def __init__(self, folder: Path, **limits: float) -> None:
        self.catalogue = Catalogue(folder / "c.sqlite")
        self.recorder = self.catalogue.recorder()
        self.transport = FakeTransport()
        self.problems: list[str] = []
        self.write_errors: list[str] = []
        self.dispatcher = Dispatcher(
            self.recorder,
            self.transport,  # type: ignore[arg-type]
            limits=DispatchLimits(**limits),  # type: ignore[arg-type]
            on_problem=self.problems.append,
            on_write_error=self.write_errors.append,
        )

    def add(self, **spec: int) -> int:
        return self.catalogue.add_job(JobSpec(Source("", "b"), Access(), **spec))

    def list(self, count: int, *, is_last: bool = True) -> None:
        """Record a page for the newest scan task."""
        lease = self.transport.scan_tasks()[-1].lease
        start = int(lease.cursor.removesuffix(".jpg") or -1) + 1
        refs = tuple(ObjectRef(f"{n:06}.jpg", 10, "e") for n in range(start, start + count))
        page = Page((), refs, refs[-1].key if refs else "", is_last)
        self.recorder.record_page(ScannedPage(lease.scan_id, lease.job_id, lease.cursor, page))

    def answer(self) -> None:
        """Record results for every read task."""
        for task in self.transport.read_tasks():
            batch = task.batch
            results = (ObjectResult(o.object_id, Record(Outcome.OK)) for o in batch.objects)
            self.recorder.record_batch(BatchResult(batch.job_id, batch.batch_id, tuple(results)))
        self.transport.forget_read_tasks()


@pytest.fixture
def dispatcher_harness(tmp_path: Path) -> Iterator[DispatcherHarness]:
    made = DispatcherHarness(
        tmp_path, max_batch_objects=100, max_unread_objects=1_000, max_retry_delay_s=0.0
    )
    yield made
    made.catalogue.close()


def test_a_job_goes_from_scan_to_batches_to_done(dispatcher_harness: DispatcherHarness) -> None:
    job_id = dispatcher_harness.add()
    assert dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.scan_tasks()) == 1

    dispatcher_harness.list(250)
    dispatcher_harness.dispatcher.run_once()
    assert [len(task.batch.objects) for task in dispatcher_harness.transport.read_tasks()] == [
        100,
        100,
        50,
    ]

    dispatcher_harness.answer()
    dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.catalogue.job(job_id).state is JobState.DONE
    assert not dispatcher_harness.dispatcher.run_once()


def test_no_more_is_sent_than_there_is_room_for(dispatcher_harness: DispatcherHarness) -> None:
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.list(1_000)
    dispatcher_harness.transport.batches = 2

    dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.read_tasks()) == 2

    dispatcher_harness.transport.batches = 0
    dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.read_tasks()) == 2


def test_listing_waits_while_enough_is_open(dispatcher_harness: DispatcherHarness) -> None:
    dispatcher_harness.add()
    dispatcher_harness.transport.batches = 0
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.list(1_000, is_last=False)

    dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.scan_tasks()) == 1

    dispatcher_harness.transport.batches = 1
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.answer()
    dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.scan_tasks()) == 2


def test_jobs_take_turns(dispatcher_harness: DispatcherHarness) -> None:
    first, second = dispatcher_harness.add(), dispatcher_harness.add()
    for _ in range(2):
        dispatcher_harness.transport.scans = 1
        dispatcher_harness.dispatcher.run_once()
        dispatcher_harness.list(500)
    dispatcher_harness.transport.forget_read_tasks()
    dispatcher_harness.transport.batches = 4

    dispatcher_harness.dispatcher.run_once()

    jobs = [task.batch.job_id for task in dispatcher_harness.transport.read_tasks()]
    assert jobs.count(first) == jobs.count(second) == 2


def test_what_could_not_be_sent_is_sent_first_when_the_broker_is_back(
    dispatcher_harness: DispatcherHarness,
) -> None:
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.list(300)
    dispatcher_harness.transport.is_down = True
    for _ in range(6):
        dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.problems[-1] == "The broker is down."
    assert dispatcher_harness.transport.read_tasks() == []

    dispatcher_harness.transport.is_down = False
    dispatcher_harness.dispatcher.run_once()

    tasks = dispatcher_harness.transport.read_tasks()
    ids = [leased.object_id for task in tasks for leased in task.batch.objects]
    assert len(ids) == len(set(ids)) == 300
    assert dispatcher_harness.problems[-1] == ""
    attempts = "SELECT max(attempts) FROM ledger"
    assert dispatcher_harness.catalogue.reader().execute(attempts).fetchone()[0] == 0


def test_a_paused_job_gets_nothing(dispatcher_harness: DispatcherHarness) -> None:
    job_id = dispatcher_harness.add()
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.list(300)
    dispatcher_harness.catalogue.pause(job_id)

    assert not dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.transport.read_tasks() == []

    dispatcher_harness.catalogue.resume(job_id)
    assert dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.read_tasks()) == 3


def test_leases_end_only_while_nothing_waits_in_the_queues(tmp_path: Path) -> None:
    dispatcher_harness = DispatcherHarness(tmp_path, lease_s=0.0)
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.list(30)
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.dispatcher.run_once()
    assert len(dispatcher_harness.transport.read_tasks()) == 1

    dispatcher_harness.transport.is_idle = True
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.dispatcher.run_once()

    assert [len(task.batch.objects) for task in dispatcher_harness.transport.read_tasks()][:2] == [
        30,
        10,
    ]
    dispatcher_harness.catalogue.close()


def test_a_job_of_a_higher_priority_goes_first_and_the_others_have_what_it_leaves(
    dispatcher_harness: DispatcherHarness,
) -> None:
    dispatcher_harness.transport.scans = 1
    jobs = []
    for priority in (0, 5):
        jobs.append(dispatcher_harness.add(priority=priority))
        dispatcher_harness.dispatcher.run_once()
        dispatcher_harness.list(250 if priority else 500)
    dispatcher_harness.transport.forget_read_tasks()
    dispatcher_harness.transport.batches = 4

    dispatcher_harness.dispatcher.run_once()

    low, high = jobs
    assert [task.batch.job_id for task in dispatcher_harness.transport.read_tasks()] == [
        high
    ] * 3 + [low]


def test_a_priority_can_be_changed_while_the_job_runs(
    dispatcher_harness: DispatcherHarness,
) -> None:
    first, second = dispatcher_harness.add(), dispatcher_harness.add()
    dispatcher_harness.catalogue.set_priority(second, 1)
    assert [job.id for job in dispatcher_harness.recorder.active_jobs()] == [second, first]
    dispatcher_harness.catalogue.set_priority(first, 2)
    assert [job.id for job in dispatcher_harness.recorder.active_jobs()] == [first, second]


def test_readers_are_notified_of_stopped_jobs(dispatcher_harness: DispatcherHarness) -> None:
    job_id = dispatcher_harness.add()
    dispatcher_harness.dispatcher.run_once()
    dispatcher_harness.catalogue.pause(job_id)
    dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.transport.held == [(job_id,)]

    dispatcher_harness.catalogue.resume(job_id)
    dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.transport.held[-1] == ()

    dispatcher_harness.catalogue.cancel(job_id)
    dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.transport.held[-1] == (job_id,)


def test_a_ledger_write_error_is_reported_until_a_write_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher_harness = DispatcherHarness(tmp_path, max_batch_objects=100, max_retry_delay_s=0.05)
    dispatcher_harness.add()

    def refuse(*_: object, **__: object) -> None:
        raise CatalogueReadOnlyError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(dispatcher_harness.recorder, "lease_scans", refuse)
        for _ in range(3):  # the first is refused, the others only wait
            assert dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.write_errors == ["The disk is full."]

    time.sleep(0.1)
    dispatcher_harness.dispatcher.run_once()
    assert dispatcher_harness.write_errors[-1] == ""
    assert len(dispatcher_harness.transport.scan_tasks()) == 1
    dispatcher_harness.catalogue.close()
