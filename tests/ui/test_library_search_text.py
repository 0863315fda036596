from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue.fields import FIELDS
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.humanize import duration_text, plural, rate_text, size_text, time_text
from tasveer_tui.records import Tag
from tasveer_tui.ui.library.layout_controller import default_columns
from tasveer_tui.ui.library.search_controller import SearchResult
from tasveer_tui.ui.shared.facets import FacetCounter
from tasveer_tui.ui.shared.search_text import (
    add_term,
    exact_term,
    only_bucket,
    same_value_term,
    search_command,
    split_order,
    with_order,
)
from tasveer_tui.workspace import Workspace, WorkspaceOptions
from tests.support import catalogue_factory

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = 'a"\\[/oops]\x1b]52;c;aGk=\x07\u202e b'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("pieces")
    catalogue_factory.filled_catalogue(folder / "pieces.db", 400).close()
    workspace = Workspace(WorkspaceOptions(db=folder / "pieces.db", state_dir=folder))
    yield workspace
    workspace.close()


@pytest.mark.parametrize("name", [f.name for f in FIELDS.values() if f.is_column])
def test_the_term_of_every_value_finds_the_counted_images(workspace: Workspace, name: str) -> None:
    *_, counted = FacetCounter(workspace).count_one("", name)
    finder = Finder(workspace.catalogue.reader(), now=datetime.now(UTC))
    assert counted.is_final
    assert counted.values
    assert name == "keyword" or counted.images == 400
    for facet in counted.values[:8]:
        assert finder.count(parse(facet.term)) == facet.count, facet
        assert finder.count(parse(facet.excluding_term)) == 400 - facet.count, facet


def test_counting_stays_within_the_search(workspace: Workspace) -> None:
    *_, counted = FacetCounter(workspace).count_one("camera:nikon order by iso", "exif.Make")
    (only,) = counted.values
    assert only.label == "NIKON CORPORATION"
    *_, nothing = FacetCounter(workspace).count_one("camera:hasselblad", "camera")
    assert nothing.values == ()


def test_a_term_for_any_text_can_be_parsed_and_shown() -> None:
    for text in (HOSTILE, "plain", "two words", 'quo"te', "back\\slash", "", "\x1b" * 300 + "x"):
        term = exact_term("lens", text)
        assert term.isprintable()
        parse(term)


def test_a_term_is_added_before_the_order_and_around_an_or() -> None:
    assert add_term("", "iso=100") == "iso=100"
    assert add_term("canon order by iso desc", "f=2") == "canon f=2 order by iso desc"
    assert add_term("a OR b", "f=2") == "(a OR b) f=2"
    assert add_term('"a or b"', "f=2") == '"a or b" f=2'
    assert add_term("order by iso", "f=2") == "f=2 order by iso"


def test_an_order_is_found_only_outside_quotes() -> None:
    assert split_order('"order by me" x') == ('"order by me" x', "")
    assert split_order("border by iso") == ("border by iso", "")
    assert with_order("x ORDER  BY iso", "taken", is_descending=True) == "x order by taken desc"


def test_a_search_is_quoted_for_the_shell() -> None:
    assert search_command("") == "tasveer-tui search"
    assert search_command("it's -x") == """tasveer-tui search 'it'"'"'s -x'"""
    assert search_command("-lens:x") == "tasveer-tui search -- -lens:x"


def test_the_same_value_is_searched_for_by_tag_family() -> None:
    assert same_value_term(Tag("ExifIFD", "ISO", value=400)) == "exif.ISO=400"
    assert same_value_term(Tag("Canon", "OwnerName", value="Jane")) == 'maker.OwnerName="Jane"'
    assert same_value_term(Tag("XMP-dc", "Subject", value=["a"])) == ""
    assert same_value_term(Tag("XMP-dc", HOSTILE, value="a")) == ""


def test_figures_read_as_a_person_writes_them() -> None:
    assert [size_text(n) for n in (0, 999, 1000, 999_949, 999_950, 3.2e9)] == [
        "0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "3.2 GB",
    ]  # fmt: skip
    assert [duration_text(s) for s in (0, 59.4, 65, 3723, 90_000)] == [
        "0 s", "59 s", "1:05", "1:02:03", "1 d 1 h",
    ]  # fmt: skip
    assert [rate_text(r) for r in (0, 0.44, 410.4, 1204)] == ["0", "0.4", "410", "1,204"]
    assert time_text(0) == ""
    assert time_text(1_600_000_000) == "2020-09-13 12:26:40 UTC"
    assert plural(1, "prefix", "prefixes") == "1 prefix"
    assert plural(1200, "prefix", "prefixes") == "1,200 prefixes"


def test_the_only_bucket_of_a_search_is_recognized() -> None:
    assert only_bucket("iso>100 bucket:photos order by taken") == "photos"
    assert only_bucket('bucket="my photos"') == "my photos"
    for text in ("", "-bucket:photos", "bucket:a bucket:b", "bucket:a OR iso:1", "bucket:a*", "x"):
        assert only_bucket(text) == "", text


def test_rows_of_other_columns_are_not_shown() -> None:
    now, before = default_columns(), default_columns()[1:]
    found = SearchResult(ids=(1,), rows={1: ("a",)}, columns=tuple(before))
    assert found.rows_for(before) == {1: ("a",)}
    assert found.rows_for(now) == {}
    assert SearchResult().rows_for(now) is None
