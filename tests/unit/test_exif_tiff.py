import struct

import pytest

from tasveer_tui.exif import Budget, read
from tasveer_tui.records import Outcome, Record, Tag, TagValue
from tests.support.image_files import (
    ASCII,
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Ifd,
    fetch_from,
    jpeg_with,
    segment,
    tiff_block,
)


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags if tag.group != "File"}


def camera() -> Ifd:
    return Ifd(
        {0x10F: (ASCII, "Canon Incorporated"), 0x112: (SHORT, 6)},
        {
            0x8769: Ifd(
                {0x829A: (RATIONAL, 0.004), 0x8827: (SHORT, 400)},
                {0xA005: Ifd({1: (ASCII, "R98")})},
            ),
            0x8825: Ifd({0x1D: (ASCII, "2019:05:04")}),
        },
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True])
def test_both_byte_orders_and_both_layouts_read_alike(order: str, *, is_big: bool) -> None:
    record = read(fetch_from(tiff_block(camera(), order=order, is_big=is_big)))
    assert record.outcome is Outcome.OK
    assert record.format == "tiff"
    assert values(record) == {
        "IFD0:Make": "Canon Incorporated",
        "IFD0:Orientation": 6,
        "ExifIFD:ExposureTime": 0.004,
        "ExifIFD:ISO": 400,
        "InteropIFD:InteropIndex": "R98",
        "GPS:GPSDateStamp": "2019:05:04",
    }


def test_a_tag_carries_its_number_type_count_and_what_the_file_said() -> None:
    record = read(fetch_from(tiff_block(camera())))
    tag = next(tag for tag in record.tags if tag.name == "ExposureTime")
    assert tag == Tag("ExifIFD", "ExposureTime", 0x829A, "RATIONAL", 1, 0.004, "1/250")


def test_unknown_tags_keep_their_number_as_their_name() -> None:
    block = tiff_block(Ifd({0x9999: (SHORT, 1)}, {0x8825: Ifd({0x77: (SHORT, 2)})}))
    assert values(read(fetch_from(block))) == {"IFD0:Exif_0x9999": 1, "GPS:GPS_0x0077": 2}


def test_directories_at_the_end_of_a_large_object_cost_few_requests() -> None:
    record = read(fetch_from(tiff_block(camera(), gap_bytes=8_000_000)))
    assert record.facts.make == "Canon Incorporated"
    assert record.requests <= 3
    assert record.bytes_read < 200_000


def test_sub_directories_are_numbered_and_the_full_picture_gives_the_size() -> None:
    small, full = (
        Ifd({0xFE: (LONG, kind), 0x100: (LONG, width), 0x101: (LONG, 9), 0x106: (SHORT, 32803)})
        for kind, width in ((1, 160), (0, 6000))
    )
    ifd0 = Ifd(
        {0xFE: (LONG, 1), 0x100: (LONG, 160), 0x101: (LONG, 9), 0x10F: (ASCII, "NIKON CORP")}
    )
    ifd0.children[0x14A] = [small, full]
    record = read(fetch_from(tiff_block(ifd0)))
    assert record.format == "nef"
    assert (record.facts.width, record.facts.height) == (6000, 9)
    assert {tag.group for tag in record.tags} == {"File", "IFD0", "SubIFD", "SubIFD1"}


def test_a_dng_is_known_by_its_version() -> None:
    record = read(fetch_from(tiff_block(Ifd({0xC612: (BYTE, b"\1\4\0\0"), 0x10F: (ASCII, "A")}))))
    assert record.format == "dng"
    assert values(record)["IFD0:DNGVersion"] == [1, 4, 0, 0]


def test_xmp_and_iptc_inside_a_tiff_are_read() -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
    )
    block = tiff_block(
        Ifd({0x2BC: (BYTE, packet), 0x83BB: (UNDEFINED, b"\x1c\x02\x19\0\x05paris")})
    )
    record = read(fetch_from(block))
    assert (record.facts.rating, record.facts.keywords) == (4, ("paris",))


# ----------------------------------------------------------------------------- hostile


def table(*rows: tuple[int, int, int, int], following: int = 0) -> bytes:
    packed = b"".join(struct.pack("<HHII", *row) for row in rows)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(rows)) + packed + struct.pack("<I", following)


def in_jpeg(block: bytes) -> Record:
    return read(fetch_from(jpeg_with(segment(0xE1, b"Exif\0\0" + block))))


def test_a_loop_of_directories_is_noted_and_left() -> None:
    record = in_jpeg(table((0x112, SHORT, 1, 1), following=8))
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.orientation == 1
    record = in_jpeg(table((0x112, SHORT, 1, 1), (0x8769, LONG, 1, 8), (0x8825, LONG, 1, 8)))
    assert record.facts.orientation == 1
    assert any("points back" in note for note in record.notes)


def test_a_huge_count_costs_that_tag_alone() -> None:
    record = in_jpeg(table((0x10F, ASCII, 0xFFFFFFFF, 100), (0x112, SHORT, 1, 3)))
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.orientation == 3


def test_a_chain_of_a_hundred_thousand_directories_ends_early() -> None:
    parts = [
        struct.pack("<HHHIII", 1, 0x112, SHORT, 1, 1, 8 + 18 * (index + 1))
        for index in range(100_000)
    ]
    record = read(fetch_from(b"II*\0\x08\0\0\0" + b"".join(parts)))
    assert record.outcome in (Outcome.OK, Outcome.PARTIAL)
    assert len(record.tags) <= 64
    assert record.requests <= 3


