"""Tag values as a photographer reads them. Text of the object is passed on as it is: clean it."""

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final, TypeAlias

from tasveer_tui.exif.tables.codes import CODES, Code
from tasveer_tui.exif.tables.words import WORDS
from tasveer_tui.records import Tag, TagValue

_Number: TypeAlias = int | float

_CODED_GROUPS: Final = re.compile(r"IFD\d+|SubIFD\d*|ExifIFD|GPS|InteropIFD|XMP-(exif|tiff|exifEX)")
_DATE: Final = re.compile(r"(\d{4}):(\d\d):(\d\d)(?=$| )")
_VERSION: Final = re.compile(r"\d{4}")
_SLOW_S = 0.3
"""Exposures up to this are told as one over something."""
_CELLS: Final[Mapping[Code, str]] = dict(enumerate("RGBCMYW"))
_SIDES: Final = {
    "GPSLatitudeRef": {"+": "N", "-": "S"},
    "GPSDestLatitudeRef": {"+": "N", "-": "S"},
    "GPSLongitudeRef": {"+": "E", "-": "W"},
    "GPSDestLongitudeRef": {"+": "E", "-": "W"},
}
_COMPONENTS: Final = {0: "–", 1: "Y", 2: "Cb", 3: "Cr", 4: "R", 5: "G", 6: "B"}


def label(tag: Tag, tags: Iterable[Tag] = ()) -> str:
    """What the tag says, with its unit or in words: `1/250 s`, `f/2.8`, `Manual`.

    Values that need no words are told as they are. `tags` are those around it: some say what
    others count in, or which side of the globe they mean.
    """
    words_of_group = WORDS.get(f"{tag.group}:{tag.name}")
    if words_of_group is not None and not isinstance(tag.value, list):
        return words_of_group.get(tag.value) or _plain(tag.value)
    if not _CODED_GROUPS.fullmatch(tag.group):
        return _plain(tag.value)
    companion = _COMPANIONS.get(tag.name)
    if companion is not None and isinstance(tag.value, int | float):
        name, tell = companion
        told = tell(tag.value, _beside(tag, name, tags))
        if told:
            return told
    return _told(tag.name, tag.value)


def _told(name: str, value: TagValue) -> str:
    """What a tag of EXIF says by itself."""
    form = _FORMS.get(name)
    if form is not None and isinstance(value, int | float):
        return form(value)
    codes = CODES.get(name)
    if codes is not None:
        return _coded(codes, value)
    words = _WORDS.get(name)
    return words(value) if words is not None else _plain(value)


def _beside(tag: Tag, name: str, tags: Iterable[Tag]) -> TagValue:
    """What the tag of that name in the same group says; of XMP's signed values, the sign."""
    if name in _SIDES and tag.group.startswith("XMP"):
        return _SIDES[name]["-" if isinstance(tag.value, float) and tag.value < 0 else "+"]
    for other in tags:
        if other.name == name and other.group == tag.group:
            return other.value
    return ""


