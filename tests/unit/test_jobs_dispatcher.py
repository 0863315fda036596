from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.errors import BrokerError, CatalogueReadOnlyError
from tasveer_tui.jobs.backlog import Room
from tasveer_tui.jobs.broker import READ_QUEUE, SCAN_QUEUE
from tasveer_tui.jobs.dispatcher import Dispatcher, Limits, Queues
from tasveer_tui.jobs.messages import ReadOrder, ScanOrder, unpack
from tasveer_tui.jobs.steering import Steering
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

    from tasveer_tui.jobs.messages import Envelope


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

    def room(self) -> Room:
        return Room(self.scans, self.batches, self.is_idle)

    def sent(self, queue: str) -> None: ...

    def unsent(self, queue: str) -> None: ...

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        del task, about
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.letters[queue].append(unpack(text))

    def orders(self) -> list[ReadOrder]:
        return [letter.value(ReadOrder) for letter in self.letters[READ_QUEUE]]


class Stage:
    def __init__(self, folder: Path, **limits: float) -> None:
        self.catalogue = Catalogue(folder / "c.sqlite")
        self.recorder = self.catalogue.recorder()
        self.broker = Broker()
        self.problems: list[str] = []
        self.refusals: list[str] = []
        self.held: list[tuple[int, ...]] = []
        self.dispatcher = Dispatcher(
            self.recorder,
            Queues(self.broker, self.broker, "tasveer.record.x"),  # type: ignore[arg-type]
            Steering(self),
            limits=Limits(**limits),  # type: ignore[arg-type]
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
        lease = self.broker.letters[SCAN_QUEUE][-1].value(ScanOrder).lease
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
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, batch_objects=100, open_objects=1_000, longest_pause_s=0.0)
    yield made
    made.catalogue.close()


def test_a_job_goes_from_scan_to_batches_to_done(stage: Stage) -> None:
    job_id = stage.add()
    assert stage.dispatcher.round()
    assert len(stage.broker.letters[SCAN_QUEUE]) == 1

    stage.list(250)
    stage.dispatcher.round()
    assert [len(order.batch.objects) for order in stage.broker.orders()] == [100, 100, 50]

    stage.answer()
    stage.dispatcher.round()
    assert stage.catalogue.job(job_id).state is JobState.DONE
    assert not stage.dispatcher.round()


def test_no_more_is_sent_than_there_is_room_for(stage: Stage) -> None:
    stage.add()
    stage.dispatcher.round()
    stage.list(1_000)
    stage.broker.batches = 2

    stage.dispatcher.round()
    assert len(stage.broker.orders()) == 2

    stage.broker.batches = 0
    stage.dispatcher.round()
    assert len(stage.broker.orders()) == 2


def test_listing_waits_while_enough_is_open(stage: Stage) -> None:
    stage.add()
    stage.broker.batches = 0
    stage.dispatcher.round()
    stage.list(1_000, is_last=False)

    stage.dispatcher.round()
    assert len(stage.broker.letters[SCAN_QUEUE]) == 1

    stage.broker.batches = 1
    stage.dispatcher.round()
    stage.answer()
    stage.dispatcher.round()
    assert len(stage.broker.letters[SCAN_QUEUE]) == 2


def test_jobs_take_turns(stage: Stage) -> None:
    first, second = stage.add(), stage.add()
    for _ in range(2):
        stage.broker.scans = 1
        stage.dispatcher.round()
        stage.list(500)
    stage.broker.letters[READ_QUEUE].clear()
    stage.broker.batches = 4

    stage.dispatcher.round()

    jobs = [order.batch.job_id for order in stage.broker.orders()]
    assert jobs.count(first) == jobs.count(second) == 2


def test_what_could_not_be_sent_is_sent_first_when_the_broker_is_back(stage: Stage) -> None:
    stage.add()
    stage.dispatcher.round()
    stage.list(300)
    stage.broker.is_down = True
    for _ in range(6):
        stage.dispatcher.round()
    assert stage.problems[-1] == "The broker is down."
    assert stage.broker.orders() == []

    stage.broker.is_down = False
    stage.dispatcher.round()

    orders = stage.broker.orders()
    ids = [leased.object_id for order in orders for leased in order.batch.objects]
    assert len(ids) == len(set(ids)) == 300
    assert stage.problems[-1] == ""
    attempts = "SELECT max(attempts) FROM ledger"
    assert stage.catalogue.reader().execute(attempts).fetchone()[0] == 0


def test_a_paused_job_gets_nothing(stage: Stage) -> None:
    job_id = stage.add()
    stage.dispatcher.round()
    stage.list(300)
    stage.catalogue.pause(job_id)

    assert not stage.dispatcher.round()
    assert stage.broker.orders() == []

    stage.catalogue.resume(job_id)
    assert stage.dispatcher.round()
    assert len(stage.broker.orders()) == 3


def test_leases_end_only_while_nothing_waits_in_the_queues(tmp_path: Path) -> None:
    stage = Stage(tmp_path, lease_s=0.0)
    stage.add()
    stage.dispatcher.round()
    stage.list(30)
    stage.dispatcher.round()
    stage.dispatcher.round()
    assert len(stage.broker.orders()) == 1

    stage.broker.is_idle = True
    stage.dispatcher.round()
    stage.dispatcher.round()

    assert [len(order.batch.objects) for order in stage.broker.orders()][:2] == [30, 10]
    stage.catalogue.close()


def test_a_job_of_a_higher_priority_goes_first_and_the_others_have_what_it_leaves(
    stage: Stage,
) -> None:
    stage.broker.scans = 1
    jobs = []
    for priority in (0, 5):
        jobs.append(stage.add(priority=priority))
        stage.dispatcher.round()
        stage.list(250 if priority else 500)
    stage.broker.letters[READ_QUEUE].clear()
    stage.broker.batches = 4

    stage.dispatcher.round()

    low, high = jobs
    assert [order.batch.job_id for order in stage.broker.orders()] == [high] * 3 + [low]


def test_a_priority_can_be_changed_while_the_job_runs(stage: Stage) -> None:
    first, second = stage.add(), stage.add()
    stage.catalogue.prefer(second, 1)
    assert [job.id for job in stage.recorder.active_jobs()] == [second, first]
    stage.catalogue.prefer(first, 2)
    assert [job.id for job in stage.recorder.active_jobs()] == [first, second]


def test_whoever_reads_hears_of_jobs_that_stop(stage: Stage) -> None:
    job_id = stage.add()
    stage.dispatcher.round()
    stage.catalogue.pause(job_id)
    stage.dispatcher.round()
    assert stage.held == [(job_id,)]

    stage.catalogue.resume(job_id)
    stage.dispatcher.round()
    assert stage.held[-1] == ()

    stage.catalogue.cancel(job_id)
    stage.dispatcher.round()
    assert stage.held[-1] == (job_id,)


def test_a_ledger_that_refuses_stays_told_until_a_round_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, batch_objects=100, longest_pause_s=0.05)
    stage.add()

    def refuse(*_: object, **__: object) -> None:
        raise CatalogueReadOnlyError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(stage.recorder, "lease_scans", refuse)
        for _ in range(3):  # the first is refused, the others only wait
            assert stage.dispatcher.round()
    assert stage.refusals == ["The disk is full."]

    time.sleep(0.1)
    stage.dispatcher.round()
    assert stage.refusals[-1] == ""
    assert len(stage.broker.letters[SCAN_QUEUE]) == 1
    stage.catalogue.close()
