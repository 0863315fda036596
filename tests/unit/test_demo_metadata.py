"""The metadata of the demo's photographs, read back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags, Image

from tasveer_tui.demo.images import camera_file, print_copy, scanned_tiff, web_copy
from tasveer_tui.demo.itinerary import Shot, shots
from tasveer_tui.exif import read, thumbnail
from tasveer_tui.records import Chunk, Outcome

if TYPE_CHECKING:
    from tasveer_tui.exif import Fetch

SHOTS = tuple(shots())


def _fetch(data: bytes) -> Fetch:
    return lambda start, length: Chunk(start, data[start : start + length], len(data), "etag")


def _first(folder: str) -> Shot:
    return next(shot for shot in SHOTS if shot.key.startswith(folder) and shot.orientation == 1)


LISBON = _first("2019/05-lisbon")


def test_the_reader_reads_what_the_camera_wrote() -> None:
    facts = read(_fetch(camera_file(LISBON))).facts
    assert (facts.make, facts.model) == ("NIKON CORPORATION", "NIKON Z 6")
    assert facts.lens == "NIKKOR Z 24-70mm f/4 S"
    assert facts.taken_at.startswith("2019-05-04T09:")
    assert facts.taken_offset == "+01:00"
    assert facts.exposure_s == pytest.approx(LISBON.exposure.seconds)
    assert (facts.f_number, facts.iso) == (LISBON.exposure.f_number, LISBON.exposure.iso)
    assert facts.lat_deg == pytest.approx(LISBON.lat_deg, abs=1e-5)
    assert facts.lon_deg == pytest.approx(LISBON.lon_deg, abs=1e-5)
    assert facts.title == LISBON.title
    assert set(facts.keywords) == set(LISBON.keywords)
    assert facts.copyright == "© 2019 Mira Halden"


def test_pillow_agrees() -> None:
    exif = Image.open(io.BytesIO(camera_file(LISBON))).getexif()
    assert exif[ExifTags.Base.Model] == "NIKON Z 6"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    assert inner[ExifTags.Base.ISOSpeedRatings] == LISBON.exposure.iso
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"


@pytest.mark.parametrize("folder", ["2017/07-provence", "phone/2023", "2019/05-lisbon"])
def test_the_thumbnail_is_a_small_jpeg(folder: str) -> None:
    fetch = _fetch(camera_file(_first(folder)))
    picture = Image.open(io.BytesIO(thumbnail(fetch, read(fetch))))
    assert picture.format == "JPEG"
    assert max(picture.size) == 160


def test_a_portrait_photograph_is_stored_in_landscape_format() -> None:
    turned = next(shot for shot in SHOTS if shot.orientation == 6)
    data = camera_file(turned)
    picture = Image.open(io.BytesIO(data))
    assert picture.width > picture.height
    assert read(_fetch(data)).facts.orientation == 6


@pytest.mark.parametrize(
    ("make", "folder", "form"),
    [
        (scanned_tiff, "raw-scans", "tiff"),
        (web_copy, "2016/09-dolomites", "webp"),
        (print_copy, "2016/09-dolomites", "png"),
    ],
)
def test_other_formats_carry_metadata_too(make: object, folder: str, form: str) -> None:
    assert callable(make)
    record = read(_fetch(make(_first(folder))))
    assert (record.outcome, record.format) == (Outcome.OK, form)
    assert record.facts.model


def test_the_same_shot_gives_the_same_bytes() -> None:
    assert camera_file(LISBON) == camera_file(LISBON)
