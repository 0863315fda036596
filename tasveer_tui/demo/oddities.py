"""What real buckets have beside photographs: broken, foreign and hostile ones."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from tasveer_tui.demo.images import camera_file, encode_jpeg, render_photo
from tasveer_tui.demo.itinerary import seeded_random
from tasveer_tui.demo.metadata import Field, Kind, pack_exif, with_segments

if TYPE_CHECKING:
    from PIL import Image

    from tasveer_tui.demo.itinerary import Shot

_APP1 = 0xE1
_LOREM = "Please copy the originals before Friday; the cards are in the blue bag.\n"


def truncated_in_metadata(shot: Shot) -> bytes:
    """An upload that was cut off at the start of the EXIF segment."""
    return camera_file(shot)[:24]


def truncated_in_pixels(shot: Shot) -> bytes:
    """An upload that was cut off in the pixels; its EXIF is complete."""
    whole = camera_file(shot)
    return whole[: len(whole) // 2]


def text_named_jpg(_: Shot) -> bytes:
    """A text file with the suffix .jpg."""
    return _LOREM.encode() * 9


def pdf(_: Shot) -> bytes:
    """A minimal PDF."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def ds_store(_: Shot) -> bytes:
    """A .DS_Store file of macOS."""
    return b"\0\0\0\1Bud1" + bytes(6136)


def garbage_in_exif(shot: Shot) -> bytes:
    """A complete JPEG whose EXIF segment was overwritten with noise."""
    noise = seeded_random(shot.key).randbytes(900)
    return with_segments(encode_jpeg(_small_image(shot), 88), (_APP1, b"Exif\0\0" + noise))


def corrupt_ifd(shot: Shot) -> bytes:
    """EXIF with values at offsets outside the block, and one with a count of four billion."""
    exif = bytearray(_exif_block(shot, "Halden"))
    for number, bad in ((0x0131, 0x00FF_FFF0), (0x0132, 0x7FFF_FFFF)):
        entry = exif.index(struct.pack("<HH", number, Kind.ASCII))
        exif[entry + 8 : entry + 12] = struct.pack("<I", bad)
    entry = exif.index(struct.pack("<HH", 0x8298, Kind.ASCII))
    exif[entry + 4 : entry + 8] = b"\xff\xff\xff\xff"
    return _jpeg_with(shot, bytes(exif))


def looping_tiff(shot: Shot) -> bytes:
    """A TIFF whose first IFD points to itself as the next one."""
    stream = io.BytesIO()
    _small_image(shot).save(stream, "TIFF", description="round and round", software="VueScan 9")
    data = bytearray(stream.getvalue())
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    return bytes(data)


def hostile_text(shot: Shot) -> bytes:
    """Text with terminal escape sequences, markup and bidirectional overrides."""
    artist = "[bold]Mallory[/bold] \x1b[31m\x1b]0;owned\x07 \u202egnp.exe\u2066 [/oops]"
    return _jpeg_with(shot, _exif_block(shot, artist))


def plain_png(shot: Shot) -> bytes:
    """A PNG without metadata, such as a screenshot."""
    stream = io.BytesIO()
    _small_image(shot).save(stream, "PNG")
    return stream.getvalue()


def _small_image(shot: Shot) -> Image.Image:
    return render_photo(shot).image.resize((360, 240))


def _jpeg_with(shot: Shot, exif: bytes) -> bytes:
    return with_segments(encode_jpeg(_small_image(shot), 88), (_APP1, b"Exif\0\0" + exif))


def _exif_block(shot: Shot, artist: str) -> bytes:
    main = [
        Field(0x010F, Kind.ASCII, "Canon"), Field(0x0110, Kind.ASCII, "Canon EOS 5D Mark III"),
        Field(0x0131, Kind.ASCII, "rescued by testdisk"),
        Field(0x0132, Kind.ASCII, "2016:09:11 22:47:01"), Field(0x013B, Kind.ASCII, artist),
        Field(0x8298, Kind.ASCII, "© nobody in particular"),
    ]  # fmt: skip
    exif = [Field(0x9003, Kind.ASCII, "2016:09:11 22:47:01"), Field(0x8827, Kind.SHORT, 1600)]
    return pack_exif(
        main, exif, [], encode_jpeg(_small_image(shot).resize((160, 107)), 80), big_endian=False
    )
