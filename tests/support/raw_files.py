"""Makers of small files in cameras' raw formats and in Photoshop's, without pixels."""

import struct
from collections.abc import Mapping, Sequence

from tests.support.image_files import Ifd, jpeg, tiff_block

_PANASONIC_ROW = struct.Struct("<HHII")


def rw2(entries: Mapping[int, tuple[int, int, int]], picture: bytes = b"") -> bytes:
    """Panasonic's: entries as number → (field type, count, value), and a JPEG in 0x2E."""
    rows = dict(entries)
    start = 24
    end = start + 2 + 12 * (len(rows) + 1) + 4
    if picture:
        rows[0x2E] = (7, len(picture), end)
    table = b"".join(_PANASONIC_ROW.pack(number, *rows[number]) for number in sorted(rows))
    head = b"IIU\0" + start.to_bytes(4, "little") + bytes(16)
    body = head + len(rows).to_bytes(2, "little") + table + bytes(4)
    return body.ljust(end, b"\0") + picture


def raf(picture: bytes, entries: Mapping[int, bytes]) -> bytes:
    """Fujifilm's: a JPEG and a table."""
    table = len(entries).to_bytes(4, "big") + b"".join(
        struct.pack(">HH", number, len(data)) + data for number, data in entries.items()
    )
    places = struct.pack(">4I", 108, len(picture), 108 + len(picture), len(table))
    head = b"FUJIFILMCCD-RAW 0201".ljust(0x3C, b"\0") + b"0106"
    return (head.ljust(0x54, b"\0") + places).ljust(108, b"\0") + picture + table


def mrw(block: bytes) -> bytes:
    """Minolta's: what the picture is like, its white balance, and a TIFF structure."""
    picture = b"27200001" + struct.pack(">4H", 2456, 3272, 2448, 3264) + bytes([12, 12, 89])
    balance = bytes([2, 2, 2, 2]) + struct.pack(">4H", 438, 256, 256, 509)
    parts = [(b"\0PRD", picture + bytes(4) + b"\1"), (b"\0WBG", balance), (b"\0TTW", block)]
    body = b"".join(name + struct.pack(">I", len(data)) + data for name, data in parts)
    return b"\0MRM" + struct.pack(">I", len(body)) + body


def _properties(values: Mapping[str, str]) -> bytes:
    text, places = "", b""
    for pair in values.items():
        for word in pair:
            places += struct.pack("<I", len(text))
            text += word + "\0"
    head = struct.pack("<4s5I", b"SECp", 0x20000, len(values), 0, 0, len(text))
    return head + places + text.encode("utf-16-le")


def x3f(values: Mapping[str, str], picture: bytes = b"") -> bytes:
    """Sigma's: a header with settings, properties, and a JPEG."""
    head = struct.pack("<4sHH16s4I", b"FOVb", 3, 2, b"\1" * 16, 0, 2640, 1760, 90)
    words = b"Auto".ljust(32, b"\0") + b"Standard".ljust(32, b"\0")
    body = head + words + bytes([2]).ljust(32, b"\0") + struct.pack("<f", -1.5).ljust(128, b"\0")
    sections = [(b"PROP", _properties(values))]
    if picture:
        image = struct.pack("<4s6I", b"SECi", 0x20000, 2, 18, 64, 48, 0)
        sections.append((b"IMA2", image + picture))
    rows = b""
    for name, data in sections:
        rows += struct.pack("<II", len(body), len(data)) + name
        body += data
    directory = struct.pack("<4sII", b"SECd", 0x20000, len(sections)) + rows
    return body + directory + struct.pack("<I", len(body))


def ciff_heap(entries: Sequence[tuple[int, bytes]]) -> bytes:
    """One of Canon's heaps: the data of its entries, its directory, and where that is."""
    body, rows = b"", b""
    for number, data in entries:
        if number & 0x4000:
            rows += struct.pack("<H", number) + data.ljust(8, b"\0")
        else:
            rows += struct.pack("<HII", number, len(data), len(body))
            body += data
    directory = struct.pack("<H", len(entries)) + rows
    return body + directory + struct.pack("<I", len(body))


def crw(entries: Sequence[tuple[int, bytes]]) -> bytes:
    """Canon's first raw format, with `entries` in its root."""
    head = b"II" + (26).to_bytes(4, "little") + b"HEAPCCDR" + b"\2\0\1\0"
    return head.ljust(26, b"\0") + ciff_heap(entries)


def photoshop_resource(number: int, data: bytes) -> bytes:
    """One of Photoshop's image resources."""
    padding = b"\0" * (len(data) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + padding


def psd(*resources: bytes, version: int = 1, colours: bytes = b"", layers: int = 0) -> bytes:
    """Photoshop's: a header, a table of colours, resources, and `layers` bytes of layers."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", version, 3, 48, 64, 16, 3)
    body = b"".join(resources)
    parts = struct.pack(">I", len(colours)) + colours + struct.pack(">I", len(body)) + body
    return head + parts + b"\x55" * layers


def camera_jpeg() -> bytes:
    """What raw files embed: a JPEG with EXIF and a thumbnail."""
    return jpeg(make="Canon", model="EOS R5", iso=400, has_thumbnail=True)


def camera_block() -> bytes:
    """A TIFF structure that names a camera."""
    return tiff_block(Ifd({0x10F: (2, "Canon"), 0x110: (2, "EOS R5")}))
