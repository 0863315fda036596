r"""From a key to its frame, for the Library of the real program in a pseudo-terminal.

    bin/bench search --images 1000000 --catalogue FILE     # makes a catalogue, once
    bin/bench table --catalogue FILE [--size 160x50] [--times 60]
    bin/bench table --command "vd FILE.csv" --ready .jpg --home gg        # another program
    bin/bench table --command "harlequin -a sqlite FILE" --ready .jpg --end '\x1b[1;5F' \
        --home '\x1b[1;5H' --type 'select * from image ' --type '\n' --type '\x1b[15~'

CPU is of the program with all its threads, from the key until the terminal has been quiet for
a moment; wall is from the key to the last byte of that frame. On a machine that others use, CPU
and the smaller walls tell; the bar is a p95 of 16 ms for a line and a page, 50 ms for the rest.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import shlex
import signal
import statistics
import struct
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET_S: Final = 0.03
"""Without a byte for so long, a frame is over."""
KEY_INTERVAL_S: Final = 0.25
"""Between two keys, for what follows a frame: the inspector reads, rows are fetched ahead."""
START_TIMEOUT_S: Final = 90.0
"""For what must have come before a key is measured."""
KEYS: Final = (
    ("down", b"\x1b[B", b""),
    ("page down", b"\x1b[6~", b""),
    ("page up", b"\x1b[5~", b""),
    ("column right and left", b"\x1b[C", b"\x1b[D"),
)
TYPING_DELAY_S: Final = 4.0
"""Prefix of each command to the other program."""
IDLE_CORE_SHARE: Final = 0.05
"""Of a core: a program that takes less has loaded what it loads."""
KEY_REPEAT_HZ: Final = 30
HELD_KEY_PRESSES: Final = 100


class Terminal:
    """The other end of a pseudo-terminal in which a program runs."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], home: str) -> None:
        columns, lines = size
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", HOME=home)
            os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = home
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.received, self.last_at, self._tail = 0, 0.0, b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                return
            self.received += len(data)
            self.last_at = time.perf_counter()
            self._tail = (self._tail + data)[-200_000:]

    def wait(self, text: str) -> float:
        """Wait for a text; seconds that it took."""
        start = time.perf_counter()
        while not re.search(text, self._tail.decode("utf-8", "replace")):
            if time.perf_counter() - start > START_TIMEOUT_S:
                sys.exit(f"{text!r} did not appear")
            time.sleep(0.01)
        return time.perf_counter() - start

    def forget(self) -> None:
        """Wait for texts from now on only."""
        self._tail = b""

    def cpu_ms(self) -> float:
        """CPU time of all threads so far."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def rss_mb(self) -> float:
        """Memory in use."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def press(self, key: bytes) -> tuple[float, float]:
        """CPU and wall milliseconds from a key until all is quiet."""
        time.sleep(KEY_INTERVAL_S)
        cpu_ms, at = self.cpu_ms(), time.perf_counter()
        os.write(self.fd, key)
        while self.last_at < at and time.perf_counter() - at < 1:
            time.sleep(0.001)
        while time.perf_counter() - self.last_at < QUIET_S:
            time.sleep(0.002)
        end = self.last_at if self.last_at > at else time.perf_counter()  # nothing came
        return self.cpu_ms() - cpu_ms, 1000 * (end - at)

    def held(self, key: bytes) -> float:
        """Hold a key; milliseconds from the last press to the last byte."""
        for _ in range(HELD_KEY_PRESSES):
            os.write(self.fd, key)
            time.sleep(1 / KEY_REPEAT_HZ)
        at = time.perf_counter()
        time.sleep(1)
        return max(0.0, 1000 * (self.last_at - at))

    def end(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


def print_timings(name: str, measured: Sequence[tuple[float, float]]) -> None:
    """Print one line of figures."""
    parts = []
    for what, values in zip(("CPU", "wall"), zip(*measured, strict=True), strict=True):
        p95 = sorted(values)[int(0.95 * (len(values) - 1))]
        parts.append(f"{what} {min(values):5.1f} {statistics.median(values):6.1f} {p95:6.1f}")
    print(f"{name:24} {'   '.join(parts)} ms (min, median, p95)")


def measure_keys(terminal: Terminal, times: int, end: bytes, home: bytes) -> None:
    """Press every key so often."""
    for name, key, back in (*KEYS, ("end and home", end, home)):
        if not back:
            print_timings(name, [terminal.press(key) for _ in range(times)])
        else:
            pressed = [terminal.press(one) for _ in range(times // 4) for one in (key, back)]
            print_timings(name, pressed[2:])  # once warm
    after_ms = terminal.held(b"\x1b[6~")
    print(
        f"{'page down held':24} last byte {after_ms:.0f} ms"
        f" after the last of {HELD_KEY_PRESSES} keys"
    )


def wait_until_idle(terminal: Terminal) -> None:
    """Wait until the program rests: what is measured then is a table that is warm."""
    took_ms = 0.0
    while (now_ms := terminal.cpu_ms()) - took_ms > 1000 * IDLE_CORE_SHARE:
        took_ms = now_ms
        time.sleep(1)


def measure_library(terminal: Terminal, times: int) -> None:
    """Go to the Library of our own program and measure there."""
    terminal.wait("Browse")
    time.sleep(1.5)
    terminal.forget()
    os.write(terminal.fd, b"3")
    print(f"{'first rows':24} {1000 * terminal.wait('of [0-9,]+ images'):.0f} ms wall")
    start = time.perf_counter()
    wait_until_idle(terminal)
    print(f"{'all rows':24} {time.perf_counter() - start - 1:.0f} s later")
    measure_keys(terminal, times, b"G", b"g")
    os.write(terminal.fd, b"g")
    for name, column in (("sort by taken", 1), ("sort by camera", 1), ("sort by size", 6)):
        for _ in range(column):
            terminal.press(b"l")
        print_timings(name, [terminal.press(key) for _ in range(3) for key in (b"[", b"]")][2:])


def measure_other_program(terminal: Terminal, asked: argparse.Namespace) -> None:
    """Have another program load its rows and measure there."""
    start = time.perf_counter()
    for typed in asked.type:
        time.sleep(TYPING_DELAY_S)
        start = time.perf_counter()
        os.write(terminal.fd, _bytes(typed))
    terminal.wait(asked.ready)
    print(f"{'first rows':24} {1000 * (time.perf_counter() - start):.0f} ms wall")
    wait_until_idle(terminal)
    print(f"{'all rows':24} {1000 * (time.perf_counter() - start - 1):.0f} ms wall")
    measure_keys(terminal, asked.times, _bytes(asked.end), _bytes(asked.home))


def _bytes(typed: str) -> bytes:
    return typed.encode().decode("unicode_escape").encode()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--size", default="160x50")
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--command", help="another program, started as a shell would")
    parser.add_argument("--ready", default="", help="a pattern in its first rows")
    parser.add_argument(
        "--type", action="append", default=[], help="keys to press before that, as Python writes"
    )
    parser.add_argument("--end", default="G", help="its key for the last row, likewise")
    parser.add_argument("--home", default="g", help="and for the first")
    asked = parser.parse_args()
    columns, lines = map(int, asked.size.split("x"))
    with tempfile.TemporaryDirectory() as home:
        ours = [sys.executable, "-m", "tasveer_tui", "--db", str(asked.catalogue)]
        ours += ["--endpoint-url", "http://127.0.0.1:9", "--no-sign-request"]
        command = shlex.split(asked.command) if asked.command else ours
        terminal = Terminal(command, (columns, lines), home)
        try:
            if asked.command:
                measure_other_program(terminal, asked)
            else:
                measure_library(terminal, asked.times)
            print(f"{'memory':24} {terminal.rss_mb():.0f} MB")
        finally:
            terminal.end()


if __name__ == "__main__":
    main()
