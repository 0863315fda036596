"""Pictures of the screen as text: every cell's letter and style, compared with a file.

    snap = Snapshots("browse")
    await snap(pilot, "tree")        # tests/ui/snapshots/browse-tree-80x24.txt and -160x50.txt

A file holds the lines of the screen, then for each line the lengths of its runs of one style
(`12a 68b`), then what each letter stands for. What differs from run to run (the server's port) is
written alike. `SNAPSHOTS=write pytest tests/ui/test_snapshots_….py` writes the files anew; look at
the difference before it is committed.
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
    """What is on the screen now."""
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
    """Colours and attributes; not the meta data, which hold numbers of the run."""
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

    async def __call__(self, pilot: Pilot[None], state: str) -> None:
        """Compare the screen at every size with its file; notes go by themselves, so they go."""
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

    @staticmethod
    async def _compare(pilot: Pilot[None], path: Path) -> None:
        """Give the screen some time to come to look like that."""
        wanted = _read(path)
        deadline = time.monotonic() + TIMEOUT_S
        while (now := snapshot_text(pilot.app)) != wanted:
            if time.monotonic() > deadline:
                lines = difflib.unified_diff(
                    wanted.splitlines(), now.splitlines(), path.name, "now", n=1
                )
                raise AssertionError("\n".join(lines))
            await _without_notes(pilot)


async def _without_notes(pilot: Pilot[None]) -> None:
    pilot.app.clear_notifications()
    await pilot.pause(0.05)
