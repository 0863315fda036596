from __future__ import annotations

import multiprocessing
import warnings
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.transports import control
from tasveer_tui.jobs.transports.control import ConcurrencyNotifier, PauseNotifier
from tasveer_tui.jobs.worker.shared_memory import MAX_PAUSED_JOBS, PausedJobs, SharedInt
from tasveer_tui.records import Access, JobSpec, JobState, JobView, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection


def job(number: int) -> JobView:
    return JobView(number, JobSpec(Source("", "b"), Access()), JobState.RUNNING, 0.0)


class FakeControlChannel:
    def __init__(self) -> None:
        self.said: list[tuple[int, ...]] = []
        self.tuned: list[tuple[int, list[str]]] = []
        self.is_down = False

    def hold(self, job_ids: Sequence[int]) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.said.append(tuple(job_ids))

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.tuned.append((in_flight, list(workers)))


def test_a_stopped_job_is_paused_until_it_runs_again() -> None:
    speaker = FakeControlChannel()
    steering = PauseNotifier(speaker)

    steering.look([job(1), job(2)], [])
    assert speaker.said == []
    steering.look([job(1)], [job(2)])
    assert speaker.said == [(2,)]
    steering.look([job(1)], [job(2)])
    assert speaker.said == [(2,)]
    steering.look([job(2)], [])
    assert speaker.said == [(2,), (1,)]
    steering.look([job(1), job(2)], [])
    assert speaker.said[-1] == ()


def test_each_worker_is_tuned_once_per_requested_concurrency() -> None:
    speaker = FakeControlChannel()
    tuning = ConcurrencyNotifier(speaker)

    tuning.look(0, ["a", "b"])
    assert speaker.tuned == []
    tuning.look(5, ["a", "b"])
    tuning.look(5, ["a", "b"])
    tuning.look(5, ["b", "c"])
    assert speaker.tuned == [(5, ["a", "b"]), (5, ["c"])]
    speaker.is_down = True
    with pytest.raises(BrokerError):
        tuning.look(0, ["b", "c"])
    speaker.is_down = False
    tuning.look(0, ["b", "c"])
    assert speaker.tuned[2:] == [(0, ["b", "c"])]


def test_a_shared_int_stays_in_bounds_and_resets_to_its_initial_value() -> None:
    dial = SharedInt(64)

    assert [dial.turn(number) for number in (7, 9_999, -3, 0)] == [7, 512, 1, 64]
    assert dial.number() == 64


def test_a_failed_notification_is_resent_at_the_next_poll() -> None:
    speaker = FakeControlChannel()
    steering = PauseNotifier(speaker)
    steering.look([job(1)], [])
    speaker.is_down = True

    for _ in range(2):
        with pytest.raises(BrokerError):
            steering.look([], [])
    speaker.is_down = False
    steering.look([], [])

    assert speaker.said == [(1,)]


def test_late_workers_are_notified(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(control, "monotonic", lambda: now[0])
    speaker = FakeControlChannel()
    said = PauseNotifier(speaker)
    said.look([], [job(5)])
    now[0] += control.REPEAT_INTERVAL_S
    said.look([], [job(5)])
    assert speaker.said == [(5,), (5,)]

    now[0] += control.STOPPED_JOB_TTL_S + 1
    said.look([], [])
    assert speaker.said[-1] == ()


def test_each_engine_holds_its_own_jobs() -> None:
    holds = PausedJobs()
    holds.hold("tasveer.record.a", [1, 2])
    holds.hold("tasveer.record.b", [2])
    assert holds.contains("tasveer.record.a", 1)
    assert not holds.contains("tasveer.record.b", 1)

    holds.hold("tasveer.record.a", [])
    assert not holds.contains("tasveer.record.a", 1)
    assert holds.contains("tasveer.record.b", 2)


def test_more_jobs_than_there_is_room_for_keep_the_newest() -> None:
    holds = PausedJobs()
    holds.hold("r", range(10 * MAX_PAUSED_JOBS))
    assert not holds.contains("r", 0)
    assert holds.contains("r", 10 * MAX_PAUSED_JOBS - 1)


def _answer(holds: PausedJobs, pipe: Connection) -> None:
    while pipe.recv():
        pipe.send(holds.contains("r", 7))


def test_a_control_message_reaches_the_forked_processes() -> None:
    holds = PausedJobs()
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_answer, args=(holds, theirs))
    with warnings.catch_warnings():
        # Python 3.12 and later warn of forks beside threads; pytest has some.
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()

    heard = []
    for ids in ([7], [8], [7, 9]):
        holds.hold("r", ids)
        ours.send("look")
        heard.append(ours.recv())
    ours.send("")
    child.join(10)

    assert heard == [True, False, True]
