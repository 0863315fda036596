"""Every counted figure against a plain count, and against the search that stands behind it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue.fields import FIELDS, Kind
from tasveer_tui.catalogue.search import Finder, formatter, parse
from tasveer_tui.catalogue.stats import (
    facet,
    histogram,
    positions,
    prefixes,
    privacy,
    quality,
    tally,
)
from tasveer_tui.catalogue.stats.histograms import HISTOGRAM_FIELDS
from tasveer_tui.catalogue.storage.text_codec import fold
from tasveer_tui.errors import SearchInterruptedError, UsageError
from tests.support.naive_search import NaiveSearch
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

SEARCHES = ("", "iso>=200 -camera:nikon", "canon or has:gps", "rating:77")
TAGS = ("exif.ISO", "exif.Make", "exif.UserComment", "xmp.Subject", "gps.GPSLatitude", "exif.No")
FOREVER_S = 1e6


@pytest.fixture(scope="module")
def sample_catalogue() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(300, seed=7)
    yield made
    made.connection.close()


@pytest.fixture
def finder(sample_catalogue: SampleCatalogue) -> Finder:
    return Finder(sample_catalogue.connection, now=NOW)


def _plain(sample_catalogue: SampleCatalogue, text: str, name: str) -> Counter[object]:
    """The field's values as the naive evaluation has them."""
    naive = NaiveSearch(sample_catalogue.samples)
    query = parse(text)
    found: Counter[object] = Counter()
    for sample in sample_catalogue.samples:
        if naive.holds(query.where, sample):
            found.update(set(naive.values(name, sample)) or {None})
    return found


def _as_value(name: str, value: object) -> object:
    if name == "path":
        folder, slash, _ = str(value).partition("/")
        return folder + slash if slash else ""
    return value.year if FIELDS[name].kind is Kind.DATE and value else value  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize(
    "name", [name for name, field in FIELDS.items() if field.is_column and name != "error"]
)
def test_a_facet_counts_every_value(
    finder: Finder, sample_catalogue: SampleCatalogue, text: str, name: str
) -> None:
    reported = facet(finder, parse(text), name, budget_s=FOREVER_S)
    expected: Counter[object] = Counter()
    for value, count in _plain(sample_catalogue, text, name).items():
        expected[_as_value(name, value)] += count
    absent = expected.pop(None, 0)
    if FIELDS[name].kind is Kind.SWITCH:
        expected[0], absent = absent, 0
        expected = +expected
    assert reported.is_final
    assert {_rounded(each.value): each.count for each in reported.values} == {
        _rounded(value): count for value, count in expected.items()
    }
    assert reported.absent == absent
    assert reported.distinct == len(expected)
    assert [each.count for each in reported.values] == sorted(expected.values(), reverse=True)


def _rounded(value: object) -> object:
    return round(value, 9) if isinstance(value, float) else value


@pytest.mark.parametrize("text", SEARCHES[:3])
@pytest.mark.parametrize("name", [*(n for n, f in FIELDS.items() if f.is_column), *TAGS])
def test_the_term_of_a_value_finds_its_images(finder: Finder, text: str, name: str) -> None:
    reported = facet(finder, parse(text), name, budget_s=FOREVER_S)
    # Case and accents do not count in a search; cameras' roundings neither.
    same: Counter[object] = Counter()
    for each in reported.values:
        same[_as_searched(name, each.value)] += each.count
    for each in reported.values[:40]:
        found = finder.count(parse(formatter.add_term(text, each.term)))
        assert found == same[_as_searched(name, each.value)], each
    if name in FIELDS and name != "path" and FIELDS[name].kind is not Kind.SWITCH:
        assert reported.absent == finder.count(parse(formatter.add_term(text, f"-has:{name}")))


def _as_searched(name: str, value: object) -> object:
    if isinstance(value, str):
        return fold(value)
    return round(value, 1) if name == "ev" and isinstance(value, float) else value


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize("name", HISTOGRAM_FIELDS)
def test_the_bins_of_a_histogram_hold_all_images(finder: Finder, text: str, name: str) -> None:
    reported = histogram(finder, parse(text), name, budget_s=FOREVER_S)
    for each in reported.bins:
        assert each.count == finder.count(parse(formatter.add_term(text, each.term))), each
    assert reported.absent == finder.count(parse(formatter.add_term(text, f"-has:{name}")))
    assert sum(each.count for each in reported.bins) + reported.absent == finder.count(parse(text))
    assert reported.is_final


@pytest.mark.parametrize(
    ("text", "length"), [("", 4), ("taken:2023", 7), ("taken:2024-05-20..2024-06-15", 10)]
)
def test_time_histograms_use_suitable_steps(finder: Finder, text: str, length: int) -> None:
    bins = histogram(finder, parse(text), "taken").bins
    assert bins
    assert {len(each.label) for each in bins} == {length}
    assert [each.label for each in bins] == sorted(each.label for each in bins)


def test_there_is_no_histogram_of_a_text(finder: Finder) -> None:
    with pytest.raises(UsageError, match="no histogram of camera"):
        histogram(finder, parse(""), "camera")


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize("box", [(-90.0, -180.0, 90.0, 180.0), (48.0, 2.0, 49.0, 3.0)])
def test_a_grid_holds_every_position_in_its_box(
    finder: Finder,
    sample_catalogue: SampleCatalogue,
    text: str,
    box: tuple[float, float, float, float],
) -> None:
    reported = positions(finder, parse(text), 8, 16, box=box, budget_s=FOREVER_S)
    naive, query = NaiveSearch(sample_catalogue.samples), parse(text)
    expected: Counter[tuple[int, int]] = Counter()
    for sample in sample_catalogue.samples:
        lat, lon = sample.record.facts.lat_deg, sample.record.facts.lon_deg
        if lat is None or lon is None or not naive.holds(query.where, sample):
            continue
        if box[0] <= lat <= box[2] and box[1] <= lon <= box[3]:
            row = min(int((box[2] - lat) / (box[2] - box[0]) * 8), 7)
            column = min(int((lon - box[1]) / (box[3] - box[1]) * 16), 15)
            expected[row, column] += 1
    assert {(each.row, each.column): each.count for each in reported.cells} == expected
    for each in reported.cells:
        assert finder.count(parse(formatter.add_term(text, each.term))) >= each.count


