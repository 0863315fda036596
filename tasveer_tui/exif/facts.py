"""Tags as facts: which of the tags that say the same is believed, and what counts as said.

The order of trust is the order of the names below. What people wrote (title, caption, creator,
copyright, keywords, rating) is taken from XMP first, then IPTC, then EXIF, then Windows' XP
tags: programs that edit it keep XMP up to date before the rest. What the camera measured is
taken from EXIF first, because editors copy it to XMP and sometimes wrongly.

The Metadata Working Group's guidance is followed in one point: who writes IPTC keeps its digest
beside it, so where both are there and differ, a program that knows no XMP has changed IPTC since,
and IPTC comes before XMP. It is not followed in putting EXIF first for what people wrote: cameras
fill ImageDescription, Artist and Copyright with words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from tasveer_tui.records import Facts, Tag, TagValue

_CAPTURE_TIME_TAGS: Final = (
    ("ExifIFD:DateTimeOriginal", "ExifIFD:SubSecTimeOriginal", "ExifIFD:OffsetTimeOriginal"),
    ("IFD0:DateTimeOriginal", "", ""),
    ("XMP-exif:DateTimeOriginal", "", ""),
    ("CanonRaw:DateTimeOriginal", "", ""),
    ("SigmaRaw:DateTimeOriginal", "", ""),
    ("ExifIFD:CreateDate", "ExifIFD:SubSecTimeDigitized", "ExifIFD:OffsetTimeDigitized"),
    ("XMP-photoshop:DateCreated", "", ""),
    ("XMP-xmp:CreateDate", "", ""),
    ("IFD0:ModifyDate", "ExifIFD:SubSecTime", "ExifIFD:OffsetTime"),
)
"""The moment, its fraction, its offset; a date that cannot be one is passed over."""

_DATE_TIME: Final = re.compile(
    r"\s*(\d{4})[:/.-](\d\d)[:/.-](\d\d)"
    r"(?:[ T]+(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?\s*"
)
_UTC_OFFSET: Final = re.compile(r"\s*([+-]\d\d):?(\d\d)\s*")


def capture_time(values: Mapping[str, TagValue]) -> tuple[str, str]:
    """ISO 8601 without a zone, and the zone's offset where it was written; else empty."""
    for name, fraction, offset in _CAPTURE_TIME_TAGS:
        text = values.get(name)
        if not isinstance(text, str):
            continue
        moment, own_fraction, zone = _parse_date_time(text)
        if moment:
            digits = str(values.get(fraction, "")).strip() or own_fraction
            tail = f".{digits[:6]}" if digits.isascii() and digits.isdigit() else ""
            return moment + tail, _parse_utc_offset(str(values.get(offset, "")) or zone)
    return "", ""


def _parse_date_time(text: str) -> tuple[str, str, str]:
    """The moment to the second, the fraction's digits, the zone; empty if it is no date."""
    match = _DATE_TIME.fullmatch(text)
    if not match:
        return "", "", ""
    *parts, fraction, zone = match.groups()
    try:
        moment = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001 - the camera's clock has no zone
    except ValueError:
        return "", "", ""
    return moment.isoformat(), fraction or "", zone or ""


def _parse_utc_offset(text: str) -> str:
    if text.strip() == "Z":
        return "+00:00"
    match = _UTC_OFFSET.fullmatch(text)
    return f"{match[1]}:{match[2]}" if match else ""


# Where a picture was taken: signed degrees and metres, or nothing.

_BELOW_REFERENCES: Final = (1, 3)
"""GPSAltitudeRef below sea level, and below the ellipsoid."""
_MAX_ALTITUDE_M = 1_000_000


