"""BMP: a header with the image size; there is no other metadata."""

from __future__ import annotations

import struct
from typing import Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers.container_tags import (
    add_tags,
    content_credentials_tag,
    decode_short_text,
)
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ranges import ByteSource, MemorySource

_CORE_HEADER_BYTES, _INFO_HEADER_BYTES = 12, 40
_CORE_HEADER: Final = struct.Struct("<IHHHH")
_INFO_HEADER: Final = struct.Struct("<IiiHHIIiiII")
_BMP_TAG_NAMES: Final = (
    "BMPVersion",
    "ImageWidth",
    "ImageHeight",
    "Planes",
    "BitDepth",
    "Compression",
    "ImageLength",
    "PixelsPerMeterX",
    "PixelsPerMeterY",
    "NumColors",
    "NumImportantColors",
)


def locate_bmp(source: ByteSource, found: Findings, _meter: Meter) -> None:
    """See containers.Locate. A negative height means that the first row is the top one."""
    size = int.from_bytes(source.read(14, 4), "little")
    layout = _CORE_HEADER if size == _CORE_HEADER_BYTES else _INFO_HEADER
    data = source.read(14, layout.size)
    if size not in (_CORE_HEADER_BYTES, *range(16, 256)) or len(data) < layout.size:
        found.mark_damaged("The BMP's header is broken.")
        return
    facts = dict(zip(_BMP_TAG_NAMES, layout.unpack(data), strict=False))
    facts["ImageHeight"] = abs(facts["ImageHeight"])
    found.width, found.height = facts["ImageWidth"], facts["ImageHeight"]
    add_tags(found, "File", facts)


# GIF: a header, and extensions that hold comments, XMP and colour profiles.

_GIF_HEADER_BYTES = 13
_IMAGE_HEADER_BYTES = 10
_COLOUR_TABLE_FLAG = 0x80
_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP_APPLICATION: Final = b"XMP DataXMP"
_ICC_APPLICATION: Final = b"ICCRGBG1012"
_LOOP_APPLICATIONS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_APPLICATION_HEADER_BYTES = 12
_MAX_SEARCH_BYTES = 256 * KIB
"""Past this offset nothing more is searched: it would mean to read all pixels."""
_MAX_BLOCKS = 20_000
_MAX_DATA_BYTES = 512 * KIB
_XMP_TRAILER_BYTES = 257
"""So written that a program that knows nothing of XMP finds an end."""


class _GifReader:
    """One GIF, block by block."""

    def __init__(self, source: ByteSource, found: Findings, meter: Meter) -> None:
        self.source = source
        self.found = found
        self.meter = meter
        self.left = _MAX_BLOCKS

    def run(self) -> None:
        """To the end, or as far as it is worth."""
        at = self.header()
        while 0 < at < _MAX_SEARCH_BYTES:
            mark = self.source.read(at, 2)
            if mark[:1] == bytes((_EXTENSION,)):
                at = self.extension(mark[-1], at + 2)
            elif mark[:1] == bytes((_IMAGE,)):
                at = self.image(at)
            else:
                if mark[:1] != bytes((_END,)):
                    self.found.mark_truncated("The GIF ends before its end mark.")
                return
        if at > 0:
            self.found.add_note("The part after the GIF's first images was not read.")

    def header(self) -> int:
        """Where the first block begins; -1 where there is none."""
        head = self.source.read(0, _GIF_HEADER_BYTES)
        if len(head) < _GIF_HEADER_BYTES:
            self.found.mark_truncated("The GIF ends inside its header.")
            return -1
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))
        self.found.width, self.found.height = width, height
        flags = head[10]
        add_tags(self.found, "GIF", {"GIFVersion": decode_short_text(head[3:6])})
        facts = {
            "ImageWidth": width,
            "ImageHeight": height,
            "HasColorMap": flags >> 7,
            "ColorResolutionDepth": (flags >> 4 & 7) + 1,
            "BitsPerPixel": (flags & 7) + 1,
            "BackgroundColor": head[11],
        }
        add_tags(self.found, "GIF", facts)
        return _GIF_HEADER_BYTES + _colour_table_bytes(flags)

    def image(self, at: int) -> int:
        """A picture: its pixels are hopped over."""
        head = self.source.read(at, _IMAGE_HEADER_BYTES)
        if len(head) < _IMAGE_HEADER_BYTES:
            self.found.mark_truncated("The GIF ends inside a picture's header.")
            return -1
        return self.skip(at + _IMAGE_HEADER_BYTES + 1 + _colour_table_bytes(head[-1]))

    def extension(self, label: int, at: int) -> int:
        """A comment, an application's own, or one about pixels."""
        if label == _COMMENT:
            text, following = self.gather(at)
            add_tags(self.found, "File", {"Comment": decode_short_text(text)})
            return following
        head = self.source.read(at, _APPLICATION_HEADER_BYTES)
        if label != _APPLICATION or head[:1] != b"\x0b":
            return self.skip(at)
        at += _APPLICATION_HEADER_BYTES
        if head[1:] == _XMP_APPLICATION:
            return self.packet(at)
        if head[1:] not in (_ICC_APPLICATION, *_LOOP_APPLICATIONS):
            return self.skip(at)
        data, following = self.gather(at)
        if head[1:] == _ICC_APPLICATION:
            self.found.icc.append(MemorySource(data))
        elif len(data) >= 3 and data[0] & 7 == 1:  # noqa: PLR2004 - a kind and a number
            loops = int.from_bytes(data[1:3], "little")
            add_tags(self.found, "GIF", {"AnimationIterations": loops})
        return following

    def packet(self, at: int) -> int:
        """XMP is stored plain; read as sub-blocks, its text leads to the end of the trailer."""
        following = self.skip(at)
        length = following - at - _XMP_TRAILER_BYTES - 1
        if following > 0 and length > 0:
            self.found.xmp.append(self.source.part(at, length))
        return following

    def gather(self, at: int) -> tuple[bytes, int]:
        """The data of the blocks from `at`, and where they end; -1 where they do not."""
        parts: list[bytes] = []
        size = 0
        while size < _MAX_DATA_BYTES and (length := self.block(at)) > 0:
            parts.append(self.source.read(at + 1, length))
            at += 1 + length
            size += length
        return b"".join(parts), at + 1 if length == 0 else -1

    def skip(self, at: int) -> int:
        """Where the blocks from `at` end; -1 where they do not within reach."""
        while at < _MAX_SEARCH_BYTES and (length := self.block(at)) > 0:
            at += 1 + length
        if at >= _MAX_SEARCH_BYTES:
            return at
        return at + 1 if length == 0 else -1

    def block(self, at: int) -> int:
        """The length of the block at `at`: 0 behind the last one, -1 where the object ends."""
        self.left -= 1
        head = self.source.read(at, 1)
        if not head or self.left < 0:
            self.found.mark_truncated("The GIF ends inside its blocks.")
            return -1
        return head[0]


