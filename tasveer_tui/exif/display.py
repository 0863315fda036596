"""How tags are shown: the order and titles of groups, and the stored value next to the label."""

import re
from typing import Final

from tasveer_tui.exif.labels import label
from tasveer_tui.records import Tag, is_maker_group

_GROUP_TITLES: Final = {
    "IFD0": "Image (IFD0)",
    "IFD1": "Thumbnail (IFD1)",
    "ExifIFD": "EXIF",
    "InteropIFD": "Interoperability",
    "ICC_Profile": "Colour profile",
}
_OTHER_RANK, _MAKER_NOTE_RANK = 1, 5
_GROUP_RANKS: Final = (
    (re.compile(r"File"), 0),
    (re.compile(r"IFD0|IFD[2-9]\d*|SubIFD\d*|PrintIM"), 2),
    (re.compile(r"ExifIFD|InteropIFD"), 3),
    (re.compile(r"GPS"), 4),
    (re.compile(r"XMP(-.*)?"), 6),
    (re.compile(r"IPTC\d*|Photoshop"), 7),
    (re.compile(r"ICC.*"), 8),
    (re.compile(r"IFD1\d*"), 9),
)


def group_rank(group: str) -> int:
    """The order of groups: file, image, EXIF, GPS, maker notes, XMP, IPTC, profile, thumbnail."""
    for pattern, rank in _GROUP_RANKS:
        if pattern.fullmatch(group):
            return rank
    return _MAKER_NOTE_RANK if is_maker_group(group) else _OTHER_RANK


def group_title(group: str) -> str:
    """A group's heading. The group's own name may be the object's: clean it."""
    title = _GROUP_TITLES.get(group)
    if title is None:
        return f"Maker notes ({group})" if is_maker_group(group) else group.replace("-", " ")
    return title


def raw_value(tag: Tag) -> str:
    """The stored value if `label` differs from it; else empty."""
    human = label(tag)
    if isinstance(tag.value, list):
        joint = ", " if any(isinstance(part, str) for part in tag.value) else " "
        plain = joint.join(map(str, tag.value))
    else:
        plain = str(tag.value)
    raw = tag.raw or plain
    # Dates are only written with other signs.
    return "" if human in (raw, raw.replace(":", "-", 2)) else raw
