import io
import struct

import pytest
from PIL import Image, ImageChops

from tasveer_tui.errors import ObjectNotFoundError
from tasveer_tui.exif import read, thumbnail
from tasveer_tui.records import Chunk, Record
from tests.support.bmff_files import ItemSpec, Layout, box, heif, hvcc, hvcc_with_size, ispe, pixi
from tests.support.image_files import exif_ifds, fetch_from, plain_jpeg, tiff_block

SMALL_REFERENCE = ((b"thmb", 2, 1),)
LARGE = ItemSpec(b"hvc1", b"\xaa" * 400, property_indexes=(1,))
SMALL = ItemSpec(b"hvc1", bytes(range(200)), property_indexes=(2, 3, 4, 5))
PROPERTIES = (ispe(4032, 3024), ispe(320, 240), hvcc(8), pixi(8, 8, 8), box(b"irot", b"\3"))


def small_of(data: bytes, log: list[tuple[int, int]] | None = None) -> tuple[Record, bytes]:
    """The record and the thumbnail of an object."""
    record = read(fetch_from(data))
    return record, thumbnail(fetch_from(data, log=log), record)


@pytest.mark.parametrize(
    "layout",
    [Layout(), Layout(is_behind=True), Layout(iloc=2, wide=True), Layout(filling=200_000)],
    ids=str,
)
def test_the_small_picture_becomes_a_file_of_its_own(layout: Layout) -> None:
    data = heif(LARGE, SMALL, properties=PROPERTIES, references=SMALL_REFERENCE, layout=layout)
    record, small = small_of(data)
    assert data[record.thumb_offset :][: record.thumb_length] == SMALL.data
    again = read(fetch_from(small))
    assert (again.format, again.notes) == ("heic", ())
    assert (again.facts.width, again.facts.height) == (320, 240)
    reported = {tag.name: tag.value for tag in again.tags}
    assert (reported["Rotation"], reported["BitDepthLuma"]) == (270, 8)
    assert small.endswith(SMALL.data)
    assert LARGE.data not in small
    (place,) = [at for at in range(len(small)) if small[at : at + 4] == b"iloc"]
    offset, length = struct.unpack_from(">II", small, place + 4 + 4 + 2 + 2 + 6)
    assert small[offset : offset + length] == SMALL.data


def test_an_av1_picture_becomes_an_avif() -> None:
    pictures = (
        ItemSpec(b"av01", b"\xaa", property_indexes=(1,)),
        ItemSpec(b"av01", b"\xbb" * 30, property_indexes=(2,)),
    )
    layout = Layout(brands=b"avif\0\0\0\0mif1avif")
    data = heif(*pictures, properties=PROPERTIES, references=SMALL_REFERENCE, layout=layout)
    _record, small = small_of(data)
    assert read(fetch_from(small)).format == "avif"


def test_a_small_picture_in_pieces_is_joined() -> None:
    pieces = ItemSpec(b"hvc1", SMALL.data, property_indexes=SMALL.property_indexes, pieces=3)
    data = heif(LARGE, pieces, properties=PROPERTIES, references=SMALL_REFERENCE)
    assert small_of(data)[1].endswith(SMALL.data)


def test_the_large_picture_is_not_read_for_it() -> None:
    layout = Layout(is_behind=True, filling=30_000_000)
    data = heif(LARGE, SMALL, properties=PROPERTIES, references=SMALL_REFERENCE, layout=layout)
    log: list[tuple[int, int]] = []
    assert small_of(data, log)[1].endswith(SMALL.data)
    assert len(log) <= 4
    assert sum(length for _, length in log) < 300_000


def test_a_small_picture_that_is_a_jpeg_is_given_as_it_is() -> None:
    jpeg = plain_jpeg(32, 24)
    others = ItemSpec(b"jpeg", jpeg), ItemSpec(b"hvc1", b"\xbb")
    references = ((b"thmb", 3, 1), (b"thmb", 2, 1))
    data = heif(LARGE, *others, properties=PROPERTIES, references=references)
    log: list[tuple[int, int]] = []
    assert small_of(data, log)[1] == jpeg
    assert len(log) == 1


def test_a_jpeg_in_the_exif_block_needs_no_decoder_of_heic() -> None:
    jpeg = plain_jpeg(32, 24)
    exif = ItemSpec(b"Exif", bytes(4) + tiff_block(*exif_ifds({"make": "Canon"}, jpeg)))
    data = heif(LARGE, SMALL, exif, properties=PROPERTIES, references=SMALL_REFERENCE)
    assert small_of(data)[1] == jpeg


@pytest.mark.parametrize("kind", [b"grid", b"iden", b"j2k1"])
def test_what_is_made_of_other_items_cannot_stand_alone(kind: bytes) -> None:
    data = heif(LARGE, ItemSpec(kind, b"\xbb" * 8), references=SMALL_REFERENCE)
    assert small_of(data)[1] == b""


