from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue.storage.text_codec import (
    fold,
    from_stored,
    indexed_part,
    prefix_upper_bound,
    to_stored,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    "\ud800\udfff\U0010fffea\0"
)


@given(ANY_TEXT)
def test_any_text_comes_back_from_a_table_as_it_was(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        stored = connection.execute("SELECT ?", (to_stored(text),)).fetchone()[0]
    assert from_stored(stored) == text


@given(ANY_TEXT, ANY_TEXT)
def test_different_texts_are_stored_differently(one: str, other: str) -> None:
    assert (to_stored(one) == to_stored(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Été", "ete"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ＮＩＫＯＮ", "nikon"),
        ("İstanbul", "istanbul"),
        ("한국", "한국"),
        ("a\0b", "a b"),
        ("Zu\u0308rich", "zurich"),
    ],
)
def test_folded_texts_have_no_case_and_no_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("Canon", ("Canon", True)),
        ("2019:05:04 10:11:12", ("2019:05:04", False)),
        ("2019-05-04T10:11:12.345+02:00", ("2019-05-04", False)),
        ("2019:05:04", ("2019:05:04", True)),
        ("2019 was a good year", ("2019 was a good year", True)),
        ("(Binary data 8000 bytes)", ("", True)),
        ("x" * 1001, ("x" * 1000, False)),
    ],
)
def test_the_index_keeps_texts_but_only_the_days_of_times(
    value: str, kept: tuple[str, bool]
) -> None:
    assert indexed_part(value) == kept


@given(st.text(max_size=5), st.text(max_size=5))
def test_everything_with_a_prefix_lies_below_its_successor(prefix: str, rest: str) -> None:
    end = prefix_upper_bound(prefix)
    assert not end or prefix <= prefix + rest < end


@pytest.mark.parametrize(
    ("prefix", "end"),
    [("a/", "a0"), ("", ""), ("\U0010ffff", ""), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000")],
)
def test_the_successor_of_a_prefix_is_the_next_text_of_its_length(prefix: str, end: str) -> None:
    assert prefix_upper_bound(prefix) == end
