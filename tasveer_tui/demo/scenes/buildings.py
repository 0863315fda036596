"""Buildings: skylines, house fronts, a lane, a bridge, pagodas, a gate, domes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, height_at, mix, scale, wave_line
from tasveer_tui.demo.scenes.landscapes import rowing_boat, tree
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

LAMP: RGB = (255, 212, 124)


def skyline(c: Canvas, air: Air) -> None:
    """Towers along a river, with lit windows if it is dark."""
    shore = 0.72
    sky(c, air, shore, clouds=0.5)
    if air.is_dark:  # the lights of the town behind the towers
        c.glow(0.5, 0.6, 0.8, mix((240, 150, 96), air.horizon, 0.3), 0.85)
    for depth in range(3):
        _towers(c, air, depth, shore)
    c.mirror(shore, air.lit((40, 70, 92)), 0.4)
    c.box(0, shore - 0.006, 1, 0.014, air.lit((70, 68, 72)))
    if air.is_dark:
        for index in range(17):
            c.glow(index / 16, shore - 0.004, 0.018, LAMP)


def _towers(c: Canvas, air: Air, depth: int, shore: float) -> None:
    tone = air.lit(mix((150, 156, 170), (62, 66, 84), depth / 2), 0.55 - depth * 0.22)
    x = -0.03
    while x < 1:
        width = c.rng.uniform(0.045, 0.1)
        middle = 1 - abs(x + width / 2 - 0.5)
        tall = c.rng.uniform(0.12, 0.34) * (0.6 + 0.7 * middle) * (1.25 - depth * 0.25)
        _tower(
            c, air, (x, shore - tall, width, tall), scale(tone, c.rng.uniform(0.88, 1.12)), depth
        )
        x += width * c.rng.uniform(0.8, 1.25)


def _tower(
    c: Canvas, air: Air, box: tuple[float, float, float, float], wall: RGB, depth: int
) -> None:
    x, top, width, tall = box
    kind = c.rng.random()
    if kind < 0.2:  # noqa: PLR2004 - a fifth of them have a spire
        c.polygon(
            ((x + width * 0.3, top), (x + width / 2, top - 0.1), (x + width * 0.7, top)), wall
        )
        c.stroke(((x + width / 2, top - 0.1), (x + width / 2, top - 0.15)), wall, 0.003)
    elif kind < 0.4:  # noqa: PLR2004
        c.box(x + width * 0.2, top - 0.03, width * 0.6, 0.03, wall)
    c.box(x, top, width, tall, wall)
    c.box(x + width * 0.78, top, width * 0.22, tall, scale(wall, 0.84))
    if depth:
        _windows(c, air, box, wall)


def _windows(c: Canvas, air: Air, box: tuple[float, float, float, float], wall: RGB) -> None:
    """A grid of panes, drawn small and enlarged."""
    x, top, width, tall = box
    columns, lines = max(2, round(width * 44)), max(3, round(tall * 27))
    share = 0.5 if air.is_dark else 0.14
    dark = scale(wall, 0.8) if air.is_dark else mix(scale(wall, 0.78), air.zenith, 0.2)
    bright = LAMP if air.is_dark else mix(air.horizon, (255, 255, 255), 0.4)
    panes = Image.new("RGB", (columns * 2 + 1, lines * 2 + 1), wall)
    for row in range(lines):
        for column in range(columns):
            is_lit = c.rng.random() < share
            panes.putpixel((column * 2 + 1, row * 2 + 1), bright if is_lit else dark)
    size = (max(1, round(width * c.width)), max(1, round(tall * c.height)))
    cx, cy = c.at(x, top)
    c.image.paste(panes.resize(size, Image.Resampling.NEAREST), (round(cx), round(cy)))


def facades(c: Canvas, air: Air) -> None:
    """A row of narrow, painted houses on a quay, reflected in the water."""
    quay = 0.74
    sky(c, air, 0.6, clouds=0.6)
    x = -0.02
    while x < 1:
        width = c.rng.uniform(0.09, 0.14)
        _house(c, air, x, width, quay, c.rng.uniform(0.36, 0.5))
        x += width
    c.mirror(quay, air.lit((36, 78, 88)), 0.42)
    c.box(0, quay - 0.012, 1, 0.024, air.lit((150, 138, 124)))
    rowing_boat(c, air, c.rng.uniform(0.15, 0.85), 0.87)


def _house(c: Canvas, air: Air, x: float, width: float, foot: float, tall: float) -> None:
    wall = air.lit(
        c.rng.choice(
            (
                (226, 110, 84),
                (244, 196, 96),
                (108, 164, 178),
                (238, 224, 200),
                (196, 84, 98),
                (134, 172, 120),
                (240, 156, 120),
                (92, 122, 168),
            )
        )
    )
    top = foot - tall
    c.box(x, top, width, tall, wall)
    roof = air.lit((150, 74, 56))
    if c.rng.random() < 0.5:  # noqa: PLR2004 - half of them show a gable
        c.polygon(((x, top + 0.002), (x + width / 2, top - 0.1), (x + width, top + 0.002)), wall)
        c.stroke(((x, top), (x + width / 2, top - 0.1), (x + width, top)), roof, 0.008)
        c.disc(x + width / 2, top - 0.03, width * 0.09, scale(wall, 0.5))
    else:
        c.polygon(((x - 0.004, top), (x + 0.012, top - 0.06), (x + width - 0.012, top - 0.06),
                   (x + width + 0.004, top)), roof)  # fmt: skip
    white = air.lit((250, 246, 236))
    for row in range(round(tall / 0.12)):
        for column in range(3):
            _window(
                c,
                air,
                x + width * (0.1 + column * 0.29),
                top + 0.035 + row * 0.12,
                width * 0.2,
                white,
            )
    door = air.lit(c.rng.choice(((70, 92, 70), (96, 50, 44), (50, 66, 96))))
    c.box(x + width * 0.38, foot - 0.085, width * 0.26, 0.085, door)


def _window(c: Canvas, air: Air, x: float, y: float, width: float, frame: RGB) -> None:
    is_lit = air.is_dark and c.rng.random() < 0.55  # noqa: PLR2004
    pane = LAMP if is_lit else air.lit((72, 92, 112))
    c.box(x - 0.003, y - 0.005, width + 0.006, 0.075, frame)
    c.box(x, y, width, 0.064, pane)
    c.stroke(((x + width / 2, y), (x + width / 2, y + 0.064)), frame, 0.0015)


def bridge(c: Canvas, air: Air) -> None:
    """A red suspension bridge over a strait."""
    shore = 0.68
    sky(c, air, shore, clouds=0.8)
    for depth in range(2):
        line = wave_line(c.rng, 0.5)
        c.ground(
            line, shore, 0.2 - depth * 0.08, air.lit((92, 112, 104), 0.5 - depth * 0.25), shore
        )
    c.mirror(shore, air.lit((30, 84, 108)), 0.5)
    red, deck = _floodlit(air, (206, 70, 46)), 0.56
    towers = (0.24, 0.76)
    for x in (-0.28, *towers):
        _cable(c, red, (x, deck))
    c.box(0, deck, 1, 0.02, scale(red, 0.85))
    for x in towers:
        for dx in (-0.02, 0.012):
            c.box(x + dx, 0.17, 0.01, 0.6, red)
        for step in range(5):
            c.box(x - 0.02, 0.17 + step * 0.09, 0.042, 0.016, red)
        c.polygon(
            ((x - 0.05, 0.8), (x - 0.035, 0.755), (x + 0.037, 0.755), (x + 0.052, 0.8)),
            air.lit((140, 136, 130)),
        )
    if air.is_dark:
        for index in range(25):
            c.glow(index / 24, deck - 0.012, 0.012, LAMP)
    c.haze(0.52, 0.72, air.horizon, 0.35)


def _floodlit(air: Air, colour: RGB) -> RGB:
    """The colour in the light of lamps if it is dark, else in daylight."""
    return mix(air.lit(colour), scale(colour, 1.2), 0.5) if air.is_dark else air.lit(colour)


def _cable(c: Canvas, colour: RGB, start: tuple[float, float]) -> None:
    x, deck = start
    span = 0.52
    curve = [(x + span * t / 20, deck - 0.03 - 0.34 * (2 * t / 20 - 1) ** 2) for t in range(21)]
    c.stroke(curve, colour, 0.004)
    for px, py in curve[1:-1]:
        c.stroke(((px, py), (px, deck)), colour, 0.0015)


def street(c: Canvas, air: Air) -> None:
    """A lane between painted houses with a yellow tram, and the sea at its end."""
    sky(c, air, 0.66, clouds=0.5)
    c.fade(0.5, 0.62, ((0, air.lit((70, 130, 160), 0.3)), (1, air.lit((40, 96, 130)))))
    c.fade(0.62, 1, ((0, air.lit((150, 144, 138))), (1, air.lit((104, 98, 96)))))
    for side in (-1, 1):
        for depth in range(4):
            _lane_house(c, air, side, depth)
    for rail in (-0.3, -0.1, 0.1, 0.3):
        c.stroke(((0.5 + rail * 0.1, 0.62), (0.5 + rail, 1)), air.lit((72, 70, 74)), 0.003)
    _tram(c, air, 0.5 + c.rng.choice((-0.05, 0.05)), 0.86, 0.2)
    _washing(c, air)


def _lane_house(c: Canvas, air: Air, side: int, depth: int) -> None:
    far, near = (0.08, 0.13, 0.2, 0.31)[depth], (0.13, 0.2, 0.31, 0.52)[depth]
    wall = air.lit(
        c.rng.choice(
            ((240, 214, 160), (238, 180, 150), (150, 188, 196), (248, 240, 226), (226, 140, 112))
        )
    )
    roof_far, roof_near = 0.5 - far * 1.15, 0.5 - near * 1.15
    foot_far, foot_near = 0.58 + far * 0.52, 0.58 + near * 0.86
    x0, x1 = 0.5 + side * far, 0.5 + side * near
    c.polygon(((x0, roof_far), (x1, roof_near), (x1, foot_near), (x0, foot_far)),
              scale(wall, 0.82 if side == 1 else 1.0))  # fmt: skip
    for row in range(3):
        for column in (0.22, 0.62):
            x, wide = x0 + (x1 - x0) * column, (x1 - x0) * 0.2
            share = 0.16 + row * 0.27
            y0 = (
                roof_far
                + (foot_far - roof_far) * share
                + (roof_near - roof_far) * column * (1 - share)
            )
            tall = (near - far) * 0.42 + 0.03
            is_lit = air.is_dark and c.rng.random() < 0.5  # noqa: PLR2004
            pane = LAMP if is_lit else air.lit((82, 98, 110))
            c.polygon(
                (
                    (x, y0),
                    (x + wide, y0 - wide * side * 0.4),
                    (x + wide, y0 + tall),
                    (x, y0 + tall),
                ),
                pane,
            )


def _tram(c: Canvas, air: Air, x: float, foot: float, size: float) -> None:
    yellow, white = air.lit((250, 196, 40)), air.lit((252, 248, 236))
    tall = size * 1.25
    c.box(x - size / 2, foot - tall, size, tall, yellow)
    c.box(x - size / 2, foot - tall * 0.86, size, tall * 0.4, white)
    for column in range(3):
        c.box(
            x - size * 0.44 + column * size * 0.3,
            foot - tall * 0.82,
            size * 0.27,
            tall * 0.32,
            air.lit((60, 80, 96)),
        )
    c.box(x - size * 0.54, foot - tall - 0.018, size * 1.08, 0.03, air.lit((170, 60, 44)))
    light = (255, 246, 200) if air.phase is not Phase.DAY else white
    c.disc(x, foot - tall * 0.22, size * 0.07, light)
    if air.is_dark:
        c.glow(x, foot - tall * 0.22, size * 0.5, (255, 240, 180), 0.8)
    c.box(x - size / 2, foot - 0.02, size, 0.03, air.lit((50, 46, 48)))


def _washing(c: Canvas, air: Air) -> None:
    line = [(0.16 + 0.68 * t / 12, 0.2 + 0.06 * (1 - (2 * t / 12 - 1) ** 2)) for t in range(13)]
    c.stroke(line, air.lit((60, 56, 56)), 0.0016)
    for x, y in line[1:-1]:
        cloth = air.lit(
            c.rng.choice(((250, 250, 250), (210, 70, 64), (70, 120, 180), (246, 200, 90)))
        )
        c.box(x - 0.018, y, c.rng.uniform(0.022, 0.038), c.rng.uniform(0.05, 0.09), cloth)


def pagoda(c: Canvas, air: Air) -> None:
    """A five-storey pagoda before a snowy volcano, with blossom in a corner."""
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
    """A red gate in still water."""
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
    """Domes and minarets reflected in a garden pool."""
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


MOTIFS = {
    "skyline": skyline,
    "facades": facades,
    "bridge": bridge,
    "street": street,
    "pagoda": pagoda,
    "torii": torii,
    "palace": palace,
}
