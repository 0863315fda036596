"""The finder over one connection: pages, rows, counts, and what ends a search early."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue.fields import DEFAULT_COLUMNS, FIELDS
from tasveer_tui.catalogue.search import Finder, column_map, parse
from tasveer_tui.catalogue.search import finder as finding
from tasveer_tui.catalogue.storage import sql_functions as reader_functions
from tasveer_tui.errors import CatalogueError, SearchInterruptedError, UsageError
from tests.support.naive_search import NaiveSearch
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sample_catalogue() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(300, seed=5)
    yield made
    made.connection.close()


@pytest.fixture
def finder(sample_catalogue: SampleCatalogue) -> Finder:
    return Finder(sample_catalogue.connection, now=NOW)


@pytest.mark.parametrize(
    "text", ["", "iso:100", "canon", "order by iso", "exif.ISO=100", "order by camera", "wb:auto"]
)
@pytest.mark.parametrize("seconds", [0.0, 10.0])
def test_pages_are_the_same_for_every_access_path(
    finder: Finder, text: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_SCAN_LIMIT_S", seconds)
    query = parse(text)
    whole = list(finder.ids(query))
    pages = [finder.first(query, 64, offset) for offset in range(0, 400, 64)]
    assert [number for page in pages for number in page] == whole
    assert finder.count(query) == len(whole)


def test_rows_come_in_the_order_asked_for_with_typed_values(
    finder: Finder, sample_catalogue: SampleCatalogue
) -> None:
    samples = [sample_catalogue.samples[index] for index in (40, 3, 299, 3)]
    rows = finder.rows([sample.id for sample in samples], ["path", "iso", "size", "taken", "lens"])
    for sample, (path, iso, size, taken, lens) in zip(samples, rows, strict=True):
        facts = sample.record.facts
        assert path == sample.ref.key
        assert iso == facts.iso
        assert size == sample.ref.size_bytes
        assert (taken is None) == (not facts.taken_at)
        assert lens == (facts.lens or None)


def test_every_field_has_the_value_that_a_person_would_name(
    finder: Finder, sample_catalogue: SampleCatalogue
) -> None:
    naive = NaiveSearch(sample_catalogue.samples)
    names = [
        name
        for name, field in FIELDS.items()
        if field.is_column and name not in ("taken", "modified", "ingested", "keyword")
    ]
    rows = finder.rows([sample.id for sample in sample_catalogue.samples], names)
    for sample, row in zip(sample_catalogue.samples, rows, strict=True):
        for name, value in zip(names, row, strict=True):
            expected = naive.values(name, sample)
            assert ([] if value is None else [value]) == (
                pytest.approx(expected) if isinstance(value, float) else expected
            ), name


def test_tags_are_columns_too(finder: Finder, sample_catalogue: SampleCatalogue) -> None:
    sample = next(s for s in sample_catalogue.samples if len(s.record.facts.keywords) > 1)
    tags = {f"{tag.group}.{tag.name}": tag.value for tag in sample.record.tags}
    columns = ["exif.iso", "ExifIFD.ISO", "xmp.Subject", "keyword", "exif.Nothing", "exif.Make"]
    (row,) = finder.rows([sample.id], columns)
    keywords = ", ".join(sample.record.facts.keywords)
    iso = tags.get("ExifIFD.ISO")
    assert row == (iso, iso, keywords, keywords, None, tags["IFD0.Make"] or None)


def test_an_image_that_is_gone_has_an_empty_row(finder: Finder) -> None:
    assert finder.rows([10**9], DEFAULT_COLUMNS) == [(None,) * len(DEFAULT_COLUMNS)]
    assert finder.rows([], ["name"]) == []


@pytest.mark.parametrize(
    ("column", "said"), [("lense", "Did you mean lens?"), ("near", "no column"), ("", "exif.ISO")]
)
def test_an_unknown_column_is_refused(finder: Finder, column: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        finder.rows([1], [column])


def test_many_rows_are_fetched_at_once(finder: Finder, sample_catalogue: SampleCatalogue) -> None:
    ids = [sample.id for sample in sample_catalogue.samples] * 9
    assert [row[0] for row in finder.rows(ids, ["path"])] == [
        sample.ref.key for sample in sample_catalogue.samples
    ] * 9


def test_the_summary_counts_statuses_and_cameras(
    finder: Finder, sample_catalogue: SampleCatalogue
) -> None:
    summary = finder.summary(parse("size>0"))
    naive = NaiveSearch(sample_catalogue.samples)
    found = [sample for sample in sample_catalogue.samples if sample.ref.size_bytes > 0]
    assert summary.images == len(found)
    assert summary.size_bytes == sum(sample.ref.size_bytes for sample in found)
    for counted, name in ((summary.by_status, "status"), (summary.cameras, "camera")):
        values = [str(value) for sample in found for value in naive.values(name, sample)]
        assert dict(counted) == {value: values.count(value) for value in values}
        assert [count for _, count in counted] == sorted((n for _, n in counted), reverse=True)
    assert finder.summary(parse("iso:7")).images == 0


def test_another_thread_ends_a_search(finder: Finder, sample_catalogue: SampleCatalogue) -> None:
    stop = threading.Event()

    def interrupt() -> None:
        while not stop.is_set():
            sample_catalogue.connection.interrupt()

    other = threading.Thread(target=interrupt)
    other.start()
    try:
        with pytest.raises(SearchInterruptedError):
            _search_until_stopped(finder)
    finally:
        stop.set()
        other.join()
    # The last one may have come when nothing was done any more, and holds for this finder.
    assert Finder(sample_catalogue.connection, now=NOW).count(parse("")) == 300


def _search_until_stopped(finder: Finder) -> None:
    query = parse("/e.*i/ or exif.ISO>1")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        finder.ids(query)
        finder.first(query)


def test_an_expression_that_takes_too_long_is_given_up() -> None:
    sample_catalogue = SampleCatalogue(5)
    sample_catalogue.connection.create_function("regexp", 2, reader_functions.Regexp(limit_s=0.0))
    with pytest.raises(UsageError, match="takes too long"):
        Finder(sample_catalogue.connection, now=NOW).ids(parse("path:/a/"))
    sample_catalogue.connection.close()


def test_a_catalogue_that_fails_is_the_catalogues_error() -> None:
    sample_catalogue = SampleCatalogue(1)
    finder = Finder(sample_catalogue.connection, now=NOW)
    sample_catalogue.connection.close()
    with pytest.raises(CatalogueError):
        finder.count(parse(""))


def test_an_image_whose_stored_tags_are_damaged_is_passed_over() -> None:
    sample_catalogue = SampleCatalogue(40)
    finder = Finder(sample_catalogue.connection, now=NOW)
    query = parse("exif.FNumber>0 or exif.DateTimeOriginal:2024-06-15T11:30 order by exif.FNumber")
    assert finder.ids(query)
    sample_catalogue.connection.execute("UPDATE image_tags SET z = x'00ff'")
    assert not finder.ids(query)
    assert finder.rows([1], ["exif.FNumber"]) == [(None,)]
    sample_catalogue.connection.close()


def test_the_planned_indexes_are_those_of_the_catalogue(sample_catalogue: SampleCatalogue) -> None:
    run = sample_catalogue.connection.execute
    for column, index in column_map.INDEXES.items():
        (first, *_) = run("SELECT name FROM pragma_index_info(?)", (index,)).fetchone()
        assert first == column
    covered = {
        row[0] for row in run("SELECT name FROM pragma_index_info(?)", (column_map.COVERING_INDEX,))
    }
    assert covered == column_map.COVERING_INDEX_COLUMNS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "image_by_taken"),
        ("iso>=1600 camera:canon", "USING COVERING INDEX image_cover"),
        ("canon", "SEARCH i USING INTEGER PRIMARY KEY"),
        ("near:48,2,5km", "VIRTUAL TABLE INDEX"),
        ("iso:12345", "image_by_iso"),
    ],
)
def test_sqlite_uses_the_intended_access_path(
    sample_catalogue: SampleCatalogue, text: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasveer_tui.catalogue.search.planner._NARROW_INDEX_ROWS", 5)
    statements: list[str] = []
    sample_catalogue.connection.set_trace_callback(statements.append)
    Finder(sample_catalogue.connection, now=NOW).ids(parse(text))
    sample_catalogue.connection.set_trace_callback(None)
    asked = [text for text in statements if text.startswith("SELECT i.id")]
    plan = sample_catalogue.connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}").fetchall()
    assert wanted in "\n".join(row[3] for row in plan)


def test_a_second_finder_may_be_made_while_a_statement_runs(
    sample_catalogue: SampleCatalogue,
) -> None:
    cursor = sample_catalogue.connection.execute("SELECT fold(name) FROM image")
    cursor.fetchone()
    assert Finder(sample_catalogue.connection, now=NOW).count(parse("has:exif.ISO")) > 0
    cursor.close()


@pytest.mark.parametrize(
    "statement",
    ["import tasveer_tui.catalogue.fields", "import tasveer_tui.catalogue.search"],
)
def test_fields_and_search_are_imported_without_the_grammar(statement: str) -> None:
    code = f"import sys\n{statement}\nprint('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_plain_connection_gets_the_functions_that_searches_need() -> None:
    connection = sqlite3.connect(":memory:")
    Finder(connection, now=NOW)
    assert connection.execute("SELECT in_family('exif', 'IFD0')").fetchone() == (1,)
    connection.close()
