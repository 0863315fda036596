from __future__ import annotations

import multiprocessing
import warnings
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs import steering
from tasveer_tui.jobs.dial import Dial
from tasveer_tui.jobs.holds import MOST, Holds
from tasveer_tui.jobs.steering import Steering, Tuning
from tasveer_tui.records import Access, JobSpec, JobState, JobView, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection


def job(number: int) -> JobView:
    return JobView(number, JobSpec(Source("", "b"), Access()), JobState.RUNNING, 0.0)


class Speaker:
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


def test_a_job_that_stops_is_held_until_it_runs_again() -> None:
    speaker = Speaker()
    steering = Steering(speaker)

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


def test_each_worker_is_tuned_once_and_again_where_the_wish_changes() -> None:
    speaker = Speaker()
    tuning = Tuning(speaker)

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


def test_a_dial_keeps_to_its_bounds_and_goes_back_to_where_it_stood() -> None:
    dial = Dial(64)

    assert [dial.turn(number) for number in (7, 9_999, -3, 0)] == [7, 512, 1, 64]
    assert dial.number() == 64


def test_what_could_not_be_said_is_said_at_the_next_look() -> None:
    speaker = Speaker()
    steering = Steering(speaker)
    steering.look([job(1)], [])
    speaker.is_down = True

    for _ in range(2):
        with pytest.raises(BrokerError):
            steering.look([], [])
    speaker.is_down = False
    steering.look([], [])

    assert speaker.said == [(1,)]


def test_workers_that_come_later_hear_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(steering, "monotonic", lambda: now[0])
    speaker = Speaker()
    said = Steering(speaker)
    said.look([], [job(5)])
    now[0] += steering.REPEAT_S
    said.look([], [job(5)])
    assert speaker.said == [(5,), (5,)]

    now[0] += steering.KEEP_S + 1
    said.look([], [])
    assert speaker.said[-1] == ()


def test_each_engine_holds_its_own_jobs() -> None:
    holds = Holds()
    holds.hold("tasveer.record.a", [1, 2])
    holds.hold("tasveer.record.b", [2])
    assert holds.has("tasveer.record.a", 1)
    assert not holds.has("tasveer.record.b", 1)

    holds.hold("tasveer.record.a", [])
    assert not holds.has("tasveer.record.a", 1)
    assert holds.has("tasveer.record.b", 2)


def test_more_jobs_than_there_is_room_for_keep_the_newest() -> None:
    holds = Holds()
    holds.hold("r", range(10 * MOST))
    assert not holds.has("r", 0)
    assert holds.has("r", 10 * MOST - 1)


def _answer(holds: Holds, pipe: Connection) -> None:
    while pipe.recv():
        pipe.send(holds.has("r", 7))


def test_a_word_to_the_worker_reaches_the_processes_that_it_has_forked() -> None:
    holds = Holds()
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
