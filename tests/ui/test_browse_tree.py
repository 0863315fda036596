"""Browse: buckets, prefixes and objects, listed page by page."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tasveer_tui.errors import CatalogueBusyError, NoCredentialsError
from tasveer_tui.records import Access, Source
from tasveer_tui.ui.browse.bucket_dialog import BucketDialog
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.browse.selection import SelectionState
from tasveer_tui.ui.browse.tree_lines import LineKind
from tasveer_tui.ui.kit.widgets import CheckBox
from tasveer_tui.workspace import Workspace
from tests.support.app_harness import (
    browse_screen,
    bucket_tree,
    loaded_keys,
    notes,
    object_list,
    open_browse,
    screen_text,
    static_text,
    type_text,
    wait_until,
)
from tests.support.range_server import RangeServer
from tests.support.s3_store import StoredObject

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.ui.app import TasveerApp

pytestmark = pytest.mark.usefixtures("short_delays")

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
        "…" if node.kind is LineKind.MORE else node.name
        for node in bucket_tree(app).tree_lines.lines
    ]


async def test_without_a_location_the_buckets_are_listed(
    range_server: RangeServer, tmp_path: Path
) -> None:
    for name in ("alpha", "beta"):
        range_server.make_bucket(name)
    async with open_browse(range_server, tmp_path) as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["alpha", "beta"])
        await wait_until(pilot, lambda: "The bucket is empty." in static_text(app, "#hint"))
        assert "aws s3 cp FILE s3://alpha/" in static_text(app, "#hint")


async def test_expanding_a_prefix_lists_it_and_the_objects_follow_the_cursor(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["raw/2019/a.jpg", "raw/2020/b.jpg", "raw/c.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/"])
        await pilot.press("j", "l")
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/", "2019/", "2020/"])
        await wait_until(pilot, lambda: loaded_keys(app) == ["raw/c.jpg"])
        await pilot.press("l")
        await wait_until(pilot, lambda: loaded_keys(app) == ["raw/2019/a.jpg"])
        await pilot.press("backspace", "h")
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/"])


async def test_a_location_opens_even_if_its_bucket_cannot_be_listed(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["team/a/x.jpg"], SAME)
    range_server.fail("error", op="ListObjectsV2", key="^$", status=403, code="AccessDenied")
    range_server.fail("error", op="ListObjectsV2", key="^team/$", status=403, code="AccessDenied")
    async with open_browse(range_server, tmp_path, "s3://photos/team/a/") as (app, pilot):
        await wait_until(pilot, lambda: loaded_keys(app) == ["team/a/x.jpg"])
        assert bucket_tree(app).node is not None
        assert bucket_tree(app).node.prefix == "team/a/"
        await pilot.press("g")
        await wait_until(pilot, lambda: "s3://photos/PREFIX/" in static_text(app, "#hint"))
        assert app.is_running


async def test_a_location_that_ends_inside_a_name_filters_by_that_name(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"raw/{y}/a.jpg" for y in (2018, 2019, 2020)], SAME)
    async with open_browse(range_server, tmp_path, "s3://photos/raw/201") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "raw/", "2018/", "2019/"])
        await pilot.press("escape")
        await wait_until(pilot, lambda: "2020/" in names(app))


async def test_a_partial_listing_is_never_shown_as_complete_and_can_be_loaded_to_the_end(
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


async def test_moving_the_cursor_away_stops_loading_to_the_end(
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


async def test_the_next_page_of_prefixes_loads_when_its_more_line_is_in_view(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", [f"d{i:05}/a.jpg" for i in range(2500)], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 1002)
        assert range_server.counts["ListObjectsV2"] == 1
        for line_count in (2002, 2501):
            await pilot.press("G")
            await wait_until(pilot, lambda n=line_count: len(bucket_tree(app).tree_lines) >= n)
        await pilot.press("G")
        await wait_until(pilot, lambda: bucket_tree(app).node.prefix == "d02499/")


async def test_after_a_page_without_prefixes_the_user_must_ask_for_more(
    range_server: RangeServer, tmp_path: Path
) -> None:
    keys = [f"a{i:05}.jpg" for i in range(5000)]
    range_server.put_many("photos", [*keys, "z/last.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: names(app) == ["photos", "…"])
        await wait_until(pilot, app.background.is_idle)
        assert range_server.counts["ListObjectsV2"] == 1
        await pilot.press("j")
        while names(app) != ["photos", "z/"]:
            count = range_server.counts["ListObjectsV2"]
            await pilot.press("enter")
            await wait_until(pilot, app.background.is_idle)
            assert range_server.counts["ListObjectsV2"] > count


async def test_the_server_filters_by_prefix_and_escape_clears_the_filter(
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


async def test_a_location_typed_into_the_prefix_filter_is_opened(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["a/x.jpg"], SAME)
    range_server.put_many("other", ["b/y.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        await pilot.press("slash")
        app.screen.query_one("#seek-input", Input).value = "s3://other/b/"
        await pilot.press("enter")
        await wait_until(pilot, lambda: loaded_keys(app) == ["b/y.jpg"])


async def test_a_location_typed_into_the_dialog_is_opened(
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
        await wait_until(pilot, lambda: loaded_keys(app) == ["a/x.jpg"])
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
        await wait_until(pilot, lambda: any("is not an S3 location" in note for note in notes(app)))
        assert isinstance(app.screen, BucketDialog)
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_a_missing_bucket_shows_how_to_open_another(
    range_server: RangeServer, tmp_path: Path
) -> None:
    async with open_browse(range_server, tmp_path, "nosuchbucket") as (app, pilot):
        await wait_until(pilot, lambda: "o opens another bucket" in static_text(app, "#hint"))


async def test_a_failed_listing_can_be_retried(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    rule = range_server.fail("error", op="ListObjectsV2", status=403, code="AccessDenied")
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: "open that part" in static_text(app, "#hint"))
        rule.times = 0
        await pilot.press("r")
        await wait_until(pilot, lambda: loaded_keys(app) == ["a.jpg"])


async def test_without_credentials_the_commands_to_get_some_are_shown(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    access = Access(endpoint_url=range_server.url, region="us-east-1")
    async with open_browse(range_server, tmp_path, access=access) as (app, pilot):
        await wait_until(pilot, lambda: "aws configure" in static_text(app, "#hint"))
        assert "--no-sign-request" in static_text(app, "#hint")
        assert "tasveer-tui demo" in static_text(app, "#hint")


async def test_hostile_keys_are_shown_with_visible_symbols_and_have_no_effect(
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
        await pilot.press("tab", "y", "i")
        objects, selection = object_list(app), object_list(app).browse_state.selection
        for row, ref in enumerate(objects.refs):
            objects.cursor = row
            await wait_until(pilot, lambda: not app.background.is_busy(app.screen, "inspect"))
            assert objects.listing is not None
            await pilot.press("space")
            assert selection(objects.listing.source).key_state(ref.key) is SelectionState.ALL
        assert not any(
            char in "".join(screen_text(app).split("\n")) for char in "\x1b\x07\x9b\u202e"
        )


async def test_any_size_of_terminal_is_drawn(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put_many("photos", ["a/b/c/d/e/f/g/h/x.jpg", "wide/漢字漢字漢字漢字.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos", size=(20, 5)) as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 3)
        await pilot.press("j", "l", "l", "l")
        for size in ((40, 10), (79, 23), (200, 60), (10, 3)):
            await pilot.resize_terminal(*size)
            await pilot.press("i")
            assert len(screen_text(app).split("\n")) == size[1]
        for dialog_key in ("question_mark", "o"):
            await pilot.press(dialog_key)
            assert len(screen_text(app).split("\n")) == 3
            await pilot.press("escape")


async def test_a_request_that_hangs_does_not_delay_quitting(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    range_server.put_many("photos", ["a/x.jpg"], SAME)
    is_hanging, may_end = Event(), Event()

    def hang(*_: object, **__: object) -> None:
        is_hanging.set()
        assert may_end.wait(20)

    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        monkeypatch.setattr(Workspace, "page", hang)
        await pilot.press("j", "r")
        await wait_until(pilot, is_hanging.is_set)
        await pilot.press("q")
        await wait_until(pilot, lambda: not app.is_running)
        may_end.set()


async def test_escape_never_quits(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put_many("photos", ["a/x.jpg", "b.jpg"], SAME)
    async with open_browse(range_server, tmp_path, "photos") as (app, pilot):
        await wait_until(pilot, lambda: len(bucket_tree(app).tree_lines) == 2)
        for keys in ("v", "slash", "o", "question_mark", "ctrl+p", "i", "tab"):
            await pilot.press(keys)
            await pilot.press("escape", "escape")
        assert app.is_running
        assert isinstance(app.screen, BrowseScreen)
        assert bucket_tree(app).has_focus


async def test_buckets_of_two_endpoints_are_labelled_with_their_access(
    range_server: RangeServer, home: Path, tmp_path: Path
) -> None:
    (home / "aws-config").write_text("[profile work]\nregion=us-east-1\n[profile archive]\n")
    range_server.put_many("photos", ["here.jpg"], SAME)
    with RangeServer() as other:
        other.put_many("photos", ["there.jpg"], SAME)
        other.make_bucket("scans")
        async with open_browse(range_server, tmp_path, "photos", size=(140, 40)) as (app, pilot):
            await wait_until(pilot, lambda: loaded_keys(app) == ["here.jpg"])
            assert f"unsigned 127.0.0.1:{range_server.port}" not in screen_text(app)
            await pilot.press("o")
            await wait_until(pilot, lambda: "or work, archive" in screen_text(app), "the profiles")
            app.screen.query_one("#location", Input).value = ""
            app.screen.query_one("#endpoint_url", Input).value = other.url
            await pilot.press("enter")
            await wait_until(pilot, lambda: names(app) == ["photos", "photos", "scans"])
            await wait_until(pilot, lambda: loaded_keys(app) == ["there.jpg"])
            for server in (range_server, other):
                assert f"photos  unsigned 127.0.0.1:{server.port}" in screen_text(app)
            await pilot.press("g")
            await wait_until(pilot, lambda: loaded_keys(app) == ["here.jpg"])
            await pilot.press("space")
            await wait_until(
                pilot, lambda: "1 prefix selected" in static_text(app, "#total"), "stays there"
            )
            await pilot.press("j")
            await wait_until(
                pilot, lambda: "Selection in photos; Enter there" in static_text(app, "#total")
            )


async def test_new_credentials_are_found_without_a_restart(
    range_server: RangeServer, home: Path, tmp_path: Path
) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    range_server.is_signature_needed = True
    access = Access(endpoint_url=range_server.url, region="us-east-1")
    async with open_browse(range_server, tmp_path, access=access) as (app, pilot):
        await wait_until(pilot, lambda: "aws configure" in static_text(app, "#hint"))
        await pilot.press("o")
        await wait_until(pilot, lambda: isinstance(app.screen, BucketDialog))
        assert app.screen.query_one("#unsigned", CheckBox).value, (
            "without credentials, the dialog suggests unsigned"
        )
        await pilot.press("escape")
        (home / "aws-credentials").write_text(
            "[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=not-a-secret\n"
        )
        await pilot.press("r")
        await wait_until(pilot, lambda: loaded_keys(app) == ["a.jpg"])


async def test_opening_a_slow_location_names_it_and_can_be_cancelled(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    range_server.put_many("photos", ["a.jpg"], SAME)
    may_open, source = Event(), Workspace.source

    def slow(self: Workspace, bucket: str, access: Access | None = None) -> Source:
        assert bucket == "photos" or may_open.wait(20)
        return source(self, bucket, access)

    monkeypatch.setattr(Workspace, "source", slow)
    async with open_browse(range_server, tmp_path, "s3://far/2019/") as (app, pilot):
        await wait_until(pilot, lambda: "Opening s3://far/2019/…" in static_text(app, "#hint"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: loaded_keys(app) == ["a.jpg"], "the buckets instead")
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
