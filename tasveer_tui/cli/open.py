"""`tasveer-tui [LOCATION]`: open the screens."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, with_settings

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings


@click.command("open")
@click.argument("location", default="", metavar="[BUCKET | s3://BUCKET/PREFIX]")
@with_settings
def command(settings: Settings, location: str) -> int:
    """Open the screens, at a location if one is given."""
    return open_screens(settings, location)


def open_screens(settings: Settings, location: str) -> int:
    """Run the app on this terminal until the user quits. Returns the exit code."""
    # The app turns it on after the first frame: imports leave no garbage to collect.
    gc.disable()
    from tasveer_tui.ui.app import run
    from tasveer_tui.ui.context import UiSettings

    screen = settings.screen
    workspace = open_workspace(settings, creates_catalogue=True)
    try:
        return run(
            workspace,
            location,
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
