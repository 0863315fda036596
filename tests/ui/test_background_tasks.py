"""Background tasks: the latest request wins, errors are shown in one place, nothing blocks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tasveer_tui.errors import NetworkError
from tasveer_tui.ui.kit.background import MAX_RUNNING_PER_GROUP
from tests.support.app_harness import open_browse, screen_text, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer


async def test_only_the_latest_request_of_a_group_gets_a_result(
    range_server: RangeServer, tmp_path: Path
) -> None:
    gate = threading.Event()
    answers: list[int] = []
    started: list[int] = []

    def work(number: int) -> int:
        started.append(number)
        assert gate.wait(20)
        return number

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        for number in range(10):
            app.background.run(app.screen, "test", lambda n=number: work(n), answers.append)
            if number < MAX_RUNNING_PER_GROUP:
                await wait_until(pilot, lambda n=number: n in started)
        assert app.background.is_busy(app.screen, "test")
        gate.set()
        await wait_until(pilot, lambda: answers)
        await wait_until(pilot, lambda: not app.background.is_busy(app.screen, "test"))
        assert answers == [9]
        assert started == [*range(MAX_RUNNING_PER_GROUP), 9]


async def test_groups_and_owners_are_independent(range_server: RangeServer, tmp_path: Path) -> None:
    answers: list[str] = []
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "one", lambda: "one", answers.append)
        app.background.run(app.screen, "two", lambda: "two", answers.append)
        app.background.run(app, "one", lambda: "app", answers.append)
        await wait_until(pilot, lambda: sorted(answers) == ["app", "one", "two"])


async def test_the_last_item_of_a_stream_always_arrives(
    range_server: RangeServer, tmp_path: Path
) -> None:
    seen: list[int] = []
    ended: list[None] = []

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.stream(
            app.screen, "count", lambda: iter(range(10_000)), seen.append, on_end=ended.append
        )
        await wait_until(pilot, lambda: ended)
        assert seen[-1] == 9_999
        assert len(seen) < 100


async def test_a_cancelled_stream_stops(range_server: RangeServer, tmp_path: Path) -> None:
    closed = threading.Event()
    begun = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
                begun.set()
        finally:
            closed.set()

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.stream(app.screen, "count", numbers, lambda _: None)
        await wait_until(pilot, begun.is_set)
        app.background.cancel(app.screen, "count")
        await wait_until(pilot, closed.is_set)


async def test_an_error_is_shown_cleaned_with_its_remedy(
    range_server: RangeServer, tmp_path: Path
) -> None:
    def work() -> None:
        raise NetworkError("Host \x1b[31m[/oops] is away.", "Try again.")

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", work)
        await wait_until(pilot, lambda: "[/oops] is away." in screen_text(app))
        assert "Try again." in screen_text(app)
        assert "\x1b" not in screen_text(app)


async def test_the_caller_can_handle_the_error(range_server: RangeServer, tmp_path: Path) -> None:
    errors: list[Exception] = []

    def work() -> None:
        raise NetworkError("Away.")

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", work, on_error=errors.append)
        await wait_until(pilot, lambda: errors)
        assert "Away." not in screen_text(app)


async def test_an_unexpected_error_is_reported_and_the_app_continues(
    range_server: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", lambda: 1 / 0)
        await wait_until(pilot, lambda: "ZeroDivisionError" in screen_text(app))
        assert app.is_running


async def test_no_result_reaches_a_closed_screen(range_server: RangeServer, tmp_path: Path) -> None:
    gate = threading.Event()
    answers: list[bool] = []
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.press("o")
        form = app.screen
        app.background.run(form, "test", lambda: gate.wait(20), answers.append)
        await pilot.press("escape")
        await wait_until(pilot, lambda: not form.is_running)
        gate.set()
        await wait_until(pilot, lambda: not app.background.is_busy(form, "test"))
        assert not answers
