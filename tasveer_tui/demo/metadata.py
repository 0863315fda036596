"""Writes EXIF, XMP and IPTC as cameras and editors do.

EXIF is a TIFF block (TIFF 6.0, section 2): a header, then IFDs, each followed by its values.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from tasveer_tui.demo.itinerary import seeded_random

if TYPE_CHECKING:
    from datetime import datetime

    from tasveer_tui.demo.itinerary import Shot

Number: TypeAlias = int | tuple[int, int]


class Kind(IntEnum):
    """TIFF field types, by their codes."""

    BYTE = 1
    ASCII = 2
    SHORT = 3
    LONG = 4
    RATIONAL = 5
    UNDEFINED = 7
    SRATIONAL = 10


_STRUCT_CODES = {
    Kind.BYTE: "B",
    Kind.SHORT: "H",
    Kind.LONG: "I",
    Kind.RATIONAL: "II",
    Kind.SRATIONAL: "ii",
}

_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202


@dataclass(frozen=True, slots=True)
class Field:
    """A tag number, its type and its value."""

    number: int
    kind: Kind
    value: bytes | str | Number | tuple[Number, ...]

    def encoded(self, order: str) -> tuple[int, bytes]:
        """The count and the bytes of the value; `order` is that of struct."""
        if isinstance(self.value, str):
            data = self.value.encode() + b"\0"
            return len(data), data
        if isinstance(self.value, bytes):
            return len(self.value), self.value
        is_single = isinstance(self.value, int) or (
            len(_STRUCT_CODES[self.kind]) > 1 and isinstance(self.value[0], int)
        )
        values = (self.value,) if is_single else self.value
        packed = b"".join(
            struct.pack(order + _STRUCT_CODES[self.kind], *(v if isinstance(v, tuple) else (v,)))
            for v in values  # type: ignore[union-attr]
        )
        return len(values), packed  # type: ignore[arg-type]


def pack_exif(
    main: list[Field], exif: list[Field], gps: list[Field], thumbnail: bytes, *, big_endian: bool
) -> bytes:
    """A TIFF block: header, IFD0, Exif IFD, GPS IFD, IFD1 and its JPEG thumbnail."""
    order = ">" if big_endian else "<"
    header = b"MM\0*\0\0\0\x08" if big_endian else b"II*\0\x08\0\0\0"
    main = [*main, Field(_EXIF_POINTER, Kind.LONG, 0)]
    if gps:
        main.append(Field(_GPS_POINTER, Kind.LONG, 0))
    small = _thumbnail_ifd(len(thumbnail)) if thumbnail else []
    exif_at = len(header) + _ifd_size_bytes(main, order)
    gps_at = exif_at + _ifd_size_bytes(exif, order)
    small_at = gps_at + (_ifd_size_bytes(gps, order) if gps else 0)
    pointers = {
        _EXIF_POINTER: exif_at, _GPS_POINTER: gps_at,
        _THUMBNAIL_OFFSET: small_at + _ifd_size_bytes(small, order)
    }  # fmt: skip
    parts = [header, _pack_ifd(main, order, len(header), small_at if small else 0, pointers)]
    parts.append(_pack_ifd(exif, order, exif_at, 0, pointers))
    if gps:
        parts.append(_pack_ifd(gps, order, gps_at, 0, pointers))
    if small:
        parts.append(_pack_ifd(small, order, small_at, 0, pointers))
    return b"".join(parts) + thumbnail


def _thumbnail_ifd(length: int) -> list[Field]:
    return [
        Field(0x0103, Kind.SHORT, 6),
        Field(0x011A, Kind.RATIONAL, (72, 1)),
        Field(0x011B, Kind.RATIONAL, (72, 1)),
        Field(0x0128, Kind.SHORT, 2),
        Field(_THUMBNAIL_OFFSET, Kind.LONG, 0),
        Field(_THUMBNAIL_LENGTH, Kind.LONG, length),
    ]


def _ifd_size_bytes(fields: list[Field], order: str) -> int:
    """The size of an IFD, with the values that do not fit into its entries."""
    lengths = (len(field.encoded(order)[1]) for field in fields)
    return 6 + 12 * len(fields) + sum(length + length % 2 for length in lengths if length > 4)  # noqa: PLR2004


def _pack_ifd(
    fields: list[Field], order: str, start: int, following: int, pointers: dict[int, int]
) -> bytes:
    entries, values = [], b""
    values_at = start + 6 + 12 * len(fields)
    for field in sorted(fields, key=lambda field: field.number):
        count, data = field.encoded(order)
        if field.number in pointers:
            data = struct.pack(order + "I", pointers[field.number])
        if len(data) > 4:  # noqa: PLR2004 - a shorter value is in the entry itself
            entry_value = struct.pack(order + "I", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            entry_value = data.ljust(4, b"\0")
        entries.append(struct.pack(order + "HHI", field.number, field.kind, count) + entry_value)
    head = struct.pack(order + "H", len(fields))
    return head + b"".join(entries) + struct.pack(order + "I", following) + values


def with_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """Insert segments (marker, payload) into a JPEG, after its SOI marker."""
    packed = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
        for marker, payload in segments
    )
    return jpeg[:2] + packed + jpeg[2:]


def pack_iptc(fields: list[tuple[int, str]]) -> bytes:
    """A Photoshop resource block (for APP13) with IPTC application records in UTF-8."""
    records = b"\x1c\x01\x5a\0\x03\x1b%G"
    for number, text in fields:
        data = text.encode()
        records += struct.pack(">BBBH", 0x1C, 2, number, len(data)) + data
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    return b"Photoshop 3.0\0" + block + b"\0" * (len(records) % 2)


# ------------------------------------------------------------- the metadata of a shot

_PROGRAM_APERTURE, _PROGRAM_NORMAL, _PROGRAM_MANUAL = 3, 2, 1
_METERING_PATTERN, _METERING_SPOT = 5, 3
_FLASH_OFF, _FLASH_NONE = 16, 32


def exif_block(shot: Shot, size: tuple[int, int], thumbnail: bytes) -> bytes:
    """The EXIF of this shot, whose stored image has `size` pixels."""
    gps = _gps_fields(shot) if shot.trip.has_track and shot.lat_deg else []
    return pack_exif(
        _ifd0_fields(shot), [*_exif_fields(shot, size), *_lens_fields(shot)], gps, thumbnail,
        big_endian=shot.kit.is_big_endian,
    )  # fmt: skip


def _exif_time(when: datetime) -> str:
    return when.strftime("%Y:%m:%d %H:%M:%S")


def _rational(value: float, per: int) -> tuple[int, int]:
    return round(value * per), per


def _ifd0_fields(shot: Shot) -> list[Field]:
    edited = shot.taken + timedelta(days=seeded_random(shot.key).randint(2, 40), hours=3)
    software = shot.trip.editor or shot.kit.software
    year = shot.taken.year
    fields = [
        Field(0x010F, Kind.ASCII, shot.kit.make),
        Field(0x0110, Kind.ASCII, shot.kit.model),
        Field(0x0112, Kind.SHORT, shot.orientation),
        Field(0x011A, Kind.RATIONAL, (300, 1)),
        Field(0x011B, Kind.RATIONAL, (300, 1)),
        Field(0x0128, Kind.SHORT, 2),
        Field(0x0131, Kind.ASCII, software),
        Field(0x0132, Kind.ASCII, _exif_time(edited if shot.trip.editor else shot.taken)),
    ]
    if not shot.kit.is_fixed_f:  # phones and drones write no owner
        fields.append(Field(0x013B, Kind.ASCII, shot.trip.artist))
        fields.append(Field(0x8298, Kind.ASCII, f"© {year} {shot.trip.artist}"))
    if shot.trip.editor:
        fields.append(Field(0x010E, Kind.ASCII, shot.title))
    return fields


def _exif_fields(shot: Shot, size: tuple[int, int]) -> list[Field]:
    is_phone = shot.kit.is_fixed_f
    exposure, taken = shot.exposure, _exif_time(shot.taken)
    offset = shot.taken.strftime("%z")
    zone = f"{offset[:3]}:{offset[3:]}"
    manual = exposure.seconds >= 1
    program = _PROGRAM_NORMAL if is_phone else _PROGRAM_MANUAL if manual else _PROGRAM_APERTURE
    fields = [
        Field(0x829A, Kind.RATIONAL, exposure.shutter),
        Field(0x829D, Kind.RATIONAL, _rational(exposure.f_number, 100 if is_phone else 10)),
        Field(0x8822, Kind.SHORT, program),
        Field(0x8827, Kind.SHORT, exposure.iso),
        Field(0x8830, Kind.SHORT, 2),
        Field(0x9000, Kind.UNDEFINED, b"0231"),
        Field(0x9003, Kind.ASCII, taken),
        Field(0x9004, Kind.ASCII, taken),
        Field(0x9201, Kind.SRATIONAL, _rational(-math.log2(exposure.seconds), 1000)),
        Field(0x9202, Kind.RATIONAL, _rational(2 * math.log2(exposure.f_number), 1000)),
        Field(0x9204, Kind.SRATIONAL, (round(shot.bias_ev * 3), 3)),
        Field(0x9207, Kind.SHORT, _METERING_SPOT if shot.motif == "blossom" else _METERING_PATTERN),
        Field(0x9209, Kind.SHORT, _FLASH_NONE if shot.kit.make == "DJI" else _FLASH_OFF),
        Field(0x920A, Kind.RATIONAL, _rational(shot.focal_mm, 100)),
        Field(0x9291, Kind.ASCII, f"{shot.taken.microsecond // 10_000:02d}"),
        Field(0xA001, Kind.SHORT, 1),
        Field(0xA002, Kind.LONG, size[0]),
        Field(0xA003, Kind.LONG, size[1]),
        Field(0xA402, Kind.SHORT, 1 if manual else 0),
        Field(0xA403, Kind.SHORT, 1 if shot.kit.make == "LEICA CAMERA AG" else 0),
        Field(0xA405, Kind.SHORT, round(shot.focal_mm * shot.kit.crop)),
        Field(0xA406, Kind.SHORT, 0),
    ]
    if shot.taken.year >= 2018:  # noqa: PLR2004 - the offset tags exist since EXIF 2.31
        fields += [Field(0x9010, Kind.ASCII, zone), Field(0x9011, Kind.ASCII, zone)]
    return fields


def _lens_fields(shot: Shot) -> list[Field]:
    """Serial numbers, and the lens with its limits (LensSpecification)."""
    kit, fields = shot.kit, []
    if kit.serial:
        fields.append(Field(0xA431, Kind.ASCII, kit.serial))
    if kit.lens:
        (short, long), (at_short, at_long) = kit.zoom_mm, kit.open_f
        limits = tuple(_rational(value, 100) for value in (short, long, at_short, at_long))
        fields.append(Field(0xA432, Kind.RATIONAL, limits))
        fields.append(Field(0xA434, Kind.ASCII, kit.lens))
    if kit.lens_serial:
        fields.append(Field(0xA435, Kind.ASCII, kit.lens_serial))
    return fields


def _gps_fields(shot: Shot) -> list[Field]:
    utc = shot.taken.astimezone(UTC)
    fields = [
        Field(0, Kind.BYTE, (2, 3, 0, 0)),
        Field(1, Kind.ASCII, "N" if shot.lat_deg >= 0 else "S"),
        Field(2, Kind.RATIONAL, _degrees(shot.lat_deg)),
        Field(3, Kind.ASCII, "E" if shot.lon_deg >= 0 else "W"),
        Field(4, Kind.RATIONAL, _degrees(shot.lon_deg)),
        Field(5, Kind.BYTE, 0),
        Field(6, Kind.RATIONAL, _rational(max(0.0, shot.alt_m), 10)),
        Field(7, Kind.RATIONAL, ((utc.hour, 1), (utc.minute, 1), (utc.second, 1))),
        Field(18, Kind.ASCII, "WGS-84"),
        Field(29, Kind.ASCII, utc.strftime("%Y:%m:%d")),
    ]
    if shot.kit.has_gps:  # these have a compass as well
        fields.append(Field(16, Kind.ASCII, "T"))
        fields.append(Field(17, Kind.RATIONAL, _rational(shot.bearing_deg, 100)))
    return fields


def _degrees(value: float) -> tuple[tuple[int, int], ...]:
    """Degrees, minutes and seconds, rounded to 1/100 second."""
    hundredths = round(abs(value) * 360_000)
    seconds, minutes = hundredths % 6000, hundredths // 6000
    return (minutes // 60, 1), (minutes % 60, 1), (seconds, 100)


def xmp_packet(shot: Shot) -> bytes:
    """An XMP packet with title, keywords, rating, creator and software."""
    bag = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in shot.keywords)
    rating = f" xmp:Rating={quoteattr(str(shot.rating))}" if shot.rating else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f"{rating} xmp:CreatorTool={quoteattr(shot.trip.editor)}>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(shot.title)}</rdf:li>'
        f"</rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{escape(shot.trip.artist)}</rdf:li>"
        f"</rdf:Seq></dc:creator><dc:subject><rdf:Bag>{bag}</rdf:Bag></dc:subject>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def iptc_block(shot: Shot) -> bytes:
    """IPTC records with title, keywords, date, byline, city, country and caption."""
    return pack_iptc([
        (5, shot.title), *((25, word) for word in shot.keywords),
        (55, shot.taken.strftime("%Y%m%d")), (80, shot.trip.artist), (90, shot.stop.place),
        (101, shot.trip.country), (116, f"© {shot.taken.year} {shot.trip.artist}"),
        (120, f"{shot.title}, {shot.taken:%B %Y}."),
    ])  # fmt: skip
