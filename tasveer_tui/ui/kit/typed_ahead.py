"""Keys typed faster than the screen follows wait until the one before them was acted on.

    async def on_event(self, event):                  # of the app
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.typed_ahead.take(event)

Textual sends each key to whatever has the focus when it arrives. A key that moves the focus, such
as enter or /, does so some messages later, so that what comes in the same packet, as it does over
a slow line, would go to the wrong place.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.events import Event
    from textual.message_pump import MessagePump
    from textual.screen import Screen

SETTLED_S: Final = 0.1
"""A key that comes later than this after the one before is handed on without a look."""
PATIENCE_S: Final = 0.25
"""How long at most a key waits for the one before it."""


class TypedAhead:
    """Hands keys on one at a time; `deliver` is the app's own way with one."""

    def __init__(self, app: App[None], deliver: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Event] = deque()
        self._last_s = 0.0
        self._path: list[MessagePump] = []
        self._screen: Screen[object] | None = None
        self._round = 0
        """Counts what was handed on: a late answer for an earlier key is told by it."""

    async def take(self, event: Event) -> None:
        """Hand it on at once, or behind those before it."""
        if self._waiting:
            self._waiting.append(event)
        elif time.monotonic() - self._last_s < SETTLED_S:
            self._waiting.append(event)
            self._follow()
        else:
            await self._hand_on(event)

    async def _hand_on(self, event: Event) -> None:
        app = self._app
        if not app.screen_stack:  # The program ends.
            return
        target = app.focused or app.screen
        # A key goes up to the app, which runs its action; then the action's messages go up.
        self._path = [*target.ancestors_with_self, *target.ancestors_with_self]
        self._screen = app.screen
        self._round += 1
        await self._deliver(event)
        self._last_s = time.monotonic()

    def _follow(self) -> None:
        """Go the way that messages of the last key go, and hand the next one on at its end."""
        self._app.set_timer(PATIENCE_S, lambda now=self._round: self._arrived(now))
        self._step(self._round, 0)

    def _step(self, of_round: int, done: int) -> None:
        while done < len(self._path) and of_round == self._round:
            done += 1
            if self._path[done - 1].call_later(self._step, of_round, done):
                return
        screen = self._app.screen
        if screen is not self._screen:
            # A screen has the keys only once it has come up and chosen who gets them.
            self._screen = screen
            self._path += [screen, screen]
            self._step(of_round, done)
        else:
            self._app.call_later(self._arrived, of_round)

    async def _arrived(self, of_round: int) -> None:
        if of_round != self._round or not self._waiting:
            return
        await self._hand_on(self._waiting.popleft())
        if self._waiting:
            self._follow()
