"""Test images made in memory, with metadata of the caller's choosing.

`jpeg(make="Canon", iso=400)` takes the names of `records.Facts`. For what no encoder would
write there are hand-packed pieces: `Ifd`, `tiff_block`, `segment`, `chunk`.
"""

import io
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from PIL import Image

from tasveer_tui.errors import TasveerError
from tasveer_tui.records import Chunk

BYTE, ASCII, SHORT, LONG, RATIONAL = 1, 2, 3, 4, 5
SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE = 6, 7, 8, 9, 10, 11, 12
LONG8 = 16

Number: TypeAlias = int | float
Fact: TypeAlias = str | int | float | Fraction | Sequence[str] | None
Values: TypeAlias = "str | bytes | Number | Fraction | Sequence[Number | Fraction]"

_FORMAT = {
    BYTE: "B",
    SHORT: "H",
    LONG: "I",
    SBYTE: "b",
    SSHORT: "h",
    SLONG: "i",
    FLOAT: "f",
    DOUBLE: "d",
    LONG8: "Q",
    13: "I",
}
_EXIF_POINTER, _GPS_POINTER, _INTEROP_POINTER = 0x8769, 0x8825, 0xA005
_THUMB_OFFSET, _THUMB_LENGTH = 0x0201, 0x0202


# ------------------------------------------------------------------------------ TIFF


@dataclass
class Ifd:
    """Entries as number → (field type, values); `children` hang below pointer tags."""

    entries: dict[int, tuple[int, Values]] = field(default_factory=dict)
    children: dict[int, "Ifd | list[Ifd]"] = field(default_factory=dict)
    data: bytes = b""
    """Appended after the values; its place is stored in `data_pointer`."""
    data_pointer: int = 0


def _rational(value: Number | Fraction | tuple[int, int]) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    exact = value if isinstance(value, Fraction) else Fraction(value).limit_denominator(100_000)
    return exact.numerator, exact.denominator


def pack_value(kind: int, values: Values, order: str) -> tuple[int, bytes]:
    """The count and the bytes of a value."""
    if isinstance(values, str):
        data = values.encode() + b"\0"
        return len(data), data
    if isinstance(values, bytes):
        return len(values), values
    many = values if isinstance(values, Sequence) else [values]
    if kind in (RATIONAL, SRATIONAL):
        letter = "I" if kind == RATIONAL else "i"
        flat = [part for value in many for part in _rational(value)]
        return len(many), struct.pack(f"{order}{len(flat)}{letter}", *flat)
    return len(many), struct.pack(f"{order}{len(many)}{_FORMAT[kind]}", *many)


class _Packer:
    """Lays IFDs out one after the other, values behind each."""

    def __init__(self, order: str, *, is_big: bool) -> None:
        self.order = order
        self.word = "Q" if is_big else "I"
        self.size = 8 if is_big else 4
        self.count = "Q" if is_big else "H"
        magic = struct.pack(f"{order}HHH", 43, 8, 0) if is_big else struct.pack(f"{order}H", 42)
        self.out = bytearray((b"II" if order == "<" else b"MM") + magic)

    def number(self, value: int) -> bytes:
        return struct.pack(self.order + self.word, value)

    def table_size(self, ifd: Ifd) -> int:
        rows = len(ifd.entries) + len(ifd.children) + (1 if ifd.data_pointer else 0)
        return struct.calcsize(f"={self.count}") + rows * (4 + 2 * self.size) + self.size

    def ifd(self, ifd: Ifd, *, next_follows: bool) -> None:
        """Append `ifd` here, then its values, then its children."""
        start = len(self.out)
        self.out += bytes(self.table_size(ifd))
        rows = {tag: self._row(tag, *entry) for tag, entry in ifd.entries.items()}
        if ifd.data_pointer:
            place = len(self.out)
            self.out += ifd.data
            rows[ifd.data_pointer] = self._row(ifd.data_pointer, LONG, place)
        for pointer, child in ifd.children.items():
            places = []
            for one in child if isinstance(child, list) else [child]:
                places.append(len(self.out))
                self.ifd(one, next_follows=False)
            rows[pointer] = self._row(pointer, LONG, places)
        table = struct.pack(self.order + self.count, len(rows))
        table += b"".join(rows[tag] for tag in sorted(rows))
        table += self.number(len(self.out) if next_follows else 0)
        self.out[start : start + len(table)] = table

    def _row(self, tag: int, kind: int, values: Values) -> bytes:
        count, data = pack_value(kind, values, self.order)
        head = struct.pack(f"{self.order}HH", tag, kind) + self.number(count)
        if len(data) <= self.size:
            return head + data.ljust(self.size, b"\0")
        place = len(self.out)
        self.out += data + b"\0" * (len(data) % 2)
        return head + self.number(place)


