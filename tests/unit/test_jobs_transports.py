"""Both transports: how much they take, what they pass on, and what they know of workers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.jobs.celery_app import make_app
from tasveer_tui.jobs.protocol import (
    JobStopped,
    PagesListed,
    ReadTask,
    ResultChunk,
    ScanTask,
    pack_reply,
    unpack,
)
from tasveer_tui.jobs.transport import EngineClosingError
from tasveer_tui.jobs.transports import local
from tasveer_tui.jobs.transports.celery import (
    MAX_READY_MESSAGES,
    MIN_READY_MESSAGES,
    QueueLevel,
    ReplyConsumer,
    WorkerMonitor,
)
from tasveer_tui.jobs.transports.local import SPARE_BATCHES, LocalTransport
from tasveer_tui.records import MESSAGE_VERSION, Access, Batch, Page, ScanLease, ScannedPage
from tests.support.engine_harness import wait_for_value

if TYPE_CHECKING:
    from tasveer_tui.jobs.protocol import MessageError, Reply
    from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources

SCAN = ScanTask(Access(), "photos", ScanLease(1, 7, "", ""))
READ = ReadTask(Access(), "photos", Batch(7, 3, ()))


class Receiver:
    """Keeps what it is given, or raises `error`."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.refused: list[tuple[int, str]] = []
        self.error: Exception | None = None

    def handle(self, reply: Reply) -> None:
        if self.error:
            raise self.error
        self.replies.append(reply)

    def refuse(self, job_id: int, error: MessageError) -> None:
        self.refused.append((job_id, str(error)))


# ------------------------------------------------------------------- local


def test_the_local_transport_has_a_few_tasks_in_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    release, ended = threading.Event(), threading.Semaphore(0)
    monkeypatch.setattr(local, "run_scan", lambda *_: release.wait(10))
    monkeypatch.setattr(local.ReadPool, "read", lambda *_: release.wait(10))
    transport = LocalTransport("w", Receiver(), in_flight=8, on_task_end=ended.release)
    batches = transport.capacity().batches
    assert batches == 2 + SPARE_BATCHES
    assert transport.capacity().is_idle

    transport.submit(SCAN)
    for _ in range(batches):
        transport.submit(READ)
    capacity = transport.capacity()
    assert (capacity.scans, capacity.batches, capacity.is_idle) == (local.MAX_SCANS - 1, 0, False)
    assert transport.depth() == (1, batches, 0)

    release.set()
    for _ in range(batches + 1):
        assert ended.acquire(timeout=10)
    assert transport.capacity().is_idle
    transport.close()


def test_a_local_listing_hands_its_pages_over_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = PagesListed(7, (ScannedPage(1, 7, "", Page()),))

    def scan(_task: ScanTask, context: TaskContext, resources: WorkerResources) -> None:
        assert resources.paused_jobs.contains(context.engine, 9)
        context.send(listed)

    monkeypatch.setattr(local, "run_scan", scan)
    receiver = Receiver()
    transport = LocalTransport("w", receiver, in_flight=8, on_task_end=lambda: None)
    transport.hold([9])
    transport.submit(SCAN)

    assert wait_for_value(lambda: receiver.replies)[0] is listed
    transport.close()


