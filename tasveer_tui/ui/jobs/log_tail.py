"""The end of the engine's log, parsed into time, level and text. Only `read_tail` blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from tasveer_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

TAIL_BYTES: Final = 65_536
"""Bytes read from the end of the log."""
MAX_LINE: Final = 400
"""Characters shown of a line."""

_HEAD: Final = re.compile(r"\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d)[\d,.]* ([A-Z]+) (.*)", re.DOTALL)
_OUR_MODULE: Final = re.compile(r"tasveer_tui(?:\.\w+)*: ")
"""Left out on the screen, to save room; the file has it."""


class Level(IntEnum):
    """The lowest level that is shown."""

    EVERYTHING = 0
    WARNINGS = 1
    ERRORS = 2

    @property
    def title(self) -> str:
        """What is shown from this level up."""
        return ("everything", "warnings and errors", "errors only")[self]

    def next(self) -> Level:
        """The next level; after the highest, the lowest."""
        return Level((self + 1) % len(Level))


_LEVELS: Final = {"WARNING": Level.WARNINGS, "ERROR": Level.ERRORS, "CRITICAL": Level.ERRORS}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One cleaned line. A continuation line has no time, and the level of the line before it."""

    time: str
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class LogTail:
    """The end of a log at one moment."""

    stamp: tuple[int, int] = (0, 0)
    """The file's size in bytes and its modification time in ns, to detect changes."""
    lines: tuple[LogLine, ...] = ()


def read_tail(path: Path, previous: LogTail) -> LogTail:
    """Read the end of the log; `previous` itself if the file has not changed. Blocks.

    A log that cannot be read counts as empty.
    """
    try:
        info = path.stat()
        stamp = (info.st_size, info.st_mtime_ns)
        if stamp == previous.stamp:
            return previous
        with path.open("rb") as file:
            start = max(0, info.st_size - TAIL_BYTES)
            file.seek(start)
            data = file.read(TAIL_BYTES)
    except OSError:
        return LogTail()
    lines = data.decode("utf-8", "replace").splitlines()
    # The first line is cut unless the whole file was read.
    return LogTail(stamp, parse(lines[1:] if start else lines))


def parse(lines: list[str]) -> tuple[LogLine, ...]:
    """Split each line into time, level and text."""
    parsed: list[LogLine] = []
    level = Level.EVERYTHING
    for line in lines:
        head = _HEAD.fullmatch(line)
        if head is None:
            parsed.append(LogLine("", level, clean(line, MAX_LINE)))
        else:
            level = _LEVELS.get(head[2], Level.EVERYTHING)
            text = clean(_OUR_MODULE.sub("", head[3], count=1), MAX_LINE)
            parsed.append(LogLine(head[1], level, text))
    return tuple(parsed)
