"""Paints a shot, and encodes it as the files of a camera, a scanner or an editor."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageOps

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import Canvas
from tasveer_tui.demo.itinerary import seeded_random
from tasveer_tui.demo.metadata import exif_block, iptc_block, with_segments, xmp_packet
from tasveer_tui.demo.scenes import buildings, close_ups, coasts, landscapes, night_skies
from tasveer_tui.demo.sky import Air, random_air

if TYPE_CHECKING:
    import random

    from tasveer_tui.demo.itinerary import Shot

Motif: TypeAlias = Callable[[Canvas, Air], None]

MOTIFS: dict[str, Motif] = {
    **landscapes.MOTIFS, **coasts.MOTIFS, **buildings.MOTIFS, **night_skies.MOTIFS,
    **close_ups.MOTIFS,
}  # fmt: skip

_CANVAS_PX = 480
"""Longer side of the canvas; the finished photograph is enlarged from it."""

_THUMBNAIL_PX = 160
"""Longer side of an embedded thumbnail: 160 pixels, as EXIF 2.32 section 4.5.5 has it."""

_GRAIN_SIZE_PX = (2000, 2000)
_LARGE_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class RenderedPhoto:
    """A finished photograph as stored, before its orientation is applied."""

    image: Image.Image
    thumbnail: bytes
    """A JPEG."""


def render_photo(shot: Shot) -> RenderedPhoto:
    """Paint the shot; always with the same pixels."""
    rng = seeded_random(shot.key)
    wide_side, high_side = shot.kit.aspect
    size = (_CANVAS_PX, _CANVAS_PX * high_side // wide_side)
    canvas = Canvas(*(size if shot.orientation == 1 else size[::-1]), rng)
    MOTIFS[shot.motif](canvas, random_air(_painted_phase(shot), rng))
    stored = _as_stored(canvas.image, shot.orientation)
    if shot.stop.kit == "scanner":
        stored = _as_film(stored, rng)
    thumbnail = stored.resize(
        (_THUMBNAIL_PX, _THUMBNAIL_PX * high_side // wide_side), Image.Resampling.BOX
    )
    return RenderedPhoto(_enlarge_with_grain(stored, shot, rng), encode_jpeg(thumbnail, 86))


def encode_jpeg(image: Image.Image, quality: int) -> bytes:
    """Encode without metadata."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _painted_phase(shot: Shot) -> Phase:
    """The light of the scene. A slide has the light of its day, not of the day of its scan."""
    return (
        seeded_random(f"{shot.key} slide").choice(list(Phase)[:3])
        if shot.stop.kit == "scanner"
        else shot.phase
    )


def _as_stored(image: Image.Image, orientation: int) -> Image.Image:
    """Rotate an upright picture to the orientation of the sensor."""
    if orientation == 6:  # noqa: PLR2004 - EXIF's codes
        return image.transpose(Image.Transpose.ROTATE_90)
    return image.transpose(Image.Transpose.ROTATE_270) if orientation == 8 else image  # noqa: PLR2004


def _as_film(image: Image.Image, rng: random.Random) -> Image.Image:
    """Give a picture the colours of old film: faded, or black and white."""
    grey = image.convert("L")
    if rng.random() < 0.4:  # noqa: PLR2004
        return ImageOps.colorize(grey, (18, 16, 14), (246, 242, 232))
    warm = ImageOps.colorize(grey, (54, 30, 22), (255, 240, 204))
    return Image.blend(image, warm, rng.uniform(0.35, 0.55))


def _enlarge_with_grain(image: Image.Image, shot: Shot, rng: random.Random) -> Image.Image:
    """Enlarge the picture, and add grain; the higher the ISO, the more."""
    factor = 4.0 if rng.random() < _LARGE_SHARE else rng.choice((1.5, 1.75, 1.9, 2.0))
    size = (round(image.width * factor), round(image.height * factor))
    enlarged = image.resize(size, Image.Resampling.BILINEAR)
    strength = 0.035 + 0.02 * (shot.exposure.iso > 200) + 0.025 * (shot.exposure.iso > 1600)  # noqa: PLR2004
    left = rng.randint(0, _GRAIN_SIZE_PX[0] - size[0])
    top = rng.randint(0, _GRAIN_SIZE_PX[1] - size[1])
    grain = _grain().crop((left, top, left + size[0], top + size[1]))
    return Image.blend(enlarged, grain, strength)


@cache
def _grain() -> Image.Image:
    """An image of coloured noise, larger than any photograph."""
    width, height = _GRAIN_SIZE_PX
    return Image.frombytes(
        "RGB", _GRAIN_SIZE_PX, seeded_random("grain").randbytes(width * height * 3)
    )


# ----------------------------------------------------------------------- encoded files

_APP1, _APP13 = 0xE1, 0xED
_CAMERA_QUALITY, _PHONE_QUALITY = 96, 92


def camera_file(shot: Shot) -> bytes:
    """A JPEG with EXIF from the camera, and with XMP and IPTC from an editor if one was used."""
    photo = render_photo(shot)
    quality = _PHONE_QUALITY if shot.kit.is_fixed_f else _CAMERA_QUALITY
    exif = exif_block(shot, photo.image.size, photo.thumbnail)
    segments = [(_APP1, b"Exif\0\0" + exif)]
    if shot.trip.editor:
        segments.append((_APP1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet(shot)))
    if shot.trip.has_iptc:
        segments.append((_APP13, iptc_block(shot)))
    return with_segments(encode_jpeg(photo.image, quality), *segments)


def scanned_tiff(shot: Shot) -> bytes:
    """A TIFF from the film scanner: artist and date, but no exposure."""
    image = render_photo(shot).image
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
    photo = render_photo(shot)
    image = photo.image
    image.thumbnail((800, 800))
    stream = io.BytesIO()
    image.save(
        stream, "WEBP", quality=82, method=1,
        exif=b"Exif\0\0" + exif_block(shot, image.size, b""), xmp=xmp_packet(shot),
    )  # fmt: skip
    return stream.getvalue()


def print_copy(shot: Shot) -> bytes:
    """A PNG for the print shop, with EXIF."""
    photo = render_photo(shot)
    image = photo.image.resize((600, 400))
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1, exif=exif_block(shot, image.size, photo.thumbnail))
    return stream.getvalue()


def stripped_jpeg(shot: Shot) -> bytes:
    """A JPEG without metadata, as messenger apps send it."""
    image = render_photo(shot).image
    image.thumbnail((480, 480))
    return encode_jpeg(image, 70)
