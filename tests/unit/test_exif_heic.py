import struct
import zlib
from dataclasses import replace

import brotli
import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.bmff_files import (
    C2PA_UUID,
    XMP_UUID,
    ItemSpec,
    Layout,
    box,
    exif_item,
    full_box,
    heif,
    hvcc,
    icc_profile,
    ispe,
    jumbf,
    pixi,
    track,
    uuid_box,
)
from tests.support.image_files import exif_ifds, fetch_from, tiff_block, xmp_packet

BLOCK = tiff_block(*exif_ifds({"make": "Canon Inc.", "iso": 400}))
PICTURE = ItemSpec(b"hvc1", b"\xaa" * 50, property_indexes=(1,))
EXIF = ItemSpec(b"Exif", exif_item(BLOCK))
PACKET = xmp_packet({"title": "Sea"})
XMP = ItemSpec(b"mime", PACKET, content_type=b"application/rdf+xml")
SIZE = (ispe(640, 480),)
DESCRIBES = ((b"cdsc", 2, 1),)


def value(record: Record, name: str) -> TagValue | None:
    """Of the first tag `group:name`."""
    return next((tag.value for tag in record.tags if f"{tag.group}:{tag.name}" == name), None)


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"heic\0\0\0\0mif1heic", "heic"),
        (b"heix\0\0\0\0mif1heix", "heic"),
        (b"mif1\0\0\0\0mif1heic", "heic"),
        (b"msf1\0\0\0\0msf1hevc", "heic"),
        (b"avif\0\0\0\0mif1avif", "avif"),
        (b"avis\0\0\0\0msf1avis", "avif"),
        (b"mif1\0\0\0\0mif1jpeg", "heif"),
    ],
)
def test_exif_and_xmp_are_items_whatever_the_brand(brands: bytes, name: str) -> None:
    data = heif(PICTURE, EXIF, XMP, properties=SIZE, layout=Layout(brands=brands))
    record = read(fetch_from(data))
    assert (record.outcome, record.format, record.notes) == (Outcome.OK, name, ())
    assert (record.facts.make, record.facts.iso, record.facts.title) == ("Canon Inc.", 400, "Sea")
    assert (record.facts.width, record.facts.height) == (640, 480)
    assert value(record, "Meta:PrimaryItemReference") == 1
    assert value(record, "QuickTime:ImageSpatialExtent") == [640, 480]


@pytest.mark.parametrize(
    "layout",
    [
        Layout(iloc=0),
        Layout(iloc=1),
        Layout(iloc=2),
        Layout(iloc=2, wide=True),
        Layout(base=100),
        Layout(is_behind=True),
        Layout(is_behind=True, long_mdat=True),
        Layout(before=box(b"free", bytes(30))),
    ],
    ids=str,
)
def test_items_are_found_in_every_layout(layout: Layout) -> None:
    data = heif(PICTURE, EXIF, properties=SIZE, references=DESCRIBES, layout=layout)
    record = read(fetch_from(data))
    assert (record.outcome, record.notes) == (Outcome.OK, ())
    assert (record.facts.make, record.facts.width) == ("Canon Inc.", 640)


def test_what_stands_behind_the_pixels_is_reached_in_two_hops() -> None:
    log: list[tuple[int, int]] = []
    layout = Layout(is_behind=True, filling=3_000_000)
    record = read(fetch_from(heif(PICTURE, EXIF, properties=SIZE, layout=layout), log=log))
    assert record.facts.make == "Canon Inc."
    assert (len(log), record.bytes_read <= 160 * 1024) == (2, True)


def test_exif_in_the_meta_box_itself_is_read() -> None:
    inside = replace(EXIF, method=1)
    record = read(fetch_from(heif(PICTURE, inside, XMP, properties=SIZE)))
    assert (record.facts.make, record.facts.title) == ("Canon Inc.", "Sea")


@pytest.mark.parametrize("method", [0, 1])
def test_exif_in_several_pieces_is_joined(method: int) -> None:
    pieces = replace(EXIF, pieces=3, method=method)
    record = read(fetch_from(heif(PICTURE, pieces, properties=SIZE)))
    assert (record.facts.make, record.facts.iso) == ("Canon Inc.", 400)


@pytest.mark.parametrize(
    "header",
    [
        b"\0\0\0\0",
        b"\0\0\0\6Exif\0\0",
        b"\0\0\0\0Exif\0\0",
        b"\0\0\0\x06",
        b"\x06\0\0\0Exif\0\0",
        b"Exif\0\0",
        b"",
        b"\xff\xff\xff\xff",
    ],
)
def test_the_block_is_found_behind_any_header(header: bytes) -> None:
    record = read(fetch_from(heif(PICTURE, ItemSpec(b"Exif", exif_item(BLOCK, header)))))
    assert (record.outcome, record.facts.make) == (Outcome.OK, "Canon Inc.")


