"""Image bytes by range in, a record of their metadata out. No network, no disk, no clock."""

from tasveer_tui.exif.budget import Budget
from tasveer_tui.exif.labels import label
from tasveer_tui.exif.pixels import Pixels, decode
from tasveer_tui.exif.ranges import BLOCK, Fetch
from tasveer_tui.exif.reader import read
from tasveer_tui.exif.thumbnail import thumbnail

__all__ = ["BLOCK", "Budget", "Fetch", "Pixels", "decode", "label", "read", "thumbnail"]
