"""Tag numbers and the names that exiftool gives them. Data only."""

from tasveer_tui.exif.tables.exif import EXIF, GPS, INTEROP, MPF, TIFF
from tasveer_tui.exif.tables.vendors import DNG, PANASONIC, VENDORS

MAIN = {**VENDORS, **DNG, **TIFF, **EXIF, **INTEROP}
"""Every directory but GPS shares these."""

IFD1 = {**MAIN, 0x0201: "ThumbnailOffset", 0x0202: "ThumbnailLength"}

DIALECTS: dict[str, dict[int, str]] = {"PanasonicRaw": PANASONIC, "MPF": MPF}
"""Names of the first directory where a format has its own; by found.Block.dialect."""

__all__ = ["DIALECTS", "GPS", "IFD1", "MAIN"]
