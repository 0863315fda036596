"""Load the rest of the program after the first frame, in a daemon thread."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import TasveerError
from tasveer_tui.ui.screens import SCREENS

if TYPE_CHECKING:
    from tasveer_tui.workspace import Workspace

MODULES: Final = (
    "tasveer_tui.s3",
    "tasveer_tui.exif",
    "tasveer_tui.catalogue.search",
    "tasveer_tui.jobs",
    *(screen.module for screen in SCREENS.values()),
    "tasveer_tui.ui.browse.ingest_sheet",
)

CACHED_BYTES: Final = 12 << 20
"""Size of the page cache that all connections share; without it, each has its own."""

log = logging.getLogger(__name__)


def load(workspace: Workspace) -> None:
    """Import the rest of the program and resume unfinished jobs. Blocks."""
    for name in MODULES:
        importlib.import_module(name)
    _make_ready()
    if not workspace.options.db.exists():
        return
    try:
        if workspace.has_work():
            workspace.engine.ensure_running()
    except TasveerError as error:
        # The header shows the problem too, and browsing works without a catalogue.
        log.warning("Unfinished jobs cannot be resumed: %s", error)


def _make_ready() -> None:
    from tasveer_tui.catalogue.search import parse
    from tasveer_tui.catalogue.storage.connections import limit_page_cache

    limit_page_cache(CACHED_BYTES)
    parse("")  # builds the parser, so that the first search does not wait for it
