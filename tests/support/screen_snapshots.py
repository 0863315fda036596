"""Snapshots of the screen as text: each cell's character and style, compared with a file.

    snap = snapshots("browse")       # the fixture of tests/ui/conftest.py
    await snap(pilot, "tree")        # tests/ui/snapshots/browse-tree-80x24.txt and -160x50.txt

A file has the lines of the screen, then the style runs of each line (`12a 68b`), then the style
of each letter. The server's port, which differs between runs, is replaced by a fixed text.

A test goes on after a difference; the fixture reports all of them at its end. To update the
files, run `SNAPSHOTS=write pytest tests/ui/test_snapshots_….py`, and review the diff.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual.app import App
    from textual.pilot import Pilot

SNAPSHOT_DIR = Path(__file__).parents[1] / "ui" / "snapshots"
SIZES = ((80, 24), (160, 50))
TIMEOUT_S = 5.0
IS_WRITING = os.environ.get("SNAPSHOTS") == "write"
_PORT = re.compile(r"127\.0\.0\.1:\d{5}")


def snapshot_text(app: App[None]) -> str:
    """The screen as text."""
    names: dict[str, str] = {}
    texts, runs = [], []
    for strip in app.screen._compositor.render_strips():
        texts.append(_PORT.sub("127.0.0.1:PORT_", strip.text).rstrip())
        cells = ((_style_text(one.style), one.cell_length) for one in strip if one.cell_length)
        runs.append(" ".join(_runs(cells, names)))
    legend = [f"{letter} {look}" for look, letter in names.items()]
    return "\n".join([*texts, "", *runs, "", *legend, ""])


def _runs(cells: Iterable[tuple[str, int]], names: dict[str, str]) -> Iterable[str]:
    for look, group in groupby(cells, key=lambda pair: pair[0]):
        letter = names.setdefault(look, ascii_letters[len(names) % 52] + "'" * (len(names) // 52))
        yield f"{sum(length for _, length in group)}{letter}"


def _style_text(style: Style | None) -> str:
    """Colours and attributes, without the metadata, which differ between runs."""
    if style is None:
        return "plain"
    colours = [color.name if color else "-" for color in (style.color, style.bgcolor)]
    marks = [n for n in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, n)]
    return " ".join(["on".join(f" {c} " for c in colours).strip(), *marks])


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


class Snapshots:
    """The snapshots of one story."""

    def __init__(self, story: str) -> None:
        self._story = story
        self.differences: list[str] = []
        """A unified diff of each snapshot that differs from its file."""

    async def __call__(self, pilot: Pilot[None], state: str) -> None:
        """Compare the screen at each size with its file, without notes, which expire."""
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            path = SNAPSHOT_DIR / f"{self._story}-{state}-{width}x{height}.txt"
            if IS_WRITING:
                await pilot.pause(1.0)
                await _without_notes(pilot)
                SNAPSHOT_DIR.mkdir(exist_ok=True)
                path.write_text(snapshot_text(pilot.app), "utf-8")
            else:
                await self._compare(pilot, path)

    async def _compare(self, pilot: Pilot[None], path: Path) -> None:
        """Wait until the screen equals the file, at most `TIMEOUT_S` seconds."""
        expected = _read(path)
        deadline = time.monotonic() + TIMEOUT_S
        while (actual := snapshot_text(pilot.app)) != expected:
            if time.monotonic() > deadline:
                lines = difflib.unified_diff(
                    expected.splitlines(), actual.splitlines(), path.name, "actual", n=1
                )
                self.differences.append("\n".join(lines))
                return
            await _without_notes(pilot)


async def _without_notes(pilot: Pilot[None]) -> None:
    pilot.app.clear_notifications()
    await pilot.pause(0.05)
