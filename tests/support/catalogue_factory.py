"""Catalogues filled through the recorder with made-up, always equal records."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import Catalogue
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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.records import Batch

SOURCE = Source("", "photos")
NOW = 1_750_000_000.0
"""What the clock of every catalogue here says: 2025-06-15T15:06:40Z."""

CAMERAS = (
    ("Canon", "Canon EOS 5D Mark III", "EF24-70mm f/2.8L II USM"),
    ("Canon", "Canon EOS 6D", "EF50mm f/1.8 STM"),
    ("NIKON CORPORATION", "NIKON D850", "AF-S NIKKOR 70-200mm f/2.8E FL ED VR"),
    ("SONY", "ILCE-7M3", "FE 35mm F1.8"),
    ("FUJIFILM", "X-T3", "XF18-55mmF2.8-4 R LM OIS"),
    ("Apple", "iPhone 12 Pro", "iPhone 12 Pro back triple camera 4.2mm f/1.6"),
    ("Leica Camera AG", "LEICA M (Typ 240)", ""),
)
PLACES = ((48.8584, 2.2945), (51.5007, -0.1246), (-33.8568, 151.2153), (35.6586, 139.7454))
WORDS = ("family", "Été", "beach", "wedding", "Zürich", "night", "eiffel tower", "dog")
SOFTWARE = ("Adobe Photoshop Lightroom 6.0 (Windows)", "Capture One 12", "14.4.2", "")
_FIRST_DAY = datetime(2015, 1, 1, 8, 0, 0)  # noqa: DTZ001 - a camera's clock has no zone
_COMMON_FAILURES = (
    Outcome.NO_METADATA,
    Outcome.UNSUPPORTED,
    Outcome.TRUNCATED,
    Outcome.NETWORK,
    Outcome.DENIED,
    Outcome.GONE,
)


def key_of(index: int) -> str:
    """`album03/2019/IMG_00042.jpg` and the like; every 50th is a raw file."""
    ending = "NEF" if index % 50 == 7 else "jpg"
    return f"album{index % 12:02}/{2015 + index % 9}/IMG_{index:05}.{ending}"


def ref_of(index: int) -> ObjectRef:
    """The object of this index, as listed. Every 40th has the bytes of the one before."""
    same = index - 1 if index % 40 == 39 else index
    return ObjectRef(key_of(index), 2_000_000 + same * 17, f"{same:032x}", NOW - 86_400 * 30)


def record_of(index: int) -> Record:
    """The record of this index: every 10th object is no good photograph."""
    ref = ref_of(index)
    if index % 10 == 9:
        outcome = _COMMON_FAILURES[index // 10 % len(_COMMON_FAILURES)]
        return Record(outcome, size_bytes=ref.size_bytes, etag=ref.etag, requests=1)
    dice = random.Random(index)
    facts = _facts(index, dice)
    return Record(
        Outcome.PARTIAL if index % 25 == 3 else Outcome.OK,
        "nef" if ref.key.endswith("NEF") else "jpeg",
        _tags(facts, dice),
        facts,
        ("The maker note ends early.",) if index % 25 == 3 else (),
        ref.size_bytes,
        ref.etag,
        65_536,
        1,
        thumb_offset=1_000,
        thumb_length=8_000,
        maker_note_length=9_000,
    )


def fill(
    catalogue: Catalogue,
    count: int,
    *,
    source: Source = SOURCE,
    record: Callable[[int], Record] = record_of,
) -> int:
    """Ingest objects 0 to `count` - 1 of the whole bucket in one job; the job's id."""
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(source, Access(region="eu-west-1")))
    record_listing(recorder, job_id, [ref_of(index) for index in range(count)])
    by_key = {key_of(index): index for index in range(count)}
    read_all(recorder, job_id, lambda ref: record(by_key[ref.key]))
    recorder.finish(job_id)
    return job_id


def filled_catalogue(path: Path, count: int = 200) -> Catalogue:
    """A catalogue with `count` objects read; the caller closes it."""
    catalogue = Catalogue(path, clock=lambda: NOW)
    fill(catalogue, count)
    return catalogue


