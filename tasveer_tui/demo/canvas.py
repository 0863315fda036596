"""A canvas in unit coordinates, with the shapes, lights and textures that scenes use.

x and y are from 0 (left, top) to 1. All random numbers are from the canvas's generator, so the
same seed paints the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageChops, ImageDraw

if TYPE_CHECKING:
    import random

RGB: TypeAlias = tuple[int, int, int]
Points: TypeAlias = Sequence[tuple[float, float]]
Line: TypeAlias = list[float]
"""Values at equal steps of x from 0 to 1: the outline of a horizon."""

_GRADIENT_STEPS = 32
"""Colours computed for a gradient; those in between are interpolated."""


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """A mixture of two colours: the first at `share` 0, the second at 1."""
    share = min(1.0, max(0.0, share))
    rest = 1 - share
    return (
        round(first[0] * rest + second[0] * share),
        round(first[1] * rest + second[1] * share),
        round(first[2] * rest + second[2] * share),
    )


def scale(colour: RGB, factor: float) -> RGB:
    """The colour, lighter (`factor` over 1) or darker."""
    red, green, blue = colour
    return (
        min(255, round(red * factor)),
        min(255, round(green * factor)),
        min(255, round(blue * factor)),
    )


def wave_line(rng: random.Random, roughness: float, *, octaves: int = 6, steps: int = 96) -> Line:
    """A hilly line between 0 and 1: a sum of sines, each finer and lower by `roughness`."""
    waves = [
        (roughness**octave, (octave * 0.9 + 0.6) * rng.uniform(1.6, 2.6), rng.random())
        for octave in range(octaves)
    ]
    values = [
        sum(size * math.sin(math.tau * (x / steps * freq + at)) for size, freq, at in waves)
        for x in range(steps + 1)
    ]
    return _normalize(values)


def peak_line(rng: random.Random, roughness: float, *, levels: int = 7) -> Line:
    """A jagged line between 0 and 1, by midpoint displacement."""
    values = [rng.random(), rng.random()]
    size = 1.0
    for _ in range(levels):
        middles = [(a + b) / 2 + rng.uniform(-size, size) for a, b in pairwise(values)]
        values = [v for pair in zip(values, middles, strict=False) for v in pair] + values[-1:]
        size *= roughness
    return _normalize(values)


def _normalize(values: Line) -> Line:
    low, high = min(values), max(values)
    return [(value - low) / (high - low or 1.0) for value in values]


class Canvas:
    """A picture, and methods to draw on it."""

    def __init__(self, width: int, height: int, rng: random.Random) -> None:
        self.width, self.height, self.rng = width, height, rng
        self.image = Image.new("RGB", (width, height))
        self.draw = ImageDraw.Draw(self.image)

    # -------------------------------------------------------- coordinates

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Unit coordinates in pixels."""
        return x * self.width, y * self.height

    def points(self, points: Points) -> list[tuple[float, float]]:
        """Points in pixels."""
        return [(x * self.width, y * self.height) for x, y in points]

    @property
    def ratio(self) -> float:
        """Factor from a length in x to the same length in y."""
        return self.width / self.height

    # ------------------------------------------------------------- areas

    def gradient(self, stops: Sequence[tuple[float, RGB]], size: tuple[int, int]) -> Image.Image:
        """Colours from top to bottom; stops are (0…1, colour) in ascending order."""
        column = Image.new("RGB", (1, _GRADIENT_STEPS))
        column.putdata(
            [_colour_at(stops, index / (_GRADIENT_STEPS - 1)) for index in range(_GRADIENT_STEPS)]
        )
        return column.resize((2, size[1]), Image.Resampling.BILINEAR).resize(
            size, Image.Resampling.NEAREST
        )

    def fade(self, top: float, bottom: float, stops: Sequence[tuple[float, RGB]]) -> None:
        """Fill the band between two heights with a gradient."""
        y0, y1 = round(top * self.height), round(bottom * self.height)
        if y1 > y0:
            self.image.paste(self.gradient(stops, (self.width, y1 - y0)), (0, y0))

    def mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        """An empty mask of the size of the canvas, and an object to draw on it."""
        mask = Image.new("L", (self.width, self.height))
        return mask, ImageDraw.Draw(mask)

    def fill_through(
        self, mask: Image.Image, top: float, stops: Sequence[tuple[float, RGB]]
    ) -> None:
        """Paste a gradient that starts at height `top` through a mask."""
        y0 = max(0, min(self.height - 1, round(top * self.height)))
        box = (0, y0, self.width, self.height)
        self.image.paste(
            self.gradient(stops, (self.width, self.height - y0)), (0, y0), mask.crop(box)
        )

    # ------------------------------------------------------------- shapes

    def polygon(self, points: Points, colour: RGB) -> None:
        """A filled shape."""
        self.draw.polygon(self.points(points), fill=colour)

    def stroke(self, points: Points, colour: RGB, width: float = 0.002) -> None:
        """A line; its width is a share of the width of the canvas."""
        pixels = max(1, round(width * self.width))
        self.draw.line(self.points(points), fill=colour, width=pixels, joint="curve")

    def disc(self, x: float, y: float, radius: float, colour: RGB) -> None:
        """A filled circle; its radius is a share of the width of the canvas."""
        cx, cy = self.at(x, y)
        r = radius * self.width
        self.draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: RGB) -> None:
        """A filled rectangle, from its top left corner; none if its width or height is negative."""
        if width <= 0 or height <= 0:
            return
        x0, y0 = self.at(x, y)
        x1, y1 = self.at(x + width, y + height)
        self.draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), fill=colour)

    def ground(
        self, line: Line, base: float, height: float, colour: RGB, bottom: float = 1
    ) -> None:
        """Fill the area under a line whose highest point is `height` above `base`."""
        self.polygon(area_under(line, base, height, bottom), colour)

    def ground_fade(
        self, line: Line, base: float, height: float, stops: Sequence[tuple[float, RGB]]
    ) -> Image.Image:
        """Fill it with a gradient from its highest point down; return the mask."""
        mask, pencil = self.mask()
        pencil.polygon(self.points(area_under(line, base, height)), fill=255)
        self.fill_through(mask, base - height, stops)
        return mask

    # ------------------------------------------------------------- lights

    def glow(self, x: float, y: float, radius: float, colour: RGB, strength: float = 1.0) -> None:
        """Light around a point, weaker with the distance."""
        size = max(2, round(2 * radius * self.width))
        light = _glow_mask(strength).resize((size, size), Image.Resampling.BILINEAR)
        cx, cy = self.at(x, y)
        self.image.paste(colour, (round(cx - size / 2), round(cy - size / 2)), light)

    def haze(self, top: float, bottom: float, colour: RGB, strength: float) -> None:
        """Mist that is densest at `bottom` and ends at `top`."""
        y0, y1 = round(top * self.height), round(bottom * self.height)
        if y1 <= y0:
            return
        faint = ramp().point([round(value * strength) for value in range(256)])
        self.image.paste(colour, (0, y0), faint.resize((self.width, y1 - y0)))

    # ------------------------------------------------------------- texture

    def fog(self, cells: int, size: tuple[int, int], octaves: int = 4) -> Image.Image:
        """Cloudy grey noise; its coarsest layer has `cells` spots in a row."""
        total = Image.new("L", size)
        for octave in range(octaves):
            columns = cells * 2**octave
            rows = max(2, round(columns / self.ratio))
            noise = Image.frombytes("L", (columns, rows), self.rng.randbytes(columns * rows))
            layer = noise.resize(size, Image.Resampling.BICUBIC)
            total = Image.blend(total, layer, 1 if octave == 0 else 0.55**octave)
        return total

    def mirror(self, horizon: float, tint: RGB, strength: float) -> None:
        """Fill the area below `horizon` with a rippled reflection of the area above."""
        y0 = round(horizon * self.height)
        rows = self.height - y0
        above = self.image.crop((0, max(0, y0 - rows), self.width, y0))
        flipped = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        soft = flipped.resize((self.width // 3, max(1, rows // 8))).resize((self.width, rows))
        soft = Image.blend(soft, Image.new("RGB", soft.size, tint), strength)
        self.image.paste(_ripple(soft, self.rng), (0, y0))


def area_under(
    line: Line, base: float, height: float, bottom: float = 1.0
) -> list[tuple[float, float]]:
    """The outline of the area under a line."""
    last = len(line) - 1
    return [
        (0.0, bottom),
        *((index / last, base - value * height) for index, value in enumerate(line)),
        (1.0, bottom),
    ]


def height_at(line: Line, base: float, height: float, x: float) -> float:
    """The y of a line at x."""
    return base - line[round(min(1.0, max(0.0, x)) * (len(line) - 1))] * height


def _colour_at(stops: Sequence[tuple[float, RGB]], place: float) -> RGB:
    before = stops[0]
    for stop in stops:
        if place <= stop[0]:
            span = stop[0] - before[0]
            return mix(before[1], stop[1], (place - before[0]) / span if span else 1.0)
        before = stop
    return before[1]


@cache
def ramp() -> Image.Image:
    """A column from black at the top to white at the bottom."""
    return Image.linear_gradient("L").resize((1, 256))


@cache
def _glow_mask(strength: float) -> Image.Image:
    """White in the middle, black at the edge."""
    falloff = [round(255 * strength * max(0.0, 1 - value / 180) ** 2.2) for value in range(256)]
    return Image.radial_gradient("L").resize((64, 64)).point(falloff)


def _ripple(image: Image.Image, rng: random.Random) -> Image.Image:
    """Shift thin rows sideways, more towards the bottom."""
    width, height = image.size
    result, y = image.copy(), 0
    while y < height:
        thickness = 2 + y * 5 // max(1, height)
        shift = round(rng.uniform(-1, 1) * (2 + 8 * y / height))
        row = image.crop((0, y, width, min(height, y + thickness)))
        result.paste(ImageChops.offset(row, shift, 0), (0, y))
        y += thickness
    return result
