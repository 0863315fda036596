"""Keys that arrive together go to the widget that the previous key focused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tasveer_tui.ui.kit.typed_ahead import MAX_WAIT_S, TypedAhead

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.pilot import Pilot


class Rows(Widget, can_focus=True):
    """Posts a message when it is opened, as a list does."""

    BINDINGS: ClassVar[list[BindingType]] = [("enter", "open")]

    class Opened(Message):
        pass

    def action_open(self) -> None:
        self.post_message(self.Opened())


class Question(ModalScreen[str]):
    def compose(self) -> ComposeResult:
        yield Input()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class Small(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("a", "ask")]

    def __init__(self) -> None:
        super().__init__()
        self.typed_ahead = TypedAhead(self, super().on_event)
        self.answer: str | None = None

    def compose(self) -> ComposeResult:
        yield Rows()
        yield Input(id="filter")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.typed_ahead.take(event)
        else:
            await super().on_event(event)

    def on_rows_opened(self) -> None:
        self.query_one("#filter").focus()

    def action_ask(self) -> None:
        self.push_screen(Question(), self._answered)

    def _answered(self, answer: str | None) -> None:
        self.answer = answer


async def _in_one_packet(pilot: Pilot[None], *keys: str) -> None:
    driver = cast("Driver", pilot.app._driver)
    for key in keys:
        driver.send_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause(2 * MAX_WAIT_S)


async def test_keys_after_a_change_of_focus_or_screen_go_there() -> None:
    app = Small()
    async with app.run_test() as pilot:
        await _in_one_packet(pilot, "enter", "x", "y")
        assert app.query_one("#filter", Input).value == "xy"
        app.query_one(Rows).focus()
        await pilot.pause()
        await _in_one_packet(pilot, "a", "n", "o", "enter", "enter", "z")
        assert app.answer == "no"
        # The first typed character replaces the text of a focused field.
        assert app.query_one("#filter", Input).value == "z"


async def test_a_key_waits_a_limited_time_for_the_previous_one() -> None:
    class Stuck(Rows):
        BINDINGS: ClassVar[list[BindingType]] = [("s", "stick")]

        async def action_stick(self) -> None:
            await asyncio.sleep(1.5 * MAX_WAIT_S)

    class WithStuck(Small):
        def compose(self) -> ComposeResult:
            yield Stuck()

    app = WithStuck()
    async with app.run_test() as pilot:
        await _in_one_packet(pilot, "s", "a")
        assert isinstance(app.screen, Question)
