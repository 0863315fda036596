"""Maps, lists for other programs and files, read back by the rules of each format."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sqlite3
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from arro3 import io as parquet
from msgspec.structs import replace

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.export import FORMATS, write
from tasveer_tui.catalogue.export import files as exporting
from tasveer_tui.catalogue.export.files import (
    FORMAT_BY_EXTENSION,
    ExportSpec,
    format_of,
    write_file,
)
from tasveer_tui.catalogue.fields import FIELDS
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.cli import export as export_command
from tasveer_tui.cli import search as search_command
from tasveer_tui.errors import UsageError
from tasveer_tui.records import Access, Facts, JobSpec, ObjectRef, Outcome, Record, Source
from tests.support import catalogue_factory
from tests.support.sample_catalogue import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = Source("http://127.0.0.1:9000", "my-photos")
FACTS = Facts(
    make="Canon", model="Canon EOS 6D", taken_at="2019-05-04T10:11:12", taken_offset="+02:00",
    iso=100, lat_deg=48.8584, lon_deg=2.2945, alt_m=35.5, title="=HYPERLINK(1)",
)  # fmt: skip
ODD = {
    "a <b> & 'c' \"d\".jpg": FACTS,
    "../../etc/cron.d/x.jpg": replace(FACTS, taken_offset="", alt_m=None),
    "/abs//x.jpg": replace(FACTS, lat_deg=-90.0, lon_deg=180.0, alt_m=-1e-7, taken_at=""),
    "-rf *.jpg": replace(FACTS, title="a\tb\\c\r\nd\x00\x1b]e\ufffe", taken_offset="+05:30"),
    "ü 'quoted'/$(id).jpg": replace(FACTS, lat_deg=None),
    "new\nline.jpg": replace(FACTS, lat_deg=0.0, lon_deg=1e-9, taken_offset="-03:00"),
    "surrogate\udc80.jpg": FACTS,
    "nowhere.jpg": replace(FACTS, lat_deg=91.0),
}
PLACED = 6


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = Catalogue(
        tmp_path_factory.mktemp("odd") / "c.db", clock=lambda: catalogue_factory.NOW
    )
    recorder = catalogue.recorder()
    job = catalogue.add_job(JobSpec(SOURCE, Access()))
    refs = [ObjectRef(key, 1000 + n, f"e{n}", catalogue_factory.NOW) for n, key in enumerate(ODD)]
    catalogue_factory.record_listing(recorder, job, refs)
    catalogue_factory.read_all(
        recorder, job, lambda ref: Record(Outcome.OK, "jpeg", facts=ODD[ref.key], etag=ref.etag)
    )
    yield catalogue
    catalogue.close()


def _all(catalogue: Catalogue) -> list[int]:
    return list(Finder(catalogue.reader(), now=NOW).ids(parse("order by path")))


def _written(catalogue: Catalogue, form: str, **options: object) -> tuple[str, int]:
    stream = io.StringIO(newline="")
    count = write(stream, form, catalogue, _all(catalogue), **options)  # type: ignore[arg-type]
    return stream.getvalue(), count


# -------------------------------------------------------------------------------- maps


def test_geojson_is_as_rfc_7946_wants_it(odd: Catalogue) -> None:
    text, count = _written(odd, "geojson")
    reported = json.loads(text, parse_constant=pytest.fail)
    assert set(reported) == {"type", "features"}
    assert reported["type"] == "FeatureCollection"
    assert len(reported["features"]) == count == PLACED
    for feature in reported["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert feature["geometry"]["type"] == "Point"
        lon, lat, *rest = feature["geometry"]["coordinates"]
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90
        assert len(rest) <= 1
    first = next(f for f in reported["features"] if "<b>" in f["properties"]["SourceFile"])
    assert first["geometry"]["coordinates"] == [2.2945, 48.8584, 35.5]
    assert first["properties"]["taken"] == "2019-05-04T10:11:12"
    assert first["properties"]["place"] == "Paris"
    assert first["properties"]["lens"] is None


def test_a_map_of_selected_columns(odd: Catalogue) -> None:
    text, _ = _written(odd, "geojson", columns=["iso"])
    assert {tuple(f["properties"]) for f in json.loads(text)["features"]} == {
        ("SourceFile", "name", "iso")
    }


KML = "{http://www.opengis.net/kml/2.2}"


def test_kml_is_in_the_order_of_its_schema(odd: Catalogue) -> None:
    text, count = _written(odd, "kml")
    root = ET.fromstring(text.encode())
    assert root.tag == f"{KML}kml"
    (document,) = root
    assert document.tag == f"{KML}Document"
    assert len(document) == count == PLACED
    order = ["name", "TimeStamp", "ExtendedData", "Point"]
    for mark in document:
        tags = [child.tag.removeprefix(KML) for child in mark]
        assert tags == [name for name in order if name in tags]
        point = mark.find(f"{KML}Point")
        assert point is not None
        names = [child.tag.removeprefix(KML) for child in point]
        coordinates = (point.findtext(f"{KML}coordinates") or "").split(",")
        assert names == ["altitudeMode", "coordinates"][3 - len(coordinates) :]
        assert all(re.fullmatch(r"-?\d+(\.\d+)?", number) for number in coordinates)
        assert abs(float(coordinates[0])) <= 180
        assert abs(float(coordinates[1])) <= 90
        if when := mark.findtext(f"{KML}TimeStamp/{KML}when"):
            assert datetime.fromisoformat(when)
    names = {mark.findtext(f"{KML}name") for mark in document}
    assert "a <b> & 'c' \"d\".jpg" in names


GPX = "{http://www.topografix.com/GPX/1/1}"


def test_gpx_is_in_the_order_of_its_schema_and_in_utc(odd: Catalogue) -> None:
    text, count = _written(odd, "gpx")
    root = ET.fromstring(text.encode())
    assert root.tag == f"{GPX}gpx"
    assert root.get("version") == "1.1"
    assert root.get("creator")
    assert {child.tag for child in root} == {f"{GPX}wpt"}
    assert len(root) == count == PLACED
    order = ["ele", "time", "name", "desc", "src"]
    times = {}
    for point in root:
        tags = [child.tag.removeprefix(GPX) for child in point]
        assert tags == [name for name in order if name in tags]
        assert set(point.attrib) == {"lat", "lon"}
        assert -90 <= float(point.attrib["lat"]) <= 90
        assert -180 <= float(point.attrib["lon"]) < 180
        assert not re.search("[eE]", point.attrib["lon"] + (point.findtext(f"{GPX}ele") or ""))
        times[point.findtext(f"{GPX}name")] = point.findtext(f"{GPX}time")
    assert times["a <b> & 'c' \"d\".jpg"] == "2019-05-04T08:11:12Z"
    assert times["-rf *.jpg"] == "2019-05-04T04:41:12Z"
    assert times["new\nline.jpg"] == "2019-05-04T13:11:12Z"
    assert times["x.jpg"] is None


@pytest.mark.parametrize("form", ["geojson", "kml", "gpx"])
def test_an_empty_map_is_whole(odd: Catalogue, form: str) -> None:
    stream = io.StringIO()
    assert write(stream, form, odd, []) == 0
    text = stream.getvalue()
    if form == "geojson":
        assert json.loads(text)["features"] == []
    else:
        assert not [each for each in ET.fromstring(text).iter() if "Point" in each.tag]


# ------------------------------------------------------------------ lists for programs


def _reported_keys() -> list[str]:
    return sorted(key for key in ODD if key.isprintable())


def test_rclone_gets_bucket_and_key(odd: Catalogue) -> None:
    text, count = _written(odd, "rclone")
    assert text.splitlines() == [f"my-photos/{key}" for key in _reported_keys()]
    assert count == len(ODD) - 2


@pytest.mark.parametrize(
    ("form", "before"),
    [
        ("s5cmd", ["cp", "--raw"]),
        ("aws", ["aws", "s3", "cp", "--endpoint-url", "http://127.0.0.1:9000", "--"]),
    ],
)
def test_copies_stay_below_the_present_folder(odd: Catalogue, form: str, before: list[str]) -> None:
    text, count = _written(odd, form)
    lines = text.splitlines()
    assert len(lines) == count == len(ODD) - 2
    for line, key in zip(lines, _reported_keys(), strict=True):
        *start, uri, file = shlex.split(line)
        assert start == before
        assert uri == f"s3://my-photos/{key}"
        assert file.startswith("./my-photos/")
        assert not {"..", ""} & set(file.split("/"))


# ------------------------------------------------------------------------------ tables


def test_tsv_has_a_line_an_image_and_as_many_cells(odd: Catalogue) -> None:
    text, count = _written(odd, "tsv")
    head, *lines = [line.split("\t") for line in text.removesuffix("\n").split("\n")]
    assert count == len(lines) == len(ODD)
    assert {len(line) for line in lines} == {len(head)}
    titles = {line[head.index("title")] for line in lines}
    assert "'=HYPERLINK(1)" in titles
    assert any(title.startswith(r"a\tb\\c\r\nd") for title in titles)
    with_csv, _ = _written(odd, "csv")
    assert len(list(csv.reader(io.StringIO(with_csv, newline="")))) == count + 1


def test_the_copy_is_plain_sqlite(odd: Catalogue, tmp_path: Path) -> None:
    made = catalogue_factory.filled_catalogue(tmp_path / "c.db", 30)
    path = tmp_path / "copy.db"
    assert write_file(path, ExportSpec("sqlite"), made, _all(made)) == 30
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        kinds = copy.execute("SELECT type, name FROM sqlite_master WHERE sql LIKE '%VIRTUAL%'")
        assert kinds.fetchall() == []
        rows = copy.execute("SELECT id, uri, camera, iso, taken, place FROM image").fetchall()
        tags = copy.execute(
            "SELECT value FROM tag WHERE image_id = ? AND name = 'ISO'", rows[0][:1]
        )
        assert tags.fetchone() == (rows[0][3],)
    copy.close()
    image = made.image(rows[0][0])
    assert rows[0][1] == image.source.uri(image.ref.key)
    assert rows[0][4] == image.record.facts.taken_at
    assert write_file(tmp_path / "odd.sqlite", ExportSpec("sqlite"), odd, _all(odd)) == len(ODD)
    selected = tmp_path / "few.db"
    write_file(selected, ExportSpec("sqlite", ("iso", "exif.Make")), made, _all(made))
    with sqlite3.connect(selected) as copy:
        assert [row[1] for row in copy.execute("PRAGMA table_info(image)")] == [
            "id", "uri", "iso", "exif.Make"
        ]  # fmt: skip
        assert copy.execute("SELECT count(*) FROM tag").fetchone() == (0,)
    copy.close()
    made.close()


def test_parquet_has_typed_columns(odd: Catalogue, tmp_path: Path) -> None:
    made = catalogue_factory.filled_catalogue(tmp_path / "c.db", 30)
    path = tmp_path / "all.parquet"
    assert write_file(path, ExportSpec("parquet"), made, _all(made)) == 30
    table = parquet.read_parquet(str(path)).read_all()
    assert table.num_rows == 30
    assert table.column_names[0] == "SourceFile"
    kinds = {field.name: str(field.type) for field in table.schema}
    assert "Int64" in kinds["iso"]
    assert "Timestamp" in kinds["taken"]
    assert "UTC" in kinds["modified"]
    finder = Finder(made.reader(), now=NOW)
    for name in ("iso", "camera", "f", "taken"):
        expected = [row[0] for row in finder.rows(_all(made), (name,))]
        found = [value.as_py() for value in table.column(name)]
        if name == "taken":
            found = [value and value.replace(tzinfo=UTC).timestamp() for value in found]
        assert found == expected
    assert write_file(tmp_path / "odd.parquet", ExportSpec("parquet"), odd, _all(odd)) == len(ODD)
    selected = tmp_path / "few.parquet"
    write_file(selected, ExportSpec("parquet", ("exif.Make", "gps")), made, _all(made))
    assert parquet.read_parquet(str(selected)).read_all().column_names == [
        "SourceFile", "exif.Make", "gps"
    ]  # fmt: skip
    made.close()


# ------------------------------------------------------------------------------- files


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_a_file_is_whole_or_not_there(odd: Catalogue, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"
    count = write_file(path, ExportSpec(form), odd, _all(odd))
    assert 0 < count <= len(ODD)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        write_file(path, ExportSpec(form), odd, [])
    assert path.read_bytes() == before
    write_file(path, ExportSpec(form), odd, [], may_replace=True)
    assert path.read_bytes() != before
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_a_failure_leaves_the_old_file(
    odd: Catalogue, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out"
    path.write_text("precious")

    def fail(*_: object) -> None:
        raise UsageError("It failed in the middle.")

    monkeypatch.setattr("tasveer_tui.catalogue.export.image_stream.load_images", fail)
    with pytest.raises(UsageError, match="failed in the middle"):
        write_file(path, ExportSpec(form), odd, _all(odd), may_replace=True)
    assert path.read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_not_there_is_said(odd: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_file(tmp_path / "no" / "x.csv", ExportSpec("csv"), odd, [])


def test_the_extension_selects_the_format(tmp_path: Path) -> None:
    assert set(FORMAT_BY_EXTENSION.values()) == set(exporting.FORMATS)
    assert format_of(tmp_path / "A.CSV") == "csv"
    with pytest.raises(UsageError, match="has no known extension"):
        format_of(tmp_path / "a.doc")


def test_the_commands_know_every_format() -> None:
    assert set(export_command.FORMATS) == set(exporting.FORMATS)
    assert set(search_command.FORMATS) == {"table", *FORMATS}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = catalogue_factory.filled_catalogue(tmp_path_factory.mktemp("many") / "c.db", 2000)
    yield made
    made.close()


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_memory_does_not_grow_with_the_number(many: Catalogue, tmp_path: Path, form: str) -> None:
    ids = _all(many)
    wanted = ExportSpec(form, ("iso", "camera", "path"))
    write_file(tmp_path / "warm", wanted, many, ids[:600])

    def peak(some: list[int]) -> int:
        tracemalloc.start()
        write_file(tmp_path / f"{len(some)}", wanted, many, some)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(ids) < 1.5 * peak(ids[:600]) + 100_000


def test_every_column_can_be_exported(odd: Catalogue, tmp_path: Path) -> None:
    columns = tuple(name for name, field in FIELDS.items() if field.is_column)
    for form in ("sqlite", "parquet", "tsv"):
        write_file(tmp_path / form, ExportSpec(form, columns), odd, _all(odd))
        assert (tmp_path / form).stat().st_size
