"""Where each container keeps its metadata: one module a container, one line here."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import (
    bmff,
    bmp,
    cr3,
    crw,
    gif,
    iiq,
    jp2,
    jpeg,
    jxl,
    mng,
    mrw,
    png,
    psd,
    raf,
    rw2,
    tiff,
    webp,
    x3f,
)
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Source

Locate: TypeAlias = Callable[[Source, Found, Meter], None]
"""Fills Found from an object, or from a part of one that is a file of its own.

May raise OverBudgetError, and on broken input what it must.
"""

LOCATORS: Final[Mapping[str, Locate]] = {
    "bmff": bmff.locate,
    "cr3": cr3.locate,
    "j2k": jp2.locate_codestream,
    "jp2": jp2.locate,
    "jpeg": jpeg.locate,
    "jxl": jxl.locate,
    "png": png.locate,
    "tiff": tiff.locate,
    "bmp": bmp.locate,
    "crw": crw.locate,
    "gif": gif.locate,
    "iiq": iiq.locate,
    "mng": mng.locate,
    "mrw": mrw.locate,
    "psd": psd.locate,
    "raf": raf.locate,
    "rw2": rw2.locate,
    "x3f": x3f.locate,
    "webp": webp.locate,
}
"""By the container's name in `sniff`."""
