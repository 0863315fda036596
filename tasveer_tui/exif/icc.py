"""An ICC profile's name, from as few of its bytes as that takes."""

from typing import Final

from tasveer_tui.exif.ranges import Source
from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag

_HEADER = 128
_ROW = 12
_MOST_TAGS = 100
_LONGEST = 1024
_DESCRIPTION: Final = b"desc"


def description(source: Source) -> Tag | None:
    """`ICC_Profile:ProfileDescription`; None where the profile does not say."""
    if source.read(36, 4) != b"acsp":
        return None
    count = int.from_bytes(source.read(_HEADER, 4), "big")
    table = source.read(_HEADER + 4, min(count, _MOST_TAGS) * _ROW)
    for at in range(0, len(table) - _ROW + 1, _ROW):
        if table[at : at + 4] == _DESCRIPTION:
            offset, length = (
                int.from_bytes(table[at + place : at + place + 4], "big") for place in (4, 8)
            )
            name = _name(source.read(offset, min(length, _LONGEST)))
            return Tag("ICC_Profile", "ProfileDescription", value=name) if name else None
    return None


def _name(data: bytes) -> str:
    """A `desc` element (version 2) or the first of a `mluc` element (version 4)."""
    if data[:4] == _DESCRIPTION:
        length = int.from_bytes(data[8:12], "big")
        return plain(data[12 : 12 + length])
    if data[:4] == b"mluc":
        length, offset = (int.from_bytes(data[at : at + 4], "big") for at in (20, 24))
        return data[offset : offset + length].decode("utf-16-be", "replace").partition("\0")[0]
    return ""