def test_an_exif_item_without_a_block_is_damage() -> None:
    record = read(fetch_from(heif(PICTURE, ItemSpec(b"Exif", bytes(200)))))
    assert (record.outcome, record.notes) == (
        Outcome.MALFORMED,
        ("The EXIF item holds no EXIF block.",),
    )


def test_what_describes_the_primary_picture_wins_over_what_describes_another() -> None:
    other = ItemSpec(b"Exif", exif_item(tiff_block(*exif_ifds({"make": "Other"}))))
    references = ((b"cdsc", 2, 3), (b"cdsc", 4, 1))
    data = heif(PICTURE, other, ItemSpec(b"hvc1", b"\xbb" * 9), EXIF, references=references)
    record = read(fetch_from(data))
    assert [tag.value for tag in record.tags if tag.name == "Make"] == ["Canon Inc."]


def test_what_describes_another_picture_is_better_than_nothing() -> None:
    references = ((b"cdsc", 2, 3),)
    record = read(fetch_from(heif(PICTURE, EXIF, PICTURE, references=references)))
    assert record.facts.make == "Canon Inc."


def test_the_size_is_the_primary_pictures_before_it_is_turned() -> None:
    turn = box(b"irot", b"\3")
    data = heif(
        ItemSpec(b"hvc1", b"\xaa", property_indexes=(1,)),
        ItemSpec(b"grid", bytes(8), property_indexes=(2, 3), method=1),
        primary=2,
        properties=(ispe(512, 512), ispe(4032, 3024), turn),
    )
    record = read(fetch_from(data))
    assert record.outcome is Outcome.NO_METADATA
    assert (record.facts.width, record.facts.height) == (4032, 3024)
    assert value(record, "QuickTime:Rotation") == 270


def test_another_pictures_size_is_not_the_primary_ones() -> None:
    record = read(fetch_from(heif(ItemSpec(b"hvc1", b"\xaa"), PICTURE, properties=(), primary=1)))
    assert (record.facts.width, record.facts.height) == (None, None)


def test_bit_depths_and_colours_are_reported_as_exiftool_does() -> None:
    colours = box(b"colr", b"nclx", struct.pack(">HHHB", 9, 16, 9, 0x80))
    data = heif(
        ItemSpec(b"hvc1", b"\xaa", property_indexes=(1, 2, 3, 4)),
        properties=(*SIZE, pixi(10, 10, 10), hvcc(10), colours),
    )
    record = read(fetch_from(data))
    reported = {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}
    assert reported["QuickTime:ImagePixelDepth"] == [10, 10, 10]
    assert (reported["QuickTime:BitDepthLuma"], reported["QuickTime:BitDepthChroma"]) == (10, 10)
    assert reported["QuickTime:ColorPrimaries"] == 9
    assert reported["QuickTime:TransferCharacteristics"] == 16


def test_the_bit_depth_of_a_grid_is_its_tiles() -> None:
    tile = ItemSpec(b"av01", b"\xaa", property_indexes=(1, 2))
    data = heif(
        tile,
        ItemSpec(b"grid", bytes(8), property_indexes=(3,)),
        primary=2,
        properties=(ispe(64, 64), box(b"av1C", b"\x81\x20\x60\0"), ispe(128, 128)),
    )
    record = read(fetch_from(data))
    assert (value(record, "QuickTime:HighBitDepth"), value(record, "QuickTime:TwelveBit")) == (1, 1)
    assert record.facts.width == 128


def test_the_colour_profile_is_named() -> None:
    profile = box(b"colr", b"prof", icc_profile("Display P3"))
    record = read(
        fetch_from(heif(replace(PICTURE, property_indexes=(1, 2)), properties=(*SIZE, profile)))
    )
    assert value(record, "ICC_Profile:ProfileDescription") == "Display P3"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (b"deflate", zlib.compress(PACKET)),
        (b"deflate", zlib.compress(PACKET)[2:-4]),
        (b"br", brotli.compress(PACKET)),
    ],
    ids=["zlib", "bare", "brotli"],
)
def test_packed_xmp_is_unpacked(encoding: bytes, packed: bytes) -> None:
    item = replace(XMP, data=packed, encoding=encoding)
    record = read(fetch_from(heif(PICTURE, item)))
    assert (record.outcome, record.facts.title) == (Outcome.OK, "Sea")


