"""IPTC's Information Interchange Model: datasets as tags, in the encoding that they are in."""

import hashlib
import re
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.ranges import ByteSource
from tasveer_tui.exif.tables import iptc as tables
from tasveer_tui.exif.text_decoding import is_printable
from tasveer_tui.exif.values import describe_binary
from tasveer_tui.records import Tag

_DatasetValue: TypeAlias = str | int | float
_DatasetNumber: TypeAlias = tuple[int, int]
"""Record and dataset."""

_MARKER = 0x1C
_HEADER_BYTES = 5
_MAX_BLOCK_BYTES = 256 * KIB
_MAX_VALUE_BYTES = 32 * KIB
_APPLICATION_RECORD = 2
_CHARACTER_SET: Final = (1, 90)
_DATE: Final = re.compile(r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)")
_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(\.\d+)?(?:([+-]\d\d)(\d\d))?")


def read(source: ByteSource, meter: Meter, group: str = "IPTC") -> tuple[list[Tag], bool]:
    """The tags, and whether the block is sound. Repeated datasets become one list.

    `File:CurrentIPTCDigest` is what Photoshop's IPTCDigest is compared with.
    """
    data = source.read(0, _MAX_BLOCK_BYTES)
    bodies, is_sound = _parse_datasets(data, meter)
    encoding = tables.ENCODINGS.get(bodies.get(_CHARACTER_SET, [b""])[-1], "")
    tags = [_make_tag(group, number, found, encoding) for number, found in bodies.items()]
    if tags and group == "IPTC" and source.size_bytes <= _MAX_BLOCK_BYTES:
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        tags.append(Tag("File", "CurrentIPTCDigest", value=digest))
    return tags, is_sound


def _parse_datasets(data: bytes, meter: Meter) -> tuple[dict[_DatasetNumber, list[bytes]], bool]:
    bodies: dict[_DatasetNumber, list[bytes]] = {}
    at, is_sound = 0, True
    while at + _HEADER_BYTES <= len(data) and data[at] == _MARKER:
        meter.plan_entries(1)
        number = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += _HEADER_BYTES
        if length > 0x7FFF:  # noqa: PLR2004 - the flag of a longer length field
            width = length & 0x7FFF
            length = int.from_bytes(data[at : at + min(width, 8)], "big")
            at += width
        body = data[at : at + length]
        is_sound = is_sound and len(body) == length
        at += length
        bodies.setdefault(number, []).append(body)
    return bodies, is_sound


def _make_tag(group: str, number: _DatasetNumber, bodies: list[bytes], encoding: str) -> Tag:
    """Of datasets that may not repeat, the last counts."""
    name = tables.IPTC.get(number) or _unknown_name(number)
    if number not in tables.LIST_DATASETS or len(bodies) == 1:
        return Tag(group, name, number[1], value=_decode_value(number, bodies[-1], encoding))
    values = [_decode_value(number, body, encoding) for body in bodies]
    return Tag(group, name, number[1], count=len(values), value=values)


def _unknown_name(number: _DatasetNumber) -> str:
    return f"IPTC_{tables.RECORDS.get(number[0], number[0])}_{number[1]}"


def _decode_value(number: _DatasetNumber, body: bytes, encoding: str) -> _DatasetValue:
    if number in tables.NUMBER_DATASETS:
        return int.from_bytes(body[:4], "big")
    is_named = number in tables.IPTC or number[0] == _APPLICATION_RECORD
    if number in tables.BINARY_DATASETS or not (is_named or is_printable(body)):
        return describe_binary(len(body))
    value = _decode_text(body[:_MAX_VALUE_BYTES], encoding)
    if number in tables.DATE_DATASETS:
        return _DATE.sub(r"\1:\2:\3", value, count=1)
    if number in tables.TIME_DATASETS:
        return _TIME.sub(_format_time, value, count=1)
    return value


def _decode_text(body: bytes, encoding: str) -> str:
    """UTF-8 if valid, regardless of the declaration: most programs write UTF-8."""
    body = body.partition(b"\0")[0]
    for known in ("utf-8", encoding or "cp1252"):
        try:
            return body.decode(known)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")


def _format_time(match: re.Match[str]) -> str:
    hours, minutes, seconds, fraction, zone, zone_minutes = match.groups()
    clock = f"{hours}:{minutes}:{seconds}{fraction or ''}"
    return f"{clock}{zone}:{zone_minutes}" if zone else clock