def gps_position(values: Mapping[str, TagValue]) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or neither. 0° 0° is what receivers write without a fix."""
    lat = _signed_degrees(values, "Latitude", "NS", 90)
    lon = _signed_degrees(values, "Longitude", "EW", 180)
    if lat is None or lon is None or not (lat or lon):
        return None, None
    return lat, lon


def _signed_degrees(
    values: Mapping[str, TagValue], name: str, sides: str, limit: int
) -> float | None:
    """EXIF's, with the sign of its Ref; without a Ref nobody knows the side. Else XMP's."""
    degrees = values.get(f"GPS:GPS{name}")
    side = str(values.get(f"GPS:GPS{name}Ref", "")).strip()[:1].upper()
    if not isinstance(degrees, int | float) or side not in sides or not side:
        degrees = values.get(f"XMP-exif:GPS{name}")
        side = ""
    if not isinstance(degrees, int | float) or abs(degrees) > limit:
        return None
    return float(-degrees if side and side == sides[1] else degrees)


def gps_altitude(values: Mapping[str, TagValue]) -> float | None:
    """Metres above the sea, negative below it."""
    metres = values.get("GPS:GPSAltitude")
    if not isinstance(metres, int | float) or abs(metres) > _MAX_ALTITUDE_M:
        return None
    return float(-metres if values.get("GPS:GPSAltitudeRef") in _BELOW_REFERENCES else metres)


# Tags as facts: which of the tags that say the same is believed, and what counts as said.
#
# The order of trust is the order of the names below. What people wrote (title, caption, creator,
# copyright, keywords, rating) is taken from XMP first, then IPTC, then EXIF, then Windows' XP
# tags: programs that edit it keep XMP up to date before the rest. What the camera measured is
# taken from EXIF first, because editors copy it to XMP and sometimes wrongly.
#
# The Metadata Working Group's guidance is followed in one point: who writes IPTC keeps its digest
# beside it, so where both are there and differ, a program that knows no XMP has changed IPTC since,
# and IPTC comes before XMP. It is not followed in putting EXIF first for what people wrote: cameras
# fill ImageDescription, Artist and Copyright with words of their own.

TagValues: TypeAlias = Mapping[str, TagValue]
"""By `group:name`."""

_TITLE: Final = (
    "XMP-dc:Title",
    "IPTC:ObjectName",
    "IPTC:Headline",
    "ExifIFD:ImageTitle",
    "IFD0:XPTitle",
    "PNG:Title",
)
_CAPTION: Final = (
    "XMP-dc:Description",
    "IPTC:Caption-Abstract",
    "IFD0:ImageDescription",
    "ExifIFD:UserComment",
    "IFD0:XPComment",
    "PNG:Description",
)
_ARTIST: Final = (
    "XMP-dc:Creator",
    "IPTC:By-line",
    "IFD0:Artist",
    "ExifIFD:Photographer",
    "IFD0:XPAuthor",
    "PNG:Author",
)
_COPYRIGHT: Final = (
    "XMP-dc:Rights",
    "IPTC:CopyrightNotice",
    "IFD0:Copyright",
    "PNG:Copyright",
)
_KEYWORDS: Final = ("XMP-dc:Subject", "IPTC:Keywords", "IFD0:XPKeywords")
_RATING: Final = ("XMP-xmp:Rating", "IFD0:Rating")

_IPTC_EQUIVALENTS: Final = {
    "XMP-dc:Title": "IPTC:ObjectName",
    "XMP-dc:Description": "IPTC:Caption-Abstract",
    "XMP-dc:Creator": "IPTC:By-line",
    "XMP-dc:Rights": "IPTC:CopyrightNotice",
    "XMP-dc:Subject": "IPTC:Keywords",
}
"""What XMP and IPTC both have a place for."""

_MAKE: Final = ("IFD0:Make", "XMP-tiff:Make", "CanonRaw:Make", "SigmaRaw:Make")
_MODEL: Final = (
    "IFD0:Model",
    "XMP-tiff:Model",
    "IFD0:UniqueCameraModel",
    "CanonRaw:Model",
    "SigmaRaw:Model",
)
_LENS: Final = ("ExifIFD:LensModel", "XMP-exifEX:LensModel", "XMP-aux:Lens", "ExifIFD:Lens")
_SERIAL: Final = (
    "ExifIFD:SerialNumber",
    "XMP-exifEX:SerialNumber",
    "XMP-aux:SerialNumber",
    "IFD0:CameraSerialNumber",
    "CanonRaw:SerialNumber",
    "SigmaRaw:SerialNumber",
)
_SOFTWARE: Final = ("IFD0:Software", "XMP-xmp:CreatorTool", "PNG:Software")

FACT_TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": _TITLE,
    "caption": _CAPTION,
    "artist": _ARTIST,
    "copyright": _COPYRIGHT,
    "keywords": _KEYWORDS,
    "rating": _RATING,
    "make": _MAKE,
    "model": _MODEL,
    "lens": _LENS,
    "serial": _SERIAL,
    "software": _SOFTWARE,
}
"""By fact, the tags that state it, the most trusted first."""

_MEASUREMENT_GROUPS: Final = ("ExifIFD", "IFD0", "XMP-exif", "SigmaRaw")
"""Groups that hold what the camera measured; TIFF-like raws keep it in IFD0."""


def _qualified_names(*names: str) -> tuple[tuple[str, ...], ...]:
    """Measured facts by tag name."""
    return tuple(tuple(f"{group}:{name}" for group in _MEASUREMENT_GROUPS) for name in names)


_EXPOSURE: Final = _qualified_names("ExposureTime", "ShutterSpeedValue")
_APERTURE: Final = _qualified_names("FNumber", "ApertureValue")
_FOCAL_LENGTH: Final = _qualified_names("FocalLength")
_FOCAL_LENGTH_35MM: Final = _qualified_names("FocalLengthIn35mmFormat")
_EXPOSURE_BIAS: Final = _qualified_names("ExposureCompensation")
_SENSITIVITIES: Final = _qualified_names(
    "ISO", "RecommendedExposureIndex", "StandardOutputSensitivity", "ISOSpeed"
)
_WIDTH: Final = _qualified_names("ExifImageWidth")
_HEIGHT: Final = _qualified_names("ExifImageHeight")
_ISO_OVERFLOW = 65535
_VALID_RATINGS: Final = range(-1, 6)
_VALID_ORIENTATIONS: Final = range(1, 9)
_MAX_KEYWORDS = 1_000
_MAX_TEXT_LENGTH = 8_192
_MAX_KEYWORD_LENGTH = 256
_MAX_NUMBER = 1 << 32
"""A larger integer is damage in any fact."""
_BLANK_CHARACTERS: Final = "-_ .?"


def extract_facts(tags: Sequence[Tag], width: int | None, height: int | None) -> Facts:
    """The facts that `tags` state; `width` and `height` come from the container."""
    # Of tags of one name the first counts.
    values = {f"{tag.group}:{tag.name}": tag.value for tag in reversed(tags)}
    for name in superseded_xmp_tags(values):
        values.pop(name, None)
    taken_at, taken_offset = capture_time(values)
    lat_deg, lon_deg = gps_position(values)
    return Facts(
        make=_first_text(values, _MAKE),
        model=_first_text(values, _MODEL),
        lens=_lens_name(values),
        serial=_first_text(values, _SERIAL),
        software=_first_text(values, _SOFTWARE),
        artist=_first_text(values, _ARTIST),
        copyright=_first_text(values, _COPYRIGHT),
        title=_first_text(values, _TITLE),
        caption=_first_text(values, _CAPTION),
        keywords=_first_keywords(values),
        rating=_first_code(values, _RATING, _VALID_RATINGS),
        taken_at=taken_at,
        taken_offset=taken_offset,
        exposure_s=_first_positive(values, _EXPOSURE),
        f_number=_first_positive(values, _APERTURE),
        iso=_iso_speed(values),
        focal_mm=_first_positive(values, _FOCAL_LENGTH),
        focal35_mm=_first_positive(values, _FOCAL_LENGTH_35MM),
        exposure_bias_ev=_first_measurement(values, _EXPOSURE_BIAS[0]),
        flash=_first_code(values, ("ExifIFD:Flash",)),
        white_balance=_first_code(values, ("ExifIFD:WhiteBalance",)),
        metering=_first_code(values, ("ExifIFD:MeteringMode", "XMP-exif:MeteringMode")),
        program=_first_code(values, ("ExifIFD:ExposureProgram", "XMP-exif:ExposureProgram")),
        orientation=_first_code(
            values, ("IFD0:Orientation", "XMP-tiff:Orientation"), _VALID_ORIENTATIONS
        ),
        width=width or _first_side(values, _WIDTH),
        height=height or _first_side(values, _HEIGHT),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        alt_m=gps_altitude(values),
    )


def superseded_xmp_tags(values: TagValues) -> frozenset[str]:
    """XMP tags that are older than IPTC: a program without XMP support changed IPTC since."""
    digest = values.get("Photoshop:IPTCDigest")
    if digest is None or digest == values.get("File:CurrentIPTCDigest", digest):
        return frozenset()
    return frozenset(
        xmp for xmp, iptc in _IPTC_EQUIVALENTS.items() if str(values.get(iptc, "")).strip()
    )


def _first_text(values: TagValues, names: tuple[str, ...]) -> str:
    """The first with a value."""
    for name in names:
        value = values.get(name)
        if value is None:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if text := text.strip():
            return text[:_MAX_TEXT_LENGTH]
    return ""


def _lens_name(values: TagValues) -> str:
    """Cameras write dashes if the lens does not report its name."""
    lens = _first_text(values, _LENS)
    return lens if lens.strip(_BLANK_CHARACTERS) else ""


def _first_keywords(values: TagValues) -> tuple[str, ...]:
    """Of the first source that has any, each once."""
    for name in _KEYWORDS:
        value = values.get(name, "")
        if name == "IFD0:XPKeywords":
            words: list[str] = str(value).split(";")
        else:
            words = [str(word) for word in value] if isinstance(value, list) else [str(value)]
        if kept := dict.fromkeys(
            word.strip()[:_MAX_KEYWORD_LENGTH] for word in words if word.strip()
        ):
            return tuple(kept)[:_MAX_KEYWORDS]
    return ()


def _first_number(value: TagValue) -> float | int | None:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int | float) and abs(value) < _MAX_NUMBER:
        return value
    return None


def _first_measurement(values: TagValues, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        value = values.get(key)
        number = None if value is None else _first_number(value)
        if number is not None:
            return float(number)
    return None


def _first_positive(values: TagValues, places: tuple[tuple[str, ...], ...]) -> float | None:
    """The first above zero: cameras write 0 for what they do not know."""
    for keys in places:
        number = _first_measurement(values, keys)
        if number is not None and number > 0:
            return number
    return None


def _iso_speed(values: TagValues) -> int | None:
    """ISO has 16 bits; cameras beyond that write its largest value and another tag."""
    known = None
    for keys in _SENSITIVITIES:
        number = _first_measurement(values, keys)
        if number is None or number <= 0:
            continue
        if int(number) != _ISO_OVERFLOW:
            return int(number)
        known = known or int(number)
    return known


def _first_code(
    values: TagValues, names: tuple[str, ...], valid: range | None = None
) -> int | None:
    for name in names:
        value = values.get(name)
        number = None if value is None else _first_number(value)
        if number is not None and (valid is None or int(number) in valid):
            return int(number)
    return None


def _first_side(values: TagValues, places: tuple[tuple[str, ...], ...]) -> int | None:
    number = _first_positive(values, places)
    return int(number) if number else None