def _plain(value: TagValue) -> str:
    if isinstance(value, list):
        is_text = any(isinstance(part, str) for part in value)
        return (", " if is_text else " ").join(_plain(part) for part in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return _DATE.sub(r"\1-\2-\3", value, count=1) if isinstance(value, str) else str(value)


def _coded(codes: Mapping[Code, str], value: TagValue) -> str:
    if isinstance(value, list):
        return ", ".join(_coded(codes, part) for part in value)
    key = value.strip() if isinstance(value, str) else value
    return codes.get(key) or (value if isinstance(value, str) else f"Unknown ({value})")


def _seconds(value: _Number) -> str:
    if 0 < value <= _SLOW_S:
        under = 1 / value
        return f"1/{under:.0f} s" if under > 10 else f"1/{under:.2g} s"  # noqa: PLR2004 - 1/2.5
    return f"{value:.3g} s"


def _aperture(value: _Number) -> str:
    return f"f/{value:.1f}".removesuffix(".0")


def _steps(value: _Number) -> str:
    """Exposure steps, in thirds or halves as cameras count them."""
    near = Fraction(value).limit_denominator(3)
    if abs(near - Fraction(value)) > Fraction(1, 50):
        return f"{value:+.2g} EV"
    whole = int(abs(near))
    rest = abs(near) - whole
    sign = "+" if near > 0 else "-" if near < 0 else ""
    parts = [str(whole)] if whole or not rest else []
    return f"{sign}{' '.join([*parts, str(rest)] if rest else parts)} EV"


def _degrees(value: _Number) -> str:
    """Degrees, minutes and seconds; a side is told only where there is a sign."""
    tenths = round(abs(value) * 36_000)
    seconds = tenths % 600 / 10
    sign = "-" if value < 0 else ""
    return f"{sign}{tenths // 36_000}° {tenths // 600 % 60:02d}′ {seconds:04.1f}″"


def _globe(value: _Number, side: TagValue) -> str:
    """Unsigned degrees and their side."""
    letter = str(side).strip()[:1].upper()
    return f"{_degrees(abs(value))} {letter}" if letter in ("N", "E", "S", "W") else ""


def _height(value: _Number, reference: TagValue) -> str:
    words = CODES["GPSAltitudeRef"].get(reference) if isinstance(reference, int) else None
    return f"{_METRES_FINE(value)} {words.lower()}" if words else ""


def _per(value: _Number, unit: TagValue) -> str:
    words = CODES["ResolutionUnit"].get(unit) if isinstance(unit, int) else None
    return f"{_plain(value)} {words}" if words and words != "None" else ""


def _speed(value: _Number, unit: TagValue) -> str:
    words = CODES["GPSSpeedRef"].get(str(unit).strip())
    return f"{value:.4g} {words}" if words else ""


def _distance(value: _Number, unit: TagValue) -> str:
    words = CODES["GPSDestDistanceRef"].get(str(unit).strip())
    return f"{value:.4g} {words.lower()}" if words else ""


def _bearing(value: _Number, north: TagValue) -> str:
    words = {"T": "true", "M": "magnetic"}.get(str(north).strip())
    return f"{_ANGLE(value)} {words}" if words else ""


def _with(unit: str, places: str = ".4g") -> Callable[[_Number], str]:
    def form(value: _Number) -> str:
        shown = str(value) if isinstance(value, int) else format(value, places)
        return f"{shown}{unit}"

    return form


def _flash(value: _Number) -> str:
    """Exif keeps five facts in one number."""
    bits = int(value)
    if bits & 0x20:
        return "No flash"
    words = ["Fired" if bits & 1 else "Did not fire"]
    words += {1: ["forced"], 2: ["switched off"], 3: ["auto"]}.get(bits >> 3 & 3, [])
    words += {2: ["return not detected"], 3: ["return detected"]}.get(bits >> 1 & 3, [])
    return ", ".join(words + (["red-eye reduction"] if bits & 0x40 else []))


def _components(value: TagValue) -> str:
    if not isinstance(value, list):
        return _plain(value)
    return " ".join(_COMPONENTS.get(part, "?") if isinstance(part, int) else "?" for part in value)


def _mosaic(value: TagValue) -> str:
    """Columns, rows, and the colour of each cell."""
    if not isinstance(value, list) or len(value) < 3:  # noqa: PLR2004 - one cell
        return _plain(value)
    columns, cells = int(value[0]), [_CELLS.get(part, "?") for part in value[2:]]
    if columns < 1:
        return _plain(value)
    return " / ".join("".join(cells[at : at + columns]) for at in range(0, len(cells), columns))


def _version(value: TagValue) -> str:
    text = str(value).strip()
    if not _VERSION.fullmatch(text):
        return text
    return f"{int(text[:2])}.{text[2]}" + (text[3] if text[3] != "0" else "")


def _lens(value: TagValue) -> str:
    """Shortest and longest focal length, and the widest aperture at each."""
    if not isinstance(value, list) or len(value) != 4:  # noqa: PLR2004 - as the tag has
        return _plain(value)
    short, long, wide, narrow = (
        f"{part:.3g}" if isinstance(part, int | float) else "?" for part in value
    )
    focal = short if short == long else f"{short}–{long}"
    aperture = wide if wide == narrow else f"{wide}–{narrow}"
    return f"{focal} mm f/{aperture}"


def _utc(value: TagValue) -> str:
    return f"{value} UTC"


_METRES: Final = _with(" m")
_METRES_FINE: Final = _with(" m", ".6g")
_ANGLE: Final = _with("°")
_FORMS: Final[Mapping[str, Callable[[_Number], str]]] = {
    "ExposureTime": _seconds,
    "ShutterSpeedValue": _seconds,
    "FNumber": _aperture,
    "ApertureValue": _aperture,
    "MaxApertureValue": _aperture,
    "FocalLength": _with(" mm"),
    "FocalLengthIn35mmFormat": _with(" mm"),
    "ExposureCompensation": _steps,
    "BrightnessValue": _with(" EV"),
    "Flash": _flash,
    "SubjectDistance": _METRES,
    "DigitalZoomRatio": _with("×"),
    "AmbientTemperature": _with(" °C"),
    "Humidity": _with(" %"),
    "Pressure": _with(" hPa", ".6g"),
    "WaterDepth": _METRES,
    "Acceleration": _with(" mGal"),
    "CameraElevationAngle": _ANGLE,
    "CompressedBitsPerPixel": _with(" bits a pixel"),
    "FlashEnergy": _with(" BCPS"),
    "BaselineExposure": _steps,
    "BaselineExposureOffset": _steps,
    "TStop": _with("", ".3g"),
    "FrameRate": _with(" frames/s"),
    "TimeZoneOffset": _with(" h"),
    "GPSLatitude": _degrees,
    "GPSLongitude": _degrees,
    "GPSDestLatitude": _degrees,
    "GPSDestLongitude": _degrees,
    "GPSAltitude": _METRES_FINE,
    "GPSImgDirection": _ANGLE,
    "GPSTrack": _ANGLE,
    "GPSDestBearing": _ANGLE,
    "GPSHPositioningError": _METRES,
}
"""By name, for values that are one number."""

_WORDS: Final[Mapping[str, Callable[[TagValue], str]]] = {
    "ComponentsConfiguration": _components,
    "CFAPattern": _mosaic,
    "DNGLensInfo": _lens,
    "DNGVersion": lambda value: ".".join(_plain(value).split()),
    "DNGBackwardVersion": lambda value: ".".join(_plain(value).split()),
    "GPSVersionID": lambda value: ".".join(_plain(value).split()),
    "ExifVersion": _version,
    "FlashpixVersion": _version,
    "InteropVersion": _version,
    "LensInfo": _lens,
    "GPSTimeStamp": _utc,
}
"""By name, for other values."""

_COMPANIONS: Final[Mapping[str, tuple[str, Callable[[_Number, TagValue], str]]]] = {
    **{
        f"GPS{place}": (f"GPS{place}Ref", _globe)
        for place in ("Latitude", "Longitude", "DestLatitude", "DestLongitude")
    },
    "GPSAltitude": ("GPSAltitudeRef", _height),
    "GPSSpeed": ("GPSSpeedRef", _speed),
    "GPSDestDistance": ("GPSDestDistanceRef", _distance),
    **{f"GPS{way}": (f"GPS{way}Ref", _bearing) for way in ("Track", "ImgDirection", "DestBearing")},
    "XResolution": ("ResolutionUnit", _per),
    "YResolution": ("ResolutionUnit", _per),
    "FocalPlaneXResolution": ("FocalPlaneResolutionUnit", _per),
    "FocalPlaneYResolution": ("FocalPlaneResolutionUnit", _per),
}
"""By name, the tag that says what a number means, and how both are told."""
