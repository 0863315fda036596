"""PNG's short chunks: size and depth of the picture, its colours, its resolution, its time."""

import struct
from collections.abc import Mapping
from typing import Final

from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.values import binary
from tasveer_tui.records import TagValue

LONGEST = 256
_UNIT = 100_000
"""Chromaticities and gamma are whole numbers of this part."""
_NUMBER = 4
_COLOUR = 6
"""The bytes of a colour."""
_BY_PALETTE = 3
_ENTRY = 3
_LAYOUTS: Final = {
    b"IHDR": struct.Struct(">II5B"),
    b"pHYs": struct.Struct(">IIB"),
    b"acTL": struct.Struct(">II"),
    b"vpAg": struct.Struct(">IIB"),
    b"sRGB": struct.Struct(">B"),
    b"tIME": struct.Struct(">H5B"),
    b"gAMA": struct.Struct(">I"),
    b"cHRM": struct.Struct(">8I"),
}
_NAMES: Final = {
    b"IHDR": (
        "ImageWidth",
        "ImageHeight",
        "BitDepth",
        "ColorType",
        "Compression",
        "Filter",
        "Interlace",
    ),
    b"pHYs": ("PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits"),
    b"acTL": ("AnimationFrames", "AnimationPlays"),
    b"vpAg": ("VirtualImageWidth", "VirtualImageHeight", "VirtualPageUnits"),
    b"sRGB": ("SRGBRendering",),
}
_CHROMATICITIES: Final = (
    "WhitePointX",
    "WhitePointY",
    "RedX",
    "RedY",
    "GreenX",
    "GreenY",
    "BlueX",
    "BlueY",
)


def chunk(name: bytes, data: bytes, length: int, found: Found) -> None:
    """Tell what a chunk says that begins with `data`; one that is too short says nothing."""
    if name == b"PLTE":
        tell(found, "PNG", {"Palette": list(data) if length <= _ENTRY else binary(length)})
        return
    if name == b"tRNS":
        tell(found, "PNG", {"Transparency": _transparency(data, length, found)})
        return
    group = "PNG-pHYs" if name == b"pHYs" else "PNG"
    facts = _facts(name, data)
    if name == b"IHDR" and facts and found.width is None:
        found.width, found.height = int(str(facts["ImageWidth"])), int(str(facts["ImageHeight"]))
    tell(found, group, facts)


def _facts(name: bytes, data: bytes) -> Mapping[str, TagValue]:
    layout = _LAYOUTS.get(name)
    if layout is None:
        return _lists(name, data)
    if len(data) < layout.size:
        return {}
    numbers = layout.unpack_from(data)
    names = _NAMES.get(name)
    if names is not None:
        return dict(zip(names, numbers, strict=True))
    if name == b"tIME":
        year, month, day, hour, minute, second = numbers
        date, clock = f"{year:04d}:{month:02d}:{day:02d}", f"{hour:02d}:{minute:02d}:{second:02d}"
        return {"ModifyDate": f"{date} {clock}"}
    if name == b"gAMA":
        return {"Gamma": _plain(round(_UNIT / numbers[0], 4))} if numbers[0] else {}
    parts = [_plain(number / _UNIT) for number in numbers]
    return dict(zip(_CHROMATICITIES, parts, strict=True))


def _lists(name: bytes, data: bytes) -> Mapping[str, TagValue]:
    """As many numbers as there are; two bytes each where a colour has two."""
    if name == b"iCCP":
        return {"ProfileName": words(data.partition(b"\0")[0])}
    shorts = list(struct.unpack_from(f">{len(data) // 2}H", data))
    if name == b"sBIT":
        return {"SignificantBits": list(data)}
    if name == b"bKGD":
        return {"BackgroundColor": shorts or list(data)}
    if name == b"oFFs" and len(data) > 2 * _NUMBER:
        x, y = (int.from_bytes(data[at : at + _NUMBER], "big") for at in (0, _NUMBER))
        return {"ImageOffset": f"{x}, {y} ({'microns' if data[2 * _NUMBER] else 'pixels'})"}
    return {}


def _transparency(data: bytes, length: int, found: Found) -> TagValue:
    """One colour, or a byte for each of the palette's."""
    if length > _COLOUR:
        return binary(length)
    colour_type = next((tag.value for tag in found.tags if tag.name == "ColorType"), 0)
    if colour_type == _BY_PALETTE:
        return list(data)
    return list(struct.unpack_from(f">{len(data) // 2}H", data))


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


CHUNKS: Final = frozenset({*_LAYOUTS, b"sBIT", b"bKGD", b"oFFs", b"PLTE", b"tRNS"})
