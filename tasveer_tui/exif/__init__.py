"""Image bytes by range in, a record of their metadata out. No network, no disk, no clock.

What reads and what decodes is imported when it is first asked for: who only asks for a label,
or has others do the reading, starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui import lazy

if TYPE_CHECKING:
    from tasveer_tui.exif.budget import Budget
    from tasveer_tui.exif.display import group_rank, group_title, raw_value
    from tasveer_tui.exif.labels import label
    from tasveer_tui.exif.makernotes import MakerNoteReader, describe_maker_note
    from tasveer_tui.exif.pixels import ImageDecoder, Pixels, decode
    from tasveer_tui.exif.provenance import fact_sources
    from tasveer_tui.exif.ranges import BLOCK_BYTES, Fetch
    from tasveer_tui.exif.reader import read
    from tasveer_tui.exif.summary import summary
    from tasveer_tui.exif.thumbnails import thumbnail

__all__ = [
    "BLOCK_BYTES",
    "Budget",
    "Fetch",
    "ImageDecoder",
    "MakerNoteReader",
    "Pixels",
    "decode",
    "describe_maker_note",
    "fact_sources",
    "group_rank",
    "group_title",
    "label",
    "raw_value",
    "read",
    "summary",
    "thumbnail",
]

__getattr__ = lazy.names(
    __name__,
    {
        "budget": ("Budget",),
        "summary": ("summary",),
        "labels": ("label",),
        "makernotes": ("MakerNoteReader", "describe_maker_note"),
        "pixels": ("ImageDecoder", "Pixels", "decode"),
        "ranges": ("BLOCK_BYTES", "Fetch"),
        "reader": ("read",),
        "display": ("group_rank", "group_title", "raw_value"),
        "thumbnails": ("thumbnail",),
        "provenance": ("fact_sources",),
    },
)
