import io
import struct

import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome
from tests.support.image_files import (
    ASCII,
    Ifd,
    fetch_from,
    riff_chunk,
    solid_image,
    tiff_block,
    webp_with,
    xmp_packet,
)

BLOCK = tiff_block(Ifd({0x10F: (ASCII, "Canon Inc.")}))


def test_exif_and_xmp_behind_the_picture_are_found_whatever_the_flags_say() -> None:
    data = webp_with(
        riff_chunk(b"EXIF", BLOCK), riff_chunk(b"XMP ", xmp_packet({"title": "T"})), flags=0
    )
    record = read(fetch_from(data))
    assert (record.outcome, record.format) == (Outcome.OK, "webp")
    assert (record.facts.make, record.facts.title) == ("Canon Inc.", "T")
    assert (record.facts.width, record.facts.height) == (64, 48)


def test_a_leading_exif_header_is_taken_off() -> None:
    record = read(fetch_from(webp_with(riff_chunk(b"EXIF", b"Exif\0\0" + BLOCK))))
    assert record.facts.make == "Canon Inc."


@pytest.mark.parametrize("is_lossless", [False, True])
def test_the_size_of_a_simple_webp_is_read(*, is_lossless: bool) -> None:
    out = io.BytesIO()
    solid_image(300, 200).save(out, "WEBP", lossless=is_lossless)
    record = read(fetch_from(out.getvalue()))
    assert record.outcome is Outcome.NO_METADATA
    assert (record.facts.width, record.facts.height) == (300, 200)


def test_a_large_picture_is_hopped_over() -> None:
    pixels = riff_chunk(b"VP8L", b"\x2f\0\0\0\0" + bytes(2_000_000))
    log: list[tuple[int, int]] = []
    record = read(fetch_from(webp_with(riff_chunk(b"EXIF", BLOCK), pixels=pixels), log=log))
    assert record.facts.make == "Canon Inc."
    assert (len(log), record.bytes_read < 200_000) == (2, True)


def test_a_webp_cut_inside_a_chunk_is_truncated() -> None:
    data = webp_with(riff_chunk(b"EXIF", BLOCK))
    assert read(fetch_from(data[:40])).outcome is Outcome.TRUNCATED


def test_the_colour_profile_is_named() -> None:
    name = "Display P3".encode("utf-16-be")
    text = b"mluc\0\0\0\0" + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, len(name), 28) + name
    profile = bytearray(144)
    profile[36:40] = b"acsp"
    profile[128:144] = struct.pack(">I4sII", 1, b"desc", 144, len(text))
    record = read(fetch_from(webp_with(riff_chunk(b"ICCP", bytes(profile) + text))))
    (tag,) = [tag for tag in record.tags if tag.name == "ProfileDescription"]
    assert (tag.group, tag.value) == ("ICC_Profile", "Display P3")
    assert record.outcome is Outcome.NO_METADATA
