"""Points, radii and boxes on the globe: as a search writes them, and as boxes of degrees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue.search import values
from tasveer_tui.catalogue.search.ast import BBox, Near

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.spans import SourceSpan

Box: TypeAlias = tuple[float, float, float, float]
"""South, west, north, east; west is never above east."""

EARTH_RADIUS_M: Final = 6_371_008.8
_MAX_LAT_DEG: Final = 90.0
_MAX_LON_DEG: Final = 180.0
_NEAR_PART_COUNT: Final = 3
_BBOX_PART_COUNT: Final = 4
_DEGREE_UNITS: Final = {"°": 1.0}
_DISTANCE_UNITS: Final = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "ft": 0.3048}
_CORNER_ANGLES_RAD: Final = (math.pi / 8, math.pi / 4, 3 * math.pi / 8)
"""Corners of boxes in a circle, by their angle at its middle."""
_MAX_FLAT_RADIUS_RAD: Final = 0.3
_MAX_FLAT_LAT_RAD: Final = 1.4
"""In radians, as every angle here; away from the poles, a degree of longitude has a length."""
_MARGIN_DEG: Final = 1e-6
"""Added around a circle's box, so that rounding loses no picture at its edge."""


def parse_near(piece: SourceSpan) -> Near:
    """`lat,lon,radius`.

    Raises:
        QueryError: it is something else.

    """
    parts = _split_commas(piece)
    if len(parts) != _NEAR_PART_COUNT:
        piece.fail("near takes a latitude, a longitude and a radius.", _NEAR_HELP)
    radius = values.parse_quantity(parts[2], _DISTANCE_UNITS, "a radius such as 5km")
    if parts[2].text.strip()[-1:].isdigit() or parts[2].text.strip().endswith("."):
        parts[2].fail("The radius needs a unit: m or km.", _NEAR_HELP)
    if radius < 0:
        parts[2].fail("A radius is not negative.", _NEAR_HELP)
    return Near(
        _parse_degrees(parts[0], _MAX_LAT_DEG), _parse_degrees(parts[1], _MAX_LON_DEG), radius
    )


def parse_bbox(piece: SourceSpan) -> BBox:
    """`south,west,north,east`.

    Raises:
        QueryError: it is something else.

    """
    parts = _split_commas(piece)
    if len(parts) != _BBOX_PART_COUNT:
        piece.fail("bbox takes south, west, north and east.", "Write bbox:48,2,49,3.")
    south, north = (_parse_degrees(parts[i], _MAX_LAT_DEG) for i in (0, 2))
    west, east = (_parse_degrees(parts[i], _MAX_LON_DEG) for i in (1, 3))
    if south > north:
        parts[0].fail("The south lies above the north.", "Write bbox:south,west,north,east.")
    return BBox(south, west, north, east)


_NEAR_HELP: Final = "Write near:48.8584,2.2945,5km."


def _split_commas(piece: SourceSpan) -> list[SourceSpan]:
    parts, start = [], 0
    for text in piece.text.split(","):
        parts.append(piece.cut(start, start + len(text)))
        start += len(text) + 1
    return parts


def _parse_degrees(piece: SourceSpan, limit: float) -> float:
    number = values.parse_quantity(piece, _DEGREE_UNITS, "degrees such as 48.8584")
    if abs(number) > limit:
        piece.fail(f"Degrees here go from {-limit:.0f} to {limit:.0f}.")
    return number


def bounding_boxes(place: Near | BBox) -> tuple[Box, ...]:
    """One box that holds the place, or two where it crosses the 180th meridian."""
    if isinstance(place, Near):
        return _circle_boxes(place)
    return _split_at_antimeridian(place.south, place.west, place.north, place.east)


def inner_boxes(place: Near) -> tuple[Box, ...]:
    """Boxes of which every point is surely near, here as south, north, west, east.

    They fill most of the circle, so that few distances must be worked out; none where the
    circle is so large, or so near a pole or the 180th meridian, that it is no circle.
    """
    angle = place.radius_m / EARTH_RADIUS_M
    found = []
    for part in _CORNER_ANGLES_RAD:
        high = angle * math.sin(part)
        latitudes = [math.radians(place.lat_deg) + side for side in (-high, high)]
        if angle > _MAX_FLAT_RADIUS_RAD or max(map(abs, latitudes)) > _MAX_FLAT_LAT_RAD:
            return ()
        # By the haversine formula, with the widest circle of latitude in between.
        widest = 1.0 if latitudes[0] < 0 < latitudes[1] else max(map(math.cos, latitudes))
        left = math.sin(angle / 2) ** 2 - math.sin(high / 2) ** 2
        wide = 2 * math.asin(math.sqrt(left / widest / math.cos(math.radians(place.lat_deg))))
        high, wide = (math.degrees(size) - _MARGIN_DEG for size in (high, wide))
        west, east = place.lon_deg - wide, place.lon_deg + wide
        if min(high, wide) < 0 or west < -_MAX_LON_DEG or east > _MAX_LON_DEG:
            return ()
        found.append((place.lat_deg - high, place.lat_deg + high, west, east))
    return tuple(found)


def _split_at_antimeridian(south: float, west: float, north: float, east: float) -> tuple[Box, ...]:
    if west <= east:
        return ((south, west, north, east),)
    return ((south, west, north, _MAX_LON_DEG), (south, -_MAX_LON_DEG, north, east))


def _circle_boxes(place: Near) -> tuple[Box, ...]:
    angle = min(place.radius_m / EARTH_RADIUS_M, math.pi)
    high = math.degrees(angle) + _MARGIN_DEG
    south, north = place.lat_deg - high, place.lat_deg + high
    if south <= -_MAX_LAT_DEG or north >= _MAX_LAT_DEG:
        # A pole is inside, so every meridian is.
        return ((max(south, -_MAX_LAT_DEG), -_MAX_LON_DEG, min(north, _MAX_LAT_DEG), _MAX_LON_DEG),)
    across = math.sin(angle) / math.cos(math.radians(place.lat_deg))
    wide = math.degrees(math.asin(min(1.0, across))) + _MARGIN_DEG
    west, east = place.lon_deg - wide, place.lon_deg + wide
    if wide >= _MAX_LON_DEG:
        west, east = -_MAX_LON_DEG, _MAX_LON_DEG
    elif west < -_MAX_LON_DEG:
        west += 2 * _MAX_LON_DEG
    elif east > _MAX_LON_DEG:
        east -= 2 * _MAX_LON_DEG
    return _split_at_antimeridian(south, west, north, east)
