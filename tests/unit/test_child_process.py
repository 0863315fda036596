from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.child_process import ChildProcess
from tests.support.engine_harness import wait_for_value

if TYPE_CHECKING:
    from pathlib import Path

ECHO = """
import sys
for line in sys.stdin.buffer:
    print(line.decode().upper(), end="", flush=True)
"""
STUBBORN = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(60)"


def test_what_is_written_is_answered_until_the_input_ends() -> None:
    child = ChildProcess(["-c", ECHO])

    assert child.write(b"hello\n")
    assert child.output.readline() == b"HELLO\n"
    assert child.exit_code is None
    assert child.end(20) == 0
    assert child.exit_code == 0


def test_a_message_larger_than_the_pipe_is_written_whole() -> None:
    count = "import sys\nprint(len(sys.stdin.buffer.readline()), flush=True)"
    child = ChildProcess(["-c", count])

    assert child.write(b"x" * 1_000_000 + b"\n")

    assert child.output.readline() == b"1000001\n"
    child.end(20)


def test_a_full_input_that_does_not_block_refuses() -> None:
    child = ChildProcess(["-c", STUBBORN])
    os.set_blocking(child.input_fd, False)

    assert not child.write(b"x" * 1_000_000)
    child.kill()


def test_writing_to_a_dead_child_is_false() -> None:
    child = ChildProcess(["-c", "raise SystemExit(3)"])
    assert wait_for_value(lambda: child.exit_code) == 3

    assert not child.write(b"hello\n")
    assert child.kill() == 3
    assert not child.write(b"hello\n")


def test_a_child_that_ignores_the_end_of_its_input_is_killed() -> None:
    child = ChildProcess(["-c", STUBBORN])
    assert child.output.readline() == b"ready\n"

    assert child.end(0.05) < 0


def test_a_released_child_goes_on(tmp_path: Path) -> None:
    done = tmp_path / "done"
    wait = "import pathlib, sys\nsys.stdin.read()\npathlib.Path(sys.argv[1]).touch()"
    child = ChildProcess(["-c", wait, str(done)], output=sys.__stderr__.buffer)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        child.release()
        del child

    wait_for_value(done.exists)


def test_a_forked_process_leaves_the_child_alone() -> None:
    child = ChildProcess(["-c", ECHO])
    with warnings.catch_warnings():
        # Python 3.12 and later warn of forks beside threads; pytest has some.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if not pid:
        os._exit(child.is_ours or child.kill())

    assert os.waitpid(pid, 0)[1] == 0
    assert child.exit_code is None
    child.end(20)


def test_a_program_that_cannot_be_started_is_an_os_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    with pytest.raises(FileNotFoundError):
        ChildProcess([])
