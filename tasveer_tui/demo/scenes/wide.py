"""Open country: dunes, buttes, flower fields, balloons over hills."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasveer_tui.demo.canvas import RGB, Canvas, Line, height_at, mix, scale, wave_line
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

_SAND: RGB = (226, 158, 92)
_RED_ROCK: RGB = (186, 92, 58)


def dunes(c: Canvas, air: Air) -> None:
    """Dunes with a lit and a shadowed side; a caravan on a crest."""
    sky(c, air, 0.6, clouds=0.15)
    crests = []
    for depth in range(4):
        base = 0.62 + depth * 0.125
        crests.append((_dune(c, air, base, 0.15 + depth * 0.03, 0.45 - depth * 0.15), base))
    line, base = crests[1]
    _caravan(c, air, line, base, 0.18)


def _dune(c: Canvas, air: Air, base: float, height: float, distance: float) -> Line:
    line = wave_line(c.rng, 0.3, octaves=3)
    lit = air.lit(_SAND, distance)
    shadow = mix(air.lit(scale(_SAND, 0.5)), air.zenith, 0.18)
    shadow = mix(shadow, air.horizon, distance * 0.8)
    c.ground_fade(
        line, base, height, ((0, lit), (0.5, scale(lit, 0.9)), (1, mix(lit, shadow, 0.4)))
    )
    last = len(line) - 1
    peak = max(range(last // 6, last - last // 6), key=lambda index: line[index]) / last
    side = -1 if air.sun_x > peak else 1
    ridge, foot = [], []
    for step in range(20):
        t = step / 19
        x = peak + side * t * 0.55
        y = height_at(line, base, height, x)
        ridge.append((x, y))
        foot.append((x - side * 0.1 * math.sin(math.pi * t), y + 0.3 * math.sin(math.pi * t**0.8)))
    c.polygon([*ridge, *reversed(foot)], shadow)
    return line


def _caravan(c: Canvas, air: Air, line: Line, base: float, height: float) -> None:
    dark = mix(scale(air.lit(_SAND), 0.22), air.zenith, 0.1)
    start = c.rng.uniform(0.2, 0.55)
    for index in range(c.rng.randint(3, 5)):
        x = start + index * 0.055
        foot = height_at(line, base, height, x) + 0.006
        for leg in (-0.012, -0.005, 0.006, 0.013):
            c.stroke(((x + leg, foot), (x + leg * 0.9, foot - 0.04)), dark, 0.003)
        c.draw.ellipse((*c.at(x - 0.018, foot - 0.062), *c.at(x + 0.018, foot - 0.03)), fill=dark)
        c.draw.ellipse((*c.at(x - 0.009, foot - 0.082), *c.at(x + 0.007, foot - 0.045)), fill=dark)
        c.stroke(
            ((x + 0.015, foot - 0.048), (x + 0.024, foot - 0.08), (x + 0.03, foot - 0.08)),
            dark,
            0.004,
        )


def buttes(c: Canvas, air: Air) -> None:
    """Table mountains of red rock, a road towards them."""
    sky(c, air, 0.66, clouds=0.5)
    c.ground(wave_line(c.rng, 0.4), 0.66, 0.05, air.lit(_RED_ROCK, 0.6))
    for x, size in (
        (c.rng.uniform(0.04, 0.2), 0.2),
        (c.rng.uniform(0.4, 0.52), 0.13),
        (c.rng.uniform(0.72, 0.86), 0.24),
    ):
        _butte(c, air, x, size)
    plain = air.lit((196, 120, 76))
    c.fade(0.66, 1, ((0, mix(plain, air.horizon, 0.35)), (0.3, plain), (1, scale(plain, 0.62))))
    _road(c, air)
    for _ in range(130):
        depth = c.rng.random() ** 1.5
        x, y = c.rng.random(), 0.67 + depth * 0.34
        if abs(x - 0.5) < 0.03 + 0.3 * depth:
            continue
        bush = air.lit(mix((120, 122, 74), (70, 82, 52), c.rng.random()))
        c.disc(x, y, 0.003 + 0.013 * depth, bush)


def _butte(c: Canvas, air: Air, x: float, size: float) -> None:
    rock, tall = air.lit(_RED_ROCK, 0.12), size * 1.15
    half, foot = size * 0.36, 0.68
    top = foot - tall
    c.polygon(
        (
            (x - half * 1.9, foot),
            (x - half, foot - tall * 0.42),
            (x + half, foot - tall * 0.42),
            (x + half * 1.9, foot),
        ),
        scale(rock, 0.9),
    )
    sun_side = air.sun_x < x
    c.polygon(
        (
            (x - half, foot - tall * 0.4),
            (x - half * 0.92, top + 0.02),
            (x - half * 0.4, top),
            (x + half * 0.7, top + 0.01),
            (x + half * 0.95, top + 0.03),
            (x + half, foot - tall * 0.4),
        ),
        rock,
    )
    shade = half * (0.25 if sun_side else -0.3)
    edge = half if sun_side else -half
    c.polygon(
        (
            (x + shade, foot - tall * 0.4),
            (x + shade * 0.9, top + 0.012),
            (x + edge * 0.9, top + 0.03),
            (x + edge, foot - tall * 0.4),
        ),
        scale(rock, 0.68),
    )
    for level in (0.3, 0.52, 0.75):
        y = foot - tall * (0.4 + 0.6 * level)
        c.stroke(((x - half * 0.95, y), (x + half * 0.95, y)), scale(rock, 0.78), 0.002)


def _road(c: Canvas, air: Air) -> None:
    c.polygon(((0.497, 0.67), (0.503, 0.67), (0.74, 1.01), (0.26, 1.01)), air.lit((86, 82, 86)))
    for step in range(7):
        near, far = 0.69 + 0.33 * (step / 7) ** 1.7, 0.69 + 0.33 * ((step + 0.5) / 7) ** 1.7
        half, wide = 0.012 * (near - 0.67), 0.012 * (far - 0.67)
        c.polygon(
            ((0.5 - half, near), (0.5 + half, near), (0.5 + wide * 2, far), (0.5 - wide * 2, far)),
            air.lit((240, 200, 90)),
        )


def rows(c: Canvas, air: Air) -> None:
    """Flowers in rows towards the vanishing point; a tree and a farm on the horizon."""
    sky(c, air, 0.5, clouds=0.6)
    c.ground(wave_line(c.rng, 0.4), 0.5, 0.1, air.lit((96, 128, 128), 0.45))
    c.ground(wave_line(c.rng, 0.4), 0.53, 0.07, air.lit((92, 128, 72), 0.2))
    soil = air.lit(c.rng.choice(((104, 120, 62), (128, 104, 70))))
    c.fade(0.5, 1, ((0, mix(soil, air.horizon, 0.2)), (1, scale(soil, 0.7))))
    blooms = c.rng.choice(
        (
            ((120, 84, 176), (146, 106, 200)),
            ((214, 52, 60), (248, 196, 60)),
            ((238, 112, 148), (250, 240, 246)),
            ((250, 206, 70), (240, 178, 40)),
        )
    )
    vanish = c.rng.uniform(0.3, 0.7)
    for index in range(-14, 15):
        _row(c, air, vanish, index, air.lit(blooms[index % len(blooms)]))
    tree(c, air, c.rng.choice((0.16, 0.84)), 0.53, 0.24)
    _farm(c, air, c.rng.uniform(0.4, 0.6))


def _row(c: Canvas, air: Air, vanish: float, index: int, colour: RGB) -> None:
    foot = 0.5 + index * 0.19
    side = 0.062
    c.polygon(
        ((vanish + index * 0.012, 0.515), (foot - side, 1.02), (foot + side, 1.02)),
        scale(colour, 0.8),
    )
    for step in range(26):
        t = 0.1 + 0.92 * (step / 26) ** 1.2
        x = vanish + index * 0.012 + (foot - vanish - index * 0.012) * t
        y = 0.515 + 0.505 * t
        spread = side * t
        tone = scale(colour, c.rng.uniform(0.85, 1.3))
        c.disc(
            x + c.rng.uniform(-spread, spread),
            y,
            0.003 + 0.011 * t,
            mix(tone, air.horizon, 0.25 * (1 - t)),
        )


def tree(c: Canvas, air: Air, x: float, foot: float, tall: float) -> None:
    """One broad tree."""
    green = air.lit((74, 112, 56))
    c.polygon(
        (
            (x - 0.011, foot),
            (x + 0.011, foot),
            (x + 0.005, foot - tall * 0.6),
            (x - 0.005, foot - tall * 0.6),
        ),
        air.lit((82, 62, 48)),
    )
    for index in range(46):
        angle, reach = c.rng.random() * math.tau, c.rng.random() ** 0.5
        dx = math.cos(angle) * reach * tall * 0.36
        dy = math.sin(angle) * reach * tall * 0.36
        light = 0.7 + 0.4 * (index / 46) - dy
        c.disc(x + dx, foot - tall * 0.72 + dy, 0.026, scale(green, light))


def _farm(c: Canvas, air: Air, x: float) -> None:
    c.box(x, 0.49, 0.07, 0.04, air.lit((236, 220, 190)))
    c.polygon(((x - 0.008, 0.492), (x + 0.035, 0.455), (x + 0.078, 0.492)), air.lit((176, 84, 58)))


def balloons(c: Canvas, air: Air) -> None:
    """Hot-air balloons over hills and rock chimneys."""
    sky(c, air, 0.74, clouds=0.3)
    for depth in range(4):
        colour = air.lit(mix((208, 170, 136), (132, 96, 76), depth / 3), 0.5 - depth * 0.15)
        c.ground(wave_line(c.rng, 0.5), 0.76 + depth * 0.08, 0.12, colour)
        for _ in range(5 if depth else 0):
            x, tall = c.rng.random(), 0.05 + depth * 0.03
            y = 0.75 + depth * 0.085
            c.polygon(((x - 0.02, y), (x, y - tall), (x + 0.02, y)), scale(colour, 1.06))
            c.polygon(((x, y), (x, y - tall), (x + 0.02, y)), scale(colour, 0.8))
        c.haze(0.62 + depth * 0.08, 0.8 + depth * 0.08, air.horizon, 0.22)
    count = c.rng.randint(7, 11)
    for index in range(count):
        size = 0.018 + 0.07 * (index / count) ** 2.2
        balloon(
            c,
            air,
            (index * 0.38 + c.rng.uniform(0.05, 0.2)) % 0.94 + 0.03,
            c.rng.uniform(0.12, 0.56),
            size,
        )


def balloon(c: Canvas, air: Air, x: float, y: float, radius: float) -> None:
    """One balloon in stripes; y is the middle of its envelope."""
    pair = c.rng.choice(
        (
            ((214, 58, 52), (250, 214, 92)),
            ((46, 104, 168), (250, 246, 236)),
            ((246, 150, 48), (196, 52, 70)),
            ((90, 154, 110), (250, 226, 120)),
            ((128, 74, 150), (250, 190, 120)),
        )
    )
    tall = radius * c.ratio
    first, second = air.lit(pair[0]), air.lit(pair[1])
    if air.is_dark:
        c.glow(x, y, radius * 1.8, (255, 190, 90), 0.5)
        first, second = mix(first, (255, 180, 80), 0.5), mix(second, (255, 210, 120), 0.6)
    c.polygon(
        (
            (x - radius * 0.8, y + tall * 0.6),
            (x + radius * 0.8, y + tall * 0.6),
            (x + radius * 0.16, y + tall * 1.35),
            (x - radius * 0.16, y + tall * 1.35),
        ),
        scale(first, 0.85),
    )
    for index, share in enumerate((1.0, 0.66, 0.3)):
        c.draw.ellipse((*c.at(x - radius * share, y - tall), *c.at(x + radius * share, y + tall)),
                       fill=first if index % 2 == 0 else second)  # fmt: skip
    c.box(x - radius * 0.15, y + tall * 1.5, radius * 0.3, tall * 0.24, air.lit((92, 66, 44)))


MOTIFS = {"dunes": dunes, "buttes": buttes, "rows": rows, "balloons": balloons}
