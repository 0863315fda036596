"""PNG: chunks before the pixels, and behind them by a look at the object's end.

Pixels are never read: cameras' and phones' PNGs hold megabytes of them in small chunks, so
what follows them is found from the end, where the chunks' lengths must lead to IEND.
"""

import re
from typing import Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers import pngfacts, pngtext
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import BLOCK, Source

_SIGNATURE = 8
_HEADER, _CRC = 8, 4
_MOST_CHUNKS = 2_000
_TAIL = 64 * KIB
_WORTH_A_JUMP = 256 * KIB
_LARGEST_TEXT = 1024 * KIB
_NAMES: Final = re.compile(rb"IDAT|eXIf|iTXt|tEXt|zTXt|tIME|caBX|fdAT|IEND")
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_EXIF_HEADER: Final = b"Exif\0\0"
_IEND: Final = b"IEND"


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    at, has_jumped = _SIGNATURE, False
    for _ in range(_MOST_CHUNKS):
        head = source.read(at, _HEADER)
        if len(head) < _HEADER:
            found.truncated("The PNG ends before its last chunk.")
            return
        name, length = head[4:], int.from_bytes(head[:4], "big")
        if name == _IEND:
            return
        following = at + _HEADER + length + _CRC
        if following > source.size_bytes:
            found.truncated("The object ends inside a PNG chunk.")
            length = max(0, source.size_bytes - at - _HEADER)
        _chunk(source, found, meter, (name, at + _HEADER, length))
        if name == b"IDAT" and not has_jumped and _is_worth_a_jump(source, following):
            has_jumped = True
            following = _behind_pixels(source, found, following)
        at = following
    meter.check_cpu()
    found.remark(f"Behind {_MOST_CHUNKS:,} PNG chunks the rest was left unread.")


def _is_worth_a_jump(source: Source, at: int) -> bool:
    """More pixels follow here, and much is left."""
    return source.size_bytes - at > _WORTH_A_JUMP and source.read(at, _HEADER)[4:] == b"IDAT"


def _behind_pixels(source: Source, found: Found, at: int) -> int:
    """The first place in the tail from which chunk by chunk leads to IEND."""
    start = max(at, (source.size_bytes - _TAIL) // BLOCK * BLOCK)
    tail = source.read(start, source.size_bytes - start)
    dead: set[int] = set()
    for match in _NAMES.finditer(tail):
        place = match.start() - 4
        if place >= 0 and _leads_to_end(tail, place, dead):
            return start + place
    found.remark("What lies between the PNG's pixels and its end was left unread.")
    return source.size_bytes - _HEADER - _CRC


def _leads_to_end(tail: bytes, at: int, dead: set[int]) -> bool:
    """Whether chunk follows chunk from `at` to IEND; places that do not are added to `dead`."""
    while at + _HEADER <= len(tail) and at not in dead:
        if tail[at + 4 : at + _HEADER] == _IEND:
            return True
        dead.add(at)
        at += _HEADER + int.from_bytes(tail[at : at + 4], "big") + _CRC
    return False


def _chunk(source: Source, found: Found, meter: Meter, chunk: tuple[bytes, int, int]) -> None:
    name, start, length = chunk
    if name in pngfacts.CHUNKS:
        pngfacts.chunk(name, source.read(start, min(length, pngfacts.LONGEST)), length, found)
    elif name == b"eXIf":
        skip = len(_EXIF_HEADER) if source.read(start, 6) == _EXIF_HEADER else 0
        found.blocks.append(Block(source.part(start + skip, length - skip)))
    elif name == b"caBX":
        label = content_label(source.read(start, 64))
        found.tags += [label] if label else []
    elif name == b"iCCP":
        data = source.read(start, min(length, _TAIL))
        pngfacts.chunk(name, data[: pngfacts.LONGEST], length, found)
        pngtext.profile(data, found, meter)
    elif name in _TEXTS:
        if length > _LARGEST_TEXT:
            found.remark(f"A PNG text of {length:,} bytes was left unread.")
        else:
            pngtext.text(name, source.read(start, length), found, meter)
