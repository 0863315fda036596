"""Where a picture was taken: signed degrees and metres, or nothing."""

from collections.abc import Mapping
from typing import Final

from tasveer_tui.records import TagValue

_BELOW: Final = (1, 3)
"""GPSAltitudeRef below sea level, and below the ellipsoid."""
_FARTHEST_M = 1_000_000


def position(values: Mapping[str, TagValue]) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or neither. 0° 0° is what receivers write without a fix."""
    lat = _signed(values, "Latitude", "NS", 90)
    lon = _signed(values, "Longitude", "EW", 180)
    if lat is None or lon is None or not (lat or lon):
        return None, None
    return lat, lon


def _signed(values: Mapping[str, TagValue], name: str, sides: str, limit: int) -> float | None:
    """EXIF's, with the sign of its Ref; without a Ref nobody knows the side. Else XMP's."""
    degrees = values.get(f"GPS:GPS{name}")
    side = str(values.get(f"GPS:GPS{name}Ref", "")).strip()[:1].upper()
    if not isinstance(degrees, int | float) or side not in sides or not side:
        degrees = values.get(f"XMP-exif:GPS{name}")
        side = ""
    if not isinstance(degrees, int | float) or abs(degrees) > limit:
        return None
    return float(-degrees if side and side == sides[1] else degrees)


def altitude(values: Mapping[str, TagValue]) -> float | None:
    """Metres above the sea, negative below it."""
    metres = values.get("GPS:GPSAltitude")
    if not isinstance(metres, int | float) or abs(metres) > _FARTHEST_M:
        return None
    return float(-metres if values.get("GPS:GPSAltitudeRef") in _BELOW else metres)
