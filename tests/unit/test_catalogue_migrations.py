"""Files that earlier versions of the program wrote, with data, as this version finds them."""

from __future__ import annotations

import dataclasses
import gzip
import json
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage import migrations
from tasveer_tui.records import FailureGroup, Outcome
from tasveer_tui.workspace import upgrade_text
from tests.support.catalogue_factory import NOW, SOURCE, filled_catalogue, key_of, record_of, ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent.parent / "data"
IMAGES = 120
QUESTIONS = (
    "", "camera:canon iso>=800", "eiffel", '"a day at the sea"', "near:48.86,2.3,20km", "dup:yes",
    "exif.ExposureTime<=1/250", "exif.ISO=400", "has:xmp.Title", "-has:exif.LensModel",
    "exif.DateTimeOriginal:2016", "gps.GPSLatitude>50", "keyword:beach", "path:album03/**",
    "status!=ok", "country:france", "etag:0000", "order by exif.FNumber", "IMG_0004",
)  # fmt: skip


def test_every_earlier_version_is_tried() -> None:
    tried = {int(path.name.split("-")[1].split(".")[0]) for path in DATA.glob("catalogue-*.gz")}
    assert tried >= {1, 2, 5, 6, 8}
    assert migrations.latest() == 9


@pytest.fixture(params=sorted(path.name for path in DATA.glob("catalogue-*.gz")))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old.sqlite"
    path.write_bytes(gzip.decompress((DATA / request.param).read_bytes()))
    return path


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(filled_catalogue(tmp_path / "new.sqlite", IMAGES)) as catalogue:
        yield catalogue


def test_opening_an_old_file_announces_the_migration_once(old: Path, tmp_path: Path) -> None:
    sizes: list[int] = []
    size_bytes = old.stat().st_size
    for path in (old, old, tmp_path / "none.sqlite"):
        Catalogue(path, on_upgrade=sizes.append).close()
    assert sizes == [size_bytes]


def test_only_the_upgrade_of_a_large_catalogue_is_announced() -> None:
    assert upgrade_text(1_000_000) == ""
    assert "catalogue (700.0 MB). It is upgraded" in upgrade_text(700_000_000)


def test_no_row_is_lost(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        before = _rows(connection)
    with closing(Catalogue(old)) as catalogue:
        assert catalogue.check() == []
        assert _rows(catalogue.reader()) == before
        for index in range(IMAGES):
            image = catalogue.find(SOURCE, key_of(index))
            assert image is not None
            assert (image.record, image.ref) == (record_of(index), ref_of(index))


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = ("source", "object", "image", "image_tags", "place", "keyword", "job", "ledger")
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
    }


def test_searches_find_what_they_find_in_a_new_file(old: Path, new: Catalogue) -> None:
    with closing(Catalogue(old)) as catalogue:
        for text in QUESTIONS:
            assert _found(catalogue, text) == _found(new, text), text
        assert catalogue.outcomes() == new.outcomes()
        assert _failure_groups(catalogue) == _failure_groups(new)


def _failure_groups(catalogue: Catalogue) -> list[FailureGroup]:
    """Without the messages: an old file has the wording of its time."""
    return [dataclasses.replace(group, example_message="") for group in catalogue.failure_groups(1)]


def _found(catalogue: Catalogue, text: str) -> list[int]:
    now = datetime.fromtimestamp(NOW, UTC)
    return list(Finder(catalogue.reader(), now=now).ids(parse(text)))


def test_a_migrated_file_goes_on_like_a_new_one(old: Path) -> None:
    with closing(Catalogue(old)) as catalogue:
        recorder = catalogue.recorder()
        reader = catalogue.reader()
        (image_id,) = reader.execute("SELECT min(id) FROM image WHERE outcome = 'ok'").fetchone()
        record = catalogue.image(image_id).record
        key = catalogue.image(image_id).ref.key
        changed = replace(record, tags=record.tags[:3], outcome=Outcome.OK)
        _read_again(catalogue, recorder, key, changed)
        assert catalogue.image(image_id).record.tags == record.tags[:3]
        assert catalogue.check() == []
        assert image_id not in _found(catalogue, "has:exif.ExposureTime")


def _read_again(catalogue: Catalogue, recorder: object, key: str, record: object) -> None:
    from tasveer_tui.records import Access, JobSpec
    from tests.support.catalogue_factory import read_all, record_listing

    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), prefixes=(), keys=(key,), force=True))
    index = next(index for index in range(IMAGES) if key_of(index) == key)
    record_listing(recorder, job_id, [ref_of(index)])  # type: ignore[arg-type]
    read_all(recorder, job_id, lambda _: record)  # type: ignore[arg-type, return-value]


def test_damaged_tags_of_an_old_file_stay_marked_damaged(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE image_tags SET z = x'01ff' WHERE id = 1")
        connection.commit()
    with closing(Catalogue(old)) as catalogue:
        assert catalogue.reader().execute("SELECT count(*) FROM image_tags").fetchone()[0]
        with pytest.raises(Exception, match="damaged"):
            catalogue.image(1)
        assert catalogue.image(2).record.tags


def test_the_first_versions_blobs_are_still_understood() -> None:
    from tasveer_tui.catalogue.storage.common_tags import dictionary
    from tasveer_tui.catalogue.storage.migrations import blob_v1

    rows = [(3, 271, "ASCII", 6, "Canon", ""), (4, 1, "RATIONAL", 1, float("inf"), "1/0")]
    stream = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=dictionary())
    packed = b"\x01" + stream.compress(json.dumps(rows).encode()) + stream.flush()
    assert blob_v1.unpack(packed) == rows
