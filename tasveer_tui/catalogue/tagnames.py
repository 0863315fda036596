"""Tags by name, as searches and columns write them: `exif.ISO`, `xmp-dc.Subject`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from tasveer_tui.records import MAKER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag in a search: a family of groups, and the tag's name in any case."""

    family: str
    name: str

    def means(self, group: str, name: str) -> bool:
        """Whether it is this tag of exiftool's."""
        return name.lower() == self.name.lower() and has_group(self.family, group)

    def __str__(self) -> str:
        return f"{self.family}.{self.name}"


FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "exif": r"IFD\d+|ExifIFD|InteropIFD|SubIFD\d*|GlobParamIFD",
        "gps": r"GPS",
        "xmp": r"XMP|XMP-.+",
        "iptc": r"IPTC\d*",
        "maker": "|".join(MAKER_GROUPS),
        "file": r".+",
    }
)
"""Which of exiftool's groups a family means, as patterns over the whole name without regard to
case. The first that fits has the group, so `file` is what no other family has."""

_TAG = re.compile(r"([\w-]+)\.([\w-]+(?:\.[\w-]+)*)")
_EXACT_GROUP = re.compile(r"ifd\d+|exififd|interopifd|subifd\d*|xmp-[\w-]+", re.IGNORECASE)


def tag_name(text: str) -> TagName | None:
    """`exif.ISO` taken apart; None where `text` does not name a tag.

    Before the dot stands a family, or one exact group of those that exiftool numbers or
    names apart: `IFD1.Compression`, `XMP-dc.Subject`.
    """
    match = _TAG.fullmatch(text)
    if not match:
        return None
    group, name = match.groups()
    if group.lower() in FAMILIES:
        return TagName(group.lower(), name)
    return TagName(group, name) if _EXACT_GROUP.fullmatch(group) else None


@lru_cache(maxsize=1024)
def has_group(family: str, group: str) -> bool:
    """Whether `group` (exiftool's, `-G1`) belongs to the family or is the exact group."""
    if family not in FAMILIES:
        return family.lower() == group.lower()
    for name, pattern in FAMILIES.items():
        if re.fullmatch(pattern, group, re.IGNORECASE):
            return name == family
    return False
