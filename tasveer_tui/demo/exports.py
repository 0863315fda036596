"""Photographs encoded with their metadata: camera files, scans, web and print copies."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from tasveer_tui.demo.metadata import exif_block, iptc_block, xmp_packet
from tasveer_tui.demo.pictures import develop, jpeg
from tasveer_tui.demo.tiff import with_segments

if TYPE_CHECKING:
    from tasveer_tui.demo.itinerary import Shot

_APP1, _APP13 = 0xE1, 0xED
_CAMERA_QUALITY, _PHONE_QUALITY = 96, 92


def camera_file(shot: Shot) -> bytes:
    """The JPEG as the camera, or the editor after it, left it."""
    picture = develop(shot)
    quality = _PHONE_QUALITY if shot.kit.is_fixed_f else _CAMERA_QUALITY
    exif = exif_block(shot, picture.image.size, picture.thumbnail)
    segments = [(_APP1, b"Exif\0\0" + exif)]
    if shot.trip.editor:
        segments.append((_APP1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet(shot)))
    if shot.trip.has_iptc:
        segments.append((_APP13, iptc_block(shot)))
    return with_segments(jpeg(picture.image, quality), *segments)


def scan(shot: Shot) -> bytes:
    """A TIFF from the film scanner: who and when, no exposure."""
    image = develop(shot).image
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = shot.kit.make, shot.kit.model
    exif[0x0131], exif[0x0132] = shot.kit.software, f"{shot.taken:%Y:%m:%d %H:%M:%S}"
    exif[0x013B], exif[0x8298] = shot.trip.artist, f"© {shot.trip.artist}"
    exif[0x010E] = f"{shot.title}, roll 7, frame {shot.number}"
    stream = io.BytesIO()
    image.save(stream, "TIFF", compression="tiff_lzw", exif=exif, dpi=(4000, 4000))
    return stream.getvalue()


def web_copy(shot: Shot) -> bytes:
    """A small WebP with EXIF and XMP."""
    picture = develop(shot)
    image = picture.image
    image.thumbnail((800, 800))
    stream = io.BytesIO()
    image.save(
        stream, "WEBP", quality=82, method=1,
        exif=b"Exif\0\0" + exif_block(shot, image.size, b""), xmp=xmp_packet(shot),
    )  # fmt: skip
    return stream.getvalue()


def print_copy(shot: Shot) -> bytes:
    """A PNG for the print shop, with EXIF."""
    picture = develop(shot)
    image = picture.image.resize((600, 400))
    stream = io.BytesIO()
    image.save(
        stream, "PNG", compress_level=1, exif=exif_block(shot, image.size, picture.thumbnail)
    )
    return stream.getvalue()


def stripped(shot: Shot) -> bytes:
    """A JPEG as messengers pass it on: nothing but pixels."""
    image = develop(shot).image
    image.thumbnail((480, 480))
    return jpeg(image, 70)
