"""The layout of maker notes by brand, and exiftool's names for their main tags."""

from typing import Final, NamedTuple


class MakerNoteLayout(NamedTuple):
    """One layout of a maker note: a directory as in TIFF behind a header, or without one."""

    group: str
    """exiftool's group of its tags."""
    start: bytes
    """What the note begins with; nothing where it begins with the directory."""
    ifd: int
    """Offset of its directory from the note's start; -1: the word after the header has it."""
    table: str = ""
    """ExifRead's module and table with the names of its tags."""
    has_own_offsets: bool = False
    """Whether its offsets count from the note's start (from its TIFF header, where it has one),
    not as those of the block around it."""
    byte_order_offset: int = -1
    """Offset of `II` or `MM`; -1: the byte order of the enclosing block."""
    order: str = ""
    """The byte order, where all cameras of the maker have the same."""
    base: int = 0
    """The base of the offsets in a self-contained note."""


LAYOUTS_BY_SIGNATURE: Final = (
    MakerNoteLayout("Nikon", b"Nikon\0\1", 8, "nikon.TAGS_OLD"),
    MakerNoteLayout(
        "Nikon",
        b"Nikon\0\2",
        -1,
        "nikon.TAGS_NEW",
        has_own_offsets=True,
        byte_order_offset=10,
        base=10,
    ),
    MakerNoteLayout("FujiFilm", b"FUJIFILM", -1, "fujifilm.TAGS", has_own_offsets=True, order="II"),
    MakerNoteLayout("FujiFilm", b"GENERALE", -1, "fujifilm.TAGS", has_own_offsets=True, order="II"),
    MakerNoteLayout(
        "Apple", b"Apple iOS\0", 14, "apple.TAGS", has_own_offsets=True, byte_order_offset=12
    ),
    MakerNoteLayout(
        "Olympus", b"OLYMPUS\0", 12, "olympus.TAGS", has_own_offsets=True, byte_order_offset=8
    ),
    MakerNoteLayout(
        "Olympus", b"OM SYSTEM\0", 16, "olympus.TAGS", has_own_offsets=True, byte_order_offset=12
    ),
    MakerNoteLayout("Olympus", b"OLYMP\0", 8, "olympus.TAGS"),
    MakerNoteLayout("Olympus", b"EPSON\0", 8, "olympus.TAGS"),
    MakerNoteLayout("Sony", b"SONY DSC \0", 12, "sony.TAGS"),
    MakerNoteLayout("Sony", b"SONY CAM \0", 12, "sony.TAGS"),
    MakerNoteLayout("Sony", b"VHAB     \0", 12, "sony.TAGS"),
    MakerNoteLayout("Panasonic", b"Panasonic\0", 12),
    MakerNoteLayout("Leica", b"LEICA\0\0\0", 8),
    MakerNoteLayout("Pentax", b"PENTAX \0", 10, has_own_offsets=True, byte_order_offset=8),
    MakerNoteLayout("Pentax", b"AOC\0", 6, byte_order_offset=4),
    MakerNoteLayout("Sigma", b"SIGMA\0\0\0", 10),
    MakerNoteLayout("Sigma", b"FOVEON\0\0", 10),
)
"""By what they begin with."""

LAYOUTS_BY_MAKE: Final = {
    "CANON": MakerNoteLayout("Canon", b"", 0, "canon.TAGS"),
    "NIKON": MakerNoteLayout("Nikon", b"", 0, "nikon.TAGS_NEW"),
    "SONY": MakerNoteLayout("Sony", b"", 0, "sony.TAGS"),
    "CASIO": MakerNoteLayout("Casio", b"", 0, "casio.TAGS"),
    "DJI": MakerNoteLayout("DJI", b"", 0, "dji.TAGS", has_own_offsets=True, order="II"),
}
"""By the first word of Make, for notes that begin with their directory."""

MAKER_TAG_NAMES: Final[dict[str, dict[int, str]]] = {
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

SUBDIRECTORY_TAG_NAMES: Final[dict[str, dict[int, dict[int, str]]]] = {
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
