"""Wildcards and regular expressions cannot run away."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue.search import patterns

SMALL = st.text(alphabet="ab*?", max_size=8)


@given(pattern=SMALL, text=st.text(alphabet="ab", max_size=12))
def test_a_wildcard_fits_what_the_plain_regular_expression_fits(pattern: str, text: str) -> None:
    plain = "".join({"*": ".*", "?": "."}.get(char, char) for char in pattern)
    fits = patterns.compile_wildcard(pattern).fullmatch(text) is not None
    assert fits == (re.fullmatch(plain, text) is not None)


def test_a_wildcard_does_not_see_case_and_accents() -> None:
    assert patterns.compile_wildcard("é*.JPG").fullmatch("ete.jpg")


@pytest.mark.parametrize(
    "pattern", ["*a" * 40 + "*b", "*?" * 40 + "b", "a*a*a*a*a*a*a*a*a*a*a*a*b*"]
)
def test_many_stars_take_no_time(pattern: str) -> None:
    started = time.process_time()
    assert not patterns.compile_wildcard(pattern).fullmatch("a" * 1000)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [("raw/**", "raw/"), ("*.Jpg", ".jpg"), ("a*Canon?x", "canon"), ("*", ""), ("É?", "e")],
)
def test_the_longest_part_without_wildcards_narrows_a_search(pattern: str, longest: str) -> None:
    assert patterns.longest_literal(pattern) == longest


@pytest.mark.parametrize(
    "pattern",
    [
        *("^img_[0-9]+", "(jpe?g|tiff?)$", r"\(a\+\)\+", "[(+*]+", "[]a]+", r"[^\]]+", "a{2,3}"),
        *(r"(\d{4})-\1", "(?i)canon", "(?:a|b)c", "a|b", ".*x.*", "[a-z]+ [a-z]+", "(ab)+"),
    ],
)
def test_usual_expressions_are_taken(pattern: str) -> None:
    patterns.check_regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(a+)+", "could take for ever"),
        ("(a*)*b", "could take for ever"),
        ("((a+)b)+", "could take for ever"),
        ("(a|a)*", "could take for ever"),
        ("(?:x{2,}){3}", "could take for ever"),
        ("a*a*a*a*a*", "More than 4"),
        ("(", "Not a regular expression"),
        ("[z-a]", "Not a regular expression"),
        ("a**", "Not a regular expression"),
        ("(?P<n>a)(?P<n>b)", "Not a regular expression"),
        ("[[:alpha:]]", "Write \\["),
        ("[a--b]", "Write \\-"),
        ("x" * 201, "200 characters"),
        ("(?#", "Not a regular expression"),
    ],
)
def test_expressions_that_could_run_away_or_mean_nothing_are_refused(
    pattern: str, said: str
) -> None:
    with pytest.raises(patterns.PatternError) as caught:
        patterns.check_regex(pattern)
    assert said in str(caught.value)
    assert 0 <= caught.value.position <= len(pattern)


@given(pattern=st.text(alphabet=r"ab()[]|*+?{}2,\^$.-&~", max_size=14))
def test_any_other_expression_is_taken_or_refused(pattern: str) -> None:
    try:
        patterns.check_regex(pattern)
    except patterns.PatternError:
        return
    started = time.process_time()
    re.compile(pattern, re.IGNORECASE).search("ab" * 60)
    assert time.process_time() - started < 1
