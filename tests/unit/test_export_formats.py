"""Exports as other programs read them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.export import FORMATS, exiftool_object, image_stream, write
from tasveer_tui.catalogue.export.exiftool import scalar, to_json, to_json_object
from tasveer_tui.catalogue.export.tabular import escape_formula, key_line
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.errors import CatalogueError, UsageError
from tasveer_tui.records import ObjectRef, Outcome, Record, Source, Tag
from tests.support import catalogue_factory
from tests.support.sample_catalogue import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.catalogue.export.exiftool import Scalar

COUNT = 60


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = catalogue_factory.filled_catalogue(
        tmp_path_factory.mktemp("export") / "catalogue.db", COUNT
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def ids(catalogue: Catalogue) -> list[int]:
    return list(Finder(catalogue.reader(), now=NOW).ids(parse("order by path")))


def _written(catalogue: Catalogue, form: str, ids: list[int], **options: object) -> str:
    stream = io.StringIO(newline="")
    count = write(stream, form, catalogue, ids, **options)  # type: ignore[arg-type]
    assert count == len(ids)
    return stream.getvalue()


def test_json_is_what_exiftool_prints(catalogue: Catalogue, ids: list[int]) -> None:
    text = _written(catalogue, "json", ids)
    reported = json.loads(text)
    image = catalogue.image(ids[0])
    tags = {f"{tag.group}:{tag.name}": tag.value for tag in image.record.tags}
    assert len(reported) == COUNT
    assert reported[0]["SourceFile"] == image.source.uri(image.ref.key)
    assert reported[0]["S3:Key"] == image.ref.key
    assert reported[0]["S3:Size"] == image.ref.size_bytes
    assert reported[0]["S3:ETag"] == image.ref.etag
    assert reported[0]["S3:LastModified"] == "2025-05-16T15:06:40+00:00"
    assert reported[0]["Tasveer:Status"] == "ok"
    assert reported[0]["Tasveer:BytesRead"] == 65_536
    assert reported[0]["Tasveer:Requests"] == 1
    assert {name: scalar(tags[name]) for name in ("IFD0:Make", "ExifIFD:ISO")}.items() <= (
        reported[0].items()
    )
    assert set(tags) <= set(reported[0])
    assert text.startswith('[{\n  "SourceFile": "s3://photos/')
    assert text.endswith("\n}]\n")


def test_ndjson_has_the_same_objects_one_a_line(catalogue: Catalogue, ids: list[int]) -> None:
    lines = _written(catalogue, "ndjson", ids).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(_written(catalogue, "json", ids))


def test_the_failed_say_why(catalogue: Catalogue) -> None:
    failed = list(Finder(catalogue.reader(), now=NOW).ids(parse("status:failed")))
    (first, *_) = json.loads(_written(catalogue, "json", failed))
    assert first["Tasveer:Status"] == "failed"
    assert first["Tasveer:Outcome"] in set(Outcome)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found_is_still_a_whole_document(catalogue: Catalogue, form: str) -> None:
    text = _written(catalogue, form, [])
    expected = {"json": "[]\n", "ndjson": "", "keys": ""}
    assert text == expected.get(form, text)
    assert form != "csv" or text.startswith("SourceFile,camera,")


def test_columns_restrict_json(catalogue: Catalogue, ids: list[int]) -> None:
    columns = ["camera", "taken", "modified", "shutter", "exif.ISO", "rating"]
    reported = json.loads(_written(catalogue, "json", ids[:1], columns=columns))
    facts = catalogue.image(ids[0]).record.facts
    assert reported == [
        {
            "SourceFile": "s3://photos/album00/2015/IMG_00000.jpg",
            "Tasveer:Camera": "Canon EOS 5D Mark III",
            "Tasveer:Taken": facts.taken_at,
            "Tasveer:Modified": "2025-05-16T15:06:40+00:00",
            "Tasveer:Shutter": scalar(facts.exposure_s or 0),
            "ExifIFD:ISO": facts.iso,
            "Tasveer:Rating": 0,
        }
    ]


def test_people_get_labels(catalogue: Catalogue, ids: list[int]) -> None:
    def label(tag: Tag) -> str:
        return f"<{tag.name}>"

    (reported,) = json.loads(_written(catalogue, "json", ids[:1], label=label))
    assert reported["ExifIFD:ISO"] == "<ISO>"
    (reported,) = json.loads(
        _written(catalogue, "json", ids[:1], columns=["taken", "exif.ISO"], label=label)
    )
    assert reported["Tasveer:Taken"] == "2015-01-01 08:00"
    assert reported["ExifIFD:ISO"] == "<ISO>"
    rows = list(
        csv.reader(_written(catalogue, "csv", ids[:1], columns=["size"], label=label).splitlines())
    )
    assert rows == [["size"], ["2.0 MB"]]


def test_csv_has_all_fields_and_survives_a_round_trip(catalogue: Catalogue, ids: list[int]) -> None:
    text = _written(catalogue, "csv", ids)
    head, *rows = list(csv.reader(io.StringIO(text, newline="")))
    assert text.count("\r\n") == COUNT + 1
    assert head[:3] == ["SourceFile", "camera", "make"]
    assert "near" not in head
    assert head.index("place") == head.index("country") - 1
    first = dict(zip(head, rows[0], strict=True))
    facts = catalogue.image(ids[0]).record.facts
    assert first["SourceFile"] == "s3://photos/album00/2015/IMG_00000.jpg"
    assert first["taken"] == facts.taken_at
    assert float(first["shutter"]) == pytest.approx(facts.exposure_s)
    assert first["lens"] == facts.lens
    assert first["status"] == "ok"


def test_csv_columns_stand_alone(catalogue: Catalogue, ids: list[int]) -> None:
    rows = list(
        csv.reader(
            _written(catalogue, "csv", ids[:2], columns=["name", "xmp.Subject"]).splitlines()
        )
    )
    assert rows[0] == ["name", "xmp.Subject"]
    assert rows[1][0] == "IMG_00000.jpg"


def test_keys_are_uris(catalogue: Catalogue, ids: list[int]) -> None:
    lines = _written(catalogue, "keys", ids).splitlines()
    assert lines == sorted(lines)
    assert lines[0] == "s3://photos/album00/2015/IMG_00000.jpg"


def test_the_order_is_kept_and_the_lost_are_left_out(
    catalogue: Catalogue, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_stream, "CHUNK_IMAGES", 7)
    stream = io.StringIO()
    assert write(stream, "keys", catalogue, [*ids[::-1], 10**9]) == COUNT
    assert stream.getvalue().splitlines()[::-1] == _written(catalogue, "keys", ids).splitlines()


@pytest.mark.parametrize(
    ("form", "columns", "said"),
    [("table", (), "no export as table"), ("csv", ("lense",), "Did you mean lens")],
)
def test_what_cannot_be_exported_is_said_before_anything_is_written(
    catalogue: Catalogue, form: str, columns: tuple[str, ...], said: str
) -> None:
    stream = io.StringIO()
    with pytest.raises(UsageError, match=said):
        write(stream, form, catalogue, [1], columns=columns)
    assert stream.getvalue() == ""


def test_an_error_of_the_stream_is_not_the_catalogues(catalogue: Catalogue, ids: list[int]) -> None:
    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        write(Broken(), "ndjson", catalogue, ids)


def test_an_error_of_the_catalogue_is_its_own(tmp_path: Path) -> None:
    closed = Catalogue(tmp_path / "c.db")
    closed.close()
    with pytest.raises(CatalogueError):
        write(io.StringIO(), "json", closed, [1])


def test_the_first_of_tags_that_repeat_is_kept() -> None:
    record = Record(
        Outcome.OK, tags=(Tag("IFD0", "Make", value="A"), Tag("IFD0", "Make", value="B"))
    )
    reported = exiftool_object(Source("http://h:1", "b"), ObjectRef("k", 3), record, message="m")
    assert reported["IFD0:Make"] == "A"
    assert reported["S3:Endpoint"] == "http://h:1"
    assert reported["Tasveer:Error"] == "m"


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        (8.0, 8),
        (0.1 + 0.2, 0.3),
        (1 / 60, 0.0166666666666667),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (10**14, 10**14),
        (10**15, str(10**15)),
        (1e300, 1e300),
        ("12", 12),
        ("-0.5", -0.5),
        ("007", "007"),
        ("1e5", 1e5),
        ("1e999", "1e999"),
        ("1 1", "1 1"),
        ("0.00500000065770912", "0.00500000065770912"),
        ("True", True),
        ("false", False),
        ("", ""),
        ("١٢", "١٢"),
    ],
)
def test_numbers_are_reported_as_exiftool_tells_them(value: str | float, reported: Scalar) -> None:
    assert scalar(value) == reported
    assert type(scalar(value)) is type(reported)


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(-(10**14), 10**14)), min_size=1))
def test_any_text_makes_json(values: dict[str, Scalar]) -> None:
    for is_indented in (True, False):
        text = to_json_object(values, is_indented=is_indented)
        assert json.loads(text) == values
        text.encode("utf-8")


def test_a_lone_surrogate_is_escaped() -> None:
    assert to_json("a\ud800é") == r'"a\ud800é"'


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("-5", "-5"),
        ("+0.3", "+0.3"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_spreadsheet_runs_nothing(text: str, cell: str) -> None:
    assert escape_formula(text) == cell


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("a b/é%0A.jpg", "s3://b/a b/é%0A.jpg"),
        ("a\nb%.jpg", "s3://b/a%0Ab%25.jpg"),
        ("é\r", "s3://b/%C3%A9%0D"),
        ("a\u2028b", "s3://b/a%E2%80%A8b"),
    ],
)
def test_a_key_stands_on_one_line(key: str, line: str) -> None:
    assert key_line(Source("", "b"), ObjectRef(key, 1)) == line


@given(st.text())
def test_any_key_stands_on_one_line(key: str) -> None:
    assert len(key_line(Source("", "b"), ObjectRef(key, 1)).splitlines()) == 1
