"""When a picture was taken: as the camera's clock showed it, with no zone of our own."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tasveer_tui.records import TagValue

_TAKEN: Final = (
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

_MOMENT: Final = re.compile(
    r"\s*(\d{4})[:/.-](\d\d)[:/.-](\d\d)"
    r"(?:[ T]+(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?\s*"
)
_OFFSET: Final = re.compile(r"\s*([+-]\d\d):?(\d\d)\s*")


def taken(values: Mapping[str, TagValue]) -> tuple[str, str]:
    """ISO 8601 without a zone, and the zone's offset where it was written; else empty."""
    for name, fraction, offset in _TAKEN:
        text = values.get(name)
        if not isinstance(text, str):
            continue
        moment, own_fraction, zone = _moment(text)
        if moment:
            digits = str(values.get(fraction, "")).strip() or own_fraction
            tail = f".{digits[:6]}" if digits.isascii() and digits.isdigit() else ""
            return moment + tail, _offset(str(values.get(offset, "")) or zone)
    return "", ""


def _moment(text: str) -> tuple[str, str, str]:
    """The moment to the second, the fraction's digits, the zone; empty if it is no date."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return "", "", ""
    *parts, fraction, zone = match.groups()
    try:
        moment = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001 - the camera's clock has no zone
    except ValueError:
        return "", "", ""
    return moment.isoformat(), fraction or "", zone or ""


def _offset(text: str) -> str:
    if text.strip() == "Z":
        return "+00:00"
    match = _OFFSET.fullmatch(text)
    return f"{match[1]}:{match[2]}" if match else ""
