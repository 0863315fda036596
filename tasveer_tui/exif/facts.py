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

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from tasveer_tui.exif import moments, places
from tasveer_tui.records import Facts, Tag, TagValue

Values: TypeAlias = Mapping[str, TagValue]
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

_SAID_TWICE: Final = {
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

TRUST: Final[Mapping[str, tuple[str, ...]]] = {
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

_MEASURED: Final = ("ExifIFD", "IFD0", "XMP-exif", "SigmaRaw")
"""Groups that hold what the camera measured; TIFF-like raws keep it in IFD0."""


def _where(*names: str) -> tuple[tuple[str, ...], ...]:
    """By name, where what was measured stands."""
    return tuple(tuple(f"{group}:{name}" for group in _MEASURED) for name in names)


_EXPOSURE: Final = _where("ExposureTime", "ShutterSpeedValue")
_APERTURE: Final = _where("FNumber", "ApertureValue")
_FOCAL: Final = _where("FocalLength")
_FOCAL35: Final = _where("FocalLengthIn35mmFormat")
_BIAS: Final = _where("ExposureCompensation")
_SENSITIVITIES: Final = _where(
    "ISO", "RecommendedExposureIndex", "StandardOutputSensitivity", "ISOSpeed"
)
_WIDTH: Final = _where("ExifImageWidth")
_HEIGHT: Final = _where("ExifImageHeight")
_ISO_TOO_LARGE = 65535
_RATINGS: Final = range(-1, 6)
_ORIENTATIONS: Final = range(1, 9)
_MOST_KEYWORDS = 1_000
_LONGEST_TEXT = 8_192
_LONGEST_KEYWORD = 256
_LARGEST_NUMBER = 1 << 32
"""Beyond this a whole number is damage, whatever it counts."""
_DASHES: Final = "-_ .?"


def facts_of(tags: Sequence[Tag], width: int | None, height: int | None) -> Facts:
    """The facts that `tags` state; `width` and `height` are what the container says."""
    # Of tags of one name the first counts.
    values = {f"{tag.group}:{tag.name}": tag.value for tag in reversed(tags)}
    for name in superseded(values):
        values.pop(name, None)
    taken_at, taken_offset = moments.taken(values)
    lat_deg, lon_deg = places.position(values)
    return Facts(
        make=_text(values, _MAKE),
        model=_text(values, _MODEL),
        lens=_lens(values),
        serial=_text(values, _SERIAL),
        software=_text(values, _SOFTWARE),
        artist=_text(values, _ARTIST),
        copyright=_text(values, _COPYRIGHT),
        title=_text(values, _TITLE),
        caption=_text(values, _CAPTION),
        keywords=_keywords(values),
        rating=_code(values, _RATING, _RATINGS),
        taken_at=taken_at,
        taken_offset=taken_offset,
        exposure_s=_positive(values, _EXPOSURE),
        f_number=_positive(values, _APERTURE),
        iso=_iso(values),
        focal_mm=_positive(values, _FOCAL),
        focal35_mm=_positive(values, _FOCAL35),
        exposure_bias_ev=_measured(values, _BIAS[0]),
        flash=_code(values, ("ExifIFD:Flash",)),
        white_balance=_code(values, ("ExifIFD:WhiteBalance",)),
        metering=_code(values, ("ExifIFD:MeteringMode", "XMP-exif:MeteringMode")),
        program=_code(values, ("ExifIFD:ExposureProgram", "XMP-exif:ExposureProgram")),
        orientation=_code(values, ("IFD0:Orientation", "XMP-tiff:Orientation"), _ORIENTATIONS),
        width=width or _size(values, _WIDTH),
        height=height or _size(values, _HEIGHT),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        alt_m=places.altitude(values),
    )


def superseded(values: Values) -> frozenset[str]:
    """The tags of XMP that IPTC, changed since by a program that knows no XMP, says better."""
    digest = values.get("Photoshop:IPTCDigest")
    if digest is None or digest == values.get("File:CurrentIPTCDigest", digest):
        return frozenset()
    return frozenset(xmp for xmp, iptc in _SAID_TWICE.items() if str(values.get(iptc, "")).strip())


def _text(values: Values, names: tuple[str, ...]) -> str:
    """The first that says something."""
    for name in names:
        value = values.get(name)
        if value is None:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if text := text.strip():
            return text[:_LONGEST_TEXT]
    return ""


def _lens(values: Values) -> str:
    """Cameras write dashes where the lens does not tell its name."""
    lens = _text(values, _LENS)
    return lens if lens.strip(_DASHES) else ""


def _keywords(values: Values) -> tuple[str, ...]:
    """Of the first source that has any, each once."""
    for name in _KEYWORDS:
        value = values.get(name, "")
        if name == "IFD0:XPKeywords":
            words: list[str] = str(value).split(";")
        else:
            words = [str(word) for word in value] if isinstance(value, list) else [str(value)]
        if kept := dict.fromkeys(word.strip()[:_LONGEST_KEYWORD] for word in words if word.strip()):
            return tuple(kept)[:_MOST_KEYWORDS]
    return ()


def _first_number(value: TagValue) -> float | int | None:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int | float) and abs(value) < _LARGEST_NUMBER:
        return value
    return None


def _measured(values: Values, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        value = values.get(key)
        number = None if value is None else _first_number(value)
        if number is not None:
            return float(number)
    return None


def _positive(values: Values, places: tuple[tuple[str, ...], ...]) -> float | None:
    """The first above zero: cameras write 0 for what they do not know."""
    for keys in places:
        number = _measured(values, keys)
        if number is not None and number > 0:
            return number
    return None


def _iso(values: Values) -> int | None:
    """ISO has 16 bits; cameras beyond that write its largest value and another tag."""
    known = None
    for keys in _SENSITIVITIES:
        number = _measured(values, keys)
        if number is None or number <= 0:
            continue
        if int(number) != _ISO_TOO_LARGE:
            return int(number)
        known = known or int(number)
    return known


def _code(values: Values, names: tuple[str, ...], valid: range | None = None) -> int | None:
    for name in names:
        value = values.get(name)
        number = None if value is None else _first_number(value)
        if number is not None and (valid is None or int(number) in valid):
            return int(number)
    return None


def _size(values: Values, places: tuple[tuple[str, ...], ...]) -> int | None:
    number = _positive(values, places)
    return int(number) if number else None
