"""CPU time from a key to its frame, for the table over a million ids, in a terminal of 160×50.

    python bench/table_keys.py

The rows are made up: this measures the table and Textual, not the catalogue.
"""

from __future__ import annotations

import fcntl
import os
import pty
import statistics
import struct
import sys
import termios
import threading
import time
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

ROWS = 1_000_000
COLUMNS, LINES = 160, 50
PAUSE_S = 0.06
KEYS = (
    ("down", b"j", 40),
    ("down, scrolling", b"j", 100),
    ("page down", b"\x1b[6~", 100),
    ("end", b"G", 1),
    ("home", b"g", 1),
    ("column right", b"l", 3),
)


def values(ids: Sequence[int], names: Sequence[str]) -> list[tuple[object, ...]]:
    """Rows for any ids."""
    return [tuple(f"{name} {one * 7919 % 1000}" for name in names) for one in ids]


def show() -> None:
    """The table alone on the screen."""
    from textual.app import App

    from tasveer_tui.ui.widgets.columns import Column
    from tasveer_tui.ui.widgets.image_table import ImageTable

    names = ("name", "taken", "camera", "lens", "focal", "f", "shutter", "iso", "size", "path")

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield ImageTable(values, [Column(name, name.title(), 18) for name in names])

        def on_mount(self) -> None:
            table = self.query_one(ImageTable)
            table.focus()
            table.show_ids(array("q", range(ROWS)))

    Alone().run()


class Terminal:
    """The other end of a pseudo-terminal in which the table runs."""

    def __init__(self) -> None:
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, __file__, "--show"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.received, self.last_at = 0, 0.0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                return
            self.received += len(data)
            self.last_at = time.perf_counter()

    def cpu_s(self) -> float:
        """User and system time of the program so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def press(self, key: bytes, times: int) -> tuple[float, float, float]:
        """CPU ms, output kB and median wall ms of one press."""
        cpu_s, received, walls = self.cpu_s(), self.received, []
        for _ in range(times):
            at = time.perf_counter()
            os.write(self.fd, key)
            time.sleep(PAUSE_S)
            walls.append(1000 * (self.last_at - at))
        per = 1000 / times
        spent = (self.cpu_s() - cpu_s) * per
        return spent, (self.received - received) / times / 1000, statistics.median(walls)


def main() -> None:
    terminal = Terminal()
    time.sleep(2.5)
    for name, key, times in KEYS:
        cpu_ms, kilobytes, wall_ms = terminal.press(key, times)
        print(f"{name:16} {cpu_ms:5.1f} ms CPU, {wall_ms:5.1f} ms wall, {kilobytes:5.1f} kB")
    for _ in range(100):
        os.write(terminal.fd, b"\x1b[6~")
        time.sleep(1 / 30)
    at = time.perf_counter()
    time.sleep(1)
    print(f"page down held at 30/s: last byte {1000 * (terminal.last_at - at):.0f} ms after it")
    os.write(terminal.fd, b"\x11")
    os.waitpid(terminal.pid, 0)


if __name__ == "__main__":
    show() if "--show" in sys.argv else main()
