"""Type-ahead: a key waits until the previous one has taken effect.

    async def on_event(self, event):                  # of the app
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.typed_ahead.take(event)

Textual sends each key to the widget that has the focus when the key arrives. A key that moves the
focus, such as enter or /, takes effect some messages later. Keys that arrive in the same packet, as
over a slow connection, would go to the wrong widget.
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
"""After this pause, a key is forwarded at once."""
MAX_WAIT_S: Final = 0.25
"""Maximum time that a key waits for the previous one."""


class TypedAhead:
    """Forwards keys one at a time; `deliver` is the app's own `on_event`."""

    def __init__(self, app: App[None], deliver: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Event] = deque()
        self._last_s = 0.0
        self._path: list[MessagePump] = []
        self._screen: Screen[object] | None = None
        self._round = 0
        """Number of forwarded keys; it identifies late callbacks for an earlier key."""

    async def take(self, event: Event) -> None:
        """Forward a key, now or after the keys before it."""
        if self._waiting:
            self._waiting.append(event)
        elif time.monotonic() - self._last_s < SETTLED_S:
            self._waiting.append(event)
            self._follow()
        else:
            await self._forward(event)

    async def _forward(self, event: Event) -> None:
        app = self._app
        if not app.screen_stack:  # the program is ending
            return
        target = app.focused or app.screen
        # The key bubbles up to the app, which runs its action; then the action's messages do.
        self._path = [*target.ancestors_with_self, *target.ancestors_with_self]
        self._screen = app.screen
        self._round += 1
        await self._deliver(event)
        self._last_s = time.monotonic()

    def _follow(self) -> None:
        """Follow the messages of the last key, and forward the next key after them."""
        self._app.set_timer(MAX_WAIT_S, lambda now=self._round: self._on_end(now))
        self._step(self._round, 0)

    def _step(self, of_round: int, done: int) -> None:
        while done < len(self._path) and of_round == self._round:
            done += 1
            if self._path[done - 1].call_later(self._step, of_round, done):
                return
        screen = self._app.screen
        if screen is not self._screen:
            # A new screen takes keys only after it has set its focus.
            self._screen = screen
            self._path += [screen, screen]
            self._step(of_round, done)
        else:
            self._app.call_later(self._on_end, of_round)

    async def _on_end(self, of_round: int) -> None:
        if of_round != self._round or not self._waiting:
            return
        await self._forward(self._waiting.popleft())
        if self._waiting:
            self._follow()
