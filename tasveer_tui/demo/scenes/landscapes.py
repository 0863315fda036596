"""Landscapes: mountains, lakes, forests, snow, deserts, fields, balloons over hills."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, Line, height_at, mix, peak_line, scale, wave_line
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

_ROCK: RGB = (112, 112, 124)
_PINE: RGB = (34, 58, 46)
_SNOW: RGB = (244, 248, 255)


def mountain_range(c: Canvas, air: Air, base: float, height: float, distance: float) -> Line:
    """A mountain range with snow, and haze below; returns its outline."""
    line = peak_line(c.rng, 0.52)
    rock = air.lit(_ROCK, distance)
    snow = mix(air.lit(_SNOW), air.horizon, distance * 0.7)
    c.ground_fade(line, base, height, ((0, rock), (0.5, rock), (1, air.horizon)))
    snow_cover(c, line, base, height, snow)
    return line


def snow_cover(c: Canvas, line: Line, base: float, height: float, snow: RGB) -> None:
    """Snow on the upper part of a range, with an uneven lower edge."""
    last = len(line) - 1
    lower = []
    for index, value in enumerate(line):
        tongue = c.rng.uniform(0.05, 0.34) * max(0.0, value - 0.25)
        lower.append((index / last, base - (value - tongue) * height))
    upper = [(index / last, base - value * height) for index, value in enumerate(line)]
    c.polygon([*upper, *reversed(lower)], snow)


def firs(c: Canvas, line: Line, base: float, height: float, colour: RGB, size: float) -> None:
    """A row of conifers on a line."""
    x = -0.02
    while x < 1.02:  # noqa: PLR2004 - a little past the right edge
        tall = size * c.rng.uniform(0.55, 1.25)
        fir(c, x, height_at(line, base, height, x) + 0.01, tall, colour)
        x += tall * 0.28 / c.ratio * c.rng.uniform(0.6, 1.8)


def fir(c: Canvas, x: float, foot: float, tall: float, colour: RGB) -> None:
    """A conifer: three tiers."""
    for tier in range(3):
        top = foot - tall * (1 - tier * 0.27)
        bottom = foot - tall * (0.5 - tier * 0.25) + (0.0 if tier < 2 else 0.02)  # noqa: PLR2004
        half = tall * (0.13 + tier * 0.06) / c.ratio
        c.polygon(((x, top), (x - half, bottom), (x + half, bottom)), colour)


def mountains(c: Canvas, air: Air) -> None:
    """Mountain ranges one behind another, with firs in front."""
    sky(c, air, 0.7, clouds=0.5)
    mountain_range(c, air, 0.62, c.rng.uniform(0.3, 0.44), 0.35)
    c.haze(0.4, 0.66, air.horizon, 0.5)
    for depth in range(3):
        line = wave_line(c.rng, 0.55)
        base = 0.72 + depth * 0.1
        colour = air.lit(mix((92, 118, 100), _PINE, depth / 2), 0.5 - depth * 0.2)
        c.ground_fade(
            line, base, 0.15, ((0, colour), (0.55, mix(colour, air.horizon, 0.3)), (1, colour))
        )
        if depth:
            firs(c, line, base, 0.15, scale(colour, 0.8), 0.03 + depth * 0.035)
    front = wave_line(c.rng, 0.4)
    c.ground(front, 1.0, 0.1, air.lit(scale(_PINE, 0.6)))
    firs(c, front, 1.02, 0.1, air.lit(scale(_PINE, 0.5)), 0.2)


def lake(c: Canvas, air: Air) -> None:
    """A mountain range reflected in a lake, with stones on the shore."""
    shore = c.rng.uniform(0.54, 0.6)
    sky(c, air, shore, clouds=0.5)
    mountain_range(c, air, shore, c.rng.uniform(0.3, 0.42), 0.2)
    line = wave_line(c.rng, 0.5)
    wood = air.lit(_PINE, 0.15)
    c.ground(line, shore, 0.07, wood, shore)
    firs(c, line, shore, 0.06, wood, 0.07)
    c.box(0, shore, 1, 1 - shore, wood)
    c.mirror(shore, air.lit((44, 92, 104)), 0.34)
    c.stroke(((0, shore), (1, shore)), mix(air.horizon, (255, 255, 255), 0.3), 0.002)
    _stones(c, air)
    if c.rng.random() < 0.6:  # noqa: PLR2004
        rowing_boat(c, air, c.rng.uniform(0.25, 0.75), shore + 0.16)


def _stones(c: Canvas, air: Air) -> None:
    for _ in range(26):
        x, y = c.rng.random(), c.rng.uniform(0.93, 1.02)
        size = c.rng.uniform(0.015, 0.045)
        stone = air.lit(mix((84, 82, 80), (150, 144, 136), c.rng.random()))
        c.draw.ellipse(
            (*c.at(x - size, y - size * 0.7), *c.at(x + size, y + size * 0.9)), fill=stone
        )


def rowing_boat(c: Canvas, air: Air, x: float, y: float) -> None:
    """A rowing boat and its reflection."""
    red = air.lit((190, 66, 50))
    hull = (
        (x - 0.07, y - 0.02),
        (x + 0.07, y - 0.025),
        (x + 0.045, y + 0.02),
        (x - 0.05, y + 0.02),
    )
    c.polygon([(px, 2 * y + 0.04 - py) for px, py in hull], scale(red, 0.5))
    c.polygon(hull, red)
    c.stroke(hull[:2], mix(red, (255, 240, 220), 0.6), 0.004)


def forest(c: Canvas, air: Air) -> None:
    """Tree trunks in mist against the light."""
    leaf = c.rng.choice(((120, 150, 60), (214, 140, 48), (90, 140, 80), (200, 96, 44)))
    far, light = mix(air.horizon, leaf, 0.3), mix(air.sun, leaf, 0.25)
    c.fade(0, 0.75, ((0, mix(leaf, air.zenith, 0.35)), (0.5, far), (1, light)))
    c.fade(0.75, 1, ((0, mix(leaf, light, 0.5)), (1, air.lit(scale(leaf, 0.45)))))
    c.glow(air.sun_x, 0.42, 0.5, light)
    for depth in range(4):
        _trunks(c, air, depth, leaf)
        if depth < 3:  # noqa: PLR2004 - no mist before the nearest trunks
            c.haze(0.25, 0.9, light, 0.28)
    _leaves(c, air, leaf)


def _trunks(c: Canvas, air: Air, depth: int, leaf: RGB) -> None:
    bark = mix(air.lit((52, 42, 38)), mix(air.horizon, leaf, 0.4), 0.72 - depth * 0.22)
    for _ in range((16, 11, 7, 3)[depth]):
        x = c.rng.uniform(-0.05, 1.05)
        width = (0.008, 0.014, 0.024, 0.048)[depth] * c.rng.uniform(0.7, 1.3)
        foot, lean = 0.76 + depth * 0.07, c.rng.uniform(-0.02, 0.02)
        c.polygon(
            (
                (x - width / 2 + lean, 0),
                (x + width / 2 + lean, 0),
                (x + width, foot),
                (x - width, foot),
            ),
            bark,
        )


def _leaves(c: Canvas, air: Air, leaf: RGB) -> None:
    for _ in range(420):
        x, y = c.rng.random(), c.rng.random() ** 2.2 * 0.42
        bright = air.lit(scale(leaf, c.rng.uniform(0.6, 1.35)))
        c.disc(x, y, c.rng.uniform(0.003, 0.011), bright)
    for _ in range(260):
        x, y = c.rng.random(), 1 - c.rng.random() ** 2 * 0.2
        c.disc(x, y, c.rng.uniform(0.002, 0.006), air.lit(scale(leaf, c.rng.uniform(0.5, 1.2))))


def winter(c: Canvas, air: Air) -> None:
    """Snowy hills with firs and a cabin."""
    sky(c, air, 0.66, clouds=0.4)
    mountain_range(c, air, 0.62, 0.3, 0.45)
    white, blue = air.lit(_SNOW), air.lit((176, 200, 230))
    lines = [wave_line(c.rng, 0.35) for _ in range(3)]
    for depth, line in enumerate(lines):
        base = 0.68 + depth * 0.13
        c.ground_fade(
            line, base, 0.12, ((0, mix(white, air.horizon, 0.25 - depth * 0.1)), (1, blue))
        )
        dark = air.lit(mix((70, 92, 96), (28, 48, 50), depth / 2), 0.35 - depth * 0.17)
        for _ in range(15 - depth * 4):
            x = c.rng.random()
            fir(c, x, height_at(line, base, 0.12, x) + 0.03, 0.06 + depth * 0.06, dark)
    x = c.rng.uniform(0.25, 0.7)
    cabin(c, air, x, height_at(lines[1], 0.81, 0.12, x) + 0.03, 0.13)
    if air.phase is not Phase.GOLDEN:
        for _ in range(170):
            c.disc(c.rng.random(), c.rng.random(), c.rng.uniform(0.0012, 0.003), white)


def cabin(c: Canvas, air: Air, x: float, foot: float, size: float) -> None:
    """A red wooden house with a snowy roof."""
    wall = air.lit((168, 46, 40))
    tall = size * 0.5 * c.ratio
    c.box(x - size / 2, foot - tall, size, tall, wall)
    c.polygon(
        ((x - size * 0.6, foot - tall), (x, foot - tall * 1.75), (x + size * 0.6, foot - tall)),
        air.lit(_SNOW),
    )
    pane = (255, 214, 120) if air.phase is not Phase.DAY else air.lit((70, 84, 100))
    for dx in (-0.28, 0.08):
        c.box(x + dx * size, foot - tall * 0.72, size * 0.2, tall * 0.36, pane)
    if air.is_dark:
        c.glow(x, foot - tall * 0.5, size * 1.1, (255, 200, 110), 0.45)


_SAND: RGB = (226, 158, 92)
_RED_ROCK: RGB = (186, 92, 58)


def dunes(c: Canvas, air: Air) -> None:
    """Dunes with a sunny and a shadowed side, and a caravan on a crest."""
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
    """Table mountains of red rock, and a road towards them."""
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
    """Rows of flowers towards the vanishing point, with a tree and a farm on the horizon."""
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
    """A broad tree."""
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
    """A striped hot-air balloon; y is the middle of its envelope."""
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


MOTIFS = {
    "mountains": mountains,
    "lake": lake,
    "forest": forest,
    "winter": winter,
    "dunes": dunes,
    "buttes": buttes,
    "rows": rows,
    "balloons": balloons,
}
