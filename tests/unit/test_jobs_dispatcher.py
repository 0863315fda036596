from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import BrokerError, CatalogueReadOnlyError
from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE
from tasveer_tui.jobs.engine.dispatcher import Dispatcher, DispatchLimits, DispatchQueues
from tasveer_tui.jobs.engine.flow_control import SendQuota
from tasveer_tui.jobs.protocol import ReadTask, ScanTask, unpack
from tasveer_tui.jobs.transports.control import PauseNotifier
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

    from tasveer_tui.jobs.protocol import Envelope


@dataclass
class Broker:
    """Room and Post in one, without a broker."""

    scans: int = 2
    batches: int = 3
    is_idle: bool = False
    is_down: bool = False
    letters: dict[str, list[Envelope]] = field(
        default_factory=lambda: {SCAN_QUEUE: [], READ_QUEUE: []}
    )

    def room(self) -> SendQuota:
        return SendQuota(self.scans, self.batches, self.is_idle)

    def sent(self, queue: str) -> None: ...

    def unsent(self, queue: str) -> None: ...

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        del task, about
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.letters[queue].append(unpack(text))

    def orders(self) -> list[ReadTask]:
        return [letter.value(ReadTask) for letter in self.letters[READ_QUEUE]]


class DispatcherHarness:
    def __init__(self, folder: Path, **limits: float) -> None:
        self.catalogue = Catalogue(folder / "c.sqlite")
        self.recorder = self.catalogue.recorder()
        self.broker = Broker()
        self.problems: list[str] = []
        self.refusals: list[str] = []
        self.held: list[tuple[int, ...]] = []
        self.dispatcher = Dispatcher(
            self.recorder,
            DispatchQueues(self.broker, self.broker, "tasveer.record.x"),  # type: ignore[arg-type]
            PauseNotifier(self),
            limits=DispatchLimits(**limits),  # type: ignore[arg-type]
            on_problem=self.problems.append,
            on_refusal=self.refusals.append,
        )

    def tune(self, in_flight: int, workers: Sequence[str]) -> None: ...

    def hold(self, job_ids: Sequence[int]) -> None:
        """As whoever reads would hear it."""
        self.held.append(tuple(job_ids))

    def add(self, **spec: int) -> int:
        return self.catalogue.add_job(JobSpec(Source("", "b"), Access(), **spec))

    def list(self, count: int, *, is_last: bool = True) -> None:
        """Answer the newest scan order."""
        lease = self.broker.letters[SCAN_QUEUE][-1].value(ScanTask).lease
        start = int(lease.cursor.removesuffix(".jpg") or -1) + 1
        refs = tuple(ObjectRef(f"{n:06}.jpg", 10, "e") for n in range(start, start + count))
        page = Page((), refs, refs[-1].key if refs else "", is_last)
        self.recorder.record_page(ScannedPage(lease.scan_id, lease.job_id, lease.cursor, page))

    def answer(self) -> None:
        """Answer every read order."""
        for order in self.broker.orders():
            results = (ObjectResult(o.object_id, Record(Outcome.OK)) for o in order.batch.objects)
            batch = order.batch
            self.recorder.record_batch(BatchResult(batch.job_id, batch.batch_id, tuple(results)))
        self.broker.letters[READ_QUEUE].clear()


@pytest.fixture
def dispatcher_harness(tmp_path: Path) -> Iterator[DispatcherHarness]:
    made = DispatcherHarness(
        tmp_path, max_batch_objects=100, max_unread_objects=1_000, max_retry_delay_s=0.0
    )
    yield made
    made.catalogue.close()


def test_a_job_goes_from_scan_to_batches_to_done(dispatcher_harness: DispatcherHarness) -> None:
    job_id = dispatcher_harness.add()
    assert dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.letters[SCAN_QUEUE]) == 1

    dispatcher_harness.list(250)
    dispatcher_harness.dispatcher.round()
    assert [len(order.batch.objects) for order in dispatcher_harness.broker.orders()] == [
        100,
        100,
        50,
    ]

    dispatcher_harness.answer()
    dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.catalogue.job(job_id).state is JobState.DONE
    assert not dispatcher_harness.dispatcher.round()


def test_no_more_is_sent_than_there_is_room_for(dispatcher_harness: DispatcherHarness) -> None:
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.list(1_000)
    dispatcher_harness.broker.batches = 2

    dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.orders()) == 2

    dispatcher_harness.broker.batches = 0
    dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.orders()) == 2


