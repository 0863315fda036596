"""A mistake in a search is explained at its place, and nothing else is ever raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.search.parser import MAX_DEPTH, MAX_LENGTH, MAX_TERMS
from tasveer_tui.errors import QueryError
from tests.support.property_examples import examples
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.search import Query


def _mistake(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "marked", "said"),
    [
        # unknown names
        ("statux:ok", "statux", "Did you mean status?"),
        ("a aperture:8", "aperture", "Did you mean f?"),
        ("zzzz:1", "zzzz", "put it in quotes"),
        ("http://x", "http", "put it in quotes"),
        ("exf.ISO:3", "exf", "Did you mean exif.ISO?"),
        ("zz.b:1", "zz", "Known: exif, gps, xmp, iptc, maker, file."),
        ("has:foo", "foo", "There is no field “foo”"),
        ("a order by foo", "foo", "There is no field “foo”"),
        ("order by gps", "gps", "Nothing can be sorted by gps"),
        # numbers and units
        ("iso:abc", "abc", "is not a number"),
        ("size>5XB", "XB", "is not a unit"),
        ("shutter:1/0", "0", "divided by zero"),
        ("ratio:3:0", "0", "divided by zero"),
        ("iso:1e99", "1e99", "too large"),
        ("iso:400..100", "400", "runs backwards"),
        ("iso:0..-5", "0..", "Write -5..0."),
        ("iso:..", "..", "at least one end"),
        ("iso>100..200", "100", "A range goes with"),
        ("iso:(1, x)", "x", "is not a number"),
        ("iso>(1, 2)", "1", "A list goes with"),
        ("iso:*", "*", "is not a number"),
        ("iso:/1/", "1", "needs a field of text"),
        # dates
        ("taken:20233", "20233", "is not a date"),
        ("taken:2023-13", "2023-13", "There is no month 13"),
        ("taken:2023-02-30", "2023-02-30", "2023-02 has 28 days"),
        ("taken:0000", "0000", "no year 0000"),
        ("taken:2023-01-01T25:00", "2023", "is not a date"),
        ("taken:last 30x", "last", "is not a stretch of time"),
        ("taken:2020..2019", "2020", "Write 2019..2020."),
        # words
        ("program:manul", "manul", "Did you mean manual?"),
        ("status:lost", "lost", "Known: ok, noexif, notimage, failed, gone."),
        ("gps:maybe", "maybe", "gps is yes or no"),
        ("status>ok", "ok", "has no order"),
        ('camera:""', '"', "An empty text would fit everything"),
        # patterns
        ("lens:/(/", "(", "Not a regular expression"),
        ("lens:/a(b+)+/", "+/", "could take for ever"),
        ("lens:/(a|aa)*/", "*/", "could take for ever"),
        ("lens:/.*.*.*.*.*/", "*/", "More than 4 repetitions"),
        ("lens:/[[a]/", "[a]/", "Write \\[ inside"),
        ("lens>/a/", "a/", "has no order"),
        # places
        ("near:1,2", "1,2", "a latitude, a longitude and a radius"),
        ("near:1,2,3", "3", "The radius needs a unit"),
        ("near:91,2,3km", "91", "from -90 to 90"),
        ("near:1,x,3km", "x", "is not a number"),
        ("bbox:1,2,3", "1,2,3", "south, west, north and east"),
        ("bbox:5,2,3,4", "5", "south lies above the north"),
        ("near>1,2,3km", "1", "goes with “:”"),
        ("near:(1, 2)", "1", "takes no list"),
        ("has:near", "near", "not something a picture has"),
        ("has>gps", "has", "asks whether a field is there"),
        ("has:(gps, lens)", "has", "has takes one field"),
        # structure
        ("a)", ")", "has no “(” before it"),
        ("()", ")", "A condition was expected here"),
        ("and a", "and", "A condition was expected here"),
        ("a and or b", "or", "A condition was expected here"),
        ("- a", "-", "A condition was expected here"),
        (">=", ">=", "A condition was expected here"),
        ("name:IMG(1).jpg", "(", "A word cannot have “(” in it"),
        ('a"b"', '"b', "A word cannot have"),
        ('"open', '"', "has no partner"),
        ("order by iso descending", "descending", "“asc”, “desc” or a comma"),
        ("(a order by iso)", "order", "does not fit here"),
        ("order by (a)", "(a", "needs a field here"),
    ],
)
def test_the_caret_stands_under_what_is_wrong(text: str, marked: str, said: str) -> None:
    error = _mistake(text)
    assert text[error.column :].startswith(marked)
    assert said in str(error)
    assert error.text == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("iso:", "needs a value behind it"),
        ("a or", "A condition is missing"),
        ("not", "A condition is missing"),
        ("(a", "A closing “)” is missing"),
        ("iso:(1, 2", "A closing “)” is missing"),
        ("order by", "needs a field behind it"),
        ("order by iso,", "needs a field behind it"),
    ],
)
def test_what_is_missing_is_missed_at_the_end(text: str, said: str) -> None:
    error = _mistake(text + "  ")
    assert error.column == len(text)
    assert said in str(error)


def test_a_line_break_does_not_move_the_caret() -> None:
    assert _mistake("camera:canon\niso:x").caret().splitlines() == [
        "camera:canon iso:x",
        "                 ^ “x” is not a number. Write a number such as 100.",
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), MAX_DEPTH),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH),
    ],
)
def test_a_search_without_end_is_refused(text: str, column: int) -> None:
    assert _mistake(text).column == column


def test_a_search_at_its_limits_can_be_run(sample_catalogue: SampleCatalogue) -> None:
    finder = Finder(sample_catalogue.connection, now=NOW)
    deep = "(" * MAX_DEPTH + "canon" + ")" * MAX_DEPTH
    wide = "canon " * MAX_TERMS
    nots = "not " * 900 + "canon"
    listed = f"iso:({', '.join(map(str, range(MAX_TERMS)))})"
    counts = [finder.count(parse(text)) for text in (deep, wide, nots, listed)]
    assert counts[0] == counts[1] == counts[2] > 0


@pytest.mark.parametrize(
    "leaf",
    ["exif.ISO:abc", "exif.ISO=3", "near:0,180,5km", "name:(IMG*, /x/)", "raw/x", "/a/", "*b/c*"],
)
def test_the_deepest_search_can_be_run(sample_catalogue: SampleCatalogue, leaf: str) -> None:
    finder = Finder(sample_catalogue.connection, now=NOW)
    nested = "".join(f"-(x{i} or " for i in range(MAX_DEPTH)) + f"-{leaf}" + ")" * MAX_DEPTH
    query = parse(f"{nested} order by exif.ISO")
    assert finder.first(query) == list(finder.ids(query))


@pytest.fixture(scope="module")
def sample_catalogue() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(12)
    yield made
    made.connection.close()


_SCRAPS = st.sampled_from(
    [
        *("camera", "iso", "taken", "has", "near", "exif.ISO", "order by", "last 3d", "and", "or"),
        *("not", "(", ")", ":", "=", "!=", "<=", ">", "..", ",", '"', "\\", "/", "*", "?", "-"),
        *(" ", "  ", "1", "2020-05", "5MB", "km", "é", "\u0301", "\x00", "\ud800", "١", "％"),
        *("[", "{2,}", "|", "+", "$", "%", "_", "'", ";", "--", "\n", "＊", "℀", "ﬁ"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.lists(_SCRAPS, max_size=14).map("".join),
    st.lists(_SCRAPS, max_size=14).map(" ".join),
)


@settings(max_examples=examples(1500), deadline=None)
@given(text=TEXTS)
@example(text="name:*" + "a*" * 400 + "b")
@example(text="/" + "(" * 100 + ")" * 100 + "/")
@example(text="taken:9999-12-31T23:59:59.999999")
@example(text="taken:last 99999y")
@example(text="near:90,0,99999km")
@example(text="iso:" + "9" * 300)
@example(text="width:\ud800")
@example(text="/\ud800/ name:\ud800 exif.ISO=\ud800 *\ud800*")
@example(text='"\x00"')
def test_any_text_is_a_search_that_runs_or_a_mistake(
    sample_catalogue: SampleCatalogue, text: str
) -> None:
    query, error = _understood(text)
    if query is not None:
        finder = Finder(sample_catalogue.connection, now=NOW)
        assert finder.first(query) == list(finder.ids(query))
    if error is not None:
        assert 0 <= error.column <= len(text)
        assert error.message
        assert len(error.caret().splitlines()[0]) <= len(text) + 1


def _understood(text: str) -> tuple[Query | None, QueryError | None]:
    try:
        return parse(text), None
    except QueryError as error:
        return None, error
