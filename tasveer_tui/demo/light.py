"""Where the sun stands, and how a photographer would expose for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tasveer_tui.demo.kit import Kit


_SHUTTERS = (
    *((1, n) for n in (8000, 6400, 5000, 4000, 3200, 2500, 2000, 1600, 1250, 1000)),
    *((1, n) for n in (800, 640, 500, 400, 320, 250, 200, 160, 125, 100, 80, 60, 50, 40, 30)),
    *((1, n) for n in (25, 20, 15, 13, 10, 8, 6, 5, 4, 3)),
    *((n, 10) for n in (4, 5, 6, 8)),
    *((n, 1) for n in (1, 2, 3, 4, 5, 6, 8, 10, 13, 15, 20, 25, 30)),
)
"""Seconds as the fraction that a camera writes, fastest first."""

_ISOS = (
    *(64, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600),
    *(2000, 2500, 3200, 4000, 5000, 6400, 8000, 10000, 12800),
)

_APERTURES = (
    *(1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2, 3.5, 4.0, 4.5, 5.0, 5.6),
    *(6.3, 7.1, 8.0, 9.0, 10.0, 11.0, 13.0, 14.0, 16.0),
)


class Phase(StrEnum):
    """The light of the hour, as photographers name it."""

    DAY = "day"
    GOLDEN = "golden"
    BLUE = "blue"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the camera was set to."""

    shutter: tuple[int, int]
    """Seconds as a fraction."""
    f_number: float
    iso: int

    @property
    def seconds(self) -> float:
        """How long the shutter was open."""
        return self.shutter[0] / self.shutter[1]


def sun_elevation_deg(when: datetime, lat_deg: float, lon_deg: float) -> float:
    """The sun's height over the horizon; good to a degree. `when` must know its zone."""
    hours = when.hour + when.minute / 60 + when.second / 3600
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a local time without zone says nothing about the sun")
    solar_hours = hours - offset.total_seconds() / 3600 + lon_deg / 15
    day = when.timetuple().tm_yday
    declination = math.radians(-23.44) * math.cos(math.tau * (day + 10) / 365)
    hour_angle = math.radians(15 * (solar_hours - 12))
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(declination)
    sine += math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(sine))


def phase(elevation_deg: float) -> Phase:
    """What light a sun at this height gives."""
    if elevation_deg > 12:  # noqa: PLR2004 - the names' usual borders
        return Phase.DAY
    if elevation_deg > -1:
        return Phase.GOLDEN
    return Phase.BLUE if elevation_deg > -9 else Phase.NIGHT  # noqa: PLR2004


def scene_ev100(elevation_deg: float, *, is_indoors: bool, is_dark_sky: bool) -> float:
    """The exposure value at ISO 100 that the scene asks for; sunny 16 is 15."""
    if is_indoors:
        return 7.0 if elevation_deg > 0 else 5.0
    steps = ((-90, 3.0), (-12, 3.5), (-6, 7.0), (-1, 10.5), (5, 12.5), (15, 14.3), (30, 15.0))
    below = max(step for step in steps if step[0] <= elevation_deg)
    above = min((step for step in steps if step[0] > elevation_deg), default=(90, 15.0))
    share = (elevation_deg - below[0]) / (above[0] - below[0])
    value = below[1] + share * (above[1] - below[1])
    return min(value, -5.0) if is_dark_sky and elevation_deg < -6 else value  # noqa: PLR2004


def expose(ev100: float, kit: Kit, focal_mm: float, *, is_close: bool) -> Exposure:
    """Choose settings as a careful photographer would: base ISO, f/8, no shake; then give way.

    Aperture opens first, then ISO rises; past the camera's comfortable ISO a tripod is
    assumed and the shutter stays open as long as it takes.
    """
    widest = kit.widest_f(focal_mm)
    wanted_f = widest if kit.is_fixed_f else max(widest, 4.0 if is_close else 8.0)
    slowest_s = 1 / max(30.0, focal_mm * kit.crop)
    for f_number in _opening(wanted_f, widest):
        if _seconds(ev100, f_number, kit.base_iso) <= slowest_s:
            return _settle(ev100, f_number, kit.base_iso, kit)
    needed_iso = kit.base_iso * _seconds(ev100, widest, kit.base_iso) / slowest_s
    return _settle(ev100, widest, min(needed_iso, kit.highest_iso), kit)


def _opening(wanted_f: float, widest_f: float) -> tuple[float, ...]:
    """Apertures from the wanted one down to the widest, always ending in it."""
    between = (f for f in reversed(_APERTURES) if widest_f < f <= wanted_f)
    return (*between, widest_f)


def _seconds(ev100: float, f_number: float, iso: float) -> float:
    return float(f_number**2 / 2**ev100 * 100 / iso)


def _settle(ev100: float, f_number: float, iso: float, kit: Kit) -> Exposure:
    """Round ISO to the camera's steps, then the shutter; fastest 1/8000, longest 30 s."""
    steps = [step for step in _ISOS if kit.base_iso <= step <= kit.highest_iso]
    set_iso = min(steps, key=lambda step: abs(math.log2(step / iso)))
    wanted_s = _seconds(ev100, f_number, set_iso)
    shutter = min(_SHUTTERS, key=lambda s: abs(math.log2(s[0] / s[1] / wanted_s)))
    return Exposure(shutter, f_number, set_iso)
