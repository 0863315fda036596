"""What a distributed worker answers, besides results."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.protocol import (
    BatchLost,
    JobStopped,
    ReadTask,
    ScanFailed,
    ScanTask,
    Task,
    pack_task,
)
from tasveer_tui.jobs.worker.process import LossReporter, run_message
from tasveer_tui.jobs.worker.resources import WorkerResources
from tasveer_tui.records import MESSAGE_VERSION, Access, Batch, ScanLease

if TYPE_CHECKING:
    from tasveer_tui.jobs.protocol import Reply
    from tasveer_tui.jobs.worker.resources import TaskContext

READ = ReadTask(Access(), "photos", Batch(7, 3, ()))
SCAN = ScanTask(Access(), "photos", ScanLease(5, 7, "", ""))


@dataclass
class Publisher:
    """Keeps what would be published."""

    sent: list[tuple[str, Reply]] = field(default_factory=list)
    is_down: bool = False

    def send_reply(self, queue: str, reply: Reply) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.sent.append((queue, reply))


def run(text: str, publisher: Publisher) -> list[Task]:
    """Run a message; returns the tasks that were carried out."""
    done: list[Task] = []

    def action(task: Task, context: TaskContext, _: WorkerResources) -> None:
        assert (context.worker, context.engine) == ("w@h", "queue")
        context.send(BatchLost(1, 2))
        done.append(task)

    resources = WorkerResources(1)
    run_message(text, ReadTask, action, resources, publisher, "w@h")  # type: ignore[arg-type]
    return done


def test_a_task_is_carried_out_and_replies_to_its_engine() -> None:
    publisher = Publisher()

    assert run(pack_task(READ, "queue"), publisher) == [READ]
    assert publisher.sent == [("queue", BatchLost(1, 2))]


def test_a_task_of_another_version_stops_its_job_with_a_sentence() -> None:
    publisher = Publisher()
    text = pack_task(READ, "queue").replace(f'"version":{MESSAGE_VERSION}', '"version":99')

    assert run(text, publisher) == []

    ((queue, reply),) = publisher.sent
    assert isinstance(reply, JobStopped)
    assert (queue, reply.job_id) == ("queue", 7)
    assert reply.reason.startswith("Worker w@h: A message of tasveer-tui")
    assert "has version 99" in reply.reason


@pytest.mark.parametrize(
    ("task", "reply"),
    [
        (READ, BatchLost(7, 3, "A worker was lost: killed")),
        (SCAN, ScanFailed(7, 5, "A worker was lost: killed", is_final=False)),
    ],
)
def test_a_task_over_which_a_process_died_is_reported(task: Task, reply: Reply) -> None:
    publisher = Publisher()
    reporter = LossReporter(publisher)  # type: ignore[arg-type]
    sender = SimpleNamespace(name=task.NAME)

    reporter.on_failure(sender, [pack_task(task, "queue")], exception="killed")  # type: ignore[arg-type]

    assert publisher.sent == [("queue", reply)]


@pytest.mark.parametrize(("name", "text"), [("celery.other", "{}"), (ReadTask.NAME, "nonsense")])
def test_a_failure_of_another_task_or_message_is_not_reported(name: str, text: str) -> None:
    publisher = Publisher()

    LossReporter(publisher).on_failure(SimpleNamespace(name=name), [text])  # type: ignore[arg-type]

    assert publisher.sent == []


def test_a_loss_that_cannot_be_reported_is_left_to_the_lease() -> None:
    publisher = Publisher(is_down=True)
    sender = SimpleNamespace(name=ReadTask.NAME)

    LossReporter(publisher).on_failure(sender, [pack_task(READ, "queue")])  # type: ignore[arg-type]
