"""Points, radii and boxes on the globe: as a search writes them, and as boxes of degrees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue.search import values
from tasveer_tui.catalogue.search.tree import BBox, Near

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.pieces import Piece

Box: TypeAlias = tuple[float, float, float, float]
"""South, west, north, east; west is never above east."""

EARTH_RADIUS_M: Final = 6_371_008.8
_MAX_LAT: Final = 90.0
_MAX_LON: Final = 180.0
_POINT_NUMBERS: Final = 3
_BOX_NUMBERS: Final = 4
_DEGREES: Final = {"°": 1.0}
_DISTANCES: Final = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "ft": 0.3048}
_PARTS: Final = (math.pi / 8, math.pi / 4, 3 * math.pi / 8)
"""Corners of boxes in a circle, by their angle at its middle."""
_SMALL: Final = 0.3
_TEMPERATE: Final = 1.4
"""In radians, as every angle here; away from the poles, a degree of longitude has a length."""
_ROOM_DEG: Final = 1e-6
"""Added around a circle's box, so that rounding loses no picture at its edge."""


def near(piece: Piece) -> Near:
    """`lat,lon,radius`.

    Raises:
        QueryError: it is something else.

    """
    parts = _split(piece)
    if len(parts) != _POINT_NUMBERS:
        piece.fail("near takes a latitude, a longitude and a radius.", _NEAR)
    radius = values.quantity(parts[2], _DISTANCES, "a radius such as 5km")
    if parts[2].text.strip()[-1:].isdigit() or parts[2].text.strip().endswith("."):
        parts[2].fail("The radius needs a unit: m or km.", _NEAR)
    if radius < 0:
        parts[2].fail("A radius is not negative.", _NEAR)
    return Near(_degrees(parts[0], _MAX_LAT), _degrees(parts[1], _MAX_LON), radius)


def bbox(piece: Piece) -> BBox:
    """`south,west,north,east`.

    Raises:
        QueryError: it is something else.

    """
    parts = _split(piece)
    if len(parts) != _BOX_NUMBERS:
        piece.fail("bbox takes south, west, north and east.", "Write bbox:48,2,49,3.")
    south, north = (_degrees(parts[i], _MAX_LAT) for i in (0, 2))
    west, east = (_degrees(parts[i], _MAX_LON) for i in (1, 3))
    if south > north:
        parts[0].fail("The south lies above the north.", "Write bbox:south,west,north,east.")
    return BBox(south, west, north, east)


_NEAR: Final = "Write near:48.8584,2.2945,5km."


def _split(piece: Piece) -> list[Piece]:
    parts, start = [], 0
    for text in piece.text.split(","):
        parts.append(piece.cut(start, start + len(text)))
        start += len(text) + 1
    return parts


def _degrees(piece: Piece, limit: float) -> float:
    number = values.quantity(piece, _DEGREES, "degrees such as 48.8584")
    if abs(number) > limit:
        piece.fail(f"Degrees here go from {-limit:.0f} to {limit:.0f}.")
    return number


def boxes(place: Near | BBox) -> tuple[Box, ...]:
    """One box that holds the place, or two where it crosses the 180th meridian."""
    if isinstance(place, Near):
        return _around(place)
    return _wrapped(place.south, place.west, place.north, place.east)


def within(place: Near) -> tuple[Box, ...]:
    """Boxes of which every point is surely near, here as south, north, west, east.

    They fill most of the circle, so that few distances must be worked out; none where the
    circle is so large, or so near a pole or the 180th meridian, that it is no circle.
    """
    angle = place.radius_m / EARTH_RADIUS_M
    found = []
    for part in _PARTS:
        high = angle * math.sin(part)
        latitudes = [math.radians(place.lat_deg) + side for side in (-high, high)]
        if angle > _SMALL or max(map(abs, latitudes)) > _TEMPERATE:
            return ()
        # By the haversine formula, with the widest circle of latitude in between.
        widest = 1.0 if latitudes[0] < 0 < latitudes[1] else max(map(math.cos, latitudes))
        left = math.sin(angle / 2) ** 2 - math.sin(high / 2) ** 2
        wide = 2 * math.asin(math.sqrt(left / widest / math.cos(math.radians(place.lat_deg))))
        high, wide = (math.degrees(size) - _ROOM_DEG for size in (high, wide))
        west, east = place.lon_deg - wide, place.lon_deg + wide
        if min(high, wide) < 0 or west < -_MAX_LON or east > _MAX_LON:
            return ()
        found.append((place.lat_deg - high, place.lat_deg + high, west, east))
    return tuple(found)


def _wrapped(south: float, west: float, north: float, east: float) -> tuple[Box, ...]:
    if west <= east:
        return ((south, west, north, east),)
    return ((south, west, north, _MAX_LON), (south, -_MAX_LON, north, east))


def _around(place: Near) -> tuple[Box, ...]:
    angle = min(place.radius_m / EARTH_RADIUS_M, math.pi)
    high = math.degrees(angle) + _ROOM_DEG
    south, north = place.lat_deg - high, place.lat_deg + high
    if south <= -_MAX_LAT or north >= _MAX_LAT:
        # A pole is inside, so every meridian is.
        return ((max(south, -_MAX_LAT), -_MAX_LON, min(north, _MAX_LAT), _MAX_LON),)
    across = math.sin(angle) / math.cos(math.radians(place.lat_deg))
    wide = math.degrees(math.asin(min(1.0, across))) + _ROOM_DEG
    west, east = place.lon_deg - wide, place.lon_deg + wide
    if wide >= _MAX_LON:
        west, east = -_MAX_LON, _MAX_LON
    elif west < -_MAX_LON:
        west += 2 * _MAX_LON
    elif east > _MAX_LON:
        east -= 2 * _MAX_LON
    return _wrapped(south, west, north, east)
