"""Which format an object is, by its first bytes. Its name is never asked."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple


class FileType(NamedTuple):
    """A format, and the container whose reader understands it."""

    format: str
    container: str


_UNKNOWN = FileType("", "")

_SIGNATURES = (
    (b"\xff\xd8\xff", FileType("jpeg", "jpeg")),
    (b"\xff\x01Exiv2", FileType("exv", "jpeg")),
    (b"\x89PNG\r\n\x1a\n", FileType("png", "png")),
    (b"\x8aMNG\r\n\x1a\n", FileType("mng", "mng")),
    (b"IIRO", FileType("orf", "tiff")),
    (b"IIRS", FileType("orf", "tiff")),
    (b"MMOR", FileType("orf", "tiff")),
    (b"IIU\0", FileType("rw2", "rw2")),
    (b"II*\0\x10\0\0\0CR\x02", FileType("cr2", "tiff")),
    (b"II*\0", FileType("tiff", "tiff")),
    (b"MM\0*", FileType("tiff", "tiff")),
    (b"II+\0\x08\0\0\0", FileType("tiff", "tiff")),
    (b"MM\0+\0\x08\0\0", FileType("tiff", "tiff")),
    (b"II\xbc\x01", FileType("jxr", "tiff")),
    (b"\xff\x0a", FileType("jxl", "jxl")),
    (b"\0\0\0\x0cJXL \r\n\x87\n", FileType("jxl", "jxl")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", FileType("jp2", "jp2")),
    (b"\0\0\0\x0cjP\x1a\x1a\r\n\x87\n", FileType("jp2", "jp2")),
    (b"\xff\x4f\xff\x51", FileType("j2k", "j2k")),
    (b"FUJIFILMCCD-RAW", FileType("raf", "raf")),
    (b"\0MRM", FileType("mrw", "mrw")),
    (b"FOVb", FileType("x3f", "x3f")),
    (b"II\x1a\0\0\0HEAPCCDR", FileType("crw", "crw")),
    (b"8BPS", FileType("psd", "psd")),
    (b"GIF87a", FileType("gif", "gif")),
    (b"GIF89a", FileType("gif", "gif")),
)

_FORMAT_BY_BRAND = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm"), "heic"),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1", b"miaf", b"heif"), "heif"),
    b"crx ": "cr3",
}
_FTYP_BOX = re.compile(rb"....ftyp", re.DOTALL)
_MAX_FTYP_BYTES = 64
_BYTE_ORDERS: Final[Mapping[bytes, Literal["little", "big"]]] = {b"II": "little", b"MM": "big"}
_TIFF_HEADER_BYTES = 8
_MAX_TIFF_VERSION = 256
"""A version below this has a NUL, which no text begins with."""


def sniff(head: bytes) -> FileType:
    """The kind of an object that begins with `head`; an empty one where it is not known."""
    if head[:4] in (b"II*\0", b"MM\0*") and head[8:12] in (b"IIII", b"MMMM"):
        return FileType("iiq", "iiq")
    for magic, kind in _SIGNATURES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType("webp", "webp")
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return FileType("bmp", "bmp")
    if _FTYP_BOX.match(head):
        return _detect_by_brand(head)
    return FileType("tiff", "tiff") if _is_like_tiff(head) else _UNKNOWN


def _is_like_tiff(head: bytes) -> bool:
    """A byte order, a version that may be damaged, and a directory not inside the header."""
    order = _BYTE_ORDERS.get(head[:2])
    if order is None or len(head) < _TIFF_HEADER_BYTES:
        return False
    version, offset = int.from_bytes(head[2:4], order), int.from_bytes(head[4:8], order)
    return version < _MAX_TIFF_VERSION and offset >= _TIFF_HEADER_BYTES


def _detect_by_brand(head: bytes) -> FileType:
    """ISO base media: the major brand decides, then the first compatible one that is known."""
    length = min(int.from_bytes(head[:4], "big"), len(head), _MAX_FTYP_BYTES)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    generic = ""
    for brand in brands:
        name = _FORMAT_BY_BRAND.get(brand, "")
        if name and name != "heif":
            return FileType(name, "cr3" if name == "cr3" else "bmff")
        generic = generic or name
    return FileType(generic, "bmff") if generic else _UNKNOWN
