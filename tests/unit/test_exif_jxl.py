import brotli
import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome
from tests.support.bmff_files import Bits, box, exif_item, jumbf, jxl, jxl_codestream
from tests.support.image_files import exif_ifds, fetch_from, tiff_block, xmp_packet

BLOCK = tiff_block(*exif_ifds({"make": "Canon Inc."}))
EXIF = exif_item(BLOCK, bytes(4))
PACKET = xmp_packet({"title": "Sea"})


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (Bits().add(1, 1).add(4, 5).add(0, 3).add(7, 5).add(1, 1), (64, 40, 8)),
        (Bits().add(1, 1).add(9, 5).add(1, 3).add(1, 1), (80, 80, 8)),
        (Bits().add(0, 1).add(1, 2).add(1079, 13).add(5, 3).add(1, 1), (1920, 1080, 8)),
        (Bits().add(0, 1).add(3, 2).add(99_999, 30).add(7, 3).add(1, 1), (200_000, 100_000, 8)),
        # Not all by default, no extras, whole numbers of 10 bits.
        (Bits().add(1, 1).add(0, 5).add(1, 3).add(0, 3).add(1, 2), (8, 8, 10)),
        # Floats of 16 bits.
        (Bits().add(1, 1).add(0, 5).add(1, 3).add(0, 2).add(1, 1).add(1, 2), (8, 8, 16)),
        # Extras: turned, an intrinsic size, a preview, an animation; then 1 + 13 bits.
        (
            Bits().add(1, 1).add(0, 5).add(1, 3).add(0, 1).add(1, 1).add(5, 3)
            .add(1, 1).add(1, 1).add(3, 5).add(1, 3)
            .add(1, 1).add(1, 1).add(2, 2).add(9, 5).add(0, 3).add(0, 2)
            .add(1, 1).add(2, 2).add(5, 10).add(0, 2).add(1, 2).add(5, 3).add(0, 1)
            .add(0, 1).add(3, 2).add(13, 6),
            (8, 8, 14),
        ),
    ],
    ids=["small", "square", "16:9", "large", "10 bits", "half floats", "extras"],
)  # fmt: skip
def test_a_bare_codestream_says_its_size_and_depth(
    bits: Bits, expected: tuple[int, int, int]
) -> None:
    record = read(fetch_from(bits.codestream()))
    assert (record.outcome, record.format) == (Outcome.NO_METADATA, "jxl")
    assert (record.facts.width, record.facts.height) == expected[:2]
    assert [tag.value for tag in record.tags if tag.name == "BitsPerSample"] == [expected[2]]


def test_exif_and_xmp_stand_in_boxes() -> None:
    data = jxl(box(b"Exif", EXIF), box(b"xml ", PACKET), box(b"jxlc", jxl_codestream()), jumbf())
    record = read(fetch_from(data))
    assert (record.outcome, record.format, record.notes) == (Outcome.OK, "jxl", ())
    assert (record.facts.make, record.facts.title) == ("Canon Inc.", "Sea")
    assert (record.facts.width, record.facts.height) == (640, 480)
    assert [tag.value for tag in record.tags if tag.name == "JUMDLabel"] == ["c2pa"]


def test_the_first_part_of_a_codestream_in_parts_says_the_size() -> None:
    parts = [box(b"jxlp", bytes(4), jxl_codestream(800, 600)), box(b"jxlp", b"\x80\0\0\1", b"\xff")]
    record = read(fetch_from(jxl(*parts)))
    assert (record.facts.width, record.facts.height) == (800, 600)


def test_packed_boxes_are_unpacked() -> None:
    data = jxl(
        box(b"brob", b"Exif", brotli.compress(EXIF)),
        box(b"brob", b"xml ", brotli.compress(PACKET)),
        box(b"brob", b"abcd", b"no matter what"),
        box(b"jxlc", jxl_codestream()),
    )
    record = read(fetch_from(data))
    assert (record.outcome, record.notes) == (Outcome.OK, ())
    assert (record.facts.make, record.facts.title) == ("Canon Inc.", "Sea")


def test_a_packed_box_that_grows_without_end_is_stopped() -> None:
    bomb = box(b"brob", b"xml ", brotli.compress(bytes(5_000_000), quality=1))
    record = read(fetch_from(jxl(bomb, box(b"Exif", EXIF), box(b"jxlc", jxl_codestream()))))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
    assert any("grows to more than" in note for note in record.notes)


def test_a_packed_box_that_is_broken_is_damage() -> None:
    record = read(fetch_from(jxl(box(b"brob", b"Exif", b"\xff" * 40), box(b"Exif", EXIF))))
    assert (record.outcome, record.facts.make) == (Outcome.PARTIAL, "Canon Inc.")
    assert "A compressed part is broken." in record.notes


def test_exif_behind_a_large_picture_is_reached_by_a_hop() -> None:
    log: list[tuple[int, int]] = []
    picture = box(b"jxlc", jxl_codestream(), bytes(3_000_000))
    record = read(fetch_from(jxl(picture, box(b"Exif", EXIF)), log=log))
    assert (record.facts.make, len(log)) == ("Canon Inc.", 2)


def test_a_container_cut_inside_its_picture_is_truncated() -> None:
    data = jxl(box(b"jxlc", jxl_codestream(), bytes(1_000)))
    assert read(fetch_from(data[:-100])).outcome is Outcome.TRUNCATED
