"""One sound file of every format, made here: what is damaged on purpose elsewhere."""

import zlib
from collections.abc import Callable, Mapping
from typing import Final

import brotli

from tests.support import bmff_files, raw_files
from tests.support.image_files import (
    Ifd,
    chunk,
    exif_ifds,
    jpeg,
    plain_jpeg,
    png_with,
    riff_chunk,
    tiff_block,
    webp_with,
    xmp_packet,
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
XMP_PACKET: Final = xmp_packet(FACTS)


def exif_block(order: str = "<", *, is_big: bool = False) -> bytes:
    """A TIFF structure that says FACTS, with a thumbnail."""
    return tiff_block(*exif_ifds(FACTS, plain_jpeg(16, 12)), order=order, is_big=is_big)


def _nested() -> bytes:
    """Directories in directories, as in raw formats."""
    ifd0, _ = exif_ifds(FACTS)
    sub_ifds = [Ifd({0x100: (4, 6000 + index), 0x101: (4, 4000)}) for index in range(3)]
    ifd0.children[0x14A] = sub_ifds
    return tiff_block(ifd0)


def _png() -> bytes:
    packet = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP_PACKET)
    return png_with(chunk(b"eXIf", exif_block()), packet, chunk(b"tEXt", b"Title\0Sea"))


def _heif(layout: bmff_files.Layout | None = None) -> bytes:
    """A picture, EXIF in two pieces, packed XMP, a thumbnail."""
    packed = zlib.compress(XMP_PACKET)
    properties = (
        bmff_files.ispe(640, 480),
        bmff_files.ispe(64, 48),
        bmff_files.hvcc(8),
        bmff_files.pixi(8, 8, 8),
    )
    things = (
        bmff_files.ItemSpec(b"hvc1", b"\xaa" * 50, property_indexes=(1, 3, 4)),
        bmff_files.ItemSpec(b"Exif", bmff_files.exif_item(exif_block()), pieces=2),
        bmff_files.ItemSpec(b"mime", packed, b"application/rdf+xml", b"deflate", method=1),
        bmff_files.ItemSpec(b"hvc1", b"\xbb" * 50, property_indexes=(2, 3)),
    )
    references = ((b"cdsc", 2, 1), (b"thmb", 4, 1))
    return bmff_files.heif(*things, properties=properties, references=references, layout=layout)


def _cr3() -> bytes:
    """One directory a box, a thumbnail and a preview."""
    ifd0, _ = exif_ifds(FACTS)
    children = {number: child for number, child in ifd0.children.items() if isinstance(child, Ifd)}
    blocks = [(b"CMT1", tiff_block(Ifd(ifd0.entries))), (b"CMT3", exif_block())]
    blocks += [(b"CMT2", tiff_block(children[0x8769])), (b"CMT4", tiff_block(children[0x8825]))]
    small, tracks = plain_jpeg(16, 12), bmff_files.track(b"CRAW", 6000, 4000)
    return bmff_files.cr3(blocks, thumbnail=small, preview=small, packet=XMP_PACKET, tracks=tracks)


def _jxl() -> bytes:
    """EXIF as it is, XMP packed."""
    packed = bmff_files.box(b"brob", b"xml ", brotli.compress(XMP_PACKET))
    picture = bmff_files.box(b"jxlc", bmff_files.jxl_codestream())
    return bmff_files.jxl(bmff_files.box(b"Exif", bytes(4), exif_block()), packed, picture)


def _jp2() -> bytes:
    """EXIF and XMP before the picture."""
    metadata = (b"JpgTiffExif->JP2", exif_block()), (bmff_files.XMP_UUID, XMP_PACKET)
    return bmff_files.jp2(*(bmff_files.uuid_box(*one) for one in metadata))


SAMPLES: Final[Mapping[str, Callable[[], bytes]]] = {
    "jpeg": lambda: jpeg(has_thumbnail=True, **FACTS),
    "jpeg-mm": lambda: jpeg(order=">", **FACTS),
    "tiff": exif_block,
    "tiff-mm": lambda: exif_block(">"),
    "bigtiff": lambda: exif_block(">", is_big=True),
    "tiff-nested": _nested,
    "png": _png,
    "png-tail": lambda: png_with(after=[chunk(b"eXIf", exif_block())], idat_bytes=400_000),
    "heic": _heif,
    "heic-behind": lambda: _heif(bmff_files.Layout(is_behind=True, filling=200_000)),
    "heic-wide": lambda: _heif(bmff_files.Layout(iloc=2, wide=True)),
    "cr3": _cr3,
    "jxl": _jxl,
    "jp2": _jp2,
    "rw2": lambda: raw_files.rw2({0x0A: (3, 1, 12)}, jpeg(has_thumbnail=True, **FACTS)),
    "raf": lambda: raw_files.raf(jpeg(has_thumbnail=True, **FACTS), {0x0100: b"\0\1\0\2"}),
    "mrw": lambda: raw_files.mrw(exif_block()),
    "x3f": lambda: raw_files.x3f({"ISO": "400"}, jpeg(**FACTS)),
    "psd": lambda: raw_files.psd(raw_files.photoshop_resource(0x0422, exif_block()), layers=200),
    "webp": lambda: webp_with(riff_chunk(b"EXIF", exif_block()), riff_chunk(b"XMP ", XMP_PACKET)),
}
"""By a name for the test's report."""
