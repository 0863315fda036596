"""Real cameras and lenses with their limits, and the exposure that a scene needs.

The exposure follows from the elevation of the sun, which follows from place and time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kit:
    """A camera body and the lens on it."""

    make: str
    model: str
    lens: str
    """LensModel as this maker writes it; empty where the maker writes none."""
    zoom_mm: tuple[float, float]
    open_f: tuple[float, float]
    """Widest aperture at the shortest and at the longest focal length."""
    crop: float
    """Crop factor: focal length times this is the 35 mm equivalent."""
    base_iso: int
    highest_iso: int
    """Instead of a higher ISO the photographer uses a tripod."""
    serial: str
    lens_serial: str
    software: str
    file_name: str
    """A format for the file number, or for strftime if it has a %."""
    aspect: tuple[int, int] = (3, 2)
    is_fixed_f: bool = False
    """Whether the aperture is fixed, as in phones and drones."""
    has_gps: bool = False
    is_big_endian: bool = False

    def widest_f(self, focal_mm: float) -> float:
        """The widest aperture at this focal length, interpolated between both ends."""
        (short, long), (at_short, at_long) = self.zoom_mm, self.open_f
        if long == short or at_short == at_long:
            return at_short
        share = (focal_mm - short) / (long - short)
        return round(at_short + share * (at_long - at_short), 1)


KITS = {
    "5d3": Kit(
        "Canon", "Canon EOS 5D Mark III", "EF24-70mm f/2.8L II USM", (24, 70), (2.8, 2.8), 1.0,
        100, 3200, "043021002517", "0000c13a5f", "Firmware Version 1.3.5", "IMG_{:04d}.JPG",
    ),
    "5d3-wide": Kit(
        "Canon", "Canon EOS 5D Mark III", "EF16-35mm f/4L IS USM", (16, 35), (4.0, 4.0), 1.0,
        100, 3200, "043021002517", "00004d2e18", "Firmware Version 1.3.5", "IMG_{:04d}.JPG",
    ),
    "r5": Kit(
        "Canon", "Canon EOS R5", "RF24-105mm F4 L IS USM", (24, 105), (4.0, 4.0), 1.0,
        100, 6400, "032024001187", "4120003561", "Firmware Version 1.6.0", "IMG_{:04d}.JPG",
    ),
    "r5-macro": Kit(
        "Canon", "Canon EOS R5", "RF100mm F2.8 L MACRO IS USM", (100, 100), (2.8, 2.8), 1.0,
        100, 6400, "032024001187", "5401000923", "Firmware Version 1.6.0", "IMG_{:04d}.JPG",
    ),
    "d750": Kit(
        "NIKON CORPORATION", "NIKON D750", "24.0-120.0 mm f/4.0", (24, 120), (4.0, 4.0), 1.0,
        100, 3200, "6081734", "62114507", "Ver.1.15", "DSC_{:04d}.JPG", is_big_endian=True,
    ),
    "z6": Kit(
        "NIKON CORPORATION", "NIKON Z 6", "NIKKOR Z 24-70mm f/4 S", (24, 70), (4.0, 4.0), 1.0,
        100, 6400, "6045120", "20117744", "Ver.02.20", "DSC_{:04d}.jpg", has_gps=True,
    ),
    "a7m3": Kit(
        "SONY", "ILCE-7M3", "FE 24-105mm F4 G OSS", (24, 105), (4.0, 4.0), 1.0,
        100, 6400, "4512093", "", "ILCE-7M3 v2.10", "DSC{:05d}.JPG",
    ),
    "a7m3-fast": Kit(
        "SONY", "ILCE-7M3", "24mm F1.4 DG HSM | Art 015", (24, 24), (1.4, 1.4), 1.0,
        100, 1600, "4512093", "", "ILCE-7M3 v2.10", "DSC{:05d}.JPG",
    ),
    "xt3": Kit(
        "FUJIFILM", "X-T3", "XF18-55mmF2.8-4 R LM OIS", (18, 55), (2.8, 4.0), 1.5,
        160, 3200, "8AQ04417", "63B91208", "Digital Camera X-T3 Ver3.20", "DSCF{:04d}.JPG",
    ),
    "xt3-macro": Kit(
        "FUJIFILM", "X-T3", "XF80mmF2.8 R LM OIS WR Macro", (80, 80), (2.8, 2.8), 1.5,
        160, 3200, "8AQ04417", "7AA01663", "Digital Camera X-T3 Ver3.20", "DSCF{:04d}.JPG",
    ),
    "q2": Kit(
        "LEICA CAMERA AG", "LEICA Q2", "SUMMILUX 1:1.7/28 ASPH.", (28, 28), (1.7, 1.7), 1.0,
        100, 6400, "5519042", "", "LEICA Q2 Ver. 4.0", "L{:07d}.JPG",
    ),
    "mavic": Kit(
        "DJI", "FC3170", "", (4.5, 4.5), (2.8, 2.8), 5.33,
        100, 1600, "", "", "10.01.00.23", "DJI_{:04d}.JPG",
        aspect=(4, 3), is_fixed_f=True, has_gps=True,
    ),
    "iphone": Kit(
        "Apple", "iPhone 12 Pro", "iPhone 12 Pro back triple camera 4.2mm f/1.6",
        (4.2, 4.2), (1.6, 1.6), 6.19, 32, 2000, "", "", "16.4.1", "IMG_{:04d}.JPG",
        aspect=(4, 3), is_fixed_f=True, has_gps=True, is_big_endian=True,
    ),
    "pixel": Kit(
        "Google", "Pixel 7", "Pixel 7 back camera 6.81mm f/1.85", (6.81, 6.81), (1.85, 1.85),
        3.53, 50, 3200, "", "", "HDR+ 1.0.540104767zd", "PXL_%Y%m%d_%H%M%S{:03d}.jpg",
        aspect=(4, 3), is_fixed_f=True, has_gps=True,
    ),
    "scanner": Kit(
        "Nikon", "Nikon SUPER COOLSCAN 5000 ED", "", (50, 50), (2.8, 2.8), 1.0,
        100, 100, "", "", "VueScan 9 x64 (9.7.99)", "frame-{:02d}.tif", is_fixed_f=True,
    ),
}  # fmt: skip
"""By the short names used in the itinerary."""


# ------------------------------------------------------------------- light and exposure

_SHUTTERS = (
    *((1, n) for n in (8000, 6400, 5000, 4000, 3200, 2500, 2000, 1600, 1250, 1000)),
    *((1, n) for n in (800, 640, 500, 400, 320, 250, 200, 160, 125, 100, 80, 60, 50, 40, 30)),
    *((1, n) for n in (25, 20, 15, 13, 10, 8, 6, 5, 4, 3)),
    *((n, 10) for n in (4, 5, 6, 8)),
    *((n, 1) for n in (1, 2, 3, 4, 5, 6, 8, 10, 13, 15, 20, 25, 30)),
)
"""Exposure times in seconds, as the fractions that cameras write; shortest first."""

_ISOS = (
    *(64, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600),
    *(2000, 2500, 3200, 4000, 5000, 6400, 8000, 10000, 12800),
)

_APERTURES = (
    *(1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2, 3.5, 4.0, 4.5, 5.0, 5.6),
    *(6.3, 7.1, 8.0, 9.0, 10.0, 11.0, 13.0, 14.0, 16.0),
)


class Phase(StrEnum):
    """The light of the hour: day, golden hour, blue hour, night."""

    DAY = "day"
    GOLDEN = "golden"
    BLUE = "blue"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Exposure:
    """The settings of the camera."""

    shutter: tuple[int, int]
    """Exposure time in seconds, as a fraction."""
    f_number: float
    iso: int

    @property
    def seconds(self) -> float:
        """Exposure time in seconds."""
        return self.shutter[0] / self.shutter[1]


def sun_elevation_deg(when: datetime, lat_deg: float, lon_deg: float) -> float:
    """The elevation of the sun above the horizon, to about one degree.

    Raises ValueError if `when` has no time zone.
    """
    hours = when.hour + when.minute / 60 + when.second / 3600
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("The time needs a time zone.")
    solar_hours = hours - offset.total_seconds() / 3600 + lon_deg / 15
    day = when.timetuple().tm_yday
    declination = math.radians(-23.44) * math.cos(math.tau * (day + 10) / 365)
    hour_angle = math.radians(15 * (solar_hours - 12))
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(declination)
    sine += math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(sine))


def phase_of_day(elevation_deg: float) -> Phase:
    """The phase of the day at this elevation of the sun."""
    if elevation_deg > 12:  # noqa: PLR2004 - the usual limits
        return Phase.DAY
    if elevation_deg > -1:
        return Phase.GOLDEN
    return Phase.BLUE if elevation_deg > -9 else Phase.NIGHT  # noqa: PLR2004


def scene_ev100(elevation_deg: float, *, is_indoors: bool, is_dark_sky: bool) -> float:
    """The exposure value (EV) of a scene at ISO 100; full sunlight is 15 (sunny 16 rule)."""
    if is_indoors:
        return 7.0 if elevation_deg > 0 else 5.0
    steps = ((-90, 3.0), (-12, 3.5), (-6, 7.0), (-1, 10.5), (5, 12.5), (15, 14.3), (30, 15.0))
    below = max(step for step in steps if step[0] <= elevation_deg)
    above = min((step for step in steps if step[0] > elevation_deg), default=(90, 15.0))
    share = (elevation_deg - below[0]) / (above[0] - below[0])
    value = below[1] + share * (above[1] - below[1])
    return min(value, -5.0) if is_dark_sky and elevation_deg < -6 else value  # noqa: PLR2004


def expose(ev100: float, kit: Kit, focal_mm: float, *, is_close: bool) -> Exposure:
    """The settings of a careful photographer: base ISO, f/8 and a time that does not blur.

    In less light the aperture opens first, then the ISO rises. Beyond `Kit.highest_iso` a tripod
    is assumed, and the exposure time is as long as needed.
    """
    widest = kit.widest_f(focal_mm)
    wanted_f = widest if kit.is_fixed_f else max(widest, 4.0 if is_close else 8.0)
    slowest_s = 1 / max(30.0, focal_mm * kit.crop)
    for f_number in _apertures_down_to(wanted_f, widest):
        if _shutter_s(ev100, f_number, kit.base_iso) <= slowest_s:
            return _round_to_camera_steps(ev100, f_number, kit.base_iso, kit)
    needed_iso = kit.base_iso * _shutter_s(ev100, widest, kit.base_iso) / slowest_s
    return _round_to_camera_steps(ev100, widest, min(needed_iso, kit.highest_iso), kit)


def _apertures_down_to(wanted_f: float, widest_f: float) -> tuple[float, ...]:
    """Apertures from the wanted one to the widest, which is always the last."""
    between = (f for f in reversed(_APERTURES) if widest_f < f <= wanted_f)
    return (*between, widest_f)


def _shutter_s(ev100: float, f_number: float, iso: float) -> float:
    return float(f_number**2 / 2**ev100 * 100 / iso)


def _round_to_camera_steps(ev100: float, f_number: float, iso: float, kit: Kit) -> Exposure:
    """Round the ISO to the camera's steps, then the time to those between 1/8000 and 30 s."""
    steps = [step for step in _ISOS if kit.base_iso <= step <= kit.highest_iso]
    set_iso = min(steps, key=lambda step: abs(math.log2(step / iso)))
    wanted_s = _shutter_s(ev100, f_number, set_iso)
    shutter = min(_SHUTTERS, key=lambda s: abs(math.log2(s[0] / s[1] / wanted_s)))
    return Exposure(shutter, f_number, set_iso)
