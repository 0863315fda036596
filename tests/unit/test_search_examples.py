"""Every line of the search language's description, against a handful of photographs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.records import (
    Access,
    BatchResult,
    Facts,
    JobSpec,
    ObjectRef,
    ObjectResult,
    Outcome,
    Page,
    Record,
    ScannedPage,
    Source,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2024, 6, 15, 12, 0, tzinfo=UTC)

PARIS = Record(
    Outcome.OK, "jpeg",
    (
        Tag("IFD0", "Make", 271, "ASCII", 6, "Canon"),
        Tag("IFD0", "Model", 272, "ASCII", 22, "Canon EOS 5D Mark III"),
        Tag("ExifIFD", "ExposureProgram", 34850, "SHORT", 1, 2),
        Tag("ExifIFD", "DateTimeOriginal", 36867, "ASCII", 20, "2019:05:04 10:11:12"),
        Tag("XMP-dc", "Description", value="The Eiffel Tower at noon"),
        Tag("IPTC", "City", 602, "", 1, "Paris"),
        Tag("GPS", "GPSStatus", 9, "ASCII", 2, "A"),
        Tag("Canon", "LensType", 22, "", 1, "EF24-70mm"),
    ),
    Facts(
        make="Canon", model="Canon EOS 5D Mark III", lens="EF24-70mm f/2.8L", serial="0042",
        software="Lightroom 6", artist="José García", copyright="© José", title="Tower",
        caption="The Eiffel Tower at noon", keywords=("tower", "Été"), rating=5,
        taken_at="2019-05-04T10:11:12", iso=3200, exposure_s=1 / 250, f_number=2.8,
        focal_mm=50.0, focal35_mm=50.0, exposure_bias_ev=-1 / 3, flash=16, white_balance=0,
        metering=5, program=2, orientation=6, width=6000, height=4000, lat_deg=48.8584,
        lon_deg=2.2945, alt_m=35.0,
    ),
)  # fmt: skip
NIGHT = Record(
    Outcome.OK, "nef",
    (Tag("IFD0", "Make", 271, "ASCII", 6, "NIKON CORPORATION"),),
    Facts(
        make="NIKON CORPORATION", model="NIKON D850", lens="Sigma 35mm F1.4 DG",
        taken_at="2024-06-14T23:30:00", iso=100, exposure_s=2.0, f_number=8.0, focal_mm=35.0,
        flash=1, white_balance=1, metering=3, program=1, orientation=1, width=8256, height=5504,
        lat_deg=-33.8568, lon_deg=151.2153, alt_m=120.0,
    ),
)  # fmt: skip
WIDE = Record(
    Outcome.OK, "jpeg", (), Facts(make="Apple", model="iPhone 12", width=9000, height=3000)
)
IMAGES = {
    "raw/2019/paris.CR2.jpg": (6_000_000, "same", PARIS, ""),
    "raw/night.NEF": (50_000_000, "n", NIGHT, ""),
    "web/wide.jpg": (900_000, "w", WIDE, ""),
    "web/copy of paris.jpg": (6_000_000, "same", Record(Outcome.NO_METADATA, "jpeg"), ""),
    "web/notes.txt": (10, "t", Record(Outcome.UNSUPPORTED), ""),
    "web/secret.jpg": (5_000_000, "x", Record(Outcome.DENIED), "The policy forbids it."),
}
NAMES = {
    "raw/2019/paris.CR2.jpg": "paris",
    "raw/night.NEF": "night",
    "web/wide.jpg": "wide",
    "web/copy of paris.jpg": "copy",
    "web/notes.txt": "notes",
    "web/secret.jpg": "secret",
}
EVERYTHING = set(NAMES.values())


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    catalogue = _catalogue(tmp_path_factory.mktemp("examples") / "catalogue.db")
    yield Finder(catalogue.reader(), now=NOW)
    catalogue.close()


def _catalogue(path: Path) -> Catalogue:
    catalogue = Catalogue(path, clock=NOW.timestamp)
    recorder = catalogue.recorder()
    job = catalogue.add_job(JobSpec(Source("", "photos"), Access(), include=("*",)))
    modified = NOW.timestamp() - 86_400 * 10
    refs = tuple(
        ObjectRef(key, size, etag, modified) for key, (size, etag, _, _) in sorted(IMAGES.items())
    )
    (lease,) = recorder.lease_scans(job, lease_s=60, limit=1)
    recorder.record_page(ScannedPage(lease.scan_id, job, "", Page((), refs, refs[-1].key)))
    batch = recorder.lease_batch(job, lease_s=60, max_objects=100, max_bytes=0)
    assert batch is not None
    results = tuple(
        ObjectResult(each.object_id, IMAGES[each.ref.key][2], IMAGES[each.ref.key][3])
        for each in batch.objects
    )
    recorder.record_batch(BatchResult(job, batch.batch_id, results))
    return catalogue


def _found(finder: Finder, text: str) -> set[str]:
    ids = finder.ids(parse(text))
    return {NAMES[str(row[0])] for row in finder.rows(ids, ["path"])}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the example
        ("camera:canon iso>=1600 shutter<=1/250 -lens:sigma", {"paris"}),
        ("(taken:2019-05..2019-08 OR taken>=2023) has:gps", {"paris", "night"}),
        ('near:48.8584,2.2945,5km focal:24..70 "eiffel tower"', {"paris"}),
        ("exif.ExposureProgram=2 path:raw/** size>5MB orientation:portrait", {"paris"}),
        # AND, OR, NOT, parentheses, bare words and phrases
        ("canon AND eiffel", {"paris"}),
        ("canon or nikon", {"paris", "night"}),
        ("paris not canon", {"copy"}),
        ("paris -canon", {"copy"}),
        ("-(canon or nikon or web)", set()),
        ('"eiffel tower"', {"paris"}),
        ('"tower eiffel"', set()),
        ("EIFFEL", {"paris"}),
        ("wide", {"wide"}),
        ("b/c", {"copy"}),
        ("ot", {"notes"}),
        # contains, equals, operators, ranges, lists, wildcards, regular expressions
        ("lens:50", set()),
        ("lens:35MM", {"night"}),
        ('camera="nikon d850"', {"night"}),
        ("camera=nikon", set()),
        ("camera!=canon", {"paris", "night", "wide"}),
        ("iso!=100", {"paris"}),
        ("-iso:100", EVERYTHING - {"night"}),
        ("iso<3200", {"night"}),
        ("iso<=3200", {"paris", "night"}),
        ("iso>100", {"paris"}),
        ("iso:100..3200", {"paris", "night"}),
        ("iso:101..", {"paris"}),
        ("iso:..3199", {"night"}),
        ("iso:(100, 400)", {"night"}),
        ("iso!=(100, 400)", {"paris"}),
        ("name:*.jpg", {"paris", "wide", "copy", "secret"}),
        ("name:w?de.jpg", {"wide"}),
        ("lens:/^(ef|sigma)[0-9 ]+/", {"paris", "night"}),
        ("artist:jose", {"paris"}),
        # has
        ("has:lens", {"paris", "night"}),
        ("-has:lens", EVERYTHING - {"paris", "night"}),
        ("has:exif.exposureprogram", {"paris"}),
        # units
        ("shutter:1/250", {"paris"}),
        ("shutter:0.004", {"paris"}),
        ("shutter>=2s", {"night"}),
        ("focal:50mm", {"paris"}),
        ("f:2.8", {"paris"}),
        ("size>5MB", {"paris", "night", "copy"}),
        ("size<1MiB", {"wide", "notes"}),
        ("alt<100m", {"paris"}),
        ("near:48.86,2.29,500m", {"paris"}),
        ("near:48.86,2.29,100m", set()),
        ("bbox:48,2,49,3", {"paris"}),
        ("bbox:-90,150,0,-150", {"night"}),
        # dates
        ("taken:2019", {"paris"}),
        ("taken<=2019", {"paris"}),
        ("taken<2019", set()),
        ("taken>2019", {"night"}),
        ("taken:2019-05-04", {"paris"}),
        ("taken:2019-05-04T10:11", {"paris"}),
        ("taken:2019-05-04T10:12", set()),
        ("taken:yesterday", {"night"}),
        ("taken:today", set()),
        ("taken:last 30d", {"night"}),
        ("modified:last 30d", EVERYTHING),
        ("modified:last 9d", set()),
        ("ingested:today", EVERYTHING),
        # every field
        ("make:canon model:5d serial:42 software:lightroom copyright:josé", {"paris"}),
        ("focal35:50 ev<0 flash:no wb:auto metering:pattern program:auto", {"paris"}),
        ("flash:yes wb:manual metering:spot program:manual", {"night"}),
        ("year:2019 month:5 hour:10 weekday:sat", {"paris"}),
        ("month:(may, june)", {"paris", "night"}),
        ("gps:yes", {"paris", "night"}),
        ("gps:no", EVERYTHING - {"paris", "night"}),
        ("lat>0 lon<10", {"paris"}),
        ("place:paris", {"paris"}),
        ("country:france", {"paris"}),
        ("country:FR or country:xyz", {"paris"}),
        ("-has:country", EVERYTHING - {"paris", "night"}),
        ("bucket:photos path:web/", {"wide", "copy", "notes", "secret"}),
        ("ext:nef", {"night"}),
        ("type:jpeg", {"paris", "wide", "copy"}),
        ("width:6000 height:4000", {"paris"}),
        ("mp:24", {"paris"}),
        ("mp>=27", {"night", "wide"}),
        ("ratio:2:3", {"paris"}),
        ("ratio:3:2", {"night"}),
        ("orientation:landscape", {"night"}),
        ("orientation:panorama", {"wide"}),
        ("orientation:square", set()),
        ("title:tower caption:noon keyword:ete rating>=4", {"paris"}),
        ("status:ok", {"paris", "night", "wide"}),
        ("status:(noexif, notimage)", {"copy", "notes"}),
        ("status:failed error:denied error:policy", {"secret"}),
        ("status:gone", set()),
        ("has:error", {"secret", "notes"}),
        ("etag:same", {"paris", "copy"}),
        ("dup:yes", {"paris", "copy"}),
        ("dup:no", EVERYTHING - {"paris", "copy"}),
        # tags of each family
        ("exif.Make:canon", {"paris"}),
        ("exif.DateTimeOriginal:2019-05", {"paris"}),
        ("exif.DateTimeOriginal>=2019-05-04T10:12", set()),
        ("gps.GPSStatus=a", {"paris"}),
        ("xmp.Description:/eiffel.*noon/", {"paris"}),
        ("iptc.City:par*", {"paris"}),
        ("maker.LensType:24-70", {"paris"}),
    ],
)
def test_the_language(finder: Finder, text: str, found: set[str]) -> None:
    assert _found(finder, text) == found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["night", "paris"]),
        ("order by taken", ["paris", "night"]),
        ("has:iso order by iso desc", ["paris", "night"]),
        ("order by camera", ["wide", "paris", "night"]),
        ("order by camera desc", ["night", "paris", "wide"]),
        ("order by size, name desc", ["notes", "wide", "secret", "paris", "copy", "night"]),
        ("order by exif.ExposureProgram", ["paris"]),
        ("order by path", ["paris", "night", "copy", "notes", "secret", "wide"]),
    ],
)
def test_the_order(finder: Finder, text: str, first: list[str]) -> None:
    rows = finder.rows(finder.ids(parse(text)), ["path"])
    assert [NAMES[str(row[0])] for row in rows][: len(first)] == first
