"""What tests of the screens share: the app over a catalogue, its text, and waiting."""

from __future__ import annotations

import threading
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.records import Access
from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.options import UiSettings
from tasveer_tui.workspace import Workspace, WorkspaceOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot

PATIENCE_S = 20.0


@asynccontextmanager
async def opened(
    db: Path, place: str, *, size: tuple[int, int] = (120, 40), settings: UiSettings | None = None
) -> AsyncIterator[tuple[TasveerApp, Pilot[None]]]:
    """The program at one of its places, over the catalogue in `db`, without thumbnails."""
    access = Access(is_anonymous=True, endpoint_url="http://127.0.0.1:9")
    workspace = Workspace(WorkspaceOptions(db=db, state_dir=db.parent / "state", access=access))
    app = TasveerApp(workspace, "", settings or UiSettings(images=False))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await app.action_place(place)
            await pilot.pause()
            yield app, pilot
    finally:
        _wait_for_threads(app)
        workspace.close()


def _wait_for_threads(app: TasveerApp) -> None:
    """Let what still reads the catalogue come to its end before the catalogue is closed."""
    threads = app.background._threads
    deadline = time.monotonic() + PATIENCE_S
    while threads._idle < threads._count or any(
        thread.name == "table rows" for thread in threading.enumerate()
    ):
        assert time.monotonic() < deadline, "a thread does not end"
        time.sleep(0.005)


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str = "") -> None:
    """Let the app run until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}\n{shown(pilot.app)}"
        await pilot.pause(0.01)
    await pilot.pause()


def shown(app: App[None]) -> str:
    """Everything on the screen as text, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def count_of(db: Path, text: str) -> int:
    """How many images of a catalogue this search finds."""
    catalogue = Catalogue(db)
    try:
        return Finder(catalogue.reader(), now=datetime.now(UTC)).count(parse(text))
    finally:
        catalogue.close()


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a text letter by letter."""
    await pilot.press(*(_KEYS.get(char, char) for char in text))


_KEYS = {
    " ": "space", ":": "colon", "/": "slash", "=": "equals_sign", ">": "greater_than_sign",
    "<": "less_than_sign", "-": "minus", '"': "quotation_mark", ".": "full_stop",
    "(": "left_parenthesis", ")": "right_parenthesis",
}  # fmt: skip
