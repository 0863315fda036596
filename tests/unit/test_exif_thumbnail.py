import io
import struct
import zlib

import pytest
from PIL import Image

from tasveer_tui.errors import ImageError
from tasveer_tui.exif import decode, read, thumbnail
from tasveer_tui.exif import pixels as pixels_module
from tests.support.image_files import (
    Ifd,
    chunk,
    exif_ifds,
    fetch_from,
    jpeg,
    plain_jpeg,
    png_with,
    riff_chunk,
    segment,
    tiff_block,
    webp_with,
)

SMALL = plain_jpeg(32, 24, "orange")


def block() -> bytes:
    return tiff_block(*exif_ifds({"make": "Canon"}, SMALL))


@pytest.mark.parametrize(
    "data",
    [
        jpeg(make="Canon", has_thumbnail=True),
        png_with(chunk(b"eXIf", block())),
        webp_with(riff_chunk(b"EXIF", block())),
        block(),
    ],
    ids=["jpeg", "png", "webp", "tiff"],
)
def test_the_thumbnail_is_found_where_it_lies_in_the_object(data: bytes) -> None:
    record = read(fetch_from(data))
    assert data[record.thumb_offset :][: record.thumb_length] == SMALL
    log: list[tuple[int, int]] = []
    assert thumbnail(fetch_from(data, log=log), record) == SMALL
    assert log == [(record.thumb_offset, record.thumb_length)]


def test_without_a_thumbnail_nothing_is_asked_for() -> None:
    data = jpeg(make="Canon")
    record = read(fetch_from(data))
    log: list[tuple[int, int]] = []
    assert thumbnail(fetch_from(data, log=log), record) == b""
    assert log == []


def test_a_thumbnail_in_a_block_of_several_pieces_has_no_place() -> None:
    whole = block()
    parts = [segment(0xE1, b"Exif\0\0" + part) for part in (whole[:40], whole[40:])]
    record = read(fetch_from(plain_jpeg()[:2] + b"".join(parts) + plain_jpeg()[2:]))
    assert record.facts.make == "Canon"
    assert (record.thumb_offset, record.thumb_length) == (0, 0)


def test_a_thumbnail_beyond_its_block_is_none() -> None:
    ifd1 = Ifd({0x201: (4, 100_000), 0x202: (4, 5_000)})
    data = plain_jpeg()[:2] + segment(0xE1, b"Exif\0\0" + tiff_block(Ifd({0x112: (3, 1)}), ifd1))
    assert read(fetch_from(data + bytes(200_000))).thumb_length == 0


# ----------------------------------------------------------------------------- decoding


def test_a_picture_is_fitted_and_keeps_its_ratio() -> None:
    pixels = decode(plain_jpeg(400, 200, "red"), 100, 100)
    assert (pixels.width, pixels.height) == (100, 50)
    assert len(pixels.rgb) == 3 * 100 * 50
    red, green, blue = pixels.rgb[:3]
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_a_small_picture_is_not_enlarged() -> None:
    pixels = decode(SMALL, 500, 500)
    assert (pixels.width, pixels.height) == (32, 24)


def test_a_picture_is_turned_upright() -> None:
    image = Image.new("RGB", (40, 20), "black")
    image.paste("white", (0, 0, 20, 20))
    out = io.BytesIO()
    image.save(out, "PNG")
    pixels = decode(out.getvalue(), 100, 100, orientation=6)
    assert (pixels.width, pixels.height) == (20, 40)
    assert pixels.rgb[:3] == b"\xff\xff\xff"
    assert pixels.rgb[-3:] == b"\0\0\0"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        SMALL[: len(SMALL) // 2],
        b"GIF89a" + bytes(100),
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(1_000))),
    ],
    ids=["empty", "text", "cut", "another format", "bomb"],
)
def test_what_cannot_be_decoded_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode(data, 100, 100)


def test_decoding_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels_module, "_TIMEOUT_S", 0.01)
    with pytest.raises(ImageError, match="too long"):
        decode(SMALL, 100, 100)
