"""Pictures from real cameras, where a collection of them lies beside the project."""

from pathlib import Path

import pytest

from tasveer_tui.exif import Budget, label, read
from tasveer_tui.records import Outcome
from tests.support.image_files import fetch_from

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "exif-samples"
PICTURES = sorted(path for path in CORPUS.rglob("*") if path.suffix in {".jpg", ".jpeg", ".tiff"})

pytestmark = pytest.mark.skipif(not PICTURES, reason="no collection of pictures is here")


def test_nearly_every_picture_has_metadata() -> None:
    outcomes = [read(fetch_from(path.read_bytes())).outcome for path in PICTURES]
    fine = sum(outcome in (Outcome.OK, Outcome.PARTIAL) for outcome in outcomes)
    assert fine >= 0.95 * len(outcomes)
    assert set(outcomes) <= {Outcome.OK, Outcome.PARTIAL, Outcome.NO_METADATA}


def test_large_jpegs_take_little() -> None:
    large = [
        path for path in PICTURES if path.stat().st_size > 128 * 1024 and path.suffix != ".tiff"
    ]
    records = [read(fetch_from(path.read_bytes())) for path in large]
    assert sum(record.requests == 1 for record in records) >= 0.9 * len(records)
    assert max(record.bytes_read for record in records) < Budget().read_bytes


def test_every_value_is_whole_and_has_a_label() -> None:
    for path in PICTURES:
        record = read(fetch_from(path.read_bytes()))
        places = [(tag.group, tag.name) for tag in record.tags if tag.group == "ExifIFD"]
        assert len(places) == len(set(places)), path
        for tag in record.tags:
            assert label(tag) or tag.value in ("", [], 0), (path, tag)
            assert "\0" not in str(tag.value), (path, tag)


def test_embedded_thumbnails_are_pictures() -> None:
    for path in PICTURES:
        data = path.read_bytes()
        record = read(fetch_from(data))
        if record.thumb_length:
            assert data[record.thumb_offset :][:2] == b"\xff\xd8", path


def test_every_cut_of_a_real_picture_ends_in_an_outcome() -> None:
    for path in PICTURES[::10]:
        data = path.read_bytes()[:40_000]
        for length in range(0, len(data), 1_999):
            assert read(fetch_from(data[:length])).outcome in Outcome
