from tasveer_tui.exif import read, thumbnail
from tasveer_tui.records import Outcome
from tests.support.bmff_files import cr3, track
from tests.support.image_files import (
    ASCII,
    LONG,
    RATIONAL,
    SHORT,
    Ifd,
    fetch_from,
    plain_jpeg,
    xmp_packet,
)
from tests.support.image_files import tiff_block as block

BLOCKS = (
    (
        b"CMT1",
        block(Ifd({0x100: (LONG, 6000), 0x101: (LONG, 4000), 0x10F: (ASCII, "Canon")})),
    ),
    (b"CMT2", block(Ifd({0x8827: (SHORT, 400), 0xA434: (ASCII, "RF 50")}))),
    (b"CMT3", block(Ifd({6: (ASCII, "Canon EOS R5 of a kind")}))),
    (
        b"CMT4",
        block(
            Ifd(
                {
                    1: (ASCII, "N"),
                    2: (RATIONAL, [48, 30, 0]),
                    3: (ASCII, "W"),
                    4: (RATIONAL, [2, 0, 0]),
                }
            )
        ),
    ),
)
SMALL = plain_jpeg(32, 24, "orange")


def test_each_block_is_the_directory_that_its_box_says() -> None:
    record = read(fetch_from(cr3(BLOCKS, packet=xmp_packet({"rating": 4}))))
    assert (record.outcome, record.format, record.notes) == (Outcome.OK, "cr3", ())
    facts = record.facts
    assert (facts.make, facts.iso, facts.lens, facts.rating) == ("Canon", 400, "RF 50", 4)
    assert (facts.width, facts.height) == (6000, 4000)
    assert (facts.lat_deg, facts.lon_deg) == (48.5, -2)
    assert {"IFD0", "ExifIFD", "GPS"} <= {tag.group for tag in record.tags}
    assert record.maker_note_length == len(BLOCKS[2][1])


def test_the_small_jpeg_is_the_thumbnail_and_not_the_preview() -> None:
    data = cr3(BLOCKS, thumbnail=SMALL, preview=plain_jpeg(300, 200))
    record = read(fetch_from(data))
    assert thumbnail(fetch_from(data), record) == SMALL
    without = cr3(BLOCKS, preview=SMALL)
    assert thumbnail(fetch_from(without), read(fetch_from(without))) == SMALL


def test_tracks_say_how_large_and_deep_their_pictures_are() -> None:
    tracks = track(b"CRAW", 1620, 1080) + track(b"CRAW", 6000, 4000, 42)
    record = read(fetch_from(cr3(BLOCKS, tracks=tracks)))
    reported = {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}
    assert (reported["Track1:SourceImageWidth"], reported["Track2:SourceImageWidth"]) == (
        1620,
        6000,
    )
    assert (reported["Track1:BitDepth"], reported["Track2:BitDepth"]) == (24, 42)


def test_the_pixels_are_not_read() -> None:
    log: list[tuple[int, int]] = []
    data = cr3(BLOCKS, thumbnail=SMALL, packet=b" " * 65_000, pixels=5_000_000)
    record = read(fetch_from(data, log=log))
    assert record.facts.make == "Canon"
    assert record.bytes_read <= 160 * 1024


def test_a_raw_cut_inside_its_pixels_is_partial() -> None:
    record = read(fetch_from(cr3(BLOCKS)[:-500]))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon")