def test_many_entries_that_share_one_large_value_stay_within_the_budget() -> None:
    rows = [(0x9000 + index, ASCII, 65_000, 8) for index in range(5_000)]
    record = read(fetch_from(table(*rows, (0xFFFF, SHORT, 1, 7)) + b"A" * 70_000))
    assert record.outcome is Outcome.PARTIAL
    assert sum(len(str(tag.value)) for tag in record.tags) < Budget().value_bytes
    assert values(record)["IFD0:Exif_0xffff"] == 7


def test_directories_nested_without_end_are_left() -> None:
    parts = [
        struct.pack("<HHHIII", 1, 0x14A, LONG, 1, 8 + 18 * (index + 1), 0) for index in range(200)
    ]
    record = read(fetch_from(b"II*\0\x08\0\0\0" + b"".join(parts)))
    assert record.outcome is Outcome.OVER_BUDGET


def test_a_tiff_whose_directory_was_cut_off_is_truncated() -> None:
    record = read(fetch_from(b"II*\0" + struct.pack("<I", 1_000_000) + bytes(100)))
    assert record.outcome is Outcome.TRUNCATED


def test_what_claims_more_than_the_object_is_no_value() -> None:
    entries = {0x927C: (UNDEFINED, b"\1" * 9), 0x10F: (ASCII, "A name of some length")}
    block = bytearray(tiff_block(Ifd({}, {0x8769: Ifd(entries)}), is_big=True))
    for number in (b"\x7c\x92", b"\x0f\x01"):
        at = block.index(number) + 4
        block[at : at + 8] = b"\xff" * 8
    record = read(fetch_from(bytes(block)))
    assert record.maker_note_length <= len(block)
    assert "ExifIFD:Make" not in values(record)
    assert record.outcome is Outcome.TRUNCATED


def test_of_a_tag_that_stands_twice_the_last_counts_but_the_first_of_a_structural_one() -> None:
    entries = {0x101: (SHORT, 480), 0x10F: (ASCII, "Fuji"), 0x110: (ASCII, "Sony")}
    block = bytearray(tiff_block(Ifd({0x100: (SHORT, 640), **entries})))
    block[block.index(b"\x01\x01\x03\0") :][:2] = b"\0\1"
    block[22:24], block[34:36], block[46:48] = b"\0\1", b"\x0f\1", b"\x0f\1"
    record = read(fetch_from(bytes(block)))
    assert values(record) == {"IFD0:ImageWidth": 640, "IFD0:Make": "Sony"}
    assert "more than once" in record.notes[0]


def test_behind_a_broken_entry_nothing_replaces_what_stood_before() -> None:
    names = {0x10F: (ASCII, "Fuji"), 0x110: (ASCII, "far away"), 0x131: (ASCII, "Sony")}
    block = bytearray(tiff_block(Ifd(names)))
    block[22 + 8 : 22 + 12] = b"\xff\xff\xff\0"
    block[34:36] = b"\x0f\1"
    record = read(fetch_from(bytes(block)))
    assert values(record) == {"IFD0:Make": "Fuji"}
    assert record.outcome is Outcome.PARTIAL


def test_directories_behind_a_sub_directory_are_read_if_they_are_sound() -> None:
    block = tiff_block(Ifd({0x110: (ASCII, "R5")}, {0x14A: Ifd({0x100: (SHORT, 1)})}))
    behind = struct.pack("<HHHII", 1, 0x100, SHORT, 1, 2) + bytes(4)
    chained = bytearray(block + behind)
    chained[-len(behind) - 4 : -len(behind)] = len(block).to_bytes(4, "little")
    found = values(read(fetch_from(bytes(chained))))
    assert (found["SubIFD:ImageWidth"], found["SubIFD1:ImageWidth"]) == (1, 2)
    chained[-len(behind) + 4] = 99
    record = read(fetch_from(bytes(chained)))
    assert "SubIFD1:ImageWidth" not in values(record)
    assert record.outcome is Outcome.OK


def test_types_of_bigtiff_are_none_in_classic_tiff() -> None:
    block = bytearray(tiff_block(Ifd({0x10F: (ASCII, "Canon"), 0x8827: (SHORT, 400)})))
    block[22 + 2] = 16
    record = read(fetch_from(bytes(block)))
    assert values(record) == {"IFD0:Make": "Canon"}


def test_the_text_type_of_exif_3_is_text() -> None:
    block = bytearray(tiff_block(Ifd({0x10F: (ASCII, "Übung")})))
    block[12] = 129
    assert values(read(fetch_from(bytes(block)))) == {"IFD0:Make": "Übung"}


def test_a_damaged_version_number_is_forgiven() -> None:
    for version in (b"\x2b\0", b"\x42\0"):
        block = bytearray(tiff_block(camera(), gap_bytes=8))
        block[2:4] = version
        record = read(fetch_from(bytes(block)))
        assert (record.format, record.facts.make) == ("tiff", "Canon Incorporated")
    assert read(fetch_from(b"II am no TIFF, but a text.")).outcome is Outcome.UNSUPPORTED


def test_canons_raw_says_in_exif_how_large_its_picture_is() -> None:
    preview = Ifd({0x100: (SHORT, 1536), 0x101: (SHORT, 1024)})
    preview.children[0x8769] = Ifd({0xA002: (SHORT, 3456), 0xA003: (SHORT, 2304)})
    raw = Ifd({0xC640: (SHORT, [1, 1758, 1758])})
    facts = read(fetch_from(tiff_block(preview, raw))).facts
    assert (facts.width, facts.height) == (3456, 2304)


def test_where_there_are_reduced_pictures_alone_the_first_one_counts() -> None:
    first, second = (
        Ifd({0xFE: (LONG, 1), 0x100: (SHORT, width), 0x101: (SHORT, 9)}) for width in (160, 80)
    )
    facts = read(fetch_from(tiff_block(first, second))).facts
    assert (facts.width, facts.height) == (160, 9)