def tiff_block(
    ifd0: Ifd,
    ifd1: Ifd | None = None,
    *,
    order: str = "<",
    is_big: bool = False,
    gap_bytes: int = 0,
) -> bytes:
    """A TIFF structure, as in a file of its own or behind `Exif\\0\\0`.

    `gap_bytes` of nothing stand between its header and its first directory.
    """
    packer = _Packer(order, is_big=is_big)
    packer.out += packer.number(len(packer.out) + packer.size + gap_bytes) + bytes(gap_bytes)
    packer.ifd(ifd0, next_follows=ifd1 is not None)
    if ifd1 is not None:
        packer.ifd(ifd1, next_follows=False)
    return bytes(packer.out)


# --------------------------------------------------------------------- facts as tags

_IFD0_TEXT = {
    "make": 0x10F,
    "model": 0x110,
    "software": 0x131,
    "artist": 0x13B,
    "copyright": 0x8298,
    "caption": 0x10E,
}
_EXIF_TEXT = {"lens": 0xA434, "serial": 0xA431, "taken_offset": 0x9011}
_EXIF_RATIONAL = {"exposure_s": 0x829A, "f_number": 0x829D, "focal_mm": 0x920A}
_EXIF_SHORT = {
    "iso": 0x8827,
    "flash": 0x9209,
    "white_balance": 0xA403,
    "metering": 0x9207,
    "program": 0x8822,
    "focal35_mm": 0xA405,
}


def _degrees(value: float) -> list[Fraction]:
    total = Fraction(abs(value)).limit_denominator(1_000_000)
    whole = int(total)
    minutes = int((total - whole) * 60)
    seconds = ((total - whole) * 60 - minutes) * 60
    return [Fraction(whole), Fraction(minutes), seconds.limit_denominator(10_000)]


def _gps(facts: Mapping[str, Fact]) -> Ifd | None:
    lat, lon, alt = (facts.get(name) for name in ("lat_deg", "lon_deg", "alt_m"))
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    entries: dict[int, tuple[int, Values]] = {
        0: (BYTE, b"\2\3\0\0"),
        1: (ASCII, "N" if lat >= 0 else "S"),
        2: (RATIONAL, _degrees(lat)),
        3: (ASCII, "E" if lon >= 0 else "W"),
        4: (RATIONAL, _degrees(lon)),
    }
    if isinstance(alt, int | float):
        entries[5] = (BYTE, b"\1" if alt < 0 else b"\0")
        entries[6] = (RATIONAL, abs(alt))
    return Ifd(entries)


def _date_entries(text: str) -> dict[int, tuple[int, Values]]:
    """DateTimeOriginal and its sub-seconds from `2019-05-04T10:11:12.345`."""
    moment, _, fraction = text.partition(".")
    entries: dict[int, tuple[int, Values]] = {
        0x9003: (ASCII, moment.replace("-", ":").replace("T", " "))
    }
    if fraction:
        entries[0x9291] = (ASCII, fraction)
    return entries


def exif_ifds(facts: Mapping[str, Fact], thumbnail: bytes = b"") -> tuple[Ifd, Ifd | None]:
    """IFD0 and IFD1 that say what `facts` (names of `records.Facts`) say."""
    ifd0, exif = Ifd(), Ifd()
    for name, value in facts.items():
        _add_fact(ifd0, exif, name, value)
    gps = _gps(facts)
    if exif.entries:
        ifd0.children[_EXIF_POINTER] = exif
    if gps is not None:
        ifd0.children[_GPS_POINTER] = gps
    if not thumbnail:
        return ifd0, None
    entries: dict[int, tuple[int, Values]] = {
        0x103: (SHORT, 6),
        _THUMB_LENGTH: (LONG, len(thumbnail)),
    }
    return ifd0, Ifd(entries, data=thumbnail, data_pointer=_THUMB_OFFSET)


def _add_fact(ifd0: Ifd, exif: Ifd, name: str, value: Fact) -> None:
    if value is None or value == "":
        return
    for table, target, kind in (
        (_IFD0_TEXT, ifd0, ASCII),
        (_EXIF_TEXT, exif, ASCII),
        (_EXIF_RATIONAL, exif, RATIONAL),
        (_EXIF_SHORT, exif, SHORT),
    ):
        if name in table:
            target.entries[table[name]] = (kind, value)  # type: ignore[assignment]
            return
    if name == "orientation":
        ifd0.entries[0x112] = (SHORT, value)  # type: ignore[assignment]
    elif name == "exposure_bias_ev":
        exif.entries[0x9204] = (SRATIONAL, value)  # type: ignore[assignment]
    elif name == "taken_at":
        exif.entries.update(_date_entries(str(value)))


