"""From a shot to its pixels: the motif painted, turned, grained and scaled."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageOps

from tasveer_tui.demo.light import Phase
from tasveer_tui.demo.paint import Canvas
from tasveer_tui.demo.scenes import cities, near, nights, peaks, shores, temples, wide
from tasveer_tui.demo.seeds import generator
from tasveer_tui.demo.sky import Air, air_of

if TYPE_CHECKING:
    import random

    from tasveer_tui.demo.itinerary import Shot

Motif: TypeAlias = Callable[[Canvas, Air], None]

MOTIFS: dict[str, Motif] = {
    **peaks.MOTIFS, **shores.MOTIFS, **wide.MOTIFS,
    **cities.MOTIFS, **temples.MOTIFS, **nights.MOTIFS, **near.MOTIFS,
}  # fmt: skip

_PAINTED = 480
"""Pixels of the longer side on the canvas; the finished picture is enlarged from it."""

_THUMBNAIL = 160
"""Pixels of an embedded thumbnail's longer side, as EXIF asks."""

_GRAIN_SIZE = (2000, 2000)
_LARGE_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished photograph, as stored: not yet turned as its orientation asks."""

    image: Image.Image
    thumbnail: bytes
    """A JPEG."""


def develop(shot: Shot) -> Picture:
    """Paint the shot. The same shot gives the same pixels every time."""
    rng = generator(shot.key)
    wide_side, high_side = shot.kit.aspect
    size = (_PAINTED, _PAINTED * high_side // wide_side)
    canvas = Canvas(*(size if shot.orientation == 1 else size[::-1]), rng)
    MOTIFS[shot.motif](canvas, air_of(_painted_phase(shot), rng))
    stored = _as_stored(canvas.image, shot.orientation)
    if shot.stop.kit == "scanner":
        stored = _as_film(stored, rng)
    thumbnail = stored.resize(
        (_THUMBNAIL, _THUMBNAIL * high_side // wide_side), Image.Resampling.BOX
    )
    return Picture(_finish(stored, shot, rng), jpeg(thumbnail, 86))


def jpeg(image: Image.Image, quality: int) -> bytes:
    """Encode without metadata."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _painted_phase(shot: Shot) -> Phase:
    """Scanned slides keep the light of their day, not that of the scanner."""
    return (
        generator(f"{shot.key} slide").choice(list(Phase)[:3])
        if shot.stop.kit == "scanner"
        else shot.phase
    )


def _as_stored(image: Image.Image, orientation: int) -> Image.Image:
    """Turn an upright picture back to how the sensor lay."""
    if orientation == 6:  # noqa: PLR2004 - EXIF's codes
        return image.transpose(Image.Transpose.ROTATE_90)
    return image.transpose(Image.Transpose.ROTATE_270) if orientation == 8 else image  # noqa: PLR2004


def _as_film(image: Image.Image, rng: random.Random) -> Image.Image:
    """Old stock: warm and faded, or black and white."""
    grey = image.convert("L")
    if rng.random() < 0.4:  # noqa: PLR2004
        return ImageOps.colorize(grey, (18, 16, 14), (246, 242, 232))
    warm = ImageOps.colorize(grey, (54, 30, 22), (255, 240, 204))
    return Image.blend(image, warm, rng.uniform(0.35, 0.55))


def _finish(image: Image.Image, shot: Shot, rng: random.Random) -> Image.Image:
    """Enlarge, and add the grain that the ISO asks for."""
    factor = 4.0 if rng.random() < _LARGE_SHARE else rng.choice((1.5, 1.75, 1.9, 2.0))
    size = (round(image.width * factor), round(image.height * factor))
    enlarged = image.resize(size, Image.Resampling.BILINEAR)
    strength = 0.035 + 0.02 * (shot.exposure.iso > 200) + 0.025 * (shot.exposure.iso > 1600)  # noqa: PLR2004
    left = rng.randint(0, _GRAIN_SIZE[0] - size[0])
    top = rng.randint(0, _GRAIN_SIZE[1] - size[1])
    grain = _grain().crop((left, top, left + size[0], top + size[1]))
    return Image.blend(enlarged, grain, strength)


@cache
def _grain() -> Image.Image:
    """Coloured noise, larger than any picture."""
    width, height = _GRAIN_SIZE
    return Image.frombytes("RGB", _GRAIN_SIZE, generator("grain").randbytes(width * height * 3))