def test_the_thumbnail_of_another_picture_is_none() -> None:
    data = heif(LARGE, SMALL, properties=PROPERTIES, references=((b"thmb", 2, 3),))
    assert small_of(data)[0].thumb_length == 0


def test_an_object_that_is_another_one_by_now_gives_nothing() -> None:
    data = heif(LARGE, SMALL, properties=PROPERTIES, references=SMALL_REFERENCE)
    record = read(fetch_from(data))
    for other in (data.replace(b"thmb", b"xxxx"), bytes(len(data)), data[: len(data) // 2]):
        assert thumbnail(fetch_from(other), record) == b""


@pytest.mark.parametrize(
    ("configuration", "size", "cut"),
    [
        (hvcc_with_size(320, 240), (320, 240), None),
        (hvcc_with_size(320, 320), (320, 320), (320, 240)),
        (hvcc_with_size(320, 320, chroma=3, layers=2), (320, 320), (320, 240)),
        (hvcc_with_size(336, 256, window=(0, 8, 0, 8)), (320, 240), None),
        (hvcc_with_size(336, 256, chroma=2, window=(0, 8, 0, 8)), (320, 248), (320, 240)),
        (hvcc_with_size(320, 236), (320, 236), None),
        (hvcc_with_size(320, 320)[:40], (320, 240), None),
        (hvcc_with_size(0, 320), (320, 240), None),
        (hvcc_with_size(320, 320, chroma=4), (320, 240), None),
        (hvcc_with_size(320, 320, window=(0, 900, 0, 0)), (320, 240), None),
        (box(b"hvcC", bytes(22), b"\2\xa1\0\1\0\x40", bytes(64)), (320, 240), None),
        (hvcc(8), (320, 240), None),
    ],
)
def test_the_size_as_coded_is_reported_and_cut_to_the_size_of_the_picture(
    configuration: bytes, size: tuple[int, int], cut: tuple[int, int] | None
) -> None:
    properties = (PROPERTIES[0], PROPERTIES[1], configuration, *PROPERTIES[3:])
    data = heif(LARGE, SMALL, properties=properties, references=SMALL_REFERENCE)
    small = small_of(data)[1]
    assert ispe(*size) in small
    assert (b"clap" in small) is (cut is not None)
    if cut is not None:
        width, _, height, _, across, _, down, _ = struct.unpack_from(
            ">IIIIiIiI", small, small.index(b"clap") + 4
        )
        assert (width, height) == cut
        # Twice the way of the middle: up and to the left.
        assert (across, down) == (cut[0] - size[0], cut[1] - size[1])
        assert small.index(b"clap") < small.index(b"irot")


def test_a_cut_that_is_there_already_is_kept() -> None:
    cut = box(b"clap", struct.pack(">IIIIiIiI", 100, 1, 90, 1, 0, 1, 0, 1))
    properties = (PROPERTIES[0], PROPERTIES[1], hvcc_with_size(320, 320), cut)
    item = ItemSpec(b"hvc1", SMALL.data, property_indexes=(2, 3, 4))
    small = small_of(heif(LARGE, item, properties=properties, references=SMALL_REFERENCE))[1]
    assert small.count(b"clap") == 1
    assert cut in small


def test_what_the_bucket_says_is_passed_on() -> None:
    data = heif(LARGE, SMALL, properties=PROPERTIES, references=SMALL_REFERENCE)
    record, calls = read(fetch_from(data)), 0

    def fetch(start: int, length: int) -> Chunk:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise ObjectNotFoundError("It is gone.")
        return fetch_from(data)(start, length)

    with pytest.raises(ObjectNotFoundError):
        thumbnail(fetch, record)


def test_it_decodes_to_the_same_pixels_as_in_the_whole_file() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    whole = pillow_heif.from_pillow(Image.radial_gradient("L").convert("RGB"))
    out = io.BytesIO()
    whole.save(out, quality=80, thumbnails=[64])
    heic = out.getvalue()
    record, small = small_of(heic)
    assert record.thumb_length
    expected = pillow_heif.open_heif(heic)[0].get_thumbnail(0).to_pillow()
    pixels = pillow_heif.open_heif(small)[0].to_pillow()
    assert pixels.size == expected.size
    assert ImageChops.difference(pixels, expected).getbbox() is None


def test_rows_that_were_coded_but_do_not_belong_to_the_picture_are_cut() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    whole = pillow_heif.from_pillow(Image.linear_gradient("L").convert("RGB"))
    whole.save(out, quality=80, thumbnails=[64])
    data = out.getvalue()
    assert ispe(64, 64) in data
    small = small_of(data.replace(ispe(64, 64), ispe(64, 50)))[1]
    expected = pillow_heif.open_heif(data)[0].get_thumbnail(0).to_pillow().crop((0, 0, 64, 50))
    pixels = pillow_heif.open_heif(small)[0].to_pillow()
    assert pixels.size == (64, 50)
    assert ImageChops.difference(pixels, expected).getbbox() is None
