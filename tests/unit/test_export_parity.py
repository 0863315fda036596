"""Our JSON against exiftool's, over files of our own; and the list of where they differ."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tasveer_tui.catalogue.export import exiftool_object
from tasveer_tui.catalogue.export.exiftool import EXCEPTIONS, file_facts
from tasveer_tui.exif import read
from tasveer_tui.records import Facts, ObjectRef, Outcome, Record, Source, Tag
from tests.support.image_files import (
    ASCII,
    BYTE,
    RATIONAL,
    SHORT,
    SRATIONAL,
    UNDEFINED,
    Ifd,
    fetch_from,
    jpeg_with,
    segment,
    tiff_block,
)
from tests.unit.test_exif_iptc import dataset
from tests.unit.test_exif_resources import resource
from tests.unit.test_exif_xmp import HEAD, TAIL

EXIFTOOL = shutil.which("exiftool")
NOT_OURS = ("System:", "ExifTool:", "Composite:", "SourceFile")
"""Groups that EXCEPTIONS names as left out."""
OURS = ("S3:", "Tasveer:", "SourceFile")


def exif() -> bytes:
    camera = {
        0x829A: (RATIONAL, [(10, 2500)]),
        0x829D: (RATIONAL, [(28, 10)]),
        0x8827: (SHORT, [400]),
        0x9000: (UNDEFINED, b"0232"),
        0x9003: (ASCII, "2019:05:04 10:11:12\0"),
        0x9101: (UNDEFINED, b"\1\2\3\0"),
        0x9201: (SRATIONAL, [(7965784, 1000000)]),
        0x9202: (RATIONAL, [(297085, 100000)]),
        0x9204: (SRATIONAL, [(-1, 3)]),
        0x9209: (SHORT, [16]),
        0x9286: (UNDEFINED, b"ASCII\0\0\0by the sea"),
        0xA300: (UNDEFINED, b"\3"),
        0xA432: (RATIONAL, [(24, 1), (70, 1), (28, 10), (0, 0)]),
    }
    place = {
        0x00: (BYTE, b"\2\3\0\0"),
        0x01: (ASCII, "N\0"),
        0x02: (RATIONAL, [(48, 1), (51, 1), (2999, 100)]),
        0x03: (ASCII, "W\0"),
        0x04: (RATIONAL, [(2, 1), (17, 1), (40, 1)]),
        0x05: (BYTE, b"\0"),
        0x06: (RATIONAL, [(355, 10)]),
        0x07: (RATIONAL, [(7, 1), (30, 1), (145, 10)]),
        0x1D: (ASCII, "2019:05:04\0"),
    }
    first = {
        0x010F: (ASCII, "KONICA MINOLTA \0"),
        0x0110: (ASCII, "7D\0"),
        0x0112: (SHORT, [1]),
        0x011A: (RATIONAL, [(72, 1)]),
        0x013B: (ASCII, "Zo\u00eb\0"),
        0x9C9B: (BYTE, "Meer\0".encode("utf-16-le")),
    }
    block = Ifd(first, {0x8769: Ifd(camera), 0x8825: Ifd(place)})
    return segment(0xE1, b"Exif\0\0" + tiff_block(block))


def xmp() -> bytes:
    body = (
        "<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sand</rdf:li></rdf:Bag></dc:subject>"
        "<dc:creator><rdf:Seq><rdf:li>Jane</rdf:li></rdf:Seq></dc:creator>"
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sea</rdf:li>'
        '<rdf:li xml:lang="de-DE">Meer</rdf:li></rdf:Alt></dc:title>'
        "<xmp:CreateDate>2019-05-04T10:11:12.5+02:00</xmp:CreateDate><xmp:Rating>4</xmp:Rating>"
        "<exif:ExposureTime>1/250</exif:ExposureTime>"
        "<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>"
        "<aux:LensInfo>24/1 70/1 28/10 0/0</aux:LensInfo><xmp:Label>007</xmp:Label>"
        '<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved"/>'
        '<rdf:li stEvt:action="derived"/></rdf:Seq></xmpMM:History>'
        "<mine:good>True</mine:good><mine:part>1/2</mine:part><mine:LOUD>a</mine:LOUD>"
    )
    packet = f"{HEAD}>{body}{TAIL}".encode()
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def photoshop() -> bytes:
    block = dataset(90, b"\x1b%G", record=1) + dataset(0, b"\0\4")
    block += dataset(90, "Z\u00fcrich".encode()) + dataset(25, b"sea") + dataset(25, b"sand")
    block += dataset(55, b"20190504") + dataset(60, b"101112+0200")
    shown = struct.pack(">IHHIHH", 72 << 16, 1, 1, 72 << 16, 1, 1)
    parts = resource(0x404, block) + resource(0x3ED, shown) + resource(0x40A, b"\1")
    return segment(0xED, b"Photoshop 3.0\0" + parts)


def ours(data: bytes, name: str) -> dict[str, object]:
    record = read(fetch_from(data))
    reported = exiftool_object(Source("http://h", "b"), ObjectRef(name, len(data)), record)
    found: dict[str, object] = json.loads(json.dumps(reported))
    return {key: value for key, value in found.items() if not key.startswith(OURS)}


def same(mine: object, theirs: object) -> bool:
    if isinstance(mine, float) and isinstance(theirs, str):
        theirs = float(theirs)  # exiftool puts quotes around more than 16 decimals
    if isinstance(mine, float) or isinstance(theirs, float):
        return mine == pytest.approx(theirs, rel=1e-12)
    return type(mine) is type(theirs) and mine == theirs


@pytest.mark.skipif(EXIFTOOL is None, reason="exiftool is not installed")
@pytest.mark.parametrize("form", ["jpeg", "tiff"])
def test_json_is_what_exiftool_prints(form: str, tmp_path: Path) -> None:
    data = jpeg_with(exif(), xmp(), photoshop())
    if form == "tiff":
        data = tiff_block(Ifd({0x010F: (ASCII, "Canon\0"), 0x0112: (SHORT, [1])}))
    path = tmp_path / f"picture.{form}"
    path.write_bytes(data)
    command = [str(EXIFTOOL), "-j", "-G1", "-n", "-charset", "iptc=utf8", str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    (theirs,) = json.loads(done.stdout)
    theirs = {key: value for key, value in theirs.items() if not key.startswith(NOT_OURS)}
    mine = ours(data, path.name)
    # exiftool tells the digest of IPTC only when it is asked for.
    mine.pop("File:CurrentIPTCDigest", None)
    theirs.pop("File:CurrentIPTCDigest", None)
    assert theirs
    assert mine.keys() == theirs.keys()
    for key, value in theirs.items():
        assert same(mine[key], value), (key, mine[key], value)


def test_the_exceptions_are_sentences_that_fit_a_help_page() -> None:
    for name, reason in EXCEPTIONS.items():
        assert len(name) <= 24
        assert 20 <= len(reason) <= 90
        assert not reason.endswith(".")
    for group in ("S3", "Tasveer", "System", "ExifTool", "Composite"):
        assert any(group in name for name in EXCEPTIONS)


def test_what_is_left_out_is_left_out() -> None:
    reported = ours(jpeg_with(exif(), xmp(), photoshop()), "a.jpg")
    assert not [key for key in reported if key.startswith(NOT_OURS)]


@pytest.mark.parametrize(
    ("record", "facts"),
    [
        (Record(Outcome.OK), {}),
        (Record(Outcome.OK, "what"), {}),
        (
            Record(Outcome.OK, "tiff", facts=Facts(width=4, height=3)),
            {"FileType": "TIFF", "FileTypeExtension": "TIF", "MIMEType": "image/tiff"},
        ),
        (
            Record(Outcome.OK, "png", (Tag("PNG", "AnimationFrames", value=2),)),
            {"FileType": "APNG", "FileTypeExtension": "PNG", "MIMEType": "image/apng"},
        ),
        (
            Record(Outcome.OK, "jpeg", facts=Facts(width=4, height=3)),
            {"FileType": "JPEG", "FileTypeExtension": "JPG", "MIMEType": "image/jpeg"},
        ),
        (
            Record(Outcome.OK, "avif", facts=Facts(width=4, height=3)),
            {
                "FileType": "AVIF",
                "FileTypeExtension": "AVIF",
                "MIMEType": "image/avif",
                "ImageWidth": 4,
                "ImageHeight": 3,
            },
        ),
    ],
)
def test_facts_of_the_file_follow_from_the_record(
    record: Record, facts: dict[str, str | int]
) -> None:
    assert {name.removeprefix("File:"): value for name, value in file_facts(record)} == facts


def test_the_thumbnail_lies_where_it_is_in_the_file() -> None:
    tags = (Tag("IFD1", "ThumbnailOffset", value=100), Tag("IFD1", "ThumbnailLength", value=50))
    record = Record(Outcome.OK, "jpeg", tags, thumb_offset=112, thumb_length=50)
    reported = exiftool_object(Source("http://h", "b"), ObjectRef("k", 3), record)
    assert reported["IFD1:ThumbnailOffset"] == 112


@pytest.mark.parametrize(
    ("tag", "reported"),
    [
        (Tag("ExifIFD", "LensInfo", 1, "RATIONAL", 4, [24, 70, 2.8, "undef"]), "24 70 2.8 undef"),
        (Tag("XMP-dc", "Subject", value=["sea", "sand"]), ["sea", "sand"]),
        (Tag("XMP-dc", "Subject", value=["sea"]), "sea"),
        (Tag("QuickTime", "CompatibleBrands", value=["mif1", "heic"]), ["mif1", "heic"]),
        (Tag("Meta", "ImageSpatialExtent", value=[640, 426]), "640 426"),
        (Tag("ExifIFD", "ExposureTime", 1, "RATIONAL", 1, 1 / 60, "1/60"), 0.01666666667),
        (Tag("ExifIFD", "ApertureValue", 1, "RATIONAL", 1, 2**0.5, "1/1"), 1.41421356237310),
    ],
)
def test_several_values_are_lists_only_where_exiftool_has_lists(tag: Tag, reported: object) -> None:
    record = Record(Outcome.OK, tags=(tag,))
    found = exiftool_object(Source("http://h", "b"), ObjectRef("k", 3), record)
    assert found[f"{tag.group}:{tag.name}"] == reported
