from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import parse
from tasveer_tui.errors import QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    ticks = iter(range(10_000))
    made = Catalogue(tmp_path / "c.db", clock=lambda: float(next(ticks)))
    yield made
    made.close()


def test_searches_are_saved_by_name(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.save_search("Night", "hour>=22 or hour<5")
    catalogue.save_search("best", "rating>=4 order by taken")
    catalogue.save_search("BEST", "rating=5 order by iso")
    other = Catalogue(tmp_path / "c.db")
    assert [(each.name, each.query) for each in other.saved_searches()] == [
        ("BEST", "rating=5 order by iso"),
        ("Night", "hour>=22 or hour<5"),
    ]
    other.delete_search("night")
    other.close()
    assert [each.name for each in catalogue.saved_searches()] == ["BEST"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("@night", "hour>=22 or hour<5"),
        ("canon @NIGHT", "canon (hour>=22 or hour<5)"),
        ("-@night", "-(hour>=22 or hour<5)"),
        ("(@best or @night) iso:100", "((rating>=4) or (hour>=22 or hour<5)) iso:100"),
        ("@best", "rating>=4 order by iso"),
        ("@best order by f", "rating>=4 order by f"),
        ("@both", "(rating>=4) (hour>=22 or hour<5)"),
        ("@all iso:100", "has:path iso:100"),
        ('"@night" x@night', '"@night" x@night'),
        ("title:@night", "title:@night"),
    ],
)
def test_a_name_stands_for_its_search(catalogue: Catalogue, text: str, same: str) -> None:
    catalogue.save_search("night", "hour>=22 or hour<5")
    catalogue.save_search("best", "rating>=4 order by iso")
    catalogue.save_search("both", "@best @night")
    catalogue.save_search("all", "")
    found, expected = catalogue.parse(text), parse(same)
    assert found.where == expected.where
    assert found.order == expected.order


def test_an_unknown_name_is_a_mistake(catalogue: Catalogue) -> None:
    catalogue.save_search("night", "hour>=22")
    with pytest.raises(QueryError, match="no saved search “nigth”") as error:
        catalogue.parse("canon @nigth")
    assert error.value.column == 6
    assert "@night" in error.value.remedy
    with pytest.raises(UsageError, match="no saved search “x”"):
        catalogue.delete_search("x")


def test_a_circle_is_not_saved(catalogue: Catalogue) -> None:
    catalogue.save_search("a", "iso:100")
    catalogue.save_search("b", "@a")
    with pytest.raises(QueryError, match="without end"):
        catalogue.save_search("a", "@b")
    with pytest.raises(QueryError, match="without end"):
        catalogue.save_search("c", "x @c")
    assert [each.query for each in catalogue.saved_searches()] == ["iso:100", "@a"]


@pytest.mark.parametrize("name", ["", "a b", "@a", "-a", "a" * 61, "a\n", "a;drop table image"])
def test_odd_names_are_refused(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        catalogue.save_search(name, "iso:100")


def test_a_mistaken_search_is_not_saved(catalogue: Catalogue) -> None:
    with pytest.raises(QueryError):
        catalogue.save_search("a", "iso:(")
    assert catalogue.saved_searches() == ()


def test_searches_that_multiply_end_with_a_sentence(catalogue: Catalogue) -> None:
    catalogue.save_search("a0", "iso:100 " * 20)
    catalogue.save_search("a1", "@a0 " * 10)
    with pytest.raises(QueryError):
        catalogue.save_search("a2", "@a1 " * 100)


def test_the_last_searches_are_remembered(catalogue: Catalogue) -> None:
    for number in range(250):
        catalogue.remember_search(f"iso:{number}")
    catalogue.remember_search("iso:200")
    assert catalogue.recent_searches(3) == ("iso:200", "iso:249", "iso:248")
    assert len(catalogue.recent_searches(1000)) == 200