def record_listing(
    recorder: Recorder, job_id: int, refs: Sequence[ObjectRef], *, page: int = 1000
) -> None:
    """Lease the job's scans and list these objects under each, as S3 would."""
    for lease in recorder.lease_scans(job_id, lease_s=60, limit=1000):
        under = sorted(
            (ref for ref in refs if ref.key.startswith(lease.prefix)), key=lambda ref: ref.key
        )
        pages = [under[first : first + page] for first in range(0, len(under), page)] or [[]]
        for scanned in _pages(lease.scan_id, job_id, pages):
            recorder.record_page(scanned)


def read_all(
    recorder: Recorder, job_id: int, record: Callable[[ObjectRef], Record], *, size: int = 100
) -> None:
    """Lease and record everything that is pending, as a worker would."""
    for batch in lease_batches(recorder, job_id, size=size):
        recorder.record_batch(batch_result(batch, record))


def batch_result(batch: Batch, record: Callable[[ObjectRef], Record]) -> BatchResult:
    """What a worker sends for a batch."""
    results = (ObjectResult(each.object_id, record(each.ref)) for each in batch.objects)
    return BatchResult(batch.job_id, batch.batch_id, tuple(results), "worker-1")


def _pages(
    scan_id: int, job_id: int, pages: Iterable[Sequence[ObjectRef]]
) -> Iterator[ScannedPage]:
    start_after, left = "", list(pages)
    for number, refs in enumerate(left, start=1):
        cursor = refs[-1].key if refs else start_after
        page = Page((), tuple(refs), cursor, is_last=number == len(left))
        yield ScannedPage(scan_id, job_id, start_after, page, "worker-1")
        start_after = cursor


def lease_batches(recorder: Recorder, job_id: int, *, size: int = 100) -> Iterator[Batch]:
    """Lease everything that is pending, batch by batch."""
    while batch := recorder.lease_batch(job_id, lease_s=60, max_objects=size, max_bytes=0):
        yield batch


