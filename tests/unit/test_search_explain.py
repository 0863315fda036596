"""What `search --explain` tells about the way to the first page."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.search.explain import AccessPathKind
from tasveer_tui.cli.app import run
from tests.support import catalogue_factory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explain") / "c.db"
    catalogue_factory.filled_catalogue(path, 3_000).close()
    return path


@pytest.fixture
def finder(db: Path) -> Iterator[Finder]:
    from tasveer_tui.catalogue import Catalogue

    with closing(Catalogue(db, create=False)) as catalogue:
        yield Finder(catalogue.reader(), now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", AccessPathKind.ORDERED_INDEX),
        ("order by size desc", AccessPathKind.ORDERED_INDEX),
        ("order by camera", AccessPathKind.ORDERED_INDEX),
        ("order by exif.Make", AccessPathKind.ORDERED_INDEX),
        ("name:IMG_00012.jpg order by shutter", AccessPathKind.SCAN),
        ("order by f, iso", AccessPathKind.SCAN),
    ],
)
def test_an_explanation_names_the_access_path_and_its_plan(
    finder: Finder, query: str, kind: AccessPathKind
) -> None:
    explanation = finder.explain(parse(query))
    assert explanation.trace.steps[-1].kind is kind
    assert explanation.trace.steps[-1].has_page
    text = "\n".join(explanation.lines())
    assert f"{kind}: " in text
    assert "SELECT i.id FROM" in text
    assert "SEARCH " in text or "SCAN " in text


@pytest.mark.parametrize("query", ["", "iso>=400", '"canon" order by name', "has:gps order by f"])
def test_an_explained_search_gives_the_same_page(finder: Finder, query: str) -> None:
    page = finder.first(parse(query))
    assert finder.explain(parse(query)).images == len(page)
    assert finder.first(parse(query)) == page


def test_the_command_prints_it_and_nothing_from_the_catalogue_reaches_the_terminal_raw(
    db: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["search", "--db", str(db), "--explain", 'name:"\x1b[31m"']) == 0
    out, err = capfd.readouterr()
    assert "images on the first page" in out
    assert "\x1b" not in out
    assert err == ""
