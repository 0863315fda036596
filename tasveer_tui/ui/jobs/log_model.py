"""The end of the engine's log, by level. Blocks; pure but for the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from tasveer_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

TAIL_BYTES: Final = 65_536
"""Of the log's end, so much is shown."""
MAX_LINE: Final = 400

_HEAD: Final = re.compile(r"\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d)[\d,.]* ([A-Z]+) (.*)", re.DOTALL)
_OUR_MODULE: Final = re.compile(r"tasveer_tui(?:\.\w+)*: ")
"""Which of our modules said it helps nobody who reads along; the file keeps it."""


class Level(IntEnum):
    """From which level on lines are shown."""

    EVERYTHING = 0
    WARNINGS = 1
    ERRORS = 2

    @property
    def words(self) -> str:
        """What is shown, for the title."""
        return ("everything", "warnings and errors", "errors only")[self]

    def next(self) -> Level:
        """The next one, round and round."""
        return Level((self + 1) % len(Level))


_LEVELS: Final = {"WARNING": Level.WARNINGS, "ERROR": Level.ERRORS, "CRITICAL": Level.ERRORS}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, safe to show. What belongs to the line above it has no time and its level."""

    time: str
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class LogTail:
    """The end of a log as it was at one moment."""

    stamp: tuple[int, int] = (0, 0)
    """Size and time of change, to see whether there is news."""
    lines: tuple[LogLine, ...] = ()
    is_cut: bool = False
    """There is more above the first line."""


def read_tail(path: Path, before: LogTail) -> LogTail:
    """The log's end now; `before` itself where nothing was written since.

    A log that cannot be read is empty.
    """
    try:
        found = path.stat()
        stamp = (found.st_size, found.st_mtime_ns)
        if stamp == before.stamp:
            return before
        with path.open("rb") as file:
            start = max(0, found.st_size - TAIL_BYTES)
            file.seek(start)
            data = file.read(TAIL_BYTES)
    except OSError:
        return LogTail()
    lines = data.decode("utf-8", "replace").splitlines()
    return LogTail(stamp, parse(lines[1:] if start else lines), is_cut=bool(start))


def parse(lines: list[str]) -> tuple[LogLine, ...]:
    """Time, level and text of each line."""
    found: list[LogLine] = []
    level = Level.EVERYTHING
    for line in lines:
        head = _HEAD.fullmatch(line)
        if head is None:
            found.append(LogLine("", level, clean(line, MAX_LINE)))
        else:
            level = _LEVELS.get(head[2], Level.EVERYTHING)
            found.append(LogLine(head[1], level, clean(_OUR_MODULE.sub("", head[3], 1), MAX_LINE)))
    return tuple(found)
