"""Photoshop's image resources: some values, and the IPTC blocks."""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.ranges import ByteSource
from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.records import Tag, TagValue

_NamedValues: TypeAlias = Iterator[tuple[str, TagValue]]

_SIGNATURES: Final = (b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa")
_MIN_RESOURCE_BYTES = 12
_IPTC_RESOURCE = 0x0404
_MAX_RESOURCE_BYTES = 1_024
_PROGRESSIVE_FORMAT = 0x0101


def read(source: ByteSource, meter: Meter) -> tuple[list[Tag], list[ByteSource]]:
    """The tags, and the IPTC blocks; all other resources are skipped unread."""
    tags: list[Tag] = []
    blocks: list[ByteSource] = []
    at = 0
    while at + _MIN_RESOURCE_BYTES <= source.size_bytes:
        meter.plan_entries(1)
        head = source.read(at, 7)
        if head[:4] not in _SIGNATURES:
            break
        at += 6 + (1 + head[6]) + (1 + head[6]) % 2
        length = int.from_bytes(source.read(at, 4), "big")
        at += 4
        number = int.from_bytes(head[4:6], "big") if head[:4] == _SIGNATURES[0] else 0
        if number == _IPTC_RESOURCE:
            blocks.append(source.part(at, min(length, source.size_bytes - at)))
        elif number in _DECODERS:
            data = source.read(at, min(length, _MAX_RESOURCE_BYTES))
            tags += [Tag("Photoshop", *fact) for fact in _decode_resource(number, data)]
        at += length + length % 2
    return tags, blocks


def _decode_resource(number: int, data: bytes) -> Iterator[tuple[str, int, str, int, TagValue]]:
    """Name, number, type, count and value of each tag."""
    try:
        for name, value in _DECODERS[number](data):
            yield name, number, "", 1, value
    except (struct.error, IndexError):
        return


def _resolution(data: bytes) -> _NamedValues:
    """Two fixed-point numbers, each with the unit that it was shown in."""
    x, x_unit, y, y_unit = struct.unpack_from(">IH2xIH", data)
    for side, number, unit in (("X", x, x_unit), ("Y", y, y_unit)):
        resolution = number / 65_536
        yield f"{side}Resolution", int(resolution) if resolution.is_integer() else resolution
        yield f"DisplayedUnits{side}", unit


def _quality(data: bytes) -> _NamedValues:
    quality, form, scans = struct.unpack_from(">hHH", data)
    yield "PhotoshopQuality", quality
    yield "PhotoshopFormat", form
    if form == _PROGRESSIVE_FORMAT:
        yield "ProgressiveScans", scans


def _copyright(data: bytes) -> _NamedValues:
    yield "CopyrightFlag", data[0]


def _url(data: bytes) -> _NamedValues:
    yield "URL", decode_text(data)


def _digest(data: bytes) -> _NamedValues:
    yield "IPTCDigest", data.hex()


def _version_info(data: bytes) -> _NamedValues:
    """Which program wrote this, and which was the first that could read it."""
    yield "HasRealMergedData", data[4]
    at = 5
    for name in ("WriterName", "ReaderName"):
        (length,) = struct.unpack_from(">I", data, at)
        text = data[at + 4 : at + 4 + 2 * length].decode("utf-16-be", "replace")
        yield name, text.partition("\0")[0]
        at += 4 + 2 * length


_DECODERS: Final[Mapping[int, Callable[[bytes], _NamedValues]]] = {
    0x03ED: _resolution,
    0x0406: _quality,
    0x040A: _copyright,
    0x040B: _url,
    0x0421: _version_info,
    0x0425: _digest,
}
