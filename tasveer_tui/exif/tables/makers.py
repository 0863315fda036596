"""How makers lay out their cameras' own notes, and exiftool's names for what matters in them."""

from typing import Final, NamedTuple


class Form(NamedTuple):
    """One layout of a maker note: a directory as in TIFF behind a header, or without one."""

    group: str
    """exiftool's group of its tags."""
    start: bytes
    """What the note begins with; nothing where it begins with the directory."""
    ifd: int
    """Where its directory is, from the note's start; -1: the word behind the header says it."""
    table: str = ""
    """ExifRead's module and table with the names of its tags."""
    is_apart: bool = False
    """Whether its offsets count from the note's start (from its TIFF header, where it has one),
    not as those of the block around it."""
    order_at: int = -1
    """Where `II` or `MM` stands; -1: it has the byte order of the block around it."""
    order: str = ""
    """The byte order, where all cameras of the maker have the same."""
    base: int = 0
    """Where, in a note that stands apart, its offsets count from."""


MARKED: Final = (
    Form("Nikon", b"Nikon\0\1", 8, "nikon.TAGS_OLD"),
    Form("Nikon", b"Nikon\0\2", -1, "nikon.TAGS_NEW", is_apart=True, order_at=10, base=10),
    Form("FujiFilm", b"FUJIFILM", -1, "fujifilm.TAGS", is_apart=True, order="II"),
    Form("FujiFilm", b"GENERALE", -1, "fujifilm.TAGS", is_apart=True, order="II"),
    Form("Apple", b"Apple iOS\0", 14, "apple.TAGS", is_apart=True, order_at=12),
    Form("Olympus", b"OLYMPUS\0", 12, "olympus.TAGS", is_apart=True, order_at=8),
    Form("Olympus", b"OM SYSTEM\0", 16, "olympus.TAGS", is_apart=True, order_at=12),
    Form("Olympus", b"OLYMP\0", 8, "olympus.TAGS"),
    Form("Olympus", b"EPSON\0", 8, "olympus.TAGS"),
    Form("Sony", b"SONY DSC \0", 12, "sony.TAGS"),
    Form("Sony", b"SONY CAM \0", 12, "sony.TAGS"),
    Form("Sony", b"VHAB     \0", 12, "sony.TAGS"),
    Form("Panasonic", b"Panasonic\0", 12),
    Form("Leica", b"LEICA\0\0\0", 8),
    Form("Pentax", b"PENTAX \0", 10, is_apart=True, order_at=8),
    Form("Pentax", b"AOC\0", 6, order_at=4),
    Form("Sigma", b"SIGMA\0\0\0", 10),
    Form("Sigma", b"FOVEON\0\0", 10),
)
"""By what they begin with."""

PLAIN: Final = {
    "CANON": Form("Canon", b"", 0, "canon.TAGS"),
    "NIKON": Form("Nikon", b"", 0, "nikon.TAGS_NEW"),
    "SONY": Form("Sony", b"", 0, "sony.TAGS"),
    "CASIO": Form("Casio", b"", 0, "casio.TAGS"),
    "DJI": Form("DJI", b"", 0, "dji.TAGS", is_apart=True, order="II"),
}
"""By the first word of Make, for notes that begin with their directory."""

NAMES: Final[dict[str, dict[int, str]]] = {
    "Canon": {
        0x0006: "CanonImageType",
        0x0007: "CanonFirmwareVersion",
        0x0008: "FileNumber",
        0x0009: "OwnerName",
        0x000C: "SerialNumber",
        0x0010: "CanonModelID",
        0x0095: "LensModel",
        0x0096: "InternalSerialNumber",
    },
    "Nikon": {
        0x0037: "MechanicalShutterCount",
        0x0084: "Lens",
        0x00A5: "ImageCount",
        0x00A7: "ShutterCount",
    },
    "FujiFilm": {0x0010: "InternalSerialNumber", 0x1032: "ExposureCount"},
    "Olympus": {0x0404: "SerialNumber", 0x101A: "SerialNumber"},
    "Panasonic": {
        0x0025: "InternalSerialNumber",
        0x0051: "LensType",
        0x0052: "LensSerialNumber",
        0x0054: "AccessorySerialNumber",
    },
    "Leica": {
        0x0025: "InternalSerialNumber",
        0x0051: "LensType",
        0x0052: "LensSerialNumber",
    },
    "Pentax": {0x0006: "Date", 0x0007: "Time", 0x005D: "ShutterCount", 0x0229: "SerialNumber"},
    "Sigma": {0x0002: "SerialNumber"},
    "Sony": {0xB02A: "LensSpec"},
}
"""exiftool's names where ExifRead has none, or another one."""

BELOW: Final[dict[str, dict[int, dict[int, str]]]] = {
    "Olympus": {
        0x2010: {
            0x0100: "CameraType2",
            0x0101: "SerialNumber",
            0x0102: "InternalSerialNumber",
            0x0202: "LensSerialNumber",
            0x0203: "LensModel",
        }
    }
}
"""Directories below a note's own, by the tags that point to them."""