def test_a_grid_needs_an_area(finder: Finder) -> None:
    for rows, columns, box in (
        (0, 5, (0, 0, 1, 1)), (-2, -2, (0, 0, 1, 1)), (2, 2, (1, 0, 1, 1)),
        (9999, 9999, (0, 0, 1, 1)),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            positions(finder, parse(""), rows, columns, box=box)


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize("under", ["", "1", "raw/", "no such/"])
def test_storage_by_prefix(
    finder: Finder, sample_catalogue: SampleCatalogue, text: str, under: str
) -> None:
    reported = prefixes(finder, parse(text), under, budget_s=FOREVER_S)
    naive, query = NaiveSearch(sample_catalogue.samples), parse(text)
    images: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for sample in sample_catalogue.samples:
        if naive.holds(query.where, sample) and sample.ref.key.startswith(under):
            level, slash, _ = sample.ref.key[len(under) :].partition("/")
            place = (sample.source.bucket, under + (level + slash if slash else ""))
            images[place] += 1
            sizes[place] += sample.ref.size_bytes
    assert {(each.bucket, each.prefix): each.images for each in reported.prefixes} == images
    assert {(each.bucket, each.prefix): each.size_bytes for each in reported.prefixes} == sizes
    for each in reported.prefixes:
        found = finder.count(parse(formatter.add_term(text, each.term)))
        assert found >= each.images
        if each.prefix.lower() == each.prefix.upper():  # there is no case to ignore
            assert found == each.images


@pytest.mark.parametrize("text", [*SEARCHES[:3], "iso:100 order by iso desc"])
@pytest.mark.parametrize("report", [privacy, quality])
def test_every_figure_of_a_report_has_its_search(finder: Finder, text: str, report: object) -> None:
    reported = report(finder, text, budget_s=FOREVER_S)  # type: ignore[operator]
    assert reported.images == finder.count(parse(text))
    assert reported.is_final
    assert any(figure.images for figure in reported.figures)
    for figure in reported.figures:
        assert figure.images == finder.count(parse(figure.search)), figure.name
        for each in figure.prefixes:
            assert finder.count(parse(formatter.add_term(figure.search, each.term))) >= each.images


@pytest.fixture(scope="module")
def crowd() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(6000, seed=3)
    yield made
    made.connection.close()


def test_what_the_budget_cuts_short_is_not_final(crowd: SampleCatalogue) -> None:
    finder, query = Finder(crowd.connection, now=NOW), parse("")
    whole = facet(finder, query, "iso", budget_s=FOREVER_S)
    for name in ("iso", "exif.ISO"):
        reported = facet(finder, query, name, budget_s=0.0)
        assert not reported.is_final
        assert sum(each.count for each in reported.values) < sum(
            each.count for each in whole.values
        )


def test_what_is_streamed_counts_the_same(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    query = parse("canon or has:gps")
    whole = prefixes(finder, query, budget_s=FOREVER_S)
    counts = facet(finder, query, "camera", budget_s=FOREVER_S)
    monkeypatch.setattr(tally, "_AGGREGATE_BUDGET_SHARE", -1.0)
    assert prefixes(finder, query, budget_s=60.0) == whole
    assert facet(finder, query, "camera", budget_s=60.0) == counts


@pytest.mark.parametrize("name", ["title", "exif.UserComment", "taken"])
def test_a_count_can_be_stopped(crowd: SampleCatalogue, name: str) -> None:
    finder = Finder(crowd.connection, now=NOW)
    is_over = threading.Event()

    def stop() -> None:
        # A single interrupt may fall between two statements.
        while not is_over.wait(0.005):
            crowd.connection.interrupt()

    stopper = threading.Thread(target=stop)

    def count_on() -> None:
        while True:
            facet(finder, parse("has:exif.Make or -canon"), name, budget_s=FOREVER_S)

    try:
        stopper.start()
        with pytest.raises(SearchInterruptedError):
            count_on()
    finally:
        is_over.set()
        stopper.join()


def test_a_long_facet_is_cut(finder: Finder) -> None:
    query = parse("")
    whole = facet(finder, query, "etag")
    cut = facet(finder, query, "etag", limit=3)
    assert cut.values == whole.values[:3]
    assert cut.distinct == whole.distinct == len(whole.values) > 3
    assert facet(finder, query, "title", limit=1).distinct == facet(finder, query, "title").distinct


def test_no_count_outlives_its_budget_by_much(finder: Finder) -> None:
    started_s = time.process_time()
    facet(finder, parse("canon"), "path", budget_s=0.01)
    assert time.process_time() - started_s < 1


def test_a_tag_is_counted_page_by_page(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("", "iso>=200"):
        whole = facet(finder, parse(text), "exif.Make", budget_s=FOREVER_S)
        with monkeypatch.context() as patch:
            patch.setattr("tasveer_tui.catalogue.stats.tally._FIRST_PAGE_IMAGES", 7)
            patch.setattr("tasveer_tui.catalogue.stats.tally._MAX_PAGE_IMAGES", 20)
            assert facet(finder, parse(text), "exif.Make", budget_s=FOREVER_S) == whole
