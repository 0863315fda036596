"""Tag values as a photographer reads them. Text of the object is passed on as it is: clean it."""

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final, TypeAlias

from tasveer_tui.exif.tables.value_labels import EXIF_VALUE_LABELS, GROUP_VALUE_LABELS, RawValue
from tasveer_tui.records import Tag, TagValue

_Number: TypeAlias = int | float

_EXIF_GROUPS: Final = re.compile(r"IFD\d+|SubIFD\d*|ExifIFD|GPS|InteropIFD|XMP-(exif|tiff|exifEX)")
_DATE: Final = re.compile(r"(\d{4}):(\d\d):(\d\d)(?=$| )")
_VERSION: Final = re.compile(r"\d{4}")
_MAX_FRACTION_EXPOSURE_S = 0.3
"""Exposures up to this are written as a fraction, 1/N."""
_CFA_COLOURS: Final[Mapping[RawValue, str]] = dict(enumerate("RGBCMYW"))
_HEMISPHERES: Final = {
    "GPSLatitudeRef": {"+": "N", "-": "S"},
    "GPSDestLatitudeRef": {"+": "N", "-": "S"},
    "GPSLongitudeRef": {"+": "E", "-": "W"},
    "GPSDestLongitudeRef": {"+": "E", "-": "W"},
}
_COMPONENT_NAMES: Final = {0: "–", 1: "Y", 2: "Cb", 3: "Cr", 4: "R", 5: "G", 6: "B"}


def label(tag: Tag, tags: Iterable[Tag] = ()) -> str:
    """The tag's value with its unit or in words: `1/250 s`, `f/2.8`, `Manual`.

    Values that need no words stay as they are. `tags` are its neighbors: some define what
    others count in, or which side of the globe they mean.
    """
    words_of_group = GROUP_VALUE_LABELS.get(f"{tag.group}:{tag.name}")
    if words_of_group is not None and not isinstance(tag.value, list):
        return words_of_group.get(tag.value) or _format_plain(tag.value)
    if not _EXIF_GROUPS.fullmatch(tag.group):
        return _format_plain(tag.value)
    companion = _RELATED_TAGS.get(tag.name)
    if companion is not None and isinstance(tag.value, int | float):
        name, format_with = companion
        text = format_with(tag.value, _related_value(tag, name, tags))
        if text:
            return text
    return _format_exif_value(tag.name, tag.value)


def _format_exif_value(name: str, value: TagValue) -> str:
    """The label of an EXIF tag by itself."""
    form = _NUMBER_FORMATTERS.get(name)
    if form is not None and isinstance(value, int | float):
        return form(value)
    codes = EXIF_VALUE_LABELS.get(name)
    if codes is not None:
        return _format_code(codes, value)
    words = _VALUE_FORMATTERS.get(name)
    return words(value) if words is not None else _format_plain(value)


def _related_value(tag: Tag, name: str, tags: Iterable[Tag]) -> TagValue:
    """The value of a tag in the same group; for signed XMP values, the sign."""
    if name in _HEMISPHERES and tag.group.startswith("XMP"):
        return _HEMISPHERES[name]["-" if isinstance(tag.value, float) and tag.value < 0 else "+"]
    for other in tags:
        if other.name == name and other.group == tag.group:
            return other.value
    return ""