def test_a_text_that_is_no_xmp_is_left_alone() -> None:
    record = read(fetch_from(heif(PICTURE, replace(XMP, content_type=b"text/plain"))))
    assert (record.outcome, record.notes) == (Outcome.NO_METADATA, ())


def test_xmp_and_content_credentials_in_boxes_of_their_own_are_found() -> None:
    credentials = uuid_box(C2PA_UUID, bytes(4), b"manifest\0", bytes(8), jumbf())
    data = heif(PICTURE, after=uuid_box(XMP_UUID, PACKET) + credentials + jumbf(b"other"))
    record = read(fetch_from(data))
    assert record.facts.title == "Sea"
    labels = [tag.value for tag in record.tags if tag.name == "JUMDLabel"]
    assert labels == ["c2pa", "other"]


def test_a_sequence_without_a_still_picture_is_as_large_as_its_track() -> None:
    movie = box(b"moov", box(b"mvhd", bytes(100)), track(b"av01", 480, 270))
    data = box(b"ftyp", b"avis\0\0\0\0avismsf1") + movie + box(b"mdat", bytes(100))
    record = read(fetch_from(data))
    assert (record.outcome, record.format) == (Outcome.NO_METADATA, "avif")
    assert (record.facts.width, record.facts.height) == (480, 270)


def test_a_box_without_a_length_reaches_to_the_end() -> None:
    layout = Layout(is_behind=True)
    data = heif(PICTURE, EXIF, layout=layout)
    at = data.index(b"meta") - 4
    record = read(fetch_from(data[:at] + bytes(4) + data[at + 4 :]))
    assert (record.outcome, record.facts.make) == (Outcome.OK, "Canon Inc.")


# ----------------------------------------------------------------------------- broken


def test_a_file_cut_inside_its_pixels_keeps_what_stands_before() -> None:
    data = heif(replace(EXIF), ItemSpec(b"hvc1", bytes(5_000)), primary=2)
    record = read(fetch_from(data[:-100]))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
    assert "The object ends inside a box." in record.notes


def test_a_file_cut_before_its_exif_is_truncated() -> None:
    record = read(fetch_from(heif(PICTURE, EXIF, properties=SIZE)[: -len(EXIF.data)]))
    assert (record.outcome, record.facts.width) == (Outcome.TRUNCATED, 640)


def test_one_broken_table_leaves_the_others() -> None:
    data = bytearray(heif(PICTURE, EXIF, properties=SIZE, references=DESCRIBES))
    at = data.index(b"cdsc")
    data[at + 6 : at + 8] = b"\xff\xff"
    place = data.index(b"ipma")
    data[place + 8 : place + 12] = b"\xff\xff\xff\xff"
    record = read(fetch_from(bytes(data)))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
    assert "A table of the container's items is broken." in record.notes


def test_an_empty_table_of_references_is_sound() -> None:
    record = read(fetch_from(heif(PICTURE, EXIF, properties=SIZE, references=())))
    assert (record.outcome, record.notes) == (Outcome.OK, ())


def test_pieces_without_bytes_cannot_be_multiplied_without_end() -> None:
    rows = b"".join(struct.pack(">HHH", number, 0, 0xFFFF) for number in range(40_000))
    table = full_box(b"iloc", 0, b"\0\0", struct.pack(">H", 40_000), rows)
    data = box(b"ftyp", b"heic\0\0\0\0mif1") + full_box(b"meta", 0, table)
    record = read(fetch_from(data))
    assert record.outcome in (Outcome.OVER_BUDGET, Outcome.MALFORMED)
    assert record.bytes_read <= len(data)


def test_boxes_without_end_are_not_followed_to_it() -> None:
    data = box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"free") * 20_000
    assert read(fetch_from(data)).outcome is Outcome.OVER_BUDGET


def test_packed_xmp_that_grows_without_end_is_stopped() -> None:
    for encoding, packed in (
        (b"deflate", zlib.compress(bytes(5_000_000))),
        (b"br", brotli.compress(bytes(5_000_000), quality=1)),
    ):
        item = replace(XMP, data=packed, encoding=encoding)
        record = read(fetch_from(heif(PICTURE, EXIF, item)))
        assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
        assert any("grows to more than" in note for note in record.notes)


@pytest.mark.parametrize("length", [2, 7])
def test_a_box_shorter_than_its_header_ends_the_walk(length: int) -> None:
    data = heif(PICTURE, EXIF) + struct.pack(">I4s", length, b"free") + bytes(8)
    record = read(fetch_from(data))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