def test_listing_waits_while_enough_is_open(dispatcher_harness: DispatcherHarness) -> None:
    dispatcher_harness.add()
    dispatcher_harness.broker.batches = 0
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.list(1_000, is_last=False)

    dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.letters[SCAN_QUEUE]) == 1

    dispatcher_harness.broker.batches = 1
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.answer()
    dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.letters[SCAN_QUEUE]) == 2


def test_jobs_take_turns(dispatcher_harness: DispatcherHarness) -> None:
    first, second = dispatcher_harness.add(), dispatcher_harness.add()
    for _ in range(2):
        dispatcher_harness.broker.scans = 1
        dispatcher_harness.dispatcher.round()
        dispatcher_harness.list(500)
    dispatcher_harness.broker.letters[READ_QUEUE].clear()
    dispatcher_harness.broker.batches = 4

    dispatcher_harness.dispatcher.round()

    jobs = [order.batch.job_id for order in dispatcher_harness.broker.orders()]
    assert jobs.count(first) == jobs.count(second) == 2


def test_what_could_not_be_sent_is_sent_first_when_the_broker_is_back(
    dispatcher_harness: DispatcherHarness,
) -> None:
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.list(300)
    dispatcher_harness.broker.is_down = True
    for _ in range(6):
        dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.problems[-1] == "The broker is down."
    assert dispatcher_harness.broker.orders() == []

    dispatcher_harness.broker.is_down = False
    dispatcher_harness.dispatcher.round()

    orders = dispatcher_harness.broker.orders()
    ids = [leased.object_id for order in orders for leased in order.batch.objects]
    assert len(ids) == len(set(ids)) == 300
    assert dispatcher_harness.problems[-1] == ""
    attempts = "SELECT max(attempts) FROM ledger"
    assert dispatcher_harness.catalogue.reader().execute(attempts).fetchone()[0] == 0


def test_a_paused_job_gets_nothing(dispatcher_harness: DispatcherHarness) -> None:
    job_id = dispatcher_harness.add()
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.list(300)
    dispatcher_harness.catalogue.pause(job_id)

    assert not dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.broker.orders() == []

    dispatcher_harness.catalogue.resume(job_id)
    assert dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.orders()) == 3


def test_leases_end_only_while_nothing_waits_in_the_queues(tmp_path: Path) -> None:
    dispatcher_harness = DispatcherHarness(tmp_path, lease_s=0.0)
    dispatcher_harness.add()
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.list(30)
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.dispatcher.round()
    assert len(dispatcher_harness.broker.orders()) == 1

    dispatcher_harness.broker.is_idle = True
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.dispatcher.round()

    assert [len(order.batch.objects) for order in dispatcher_harness.broker.orders()][:2] == [
        30,
        10,
    ]
    dispatcher_harness.catalogue.close()


def test_a_job_of_a_higher_priority_goes_first_and_the_others_have_what_it_leaves(
    dispatcher_harness: DispatcherHarness,
) -> None:
    dispatcher_harness.broker.scans = 1
    jobs = []
    for priority in (0, 5):
        jobs.append(dispatcher_harness.add(priority=priority))
        dispatcher_harness.dispatcher.round()
        dispatcher_harness.list(250 if priority else 500)
    dispatcher_harness.broker.letters[READ_QUEUE].clear()
    dispatcher_harness.broker.batches = 4

    dispatcher_harness.dispatcher.round()

    low, high = jobs
    assert [order.batch.job_id for order in dispatcher_harness.broker.orders()] == [high] * 3 + [
        low
    ]


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
    dispatcher_harness.dispatcher.round()
    dispatcher_harness.catalogue.pause(job_id)
    dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.held == [(job_id,)]

    dispatcher_harness.catalogue.resume(job_id)
    dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.held[-1] == ()

    dispatcher_harness.catalogue.cancel(job_id)
    dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.held[-1] == (job_id,)


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
            assert dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.refusals == ["The disk is full."]

    time.sleep(0.1)
    dispatcher_harness.dispatcher.round()
    assert dispatcher_harness.refusals[-1] == ""
    assert len(dispatcher_harness.broker.letters[SCAN_QUEUE]) == 1
    dispatcher_harness.catalogue.close()
