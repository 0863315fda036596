"""The main image of a TIFF structure: its size and its format."""

from collections.abc import Iterable, Sequence
from typing import Final

from tasveer_tui.exif.findings import Findings
from tasveer_tui.exif.ifd import Directory
from tasveer_tui.exif.sniff import FileType
from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.records import Tag

_SUBFILE_TYPE, _WIDTH, _HEIGHT, _PHOTOMETRIC, _MAKE = 0x00FE, 0x0100, 0x0101, 0x0106, 0x010F
_EXIF_WIDTH, _EXIF_HEIGHT = 0xA002, 0xA003
_SIZE_TAGS: Final = ((_WIDTH, _HEIGHT), (0xBC80, 0xBC81))
"""Of TIFF, and of JPEG XR."""
_SIZE_TAGS_SLICED: Final = ((_EXIF_WIDTH, _EXIF_HEIGHT),)
_CR2_SLICES = 0xC640
"""Canon's raw in TIFF keeps the full picture's size in Exif alone."""
_DNG_VERSION = 0xC612
_REDUCED_FLAG = 1
_MAX_SIDE_PX = (1 << 32) - 1
_CFA_PHOTOMETRIC = 32803
_RAW_FORMAT_BY_MAKE: Final = {
    "NIKON": "nef",
    "SONY": "arw",
    "PENTAX": "pef",
    "RICOH": "pef",
    "SAMSUNG": "srw",
    "HASSELBLAD": "3fr",
    "OLYMPUS": "orf",
    "PHASE": "iiq",
    "LEAF": "mos",
    "MAMIYA": "mef",
    "SEIKO": "erf",
    "EASTMAN": "dcr",
    "KODAK": "dcr",
}
"""By the first word of the maker's name."""

CONTAINER_CAMERA_GROUPS: Final = frozenset({"CanonRaw", "SigmaRaw"})
"""Tags in container headers: camera data in formats without EXIF."""

_STRUCTURAL_TAGS: Final = frozenset(
    {
        *range(0x00FE, 0x010E),
        *(0x0111, 0x0115, 0x0116, 0x0117, 0x0118, 0x0119, 0x011A, 0x011B, 0x011C, 0x0120, 0x0121),
        *(0x0122, 0x0123, 0x0124, 0x0125, 0x0128, 0x0129, 0x012D, 0x013D, 0x013E, 0x013F),
        *range(0x0140, 0x0149),
        *(0x014C, 0x014E, 0x0150, 0x0152, 0x0153, 0x0154, 0x0155, 0x0156, 0x015B),
        *range(0x0200, 0x020A),
        *(0x0211, 0x0212, 0x0213, 0x0214),
    }
)
"""Tags without which a TIFF's pixels could not be decoded: they describe no photograph."""


def is_structural(tag: Tag) -> bool:
    """Whether a tag only describes how pixels are stored."""
    return tag.number in _STRUCTURAL_TAGS and tag.group.startswith(("IFD", "SubIFD"))


def dimensions(found: Findings, directories: Sequence[Directory]) -> tuple[int | None, int | None]:
    """The container's size, else that of the first image that is not a reduced one."""
    if found.width and found.height:
        return found.width, found.height
    is_sliced = any(directory.number(_CR2_SLICES) is not None for directory in directories)
    names = _SIZE_TAGS_SLICED if is_sliced else _SIZE_TAGS
    reduced: tuple[int | None, int | None] = (None, None)
    for directory in directories:
        size = _directory_size(directory, names)
        if size and not (directory.number(_SUBFILE_TYPE) or 0) & _REDUCED_FLAG:
            return size
        reduced = reduced if reduced[0] else size or reduced
    return reduced


def _directory_size(
    directory: Directory, names: Iterable[tuple[int, int]]
) -> tuple[int, int] | None:
    """Width and height from the first pair of tags that has them."""
    for wide, high in names:
        width, height = directory.number(wide), directory.number(high)
        is_picture = directory.group.startswith(("IFD", "SubIFD")) or wide == _EXIF_WIDTH
        if width and height and max(width, height) <= _MAX_SIDE_PX and is_picture:
            return width, height
    return None


def detect_format(kind: FileType, directories: list[Directory]) -> str:
    """A TIFF that holds a camera's mosaic is that camera's raw format."""
    if kind.format != "tiff" or not directories:
        return kind.format
    first = directories[0]
    if first.number(_DNG_VERSION) is not None:
        return "dng"
    if any(directory.number(_PHOTOMETRIC) == _CFA_PHOTOMETRIC for directory in directories):
        make = next((entry.data for entry in first.entries if entry.number == _MAKE), b"") or b""
        words = decode_text(make).upper().split()
        return _RAW_FORMAT_BY_MAKE.get(words[0] if words else "", kind.format)
    return kind.format
