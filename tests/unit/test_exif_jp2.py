import struct

import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome
from tests.support.bmff_files import (
    C2PA_UUID,
    XMP_UUID,
    box,
    icc_profile,
    j2k,
    jp2,
    jumbf,
    uuid_box,
)
from tests.support.image_files import ASCII, Ifd, exif_ifds, fetch_from, tiff_block, xmp_packet

BLOCK = tiff_block(*exif_ifds({"make": "Canon Inc."}))
PACKET = xmp_packet({"title": "Sea"})
PHOTOSHOP_EXIF = bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e")
GEO = bytes.fromhex("b14bf8bd083d4b43a5ae8cd7d5a6ce03")
IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
RESOURCES = bytes.fromhex("2c4c0100850440b9a03e562148d6dfeb")
CITY = b"\x1c\x02\x5a" + struct.pack(">H", 5) + b"Paris"


@pytest.mark.parametrize(
    "exif",
    [
        uuid_box(b"JpgTiffExif->JP2", BLOCK),
        uuid_box(b"JpgTiffExif->JP2", b"Exif\0\0", BLOCK),
        uuid_box(PHOTOSHOP_EXIF, b"Exif\0\0", BLOCK),
    ],
    ids=["plain", "with a header", "photoshop's"],
)
def test_exif_and_xmp_stand_in_boxes_that_a_uuid_names(exif: bytes) -> None:
    record = read(fetch_from(jp2(exif, uuid_box(XMP_UUID, PACKET))))
    assert (record.outcome, record.format, record.notes) == (Outcome.OK, "jp2", ())
    assert (record.facts.make, record.facts.title) == ("Canon Inc.", "Sea")
    assert (record.facts.width, record.facts.height) == (640, 480)


def test_a_map_projection_is_a_tiff_structure_of_its_own() -> None:
    projection = tiff_block(Ifd({0x87B1: (ASCII, "UTM zone 18N")}))
    record = read(fetch_from(jp2(uuid_box(GEO, projection))))
    assert "UTM zone 18N" in [tag.value for tag in record.tags if tag.group == "IFD0"]


def test_iptc_comes_bare_or_among_photoshops_resources() -> None:
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(CITY)) + CITY
    for metadata in (uuid_box(IPTC, CITY), uuid_box(RESOURCES, resource)):
        record = read(fetch_from(jp2(metadata)))
        assert [(tag.group, tag.value) for tag in record.tags if tag.name == "City"] == [
            ("IPTC", "Paris")
        ]


def test_xml_is_read_where_it_is_xmp() -> None:
    record = read(fetch_from(jp2(box(b"xml ", PACKET), box(b"xml ", b"<a>no XMP</a>"))))
    assert (record.outcome, record.facts.title, record.notes) == (Outcome.OK, "Sea", ())


def test_the_header_says_size_and_depth_as_exiftool_does() -> None:
    profile = icc_profile("Display P3")
    colours = box(b"colr", b"\1\0\0", struct.pack(">I", 16)), box(b"colr", b"\2\0\0", profile)
    record = read(fetch_from(jp2(header=colours)))
    reported = {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}
    assert record.outcome is Outcome.NO_METADATA
    assert (reported["Jpeg2000:ImageWidth"], reported["Jpeg2000:ImageHeight"]) == (640, 480)
    assert (reported["Jpeg2000:BitsPerComponent"], reported["Jpeg2000:NumberOfComponents"]) == (
        7,
        3,
    )
    assert reported["Jpeg2000:ColorSpace"] == 16
    assert reported["ICC_Profile:ProfileDescription"] == "Display P3"


def test_content_credentials_are_reported() -> None:
    for credentials in (jumbf(), uuid_box(C2PA_UUID, b"\0\0\0\0manifest\0", bytes(8), jumbf())):
        record = read(fetch_from(jp2(credentials)))
        assert [tag.value for tag in record.tags if tag.name == "JUMDLabel"] == ["c2pa"]


def test_a_bare_codestream_says_its_size_less_its_origin() -> None:
    record = read(fetch_from(j2k(300, 200, bits=12, origin=(10, 20))))
    assert (record.outcome, record.format) == (Outcome.NO_METADATA, "j2k")
    assert (record.facts.width, record.facts.height) == (300, 200)
    assert [tag.value for tag in record.tags if tag.name == "BitsPerComponent"] == [11]


def test_exif_behind_the_picture_is_reached_by_a_hop() -> None:
    log: list[tuple[int, int]] = []
    data = jp2() + box(b"free", bytes(2_000_000)) + uuid_box(b"JpgTiffExif->JP2", BLOCK)
    record = read(fetch_from(data, log=log))
    assert (record.facts.make, len(log)) == ("Canon Inc.", 2)


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (jp2(uuid_box(b"JpgTiffExif->JP2", bytes(40))), Outcome.MALFORMED),
        (jp2()[:-20], Outcome.TRUNCATED),
        (j2k()[:30], Outcome.MALFORMED),
    ],
    ids=["no block", "cut", "cut codestream"],
)
def test_broken_files_end_in_an_outcome(data: bytes, outcome: Outcome) -> None:
    assert read(fetch_from(data)).outcome is outcome
