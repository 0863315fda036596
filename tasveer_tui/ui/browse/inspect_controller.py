"""Reads the object under the cursor for the inspector, once the cursor rests on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.ui.context import background, workspace

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Source
    from tasveer_tui.ui.shared.inspector import Inspector
    from tasveer_tui.workspace import Inspection

INSPECT_DELAY_S = 0.2


class Inspecting:
    """What the inspector of one Browse screen shows."""

    def __init__(self, owner: Screen[None], inspector: Inspector) -> None:
        self._owner = owner
        self._inspector = inspector
        self._place: tuple[Source, str] | None = None
        self._timer: Timer | None = None

    def rest_on(self, source: Source, key: str, *, at_once: bool = False) -> None:
        """Read this object soon, unless the cursor goes on."""
        if self._place == (source, key):
            return
        self.forget()
        self._place = (source, key)
        delay_s = 0.01 if at_once else INSPECT_DELAY_S
        self._timer = self._owner.set_timer(delay_s, partial(self._read, source, key))

    def forget(self, hint: str = "") -> None:
        """Show nothing."""
        self._place = None
        if self._timer is not None:
            self._timer.stop()
        background(self._owner).cancel(self._owner, "inspect")
        if hint:
            self._inspector.show_nothing(hint)

    def _read(self, source: Source, key: str) -> None:
        self._inspector.show_reading(key)
        space = workspace(self._owner)
        background(self._owner).run(
            self._owner,
            "inspect",
            lambda: space.inspect(source, key),
            self._came,
            failed=partial(self._failed, key),
        )

    def _came(self, found: Inspection) -> None:
        space = workspace(self._owner)
        load = partial(space.thumbnail, found.source, found.facts.ref.key, found.record)
        self._inspector.show(found, thumbnail=load)

    def _failed(self, key: str, error: TasveerError) -> None:
        self._inspector.show_error(key, error)