@pytest.mark.parametrize("error", [EngineClosingError(), ZeroDivisionError("a bug")])
def test_a_local_task_that_fails_makes_room_for_others(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def scan(_task: ScanTask, context: TaskContext, _resources: WorkerResources) -> None:
        context.send(PagesListed(7, ()))

    monkeypatch.setattr(local, "run_scan", scan)
    receiver, ended = Receiver(), threading.Event()
    receiver.error = error
    transport = LocalTransport("w", receiver, in_flight=8, on_task_end=ended.set)
    transport.submit(SCAN)

    assert ended.wait(10)
    assert transport.capacity().is_idle
    transport.close()


# ------------------------------------------------------------ flow control


def test_an_unconsumed_queue_holds_few_messages() -> None:
    level = QueueLevel()
    level.observe(0)
    assert level.room() == MIN_READY_MESSAGES

    level.published += MIN_READY_MESSAGES
    assert level.room() == 0
    level.observe(MIN_READY_MESSAGES)
    assert level.room() == 0


def test_a_fast_consumer_raises_the_queue_limit() -> None:
    level = QueueLevel()
    level.observe(0)
    for _ in range(5):
        level.published += level.room()
        level.observe(0)

    assert level.room() == MAX_READY_MESSAGES


def test_a_slow_consumer_lowers_the_queue_limit() -> None:
    level = QueueLevel()
    level.published = 50
    level.observe(0)
    filled = level.room()
    for _ in range(100):
        level.observe(0)

    assert filled > level.room() == MIN_READY_MESSAGES


# ---------------------------------------------------------------- consumer


class Message:
    def __init__(self, name: str) -> None:
        self.headers = {"task": name}
        self.is_acknowledged = False

    def ack(self) -> None:
        self.is_acknowledged = True


class Consumed:
    """A consumer without a broker, and what became of the messages."""

    def __init__(self) -> None:
        self.receiver = Receiver()
        self.problems: list[str] = []
        self.monitor = WorkerMonitor(self.problems.append)
        app = make_app("amqp://me:secret@127.0.0.1:1//")
        self.consumer = ReplyConsumer(app, "q", self.receiver, self.monitor, lambda _: None)

    def take(self, name: str, text: Any) -> bool:
        """Deliver a message; whether it was acknowledged."""
        message = Message(name)
        self.consumer._on_message(text if text is None else [[text], {}, {}], message)
        return message.is_acknowledged


def test_a_reply_is_acknowledged_after_it_was_recorded() -> None:
    consumed, reply = Consumed(), JobStopped(7, "Expired.")

    assert consumed.take(reply.NAME, pack_reply(reply))
    assert consumed.receiver.replies == [reply]


def test_a_reply_that_the_closing_engine_does_not_record_is_not_acknowledged() -> None:
    consumed = Consumed()
    consumed.receiver.error = EngineClosingError()

    assert not consumed.take(JobStopped.NAME, pack_reply(JobStopped(7, "Expired.")))


@pytest.mark.parametrize("text", ["nonsense", None, 5])
def test_a_message_that_is_none_is_dropped(text: Any) -> None:
    consumed = Consumed()

    assert consumed.take(ResultChunk.NAME, text)
    assert (consumed.receiver.replies, consumed.receiver.refused) == ([], [])


def test_a_reply_of_another_version_stops_its_job() -> None:
    consumed = Consumed()
    text = pack_reply(ResultChunk(7, 3, "w@h", []))
    text = text.replace(f'"version":{MESSAGE_VERSION}', '"version":3')

    assert consumed.take(ResultChunk.NAME, text)
    ((job_id, sentence),) = consumed.receiver.refused
    assert job_id == 7
    assert "has version 3" in sentence
    assert "Run the same version of tasveer-tui everywhere." in sentence


# ----------------------------------------------------------------- workers

HEARTBEAT = {
    "type": "worker-heartbeat", "hostname": "w@h", "active": 1, "loadavg": [0.5, 1, 1],
    "tasveer": "0.1.0", "messages": MESSAGE_VERSION, "processes": 2, "threads": 4,
}  # fmt: skip


def test_a_worker_is_known_from_its_first_results_before_any_heartbeat() -> None:
    consumed = Consumed()

    consumed.take(ResultChunk.NAME, pack_reply(ResultChunk(7, 3, "w@h", [])))

    (worker,) = consumed.monitor.workers()
    assert (worker.name, worker.messages) == ("w@h", MESSAGE_VERSION)
    consumed.monitor.on_event(HEARTBEAT)
    consumed.take(ResultChunk.NAME, pack_reply(ResultChunk(7, 4, "w@h", [])))
    (worker,) = consumed.monitor.workers()
    assert (worker.processes, worker.threads, worker.load) == (2, 4, 0.5)
    assert consumed.problems[-1] == ""


def test_the_pages_that_a_worker_listed_are_a_sign_of_life() -> None:
    consumed = Consumed()
    page = ScannedPage(1, 7, "", Page(), "w@h")

    consumed.take(PagesListed.NAME, pack_reply(PagesListed(7, (page,))))

    assert [worker.name for worker in consumed.monitor.workers()] == ["w@h"]


def test_a_silent_worker_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("tasveer_tui.jobs.transports.celery.time", lambda: now[0])
    monitor = WorkerMonitor(lambda _: None)
    monitor.on_event(HEARTBEAT)
    now[0] += 29
    assert monitor.workers()

    now[0] += 2
    assert monitor.workers() == ()


def test_a_worker_of_another_version_is_reported_by_name() -> None:
    problems: list[str] = []
    monitor = WorkerMonitor(problems.append)

    monitor.on_event({key: value for key, value in HEARTBEAT.items() if key != "tasveer"})
    assert monitor.workers() == ()
    monitor.on_event(HEARTBEAT | {"tasveer": "9.9.0", "messages": MESSAGE_VERSION + 1})
    assert problems[-1].startswith(
        f"Worker w@h runs tasveer-tui 9.9.0 and reads messages of version {MESSAGE_VERSION + 1}"
    )
    monitor.on_event({"type": "worker-offline", "hostname": "w@h", "tasveer": "9.9.0"})
    assert problems[-1] == ""
    assert monitor.workers() == ()


def test_a_packed_reply_says_which_program_wrote_it() -> None:
    assert unpack(pack_reply(JobStopped(7, ""))).program
