"""Mountains, lakes, forests and snow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, Line, height_at, mix, peak_line, scale, wave_line
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

_ROCK: RGB = (112, 112, 124)
_PINE: RGB = (34, 58, 46)
_SNOW: RGB = (244, 248, 255)


def range_of(c: Canvas, air: Air, base: float, height: float, distance: float) -> Line:
    """One chain of mountains, snow above, haze in the valley before it."""
    line = peak_line(c.rng, 0.52)
    rock = air.lit(_ROCK, distance)
    snow = mix(air.lit(_SNOW), air.horizon, distance * 0.7)
    mask = c.ground_fade(line, base, height, ((0, rock), (0.5, rock), (1, air.horizon)))
    _ = mask
    flank(c, line, base, height, snow)
    return line


def flank(c: Canvas, line: Line, base: float, height: float, snow: RGB) -> None:
    """Snow on the upper part, ending in tongues."""
    last = len(line) - 1
    lower = []
    for index, value in enumerate(line):
        tongue = c.rng.uniform(0.05, 0.34) * max(0.0, value - 0.25)
        lower.append((index / last, base - (value - tongue) * height))
    upper = [(index / last, base - value * height) for index, value in enumerate(line)]
    c.polygon([*upper, *reversed(lower)], snow)


def firs(c: Canvas, line: Line, base: float, height: float, colour: RGB, size: float) -> None:
    """A row of conifers standing on a horizon line."""
    x = -0.02
    while x < 1.02:  # noqa: PLR2004 - a little past the right edge
        tall = size * c.rng.uniform(0.55, 1.25)
        fir(c, x, height_at(line, base, height, x) + 0.01, tall, colour)
        x += tall * 0.28 / c.ratio * c.rng.uniform(0.6, 1.8)


def fir(c: Canvas, x: float, foot: float, tall: float, colour: RGB) -> None:
    """One conifer: three tiers."""
    for tier in range(3):
        top = foot - tall * (1 - tier * 0.27)
        bottom = foot - tall * (0.5 - tier * 0.25) + (0.0 if tier < 2 else 0.02)  # noqa: PLR2004
        half = tall * (0.13 + tier * 0.06) / c.ratio
        c.polygon(((x, top), (x - half, bottom), (x + half, bottom)), colour)


def mountains(c: Canvas, air: Air) -> None:
    """Chains behind chains, firs in front."""
    sky(c, air, 0.7, clouds=0.5)
    range_of(c, air, 0.62, c.rng.uniform(0.3, 0.44), 0.35)
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
    """A range and its reflection, stones on the shore."""
    shore = c.rng.uniform(0.54, 0.6)
    sky(c, air, shore, clouds=0.5)
    range_of(c, air, shore, c.rng.uniform(0.3, 0.42), 0.2)
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
    """A wooden boat on the water and its reflection."""
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
    """Trunks in mist, light from behind."""
    leaf = c.rng.choice(((120, 150, 60), (214, 140, 48), (90, 140, 80), (200, 96, 44)))
    far, light = mix(air.horizon, leaf, 0.3), mix(air.sun, leaf, 0.25)
    c.fade(0, 0.75, ((0, mix(leaf, air.zenith, 0.35)), (0.5, far), (1, light)))
    c.fade(0.75, 1, ((0, mix(leaf, light, 0.5)), (1, air.lit(scale(leaf, 0.45)))))
    c.glow(air.sun_x, 0.42, 0.5, light)
    for depth in range(4):
        _trunks(c, air, depth, leaf)
        if depth < 3:  # noqa: PLR2004 - the nearest trunks stand before the mist
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
    """White hills, firs, a cabin with its window lit."""
    sky(c, air, 0.66, clouds=0.4)
    range_of(c, air, 0.62, 0.3, 0.45)
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
    """A wooden house, red with a white roof."""
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


MOTIFS = {"mountains": mountains, "lake": lake, "forest": forest, "winter": winter}
