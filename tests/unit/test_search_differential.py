"""SQL and index against a plain evaluation of the same tree, over generated searches."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage.sort_cache import SortCache
from tests.support import search_thresholds
from tests.support.naive_search import SORTABLE, NaiveSearch
from tests.support.property_examples import examples
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = int(os.environ.get("TASVEER_TEST_IMAGES", "200"))
"""For a run at length by hand: TASVEER_TEST_CASES=3000 TASVEER_TEST_IMAGES=2000."""
TEXTS = ("camera", "make", "model", "lens", "serial", "software", "artist", "copyright", "title",
         "caption", "keyword", "path", "name", "etag", "error", "bucket", "place",
         "country",
         "exif.Make", "exif.UserComment", "xmp.Subject", "iptc.keywords", "maker.LensType",
         "ifd0.Model", "xmp-dc.subject", "exif.Nothing", "file.filetype")  # fmt: skip
NEEDLES = ("canon", "CANON eos", "eiffel tower", "Straße", "strasse", "é", "Café", "a_b", "100%",
           "raw/2019", "//", "jpg", "0", "x", "2019", "long", "tail", "dup", "denied", "photos",
           "par", "sydney", "france", "au",
           "İ", "i", "EF 50", "12", "5", "night", "JPEG", "\\\\", "archive")  # fmt: skip
PATTERNS = ("*.jpg", "IMG*", "raw/**", "*canon*", "?an?n*", "*", "*e*e*", "a*c", "*/café/*", "*%*")
REGEXES = ("^img", "canon|nikon", r"\d{3}", "e.*l", r"\.(jpe?g|tif)$", "^$", "strasse", "é", "/raw")
NUMBERS = {
    "iso": ("100", "1600", "0", "-5"),
    "f": ("2.8", "f/1.8", "8"),
    "shutter": ("1/250", "0.004", "2s", "1/60", "16.67ms"),
    "focal": ("50mm", "4.2", "24"),
    "focal35": ("24", "50"),
    "ev": ("0", "-0.3", "-1/3", "+1"),
    "year": ("2019", "2022", "2024", "0", "99999"),
    "month": ("5", "june", "12"),
    "hour": ("0", "12", "23"),
    "weekday": ("sun", "6", "monday"),
    "lat": ("48.8584", "0", "-33.9"),
    "lon": ("180", "2.2945", "-179.99"),
    "alt": ("35.5m", "1.2km", "0"),
    "size": ("5MB", "0", "4MiB", "5000000"),
    "width": ("6000", "100px"),
    "height": ("4000", "5"),
    "mp": ("24", "0.01", "27"),
    "ratio": ("3:2", "1.5", "1", "3", "2/3"),
    "rating": ("0", "5", "1"),
    "exif.ISO": ("100", "1600", "99.5"),
    "exif.ExposureTime": ("1/250", "1/60", "2"),
    "exif.ExposureProgram": ("2", "0"),
    "xmp.Rating": ("3", "0.5", "1/2", "-1"),
    "gps.GPSLatitude": ("48.8584", "0"),
    "exif.UserComment": ("5", "7"),
}
DATES = ("2023", "2024-05", "2024-06-15", "2024-06-15T11", "2024-06-15T12:30", "today",
         "yesterday", "2019-05-04T10:11:12")  # fmt: skip
RELATIVE = ("last 30d", "last 2w", "last 24h", "last 0d", "last 41 days")
CHOICES = ("flash:yes", "flash=no", "flash!=auto", "flash:25", "wb:auto", "wb!=manual",
           "metering:spot", "program:(manual, 2)", "orientation:portrait",
           "orientation!=landscape", "orientation:(square, panorama)", "ext:jpg", "ext:.TIF",
           "ext!=jpg", "ext:j*", "type:jpg", "type!=tiff", "status:ok", "status!=failed",
           "status:(gone, noexif)", "gps:yes", "gps:no", "gps!=yes", "dup:yes", "dup=no",
           "country:x", "country:FR", "country!=au", "country:(france, aus)", "country<g",
           "place:paris", "-place:paris", "near:48.8584,2.2945,5km", "near:0,180,10km",
           "near:89.95,-170,50km",
           "near:-33.9,151.2,0m", "near:48,2,30000km", "bbox:48,2,49,3", "bbox:-1,179,1,-179",
           "bbox:-90,-180,90,180")  # fmt: skip
TAGS = ("exif.ISO", "exif.Make", "xmp.Rating", "exif.ExposureTime", "exif.UserComment",
        "gps.GPSLatitude", "xmp.Subject", "exif.DateTimeOriginal", "file.FileType")  # fmt: skip
ORDERS = ("<", "<=", ">", ">=")
EQUALS = (":", "=", "!=")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _text_terms() -> st.SearchStrategy[str]:
    field, needle = st.sampled_from(TEXTS), st.sampled_from(NEEDLES).map(_quoted)
    pattern, regex = st.sampled_from(PATTERNS), st.sampled_from(REGEXES).map("/{}/".format)
    value = st.one_of(needle, needle, pattern, regex)
    listed = st.lists(value.filter(lambda v: "**" not in v), min_size=1, max_size=3)
    return st.one_of(
        st.builds("{}{}{}".format, field, st.sampled_from(EQUALS), value),
        st.builds("{}{}{}".format, field, st.sampled_from(ORDERS), needle),
        st.builds("{}{}({})".format, field, st.sampled_from(EQUALS), listed.map(", ".join)),
    )


@st.composite
def _number_terms(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(sorted(NUMBERS)))
    value = st.sampled_from(NUMBERS[field])
    shape = draw(st.integers(0, 3))
    if shape == 0:
        return f"{field}{draw(st.sampled_from(EQUALS))}({draw(value)}, {draw(value)})"
    if shape == 1:
        low, high = draw(st.sampled_from([(draw(value), ""), ("", draw(value))]))
        return f"{field}{draw(st.sampled_from(EQUALS))}{low}..{high}"
    return f"{field}{draw(st.sampled_from(EQUALS + ORDERS))}{draw(value)}"


@st.composite
def _date_terms(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(("taken", "modified", "ingested", "exif.DateTimeOriginal")))
    dates = tuple(d for d in DATES if d.count("T11") == 0 or ":" in d)
    if field.startswith("exif"):
        dates = tuple(d for d in dates if d[0].isdigit())
    value = draw(st.sampled_from(dates))
    if draw(st.booleans()):
        return f"{field}:{value}.." if draw(st.booleans()) else f"{field}!=..{value}"
    if not field.startswith("exif") and draw(st.booleans()):
        value = draw(st.sampled_from(RELATIVE))
    return f"{field}{draw(st.sampled_from(EQUALS + ORDERS))}{value}"


def _bare_terms() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(NEEDLES).map(_quoted),
        st.sampled_from(PATTERNS),
        st.sampled_from(REGEXES).map("/{}/".format),
    )


HAS = st.sampled_from((*(t for t in TEXTS), *NUMBERS, "taken", "gps", "dup", "flash", "status"))
TERMS = st.one_of(
    _text_terms(),
    _number_terms(),
    _date_terms(),
    _bare_terms(),
    st.sampled_from(CHOICES),
    HAS.map("has:{}".format),
)
SEARCHES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("({} {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("{} AND {}".format, inner, inner),
        inner.map("-({})".format),
        inner.map("not ({})".format),
    ),
    max_leaves=6,
)
KEYS = st.lists(
    st.builds(
        "{} {}".format,
        st.sampled_from((*SORTABLE, *TAGS)),
        st.sampled_from(("asc", "desc")),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module", params=[("few", 0.0), ("many", 0.0), ("many", 0.5)])
def sample_catalogue(request: pytest.FixtureRequest) -> Iterator[SampleCatalogue]:
    """The same images, taken as few and as many, so that each access path is taken."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param[0] == "many":
            search_thresholds.use_large_index_thresholds(patch)
            search_thresholds.use_large_search_thresholds(patch, request.param[1])
        made = SampleCatalogue(IMAGES)
        made.connection.orders = SortCache()
        yield made
    made.connection.close()


