"""The settings that photographers look up first: date, exposure, lens, size, place."""

from collections.abc import Iterator
from typing import Final

from tasveer_tui.exif.labels import label
from tasveer_tui.records import Facts, Tag, TagValue

_MEGAPIXEL: Final = 1_000_000
_MIN_MEGAPIXELS: Final = 0.1
"""Fewer megapixels are not shown."""


def summary(facts: Facts) -> Iterator[tuple[str, str]]:
    """Names and values of the known facts. Not sanitised."""
    parts = (
        ("Taken", _format_taken(facts)),
        ("Exposure", _format_exposure(facts)),
        ("Focal length", _format_focal_length(facts)),
        ("Pixels", _format_size(facts)),
        ("Position", _format_position(facts)),
    )
    return (part for part in parts if part[1])


def _format_taken(facts: Facts) -> str:
    """Without fractions of a second, which only the tag has."""
    date, _, clock = facts.taken_at.partition("T")
    return " ".join(filter(None, (date, clock.partition(".")[0], facts.taken_offset)))


def _format_exposure(facts: Facts) -> str:
    parts = (
        _format_tag("ExposureTime", facts.exposure_s),
        _format_tag("FNumber", facts.f_number),
        f"ISO {facts.iso}" if facts.iso is not None else "",
        _format_tag("ExposureCompensation", facts.exposure_bias_ev or None),
    )
    return " ".join(filter(None, parts))


def _format_focal_length(facts: Facts) -> str:
    focal = _format_tag("FocalLength", facts.focal_mm)
    if facts.focal35_mm is None or facts.focal35_mm == facts.focal_mm:
        return focal
    like = f"({_format_tag('FocalLength', facts.focal35_mm)} equiv.)"
    return f"{focal} {like}" if focal else like


def _format_size(facts: Facts) -> str:
    if facts.width is None or facts.height is None:
        return ""
    millions = (
        f", {mega:.1f} MP"
        if (mega := facts.width * facts.height / _MEGAPIXEL) >= _MIN_MEGAPIXELS
        else ""
    )
    return f"{facts.width} × {facts.height}{millions}"


def _format_position(facts: Facts) -> str:
    if facts.lat_deg is None or facts.lon_deg is None:
        return ""
    height = "" if facts.alt_m is None else f", {facts.alt_m:.0f} m"
    return f"{facts.lat_deg:.5f}, {facts.lon_deg:.5f}{height}"


def _format_tag(name: str, value: TagValue | None) -> str:
    return "" if value is None else label(Tag("ExifIFD", name, value=value))
