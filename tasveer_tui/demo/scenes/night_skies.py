"""Night skies: the Milky Way over a tent, northern lights, fireworks over a harbour."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image

from tasveer_tui.demo.canvas import RGB, Canvas, mix, peak_line, ramp, scale, wave_line
from tasveer_tui.demo.scenes.landscapes import cabin, fir, firs
from tasveer_tui.demo.sky import sky, stars

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

_STREAKS = 150
"""Streaks in one curtain of northern lights."""

_NIGHT: tuple[tuple[float, RGB], ...] = ((0, (4, 7, 24)), (0.6, (14, 24, 58)), (1, (46, 58, 96)))


def milky_way(c: Canvas, air: Air) -> None:
    """The Milky Way, and a lit tent below it."""
    c.fade(0, 1, _NIGHT)
    _band(c)
    stars(c, 0.85, 520)
    c.ground(peak_line(c.rng, 0.5), 0.8, 0.2, (20, 26, 48))
    c.haze(0.55, 0.9, mix(_NIGHT[2][1], air.horizon, 0.3), 0.6)
    ridge = wave_line(c.rng, 0.45)
    c.ground(ridge, 0.92, 0.1, (10, 14, 26))
    firs(c, ridge, 0.92, 0.1, (7, 10, 20), 0.1)
    c.ground(wave_line(c.rng, 0.3), 1.0, 0.1, (6, 8, 14))
    _tent(c, c.rng.uniform(0.3, 0.7), 0.965)


def _band(c: Canvas) -> None:
    slope, middle = c.rng.uniform(0.5, 0.9) * c.rng.choice((-1, 1)), c.rng.uniform(0.35, 0.65)
    for _ in range(44):
        y = c.rng.uniform(-0.1, 0.9)
        x = middle + (y - 0.4) * slope * 0.6 + c.rng.gauss(0, 0.03)
        tone = c.rng.choice(((92, 92, 148), (140, 112, 150), (196, 150, 140), (80, 108, 160)))
        c.glow(x, y, c.rng.uniform(0.05, 0.13), tone, 0.26)
    for _ in range(450):
        y = c.rng.uniform(0, 0.85)
        x = middle + (y - 0.4) * slope * 0.6 + c.rng.gauss(0, 0.06)
        c.disc(
            x,
            y,
            c.rng.uniform(0.0005, 0.0014),
            mix((120, 130, 170), (255, 246, 236), c.rng.random()),
        )


def _tent(c: Canvas, x: float, foot: float) -> None:
    c.glow(x, foot - 0.06, 0.16, (255, 170, 80), 0.5)
    c.polygon(((x - 0.1, foot), (x - 0.01, foot - 0.15), (x + 0.1, foot)), (250, 160, 60))
    c.polygon(
        (
            (x - 0.01, foot - 0.15),
            (x + 0.1, foot),
            (x + 0.13, foot - 0.02),
            (x + 0.03, foot - 0.15),
        ),
        (196, 104, 44),
    )
    c.polygon(((x - 0.025, foot), (x - 0.008, foot - 0.11), (x + 0.012, foot)), (255, 226, 150))


def aurora(c: Canvas, air: Air) -> None:
    """Curtains of green light over a fjord."""
    c.fade(0, 1, _NIGHT)
    stars(c, 0.7, 260)
    base = c.rng.choice(((80, 240, 150), (90, 230, 190), (120, 244, 120)))
    for _ in range(3):
        _curtain(c, base)
    shore = 0.72
    c.ground(peak_line(c.rng, 0.5), shore, 0.26, (18, 28, 48), shore)
    line = peak_line(c.rng, 0.5)
    c.ground(line, shore, 0.13, (10, 16, 30), shore)
    c.mirror(shore, (6, 18, 32), 0.42)
    c.ground(wave_line(c.rng, 0.35), 1.02, 0.12, scale(air.lit((190, 200, 214)), 0.75))
    x = c.rng.uniform(0.2, 0.8)
    cabin(c, air, x, 0.96, 0.11)
    for dx in (-0.13, 0.12, 0.2):
        fir(c, x + dx, 0.99, c.rng.uniform(0.12, 0.2), (6, 12, 20))


def _curtain(c: Canvas, green: RGB) -> None:
    """One curtain: vertical streaks along a wavy line, brightest at the lower edge."""
    path = wave_line(c.rng, 0.45, octaves=4)
    left, width = c.rng.uniform(-0.3, 0.25), c.rng.uniform(0.7, 1.2)
    light = Image.new("L", (_STREAKS, c.height // 2))
    for index in range(_STREAKS):
        t = index / _STREAKS
        foot = round((0.3 + 0.28 * path[round(t * (len(path) - 1))]) * c.height / 2)
        tall = max(4, round((0.16 + 0.22 * c.rng.random()) * c.height / 2))
        strength = (0.35 + 0.45 * c.rng.random()) * math.sin(math.pi * t)
        light.paste(_streak(round(strength * 16)).resize((1, tall)), (index, foot - tall))
    size = (round(width * c.width), c.height)
    violet, white = mix(green, (150, 70, 200), 0.75), mix(green, (255, 255, 255), 0.2)
    colours = c.gradient(
        ((0, violet), (0.25, violet), (0.42, green), (0.65, white), (1, white)), size
    )
    c.image.paste(
        colours, (round(left * c.width), 0), light.resize(size, Image.Resampling.BILINEAR)
    )


@cache
def _streak(sixteenths: int) -> Image.Image:
    """A column of light of this strength that fades upwards."""
    return ramp().point([round(v * sixteenths / 16 * (v / 255) ** 0.6) for v in range(256)])


def fireworks(c: Canvas, air: Air) -> None:
    """Rockets over a dark town, reflected in the harbour."""
    shore = 0.78
    sky(c, air, shore, clouds=0)
    for _ in range(c.rng.randint(4, 6)):
        _burst(c, c.rng.uniform(0.1, 0.9), c.rng.uniform(0.12, 0.48), c.rng.uniform(0.07, 0.17))
    x = -0.02
    while x < 1:
        width, tall = c.rng.uniform(0.04, 0.09), c.rng.uniform(0.05, 0.17)
        c.box(x, shore - tall, width, tall, (18, 18, 32))
        for _ in range(5):
            c.box(
                x + c.rng.random() * width * 0.8,
                shore - c.rng.random() * tall * 0.9,
                0.006,
                0.01,
                (255, 206, 120),
            )
        x += width
    c.mirror(shore, (10, 14, 34), 0.3)


def _burst(c: Canvas, x: float, y: float, radius: float) -> None:
    colour = c.rng.choice(
        ((255, 196, 84), (255, 96, 110), (110, 190, 255), (150, 255, 170), (232, 130, 255))
    )
    c.glow(x, y, radius * 1.5, colour, 0.4)
    for index in range(44):
        angle = math.tau * index / 44 + c.rng.uniform(-0.06, 0.06)
        reach = radius * c.rng.uniform(0.5, 1)
        points = [
            (
                x + math.cos(angle) * reach * t / 5,
                y + math.sin(angle) * reach * t / 5 * c.ratio + 0.03 * (t / 5) ** 2,
            )
            for t in range(1, 6)
        ]
        c.stroke(points, mix(colour, (255, 255, 255), c.rng.random() * 0.5), 0.0022)
        c.disc(*points[-1], 0.003, (255, 250, 236))


MOTIFS = {"milky_way": milky_way, "aurora": aurora, "fireworks": fireworks}
