"""JPEG's segments of fixed layout: JFIF, Adobe's, Photoshop's `Ducky`, and the frame's header."""

import struct
from functools import lru_cache
from typing import Final

from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source
from tasveer_tui.records import Tag

_JFIF: Final = struct.Struct(">5s2BBHHBB")
_ADOBE: Final = struct.Struct(">5sHHHB")
_COLOURS = 3
_FIRST_FRAME = 0xC0
_QUALITY, _COMMENT, _COPYRIGHT = 1, 2, 3
_MOST_FIELDS = 16


def jfif(head: bytes, found: Found) -> None:
    """Version and resolution."""
    if head.startswith(b"JFIF\0") and len(head) >= _JFIF.size:
        found.tags += _jfif_tags(head[: _JFIF.size])


@lru_cache(maxsize=256)
def _jfif_tags(head: bytes) -> tuple[Tag, ...]:
    """Remembered: one camera writes the same into every picture."""
    _, major, minor, unit, x, y, width, height = _JFIF.unpack(head)
    found = Found()
    tell(found, "JFIF", {"JFIFVersion": [major, minor]})
    tell(found, "JFIF", {"ResolutionUnit": unit, "XResolution": x, "YResolution": y})
    if width and height:
        tell(found, "JFIF", {"ThumbnailWidth": width, "ThumbnailHeight": height})
    return tuple(found.tags)


def adobe(head: bytes, found: Found) -> None:
    """What a decoder must know of the colours."""
    if not head.startswith(b"Adobe") or len(head) < _ADOBE.size:
        return
    _, version, flags0, flags1, transform = _ADOBE.unpack_from(head)
    tell(found, "Adobe", {"DCTEncodeVersion": version, "APP14Flags0": flags0})
    tell(found, "Adobe", {"APP14Flags1": flags1, "ColorTransform": transform})


def ducky(segment: Source, found: Found) -> None:
    """Fields: a number, a length, data; texts stand behind their own length."""
    at = len(b"Ducky")
    for _ in range(_MOST_FIELDS):
        head = segment.read(at, 4)
        number, length = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        if len(head) < 4 or not number:  # noqa: PLR2004 - a number and a length
            return
        data = segment.read(at + 4, min(length, 4096))
        if number == _QUALITY:
            tell(found, "Ducky", {"Quality": int.from_bytes(data[:4], "big")})
        elif number in (_COMMENT, _COPYRIGHT):
            name = "Comment" if number == _COMMENT else "Copyright"
            text = data[4:].decode("utf-16-be", "replace").partition("\0")[0]
            tell(found, "Ducky", {name: words(text.encode("utf-8", "replace"))})
        at += 4 + length


def frame(marker: int, head: bytes, found: Found) -> None:
    """Height and width stand behind the sample precision; then each component's sampling."""
    if found.width is not None or len(head) < 6:  # noqa: PLR2004 - as far as the count
        return
    found.height, found.width = (int.from_bytes(head[at : at + 2], "big") for at in (1, 3))
    found.tags += _frame_tags(marker, head[0], head[5], head[7 : 7 + 3 * _COLOURS : 3])


@lru_cache(maxsize=256)
def _frame_tags(marker: int, bits: int, components: int, factors: bytes) -> tuple[Tag, ...]:
    """Remembered: most pictures have one of few kinds of frame."""
    found = Found()
    tell(found, "File", {"EncodingProcess": marker - _FIRST_FRAME})
    tell(found, "File", {"BitsPerSample": bits, "ColorComponents": components})
    if components == _COLOURS == len(factors):
        sides = [[factor >> 4 for factor in factors], [factor & 15 for factor in factors]]
        if all(min(side) for side in sides):
            ratios = [_ratio(max(side), min(side)) for side in sides]
            tell(found, "File", {"YCbCrSubSampling": [*ratios]})
    return tuple(found.tags)


def _ratio(most: int, least: int) -> int | float:
    return most / least if most % least else most // least
