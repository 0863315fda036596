"""The table of commands: complete, with keys that terminals send, and remappable; the help."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

import pytest
from textual.binding import Binding

import tasveer_tui.ui
from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.browse.bucket_dialog import BucketDialog
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.browse.seek import SeekBar
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.ui.kit.commands import RENAMED
from tasveer_tui.ui.kit.frame import MainScreen
from tasveer_tui.ui.kit.help import HelpScreen
from tasveer_tui.ui.kit.keys import (
    COMMANDS,
    FORBIDDEN,
    Scope,
    bindings,
    current_ids,
    keys_of,
    pretty,
    problems,
)
from tasveer_tui.ui.screens import SCREENS
from tests.support.app_harness import open_app, open_browse, screen_text, type_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.range_server import RangeServer

HELP_CLOSES_LIKE_IT_OPENS = {"q", "question_mark", "f1"}
"""Keys of the help screen that are not in the table: elsewhere they open it, or quit."""


def owners() -> dict[type, list[Binding]]:
    """Every class of the screens with keys of its own, and the bindings."""
    found: dict[type, list[Binding]] = {}
    for info in pkgutil.walk_packages(tasveer_tui.ui.__path__, "tasveer_tui.ui."):
        for one in vars(importlib.import_module(info.name)).values():
            if isinstance(one, type) and one.__module__ == info.name and "BINDINGS" in vars(one):
                found[one] = list(Binding.make_bindings(vars(one)["BINDINGS"]))
    return found


@pytest.mark.parametrize("command_id", COMMANDS)
def test_each_command_has_a_key_that_terminals_send(command_id: str) -> None:
    assert not set(keys_of(command_id)) <= FORBIDDEN


@pytest.mark.parametrize("command_id", COMMANDS)
def test_each_command_has_a_short_label_and_a_sentence(command_id: str) -> None:
    command = COMMANDS[command_id]
    assert command.help[0].isupper()
    assert command.help.endswith(".")
    assert 0 < len(command.label) <= 20


@pytest.mark.parametrize(
    "key",
    [
        *("j", "k", "h", "l", "g", "G", "ctrl+f", "ctrl+b", "enter", "backspace", "tab", "space"),
        *("v", "ctrl+a", "t", "slash", "left_square_bracket", "right_square_bracket", "minus"),
        *("H", "L", "F", "i", "p", "y", "e", "r", "R", "x", "P", "question_mark", "f1", "q"),
        *("1", "2", "3", "escape", "ctrl+p"),
    ],
)
def test_promised_keys_have_a_command(key: str) -> None:
    assert any(key in keys_of(command_id) for command_id in COMMANDS)


def test_all_bindings_come_from_the_table_and_have_an_action() -> None:
    found, scopes = owners(), set[Scope]()
    for owner, keys in found.items():
        seen = set[str]()
        for binding in keys:
            if owner is HelpScreen and binding.key in HELP_CLOSES_LIKE_IT_OPENS:
                continue
            command = COMMANDS.get(binding.id or "")
            assert command is not None, f"{owner.__name__} binds {binding.key} by itself"
            scopes.add(command.scope)
            target, _, action = binding.action.partition("(")[0].rpartition(".")
            has = {"app": TasveerApp, "screen": MainScreen}.get(target, owner)
            # The help has nothing to confirm, and some dialogs replace the command by their own.
            is_other = action == "accept" and (owner is HelpScreen or binding.key in seen)
            seen.add(binding.key)
            assert is_other or hasattr(has, f"action_{action}"), (owner, command.id)
    assert scopes == {command.scope for command in COMMANDS.values()}, "no command without a home"


def test_printable_keys_have_no_priority() -> None:
    for scope in Scope:
        for binding in cast("list[Binding]", bindings(scope)):
            if binding.priority:
                keys = map(pretty, binding.key.split(","))
                assert not any(len(key) == 1 and key.isascii() for key in keys), binding


@pytest.mark.parametrize(
    ("key", "text"),
    [("question_mark", "?"), ("ctrl+f", "ctrl+f"), ("down", "↓"), ("G", "G"), ("slash", "/")],
)
def test_keys_are_shown_by_their_usual_names(key: str, text: str) -> None:
    assert pretty(key) == text


def test_mistakes_in_custom_keys_are_reported_by_command() -> None:
    sentences = problems({"browse.seak": "f", "browse.seek": "ctrl+i", "tree.expand": "l,,"})
    assert "Did you mean browse.seek?" in sentences[0]
    assert "browse.seek" in sentences[1]
    assert "tree.expand" in sentences[2]
    assert not problems({"browse.seek": "s,ctrl+i"})


async def test_a_remapped_command_has_only_its_new_key(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put("photos", "a/x.jpg", b"x")
    settings = UiSettings(keys={"tree.expand": "z"}, images=False)
    async with open_browse(range_server, tmp_path, "photos", settings=settings) as (app, pilot):
        tree = app.screen.query_one(BucketTree)
        await wait_until(pilot, lambda: len(tree.tree_lines) == 2)
        await pilot.press("h")
        await wait_until(pilot, lambda: len(tree.tree_lines) == 1)
        await pilot.press("l")
        await pilot.pause()
        assert len(tree.tree_lines) == 1
        await pilot.press("z")
        await wait_until(pilot, lambda: len(tree.tree_lines) == 2)
        assert "z expand" in screen_text(app)


async def test_an_unknown_command_in_custom_keys_is_reported_and_others_work(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    settings = UiSettings(keys={"browse.seak": "f", "app.help": "f9"}, images=False)
    async with open_browse(range_server, tmp_path, "photos", settings=settings) as (app, pilot):
        await wait_until(pilot, lambda: "no command is named browse.seak" in screen_text(app))
        await pilot.press("f9")
        await wait_until(pilot, lambda: "Keys that work here" in screen_text(app))


async def test_letters_go_to_a_focused_input(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put("photos", "a/x.jpg", b"x")
    letters = sorted({key for i in COMMANDS for key in keys_of(i) if len(key) == 1})
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        tree = app.screen.query_one(BucketTree)
        await wait_until(pilot, lambda: len(tree.tree_lines) == 2)
        await pilot.press("slash")
        bar = app.screen.query_one(SeekBar)
        await wait_until(pilot, lambda: bar.input.has_focus)
        await type_text(pilot, "".join(letters))
        await pilot.press("question_mark", "space", "slash")
        assert bar.input.value == "".join(letters) + "? /"
        assert app.is_running
        assert isinstance(app.screen, BrowseScreen)


async def test_the_help_lists_the_commands_of_the_screen_first(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put("photos", "a/x.jpg", b"x")
    async with open_browse(range_server, tmp_path, "photos", size=(100, 400)) as (app, pilot):
        here = {a.binding.id for a in app.screen.active_bindings.values() if a.binding.id}
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: "Other keys" in screen_text(app))
        text = screen_text(app)
        mine, others = text.split("Other keys")
        for command_id, command in COMMANDS.items():
            first_words = " ".join(command.help.split()[:3])
            assert first_words in (mine if command_id in here else text), command_id
        assert "Browse" in mine
        assert "Library" in others
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_the_palette_finds_a_command_by_its_name_and_runs_it(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put("photos", "a/x.jpg", b"x")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(app.screen.query_one(BucketTree).tree_lines) == 2)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: "Browse: select" in screen_text(app))
        await type_text(pilot, "open bucket")
        await wait_until(pilot, lambda: "Browse: open bucket" in screen_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, BucketDialog))
        await pilot.press("escape")


async def test_the_footer_shows_only_active_commands(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put("photos", "a/x.jpg", b"x")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "l expand" in screen_text(app))
        assert "enter open" in screen_text(app)
        assert "enter ingest" not in screen_text(app)
        await pilot.press("space")
        await wait_until(pilot, lambda: "enter ingest" in screen_text(app))
        assert "enter open" not in screen_text(app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: "esc show all" in screen_text(app))
        assert "space select" not in screen_text(app)
        assert "f1 help" in screen_text(app)


def test_settings_may_name_a_command_by_its_former_id() -> None:
    assert current_ids({"browse.toggle": "s", "app.help": "f9"}) == {
        "browse.select": "s",
        "app.help": "f9",
    }
    assert set(RENAMED.values()) <= set(COMMANDS)
    assert not set(RENAMED) & set(COMMANDS)


async def test_only_the_library_help_describes_the_search_language(
    tmp_path: Path,
) -> None:
    async with open_app(tmp_path / "catalogue.sqlite", "library", size=(100, 120)) as (app, pilot):
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: "Search syntax" in screen_text(app))
        assert "shutter<=1/250" in screen_text(app)
        await pilot.press("escape", "1", "question_mark")
        await wait_until(pilot, lambda: "Select the line" in screen_text(app))
        assert "Search syntax" not in screen_text(app)


def test_each_screen_has_a_command() -> None:
    assert [f"app.{mode}" for mode in SCREENS] == [
        command_id for command_id in COMMANDS if command_id.removeprefix("app.") in SCREENS
    ]
