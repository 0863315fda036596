from __future__ import annotations

import io
import os
import random
import signal
import struct
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tasveer_tui.errors import ImageError
from tasveer_tui.exif import ImageDecoder, helper_script
from tasveer_tui.exif.helper import HelperDiedError, HelperError, HelperProcess
from tests.support.image_files import chunk, plain_jpeg, solid_image

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = plain_jpeg(32, 24, "orange")


@pytest.fixture(scope="module")
def pictures() -> Iterator[ImageDecoder]:
    pictures = ImageDecoder()
    yield pictures
    pictures.close()


def encoded(form: str, width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    solid_image(width, height, "orange").save(out, form)
    return out.getvalue()


def heic(width: int = 64, height: int = 48) -> bytes:
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(solid_image(width, height, "orange")).save(out)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "PPM", "AVIF"])
def test_the_usual_formats_are_decoded(pictures: ImageDecoder, form: str) -> None:
    pixels = pictures.decode(encoded(form), 32, 32)
    assert (pixels.width, pixels.height) == (32, 24)
    red, green, blue = pixels.rgb[:3]
    assert (red > 200, 130 < green < 200, blue < 60) == (True, True, True)


def test_heic_is_decoded_with_the_extra(pictures: ImageDecoder) -> None:
    pixels = pictures.decode(heic(), 32, 32)
    assert (pixels.width, pixels.height) == (32, 24)


def test_heic_without_the_extra_is_a_sentence_with_a_remedy(
    pictures: ImageDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = heic()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(helper_script.UnsupportedError, match="heif"):
        helper_script.decode_image({"width": 9, "height": 9, "orientation": 1}, data)

    def refuse(*_: object) -> bytes:
        raise HelperError("heif")

    monkeypatch.setattr(HelperProcess, "request", refuse)
    with pytest.raises(ImageError) as raised:
        pictures.decode(data, 32, 32)
    assert "HEIC" in raised.value.message
    assert "tasveer-tui[heif]" in raised.value.remedy


def test_a_picture_that_turns_itself_is_not_turned_again(pictures: ImageDecoder) -> None:
    pixels = pictures.decode(encoded("AVIF"), 64, 64, orientation=6)
    assert (pixels.width, pixels.height) == (64, 48)


def test_one_child_decodes_many_pictures(pictures: ImageDecoder) -> None:
    pictures.decode(SMALL, 9, 9)
    first = pictures._process._child
    for _ in range(20):
        assert pictures.decode(SMALL, 9, 9).width == 9
    assert pictures._process._child is first


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that claims to be this large."""
    data = bytearray(plain_jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def png_of(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(1_000)))
    )


HOSTILE = {
    "a JPEG of 4,000 million pixels": jpeg_of(65_500, 65_500),
    "a PNG of 4,000 million pixels": png_of(65_000, 65_000),
    "a PNG that inflates to much": b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    + chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000), 9))
    + chunk(b"IDAT", zlib.compress(bytes(64 * 193))),
    "half a JPEG": SMALL[: len(SMALL) // 2],
    "half a WebP": encoded("WEBP")[:60],
    "half an AVIF": encoded("AVIF")[:200],
    "a box of no known brand": b"\0\0\0\x18ftypqt  " + bytes(200),
    "TIFF, which cameras do not make thumbnails of": encoded("TIFF"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_an_error_and_the_next_one_is_decoded(
    pictures: ImageDecoder, name: str
) -> None:
    with pytest.raises(ImageError):
        pictures.decode(HOSTILE[name], 100, 100)
    assert pictures.decode(SMALL, 9, 9).width == 9


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_mutated_pictures_end_in_pixels_or_in_an_error_of_ours(
    pictures: ImageDecoder, form: str
) -> None:
    chance = random.Random(5)
    whole = heic() if form == "HEIC" else encoded(form)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 5, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            pixels = pictures.decode(bytes(data), 32, 32)
        except ImageError:
            continue
        assert len(pixels.rgb) == 3 * pixels.width * pixels.height
    assert pictures.decode(SMALL, 9, 9).width == 9


# ------------------------------------------------------------------------------- the child


def test_a_child_that_hangs_is_killed_and_replaced() -> None:
    helper = HelperProcess("picture", ("PIL",), timeout_s=20)
    box = {"width": 9, "height": 9, "orientation": 1}
    try:
        helper.request(box, SMALL, 10_000)
        hung = helper._child
        assert hung is not None
        os.kill(hung.pid, signal.SIGSTOP)
        helper._timeout_s = 0.2
        with pytest.raises(HelperError):
            helper.request(box, SMALL, 10_000)
        assert hung.exit_code is not None
        helper._timeout_s = 20
        assert helper.request(box, SMALL, 10_000)
    finally:
        helper.close()


def test_an_answer_that_is_too_long_ends_the_child() -> None:
    helper = HelperProcess("picture", ("PIL",), timeout_s=20)
    try:
        with pytest.raises(HelperDiedError):
            helper.request({"width": 32, "height": 24, "orientation": 1}, SMALL, 10)
        assert helper._child is None
    finally:
        helper.close()


def test_a_request_larger_than_the_pipes_is_sent_whole(pictures: ImageDecoder) -> None:
    noise = Image.effect_noise((1200, 900), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 1 << 20
    pixels = pictures.decode(out.getvalue(), 1200, 900)
    assert len(pixels.rgb) == 3 * 1200 * 900


def test_no_child_is_left_when_the_helper_is_closed() -> None:
    pictures = ImageDecoder()
    pictures.decode(SMALL, 9, 9)
    left = pictures._process._child
    assert left is not None
    pictures.close()
    assert left.exit_code is not None
    pictures.close()


def test_a_child_that_cannot_be_started_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ImageError):
        ImageDecoder().decode(SMALL, 9, 9)