_XMP_TEMPLATE = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"{rating}>
{body}</rdf:Description></rdf:RDF></x:xmpmeta>"""


def xmp_packet(facts: Mapping[str, Fact]) -> bytes:
    """An XMP packet with title, keywords and rating; empty when there are none of them."""
    body = ""
    if title := facts.get("title"):
        body += f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt>'
        body += "</dc:title>"
    words = facts.get("keywords")
    if words and not isinstance(words, str | int | float | Fraction):
        items = "".join(f"<rdf:li>{word}</rdf:li>" for word in words)
        body += f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"
    rating = facts.get("rating")
    if not body and rating is None:
        return b""
    mark = "" if rating is None else f' xmp:Rating="{rating}"'
    return _XMP_TEMPLATE.format(body=body, rating=mark).encode()


# ------------------------------------------------------------------- whole images


def solid_image(width: int = 64, height: int = 48, colour: str = "teal") -> Image.Image:
    """A plain picture."""
    return Image.new("RGB", (width, height), colour)


def plain_jpeg(width: int = 64, height: int = 48, colour: str = "teal") -> bytes:
    """A JPEG without any metadata but JFIF."""
    out = io.BytesIO()
    solid_image(width, height, colour).save(out, "JPEG", quality=60)
    return out.getvalue()


def segment(marker: int, payload: bytes) -> bytes:
    """One JPEG marker segment."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg_with(*segments: bytes, image: bytes = b"", trailer: bytes = b"") -> bytes:
    """A JPEG with `segments` right after its start."""
    body = image or plain_jpeg()
    return body[:2] + b"".join(segments) + body[2:] + trailer


def jpeg(
    *, has_thumbnail: bool = False, trailer_bytes: int = 0, order: str = "<", **facts: Fact
) -> bytes:
    """A JPEG that says `facts`, which are named as in `records.Facts`.

    `width`, `height` are the picture's; `title`, `keywords`, `rating` go to XMP;
    `trailer_bytes` of filling make it a large object. Without facts it has no metadata.
    """
    width, height = int(str(facts.get("width", 64))), int(str(facts.get("height", 48)))
    thumbnail = plain_jpeg(32, 24, "orange") if has_thumbnail else b""
    ifd0, ifd1 = exif_ifds(facts, thumbnail)
    segments = []
    if ifd0.entries or ifd0.children or ifd1 is not None:
        segments.append(segment(0xE1, b"Exif\0\0" + tiff_block(ifd0, ifd1, order=order)))
    if packet := xmp_packet(facts):
        segments.append(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    return jpeg_with(*segments, image=plain_jpeg(width, height), trailer=b"\xaa" * trailer_bytes)


def chunk(name: bytes, payload: bytes) -> bytes:
    """One PNG chunk."""
    return (
        struct.pack(">I", len(payload))
        + name
        + payload
        + struct.pack(">I", zlib.crc32(name + payload))
    )


def png_with(
    *before: bytes, after: Sequence[bytes] = (), idat_bytes: int = 0, width: int = 64
) -> bytes:
    """A PNG with chunks before and after its pixels; `idat_bytes` of filling in 8 KiB IDATs."""
    head = struct.pack(">IIBBBBB", width, 48, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (48 * (3 * width + 1)))
    filling = [chunk(b"IDAT", b"\x55" * 8192) for _ in range(idat_bytes // 8192)]
    parts = [chunk(b"IHDR", head), *before, chunk(b"IDAT", pixels), *filling, *after]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def riff_chunk(name: bytes, payload: bytes) -> bytes:
    """One RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def webp_with(*after: bytes, pixels: bytes = b"", flags: int = 0) -> bytes:
    """An extended WebP with chunks behind its pixels."""
    if not pixels:
        out = io.BytesIO()
        solid_image().save(out, "WEBP")
        pixels = out.getvalue()[12:]
    header = riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + b"\x3f\0\0" + b"\x2f\0\0")
    body = b"WEBP" + header + pixels + b"".join(after)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# --------------------------------------------------------------------------- reading


def fetch_from(
    data: bytes, etag: str = "e1", log: list[tuple[int, int]] | None = None
) -> Callable[[int, int], Chunk]:
    """An object in memory, read by range; `log` receives (start, length) of each request."""

    def fetch(start: int, length: int) -> Chunk:
        if log is not None:
            log.append((start, length))
        return Chunk(start, data[start : start + length], len(data), etag)

    return fetch


def failing_fetch(error: TasveerError) -> Callable[[int, int], Chunk]:
    """An object that cannot be read."""

    def fetch(_start: int, _length: int) -> Chunk:
        raise error

    return fetch
