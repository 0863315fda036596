from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs import Engine
from tasveer_tui.jobs.reporter import Reporter
from tasveer_tui.jobs.status import Lock, Status, StatusFile
from tasveer_tui.records import LastRead, Outcome

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, pathlib
from tasveer_tui.jobs.status import Lock
lock = Lock(pathlib.Path(sys.argv[1]))
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
        lock = Lock(db)
        assert lock.is_held()
        assert not lock.take(wait_s=0)

        holder.kill()
        holder.wait()

        assert not lock.is_held()
        assert lock.take(wait_s=0)
        assert lock.is_held()
        lock.release()


def test_looking_at_a_lock_leaves_it_free(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    Lock(db).take()
    assert not Lock(tmp_path / "other.sqlite").is_held()
    assert not (tmp_path / "other.sqlite.lock").exists()


def test_the_first_open_problem_is_told_until_it_is_over(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    reporter, file = Reporter(db, ""), StatusFile(db)

    reporter.problem("listener", "The broker is down.")
    reporter.problem("catalogue", "The disk is full.")
    assert file.read().problem == "The broker is down."

    reporter.problem("listener", "")
    assert file.read().problem == "The disk is full."

    reporter.problem("catalogue", "")
    assert file.read().problem == ""


def test_an_engine_that_does_not_say_goodbye_was_not_clean(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    assert Reporter(db, "").was_clean()

    Reporter(db, "").ready()
    assert not Reporter(db, "").was_clean()

    Reporter(db, "").ended(is_clean=True)
    assert Reporter(db, "").was_clean()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"pid": "x"}'])
def test_a_damaged_status_file_counts_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.sqlite.engine.json").write_bytes(data)

    assert StatusFile(tmp_path / "c.sqlite").read() == Status()


def test_what_was_read_last_comes_through_whatever_its_key_holds(tmp_path: Path) -> None:
    db = tmp_path / "c.sqlite"
    read = LastRead(5.0, 7, "odd \udcff\x1b/a.jpg", Outcome.DENIED, "Leica\ud800", "No \udc80.")
    Reporter(db, "").seen((0, 1, 2), (), (read,))

    report = Engine(db, log=tmp_path / "engine.log").report()

    assert report.last_read == (read,)
    assert report.batches_waiting == 1
