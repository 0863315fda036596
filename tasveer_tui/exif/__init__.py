"""Image bytes by range in, a record of their metadata out. No network, no disk, no clock."""

from tasveer_tui.exif.beliefs import beliefs
from tasveer_tui.exif.budget import Budget
from tasveer_tui.exif.labels import label
from tasveer_tui.exif.makernotes import MakerNotes, tell_maker_note
from tasveer_tui.exif.pixels import Pictures, Pixels, decode
from tasveer_tui.exif.ranges import BLOCK, Fetch
from tasveer_tui.exif.reader import read
from tasveer_tui.exif.showing import group_rank, group_title, raw_beside
from tasveer_tui.exif.thumbnail import thumbnail

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
