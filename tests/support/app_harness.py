"""What tests of the screens share: the app over a catalogue, its text, and waiting."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from textual.widgets import Static

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.records import Access
from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.workspace import Workspace, WorkspaceOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot

    from tests.support.range_server import RangeServer

TIMEOUT_S = 20.0


@asynccontextmanager
async def open_app(
    db: Path, place: str, *, size: tuple[int, int] = (120, 40), settings: UiSettings | None = None
) -> AsyncIterator[tuple[TasveerApp, Pilot[None]]]:
    """Start the program at a screen, over the catalogue in `db`, without thumbnails."""
    access = Access(is_anonymous=True, endpoint_url="http://127.0.0.1:9")
    workspace = Workspace(WorkspaceOptions(db=db, state_dir=db.parent / "state", access=access))
    app = _app_class(place)(workspace, "", settings or UiSettings(images=False))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield app, pilot
    finally:
        _wait_for_threads(app)
        workspace.close()


@cache
def _app_class(mode: str) -> type[TasveerApp]:
    """The app that starts at another screen than Browse, which makes tests twice as fast."""
    return type("TasveerApp", (TasveerApp,), {"DEFAULT_MODE": mode})


def _wait_for_threads(app: TasveerApp) -> None:
    """Wait for the threads that use the catalogue, before it is closed."""
    deadline = time.monotonic() + TIMEOUT_S
    while not app.background.is_idle():
        assert time.monotonic() < deadline, "a thread does not end"
        time.sleep(0.005)


async def wait_until(pilot: Pilot[None], condition: Callable[[], object], what: str = "") -> None:
    """Let the app run until something holds."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}\n{screen_text(pilot.app)}"
        await pilot.pause(0.01)
    await pilot.pause()


def screen_text(app: App[None]) -> str:
    """Everything on the screen as text, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def notes(app: App[None]) -> list[str]:
    """The messages that the app shows, oldest first."""
    return [note.message for note in app._notifications]


def count_images(db: Path, text: str) -> int:
    """How many images of a catalogue this search finds."""
    catalogue = Catalogue(db)
    try:
        return Finder(catalogue.reader(), now=datetime.now(UTC)).count(parse(text))
    finally:
        catalogue.close()


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text key by key."""
    await pilot.press(*(_KEY_NAMES.get(char, char) for char in text))


_KEY_NAMES = {
    " ": "space", ":": "colon", "/": "slash", "=": "equals_sign", ">": "greater_than_sign",
    "<": "less_than_sign", "-": "minus", '"': "quotation_mark", ".": "full_stop",
    "(": "left_parenthesis", ")": "right_parenthesis",
}  # fmt: skip


# The program at Browse, over a server of the test's own.


@asynccontextmanager
async def open_browse(
    server: RangeServer,
    folder: Path,
    start: str = "",
    *,
    size: tuple[int, int] = (120, 40),
    settings: UiSettings | None = None,
    access: Access | None = None,
) -> AsyncIterator[tuple[TasveerApp, Pilot[None]]]:
    """Start at Browse at a location; unsigned, unless `access` is given."""
    access = access or Access(is_anonymous=True, endpoint_url=server.url)
    options = WorkspaceOptions(folder / "c.sqlite", folder / "state", access=access)
    workspace = Workspace(options)
    app = TasveerApp(workspace, start, settings or UiSettings(images=False))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield app, pilot
    finally:
        server.latency_s = 0.0
        _wait_for_threads(app)
        workspace.close()


def browse_screen(app: TasveerApp) -> BrowseScreen:
    """The Browse screen, also if a dialog is in front of it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, BrowseScreen)
    return screen


def bucket_tree(app: TasveerApp) -> BucketTree:
    """The buckets and prefixes."""
    return browse_screen(app).query_one(BucketTree)


def object_list(app: TasveerApp) -> ObjectList:
    """The objects of the prefix under the cursor."""
    return browse_screen(app).query_one(ObjectList)


def loaded_keys(app: TasveerApp) -> list[str]:
    """The keys in the object list, in its order."""
    return [ref.key for ref in object_list(app).refs]


def static_text(app: App[None], selector: str) -> str:
    """The unwrapped text of a `Static`, such as `#total` or `#hint` of Browse; empty if hidden."""
    widget = app.screen.query_one(selector, Static)
    return str(widget.content) if widget.display else ""