_SLOW = settings(
    max_examples=examples(int(os.environ.get("TASVEER_TEST_CASES", "200"))),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@cache
def naive(sample_catalogue: SampleCatalogue) -> NaiveSearch:
    """The plain evaluation, which remembers what it has worked out."""
    return NaiveSearch(sample_catalogue.samples)


@_SLOW
@given(text=SEARCHES)
@example(text='"a_b" ("a_b" dup:yes)')  # what is asked last of few ids needs columns, too
def test_every_search_finds_what_its_tree_means(
    sample_catalogue: SampleCatalogue, text: str
) -> None:
    query = parse(text)
    finder = Finder(sample_catalogue.connection, now=NOW)
    expected = naive(sample_catalogue).ids(query)
    assert list(finder.ids(query)) == expected
    assert finder.count(query) == len(expected)
    assert finder.first(query, 10) == expected[:10]
    assert finder.first(query, 10, 5) == expected[5:15]


@_SLOW
@given(
    text=st.one_of(st.just(""), TERMS),
    tag=st.sampled_from(TAGS),
    direction=st.sampled_from(("asc", "desc")),
    limit=st.sampled_from((1, 7, 60)),
)
def test_a_tag_sort_order_is_the_same_when_scanned_in_order(
    sample_catalogue: SampleCatalogue, text: str, tag: str, direction: str, limit: int
) -> None:
    query = parse(f"{text} order by {tag} {direction}")
    expected = naive(sample_catalogue).ids(query)
    assert (
        Finder(sample_catalogue.connection, now=NOW).first(query, limit, 2)
        == expected[2 : limit + 2]
    )


@settings(_SLOW, max_examples=examples(80))
@given(text=st.one_of(st.just(""), TERMS), keys=KEYS)
def test_every_order_puts_absent_values_and_ties_last(
    sample_catalogue: SampleCatalogue, text: str, keys: list[str]
) -> None:
    query = parse(f"{text} order by {', '.join(keys)}")
    finder = Finder(sample_catalogue.connection, now=NOW)
    expected = naive(sample_catalogue).ids(query)
    assert finder.first(query, 7, 3) == expected[3:10]
    assert list(finder.ids(query)) == expected
    finder.prepare(query)
    assert finder.first(query, 7, 3) == expected[3:10]
