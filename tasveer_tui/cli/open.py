"""`tasveer-tui [PLACE]`: the screens."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, with_settings

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings


@click.command("open")
@click.argument("place", default="")
@with_settings
def command(settings: Settings, place: str) -> int:
    """Open the screens, at a bucket or s3://bucket/prefix if one is named."""
    return open_screens(settings, place)


def open_screens(settings: Settings, place: str) -> int:
    """Run the program on this terminal until the person leaves it."""
    # Off until the first frame, as the screens say: imports make no garbage worth looking for.
    gc.disable()
    from tasveer_tui.ui.app import run
    from tasveer_tui.ui.kit.options import UiSettings

    screen = settings.screen
    workspace = open_workspace(settings)
    try:
        return run(
            workspace,
            place,
            UiSettings(
                theme=screen.theme,
                keys=settings.keys,
                ascii=screen.ascii,
                images=screen.images,
                graphics=screen.graphics,
                refresh_hz=screen.refresh_hz,
            ),
        )
    finally:
        workspace.close()
