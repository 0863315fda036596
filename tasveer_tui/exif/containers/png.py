"""PNG's short chunks: size and depth of the picture, its colours, its resolution, its time."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.budget import KIB, MIB, Meter, OverBudgetError
from tasveer_tui.exif.containers.container_tags import (
    add_tags,
    content_credentials_tag,
    decode_short_text,
)
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ranges import BLOCK_BYTES, ByteSource, MemorySource
from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.exif.values import describe_binary
from tasveer_tui.records import Tag, TagValue

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SHORT_CHUNK_BYTES = 256
_FIXED_POINT_UNIT = 100_000
"""Chromaticities and gamma are whole numbers of this part."""
_NUMBER_BYTES = 4
_COLOUR_BYTES = 6
"""The bytes of a colour."""
_PALETTE_COLOUR_TYPE = 3
_PALETTE_ENTRY_BYTES = 3
_CHUNK_LAYOUTS: Final = {
    b"IHDR": struct.Struct(">II5B"),
    b"pHYs": struct.Struct(">IIB"),
    b"acTL": struct.Struct(">II"),
    b"vpAg": struct.Struct(">IIB"),
    b"sRGB": struct.Struct(">B"),
    b"tIME": struct.Struct(">H5B"),
    b"gAMA": struct.Struct(">I"),
    b"cHRM": struct.Struct(">8I"),
}
_CHUNK_TAG_NAMES: Final = {
    b"IHDR": (
        "ImageWidth",
        "ImageHeight",
        "BitDepth",
        "ColorType",
        "Compression",
        "Filter",
        "Interlace",
    ),
    b"pHYs": ("PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits"),
    b"acTL": ("AnimationFrames", "AnimationPlays"),
    b"vpAg": ("VirtualImageWidth", "VirtualImageHeight", "VirtualPageUnits"),
    b"sRGB": ("SRGBRendering",),
}
_CHROMATICITIES: Final = (
    "WhitePointX",
    "WhitePointY",
    "RedX",
    "RedY",
    "GreenX",
    "GreenY",
    "BlueX",
    "BlueY",
)


def add_chunk_tags(name: bytes, data: bytes, length: int, found: Findings) -> None:
    """Report the values of a chunk that begins with `data`; one that is too short is skipped."""
    if name == b"PLTE":
        add_tags(
            found,
            "PNG",
            {"Palette": list(data) if length <= _PALETTE_ENTRY_BYTES else describe_binary(length)},
        )
        return
    if name == b"tRNS":
        add_tags(found, "PNG", {"Transparency": _transparency(data, length, found)})
        return
    group = "PNG-pHYs" if name == b"pHYs" else "PNG"
    facts = _fixed_layout_tags(name, data)
    if name == b"IHDR" and facts and found.width is None:
        found.width, found.height = int(str(facts["ImageWidth"])), int(str(facts["ImageHeight"]))
    add_tags(found, group, facts)


def _fixed_layout_tags(name: bytes, data: bytes) -> Mapping[str, TagValue]:
    layout = _CHUNK_LAYOUTS.get(name)
    if layout is None:
        return _variable_layout_tags(name, data)
    if len(data) < layout.size:
        return {}
    numbers = layout.unpack_from(data)
    names = _CHUNK_TAG_NAMES.get(name)
    if names is not None:
        return dict(zip(names, numbers, strict=True))
    if name == b"tIME":
        year, month, day, hour, minute, second = numbers
        date, clock = f"{year:04d}:{month:02d}:{day:02d}", f"{hour:02d}:{minute:02d}:{second:02d}"
        return {"ModifyDate": f"{date} {clock}"}
    if name == b"gAMA":
        return (
            {"Gamma": _integer_if_whole(round(_FIXED_POINT_UNIT / numbers[0], 4))}
            if numbers[0]
            else {}
        )
    parts = [_integer_if_whole(number / _FIXED_POINT_UNIT) for number in numbers]
    return dict(zip(_CHROMATICITIES, parts, strict=True))


def _variable_layout_tags(name: bytes, data: bytes) -> Mapping[str, TagValue]:
    """As many numbers as there are; two bytes each where a colour has two."""
    if name == b"iCCP":
        return {"ProfileName": decode_short_text(data.partition(b"\0")[0])}
    shorts = list(struct.unpack_from(f">{len(data) // 2}H", data))
    if name == b"sBIT":
        return {"SignificantBits": list(data)}
    if name == b"bKGD":
        return {"BackgroundColor": shorts or list(data)}
    if name == b"oFFs" and len(data) > 2 * _NUMBER_BYTES:
        x, y = (int.from_bytes(data[at : at + _NUMBER_BYTES], "big") for at in (0, _NUMBER_BYTES))
        return {"ImageOffset": f"{x}, {y} ({'microns' if data[2 * _NUMBER_BYTES] else 'pixels'})"}
    return {}


def _transparency(data: bytes, length: int, found: Findings) -> TagValue:
    """One colour, or a byte for each of the palette's."""
    if length > _COLOUR_BYTES:
        return describe_binary(length)
    colour_type = next((tag.value for tag in found.tags if tag.name == "ColorType"), 0)
    if colour_type == _PALETTE_COLOUR_TYPE:
        return list(data)
    return list(struct.unpack_from(f">{len(data) // 2}H", data))


