"""The program at Browse, over a server of the test's own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tasveer_tui.records import Access
from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.options import UiSettings
from tasveer_tui.ui.screens.browse import BrowseScreen
from tasveer_tui.ui.widgets.bucket_tree import BucketTree
from tasveer_tui.ui.widgets.object_list import ObjectList
from tasveer_tui.workspace import Workspace, WorkspaceOptions
from tests.parts.screens import _wait_for_threads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.parts.rangeserver import RangeServer


@asynccontextmanager
async def browsing(
    server: RangeServer,
    folder: Path,
    start: str = "",
    *,
    size: tuple[int, int] = (120, 40),
    settings: UiSettings | None = None,
    access: Access | None = None,
) -> AsyncIterator[tuple[TasveerApp, Pilot[None]]]:
    """Open Browse at a place; unsigned, unless `access` says something else."""
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


def browse(app: TasveerApp) -> BrowseScreen:
    """The screen itself, whatever stands over it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, BrowseScreen)
    return screen


def tree(app: TasveerApp) -> BucketTree:
    """The buckets and prefixes."""
    return browse(app).query_one(BucketTree)


def objects(app: TasveerApp) -> ObjectList:
    """The objects of the prefix under the cursor."""
    return browse(app).query_one(ObjectList)