def _facts(index: int, dice: random.Random) -> Facts:
    make, model, lens = CAMERAS[index % len(CAMERAS)]
    taken = _FIRST_DAY + timedelta(days=index % 3000, minutes=index % 600, seconds=index % 60)
    place = PLACES[index // 3 % len(PLACES)] if index % 3 == 0 else None
    return Facts(
        make=make,
        model=model,
        lens=lens,
        serial=f"{index % 20:08}" if index % 4 == 0 else "",
        software=SOFTWARE[index % len(SOFTWARE)],
        artist="Jane Doe" if index % 5 == 0 else "",
        copyright="© Jane Doe" if index % 5 == 0 else "",
        title=f"Picture {index}" if index % 8 == 0 else "",
        caption="A day at the sea" if index % 6 == 0 else "",
        keywords=tuple(sorted(dice.sample(WORDS, index % 4))),
        rating=index % 6 if index % 2 == 0 else None,
        taken_at=taken.isoformat(),
        taken_offset="+02:00" if index % 2 == 0 else "",
        exposure_s=dice.choice((1 / 30, 1 / 60, 1 / 125, 1 / 250, 1 / 1000, 2.0)),
        f_number=dice.choice((1.8, 2.8, 4.0, 5.6, 8.0)),
        iso=dice.choice((100, 200, 400, 800, 1600, 3200, 6400)),
        focal_mm=dice.choice((24.0, 35.0, 50.0, 70.0, 200.0)),
        focal35_mm=dice.choice((24.0, 35.0, 50.0, 75.0)),
        exposure_bias_ev=dice.choice((0.0, -0.33, 0.67)),
        flash=16 if index % 7 else 1,
        white_balance=index % 2,
        metering=5,
        program=2 + index % 3,
        orientation=(1, 1, 1, 6, 8)[index % 5],
        width=6000,
        height=4000,
        lat_deg=place[0] + index % 10 / 100 if place else None,
        lon_deg=place[1] + index % 10 / 100 if place else None,
        alt_m=35.0 + index % 100 if place else None,
    )


def _tags(facts: Facts, dice: random.Random) -> tuple[Tag, ...]:
    taken = facts.taken_at.replace("-", ":").replace("T", " ")
    exposure, f_number, focal = facts.exposure_s or 1.0, facts.f_number or 1.0, facts.focal_mm or 1
    tags = [
        Tag("IFD0", "Make", 271, "ASCII", len(facts.make) + 1, facts.make),
        Tag("IFD0", "Model", 272, "ASCII", len(facts.model) + 1, facts.model),
        Tag("IFD0", "Orientation", 274, "SHORT", 1, facts.orientation or 1),
        Tag("IFD0", "XResolution", 282, "RATIONAL", 1, 72, "72/1"),
        Tag("IFD0", "YResolution", 283, "RATIONAL", 1, 72, "72/1"),
        Tag("IFD0", "ResolutionUnit", 296, "SHORT", 1, 2),
        Tag("IFD0", "Software", 305, "ASCII", len(facts.software) + 1, facts.software),
        Tag("IFD0", "ModifyDate", 306, "ASCII", 20, taken),
        Tag("ExifIFD", "ExposureTime", 33434, "RATIONAL", 1, exposure, f"10/{10 / exposure:.0f}"),
        Tag("ExifIFD", "FNumber", 33437, "RATIONAL", 1, f_number, f"{f_number * 10:.0f}/10"),
        Tag("ExifIFD", "ExposureProgram", 34850, "SHORT", 1, facts.program or 0),
        Tag("ExifIFD", "ISO", 34855, "SHORT", 1, facts.iso or 0),
        Tag("ExifIFD", "ExifVersion", 36864, "UNDEFINED", 4, "0230"),
        Tag("ExifIFD", "DateTimeOriginal", 36867, "ASCII", 20, taken),
        Tag("ExifIFD", "CreateDate", 36868, "ASCII", 20, taken),
        Tag("ExifIFD", "ShutterSpeedValue", 37377, "SRATIONAL", 1, exposure, "524288/65536"),
        Tag("ExifIFD", "ApertureValue", 37378, "RATIONAL", 1, f_number, "262144/65536"),
        Tag("ExifIFD", "ExposureCompensation", 37380, "SRATIONAL", 1, 0, "0/1"),
        Tag("ExifIFD", "MeteringMode", 37383, "SHORT", 1, facts.metering or 0),
        Tag("ExifIFD", "Flash", 37385, "SHORT", 1, facts.flash or 0),
        Tag("ExifIFD", "FocalLength", 37386, "RATIONAL", 1, focal, f"{focal:.0f}/1"),
        Tag("ExifIFD", "SubSecTimeOriginal", 37521, "ASCII", 3, f"{dice.randrange(100):02}"),
        Tag("ExifIFD", "ColorSpace", 40961, "SHORT", 1, 1),
        Tag("ExifIFD", "ExifImageWidth", 40962, "LONG", 1, facts.width or 0),
        Tag("ExifIFD", "ExifImageHeight", 40963, "LONG", 1, facts.height or 0),
    ]
    return (*tags, *_occasionally(facts))


def _occasionally(facts: Facts) -> Iterator[Tag]:
    for group, name, number, text in (
        ("ExifIFD", "LensModel", 42036, facts.lens),
        ("ExifIFD", "SerialNumber", 42033, facts.serial),
        ("IFD0", "Artist", 315, facts.artist),
        ("IFD0", "Copyright", 33432, facts.copyright),
    ):
        if text:
            yield Tag(group, name, number, "ASCII", len(text) + 1, text)
    for name, text in (("Title", facts.title), ("Description", facts.caption)):
        if text:
            yield Tag("XMP-dc", name, value=text)
    if facts.keywords:
        yield Tag("XMP-dc", "Subject", value=list(facts.keywords), count=len(facts.keywords))
    if facts.lat_deg is not None and facts.lon_deg is not None:
        yield Tag("GPS", "GPSLatitude", 2, "RATIONAL", 3, facts.lat_deg)
        yield Tag("GPS", "GPSLongitude", 4, "RATIONAL", 3, facts.lon_deg)