def _integer_if_whole(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


SHORT_CHUNKS: Final = frozenset({*_CHUNK_LAYOUTS, b"sBIT", b"bKGD", b"oFFs", b"PLTE", b"tRNS"})


# PNG's text chunks: plain texts, XMP, and the profiles that older programs hid in them.

_XMP_KEYWORD: Final = b"XML:com.adobe.xmp"
_RAW_PROFILE: Final = b"Raw profile type "
_EXIF_HEADER: Final = b"Exif\0\0"
_XMP_HEADER: Final = b"http://ns.adobe.com/xap/1.0/\0"
_NOT_HEX: Final = re.compile(rb"[^0-9A-Fa-f]")
_NOT_A_NAME: Final = re.compile(r"[^-\w]+")
_MAX_TEXT_BYTES = 4096
_MAX_INFLATED_BYTES = MIB


def inflate(data: bytes, found: Findings, meter: Meter) -> bytes:
    """Inflated `data`; empty, with a note, where it is broken or grows too large."""
    try:
        limit = min(meter.remaining_inflated_bytes(), _MAX_INFLATED_BYTES)
        inflated = zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        found.mark_damaged("A compressed PNG chunk is broken.")
        return b""
    except OverBudgetError as error:
        found.mark_over_budget(str(error))
        return b""
    meter.inflated_bytes += len(inflated)
    if len(inflated) < limit:
        return inflated
    found.mark_over_budget(f"A PNG chunk inflates to more than {limit:,} bytes.")
    return b""


def add_profile(data: bytes, found: Findings, meter: Meter) -> None:
    """An iCCP chunk: a name, a method, the compressed profile."""
    packed = data.partition(b"\0")[2][1:]
    found.icc.append(MemorySource(inflate(packed, found, meter)))


def add_text(name: bytes, data: bytes, found: Findings, meter: Meter) -> None:
    """A tEXt, zTXt or iTXt chunk."""
    keyword, _, body = data.partition(b"\0")
    if name == b"zTXt":
        body = inflate(body[1:], found, meter)
    elif name == b"iTXt":
        body = _international_text(body, found, meter)
    if not body:
        return
    if keyword == _XMP_KEYWORD:
        found.xmp.append(MemorySource(body))
    elif keyword.startswith(_RAW_PROFILE):
        _add_raw_profile(keyword[len(_RAW_PROFILE) :], body, found)
    else:
        value = decode_text(body[:_MAX_TEXT_BYTES])
        found.tags.append(Tag("PNG", _tag_name(decode_text(keyword)), value=value))


def _international_text(body: bytes, found: Findings, meter: Meter) -> bytes:
    """Behind two flags, a language and a translated keyword."""
    is_packed = body[:1] == b"\1"
    packed = body[2:].partition(b"\0")[2].partition(b"\0")[2]
    return inflate(packed, found, meter) if is_packed else packed


def _add_raw_profile(kind: bytes, body: bytes, found: Findings) -> None:
    """A name, a length that may be wrong, and the profile in hexadecimal digits."""
    digits = _NOT_HEX.sub(b"", body.strip().partition(b"\n")[2].strip().partition(b"\n")[2])
    data = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    if data.startswith(_XMP_HEADER):
        found.xmp.append(MemorySource(data[len(_XMP_HEADER) :]))
    elif kind in (b"exif", b"APP1"):
        found.blocks.append(TiffBlock(MemorySource(data.removeprefix(_EXIF_HEADER))))
    elif kind == b"xmp":
        found.xmp.append(MemorySource(data))
    elif kind in (b"iptc", b"8bim"):
        (found.resources if data.startswith(b"8BIM") else found.iptc).append(MemorySource(data))
    elif kind in (b"icc", b"icm"):
        found.icc.append(MemorySource(data))


def _tag_name(keyword: str) -> str:
    """Exiftool's name for a keyword: `Creation Time` is CreationTime, `date:create` Datecreate."""
    words = keyword.split()
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return _NOT_A_NAME.sub("", name)[:64] or "Text"


# PNG: chunks before the pixels, and those after them from the object's end.
#
# Pixels are never read: cameras' and phones' PNGs hold megabytes of them in small chunks, so
# what follows them is found from the end, where the chunks' lengths must lead to IEND.

_SIGNATURE_BYTES = 8
_CHUNK_HEADER_BYTES, _CRC_BYTES = 8, 4
_MAX_CHUNKS = 2_000
_TAIL_BYTES = 64 * KIB
_MIN_JUMP_BYTES = 256 * KIB
_MAX_TEXT_CHUNK_BYTES = 1024 * KIB
_CHUNK_NAMES: Final = re.compile(rb"IDAT|eXIf|iTXt|tEXt|zTXt|tIME|caBX|fdAT|IEND")
_TEXT_CHUNKS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_IEND: Final = b"IEND"


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    at, has_jumped = _SIGNATURE_BYTES, False
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, _CHUNK_HEADER_BYTES)
        if len(head) < _CHUNK_HEADER_BYTES:
            found.mark_truncated("The PNG ends before its last chunk.")
            return
        name, length = head[4:], int.from_bytes(head[:4], "big")
        if name == _IEND:
            return
        following = at + _CHUNK_HEADER_BYTES + length + _CRC_BYTES
        if following > source.size_bytes:
            found.mark_truncated("The object ends inside a PNG chunk.")
            length = max(0, source.size_bytes - at - _CHUNK_HEADER_BYTES)
        _read_chunk(source, found, meter, (name, at + _CHUNK_HEADER_BYTES, length))
        if name == b"IDAT" and not has_jumped and _is_worth_a_jump(source, following):
            has_jumped = True
            following = _find_chunk_after_pixels(source, found, following)
        at = following
    meter.check_cpu()
    found.add_note(f"Behind {_MAX_CHUNKS:,} PNG chunks the rest was left unread.")


