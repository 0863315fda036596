"""One sound file of every format, made here: what is damaged on purpose elsewhere."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.parts.images import (
    Ifd,
    chunk,
    exif_ifds,
    jpeg,
    plain_jpeg,
    png_with,
    riff_chunk,
    tiff_block,
    webp_with,
    xmp,
)

FACTS: Final = {
    "make": "Canon",
    "model": "EOS R5",
    "lens": "RF 50",
    "taken_at": "2019-05-04T10:11:12.5",
    "iso": 400,
    "exposure_s": 0.004,
    "lat_deg": 48.8,
    "lon_deg": 2.3,
    "title": "Sea",
    "keywords": ("a", "b"),
    "rating": 4,
}
PACKET: Final = xmp(FACTS)


def block(order: str = "<", *, is_big: bool = False) -> bytes:
    """A TIFF structure that says FACTS, with a thumbnail."""
    return tiff_block(*exif_ifds(FACTS, plain_jpeg(16, 12)), order=order, is_big=is_big)


def _nested() -> bytes:
    """Directories in directories, as in raw formats."""
    ifd0, _ = exif_ifds(FACTS)
    sub_ifds = [Ifd({0x100: (4, 6000 + index), 0x101: (4, 4000)}) for index in range(3)]
    ifd0.children[0x14A] = sub_ifds
    return tiff_block(ifd0)


def _png_before() -> bytes:
    packet = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET)
    return png_with(chunk(b"eXIf", block()), packet, chunk(b"tEXt", b"Title\0Sea"))


SAMPLES: Final[Mapping[str, Callable[[], bytes]]] = {
    "jpeg": lambda: jpeg(has_thumbnail=True, **FACTS),
    "jpeg-mm": lambda: jpeg(order=">", **FACTS),
    "tiff": block,
    "tiff-mm": lambda: block(">"),
    "bigtiff": lambda: block(">", is_big=True),
    "tiff-nested": _nested,
    "png": _png_before,
    "png-tail": lambda: png_with(after=[chunk(b"eXIf", block())], idat_bytes=400_000),
    "webp": lambda: webp_with(riff_chunk(b"EXIF", block()), riff_chunk(b"XMP ", PACKET)),
}
"""By a name for the test's report."""
