from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.text import clean


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;AAAA\x07", "␛]52;c;AAAA␇"),
        ("a\nb\rc\td", "a␊b␍c␉d"),
        ("\x9b2J", "‹009B›2J"),
        ("gpj.\u202exe", "gpj.‹202E›xe"),
        ("nul\x00", "nul␀"),
        ("\ud800", "‹D800›"),
        ("\x7f", "␡"),
        ("a\u2028b", "a‹2028›b"),
    ],
)
def test_what_a_terminal_would_obey_becomes_visible(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@pytest.mark.parametrize("text", ["Canon EOS 5D", "Übersicht – 写真", "[bold]not markup[/]", ""])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_nothing_that_a_terminal_obeys_survives(text: str) -> None:
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not any(unicodedata.category(char) in bad for char in clean(text))


@given(st.text(), st.integers(1, 20))
def test_a_cut_text_is_never_longer_than_the_limit_and_says_that_it_was_cut(
    text: str, limit: int
) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert len(clean(text)) <= limit or shown.endswith("…")
