"""An ICC profile's header and names, from as few of its bytes as that takes."""

import struct
from collections.abc import Iterator, Mapping
from typing import Final

from tasveer_tui.exif.budget import KIB
from tasveer_tui.exif.ranges import ByteSource
from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.records import Tag

_HEADER: Final = struct.Struct(">4s4s4s6H4s4s4x4s4s8xI12x4s")
_HEADER_OFFSET = 12
_HEADER_BYTES = 128
_ROW_BYTES = 12
_MAX_TAGS = 100
_MAX_TEXT_BYTES = 1 * KIB
_SIGNATURE: Final = b"acsp"
_TEXT_TAGS: Final[Mapping[bytes, str]] = {
    b"desc": "ProfileDescription",
    b"cprt": "ProfileCopyright",
    b"dmnd": "DeviceMfgDesc",
    b"dmdd": "DeviceModelDesc",
}
"""The texts of a profile."""


def read(source: ByteSource) -> list[Tag]:
    """`ICC-header:ProfileClass` and the like; nothing where it is no profile."""
    head = source.read(0, _HEADER_BYTES + 4)
    if head[36:40] != _SIGNATURE or len(head) < _HEADER_BYTES:
        return []
    return [*_header_tags(head), *_text_tags(source, int.from_bytes(head[_HEADER_BYTES:], "big"))]


def _header_tags(head: bytes) -> Iterator[Tag]:
    """The purpose of the profile. Its size, flags and id do not describe the image."""
    fields = _HEADER.unpack_from(head, _HEADER_OFFSET)
    date = "{:04d}:{:02d}:{:02d}".format(*fields[3:6])
    clock = "{:02d}:{:02d}:{:02d}".format(*fields[6:9])
    facts: dict[str, bytes | str | int] = {
        "ProfileCMMType": head[4:8],
        "ProfileVersion": int.from_bytes(head[8:10], "big"),
        "ProfileClass": fields[0],
        "ColorSpaceData": fields[1],
        "ProfileConnectionSpace": fields[2],
        "ProfileDateTime": f"{date} {clock}",
        "PrimaryPlatform": fields[10],
        "DeviceManufacturer": fields[11],
        "DeviceModel": fields[12],
        "RenderingIntent": fields[13],
        "ProfileCreator": fields[14],
    }
    for name, value in facts.items():
        text = decode_text(value) if isinstance(value, bytes) else value
        yield Tag("ICC-header", name, value=text)


def _text_tags(source: ByteSource, count: int) -> Iterator[Tag]:
    table = source.read(_HEADER_BYTES + 4, min(count, _MAX_TAGS) * _ROW_BYTES)
    for at in range(0, len(table) - _ROW_BYTES + 1, _ROW_BYTES):
        name = _TEXT_TAGS.get(table[at : at + 4])
        if name is None:
            continue
        offset, length = (
            int.from_bytes(table[at + place : at + place + 4], "big") for place in (4, 8)
        )
        text = _decode_element(source.read(offset, min(length, _MAX_TEXT_BYTES)))
        if text:
            yield Tag("ICC_Profile", name, value=text)


def _decode_element(data: bytes) -> str:
    """A `text` or `desc` element (version 2) or the first of a `mluc` element (version 4)."""
    if data[:4] == b"text":
        return decode_text(data[8:])
    if data[:4] == b"desc":
        length = int.from_bytes(data[8:12], "big")
        return decode_text(data[12 : 12 + length])
    if data[:4] == b"mluc":
        length, offset = (int.from_bytes(data[at : at + 4], "big") for at in (20, 24))
        return data[offset : offset + length].decode("utf-16-be", "replace").partition("\0")[0]
    return ""
