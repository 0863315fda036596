"""What JPEG keeps in its smaller segments, and in several of them."""

import hashlib
import struct

import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import (
    BYTE,
    LONG,
    UNDEFINED,
    Ifd,
    fetch_from,
    jpeg_with,
    plain_jpeg,
    segment,
    tiff_block,
    xmp_packet,
)

MAIN = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
SPACE = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def record_of(data: bytes) -> Record:
    return read(fetch_from(data))


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}


def frame(marker: int, *factors: int) -> bytes:
    components = b"".join(bytes([index, factor, 0]) for index, factor in enumerate(factors))
    return segment(marker, struct.pack(">BHHB", 8, 48, 64, len(factors)) + components)


@pytest.mark.parametrize(
    ("factors", "sampling"),
    [
        ((0x22, 0x11, 0x11), [2, 2]),
        ((0x21, 0x11, 0x11), [2, 1]),
        ((0x31, 0x21, 0x21), [1.5, 1]),
        ((0x11,), None),
        ((0x11, 0x11, 0x01), None),
    ],
)
def test_the_frame_says_how_the_picture_is_made(
    factors: tuple[int, ...], sampling: TagValue | None
) -> None:
    found = values(record_of(b"\xff\xd8" + frame(0xC2, *factors) + b"\xff\xda\0\2\xff\xd9"))
    assert found["File:EncodingProcess"] == 2
    assert found["File:BitsPerSample"] == 8
    assert found["File:ColorComponents"] == len(factors)
    assert found.get("File:YCbCrSubSampling") == sampling


def test_jfif_adobe_and_ducky_are_reported() -> None:
    ducky = b"Ducky" + struct.pack(">HHI", 1, 4, 60) + struct.pack(">HHI", 2, 8, 2)
    ducky += "hi".encode("utf-16-be") + bytes(2)
    adobe = b"Adobe" + struct.pack(">HHHB", 100, 0x4000, 0, 1)
    data = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x60\2\3")
    data += segment(0xEC, ducky) + segment(0xEE, adobe) + frame(0xC0, 0x11) + b"\xff\xd9"
    assert values(record_of(data)) == {
        "JFIF:JFIFVersion": [1, 2],
        "JFIF:ResolutionUnit": 1,
        "JFIF:XResolution": 72,
        "JFIF:YResolution": 96,
        "JFIF:ThumbnailWidth": 2,
        "JFIF:ThumbnailHeight": 3,
        "Ducky:Quality": 60,
        "Ducky:Comment": "hi",
        "Adobe:DCTEncodeVersion": 100,
        "Adobe:APP14Flags0": 0x4000,
        "Adobe:APP14Flags1": 0,
        "Adobe:ColorTransform": 1,
        "File:EncodingProcess": 0,
        "File:BitsPerSample": 8,
        "File:ColorComponents": 1,
    }


def test_small_segments_that_are_cut_say_nothing() -> None:
    cut = [segment(0xE0, b"JFIF\0\1"), segment(0xEE, b"Adobe\0"), segment(0xC0, b"\x08")]
    record = record_of(b"\xff\xd8" + b"".join(cut) + b"\xff\xd9")
    assert (record.tags, record.outcome) == ((), Outcome.NO_METADATA)


def extended(size: int, name: bytes = b"", part_bytes: int = 60_000) -> list[bytes]:
    """The segments of a packet with a nickname, `size` bytes long."""
    body = SPACE + b'><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
    end = b"</rdf:Description></rdf:RDF>"
    filling = b"n" * (size - len(body) - len(end) - 31)
    packet = body + b"<xmp:Nickname>" + filling + b"</xmp:Nickname>" + end
    digest = name or hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    named = b'<rdf:Description xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="'
    main = SPACE + b">" + named + digest + b'"/></rdf:RDF>'
    parts = [segment(0xE1, MAIN + main)]
    for at in range(0, len(packet), part_bytes):
        head = digest + struct.pack(">II", len(packet), at)
        parts.append(segment(0xE1, EXTENSION + head + packet[at : at + part_bytes]))
    return parts


def test_extended_xmp_is_put_together_from_its_parts() -> None:
    main, *parts = extended(130_000)
    record = record_of(jpeg_with(main, *reversed(parts)))
    assert record.outcome is Outcome.OK, record.notes
    assert "XMP-xmp:Nickname" in values(record)


def test_extended_xmp_with_a_part_missing_is_reported() -> None:
    main, first, _, *others = extended(200_000)
    record = record_of(jpeg_with(main, first, *others))
    assert "XMP-xmp:Nickname" not in values(record)
    assert "missing" in record.notes[0]


def test_extended_xmp_that_no_packet_names_or_that_is_very_large_is_left_unread() -> None:
    _, *parts = extended(100_000)
    record = record_of(jpeg_with(segment(0xE1, MAIN + xmp_packet({"title": "Sea"})), *parts))
    assert (record.outcome, record.facts.title) == (Outcome.OK, "Sea")
    assert "extended XMP" in record.notes[0]
    record = record_of(jpeg_with(*extended(800_000)))
    assert "XMP-xmp:Nickname" not in values(record)
    assert "799,998 bytes" in record.notes[0]


def test_a_colour_profile_over_several_segments_is_joined_in_order() -> None:
    description = b"desc\0\0\0\0\0\0\0\x0bDisplay P3\0"
    profile = bytearray(60_144)
    profile[36:40] = b"acsp"
    profile[128:144] = struct.pack(">I4sII", 1, b"desc", 60_144, len(description))
    whole = bytes(profile) + description
    parts = [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 2]) + data)
        for number, data in ((2, whole[40_000:]), (1, whole[:40_000]))
    ]
    found = values(record_of(jpeg_with(*parts)))
    assert found["ICC_Profile:ProfileDescription"] == "Display P3"


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_index_of_several_pictures_is_reported(order: str) -> None:
    rows = struct.pack(order + "IIIHH", 0x20030000, 5000, 0, 2, 0)
    rows += struct.pack(order + "IIIHH", 0x00010001, 400, 4096, 0, 0)
    first = Ifd({0xB000: (UNDEFINED, b"0100"), 0xB001: (LONG, 2), 0xB002: (UNDEFINED, rows)})
    second = Ifd({0xB101: (LONG, 1), 0xB999: (BYTE, b"\1")})
    index = tiff_block(first, second, order=order)
    record = record_of(jpeg_with(segment(0xE2, b"MPF\0" + index)))
    found = values(record)
    assert found["MPF0:MPFVersion"] == "0100"
    assert found["MPF0:NumberOfImages"] == 2
    assert found["MPF0:MPIndividualNum"] == 1
    assert found["MPImage1:MPImageFlags"] == 4
    assert found["MPImage1:MPImageType"] == 0x30000
    assert found["MPImage1:MPImageStart"] == 0
    assert found["MPImage1:DependentImage1EntryNumber"] == 2
    assert found["MPImage2:MPImageLength"] == 400
    assert found["MPImage2:MPImageStart"] == 4096 + 10
    assert record.outcome is Outcome.NO_METADATA


def test_a_broken_index_of_pictures_harms_nothing_else() -> None:
    data = jpeg_with(segment(0xE2, b"MPF\0" + b"MM\0*\0\0\xff\xff"), segment(0xFE, b"hello"))
    assert values(record_of(data))["File:Comment"] == "hello"
    assert record_of(plain_jpeg()).notes == ()
