"""Image bytes by range in, a record of their metadata out. No network, no disk, no clock.

What reads and what decodes is imported when it is first asked for: who only asks for a label,
or has others do the reading, starts without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tasveer_tui.exif.budget import Budget
    from tasveer_tui.exif.labels import label
    from tasveer_tui.exif.makernotes import MakerNotes, tell_maker_note
    from tasveer_tui.exif.pixels import Pictures, Pixels, decode
    from tasveer_tui.exif.ranges import BLOCK, Fetch
    from tasveer_tui.exif.reader import read
    from tasveer_tui.exif.showing import group_rank, group_title, raw_beside
    from tasveer_tui.exif.thumbnails import thumbnail
    from tasveer_tui.exif.trust import beliefs

__all__ = [
    "BLOCK",
    "Budget",
    "Fetch",
    "MakerNotes",
    "Pictures",
    "Pixels",
    "beliefs",
    "decode",
    "group_rank",
    "group_title",
    "label",
    "raw_beside",
    "read",
    "tell_maker_note",
    "thumbnail",
]

_HOMES: Final = {
    "BLOCK": "ranges",
    "Budget": "budget",
    "Fetch": "ranges",
    "MakerNotes": "makernotes",
    "Pictures": "pixels",
    "Pixels": "pixels",
    "beliefs": "trust",
    "decode": "pixels",
    "group_rank": "showing",
    "group_title": "showing",
    "label": "labels",
    "raw_beside": "showing",
    "read": "reader",
    "tell_maker_note": "makernotes",
    "thumbnail": "thumbnails",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
