"""Coasts: open sea, beaches, lighthouses, and a coast from above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, mix, scale, wave_line
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

_DEEP: RGB = (18, 74, 110)
_SHALLOW: RGB = (64, 178, 186)
_SAND: RGB = (232, 208, 164)
_FOAM: RGB = (250, 252, 252)


def water(c: Canvas, air: Air, horizon: float, near: RGB, bottom: float = 1.0) -> None:
    """The sea from the horizon down to `bottom`, with waves and the reflected sun or moon."""
    far = mix(air.lit(_DEEP), air.horizon, 0.4)
    c.fade(horizon, bottom, ((0, far), (0.3, air.lit(_DEEP, 0.1)), (1, air.lit(near))))
    for _ in range(150):
        depth = c.rng.random() ** 1.6
        y = horizon + (bottom - horizon) * depth
        length, x = 0.01 + 0.1 * depth, c.rng.random()
        crest = mix(air.lit(_DEEP), air.horizon, c.rng.uniform(0.1, 0.6))
        c.stroke(((x, y), (x + length, y)), crest, 0.001 + 0.0025 * depth)
    if air.phase is not Phase.DAY:
        _glitter(c, air, horizon, bottom)


def _glitter(c: Canvas, air: Air, horizon: float, bottom: float) -> None:
    """The reflection of the sun or the moon on the water."""
    for step in range(130):
        depth = (step / 130) ** 1.4
        y = horizon + (bottom - horizon) * depth
        spread = 0.012 + 0.09 * depth
        x = air.sun_x + c.rng.gauss(0, spread)
        length = (0.008 + 0.05 * depth) * c.rng.uniform(0.4, 1)
        light = mix(air.sun, air.horizon, c.rng.uniform(0, 0.45))
        c.stroke(((x - length, y), (x + length, y)), light, 0.0015 + 0.003 * depth)


def sea(c: Canvas, air: Air) -> None:
    """Open water with a sail and islands."""
    horizon = c.rng.uniform(0.52, 0.6)
    sky(c, air, horizon, clouds=0.7)
    for depth in (0.6, 0.35):
        line = wave_line(c.rng, 0.5)
        line = [max(0.0, value - 0.45) for value in line]
        c.ground(line, horizon, 0.16, air.lit((74, 88, 96), depth), horizon)
    water(c, air, horizon, (30, 104, 130))
    sail(c, air, c.rng.uniform(0.2, 0.8), horizon + c.rng.uniform(0.06, 0.16), 0.1)


def sail(c: Canvas, air: Air, x: float, y: float, size: float) -> None:
    """A sailing boat with its waterline at y."""
    tall = size * 1.5 * c.ratio
    cloth = air.lit((255, 250, 240))
    c.polygon(((x - 0.004, y - tall), (x - 0.004, y - 0.02), (x - size * 0.5, y - 0.02)), cloth)
    c.polygon(
        ((x + 0.004, y - tall * 0.9), (x + 0.004, y - 0.02), (x + size * 0.36, y - 0.02)),
        scale(cloth, 0.86),
    )
    hull = air.lit((120, 52, 40))
    c.polygon(
        ((x - size * 0.5, y - 0.012), (x + size * 0.5, y - 0.012),
         (x + size * 0.36, y + 0.014), (x - size * 0.38, y + 0.014)), hull,
    )  # fmt: skip
    for step in range(6):
        half = size * (0.4 - step * 0.05)
        c.stroke(((x - half, y + 0.02 + step * 0.014), (x + half, y + 0.02 + step * 0.014)),
                 mix(cloth, air.lit(_DEEP), 0.5), 0.002)  # fmt: skip


def beach(c: Canvas, air: Air) -> None:
    """A beach with surf, parasols and a palm tree."""
    horizon = c.rng.uniform(0.4, 0.5)
    sky(c, air, horizon, clouds=0.6)
    line = [max(0.0, value - 0.5) for value in wave_line(c.rng, 0.4)]
    c.ground(line, horizon, 0.2, air.lit((72, 104, 92), 0.35), horizon)
    water(c, air, horizon, _SHALLOW, 0.84)
    edge = wave_line(c.rng, 0.3, octaves=4)
    for lift, colour in (
        (0.06, mix(air.lit(_SHALLOW), air.lit(_FOAM), 0.4)), (0.045, air.lit(_FOAM)),
        (0.02, mix(air.lit(_SHALLOW), air.lit(_SAND), 0.5)), (0.012, air.lit(_FOAM)),
        (0.0, air.lit(scale(_SAND, 0.82))), (-0.05, air.lit(_SAND)),
    ):  # fmt: skip
        c.ground(edge, 0.84 - lift, 0.09, colour)
    palm(c, air, c.rng.choice((0.12, 0.88)))
    _parasols(c, air)


def _parasols(c: Canvas, air: Air) -> None:
    for _ in range(3):
        x, y = c.rng.uniform(0.3, 0.72), c.rng.uniform(0.9, 0.96)
        colour = air.lit(c.rng.choice(((226, 72, 60), (250, 196, 60), (60, 140, 200))))
        c.stroke(((x, y), (x + 0.006, y + 0.07)), air.lit((120, 96, 70)), 0.004)
        c.draw.pieslice(
            (*c.at(x - 0.05, y - 0.05), *c.at(x + 0.05, y + 0.06)), 180, 360, fill=colour
        )
        c.draw.pieslice(
            (*c.at(x - 0.018, y - 0.05), *c.at(x + 0.018, y + 0.06)), 180, 360, fill=air.lit(_FOAM)
        )


def palm(c: Canvas, air: Air, foot_x: float) -> None:
    """A palm tree that leans towards the middle."""
    lean = 0.16 if foot_x < 0.5 else -0.16  # noqa: PLR2004
    bark, leaf = air.lit((92, 68, 48)), air.lit((40, 94, 52))
    trunk = [(foot_x + lean * (t / 12) ** 1.6, 1 - 0.72 * t / 12) for t in range(13)]
    c.stroke(trunk, bark, 0.016)
    top_x, top_y = trunk[-1]
    for index in range(9):
        angle = math.radians(-170 + index * 20 + c.rng.uniform(-8, 8))
        reach = 0.2 * c.rng.uniform(0.8, 1.1)
        rib = [
            (top_x + math.cos(angle) * reach * t / 6,
             top_y + math.sin(angle) * reach * t / 6 + 0.13 * (t / 6) ** 2)
            for t in range(7)
        ]  # fmt: skip
        below = [(x, y + 0.045 * math.sin(math.pi * t / 6)) for t, (x, y) in enumerate(rib)]
        c.polygon([*rib, *reversed(below)], scale(leaf, c.rng.uniform(0.7, 1.15)))


def lighthouse(c: Canvas, air: Air) -> None:
    """A lighthouse on a cliff."""
    horizon = 0.62
    sky(c, air, horizon, clouds=0.7)
    water(c, air, horizon, (34, 110, 130))
    side = c.rng.choice((0.24, 0.72))
    rock = air.lit((96, 88, 84))
    line = wave_line(c.rng, 0.6)
    count = len(line) - 1
    cliff = [
        (index / count, 0.6 + 0.5 * abs(index / count - side) ** 1.1 + 0.05 * value)
        for index, value in enumerate(line)
        if abs(index / count - side) < 0.42  # noqa: PLR2004
    ]
    c.polygon([(cliff[0][0] - 0.06, 1.02), *cliff, (cliff[-1][0] + 0.06, 1.02)], rock)
    c.polygon([(x, y + 0.012) for x, y in cliff] + [(x, y + 0.1) for x, y in reversed(cliff)],
              scale(rock, 0.8))  # fmt: skip
    grass = air.lit((104, 136, 70))
    c.polygon([*cliff, *[(x, y + 0.03) for x, y in reversed(cliff)]], grass)
    _tower(c, air, side, 0.645)
    _surf(c, air, cliff[0][0] - 0.06, cliff[-1][0] + 0.06)


def _tower(c: Canvas, air: Air, x: float, foot: float) -> None:
    white, red = air.lit((250, 246, 240)), air.lit((204, 54, 48))
    for stripe in range(5):
        low, high = foot - stripe * 0.085, foot - (stripe + 1) * 0.085
        half, less = 0.034 - stripe * 0.003, 0.034 - (stripe + 1) * 0.003
        c.polygon(((x - half, low), (x + half, low), (x + less, high), (x - less, high)),
                  red if stripe % 2 else white)  # fmt: skip
    top = foot - 0.425
    c.box(x - 0.026, top - 0.012, 0.052, 0.014, air.lit((60, 60, 66)))
    lamp = (255, 236, 160) if air.phase is not Phase.DAY else air.lit((210, 226, 232))
    if air.is_dark:
        for end, drop in ((-0.6, 0.1), (0.7, -0.12)):
            beam = ((x, top - 0.05), (x + end, top - 0.09 + drop), (x + end, top + 0.02 + drop))
            mask, pencil = c.mask()
            pencil.polygon(c.points(beam), fill=46)
            c.image.paste((255, 240, 190), None, mask)
        c.glow(x, top - 0.04, 0.1, (255, 236, 170))
    c.box(x - 0.016, top - 0.07, 0.032, 0.058, lamp)
    c.polygon(((x - 0.024, top - 0.07), (x, top - 0.12), (x + 0.024, top - 0.07)), red)


def _surf(c: Canvas, air: Air, left: float, right: float) -> None:
    for _ in range(150):
        x, y = c.rng.uniform(left, right), 1 - abs(c.rng.gauss(0, 0.022))
        c.disc(
            x,
            y,
            c.rng.uniform(0.004, 0.012),
            mix(air.lit(_FOAM), air.lit(_SHALLOW), c.rng.random() * 0.5),
        )


def coast(c: Canvas, air: Air) -> None:
    """A coast from above: forest, sand, surf, shallow and deep water, boats."""
    edge, lean = wave_line(c.rng, 0.45), c.rng.uniform(-0.3, 0.3)
    land = air.lit(c.rng.choice(((62, 104, 58), (40, 44, 46), (150, 126, 92))))
    sand = air.lit(c.rng.choice((_SAND, (58, 56, 60), (226, 214, 190))))
    c.fade(0, 1, ((0, air.lit((10, 66, 112))), (1, air.lit((14, 84, 124)))))
    bands = (
        (0.34, (28, 118, 152)), (0.24, (52, 162, 180)), (0.14, (118, 208, 204)), (0.075, _FOAM),
        (0.055, (126, 204, 202)), (0.03, _FOAM),
    )  # fmt: skip
    for reach, colour in bands:
        line = wave_line(c.rng, 0.4)
        _bank(c, edge, lean, reach, line, air.lit(colour))
    _bank(c, edge, lean, 0, edge, sand)
    _bank(c, edge, lean, -0.16, wave_line(c.rng, 0.6), land)
    for _ in range(340):
        x = c.rng.random()
        limit = _bank_y(edge, lean, -0.2, x)
        y = c.rng.uniform(limit, max(limit, 1.02))
        c.disc(x, y, c.rng.uniform(0.006, 0.02), scale(land, c.rng.uniform(0.7, 1.3)))
    for _ in range(c.rng.randint(1, 3)):
        _boat_from_above(c, air, c.rng.uniform(0.1, 0.9), c.rng.uniform(0.06, 0.25))


def _bank_y(edge: list[float], lean: float, reach: float, x: float) -> float:
    value = edge[round(min(1.0, max(0.0, x)) * (len(edge) - 1))]
    return 0.58 + lean * (x - 0.5) + 0.2 * value - reach


def _bank(
    c: Canvas, edge: list[float], lean: float, reach: float, line: list[float], colour: RGB
) -> None:
    last = len(edge) - 1
    top = [
        (index / last, _bank_y(edge, lean, reach, index / last) + 0.035 * line[index])
        for index in range(last + 1)
    ]
    c.polygon([(0, 1.01), *top, (1, 1.01)], colour)


def _boat_from_above(c: Canvas, air: Air, x: float, y: float) -> None:
    white = air.lit((255, 255, 255))
    wake = mix(white, air.lit((14, 84, 124)), 0.5)
    c.polygon(
        ((x, y), (x - 0.22, y - 0.05), (x - 0.2, y + 0.05)), mix(wake, air.lit((14, 84, 124)), 0.55)
    )
    c.polygon(((x, y - 0.008), (x - 0.18, y), (x, y + 0.008)), wake)
    c.polygon(
        ((x - 0.02, y - 0.016), (x + 0.014, y - 0.014), (x + 0.034, y), (x + 0.014, y + 0.014),
         (x - 0.02, y + 0.016)), white,
    )  # fmt: skip


MOTIFS = {"sea": sea, "beach": beach, "lighthouse": lighthouse, "coast": coast}
