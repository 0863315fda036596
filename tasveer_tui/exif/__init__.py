"""Image bytes by range in, a record of their metadata out. No network, no disk, no clock.

What reads and what decodes is imported when it is first asked for: who only asks for a label,
or has others do the reading, starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui import late

if TYPE_CHECKING:
    from tasveer_tui.exif.budget import Budget
    from tasveer_tui.exif.glance import glance
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
    "glance",
    "group_rank",
    "group_title",
    "label",
    "raw_beside",
    "read",
    "tell_maker_note",
    "thumbnail",
]

__getattr__ = late.names(
    __name__,
    {
        "budget": ("Budget",),
        "glance": ("glance",),
        "labels": ("label",),
        "makernotes": ("MakerNotes", "tell_maker_note"),
        "pixels": ("Pictures", "Pixels", "decode"),
        "ranges": ("BLOCK", "Fetch"),
        "reader": ("read",),
        "showing": ("group_rank", "group_title", "raw_beside"),
        "thumbnails": ("thumbnail",),
        "trust": ("beliefs",),
    },
)