def _is_worth_a_jump(source: ByteSource, at: int) -> bool:
    """More pixels follow here, and much is left."""
    return (
        source.size_bytes - at > _MIN_JUMP_BYTES
        and source.read(at, _CHUNK_HEADER_BYTES)[4:] == b"IDAT"
    )


def _find_chunk_after_pixels(source: ByteSource, found: Findings, at: int) -> int:
    """The first place in the tail from which chunk by chunk leads to IEND."""
    start = max(at, (source.size_bytes - _TAIL_BYTES) // BLOCK_BYTES * BLOCK_BYTES)
    tail = source.read(start, source.size_bytes - start)
    dead: set[int] = set()
    for match in _CHUNK_NAMES.finditer(tail):
        place = match.start() - 4
        if place >= 0 and _leads_to_end(tail, place, dead):
            return start + place
    found.add_note("The part between the PNG's pixels and its end was not read.")
    return source.size_bytes - _CHUNK_HEADER_BYTES - _CRC_BYTES


def _leads_to_end(tail: bytes, at: int, dead: set[int]) -> bool:
    """Whether chunk follows chunk from `at` to IEND; places that do not are added to `dead`."""
    while at + _CHUNK_HEADER_BYTES <= len(tail) and at not in dead:
        if tail[at + 4 : at + _CHUNK_HEADER_BYTES] == _IEND:
            return True
        dead.add(at)
        at += _CHUNK_HEADER_BYTES + int.from_bytes(tail[at : at + 4], "big") + _CRC_BYTES
    return False


def _read_chunk(
    source: ByteSource, found: Findings, meter: Meter, chunk: tuple[bytes, int, int]
) -> None:
    name, start, length = chunk
    if name in SHORT_CHUNKS:
        add_chunk_tags(name, source.read(start, min(length, MAX_SHORT_CHUNK_BYTES)), length, found)
    elif name == b"eXIf":
        skip = len(_EXIF_HEADER) if source.read(start, 6) == _EXIF_HEADER else 0
        found.blocks.append(TiffBlock(source.part(start + skip, length - skip)))
    elif name == b"caBX":
        label = content_credentials_tag(source.read(start, 64))
        found.tags += [label] if label else []
    elif name == b"iCCP":
        data = source.read(start, min(length, _TAIL_BYTES))
        add_chunk_tags(name, data[:MAX_SHORT_CHUNK_BYTES], length, found)
        add_profile(data, found, meter)
    elif name in _TEXT_CHUNKS:
        if length > _MAX_TEXT_CHUNK_BYTES:
            found.add_note(f"A PNG text of {length:,} bytes was left unread.")
        else:
            add_text(name, source.read(start, length), found, meter)


# MNG, the animated PNG: its header has the size.

_MHDR_OFFSET, _MHDR_BYTES = 16, 28
_MNG_TAG_NAMES = (
    "ImageWidth",
    "ImageHeight",
    "TicksPerSecond",
    "NominalLayerCount",
    "NominalFrameCount",
    "NominalPlayTime",
    "SimplicityProfile",
)


def locate_mng(source: ByteSource, found: Findings, _meter: Meter) -> None:
    """See containers.Locate."""
    head = source.read(_MHDR_OFFSET, _MHDR_BYTES)
    if source.read(_MHDR_OFFSET - 4, 4) != b"MHDR" or len(head) < _MHDR_BYTES:
        found.mark_damaged("The MNG does not begin with its header.")
        return
    numbers = [int.from_bytes(head[at : at + 4], "big") for at in range(0, _MHDR_BYTES, 4)]
    found.width, found.height = numbers[:2]
    add_tags(found, "MNG", dict(zip(_MNG_TAG_NAMES, numbers, strict=True)))
