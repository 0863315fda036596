"""Where each container keeps its metadata: one module a container, one line here."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import jpeg, png, tiff, webp
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

Locate: TypeAlias = Callable[[Source, Found, Meter], None]
"""Fills Found from an object, or from a part of one that is a file of its own.

May raise OverBudgetError, and on broken input what it must.
"""

LOCATORS: Final[Mapping[str, Locate]] = {
    "jpeg": jpeg.locate,
    "png": png.locate,
    "tiff": tiff.locate,
    "webp": webp.locate,
}
"""By the container's name in `sniff`."""
