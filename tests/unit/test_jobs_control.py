from __future__ import annotations

import multiprocessing
import warnings
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.engine import notifiers
from tasveer_tui.jobs.engine.notifiers import ConcurrencyNotifier, PauseNotifier
from tasveer_tui.jobs.worker.resources import MAX_PAUSED_JOBS, PausedJobs, SharedInt
from tasveer_tui.records import Access, JobSpec, JobState, JobView, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection


def job(number: int) -> JobView:
    return JobView(number, JobSpec(Source("", "b"), Access()), JobState.RUNNING, 0.0)


class FakeTransport:
    def __init__(self) -> None:
        self.held: list[tuple[int, ...]] = []
        self.tuned: list[tuple[int, list[str]]] = []
        self.is_down = False

    def hold(self, job_ids: Sequence[int]) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.held.append(tuple(job_ids))

    def tune(self, in_flight: int, workers: Sequence[str]) -> None:
        if self.is_down:
            raise BrokerError("The broker is down.")
        self.tuned.append((in_flight, list(workers)))


def test_a_stopped_job_is_paused_until_it_runs_again() -> None:
    transport = FakeTransport()
    notifier = PauseNotifier(transport)  # type: ignore[arg-type]

    notifier.update([job(1), job(2)], [])
    assert transport.held == []
    notifier.update([job(1)], [job(2)])
    assert transport.held == [(2,)]
    notifier.update([job(1)], [job(2)])
    assert transport.held == [(2,)]
    notifier.update([job(2)], [])
    assert transport.held == [(2,), (1,)]
    notifier.update([job(1), job(2)], [])
    assert transport.held[-1] == ()


def test_each_worker_is_tuned_once_per_requested_concurrency() -> None:
    transport = FakeTransport()
    notifier = ConcurrencyNotifier(transport)  # type: ignore[arg-type]

    notifier.update(0, ["a", "b"])
    assert transport.tuned == []
    notifier.update(5, ["a", "b"])
    notifier.update(5, ["a", "b"])
    notifier.update(5, ["b", "c"])
    assert transport.tuned == [(5, ["a", "b"]), (5, ["c"])]
    transport.is_down = True
    with pytest.raises(BrokerError):
        notifier.update(0, ["b", "c"])
    transport.is_down = False
    notifier.update(0, ["b", "c"])
    assert transport.tuned[2:] == [(0, ["b", "c"])]


def test_a_shared_int_stays_in_bounds_and_resets_to_its_initial_value() -> None:
    number = SharedInt(64)

    assert [number.set(value) for value in (7, 9_999, -3, 0)] == [7, 512, 1, 64]
    assert number.get() == 64


def test_a_failed_notification_is_resent_at_the_next_poll() -> None:
    transport = FakeTransport()
    notifier = PauseNotifier(transport)  # type: ignore[arg-type]
    notifier.update([job(1)], [])
    transport.is_down = True

    for _ in range(2):
        with pytest.raises(BrokerError):
            notifier.update([], [])
    transport.is_down = False
    notifier.update([], [])

    assert transport.held == [(1,)]


def test_late_workers_are_notified(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(notifiers, "monotonic", lambda: now[0])
    transport = FakeTransport()
    notifier = PauseNotifier(transport)  # type: ignore[arg-type]
    notifier.update([], [job(5)])
    now[0] += notifiers.REPEAT_INTERVAL_S
    notifier.update([], [job(5)])
    assert transport.held == [(5,), (5,)]

    now[0] += notifiers.STOPPED_JOB_TTL_S + 1
    notifier.update([], [])
    assert transport.held[-1] == ()


def test_each_engine_pauses_its_own_jobs() -> None:
    paused = PausedJobs()
    paused.set("tasveer.record.a", [1, 2])
    paused.set("tasveer.record.b", [2])
    assert paused.contains("tasveer.record.a", 1)
    assert not paused.contains("tasveer.record.b", 1)

    paused.set("tasveer.record.a", [])
    assert not paused.contains("tasveer.record.a", 1)
    assert paused.contains("tasveer.record.b", 2)


def test_more_jobs_than_there_is_room_for_keep_the_newest() -> None:
    paused = PausedJobs()
    paused.set("r", range(10 * MAX_PAUSED_JOBS))
    assert not paused.contains("r", 0)
    assert paused.contains("r", 10 * MAX_PAUSED_JOBS - 1)


def _answer(paused: PausedJobs, pipe: Connection) -> None:
    while pipe.recv():
        pipe.send(paused.contains("r", 7))


def test_a_control_message_reaches_the_forked_processes() -> None:
    paused = PausedJobs()
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_answer, args=(paused, theirs))
    with warnings.catch_warnings():
        # Python 3.12 and later warn of forks beside threads; pytest has some.
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()

    heard = []
    for ids in ([7], [8], [7, 9]):
        paused.set("r", ids)
        ours.send("check")
        heard.append(ours.recv())
    ours.send("")
    child.join(10)

    assert heard == [True, False, True]
