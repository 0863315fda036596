"""Photoshop's resources and ICC profiles, and what the digest of IPTC decides."""

import hashlib
import struct

from tasveer_tui.exif import icc, photoshop, read
from tasveer_tui.exif.budget import Budget, Meter
from tasveer_tui.exif.ranges import MemorySource
from tasveer_tui.records import Record, Tag, TagValue
from tests.support.image_files import fetch_from, jpeg_with, segment
from tests.unit.test_exif_iptc import dataset
from tests.unit.test_exif_xmp import HEAD, TAIL


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    label = bytes((len(name),)) + name
    label += b"\0" * (len(label) % 2)
    head = b"8BIM" + number.to_bytes(2, "big") + label
    return head + len(data).to_bytes(4, "big") + data + b"\0" * (len(data) % 2)


def read_tags(data: bytes) -> dict[str, TagValue]:
    tags, _ = photoshop.read(MemorySource(data), Meter(Budget()))
    assert {tag.group for tag in tags} <= {"Photoshop"}
    return {tag.name: tag.value for tag in tags}


def test_iptc_is_found_among_other_resources() -> None:
    block = resource(0x409, bytes(33), b"thumb") + resource(0x404, dataset(90, b"Paris"))
    _, (found,) = photoshop.read(MemorySource(block + resource(0x40C, bytes(3))), Meter(Budget()))
    assert found.read(0, 100) == dataset(90, b"Paris")


def test_some_resources_are_reported() -> None:
    assert read_tags(resource(0x3ED, struct.pack(">IHHIHH", 72 << 16, 1, 1, 36 << 15, 2, 1))) == {
        "XResolution": 72,
        "DisplayedUnitsX": 1,
        "YResolution": 18,
        "DisplayedUnitsY": 2,
    }
    assert read_tags(resource(0x406, struct.pack(">hHH", 8, 0x101, 3))) == {
        "PhotoshopQuality": 8,
        "PhotoshopFormat": 0x101,
        "ProgressiveScans": 3,
    }
    names = b"".join(
        len(name).to_bytes(4, "big") + name.encode("utf-16-be") for name in ("Ann", "Ben")
    )
    assert read_tags(resource(0x421, b"\0\0\0\1\1" + names)) == {
        "HasRealMergedData": 1,
        "WriterName": "Ann",
        "ReaderName": "Ben",
    }
    assert read_tags(resource(0x40A, b"\1") + resource(0x40B, b"http://example.com")) == {
        "CopyrightFlag": 1,
        "URL": "http://example.com",
    }


def test_resources_that_are_too_short_say_what_they_can() -> None:
    assert read_tags(resource(0x3ED, b"\0") + resource(0x40A, b"") + resource(0x421, b"abcde")) == {
        "HasRealMergedData": ord("e")
    }
    assert read_tags(b"8BIM") == {}
    assert read_tags(b"what is this?" * 3) == {}


def profile(version: bytes = b"\x02\x10\0\0", **texts: bytes) -> bytes:
    header = bytes(4) + b"lcms" + version + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2019, 5, 4, 10, 11, 12) + b"acspAPPL" + bytes(4)
    header += b"APPLtest" + bytes(8) + bytes((0, 0, 0, 1)) + bytes(12) + b"jane" + bytes(44)
    at = 128 + 4 + 12 * len(texts)
    rows, bodies = b"", b""
    for name, body in texts.items():
        rows += name.encode() + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    return header + len(texts).to_bytes(4, "big") + rows + bodies


def test_a_profile_tells_its_header_and_its_names() -> None:
    described = b"desc" + bytes(4) + (5).to_bytes(4, "big") + b"Lake\0"
    data = profile(desc=described, cprt=b"text" + bytes(4) + b"none\0")
    assert {f"{tag.group}:{tag.name}": tag.value for tag in icc.read(MemorySource(data))} == {
        "ICC-header:ProfileCMMType": "lcms",
        "ICC-header:ProfileVersion": 528,
        "ICC-header:ProfileClass": "mntr",
        "ICC-header:ColorSpaceData": "RGB ",
        "ICC-header:ProfileConnectionSpace": "XYZ ",
        "ICC-header:ProfileDateTime": "2019:05:04 10:11:12",
        "ICC-header:PrimaryPlatform": "APPL",
        "ICC-header:DeviceManufacturer": "APPL",
        "ICC-header:DeviceModel": "test",
        "ICC-header:RenderingIntent": 1,
        "ICC-header:ProfileCreator": "jane",
        "ICC_Profile:ProfileDescription": "Lake",
        "ICC_Profile:ProfileCopyright": "none",
    }


def test_a_name_in_several_languages_is_its_first_one() -> None:
    name = "Lake".encode("utf-16-be")
    body = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(name), 28) + name
    tags = icc.read(MemorySource(profile(b"\x04\0\0\0", desc=body)))
    assert tags[-1] == Tag("ICC_Profile", "ProfileDescription", value="Lake")


def test_what_is_no_profile_says_nothing() -> None:
    assert icc.read(MemorySource(bytes(200))) == []
    assert icc.read(MemorySource(profile()[:100])) == []
    assert icc.read(MemorySource(profile(desc=b"what"))) == icc.read(MemorySource(profile()))


def photograph(digest: bytes) -> Record:
    """Its XMP says Paris, its IPTC Rome."""
    block = dataset(120, b"Rome")
    parts = resource(0x404, block) + resource(0x425, digest or hashlib.md5(block).digest())
    titled = "<dc:description>Paris</dc:description>"
    packet = f"{HEAD}>{titled}{TAIL}".encode()
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
    return read(fetch_from(jpeg_with(xmp, segment(0xED, b"Photoshop 3.0\0" + parts))))


def test_xmp_is_believed_before_iptc() -> None:
    assert photograph(b"").facts.caption == "Paris"


def test_iptc_is_believed_where_it_was_changed_after_xmp() -> None:
    assert photograph(bytes(16)).facts.caption == "Rome"