def _colour_table_bytes(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & _COLOUR_TABLE_FLAG else 0


def locate_gif(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    _GifReader(source, found, meter).run()
    meter.check_cpu()


# WebP: skips over RIFF chunks. The flags of VP8X are ignored, since writers set them wrong.

_CHUNK_HEADER_BYTES = 8
_FIRST_CHUNK_OFFSET = 12
_MAX_CHUNKS = 1_000
_FRAME_HEADER_BYTES = 10
_EXIF_HEADER: Final = b"Exif\0\0"


def locate_webp(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    end = min(_CHUNK_HEADER_BYTES + int.from_bytes(source.read(4, 4), "little"), source.size_bytes)
    at = _FIRST_CHUNK_OFFSET
    for _ in range(_MAX_CHUNKS):
        if at + _CHUNK_HEADER_BYTES > end:
            return
        head = source.read(at, _CHUNK_HEADER_BYTES)
        length = int.from_bytes(head[4:], "little")
        start = at + _CHUNK_HEADER_BYTES
        if start + length > source.size_bytes:
            found.mark_truncated("The object ends inside a WebP chunk.")
            length = source.size_bytes - start
        _read_webp_chunk(source, found, head[:4], (start, length))
        at = start + length + length % 2
    meter.check_cpu()
    found.mark_damaged(f"There are more than {_MAX_CHUNKS:,} chunks.")


def _read_webp_chunk(
    source: ByteSource, found: Findings, name: bytes, place: tuple[int, int]
) -> None:
    start, length = place
    if name == b"EXIF":
        skip = len(_EXIF_HEADER) if source.read(start, 6) == _EXIF_HEADER else 0
        found.blocks.append(TiffBlock(source.part(start + skip, length - skip)))
    elif name == b"XMP ":
        found.xmp.append(source.part(start, length))
    elif name == b"ICCP":
        found.icc.append(source.part(start, length))
    elif name == b"C2PA":
        label = content_credentials_tag(source.read(start, 64))
        found.tags += [label] if label else []
    elif name in (b"VP8 ", b"VP8L", b"VP8X"):
        _add_webp_frame(found, name, source.read(start, _FRAME_HEADER_BYTES))


def _add_webp_frame(found: Findings, name: bytes, head: bytes) -> None:
    """The canvas of VP8X comes first, so it wins over the frames in it."""
    if len(head) < _FRAME_HEADER_BYTES:
        return
    facts: dict[str, int] = {}
    if name == b"VP8X":
        facts["WebP_Flags"] = head[0]
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
    elif name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        facts["AlphaIsUsed"] = bits >> 28 & 1
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))
        facts["VP8Version"] = head[0] >> 1 & 7
        facts |= {"HorizontalScale": width >> 14, "VerticalScale": height >> 14}
        width, height = width & 0x3FFF, height & 0x3FFF
    if found.width is None:
        found.width, found.height = width, height
        facts |= {"ImageWidth": width, "ImageHeight": height}
    add_tags(found, "RIFF", facts)
