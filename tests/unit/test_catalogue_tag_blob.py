from __future__ import annotations

import sqlite3
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasveer_tui.catalogue.storage import interning, tag_blob
from tasveer_tui.catalogue.storage.common_tags import (
    FIRST_FREE_ID,
    cell_dictionary,
    dictionary,
    known_ids,
)
from tasveer_tui.catalogue.storage.migrations import migrate
from tasveer_tui.catalogue.storage.postings import IndexedTags, Indexer
from tasveer_tui.catalogue.storage.tag_store import INLINE_SHAPE_ID, tags_of
from tasveer_tui.records import Tag
from tests.support.catalogue_factory import record_of
from tests.support.property_examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ATOM = TEXT | st.integers() | st.floats(allow_nan=False)
RAW = TEXT | st.sampled_from(("1/250", "0/0", "28/10", "-1/3", "24/1 70/1", "6/0", "72/1"))
ROW = st.tuples(
    st.integers(1, 5000), st.integers(0, 65535), TEXT, st.integers(0), ATOM | st.lists(ATOM), RAW
)
USUAL = st.sampled_from(
    (
        (1, 2, "RATIONAL", 1, 0.004, "1/250"),
        (1, 2, "RATIONAL", 1, 72, "72/1"),
        (1, 2, "RATIONAL", 1, 72.0, "72/1"),
        (1, 2, "RATIONAL", 2, [24, 70], "24/1 70/1"),
        (1, 2, "RATIONAL", 2, [24.0, 70], "24/1 70/1"),
        (1, 2, "ASCII", 6, "Canon", ""),
        (1, 2, "ASCII", 20, "2019:05:04 10:11:12", ""),
        (1, 2, "ASCII", 20, "2019:05:04 23:59:60", ""),
        (1, 2, "UNDEFINED", 1200, "(Binary data 1200 bytes)", ""),
        (1, 2, "ASCII", 2000, "long " * 400, ""),
        (1, 2, "UNDEFINED", 4, "0230", ""),
        (1, 2, "", 1, ["a", "b", ""], ""),
    )
)


@pytest.fixture
def connection(shared: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    shared.execute("SAVEPOINT test")
    yield shared
    shared.execute("ROLLBACK TO test")


@pytest.fixture(scope="module")
def shared() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("BEGIN")
    migrate(made)
    yield made
    made.close()


def _kept(
    connection: sqlite3.Connection, rows: list[tag_blob.TagRow]
) -> list[tag_blob.TagRow] | None:
    indexer = Indexer(connection)
    tagged = indexer.index_rows("a/b.jpg", rows)
    indexer.flush()
    _insert(connection, tagged)
    return tags_of(connection, [1])[1]


def _insert(connection: sqlite3.Connection, tagged: IndexedTags) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO image_tags (id, shape_id, z) VALUES (1, ?, ?)",
        (tagged.shape_id, tagged.packed),
    )


@settings(max_examples=examples(100), deadline=None)
@given(rows=st.lists(ROW | USUAL, min_size=1))
def test_tags_come_back_as_they_were(
    shared: sqlite3.Connection, rows: list[tag_blob.TagRow]
) -> None:
    found = _kept(shared, rows)
    assert found == rows
    assert repr(found) == repr(rows)


@settings(max_examples=examples(100), deadline=None)
@given(rows=st.lists(ROW | USUAL, min_size=1))
def test_interned_tags_round_trip(shared: sqlite3.Connection, rows: list[tag_blob.TagRow]) -> None:
    tags = [Tag("G", f"T{tag_id}", *others) for tag_id, *others in rows]
    indexer = Indexer(shared)
    first, again = indexer.index_tags("k", tags), indexer.index_tags("k", tags)
    indexer.flush()
    assert first == again
    _insert(shared, first)
    stored = tags_of(shared, [1])[1] or []
    assert repr([row[1:] for row in stored]) == repr([row[1:] for row in rows])
    assert set(indexer.index_rows("k", stored).terms.split()) == set(first.terms.split())


SCRAPS = (
    '"2019:05:04 10:11:12"',
    '"2020:01:02 03:04:05"',
    ",",
    '"28/10"',
    "-1.5e-07",
    "[",
    "+",
    "T",
)


