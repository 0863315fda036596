from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs import EngineProcess
from tasveer_tui.jobs.engine.reporting import StatusReporter
from tasveer_tui.jobs.status import EngineLock, EngineReport, StatusFile
from tasveer_tui.jobs.transport import QueueDepths
from tasveer_tui.records import LastRead, Outcome

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, pathlib
from tasveer_tui.jobs.status import EngineLock
lock = EngineLock(pathlib.Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def test_one_process_at_a_time_holds_a_catalogue(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    command = [sys.executable, "-c", HOLDER, str(db)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = EngineLock(db)
        assert lock.is_held()
        assert not lock.take(wait_s=0)

        holder.kill()
        holder.wait()

        assert not lock.is_held()
        assert lock.take(wait_s=0)
        assert lock.is_held()
        lock.release()


def test_checking_a_lock_does_not_take_it(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    EngineLock(db).take()
    assert not EngineLock(tmp_path / "other.sqlite").is_held()
    assert not (tmp_path / "other.sqlite.lock").exists()


def test_the_first_open_problem_is_shown_until_resolved(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    reporter, file = StatusReporter(db, ""), StatusFile(db)

    reporter.set_problem("listener", "The broker is down.")
    reporter.set_problem("catalogue", "The disk is full.")
    assert file.read().problem == "The broker is down."

    reporter.set_problem("listener", "")
    assert file.read().problem == "The disk is full."

    reporter.set_problem("catalogue", "")
    assert file.read().problem == ""


def test_an_engine_without_a_shutdown_record_was_not_clean(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    assert StatusReporter(db, "").was_clean()

    StatusReporter(db, "").ready()
    assert not StatusReporter(db, "").was_clean()

    StatusReporter(db, "").ended(is_clean=True)
    assert StatusReporter(db, "").was_clean()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"pid": "x"}'])
def test_a_damaged_status_file_counts_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.sqlite.engine.json").write_bytes(data)

    assert StatusFile(tmp_path / "c.sqlite").read() == EngineReport()


def test_what_was_read_last_comes_through_whatever_its_key_holds(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    read = LastRead(5.0, 7, "odd \udcff\x1b/a.jpg", Outcome.DENIED, "Leica\ud800", "No \udc80.")
    StatusReporter(db, "").update(QueueDepths(0, 1, 2), (), (read,))

    report = EngineProcess(db, log=tmp_path / "engine.log").report()

    assert report.last_read == (read,)
    assert report.batches_waiting == 1