def _format_plain(value: TagValue) -> str:
    if isinstance(value, list):
        is_text = any(isinstance(part, str) for part in value)
        return (", " if is_text else " ").join(_format_plain(part) for part in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return _DATE.sub(r"\1-\2-\3", value, count=1) if isinstance(value, str) else str(value)


def _format_code(codes: Mapping[RawValue, str], value: TagValue) -> str:
    if isinstance(value, list):
        return ", ".join(_format_code(codes, part) for part in value)
    key = value.strip() if isinstance(value, str) else value
    return codes.get(key) or (value if isinstance(value, str) else f"Unknown ({value})")


def _format_exposure_time(value: _Number) -> str:
    if 0 < value <= _MAX_FRACTION_EXPOSURE_S:
        under = 1 / value
        return f"1/{under:.0f} s" if under > 10 else f"1/{under:.2g} s"  # noqa: PLR2004 - 1/2.5
    return f"{value:.3g} s"


def _format_aperture(value: _Number) -> str:
    return f"f/{value:.1f}".removesuffix(".0")


def _format_exposure_steps(value: _Number) -> str:
    """Exposure steps, in thirds or halves as cameras count them."""
    near = Fraction(value).limit_denominator(3)
    if abs(near - Fraction(value)) > Fraction(1, 50):
        return f"{value:+.2g} EV"
    whole = int(abs(near))
    rest = abs(near) - whole
    sign = "+" if near > 0 else "-" if near < 0 else ""
    parts = [str(whole)] if whole or not rest else []
    return f"{sign}{' '.join([*parts, str(rest)] if rest else parts)} EV"


def _format_degrees(value: _Number) -> str:
    """Degrees, minutes and seconds; with a hemisphere if there is a sign."""
    tenths = round(abs(value) * 36_000)
    seconds = tenths % 600 / 10
    sign = "-" if value < 0 else ""
    return f"{sign}{tenths // 36_000}° {tenths // 600 % 60:02d}′ {seconds:04.1f}″"


def _format_coordinate(value: _Number, side: TagValue) -> str:
    """Unsigned degrees and their side."""
    letter = str(side).strip()[:1].upper()
    return f"{_format_degrees(abs(value))} {letter}" if letter in ("N", "E", "S", "W") else ""


def _format_altitude(value: _Number, reference: TagValue) -> str:
    words = (
        EXIF_VALUE_LABELS["GPSAltitudeRef"].get(reference) if isinstance(reference, int) else None
    )
    return f"{_format_metres_fine(value)} {words.lower()}" if words else ""


def _format_resolution(value: _Number, unit: TagValue) -> str:
    words = EXIF_VALUE_LABELS["ResolutionUnit"].get(unit) if isinstance(unit, int) else None
    return f"{_format_plain(value)} {words}" if words and words != "None" else ""


def _format_speed(value: _Number, unit: TagValue) -> str:
    words = EXIF_VALUE_LABELS["GPSSpeedRef"].get(str(unit).strip())
    return f"{value:.4g} {words}" if words else ""


def _format_distance(value: _Number, unit: TagValue) -> str:
    words = EXIF_VALUE_LABELS["GPSDestDistanceRef"].get(str(unit).strip())
    return f"{value:.4g} {words.lower()}" if words else ""


def _format_bearing(value: _Number, north: TagValue) -> str:
    words = {"T": "true", "M": "magnetic"}.get(str(north).strip())
    return f"{_format_angle(value)} {words}" if words else ""


def _unit_formatter(unit: str, places: str = ".4g") -> Callable[[_Number], str]:
    def form(value: _Number) -> str:
        shown = str(value) if isinstance(value, int) else format(value, places)
        return f"{shown}{unit}"

    return form


def _format_flash(value: _Number) -> str:
    """Exif keeps five facts in one number."""
    bits = int(value)
    if bits & 0x20:
        return "No flash"
    words = ["Fired" if bits & 1 else "Did not fire"]
    words += {1: ["forced"], 2: ["switched off"], 3: ["auto"]}.get(bits >> 3 & 3, [])
    words += {2: ["return not detected"], 3: ["return detected"]}.get(bits >> 1 & 3, [])
    return ", ".join(words + (["red-eye reduction"] if bits & 0x40 else []))


def _format_components(value: TagValue) -> str:
    if not isinstance(value, list):
        return _format_plain(value)
    return " ".join(
        _COMPONENT_NAMES.get(part, "?") if isinstance(part, int) else "?" for part in value
    )


def _format_cfa_pattern(value: TagValue) -> str:
    """Columns, rows, and the colour of each cell."""
    if not isinstance(value, list) or len(value) < 3:  # noqa: PLR2004 - one cell
        return _format_plain(value)
    columns, cells = int(value[0]), [_CFA_COLOURS.get(part, "?") for part in value[2:]]
    if columns < 1:
        return _format_plain(value)
    return " / ".join("".join(cells[at : at + columns]) for at in range(0, len(cells), columns))


def _format_version(value: TagValue) -> str:
    text = str(value).strip()
    if not _VERSION.fullmatch(text):
        return text
    return f"{int(text[:2])}.{text[2]}" + (text[3] if text[3] != "0" else "")


def _format_lens_info(value: TagValue) -> str:
    """Shortest and longest focal length, and the widest aperture at each."""
    if not isinstance(value, list) or len(value) != 4:  # noqa: PLR2004 - as the tag has
        return _format_plain(value)
    short, long, wide, narrow = (
        f"{part:.3g}" if isinstance(part, int | float) else "?" for part in value
    )
    focal = short if short == long else f"{short}–{long}"
    aperture = wide if wide == narrow else f"{wide}–{narrow}"
    return f"{focal} mm f/{aperture}"


def _format_utc(value: TagValue) -> str:
    return f"{value} UTC"


_format_metres: Final = _unit_formatter(" m")
_format_metres_fine: Final = _unit_formatter(" m", ".6g")
_format_angle: Final = _unit_formatter("°")
_NUMBER_FORMATTERS: Final[Mapping[str, Callable[[_Number], str]]] = {
    "ExposureTime": _format_exposure_time,
    "ShutterSpeedValue": _format_exposure_time,
    "FNumber": _format_aperture,
    "ApertureValue": _format_aperture,
    "MaxApertureValue": _format_aperture,
    "FocalLength": _unit_formatter(" mm"),
    "FocalLengthIn35mmFormat": _unit_formatter(" mm"),
    "ExposureCompensation": _format_exposure_steps,
    "BrightnessValue": _unit_formatter(" EV"),
    "Flash": _format_flash,
    "SubjectDistance": _format_metres,
    "DigitalZoomRatio": _unit_formatter("×"),
    "AmbientTemperature": _unit_formatter(" °C"),
    "Humidity": _unit_formatter(" %"),
    "Pressure": _unit_formatter(" hPa", ".6g"),
    "WaterDepth": _format_metres,
    "Acceleration": _unit_formatter(" mGal"),
    "CameraElevationAngle": _format_angle,
    "CompressedBitsPerPixel": _unit_formatter(" bits a pixel"),
    "FlashEnergy": _unit_formatter(" BCPS"),
    "BaselineExposure": _format_exposure_steps,
    "BaselineExposureOffset": _format_exposure_steps,
    "TStop": _unit_formatter("", ".3g"),
    "FrameRate": _unit_formatter(" frames/s"),
    "TimeZoneOffset": _unit_formatter(" h"),
    "GPSLatitude": _format_degrees,
    "GPSLongitude": _format_degrees,
    "GPSDestLatitude": _format_degrees,
    "GPSDestLongitude": _format_degrees,
    "GPSAltitude": _format_metres_fine,
    "GPSImgDirection": _format_angle,
    "GPSTrack": _format_angle,
    "GPSDestBearing": _format_angle,
    "GPSHPositioningError": _format_metres,
}
"""By name, for values that are one number."""

_VALUE_FORMATTERS: Final[Mapping[str, Callable[[TagValue], str]]] = {
    "ComponentsConfiguration": _format_components,
    "CFAPattern": _format_cfa_pattern,
    "DNGLensInfo": _format_lens_info,
    "DNGVersion": lambda value: ".".join(_format_plain(value).split()),
    "DNGBackwardVersion": lambda value: ".".join(_format_plain(value).split()),
    "GPSVersionID": lambda value: ".".join(_format_plain(value).split()),
    "ExifVersion": _format_version,
    "FlashpixVersion": _format_version,
    "InteropVersion": _format_version,
    "LensInfo": _format_lens_info,
    "GPSTimeStamp": _format_utc,
}
"""By name, for other values."""

_RELATED_TAGS: Final[Mapping[str, tuple[str, Callable[[_Number, TagValue], str]]]] = {
    **{
        f"GPS{place}": (f"GPS{place}Ref", _format_coordinate)
        for place in ("Latitude", "Longitude", "DestLatitude", "DestLongitude")
    },
    "GPSAltitude": ("GPSAltitudeRef", _format_altitude),
    "GPSSpeed": ("GPSSpeedRef", _format_speed),
    "GPSDestDistance": ("GPSDestDistanceRef", _format_distance),
    **{
        f"GPS{way}": (f"GPS{way}Ref", _format_bearing)
        for way in ("Track", "ImgDirection", "DestBearing")
    },
    "XResolution": ("ResolutionUnit", _format_resolution),
    "YResolution": ("ResolutionUnit", _format_resolution),
    "FocalPlaneXResolution": ("FocalPlaneResolutionUnit", _format_resolution),
    "FocalPlaneYResolution": ("FocalPlaneResolutionUnit", _format_resolution),
}
"""Tag name → the tag that gives its number a meaning, and how to format both."""
