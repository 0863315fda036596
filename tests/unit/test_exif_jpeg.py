from tasveer_tui.exif import read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import (
    ASCII,
    UNDEFINED,
    Ifd,
    fetch_from,
    jpeg,
    jpeg_with,
    plain_jpeg,
    segment,
    tiff_block,
)

EXIF = b"Exif\0\0"


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}


def block_with_make(make: str = "Canon") -> bytes:
    return tiff_block(Ifd({0x10F: (ASCII, make)}))


def test_one_request_reads_a_large_jpeg() -> None:
    log: list[tuple[int, int]] = []
    record = read(fetch_from(jpeg(make="Canon", trailer_bytes=5_000_000), log=log))
    assert record.outcome is Outcome.OK
    assert log == [(0, 65536)]
    assert (record.requests, record.bytes_read) == (1, 65536)


def test_an_exif_block_over_several_segments_is_joined() -> None:
    block = tiff_block(
        Ifd({0x10F: (ASCII, "Canon"), 0x927C: (UNDEFINED, b"\1" * 40_000), 0x9C9B: (1, b"T\0")}),
        order=">",
    ) + bytes(60_000)
    parts = [EXIF + block[at : at + 60_000] for at in range(0, len(block), 60_000)]
    record = read(fetch_from(jpeg_with(*(segment(0xE1, part) for part in parts))))
    assert record.facts.make == "Canon"
    assert record.maker_note_length == 40_000
    assert record.outcome is Outcome.OK


def test_a_second_exif_block_does_not_outvote_the_first() -> None:
    first, second = (segment(0xE1, EXIF + block_with_make(make)) for make in ("Canon", "Nikon"))
    record = read(fetch_from(jpeg_with(first, second)))
    assert record.facts.make == "Canon"


def test_filling_and_stray_bytes_between_segments_are_passed_over() -> None:
    exif = segment(0xE1, EXIF + block_with_make())
    record = read(fetch_from(jpeg_with(b"\xff\xff\xff" + exif)))
    assert (record.outcome, record.facts.make) == (Outcome.OK, "Canon")
    record = read(fetch_from(jpeg_with(segment(0xFE, b"a"), b"stray", exif)))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon")


def test_nothing_behind_the_start_of_the_picture_is_read() -> None:
    data = plain_jpeg() + segment(0xE1, EXIF + block_with_make())
    assert read(fetch_from(data)).outcome is Outcome.NO_METADATA


def test_segments_far_behind_exif_are_left_unread_with_a_note() -> None:
    far = [segment(0xE2, bytes(65_000)) for _ in range(20)]
    log: list[tuple[int, int]] = []
    data = jpeg_with(segment(0xE1, EXIF + block_with_make()), *far)
    record = read(fetch_from(data, log=log))
    assert record.outcome is Outcome.OK
    assert "first MiB" in record.notes[0]
    assert len(log) <= 6


def test_a_value_outside_the_block_costs_that_value_alone() -> None:
    block = bytearray(tiff_block(Ifd({0x10F: (ASCII, "Canon Inc."), 0x110: (ASCII, "EOS R5 m")})))
    at = block.index(b"\x0f\x01") + 8
    block[at : at + 4] = b"\xff\xff\xff\x7f"
    record = read(fetch_from(jpeg_with(segment(0xE1, EXIF + bytes(block)))))
    assert (record.outcome, record.facts.make, record.facts.model) == (
        Outcome.PARTIAL,
        "",
        "EOS R5 m",
    )


def test_extended_xmp_is_noted_and_not_read() -> None:
    extended = b"http://ns.adobe.com/xmp/extension/\0" + bytes(60_000)
    record = read(
        fetch_from(
            jpeg_with(segment(0xE1, EXIF + block_with_make()), *[segment(0xE1, extended)] * 3)
        )
    )
    assert record.outcome is Outcome.OK
    assert "extended XMP" in record.notes[0]


def test_iptc_comment_and_content_credentials_are_found() -> None:
    iptc = b"\x1c\x02\x19\0\x05paris\x1c\x02\x78\0\x04text"
    resource = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    jumbf = b"JP\0\1\0\0\0\1\0\0\0\x80jumb\0\0\0\x40jumd" + bytes(16) + b"\3c2pa\0"
    data = jpeg_with(
        segment(0xED, b"Photoshop 3.0\0" + resource),
        segment(0xFE, b"made by hand"),
        segment(0xEB, jumbf),
    )
    record = read(fetch_from(data))
    assert record.facts.keywords == ("paris",)
    assert values(record)["File:Comment"] == "made by hand"
    assert values(record)["JUMBF:JUMDLabel"] == "c2pa"


def test_a_photoshop_block_over_two_segments_is_joined() -> None:
    iptc = b"\x1c\x02\x05\0\x05Title" + b"\x1c\x02\x19\0\x04word"
    resource = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    parts = [segment(0xED, b"Photoshop 3.0\0" + part) for part in (resource[:25], resource[25:])]
    record = read(fetch_from(jpeg_with(*parts)))
    assert (record.facts.title, record.facts.keywords) == ("Title", ("word",))


def test_the_colour_profile_is_named() -> None:
    description = b"desc\0\0\0\0\0\0\0\x0bDisplay P3\0"
    profile = bytearray(128 + 4 + 12)
    profile[36:40] = b"acsp"
    profile[128:132] = (1).to_bytes(4, "big")
    profile[132:144] = b"desc" + (144).to_bytes(4, "big") + len(description).to_bytes(4, "big")
    data = jpeg_with(segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(profile) + description))
    assert values(read(fetch_from(data)))["ICC_Profile:ProfileDescription"] == "Display P3"
