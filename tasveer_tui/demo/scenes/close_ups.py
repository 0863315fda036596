"""Close-ups: a blossom, a cup on a table, a cat at a window, fruit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasveer_tui.demo.canvas import RGB, Canvas, mix, scale, wave_line
from tasveer_tui.demo.sky import sky

if TYPE_CHECKING:
    from tasveer_tui.demo.sky import Air


def blossom(c: Canvas, air: Air) -> None:
    """A flower in focus before a blurred garden."""
    green = c.rng.choice(((58, 104, 62), (84, 120, 60), (40, 88, 84), (92, 88, 60)))
    c.fade(0, 1, ((0, air.lit(mix(green, (255, 255, 220), 0.3))), (1, air.lit(scale(green, 0.55)))))
    for _ in range(34):
        bokeh = mix(air.lit(mix(green, (255, 250, 200), c.rng.random() * 0.8)), air.sun, 0.15)
        c.glow(c.rng.random(), c.rng.random(), c.rng.uniform(0.05, 0.16), bokeh, 0.6)
    petal, heart = c.rng.choice(
        (
            ((240, 92, 120), (250, 206, 80)),
            ((250, 248, 240), (246, 190, 50)),
            ((146, 108, 206), (250, 220, 120)),
            ((252, 196, 52), (132, 78, 40)),
            ((250, 128, 72), (110, 40, 40)),
            ((104, 150, 230), (250, 236, 150)),
        )
    )
    x, y = c.rng.uniform(0.38, 0.62), c.rng.uniform(0.4, 0.5)
    _stem(c, air, x, y)
    _petals(c, x, y, mix(air.lit(petal), petal, 0.4), c.rng.choice((5, 8, 12, 16)))
    _heart(c, x, y, mix(air.lit(heart), heart, 0.4))


def _stem(c: Canvas, air: Air, x: float, y: float) -> None:
    green = air.lit((70, 124, 58))
    stem = [(x + 0.05 * math.sin(t / 4), y + (1.05 - y) * t / 10) for t in range(11)]
    c.stroke(stem, green, 0.014)
    for side in (-1, 1):
        sx, sy = stem[6 + side]
        leaf = [
            (sx + side * 0.16 * t / 8, sy - 0.1 * t / 8 - 0.06 * math.sin(math.pi * t / 8))
            for t in range(9)
        ]
        back = [(px, py + 0.09 * math.sin(math.pi * t / 8)) for t, (px, py) in enumerate(leaf)]
        c.polygon([*leaf, *reversed(back)], scale(green, 0.9 + 0.15 * side))


def _petals(c: Canvas, x: float, y: float, colour: RGB, count: int) -> None:
    start, reach = c.rng.random() * math.tau, 0.2
    for ring, shade in ((1.0, 0.82), (0.74, 1.0)):
        for index in range(count):
            angle = start + math.tau * (index + (0.5 if ring < 1 else 0)) / count
            half = min(0.55, 2.7 / count)
            outline = []
            for step in range(17):
                t = step / 16
                out = math.sin(math.pi * min(t, 1 - t) ** 0.8) ** 0.7 * reach * ring
                turn = angle + (t - 0.5) * half * 2
                outline.append((x + math.cos(turn) * out, y + math.sin(turn) * out * c.ratio))
            tone = scale(colour, shade * c.rng.uniform(0.93, 1.07))
            c.polygon([(x, y), *outline], tone)
            tip = outline[8]
            c.stroke(
                ((x, y), ((x + tip[0] * 3) / 4, (y + tip[1] * 3) / 4)), scale(tone, 0.86), 0.0025
            )


def _heart(c: Canvas, x: float, y: float, colour: RGB) -> None:
    c.disc(x, y, 0.052, scale(colour, 0.8))
    for index in range(90):
        angle, out = index * 2.4, 0.05 * (index / 90) ** 0.5
        c.disc(
            x + math.cos(angle) * out,
            y + math.sin(angle) * out * c.ratio,
            0.004,
            scale(colour, c.rng.uniform(0.75, 1.25)),
        )


def coffee(c: Canvas, air: Air) -> None:
    """A cup and saucer, a biscuit and a book on a wooden table, from above."""
    wood = air.lit(c.rng.choice(((164, 112, 70), (206, 170, 126), (104, 72, 52), (224, 216, 204))))
    plank = 0.0
    while plank < 1:
        tall = c.rng.uniform(0.13, 0.2)
        tone = scale(wood, c.rng.uniform(0.88, 1.1))
        c.box(0, plank, 1, tall, tone)
        for _ in range(7):
            y = plank + c.rng.random() * tall
            grain = [(t / 10, y + 0.006 * math.sin(t + y * 40)) for t in range(11)]
            c.stroke(grain, scale(tone, 0.92), 0.0015)
        c.box(0, plank, 1, 0.005, scale(tone, 0.66))
        plank += tall
    x, y = c.rng.uniform(0.38, 0.56), c.rng.uniform(0.44, 0.56)
    _book(c, air, 0.9 if x < 0.47 else 0.06)  # noqa: PLR2004
    shadow = scale(wood, 0.55)
    c.disc(x + 0.018, y + 0.03, 0.225, shadow)
    china = air.lit(
        c.rng.choice(((250, 250, 248), (108, 158, 176), (236, 200, 150), (204, 92, 82)))
    )
    c.disc(x, y, 0.22, china)
    c.disc(x, y, 0.2, scale(china, 0.93))
    c.disc(x, y, 0.19, china)
    _cup(c, air, x, y, china)
    _biscuit(c, air, x - 0.14, y + 0.16)


def _cup(c: Canvas, air: Air, x: float, y: float, china: RGB) -> None:
    c.disc(x + 0.012, y + 0.018, 0.122, scale(china, 0.78))
    c.stroke(((x + 0.1, y - 0.1), (x + 0.175, y - 0.2)), scale(china, 0.96), 0.03)
    c.disc(x, y, 0.12, scale(china, 1.04))
    brew = air.lit((112, 66, 38))
    c.disc(x, y, 0.104, scale(brew, 0.75))
    c.disc(x, y, 0.1, brew)
    foam = air.lit((238, 208, 164))
    for index in range(5, 0, -1):
        size = 0.015 * index
        c.draw.ellipse((*c.at(x - size, y - size * 1.05), *c.at(x + size, y + size * 1.25)),
                       fill=foam if index % 2 else brew)  # fmt: skip
    c.polygon(
        ((x - 0.01, y + 0.1), (x + 0.01, y + 0.1), (x + 0.003, y - 0.1), (x - 0.003, y - 0.1)), foam
    )


def _biscuit(c: Canvas, air: Air, x: float, y: float) -> None:
    c.disc(x + 0.005, y + 0.008, 0.05, air.lit((120, 92, 66)))
    c.disc(x, y, 0.05, air.lit((222, 172, 104)))
    for _ in range(9):
        angle, out = c.rng.random() * math.tau, c.rng.random() * 0.036
        c.disc(
            x + math.cos(angle) * out,
            y + math.sin(angle) * out * c.ratio,
            0.007,
            air.lit((88, 52, 36)),
        )


def _book(c: Canvas, air: Air, x: float) -> None:
    cover = air.lit(c.rng.choice(((58, 92, 128), (168, 66, 60), (72, 110, 84), (226, 180, 80))))
    c.box(x - 0.12, 0.1, 0.26, 0.56, scale(cover, 0.5))
    c.box(x - 0.13, 0.08, 0.26, 0.56, cover)
    c.box(x - 0.1, 0.14, 0.2, 0.14, scale(cover, 1.35))
    for line in (0.17, 0.21):
        c.box(x - 0.08, line, 0.16, 0.016, scale(cover, 0.7))


def cat(c: Canvas, air: Air) -> None:
    """A cat on a window sill, from behind."""
    sky(c, air, 0.8, clouds=0.7)
    c.ground(wave_line(c.rng, 0.5), 0.7, 0.14, air.lit((84, 112, 104), 0.4))
    for x in (0.1, 0.22, 0.36, 0.55, 0.66, 0.86):
        tall = c.rng.uniform(0.08, 0.16)
        c.box(x, 0.82 - tall, 0.1, tall, air.lit((176, 120, 96), 0.2))
        c.polygon(
            ((x - 0.01, 0.82 - tall), (x + 0.05, 0.74 - tall), (x + 0.11, 0.82 - tall)),
            air.lit((132, 70, 58), 0.2),
        )
        c.box(
            x + 0.035,
            0.85 - tall,
            0.025,
            0.03,
            (255, 214, 130) if air.is_dark else air.lit((90, 96, 104)),
        )
    frame = scale(air.lit((224, 214, 200)), 0.62)
    for x in (0, 0.49, 0.97):
        c.box(x, 0, 0.03, 0.86, frame)
    c.box(0, 0, 1, 0.04, frame)
    c.box(0, 0.32, 1, 0.03, frame)
    c.box(0, 0.82, 1, 0.2, scale(frame, 1.18))
    c.box(0, 0.82, 1, 0.02, scale(frame, 1.45))
    fur = c.rng.choice(((36, 32, 38), (196, 112, 52), (110, 106, 108), (232, 222, 208)))
    _cat(c, scale(mix(air.lit(fur), fur, 0.3), 0.8), c.rng.choice((0.26, 0.7)))
    _flowerpot(c, air, 0.5)


def _cat(c: Canvas, fur: RGB, x: float) -> None:
    """Body, head, ears and a hanging tail."""
    dark = scale(fur, 0.8)
    c.stroke(
        [(x + 0.08 + 0.05 * math.sin(t / 3.2), 0.84 + 0.15 * t / 10) for t in range(11)], dark, 0.02
    )
    c.draw.ellipse((*c.at(x - 0.1, 0.5), *c.at(x + 0.1, 0.94)), fill=fur)
    c.box(x - 0.1, 0.86, 0.2, 0.02, fur)
    c.draw.ellipse((*c.at(x - 0.07, 0.36), *c.at(x + 0.07, 0.57)), fill=fur)
    for side in (-1, 1):
        c.polygon(
            ((x + side * 0.02, 0.39), (x + side * 0.055, 0.29), (x + side * 0.068, 0.44)), fur
        )
    for stripe in range(4):
        y = 0.6 + stripe * 0.065
        c.stroke(((x - 0.045, y), (x, y + 0.016), (x + 0.045, y)), dark, 0.006)


def _flowerpot(c: Canvas, air: Air, x: float) -> None:
    c.polygon(
        ((x - 0.05, 0.72), (x + 0.05, 0.72), (x + 0.036, 0.87), (x - 0.036, 0.87)),
        air.lit((190, 96, 62)),
    )
    c.box(x - 0.056, 0.7, 0.112, 0.03, air.lit((206, 110, 74)))
    for index in range(7):
        angle = math.radians(-160 + index * 23)
        tip = (x + math.cos(angle) * 0.08, 0.68 + math.sin(angle) * 0.2)
        c.stroke(((x, 0.71), tip), air.lit((76, 122, 64)), 0.005)
        c.disc(
            *tip, 0.016, air.lit(c.rng.choice(((232, 84, 96), (250, 206, 100), (250, 246, 240))))
        )


def fruit(c: Canvas, air: Air) -> None:
    """Crates of fruit at a market, from above."""
    kinds = (
        ((246, 146, 40), (250, 170, 70)),
        ((250, 216, 70), (252, 232, 120)),
        ((122, 60, 110), (150, 86, 140)),
        ((206, 54, 52), (230, 92, 80)),
        ((120, 168, 70), (150, 196, 96)),
    )
    c.fade(0, 1, ((0, air.lit((70, 52, 40))), (1, air.lit((50, 36, 30)))))
    offset = c.rng.randint(0, 4)
    for row in range(2):
        for column in range(3):
            x, y = 0.015 + column * 0.332, 0.02 + row * 0.5
            c.box(x, y, 0.31, 0.46, air.lit((196, 150, 98)))
            c.box(x + 0.012, y + 0.02, 0.286, 0.42, air.lit((90, 64, 44)))
            _heap(c, air, (x + 0.012, y + 0.02), kinds[(offset + row * 2 + column) % len(kinds)])


def _heap(c: Canvas, air: Air, corner: tuple[float, float], tones: tuple[RGB, RGB]) -> None:
    for index in range(30):
        x = corner[0] + 0.03 + (index % 6) * 0.045 + c.rng.uniform(-0.006, 0.006)
        y = corner[1] + 0.045 + index // 6 * 0.082 + c.rng.uniform(-0.008, 0.008)
        tone = mix(air.lit(tones[0]), tones[0], 0.3)
        c.disc(x + 0.003, y + 0.006, 0.0285, scale(tone, 0.55))
        c.disc(x, y, 0.027, scale(tone, c.rng.uniform(0.9, 1.08)))
        c.disc(x - 0.008, y - 0.012, 0.009, mix(air.lit(tones[1]), (255, 255, 255), 0.35))


MOTIFS = {"blossom": blossom, "coffee": coffee, "cat": cat, "fruit": fruit}
