"""Reads of the catalogue of which only the newest is wanted: it ends the one before. Blocks."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.catalogue.search import Finder
    from tasveer_tui.workspace import Workspace


class NewestRead:
    """Lends a finder to whatever thread asks; who asks later, or `stop`, interrupts the former."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None

    def stop(self) -> None:
        """Interrupt what reads now, if anything does. Does not block."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._interrupt is not None:
            self._interrupt()
        self._interrupt = None

    @contextmanager
    def reading(self) -> Iterator[Finder]:
        """A finder over the calling thread's own connection.

        Raises:
            CatalogueError: the catalogue did not answer; inside, that it was interrupted, too.

        """
        finder = self._workspace.finder()
        mine = self._workspace.catalogue.reader().interrupt
        with self._lock:
            self._stop()
            self._interrupt = mine
        try:
            yield finder
        finally:
            # Under the lock, for the thread's connection soon serves somebody else.
            with self._lock:
                if self._interrupt is mine:
                    self._interrupt = None
