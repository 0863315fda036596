"""Where each container keeps its metadata: one module a container, one line here."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers import bmff, canon, jp2, jpeg, jxl, png, psd, raster, raw, tiff
from tasveer_tui.exif.findings import Findings
from tasveer_tui.exif.ranges import ByteSource

Locator: TypeAlias = Callable[[ByteSource, Findings, Meter], None]
"""Fills Found from an object, or from a part of one that is a file of its own.

May raise OverBudgetError, and on broken input what it must.
"""

LOCATORS: Final[Mapping[str, Locator]] = {
    "bmff": bmff.locate,
    "cr3": canon.locate_cr3,
    "j2k": jp2.locate_codestream,
    "jp2": jp2.locate,
    "jpeg": jpeg.locate,
    "jxl": jxl.locate,
    "png": png.locate,
    "tiff": tiff.locate,
    "bmp": raster.locate_bmp,
    "crw": canon.locate_crw,
    "gif": raster.locate_gif,
    "iiq": tiff.locate_iiq,
    "mng": png.locate_mng,
    "mrw": raw.locate_mrw,
    "psd": psd.locate,
    "raf": raw.locate_raf,
    "rw2": tiff.locate_rw2,
    "x3f": raw.locate_x3f,
    "webp": raster.locate_webp,
}
"""By the container's name in `sniff`."""
