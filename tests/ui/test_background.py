"""Work in threads: the newest wish wins, errors are shown in one place, nothing blocks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tasveer_tui.errors import NetworkError
from tasveer_tui.ui.background import MAX_RUNNING_PER_GROUP
from tests.parts.browsing import browsing
from tests.parts.screens import shown, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.rangeserver import RangeServer


async def test_only_the_newest_wish_of_a_group_is_answered(
    range_server: RangeServer, tmp_path: Path
) -> None:
    gate = threading.Event()
    answers: list[int] = []
    started: list[int] = []

    def work(number: int) -> int:
        started.append(number)
        assert gate.wait(20)
        return number

    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        for number in range(10):
            app.background.run(app.screen, "test", lambda n=number: work(n), answers.append)
            if number < MAX_RUNNING_PER_GROUP:
                await until(pilot, lambda n=number: n in started)
        assert app.background.is_busy(app.screen, "test")
        gate.set()
        await until(pilot, lambda: answers)
        await until(pilot, lambda: not app.background.is_busy(app.screen, "test"))
        assert answers == [9]
        assert started == [*range(MAX_RUNNING_PER_GROUP), 9]


async def test_groups_and_owners_do_not_disturb_each_other(
    range_server: RangeServer, tmp_path: Path
) -> None:
    answers: list[str] = []
    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "one", lambda: "one", answers.append)
        app.background.run(app.screen, "two", lambda: "two", answers.append)
        app.background.run(app, "one", lambda: "app", answers.append)
        await until(pilot, lambda: sorted(answers) == ["app", "one", "two"])


async def test_the_last_of_many_items_always_arrives(
    range_server: RangeServer, tmp_path: Path
) -> None:
    seen: list[int] = []
    ended: list[None] = []

    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.follow(
            app.screen, "count", lambda: iter(range(10_000)), seen.append, done=ended.append
        )
        await until(pilot, lambda: ended)
        assert seen[-1] == 9_999
        assert len(seen) < 100


async def test_an_iteration_ends_as_soon_as_it_is_forgotten(
    range_server: RangeServer, tmp_path: Path
) -> None:
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

    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.follow(app.screen, "count", numbers, lambda _: None)
        await until(pilot, begun.is_set)
        app.background.forget(app.screen, "count")
        await until(pilot, closed.is_set)


async def test_an_error_is_shown_with_its_remedy_and_made_harmless(
    range_server: RangeServer, tmp_path: Path
) -> None:
    def work() -> None:
        raise NetworkError("Host \x1b[31m[/oops] is away.", "Try again.")

    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", work)
        await until(pilot, lambda: "[/oops] is away." in shown(app))
        assert "Try again." in shown(app)
        assert "\x1b" not in shown(app)


async def test_whoever_asked_may_show_the_error_himself(
    range_server: RangeServer, tmp_path: Path
) -> None:
    errors: list[Exception] = []

    def work() -> None:
        raise NetworkError("Away.")

    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", work, failed=errors.append)
        await until(pilot, lambda: errors)
        assert "Away." not in shown(app)


async def test_a_fault_of_the_program_is_told_and_it_goes_on(
    range_server: RangeServer, tmp_path: Path
) -> None:
    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        app.background.run(app.screen, "test", lambda: 1 / 0)
        await until(pilot, lambda: "ZeroDivisionError" in shown(app))
        assert app.is_running


async def test_nothing_is_answered_to_a_screen_that_is_gone(
    range_server: RangeServer, tmp_path: Path
) -> None:
    gate = threading.Event()
    answers: list[bool] = []
    async with browsing(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.press("o")
        form = app.screen
        app.background.run(form, "test", lambda: gate.wait(20), answers.append)
        await pilot.press("escape")
        await until(pilot, lambda: not form.is_running)
        gate.set()
        await until(pilot, lambda: not app.background.is_busy(form, "test"))
        assert not answers
