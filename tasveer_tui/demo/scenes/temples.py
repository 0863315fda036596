"""Gates, pagodas, domes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasveer_tui.demo.canvas import Canvas, height_at, mix, scale, wave_line
from tasveer_tui.demo.scenes.cities import LAMP
from tasveer_tui.demo.scenes.wide import tree
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air


def pagoda(c: Canvas, air: Air) -> None:
    """A five-storey pagoda before a single white cone, blossom in the corner."""
    sky(c, air, 0.72, clouds=0.3)
    _cone(c, air)
    c.ground(wave_line(c.rng, 0.45), 0.76, 0.1, air.lit((70, 104, 92), 0.35))
    c.ground(wave_line(c.rng, 0.45), 0.86, 0.1, air.lit((52, 84, 62)))
    side = c.rng.choice((0.2, 0.8))
    _storeys(c, air, side)
    _blossom(c, air, 1 - side)


def _cone(c: Canvas, air: Air) -> None:
    left = [(0.1 + 0.36 * t / 16, 0.76 - 0.48 * (t / 16) ** 1.7) for t in range(17)]
    right = [(1 - x, y) for x, y in reversed(left)]
    slope = mix(air.lit((96, 116, 150)), air.horizon, 0.25)
    c.polygon([*left, *right], slope)
    snow = mix(air.lit((248, 250, 255)), air.horizon, 0.15)
    tips = [(0.59 - 0.18 * t / 14, 0.46 + (0.05 if t % 2 else 0.0)) for t in range(15)]
    c.polygon([*[p for p in left if p[1] < 0.47], *[p for p in right if p[1] < 0.47], *tips], snow)  # noqa: PLR2004
    c.haze(0.6, 0.78, air.horizon, 0.6)


def _storeys(c: Canvas, air: Air, x: float) -> None:
    wall, roof = air.lit((206, 72, 52)), air.lit((66, 70, 84))
    foot = 0.98
    for storey in range(5):
        half, top = 0.082 - storey * 0.009, foot - 0.12
        c.box(x - half * 0.72, top, half * 1.44, 0.12, wall)
        for column in (-0.45, -0.1, 0.25):
            pane = LAMP if air.is_dark else air.lit((250, 232, 204))
            c.box(x + half * column, top + 0.045, half * 0.26, 0.05, pane)
        c.polygon(
            (
                (x - half * 1.5, top + 0.012),
                (x - half * 0.9, top - 0.04),
                (x + half * 0.9, top - 0.04),
                (x + half * 1.5, top + 0.012),
                (x, top + 0.004),
            ),
            roof,
        )
        foot = top - 0.012
    c.stroke(((x, foot), (x, foot - 0.14)), air.lit((196, 164, 96)), 0.005)


def _blossom(c: Canvas, air: Air, corner: float) -> None:
    inward = 1 if corner < 0.5 else -1  # noqa: PLR2004
    start = 0.0 if inward == 1 else 1.0
    for reach, drop in ((0.36, 0.1), (0.28, 0.26), (0.2, 0.4)):
        branch = [
            (start + inward * reach * t / 8, drop - 0.08 + 0.1 * math.sin(t / 3)) for t in range(9)
        ]
        c.stroke(branch, air.lit((70, 50, 48)), 0.006)
        for _ in range(70):
            x, y = c.rng.choice(branch)
            pink = air.lit(mix((246, 170, 196), (255, 236, 242), c.rng.random()))
            c.disc(
                x + c.rng.gauss(0, 0.022),
                y + c.rng.gauss(0, 0.03),
                c.rng.uniform(0.004, 0.011),
                pink,
            )


def torii(c: Canvas, air: Air) -> None:
    """A vermilion gate standing in still water."""
    shore = 0.66
    sky(c, air, shore, clouds=0.4)
    line = wave_line(c.rng, 0.5)
    c.ground(line, shore, 0.22, air.lit((76, 100, 104), 0.45), shore)
    near = wave_line(c.rng, 0.5)
    c.ground(near, shore, 0.09, air.lit((48, 78, 62), 0.15), shore)
    c.fade(shore, 0.76, ((0, air.horizon), (1, mix(air.horizon, air.lit((44, 84, 98)), 0.4))))
    _gate(c, air, c.rng.uniform(0.38, 0.62), 0.76)
    c.mirror(0.76, air.lit((44, 84, 98)), 0.36)


def _gate(c: Canvas, air: Air, x: float, foot: float) -> None:
    red, dark = air.lit((220, 66, 38)), air.lit((52, 44, 48))
    for side in (-1, 1):
        c.polygon(
            (
                (x + side * 0.135, foot),
                (x + side * 0.16, foot),
                (x + side * 0.135, foot - 0.46),
                (x + side * 0.115, foot - 0.46),
            ),
            red,
        )
    c.box(x - 0.19, foot - 0.37, 0.38, 0.035, red)
    c.box(x - 0.016, foot - 0.45, 0.032, 0.09, red)
    top = [(x - 0.25 + 0.5 * t / 10, foot - 0.47 - 0.05 * (2 * t / 10 - 1) ** 2) for t in range(11)]
    c.polygon([*top, *[(px, py - 0.035) for px, py in reversed(top)]], red)
    c.polygon(
        [*[(px, py - 0.03) for px, py in top], *[(px, py - 0.062) for px, py in reversed(top)]],
        dark,
    )


def palace(c: Canvas, air: Air) -> None:
    """Domes and minarets beyond a garden."""
    sky(c, air, 0.7, clouds=0.4)
    wall = air.lit((232, 190, 146), 0.08)
    for x in (0.12, 0.3, 0.7, 0.88):
        tall = 0.5 if x in (0.12, 0.88) else 0.36
        c.box(x - 0.014, 0.72 - tall, 0.028, tall, scale(wall, 0.94))
        c.box(x - 0.022, 0.72 - tall * 0.7, 0.044, 0.02, scale(wall, 0.8))
        _dome(c, air, x, 0.72 - tall, 0.018)
    for x, foot, radius in ((0.32, 0.5, 0.07), (0.68, 0.5, 0.07), (0.5, 0.44, 0.13)):
        c.box(x - radius, foot, radius * 2, 0.72 - foot, wall)
        _dome(c, air, x, foot, radius)
    c.box(0.2, 0.56, 0.6, 0.17, scale(wall, 1.04))
    for index in range(9):
        x = 0.235 + index * 0.066
        c.box(x - 0.018, 0.63, 0.036, 0.1, LAMP if air.is_dark else scale(wall, 0.55))
        c.disc(x, 0.632, 0.018, LAMP if air.is_dark else scale(wall, 0.55))
    c.mirror(0.73, air.lit((52, 100, 104)), 0.3)
    hedge = wave_line(c.rng, 0.5)
    for x in (0.05, 0.95):
        tree(c, air, x, height_at(hedge, 0.8, 0.02, x), 0.34)


def _dome(c: Canvas, air: Air, x: float, foot: float, radius: float) -> None:
    tone = air.lit((66, 148, 156), 0.08)
    tall = radius * c.ratio * 1.15
    outline = [
        (x + radius * math.cos(math.pi * t / 16) * (1 + 0.08 * math.sin(math.pi * t / 16)),
         foot - tall * math.sin(math.pi * t / 16))
        for t in range(17)
    ]  # fmt: skip
    c.polygon(outline, tone)
    c.polygon([(max(px, x + radius * 0.25), py) for px, py in outline], scale(tone, 0.8))
    c.stroke(((x, foot - tall), (x, foot - tall - radius * 0.5)), air.lit((230, 190, 90)), 0.003)


MOTIFS = {"pagoda": pagoda, "torii": torii, "palace": palace}
