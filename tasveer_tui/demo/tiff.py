"""Packs EXIF: IFDs, their values, the thumbnail, and the segments that carry them in a JPEG."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

Number: TypeAlias = int | tuple[int, int]


class Kind(IntEnum):
    """TIFF's field types."""

    BYTE = 1
    ASCII = 2
    SHORT = 3
    LONG = 4
    RATIONAL = 5
    UNDEFINED = 7
    SRATIONAL = 10


_CODES = {
    Kind.BYTE: "B",
    Kind.SHORT: "H",
    Kind.LONG: "I",
    Kind.RATIONAL: "II",
    Kind.SRATIONAL: "ii",
}

_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_THUMBNAIL_AT, _THUMBNAIL_LENGTH = 0x0201, 0x0202


@dataclass(frozen=True, slots=True)
class Field:
    """One tag with its value."""

    number: int
    kind: Kind
    value: bytes | str | Number | tuple[Number, ...]

    def encoded(self, order: str) -> tuple[int, bytes]:
        """Count and bytes of the value."""
        if isinstance(self.value, str):
            data = self.value.encode() + b"\0"
            return len(data), data
        if isinstance(self.value, bytes):
            return len(self.value), self.value
        is_single = isinstance(self.value, int) or (
            len(_CODES[self.kind]) > 1 and isinstance(self.value[0], int)
        )
        values = (self.value,) if is_single else self.value
        packed = b"".join(
            struct.pack(order + _CODES[self.kind], *(v if isinstance(v, tuple) else (v,)))
            for v in values  # type: ignore[union-attr]
        )
        return len(values), packed  # type: ignore[arg-type]


def pack(
    main: list[Field], exif: list[Field], gps: list[Field], thumbnail: bytes, *, big_endian: bool
) -> bytes:
    """A whole TIFF block: header, IFD0, Exif IFD, GPS IFD, IFD1 and its JPEG thumbnail."""
    order = ">" if big_endian else "<"
    header = b"MM\0*\0\0\0\x08" if big_endian else b"II*\0\x08\0\0\0"
    main = [*main, Field(_EXIF_POINTER, Kind.LONG, 0)]
    if gps:
        main.append(Field(_GPS_POINTER, Kind.LONG, 0))
    small = _thumbnail_ifd(len(thumbnail)) if thumbnail else []
    exif_at = len(header) + _size(main, order)
    gps_at = exif_at + _size(exif, order)
    small_at = gps_at + (_size(gps, order) if gps else 0)
    pointers = {
        _EXIF_POINTER: exif_at, _GPS_POINTER: gps_at, _THUMBNAIL_AT: small_at + _size(small, order)
    }  # fmt: skip
    parts = [header, _ifd(main, order, len(header), small_at if small else 0, pointers)]
    parts.append(_ifd(exif, order, exif_at, 0, pointers))
    if gps:
        parts.append(_ifd(gps, order, gps_at, 0, pointers))
    if small:
        parts.append(_ifd(small, order, small_at, 0, pointers))
    return b"".join(parts) + thumbnail


def _thumbnail_ifd(length: int) -> list[Field]:
    return [
        Field(0x0103, Kind.SHORT, 6),
        Field(0x011A, Kind.RATIONAL, (72, 1)),
        Field(0x011B, Kind.RATIONAL, (72, 1)),
        Field(0x0128, Kind.SHORT, 2),
        Field(_THUMBNAIL_AT, Kind.LONG, 0),
        Field(_THUMBNAIL_LENGTH, Kind.LONG, length),
    ]


def _size(fields: list[Field], order: str) -> int:
    """Of an IFD with the values that stand outside its entries."""
    lengths = (len(field.encoded(order)[1]) for field in fields)
    return 6 + 12 * len(fields) + sum(length + length % 2 for length in lengths if length > 4)  # noqa: PLR2004


def _ifd(
    fields: list[Field], order: str, start: int, following: int, pointers: dict[int, int]
) -> bytes:
    entries, values = [], b""
    values_at = start + 6 + 12 * len(fields)
    for field in sorted(fields, key=lambda field: field.number):
        count, data = field.encoded(order)
        if field.number in pointers:
            data = struct.pack(order + "I", pointers[field.number])
        if len(data) > 4:  # noqa: PLR2004 - what fits stands in the entry itself
            place = struct.pack(order + "I", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries.append(struct.pack(order + "HHI", field.number, field.kind, count) + place)
    head = struct.pack(order + "H", len(fields))
    return head + b"".join(entries) + struct.pack(order + "I", following) + values


def with_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """Put (marker, payload) segments directly behind a JPEG's first marker."""
    packed = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
        for marker, payload in segments
    )
    return jpeg[:2] + packed + jpeg[2:]


def iptc(fields: list[tuple[int, str]]) -> bytes:
    """A Photoshop resource block (APP13) that holds IPTC application records, as UTF-8."""
    records = b"\x1c\x01\x5a\0\x03\x1b%G"
    for number, text in fields:
        data = text.encode()
        records += struct.pack(">BBBH", 0x1C, 2, number, len(data)) + data
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    return b"Photoshop 3.0\0" + block + b"\0" * (len(records) % 2)
