"""Orders without an index that are kept in memory, and for how long."""

from __future__ import annotations

import sqlite3
from array import array
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue.search import Finder, parse, planner
from tasveer_tui.catalogue.search.merge_changed import merge
from tasveer_tui.catalogue.storage import sql_functions as reader_functions
from tasveer_tui.catalogue.storage.connections import Connection
from tasveer_tui.catalogue.storage.sort_cache import (
    SortCache,
    change_number,
    changed_since,
    note_change,
)
from tasveer_tui.errors import SearchInterruptedError
from tests.support import search_thresholds
from tests.support.naive_search import NaiveSearch
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@pytest.fixture
def sample_catalogue(tmp_path: Path) -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(300, seed=9, path=str(tmp_path / "catalogue.sqlite"))
    with closing(made.connection):
        yield made


@pytest.fixture
def reader(sample_catalogue: SampleCatalogue, tmp_path: Path) -> Iterator[Connection]:
    """Another connection, with orders that it keeps."""
    assert sample_catalogue.samples
    path = tmp_path / "catalogue.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, factory=Connection)) as connection:
        reader_functions.register(connection)
        connection.orders = SortCache()
        yield connection


def _walked(finder: Finder, text: str) -> list[int]:
    """The first page, found without putting anything in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finder, "_sorted", None)
        patch.setattr(planner, "_NARROW_INDEX_ROWS", 0)
        patch.setattr(planner, "break_even_count", lambda *_: 0)
        return finder.first(parse(text), 40, 3)


@pytest.mark.parametrize("order", ["f", "lat desc", "name", "exif.ISO, rating desc"])
def test_a_cached_order_is_used_while_few_images_change(
    sample_catalogue: SampleCatalogue,
    reader: Connection,
    order: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finder = Finder(reader, now=NOW)
    wheres = ("", "camera:canon", "canon or iso:100", "-camera:nikon near:48.8,2.3,900km")
    texts = [f"{where} order by {order}" for where in wheres]
    with pytest.raises(TypeError):
        _walked(finder, texts[0])  # nobody has put them in order yet
    finder.prepare(parse(texts[1]))
    _serves(finder, sample_catalogue, texts)
    sample_catalogue.fill_up_to(360)
    sample_catalogue.rewrite(30)
    _serves(finder, sample_catalogue, texts)
    with monkeypatch.context() as patch:
        patch.setattr(finder, "_id_array", None)  # the changed ones are put in their places
        assert list(finder.ids(parse(texts[0]))) == NaiveSearch(sample_catalogue.samples).ids(
            parse(texts[0])
        )
    sample_catalogue.rewrite(90)
    monkeypatch.setattr("tasveer_tui.catalogue.storage.sort_cache._MAX_CHANGED_IMAGES", 89)
    with pytest.raises(TypeError):
        _walked(finder, texts[0])
    finder.prepare(parse(texts[1]))
    _serves(finder, sample_catalogue, texts)
    note_change(sample_catalogue.connection)  # whatever it was
    with pytest.raises(TypeError):
        _walked(finder, texts[0])
    for text in texts:
        assert list(finder.ids(parse(text))) == NaiveSearch(sample_catalogue.samples).ids(
            parse(text)
        )
    _serves(finder, sample_catalogue, texts)


def _serves(finder: Finder, sample_catalogue: SampleCatalogue, texts: list[str]) -> None:
    naive = NaiveSearch(sample_catalogue.samples)
    for text in texts:
        expected = naive.ids(parse(text))
        assert _walked(finder, text) == finder.first(parse(text), 40, 3) == expected[3:43]


@pytest.mark.parametrize("share", [None, 0.0, 0.5])
def test_failures_are_scanned_by_their_index(
    sample_catalogue: SampleCatalogue, share: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if share is not None:
        search_thresholds.use_large_search_thresholds(monkeypatch, share)
    naive = NaiveSearch(sample_catalogue.samples)
    finder = Finder(sample_catalogue.connection, now=NOW)
    for where in ("status:failed", "status:failed denied", "status:gone canon iso>=200"):
        for order in ("taken", "taken desc", "size"):
            query = parse(f"{where} order by {order}")
            assert finder.first(query, 7, 2) == naive.ids(query)[2:9]
            assert list(finder.ids(query)) == naive.ids(query)


def test_changes_are_forgotten_in_time(
    sample_catalogue: SampleCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = sample_catalogue.connection
    state = change_number(connection)
    note_change(connection, [3, 4])
    note_change(connection, [4, 5])
    assert changed_since(connection, state) == {3, 4, 5}
    assert changed_since(connection, state + 2) == frozenset()
    monkeypatch.setattr("tasveer_tui.catalogue.storage.sort_cache._MAX_TRANSACTIONS", 1)
    note_change(connection, [6])
    assert changed_since(connection, state) is None
    assert changed_since(connection, state + 2) == {6}


def test_orders_that_were_asked_for_last_are_kept_within_a_bound() -> None:
    orders = SortCache(max_bytes=100)
    for name in ("a", "b"):
        orders.keep(name, 1, array("I", range(12)))
    assert orders.get("a") == (array("I", range(12)), 1)
    orders.keep("c", 1, array("I", range(12)))
    assert [orders.get(name) is not None for name in "abc"] == [True, False, True]
    orders.keep("d", 1, array("I", range(26)))
    assert orders.get("d") is None
    orders.keep("e", 2, array("q", [2**32]))
    assert orders.get("e") == (array("q", [2**32]), 2)


def test_an_interrupt_between_two_calls_ends_the_next_one_once(reader: Connection) -> None:
    finder = Finder(reader, now=NOW)
    query = parse("canon")
    assert finder.first(query)
    reader.interrupt()
    with pytest.raises(SearchInterruptedError):
        finder.ids(query)
    assert finder.ids(query)
    reader.interrupt()
    assert Finder(reader, now=NOW).ids(query)


@given(st.data())
def test_changed_images_are_put_in_their_places(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 300))
    keys = dict(enumerate(data.draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))))
    changed = data.draw(st.sets(st.integers(0, 320), max_size=40))
    known = array("I", sorted(keys, key=lambda each: (keys[each], each)))
    new = data.draw(st.lists(st.integers(0, 60), min_size=len(changed), max_size=len(changed)))
    gone = {each for each in changed if each % 5 == 0}
    keys |= dict(zip(changed, new, strict=True))
    keys = {each: key for each, key in keys.items() if each not in gone}

    def in_order(ids: Iterable[int]) -> list[int]:
        return sorted(keys.keys() & set(ids), key=lambda each: (keys[each], each))

    assert list(merge(known, changed, in_order, lambda: None)) == in_order(keys)
