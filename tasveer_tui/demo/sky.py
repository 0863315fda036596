"""Skies for each phase of the day, and their light on a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from tasveer_tui.demo.camera import Phase
from tasveer_tui.demo.canvas import RGB, Canvas, mix, scale

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Air:
    """The light in which a scene is painted."""

    phase: Phase
    zenith: RGB
    middle: RGB
    horizon: RGB
    sun: RGB
    """Colour of the sun or the moon."""
    sun_x: float
    sun_y: float
    tint: RGB
    """Colour of a white wall in this light."""

    def lit(self, colour: RGB, distance: float = 0.0) -> RGB:
        """A colour in this light; at `distance` 1 it is that of the haze."""
        (red, green, blue), tint = colour, self.tint
        lit = red * tint[0] // 255, green * tint[1] // 255, blue * tint[2] // 255
        return mix(lit, self.horizon, distance) if distance else lit

    @property
    def is_dark(self) -> bool:
        """Whether lamps are on."""
        return self.phase in (Phase.BLUE, Phase.NIGHT)


_SKIES: dict[Phase, tuple[tuple[RGB, RGB, RGB, RGB, RGB], ...]] = {
    # zenith, middle, horizon, sun, tint
    Phase.DAY: (
        ((38, 98, 176), (104, 164, 218), (206, 228, 240), (255, 252, 236), (255, 252, 244)),
        ((24, 82, 158), (82, 146, 206), (190, 216, 232), (255, 250, 230), (255, 250, 238)),
        ((60, 128, 190), (140, 190, 220), (226, 232, 226), (255, 252, 240), (252, 250, 240)),
        ((96, 130, 160), (164, 186, 202), (222, 228, 230), (255, 255, 250), (226, 232, 238)),
    ),
    Phase.GOLDEN: (
        ((48, 66, 128), (206, 118, 110), (255, 192, 108), (255, 240, 190), (255, 196, 140)),
        ((56, 48, 108), (194, 84, 104), (255, 158, 92), (255, 224, 160), (250, 172, 132)),
        ((92, 128, 170), (236, 178, 146), (255, 222, 160), (255, 248, 214), (255, 214, 168)),
        ((36, 88, 120), (222, 142, 92), (254, 206, 112), (255, 244, 196), (255, 200, 136)),
        ((104, 88, 148), (232, 140, 150), (254, 200, 164), (255, 236, 206), (250, 190, 168)),
    ),
    Phase.BLUE: (
        ((14, 26, 66), (46, 62, 122), (214, 128, 110), (250, 240, 220), (104, 110, 160)),
        ((10, 24, 58), (34, 66, 120), (120, 142, 186), (245, 240, 226), (92, 112, 164)),
        ((24, 20, 64), (84, 58, 128), (230, 118, 120), (250, 236, 220), (112, 98, 152)),
    ),
    Phase.NIGHT: (
        ((4, 8, 24), (10, 20, 48), (30, 44, 82), (250, 246, 226), (44, 54, 92)),
        ((6, 6, 22), (18, 16, 46), (52, 40, 78), (252, 244, 220), (54, 50, 90)),
        ((2, 12, 24), (6, 28, 48), (22, 60, 82), (248, 248, 232), (38, 62, 88)),
    ),
}


def random_air(phase: Phase, rng: random.Random) -> Air:
    """One of the skies of this phase, with a random position of the sun."""
    zenith, middle, horizon, sun, tint = rng.choice(_SKIES[phase])
    height = {Phase.DAY: (0.1, 0.25), Phase.GOLDEN: (0.34, 0.5)}.get(phase, (0.1, 0.3))
    return Air(
        phase, zenith, middle, horizon, sun, rng.uniform(0.2, 0.8), rng.uniform(*height), tint
    )


def sky(c: Canvas, air: Air, horizon: float = 0.62, *, clouds: float = 0.6) -> None:
    """Paint the sky down to `horizon`, with sun, moon, stars and clouds according to the phase.

    `clouds` is about their share of the sky.
    """
    c.fade(0, horizon, ((0, air.zenith), (0.6, air.middle), (1, air.horizon)))
    c.fade(horizon, 1, ((0, air.horizon), (1, air.horizon)))
    if air.phase is Phase.NIGHT:
        stars(c, horizon, 260)
    if air.is_dark:
        moon(c, air)
    elif air.phase is Phase.GOLDEN:
        sun(c, air)
    if clouds > 0:
        cloud_bank(c, air, horizon, clouds)


def sun(c: Canvas, air: Air) -> None:
    """A low sun and its glow."""
    c.glow(air.sun_x, air.sun_y, 0.62, mix(air.horizon, air.sun, 0.4), 0.75)
    c.glow(air.sun_x, air.sun_y, 0.2, air.sun)
    c.disc(air.sun_x, air.sun_y, 0.034, mix(air.sun, (255, 255, 255), 0.5))


def moon(c: Canvas, air: Air) -> None:
    """A full moon."""
    radius = 0.03
    c.glow(air.sun_x, air.sun_y, 0.2, mix(air.middle, air.sun, 0.35), 0.7)
    c.disc(air.sun_x, air.sun_y, radius, air.sun)
    for dx, dy, size in ((-0.3, -0.2, 0.26), (0.25, 0.1, 0.2), (-0.1, 0.4, 0.16)):
        c.disc(
            air.sun_x + dx * radius, air.sun_y + dy * radius * c.ratio,
            size * radius, scale(air.sun, 0.86),
        )  # fmt: skip


def stars(c: Canvas, horizon: float, count: int) -> None:
    """Stars, of which few are bright."""
    for _ in range(count):
        x, y, light = c.rng.random(), c.rng.random() ** 1.3 * horizon, c.rng.random() ** 2
        colour = mix((120, 130, 160), (255, 250, 240), light)
        c.disc(x, y, 0.0006 + 0.0022 * light**3, colour)


def cloud_bank(c: Canvas, air: Air, horizon: float, share: float) -> None:
    """Soft clouds in the colours of the horizon, flatter towards it."""
    floor = round(255 * (0.66 - 0.3 * share * c.rng.random()))
    density = [min(215, max(0, (value - floor) * 5)) for value in range(256)]
    rows = round(horizon * c.height)
    fog = c.fog(5, (c.width // 5, max(2, c.height // 10))).point(density)
    flat = fog.resize((c.width, rows), Image.Resampling.BICUBIC)
    bright = mix(air.horizon, (255, 255, 255), 0.6 if air.phase is Phase.DAY else 0.1)
    stops = ((0, mix(bright, air.zenith, 0.15)), (1, bright))
    if air.is_dark:
        stops = ((0, mix(air.zenith, air.horizon, 0.3)), (1, mix(air.middle, air.horizon, 0.6)))
    c.image.paste(c.gradient(stops, (c.width, rows)), (0, 0), flat)
