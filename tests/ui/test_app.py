"""The app: start-up, quitting, themes, and limited terminals."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.records import Access, Source
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.ui.jobs.screen import JobsScreen
from tasveer_tui.ui.kit import theme
from tasveer_tui.ui.kit.dialogs import ConfirmScreen
from tasveer_tui.ui.kit.status import EngineStatus, access_facts, engine_words
from tasveer_tui.ui.library.screen import LibraryScreen
from tests.support.app_harness import open_browse, screen_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.range_server import RangeServer

HEAVY = (
    "PIL", "boto3", "botocore", "celery", "kombu", "peewee", "sqlite3", "urllib3", "lark",
    "tasveer_tui.s3", "tasveer_tui.exif", "tasveer_tui.catalogue", "tasveer_tui.jobs",
)  # fmt: skip


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    code = (
        "import sys, tasveer_tui.ui.app, tasveer_tui.workspace;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


async def test_number_keys_switch_screens(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        for key, screen in (("2", JobsScreen), ("3", LibraryScreen), ("1", BrowseScreen)):
            await pilot.press(key)
            await wait_until(pilot, lambda screen=screen: isinstance(app.screen, screen))


async def test_a_click_on_a_screen_title_shows_the_screen(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.click("HeaderBar", offset=(screen_text(app).index("2 Jobs"), 0))
        await wait_until(pilot, lambda: isinstance(app.screen, JobsScreen))


async def test_a_click_on_the_footer_runs_the_command(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "? help" in screen_text(app))
        last = screen_text(app).split("\n")[-1]
        await pilot.click("FooterBar", offset=(last.index("? help"), 0))
        await wait_until(pilot, lambda: "Keys that work here" in screen_text(app))


async def test_q_quits_at_once_while_no_job_runs(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.press("q")
        await wait_until(pilot, lambda: not app.is_running)
        assert (app.return_code or 0) == 0


async def test_quitting_asks_while_a_job_runs(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        app._engine = EngineStatus(jobs=1, left=1240, is_running=True)
        await pilot.press("q")
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "1,240 objects are left" in screen_text(app)
        assert "resumes at the next start" in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await pilot.press("q", "enter")
        await wait_until(pilot, lambda: not app.is_running)


async def test_ctrl_c_names_the_key_that_quits(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.press("ctrl+c")
        await wait_until(pilot, lambda: "Press q to quit" in screen_text(app))


async def test_the_settings_set_the_theme_and_a_key_switches_it(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    settings = UiSettings(theme="light", images=False)
    async with open_browse(range_server, tmp_path, "photos", settings=settings) as (app, pilot):
        assert app.theme == theme.LIGHT
        await pilot.press("f2")
        assert app.theme == theme.DARK


async def test_an_unknown_theme_falls_back_to_the_dark_one(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    settings = UiSettings(theme="nosuch", images=False)
    async with open_browse(range_server, tmp_path, "photos", settings=settings) as (app, _):
        assert app.theme == theme.DARK


async def test_ascii_mode_shows_only_ascii(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put("photos", "raw/a.jpg", b"x")
    settings = UiSettings(ascii=True, images=False)
    async with open_browse(range_server, tmp_path, "photos", settings=settings) as (app, pilot):
        await wait_until(pilot, lambda: "raw/" in screen_text(app))
        await pilot.press("space")
        await wait_until(pilot, lambda: "selected" in screen_text(app))
        await pilot.pause(0.3)
        odd = {char for char in screen_text(app) if not char.isascii()}
        assert not odd


@pytest.mark.parametrize(
    ("locale", "is_ascii"), [("C", True), ("de_DE.ISO-8859-1", True), ("en_GB.UTF-8", False)]
)
def test_symbols_depend_on_the_locale(
    monkeypatch: pytest.MonkeyPatch, locale: str, *, is_ascii: bool
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert theme.symbols_for(is_ascii=False).is_ascii is is_ascii


async def test_each_state_has_its_own_symbol_without_colour(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    range_server.put("photos", "raw/a.jpg", b"x")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "raw/" in screen_text(app))
        await pilot.press("j", "space")
        await wait_until(pilot, lambda: "■ raw/" in screen_text(app))
        assert "◧ photos" in screen_text(app)
        colours = [
            segment.style.color.triplet
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.color and segment.style.color.triplet
        ]
        assert colours
        assert all(colour.red == colour.green == colour.blue for colour in colours)
    for signs in (theme.UNICODE, theme.ASCII):
        assert len({signs.never, signs.partly, signs.done, signs.stale, signs.failed}) == 5
        assert len({signs.selected, signs.partly_selected, signs.unselected}) == 3


async def test_an_invalid_catalogue_is_reported_and_browse_works(
    range_server: RangeServer, tmp_path: Path
) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"this is some other file, not a catalogue" * 100)
    range_server.put("photos", "raw/a.jpg", b"x")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "engine problem" in screen_text(app))
        await wait_until(pilot, lambda: "raw/" in screen_text(app))


def test_the_header_shows_no_secret() -> None:
    source = Source("https://user:secret@host:9000", "photos")
    facts = access_facts(source, Access(profile="work", region="eu-west-1"))
    assert facts == ("s3://photos", "profile work", "eu-west-1", "host:9000")


@pytest.mark.parametrize(
    ("engine", "has_broker", "words"),
    [
        (EngineStatus(), False, "engine idle"),
        (EngineStatus(jobs=1, left=1240, is_running=True), False, "1 job, 1,240 left"),
        (EngineStatus(jobs=2, left=5), True, "2 jobs waiting"),
        (EngineStatus(problem="RabbitMQ is away."), True, "broker problem"),
    ],
)
def test_the_header_shows_the_engine_state(
    engine: EngineStatus, words: str, *, has_broker: bool
) -> None:
    assert engine_words(engine, has_broker=has_broker) == words
