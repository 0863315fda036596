"""Formats of graphics programs: PSD, GIF, BMP, MNG, JPEG XR."""

import io
import struct

import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import (
    LONG,
    SHORT,
    Ifd,
    fetch_from,
    plain_jpeg,
    solid_image,
    tiff_block,
    xmp_packet,
)
from tests.support.raw_files import camera_block, photoshop_resource, psd

PACKET = xmp_packet({"title": "Sea"})
IPTC = b"\x1c\x02\x19\0\x05paris"


def record_of(data: bytes) -> Record:
    return read(fetch_from(data))


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}


@pytest.mark.parametrize("version", [1, 2])
def test_psd_keeps_everything_in_image_resources(version: int) -> None:
    thumbnail = bytes(28) + plain_jpeg(32, 24)
    data = psd(
        photoshop_resource(0x0404, IPTC),
        photoshop_resource(0x03ED, b"odd"),
        photoshop_resource(0x040C, thumbnail),
        photoshop_resource(0x0422, camera_block()),
        photoshop_resource(0x0424, PACKET),
        version=version,
        colours=b"123",
        layers=3_000_000,
    )
    log: list[tuple[int, int]] = []
    record = read(fetch_from(data, log=log))
    assert (record.format, record.outcome, len(log)) == ("psd", Outcome.OK, 1)
    assert (record.facts.make, record.facts.title) == ("Canon", "Sea")
    assert record.facts.keywords == ("paris",)
    assert (record.facts.width, record.facts.height) == (64, 48)
    assert values(record)["Photoshop:BitDepth"] == 16
    assert values(record)["Photoshop:ColorMode"] == 3
    assert data[record.thumb_offset :][:2] == b"\xff\xd8"
    assert record.thumb_length == len(thumbnail) - 28


def test_a_psd_resource_without_its_mark_ends_the_reading_but_keeps_what_was_found() -> None:
    record = record_of(psd(photoshop_resource(0x0422, camera_block()), b"garbage and more of it"))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon")
    record = record_of(
        psd(photoshop_resource(0x0422, camera_block()), b"8BIM\4\4\0\0\xff\xff\xff\xff")
    )
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon")


def test_a_psd_cut_off_is_truncated() -> None:
    whole = psd(photoshop_resource(0x0422, camera_block()))
    assert record_of(whole[:20]).outcome is Outcome.TRUNCATED
    assert record_of(whole[:-40]).outcome in (Outcome.PARTIAL, Outcome.TRUNCATED)


def test_a_psds_colour_profile_is_handed_on() -> None:
    description = b"desc\0\0\0\0\0\0\0\x0bDisplay P3\0"
    profile = bytearray(144)
    profile[36:40] = b"acsp"
    profile[128:144] = struct.pack(">I4sII", 1, b"desc", 144, len(description))
    record = record_of(psd(photoshop_resource(0x040F, bytes(profile) + description)))
    assert values(record)["ICC_Profile:ProfileDescription"] == "Display P3"


def blocks(data: bytes) -> bytes:
    """GIF's data blocks."""
    parts = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def gif(*extensions: bytes, pixels: int = 4) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 320, 240, 0xF1, 7, 0) + bytes(12)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 320, 240, 0) + b"\x08" + blocks(b"\1" * pixels)
    return head + b"".join(extensions) + image + b"\x3b"


def application(name: bytes, body: bytes) -> bytes:
    return b"\x21\xff\x0b" + name + body


def test_gif_keeps_comments_and_xmp_in_extensions() -> None:
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    data = gif(
        b"\x21\xf9\x04\0\0\0\0\0",
        application(b"NETSCAPE2.0", blocks(b"\1\5\0")),
        application(b"SOMEBODYELS", blocks(b"own")),
        application(b"XMP DataXMP", PACKET + trailer),
        b"\x21\xfe" + blocks(b"made by hand"),
    )
    record = record_of(data)
    found = values(record)
    assert (record.format, record.outcome, record.facts.title) == ("gif", Outcome.OK, "Sea")
    assert (record.facts.width, record.facts.height) == (320, 240)
    assert found["GIF:GIFVersion"] == "89a"
    assert found["GIF:BitsPerPixel"] == 2
    assert found["GIF:AnimationIterations"] == 5
    assert found["File:Comment"] == "made by hand"


def test_a_gifs_colour_profile_is_joined_from_its_blocks() -> None:
    description = b"desc\0\0\0\0\0\0\0\x0bDisplay P3\0"
    profile = bytearray(144)
    profile[36:40] = b"acsp"
    profile[128:144] = struct.pack(">I4sII", 1, b"desc", 444, len(description))
    body = bytes(profile) + bytes(300) + description
    record = record_of(gif(application(b"ICCRGBG1012", blocks(body))))
    assert values(record)["ICC_Profile:ProfileDescription"] == "Display P3"


def test_a_gif_is_not_read_through_for_its_end() -> None:
    log: list[tuple[int, int]] = []
    record = read(fetch_from(gif(pixels=3_000_000), log=log))
    assert record.outcome is Outcome.NO_METADATA
    assert "first images" in record.notes[0]
    assert sum(length for _, length in log) <= 512 * 1024


def test_a_gif_cut_off_is_truncated() -> None:
    whole = gif(b"\x21\xfe" + blocks(b"made by hand"))
    for length in range(6, len(whole) - 1):
        assert record_of(whole[:length]).outcome is Outcome.TRUNCATED, length


def test_bmp_says_how_large_and_how_deep_it_is() -> None:
    out = io.BytesIO()
    solid_image().save(out, "BMP")
    record = record_of(out.getvalue())
    assert (record.format, record.outcome) == ("bmp", Outcome.NO_METADATA)
    assert (record.facts.width, record.facts.height) == (64, 48)
    assert values(record)["File:BitDepth"] == 24


def test_a_bmp_may_stand_upside_down_or_have_the_old_header() -> None:
    head = b"BM" + bytes(12)
    upside = head + struct.pack("<IiiHHIIiiII", 40, 64, -48, 1, 32, 0, 0, 0, 0, 0, 0)
    assert record_of(upside).facts.height == 48
    old = record_of(head + struct.pack("<IHHHH", 12, 64, 48, 1, 4))
    assert (old.facts.width, values(old)["File:BitDepth"]) == (64, 4)
    assert record_of(head + b"\7\0\0\0" + bytes(40)).outcome is Outcome.MALFORMED


def test_mng_says_how_large_it_is() -> None:
    header = struct.pack(">I4s7I", 28, b"MHDR", 640, 480, 25, 1, 2, 3, 4)
    record = record_of(b"\x8aMNG\r\n\x1a\n" + header)
    assert (record.format, record.facts.width, record.facts.height) == ("mng", 640, 480)
    assert values(record)["MNG:TicksPerSecond"] == 25
    assert record_of(b"\x8aMNG\r\n\x1a\n" + bytes(40)).outcome is Outcome.MALFORMED


def test_jpeg_xr_is_tiff_with_numbers_of_its_own() -> None:
    block = tiff_block(Ifd({0x10F: (2, "Canon"), 0xBC80: (LONG, 640), 0xBC81: (SHORT, 480)}))
    record = record_of(b"II\xbc\1" + block[4:])
    assert (record.format, record.outcome, record.facts.make) == ("jxr", Outcome.OK, "Canon")
    assert (record.facts.width, record.facts.height) == (640, 480)
