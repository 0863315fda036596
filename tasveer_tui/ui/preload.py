"""What the program loads after its first frame, in a daemon thread."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import TasveerError

if TYPE_CHECKING:
    from tasveer_tui.workspace import Workspace

LATER = (
    "tasveer_tui.s3",
    "tasveer_tui.exif",
    "tasveer_tui.catalogue.search",
    "tasveer_tui.jobs",
    "tasveer_tui.ui.library.screen",
    "tasveer_tui.ui.jobs.screen",
    "tasveer_tui.ui.insight.screen",
    "tasveer_tui.ui.browse.dispatch",
)

CACHED_BYTES: Final = 12 << 20
"""Pages that SQLite keeps for all threads together; each connection would like as many again."""

log = logging.getLogger(__name__)


def load(workspace: Workspace) -> None:
    """Import the rest of the program, and let jobs that an earlier end paused go on. Blocks."""
    for name in LATER:
        importlib.import_module(name)
    _make_ready()
    if not workspace.options.db.exists():
        return
    try:
        if workspace.has_work():
            workspace.engine.ensure_running()
    except TasveerError as error:
        # The header says so as well; browsing works without a catalogue.
        log.warning("Unfinished jobs do not go on: %s", error)


def _make_ready() -> None:
    from tasveer_tui.catalogue.search import parse
    from tasveer_tui.catalogue.storage.connections import limit_page_cache

    limit_page_cache(CACHED_BYTES)
    parse("")  # makes the parser, which the first rows would wait for
