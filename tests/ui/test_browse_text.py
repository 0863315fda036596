"""Texts of Browse: locations, commands, empty states, estimates."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.errors import AccessDeniedError, NoCredentialsError, UsageError
from tasveer_tui.records import Access, JobSpec, ObjectRef, Page, Source
from tasveer_tui.ui.browse import empty_states
from tasveer_tui.ui.browse.estimate_text import estimate_rows, parse_globs, target_lines
from tasveer_tui.ui.browse.listing_model import Listing
from tasveer_tui.ui.browse.navigator import leading_prefixes
from tasveer_tui.ui.kit.command_line import ingest_command
from tasveer_tui.workspace import Estimate

SOURCE = Source("", "photos")


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("", ([], "")),
        ("a/b/", (["a/", "a/b/"], "")),
        ("a/b/c.jpg", (["a/", "a/b/"], "c.jpg")),
        ("c", ([], "c")),
        ("//x", (["/", "//"], "x")),
    ],
)
def test_a_path_is_split_into_its_prefixes(path: str, steps: tuple[list[str], str]) -> None:
    assert leading_prefixes(path) == steps


def test_the_command_repeats_every_part_of_the_job() -> None:
    access = Access(profile="work", is_anonymous=False, requester_pays=True)
    spec = JobSpec(
        SOURCE,
        access,
        prefixes=("raw/", "two words/"),
        without_prefixes=("raw/[tmp]/",),
        without_keys=("raw/a*.jpg",),
        include=("*.jpg",),
        force=True,
    )
    assert shlex.split(ingest_command(spec)) == [
        *("tasveer-tui", "ingest", "s3://photos/raw/", "s3://photos/two words/"),
        *("--include", "*.jpg", "--exclude", "raw/[[]tmp]/**"),
        *("--exclude", "raw/a[*].jpg", "--force"),
        *("--profile", "work", "--request-payer", "requester"),
    ]


@pytest.mark.parametrize("key", ["top.jpg", "]x.jpg", "!a", "a/b[c]*?.jpg", "-x", "^y", "[z]"])
def test_the_glob_of_an_excluded_key_matches_only_that_key(key: str) -> None:
    spec = JobSpec(SOURCE, Access(), prefixes=("",), without_keys=(key,))
    command = shlex.split(ingest_command(spec))
    glob = command[command.index("--exclude") + 1]
    keys = KeyFilter(JobSpec(SOURCE, Access(), include=("**",), exclude=(glob,)))
    assert not keys.accepts(ObjectRef(key, 1))
    for other in (f"elsewhere/{key}", f"x{key}", f"{key}x", "other.jpg"):
        assert keys.accepts(ObjectRef(other, 1)), other


@pytest.mark.parametrize("key", ["new\nline.jpg", "esc\x1b[31m'x", "bidi\u202egpj", "tab\t\\n"])
def test_a_hostile_key_is_only_text_to_the_shell_that_the_command_is_pasted_into(key: str) -> None:
    command = ingest_command(JobSpec(SOURCE, Access(), prefixes=(), keys=(key,)))
    assert command.isprintable()
    script = command.replace("tasveer-tui ingest", "printf '%s'")
    shown = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=10)
    assert shown.stdout.decode() == f"s3://photos/{key}"


def test_a_password_in_the_endpoint_is_not_copied() -> None:
    access = Access(endpoint_url="https://user:secret@host:9000")
    assert "secret" not in ingest_command(JobSpec(SOURCE, access))


def test_globs_are_separated_by_spaces_and_may_be_quoted() -> None:
    assert parse_globs("*.jpg 'two words/**'") == ("*.jpg", "two words/**")
    with pytest.raises(UsageError):
        parse_globs("'open")


def test_the_estimate_lists_objects_requests_transfer_and_cost() -> None:
    rows = dict(
        estimate_rows(
            Estimate(
                objects=1200,
                size_bytes=5_000_000_000,
                to_read=1000,
                to_read_bytes=4_000_000_000,
                filtered=150,
                unchanged=50,
                list_requests=2,
                read_requests=1100,
                read_bytes=80_000_000,
                seconds=4.0,
                dollars=0.0005,
            )
        )
    )
    assert rows["listed"] == "1,200 objects, 5.0 GB"
    assert rows["skipped"] == "150 by filters, 50 unchanged"
    assert rows["requests"] == "2 lists and about 1,100 reads"
    assert rows["transfer"] == "about 80.0 MB of 4.0 GB, 98% saved"
    assert rows["cost"] == "under $0.01 in requests"


def test_many_prefixes_are_shown_as_a_count() -> None:
    spec = JobSpec(
        SOURCE, Access(), prefixes=tuple("abcde"), without_prefixes=("a/x/",), without_keys=("a/y",)
    )
    assert target_lines(spec) == [
        *("s3://photos/a", "s3://photos/b", "s3://photos/c"),
        *("and 2 more", "without s3://photos/a/x/ and 1 more"),
    ]


def listing(*, prefixes: int = 0, objects: int = 0, is_last: bool = True) -> Listing:
    made = Listing(SOURCE, "")
    refs = tuple(ObjectRef(f"o{i}", 1) for i in range(objects))
    made.add(Page(tuple(f"p{i}/" for i in range(prefixes)), refs, "x", is_last))
    return made


def test_a_partial_listing_is_never_shown_as_complete() -> None:
    assert listing(objects=1200, is_last=False).count_text() == "1,200 objects loaded, more…"
    assert listing(prefixes=1, objects=1).count_text() == "1 prefix, 1 object"
    assert listing().count_text() == "0 objects"


def test_a_page_without_a_cursor_ends_the_listing() -> None:
    made = Listing(SOURCE, "")
    made.add(Page(cursor="", is_last=False))
    assert made.is_complete


def test_without_credentials_the_commands_to_get_some_are_shown() -> None:
    text = "\n".join(
        empty_states.no_sources(NoCredentialsError("No credentials."), is_loading=False)
    )
    for command in ("aws configure", "--no-sign-request", "tasveer-tui demo", "o opens"):
        assert command in text


def test_a_denied_prefix_shows_how_to_open_a_narrower_one() -> None:
    error = AccessDeniedError("You may not list photos.", "Ask its owner.")
    text = "\n".join(empty_states.listing_failed(listing(), error))
    assert "s3://photos/PREFIX/" in text
    assert "Ask its owner." in text


def test_an_empty_bucket_shows_how_to_upload_images() -> None:
    assert "aws s3 cp" in "\n".join(empty_states.nothing_listed(listing()))
