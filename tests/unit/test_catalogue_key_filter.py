from __future__ import annotations

from typing import Any

import pytest

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.records import Access, JobSpec, ObjectRef
from tests.support.catalogue_factory import SOURCE


def spec(**given: Any) -> JobSpec:
    return JobSpec(SOURCE, Access(), **given)


def wants(key: str, size_bytes: int = 1, modified_at: float = 0.0, **given: Any) -> bool:
    return KeyFilter(spec(**given)).accepts(ObjectRef(key, size_bytes, "", modified_at))


@pytest.mark.parametrize(
    "key", ["a.jpg", "a.JPG", "x/y.NEF", "x/no extension", "x/.hidden", "a.b/c"]
)
def test_images_and_names_without_an_extension_are_taken(key: str) -> None:
    assert wants(key)


@pytest.mark.parametrize("key", ["a.txt", "a.jpg.xmp", "x/movie.MOV", "a.zip"])
def test_other_extensions_are_left_out(key: str) -> None:
    assert not wants(key)


def test_folder_markers_are_left_out() -> None:
    assert not wants("album/", 0)
    assert wants("album/", 5)


@pytest.mark.parametrize(
    ("glob", "key", "is_match"),
    [
        ("*.jpg", "a/b/c.jpg", True),
        ("*.jpg", "a/b/c.JPG", True),
        ("*.JPG", "c.jpg", True),
        ("IMG*.jpg", "img1.jpg", False),
        ("a/*.jpg", "a/c.jpg", True),
        ("a/*.jpg", "a/b/c.jpg", False),
        ("a/**/*.jpg", "a/c.jpg", True),
        ("a/**/*.jpg", "a/b/d/c.jpg", True),
        ("a/**", "a/b/c.txt", True),
        ("**/raw/*", "x/y/raw/1.nef", True),
        ("**/raw/*", "raw/1.nef", True),
        ("raw", "x/raw", True),
        ("IMG_000?.*", "x/IMG_0001.nef", True),
        ("IMG_[0-4]*", "x/IMG_3.nef", True),
        ("IMG_[!0-4]*", "x/IMG_3.nef", False),
        ("[", "x/[", True),
        ("a.b/c", "a.b/c", True),
        ("a.B/c", "a.b/c", False),
        ("*.tar.gz", "x.tar.GZ", True),
        ("a\nb*", "x/a\nbc", True),
        ("(a|b)", "a", False),
    ],
)
def test_globs_match_as_documented(glob: str, key: str, *, is_match: bool) -> None:
    assert wants(key, include=(glob,)) is is_match
    assert wants(f"{key}", include=("**",), exclude=(glob,)) is not is_match


def test_excluded_prefixes_and_keys_are_left_out() -> None:
    given = {"without_prefixes": ("a/b/",), "without_keys": ("a/c.jpg",)}
    keys = ["a/b/1.jpg", "a/c.jpg", "a/bb.jpg", "a/d.jpg"]
    assert [key for key in keys if wants(key, **given)] == ["a/bb.jpg", "a/d.jpg"]


def test_the_longest_prefix_decides() -> None:
    given = {"prefixes": ("a/", "a/b/c/"), "without_prefixes": ("a/b/",)}
    keys = ["a/1.jpg", "a/b/1.jpg", "a/b/c/1.jpg"]
    assert [key for key in keys if wants(key, **given)] == ["a/1.jpg", "a/b/c/1.jpg"]


def test_a_named_key_is_taken_whatever_it_looks_like_but_globs_count() -> None:
    assert wants("notes.txt", keys=("notes.txt",))
    assert wants("a/b/1.jpg", keys=("a/b/1.jpg",), without_prefixes=("a/",))
    assert not wants("notes.txt", keys=("notes.txt",), include=("*.jpg",))
    assert not wants("notes.txt", keys=("notes.txt",), exclude=("notes*",))


def test_prefixes_inside_others_are_listed_once() -> None:
    assert spec(prefixes=("b/", "a/x/", "a/", "a/")).outermost_prefixes() == ["a/", "b/"]
    assert spec(prefixes=("", "a/")).outermost_prefixes() == [""]
    assert spec(prefixes=("a/", "b/"), without_prefixes=("b/",)).outermost_prefixes() == ["a/"]


def test_keys_that_a_prefix_brings_are_not_asked_for_singly() -> None:
    given = spec(prefixes=("a/",), keys=("a/1", "b/1", "b/2", "b/1"), without_keys=("b/2",))
    assert given.single_keys() == ["b/1"]


@pytest.mark.parametrize(
    ("size_bytes", "is_wanted"), [(99, False), (100, True), (200, True), (201, False)]
)
def test_sizes_are_bounds_that_belong_to_it(size_bytes: int, is_wanted: bool) -> None:  # noqa: FBT001
    assert wants("a.jpg", size_bytes, min_bytes=100, max_bytes=200) is is_wanted


@pytest.mark.parametrize(
    ("modified_at", "is_wanted"), [(99.9, False), (100.0, True), (199.9, True), (200.0, False)]
)
def test_dates_are_from_the_first_to_before_the_second(modified_at: float, is_wanted: bool) -> None:  # noqa: FBT001
    assert wants("a.jpg", 1, modified_at, modified_since=100.0, modified_before=200.0) is is_wanted


def test_sizes_and_dates_count_for_single_keys_too() -> None:
    assert not wants("a.jpg", 5, prefixes=(), keys=("a.jpg",), min_bytes=6)
    assert not wants("a.jpg", 5, 7.0, prefixes=(), keys=("a.jpg",), modified_since=8.0)


def test_every_extension_can_be_taken_and_content_decides_then() -> None:
    assert wants("scan.dat", any_type=True)
    assert wants("a.jpg.bak", any_type=True)
    assert not wants("scan.dat", any_type=True, exclude=("*.dat",))
    assert not wants("album/", 0, any_type=True)