@given(scraps=st.lists(st.sampled_from(SCRAPS) | st.text('0123456789,."/-:[] eT+')))
def test_half_bytes_keep_every_text_of_their_characters(scraps: list[str]) -> None:
    texts = [f",{scrap}".encode() for scrap in scraps] or [b","]
    codes = [tag_blob.encode_nibbles(text) for text in texts]
    assert None not in codes
    whole = tag_blob.pack_nibbles(b"".join(code or b"" for code in codes))
    assert tag_blob.unpack_nibbles(whole) == b"[%b]" % b"".join(texts)[1:]


def test_what_is_mostly_digits_takes_half_a_byte_each() -> None:
    text = b',201,"1/4096","28/10","2019:05:04 10:11:12",1,"2019:05:04 10:11:12",51.29,[2,3]'
    assert len(tag_blob.pack_nibbles(tag_blob.encode_nibbles(text) or text)) == 27
    assert tag_blob.encode_nibbles(b',"a text"') is None


def test_tags_of_too_many_shapes_keep_their_own(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests of this file have left shapes behind.
    there = connection.execute("SELECT max(id) FROM shape").fetchone()[0]
    monkeypatch.setattr(interning, "MAX_SHAPES", there + 1)
    rows: list[tag_blob.TagRow] = [(9001, 2, "ASCII", 6, "Canon", ""), (9003, 4, "SHORT", 1, 8, "")]
    indexer = Indexer(connection)
    first, second = indexer.index_rows("k", rows[:1]), indexer.index_rows("k", rows)
    indexer.flush()
    assert first.shape_id != INLINE_SHAPE_ID
    assert (second.shape_id, second.terms.split()[-2:]) == (INLINE_SHAPE_ID, ["t9001", "t9003"])
    assert _kept(connection, rows) == rows


def test_the_same_tags_have_the_same_terms_again(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interning, "MAX_EXACT_NUMBERS", 3)
    rows: list[list[tag_blob.TagRow]] = [
        [(1, 2, "RATIONAL", 1, value / 7, ""), (2, 2, "LONG", 1, 10**17 + value, "")]
        for value in range(20)
    ]
    first = Indexer(connection)
    before = [first.index_rows("k", each) for each in rows]
    first.flush()
    again = Indexer(connection)
    assert [again.index_rows("k", each) for each in rows] == before
    assert len({each.terms for each in before}) > 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_stretch_holds_its_number(value: float) -> None:
    low, high = interning.range_of(value)
    assert low <= value <= high
    assert low < high
    assert high - low <= max(abs(value) / 200, 1e-300)


def test_nan_and_infinity_round_trip(connection: sqlite3.Connection) -> None:
    (row,) = _kept(connection, [(1, 0, "", 1, float("nan"), "0/0")]) or []
    assert repr(row[4]) == "nan"


def test_the_preset_dictionaries_never_change() -> None:
    # Blobs that were written with others could not be read any more.
    assert (len(dictionary()), zlib.crc32(dictionary())) == (6241, 531848901)
    assert (len(cell_dictionary()), zlib.crc32(cell_dictionary())) == (722, 166915114)


def test_each_common_tag_has_one_fixed_id() -> None:
    ids = known_ids()
    assert sorted(ids.values()) == list(range(1, len(ids) + 1))
    assert len(ids) < FIRST_FREE_ID


def test_a_usual_set_of_tags_takes_little_room(connection: sqlite3.Connection) -> None:
    indexer = Indexer(connection)
    assert len(indexer.index_tags("a.jpg", record_of(2).tags).packed) < 130


@pytest.mark.parametrize(
    "damaged", [b"", b"\x01abc", b"\x02abc", b"\x02", b"\x03\xff\xff", b"\x03"]
)
def test_damaged_blobs_are_reported(connection: sqlite3.Connection, damaged: bytes) -> None:
    assert _kept(connection, [(1, 2, "ASCII", 6, "Canon", "")])
    connection.execute("UPDATE image_tags SET z = ?", (damaged,))
    assert tags_of(connection, [1]) == {1: None}


def test_a_missing_text_is_reported(connection: sqlite3.Connection) -> None:
    assert _kept(connection, [(1, 2, "ASCII", 6, "Canon", "")])
    connection.execute("DELETE FROM value")
    assert tags_of(connection, [1]) == {1: None}
