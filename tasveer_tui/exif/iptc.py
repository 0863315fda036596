"""IPTC's Information Interchange Model, by itself or inside Photoshop's image resources."""

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.ranges import Source
from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag

_Value: TypeAlias = str | int | float

NAMES: Final = {
    (1, 0): "EnvelopeRecordVersion",
    (1, 5): "Destination",
    (1, 20): "FileFormat",
    (1, 22): "FileVersion",
    (1, 30): "ServiceIdentifier",
    (1, 40): "EnvelopeNumber",
    (1, 50): "ProductID",
    (1, 60): "EnvelopePriority",
    (1, 70): "DateSent",
    (1, 80): "TimeSent",
    (1, 100): "UniqueObjectName",
    (1, 90): "CodedCharacterSet",
    (2, 0): "ApplicationRecordVersion",
    (2, 3): "ObjectTypeReference",
    (2, 4): "ObjectAttributeReference",
    (2, 5): "ObjectName",
    (2, 7): "EditStatus",
    (2, 8): "EditorialUpdate",
    (2, 10): "Urgency",
    (2, 12): "SubjectReference",
    (2, 15): "Category",
    (2, 20): "SupplementalCategories",
    (2, 22): "FixtureIdentifier",
    (2, 25): "Keywords",
    (2, 26): "ContentLocationCode",
    (2, 27): "ContentLocationName",
    (2, 30): "ReleaseDate",
    (2, 35): "ReleaseTime",
    (2, 37): "ExpirationDate",
    (2, 38): "ExpirationTime",
    (2, 40): "SpecialInstructions",
    (2, 42): "ActionAdvised",
    (2, 45): "ReferenceService",
    (2, 47): "ReferenceDate",
    (2, 50): "ReferenceNumber",
    (2, 55): "DateCreated",
    (2, 60): "TimeCreated",
    (2, 62): "DigitalCreationDate",
    (2, 63): "DigitalCreationTime",
    (2, 65): "OriginatingProgram",
    (2, 70): "ProgramVersion",
    (2, 75): "ObjectCycle",
    (2, 80): "By-line",
    (2, 85): "By-lineTitle",
    (2, 90): "City",
    (2, 92): "Sub-location",
    (2, 95): "Province-State",
    (2, 100): "Country-PrimaryLocationCode",
    (2, 101): "Country-PrimaryLocationName",
    (2, 103): "OriginalTransmissionReference",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "CopyrightNotice",
    (2, 118): "Contact",
    (2, 120): "Caption-Abstract",
    (2, 121): "LocalCaption",
    (2, 122): "Writer-Editor",
    (2, 130): "ImageType",
    (2, 131): "ImageOrientation",
    (2, 135): "LanguageIdentifier",
    (2, 184): "JobID",
    (2, 187): "UniqueDocumentID",
    (2, 188): "DocumentNotes",
    (2, 221): "Prefs",
    (2, 225): "ClassifyState",
    (2, 228): "SimilarityIndex",
    (2, 230): "DocumentHistory",
    (2, 231): "ExifCameraInfo",
}
_LISTS: Final = frozenset(
    (2, set_) for set_ in (4, 12, 20, 25, 26, 27, 45, 47, 50, 80, 85, 118, 122)
)
"""Datasets that may repeat."""
_NUMBERS: Final = frozenset({(1, 0), (1, 20), (1, 22), (2, 0)})
"""Datasets that are binary numbers."""
_MARKER = 0x1C
_HEAD = 5
_LARGEST = 256 * KIB
_LONGEST_VALUE = 32 * KIB
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(?:([+-]\d\d)(\d\d))?")
_RESOURCE: Final = b"8BIM"
_IPTC_RESOURCE = 0x0404
_RESOURCE_HEAD = 12


def in_resources(source: Source, meter: Meter) -> Iterator[Source]:
    """The IPTC blocks among Photoshop's image resources, the others skipped unread."""
    at = 0
    while at + _RESOURCE_HEAD <= source.size_bytes:
        meter.plan_entries(1)
        head = source.read(at, 7)
        if head[:4] != _RESOURCE:
            return
        name = (1 + head[6]) + (1 + head[6]) % 2
        at += 6 + name
        length = int.from_bytes(source.read(at, 4), "big")
        at += 4
        if int.from_bytes(head[4:6], "big") == _IPTC_RESOURCE:
            yield source.part(at, min(length, source.size_bytes - at))
        at += length + length % 2


def read(source: Source, meter: Meter) -> tuple[list[Tag], bool]:
    """The tags, and whether the block is sound. Repeated datasets become one list."""
    data = source.read(0, _LARGEST)
    values: dict[tuple[int, int], list[_Value]] = {}
    at, is_sound = 0, True
    while at + _HEAD <= len(data) and data[at] == _MARKER:
        meter.plan_entries(1)
        number = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += _HEAD
        if length > 0x7FFF:  # noqa: PLR2004 - the flag of a longer length field
            width = length & 0x7FFF
            length = int.from_bytes(data[at : at + min(width, 8)], "big")
            at += width
        body = data[at : at + length]
        is_sound = is_sound and len(body) == length
        at += length
        values.setdefault(number, []).append(_value(number, body))
    return [_tag(number, found) for number, found in values.items()], is_sound


def _tag(number: tuple[int, int], values: list[_Value]) -> Tag:
    name = NAMES.get(number, f"IPTC_{number[0]}_{number[1]}")
    is_list = len(values) > 1 and number in _LISTS
    return Tag("IPTC", name, number[1], count=len(values), value=values if is_list else values[-1])


def _value(number: tuple[int, int], body: bytes) -> _Value:
    """Text is UTF-8 where it is that, whatever was declared: most programs write it so."""
    name = NAMES.get(number, "")
    if number in _NUMBERS:
        return int.from_bytes(body[:4], "big")
    body = body[:_LONGEST_VALUE]
    if number[0] > 3 or not name:  # noqa: PLR2004 - records of text
        return f"(Binary data {len(body)} bytes)"
    value = plain(body)
    if name.endswith("Date") or name == "DateCreated":
        return _DATE.sub(r"\1:\2:\3", value, count=1)
    if name.endswith("Time") or name == "TimeCreated":
        return _TIME.sub(_clock, value, count=1)
    return value


def _clock(match: re.Match[str]) -> str:
    hours, minutes, seconds, zone, zone_minutes = match.groups()
    return f"{hours}:{minutes}:{seconds}" + (f"{zone}:{zone_minutes}" if zone else "")
