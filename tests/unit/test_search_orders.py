"""Orders without an index that are kept in memory, and for how long."""

from __future__ import annotations

import sqlite3
from array import array
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import functions as reader_functions
from tasveer_tui.catalogue.connections import Connection
from tasveer_tui.catalogue.orders import KeptOrders
from tasveer_tui.catalogue.search import Finder, parse, planning
from tasveer_tui.errors import SearchInterruptedError
from tests.parts.gallery import NOW, Gallery
from tests.parts.naive_search import Naive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    made = Gallery(300, seed=9, path=str(tmp_path / "catalogue.sqlite"))
    with closing(made.connection):
        yield made


@pytest.fixture
def reader(gallery: Gallery, tmp_path: Path) -> Iterator[Connection]:
    """Another connection, with orders that it keeps."""
    assert gallery.samples
    path = tmp_path / "catalogue.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, factory=Connection)) as connection:
        reader_functions.register(connection)
        connection.orders = KeptOrders()
        yield connection


def _walked(finder: Finder, text: str) -> list[int]:
    """The first page, found without putting anything in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finder, "_sorted", None)
        patch.setattr(planning, "_NARROW", 0)
        patch.setattr(planning, "balance", lambda *_: 0)
        return finder.first(parse(text), 40, 3)


@pytest.mark.parametrize("order", ["f", "lat desc", "name", "exif.ISO, rating desc"])
def test_a_kept_order_serves_until_an_image_changes(
    gallery: Gallery, reader: Connection, order: str
) -> None:
    finder = Finder(reader, now=NOW)
    texts = [f"{where} order by {order}" for where in ("", "camera:canon", "canon or iso:100")]
    for images in (300, 360):
        if images > len(gallery.samples):
            gallery.fill_further(images)
        naive = Naive(gallery.samples)
        with pytest.raises(TypeError):
            _walked(finder, texts[0])  # nobody has put them in order yet
        finder.prepare(parse(texts[1]))
        for text in texts:
            expected = naive.ids(parse(text))
            assert _walked(finder, text) == finder.first(parse(text), 40, 3) == expected[3:43]
            assert list(finder.ids(parse(text))) == expected


def test_orders_that_were_asked_for_last_are_kept_within_a_bound() -> None:
    orders = KeptOrders(most_bytes=100)
    for name in ("a", "b"):
        orders.keep(name, 1, array("I", range(12)))
    assert orders.get("a", 1) == array("I", range(12))
    orders.keep("c", 1, array("I", range(12)))
    assert [orders.get(name, 1) is not None for name in "abc"] == [True, False, True]
    orders.keep("d", 1, array("I", range(26)))
    assert orders.get("d", 1) is None
    orders.keep("e", 2, array("q", [2**32]))
    assert orders.get("e", 2) == array("q", [2**32])
    assert orders.get("c", 1) is None


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
