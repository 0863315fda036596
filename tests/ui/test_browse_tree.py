"""Browse: buckets, prefixes and objects, as a person walks through them."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.errors import CatalogueBusyError, NoCredentialsError
from tasveer_tui.records import Access, Source
from tasveer_tui.ui.browse.bucket_dialog import BucketDialog
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.browse.tree_lines import Kind
from tasveer_tui.ui.kit.widgets import CheckBox
from tasveer_tui.workspace import Workspace
from tests.support.app_harness import (
    browse_screen,
    bucket_tree,
    object_list,
    open_browse,
    screen_text,
    type_text,
    wait_until,
)
from tests.support.range_server import RangeServer
from tests.support.s3_store import StoredObject

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.ui.app import TasveerApp

SAME = StoredObject(b"x", "0" * 32)
HOSTILE = (
    "[/oops]b.jpg",
    "esc\x1b]52;c;aGk=\x07.jpg",
    "new\nline.jpg",
    "bidi\u202egpj.exe",
    "[@click=app.quit]x[/].jpg",
    "c1\x9b31m.jpg",
    "[red]b[link=x].jpg",
)


def names(app: TasveerApp) -> list[str]:
    return [
        "…" if node.kind is Kind.MORE else node.name for node in bucket_tree(app).tree_lines.lines
    ]


async def test_without_a_place_the_buckets_are_shown(
    range_server: RangeServer, tmp_path: Path
) -> None:
    for name in ("alpha", "beta"):
        range_server.make_bucket(name)
    async with open_browse(range_server, tmp_path) as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["alpha", "beta"])
        await wait_until(pilot, lambda: "The bucket is empty." in screen_text(app))
        assert "aws s3 cp FILE s3://alpha/" in screen_text(app)


async def test_prefixes_open_one_by_one_and_objects_follow_the_cursor(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["raw/2019/a.jpg", "raw/2020/b.jpg", "raw/c.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/"])
        await pilot.press("j", "l")
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/", "2019/", "2020/"])
        await wait_until(pilot, lambda: "c.jpg" in screen_text(app))
        await pilot.press("l")
        await wait_until(pilot, lambda: "a.jpg" in screen_text(app))
        assert "s3://photos/raw/2019/" in screen_text(app)
        await pilot.press("backspace", "h")
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/"])


async def test_a_place_is_opened_even_where_the_bucket_itself_may_not_be_listed(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["team/a/x.jpg"], SAME)
    range_server.fail("error", op="ListObjectsV2", key="^$", status=403, code="AccessDenied")
    range_server.fail("error", op="ListObjectsV2", key="^team/$", status=403, code="AccessDenied")
    async with open_browse(range_server, tmp_path, "s3://photos/team/a/") as (app, pilot):
        await wait_until(pilot, lambda: "x.jpg" in screen_text(app))
        assert bucket_tree(app).node is not None
        assert bucket_tree(app).node.prefix == "team/a/"
        await pilot.press("g")
        await wait_until(pilot, lambda: "s3://photos/PREFIX/" in screen_text(app))
        assert app.is_running


async def test_a_place_that_ends_inside_a_name_shows_what_begins_with_it(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"raw/{y}/a.jpg" for y in (2018, 2019, 2020)], SAME)
    async with open_browse(range_server, tmp_path, "s3://photos/raw/201") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/", "2018/", "2019/"])
        await pilot.press("escape")
        await wait_until(pilot, lambda: "2020/" in names(app))


async def test_nothing_is_cut_off_silently_and_the_end_is_reached(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"flat/IMG_{i:05}.jpg" for i in range(3500)], SAME)
    async with open_browse(range_server, tmp_path, "s3://photos/flat/") as (app, pilot):
        await wait_until(pilot, lambda: "1,000 objects loaded, more…" in screen_text(app))
        await pilot.press("tab")
        await wait_until(pilot, lambda: object_list(app).has_focus)
        range_server.latency_s = 0.3
        await pilot.press("G")
        await wait_until(pilot, lambda: "loading all (esc stops)" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not object_list(app).listing.is_loading)
        assert not object_list(app).listing.is_complete
        assert object_list(app).has_focus, "it only stopped"
        range_server.latency_s = 0.0
        await pilot.press("G")
        await wait_until(pilot, lambda: "3,500 objects" in screen_text(app))
        assert object_list(app).ref is not None
        assert object_list(app).ref.key == "flat/IMG_03499.jpg"
        keys = [ref.key for ref in object_list(app).listing.objects]
        assert keys == sorted(set(keys))
        assert len(keys) == 3500


async def test_going_to_the_end_stops_when_the_cursor_leaves_it(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"flat/IMG_{i:05}.jpg" for i in range(30_000)], SAME)
    async with open_browse(range_server, tmp_path, "s3://photos/flat/") as (app, pilot):
        await wait_until(pilot, lambda: object_list(app).row_count > 1)
        range_server.latency_s = 0.1
        await pilot.press("tab", "G")
        await wait_until(pilot, lambda: len(object_list(app).listing.objects) > 2000)
        await pilot.press("g")
        await wait_until(pilot, lambda: not object_list(app).listing.is_loading)
        assert not object_list(app).listing.is_complete
        assert object_list(app).cursor == 0


async def test_pages_of_prefixes_come_when_the_line_for_more_is_shown(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"d{i:05}/a.jpg" for i in range(2500)], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 1002)
        assert range_server.counts["ListObjectsV2"] == 1
        for _ in range(3):
            await pilot.press("G")
            await pilot.pause(0.2)
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2501)
        await pilot.press("G")
        await wait_until(pilot, lambda: bucket_tree(app).node.prefix == "d02499/")


async def test_a_long_run_of_objects_is_not_listed_for_prefixes_unless_asked(
    range_server: RangeServer, tmp_path: Path
) -> None:
    keys = [f"a{i:05}.jpg" for i in range(5000)]
    range_server.put_many("photos", [*keys, "z/last.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "…"])
        await pilot.pause(0.3)
        assert range_server.counts["ListObjectsV2"] == 1
        await pilot.press("j")
        for _ in range(8):
            await pilot.press("enter")
            await pilot.pause(0.1)
        await wait_until(pilot, lambda: names(app) == ["photos", "z/"])


async def test_seeking_asks_the_server_and_escape_shows_everything_again(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"d{i:05}/a.jpg" for i in range(2500)], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 1002)
        await pilot.press("slash")
        await type_text(pilot, "d0249")
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 11)
        assert names(app)[1:3] == ["d02490/", "d02491/"]
        await pilot.press("enter")
        await wait_until(pilot, lambda: bucket_tree(app).has_focus)
        assert "d0249*" in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 1002)


async def test_a_whole_place_typed_into_seek_is_opened(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["a/x.jpg"], SAME)
    range_server.put_many("other", ["b/y.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        await pilot.press("slash")
        app.screen.query_one("#seek-input", Input).value = "s3://other/b/"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "y.jpg" in screen_text(app))


async def test_a_bucket_is_opened_by_its_name_with_its_own_access(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("hidden", ["a/x.jpg"], SAME)
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos"])
        await pilot.press("o")
        await wait_until(pilot, lambda: isinstance(app.screen, BucketDialog))
        app.screen.query_one("#location", Input).value = "s3://hidden/a/"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "x.jpg" in screen_text(app))
        assert names(app) == ["photos", "hidden", "a/"]


async def test_an_invalid_s3_uri_is_reported_and_the_form_stays_open(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.make_bucket("photos")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await pilot.press("o")
        await wait_until(pilot, lambda: isinstance(app.screen, BucketDialog))
        app.screen.query_one("#location", Input).value = "https://example.com/x"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "is not an S3 location" in screen_text(app))
        assert isinstance(app.screen, BucketDialog)
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_a_bucket_that_is_not_there_says_so_in_its_place(
    range_server: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(range_server, tmp_path, "nosuchbucket") as (app, pilot):
        await wait_until(pilot, lambda: "o opens another bucket" in screen_text(app))


async def test_a_failed_listing_can_be_retried(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    rule = range_server.fail("error", op="ListObjectsV2", status=403, code="AccessDenied")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "If you have access to only a part" in screen_text(app))
        rule.times = 0
        await pilot.press("r")
        await wait_until(pilot, lambda: "a.jpg" in screen_text(app))


async def test_without_credentials_the_commands_that_give_some_are_shown(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    access = Access(endpoint_url=range_server.url, region="us-east-1")
    async with open_browse(range_server, tmp_path, access=access) as (app, pilot):
        await wait_until(pilot, lambda: "aws configure" in screen_text(app))
        assert "--no-sign-request" in screen_text(app)
        assert "tasveer-tui demo" in screen_text(app)


async def test_hostile_keys_are_shown_as_signs_and_do_nothing(
    range_server: RangeServer, tmp_path: Path
) -> None:
    keys = [*HOSTILE, "dir\x1b[2J/[/bold]/x.jpg", "\u202edir/x.jpg", "]8;;x/y.jpg"]
    range_server.put_many("photos", keys, SAME)
    async with open_browse(range_server, tmp_path, "photos", size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: object_list(app).row_count >= 5)
        text = screen_text(app)
        for sign in ("[/", "[@click=app.quit]x[", "[red]b", "␛", "␊", "‹202E›"):
            assert sign in text
        lines = "".join(text.split("\n"))
        assert not any(char in lines for char in "\x1b\x07\x9b\u202e")
        await pilot.press("tab")
        for _ in keys:
            await pilot.press("space", "enter", "escape")
            await pilot.pause(0.05)
        await pilot.press("y", "i")
        await pilot.pause(0.3)
        assert app.is_running
        assert not any(
            char in "".join(screen_text(app).split("\n")) for char in "\x1b\x07\x9b\u202e"
        )


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (79, 23), (200, 60)])
async def test_any_size_of_terminal_is_drawn(
    range_server: RangeServer, tmp_path: Path, size: tuple[int, int]
) -> None:
    range_server.put_many("photos", ["a/b/c/d/e/f/g/h/x.jpg", "wide/漢字漢字漢字漢字.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos", size=size) as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 3)
        for key in (
            "j",
            "l",
            "l",
            "l",
            "i",
            "i",
            "space",
            "question_mark",
            "escape",
            "o",
            "escape",
        ):
            await pilot.press(key)
        await pilot.resize_terminal(10, 3)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.is_running


async def test_leaving_is_not_delayed_by_a_request_that_hangs(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["a/x.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        rule = range_server.fail("delay", op="ListObjectsV2", seconds=3.0)
        await pilot.press("j", "r")
        await wait_until(pilot, lambda: not app.background.is_idle())
        await pilot.press("q")
        await wait_until(pilot, lambda: not app.is_running)
        assert range_server.in_flight
        rule.times = 0


async def test_escape_never_leaves_the_program(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put_many("photos", ["a/x.jpg", "b.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        for keys in ("v", "slash", "o", "question_mark", "ctrl+p", "i", "tab"):
            await pilot.press(keys)
            await pilot.press("escape", "escape", "escape")
        assert app.is_running
        assert isinstance(app.screen, BrowseScreen)
        assert bucket_tree(app).has_focus


async def test_buckets_of_two_endpoints_stand_side_by_side_and_say_where_they_are(
    range_server: RangeServer, home: Path, tmp_path: Path
) -> None:
    (home / "aws-config").write_text("[profile work]\nregion=us-east-1\n[profile archive]\n")
    range_server.put_many("photos", ["here.jpg"], SAME)
    with RangeServer() as other:
        other.put_many("photos", ["there.jpg"], SAME)
        other.make_bucket("scans")
        async with open_browse(range_server, tmp_path, "photos", size=(140, 40)) as (app, pilot):
            await wait_until(pilot, lambda: "here.jpg" in screen_text(app))
            assert f"unsigned 127.0.0.1:{range_server.port}" not in screen_text(app)
            await pilot.press("o")
            await wait_until(pilot, lambda: "or work, archive" in screen_text(app), "the profiles")
            app.screen.query_one("#location", Input).value = ""
            app.screen.query_one("#endpoint_url", Input).value = other.url
            await pilot.press("enter")
            await wait_until(pilot, lambda: names(app) == ["photos", "photos", "scans"])
            await wait_until(pilot, lambda: "there.jpg" in screen_text(app))
            for server in (range_server, other):
                assert f"photos  unsigned 127.0.0.1:{server.port}" in screen_text(app)
            await pilot.press("g")
            await wait_until(
                pilot, lambda: "here.jpg" in screen_text(app), "the first, reached as before"
            )
            await pilot.press("space")
            await wait_until(
                pilot, lambda: "1 prefix selected" in screen_text(app), "and stays there"
            )
            await pilot.press("j")
            await wait_until(
                pilot, lambda: "Selection in photos; Enter there ingests it." in screen_text(app)
            )


async def test_new_credentials_are_found_without_a_restart(
    range_server: RangeServer, home: Path, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    range_server.is_signature_needed = True
    access = Access(endpoint_url=range_server.url, region="us-east-1")
    async with open_browse(range_server, tmp_path, access=access) as (app, pilot):
        await wait_until(pilot, lambda: "aws configure" in screen_text(app))
        await pilot.press("o")
        await wait_until(pilot, lambda: isinstance(app.screen, BucketDialog))
        assert app.screen.query_one("#unsigned", CheckBox).value, "offered where nothing signs"
        await pilot.press("escape")
        (home / "aws-credentials").write_text(
            "[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=not-a-secret\n"
        )
        await pilot.press("r")
        await wait_until(pilot, lambda: "a.jpg" in screen_text(app))


async def test_a_place_that_takes_long_to_open_is_named_and_can_be_left(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    may_open, source = Event(), Workspace.source

    def slow(self: Workspace, bucket: str, access: Access | None = None) -> Source:
        assert bucket == "photos" or may_open.wait(20)
        return source(self, bucket, access)

    monkeypatch.setattr(Workspace, "source", slow)
    async with open_browse(range_server, tmp_path, "s3://far/2019/") as (app, pilot):
        await wait_until(pilot, lambda: "Opening s3://far/2019/…" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: "a.jpg" in screen_text(app), "the buckets instead")
        may_open.set()


async def test_a_catalogue_error_does_not_replace_the_error_of_the_bucket_list(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_fail = Event()

    def fail_late(_: Workspace) -> None:
        assert may_fail.wait(20)
        raise CatalogueBusyError("Another program holds the catalogue.", "Wait for it.")

    monkeypatch.setattr(Workspace, "sources", fail_late)
    access = Access(endpoint_url=range_server.url, region="us-east-1")
    async with open_browse(range_server, tmp_path, access=access) as (app, pilot):
        navigator = browse_screen(app).navigator
        await wait_until(pilot, lambda: isinstance(navigator.current_error, NoCredentialsError))
        may_fail.set()
        await wait_until(pilot, lambda: not app.background.is_busy(app.screen, "sources"))
        assert isinstance(navigator.current_error, NoCredentialsError)
