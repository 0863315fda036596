"""Towns: skylines over a river, coloured house fronts, a steep lane, a suspension bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, mix, scale, wave_line
from tasveer_tui.demo.scenes.peaks import rowing_boat
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air

LAMP: RGB = (255, 212, 124)


def skyline(c: Canvas, air: Air) -> None:
    """Towers along a river, windows lit when it is dark."""
    shore = 0.72
    sky(c, air, shore, clouds=0.5)
    if air.is_dark:  # the glow of the town behind its towers
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
    """A grid of panes, pasted as one small enlarged image."""
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
    """A row of narrow painted houses on a quay, doubled by the water."""
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
    """As lamps show it when it is dark, else as the day does."""
    return mix(air.lit(colour), scale(colour, 1.2), 0.5) if air.is_dark else air.lit(colour)


def _cable(c: Canvas, colour: RGB, start: tuple[float, float]) -> None:
    x, deck = start
    span = 0.52
    curve = [(x + span * t / 20, deck - 0.03 - 0.34 * (2 * t / 20 - 1) ** 2) for t in range(21)]
    c.stroke(curve, colour, 0.004)
    for px, py in curve[1:-1]:
        c.stroke(((px, py), (px, deck)), colour, 0.0015)


def street(c: Canvas, air: Air) -> None:
    """A steep lane between painted houses, the sea at its end, a yellow tram."""
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


MOTIFS = {"skyline": skyline, "facades": facades, "bridge": bridge, "street": street}
