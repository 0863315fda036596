"""Which format an object is, by its first bytes. Its name is never asked."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple


class Kind(NamedTuple):
    """A format, and the container whose reader understands it."""

    format: str
    container: str


_UNKNOWN = Kind("", "")

_MAGIC = (
    (b"\xff\xd8\xff", Kind("jpeg", "jpeg")),
    (b"\xff\x01Exiv2", Kind("exv", "jpeg")),
    (b"\x89PNG\r\n\x1a\n", Kind("png", "png")),
    (b"\x8aMNG\r\n\x1a\n", Kind("mng", "mng")),
    (b"IIRO", Kind("orf", "tiff")),
    (b"IIRS", Kind("orf", "tiff")),
    (b"MMOR", Kind("orf", "tiff")),
    (b"IIU\0", Kind("rw2", "rw2")),
    (b"II*\0\x10\0\0\0CR\x02", Kind("cr2", "tiff")),
    (b"II*\0", Kind("tiff", "tiff")),
    (b"MM\0*", Kind("tiff", "tiff")),
    (b"II+\0\x08\0\0\0", Kind("tiff", "tiff")),
    (b"MM\0+\0\x08\0\0", Kind("tiff", "tiff")),
    (b"II\xbc\x01", Kind("jxr", "tiff")),
    (b"\xff\x0a", Kind("jxl", "jxl")),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Kind("jxl", "jxl")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind("jp2", "jp2")),
    (b"\0\0\0\x0cjP\x1a\x1a\r\n\x87\n", Kind("jp2", "jp2")),
    (b"\xff\x4f\xff\x51", Kind("j2k", "j2k")),
    (b"FUJIFILMCCD-RAW", Kind("raf", "raf")),
    (b"\0MRM", Kind("mrw", "mrw")),
    (b"FOVb", Kind("x3f", "x3f")),
    (b"II\x1a\0\0\0HEAPCCDR", Kind("crw", "crw")),
    (b"8BPS", Kind("psd", "psd")),
    (b"GIF87a", Kind("gif", "gif")),
    (b"GIF89a", Kind("gif", "gif")),
)

_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm"), "heic"),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1", b"miaf", b"heif"), "heif"),
    b"crx ": "cr3",
}
_BRAND = re.compile(rb"....ftyp", re.DOTALL)
_HEAD = 64
_ORDERS: Final[Mapping[bytes, Literal["little", "big"]]] = {b"II": "little", b"MM": "big"}
_TIFF_HEADER = 8
_VERSIONS = 256
"""A version below this has a NUL, which no text begins with."""


def sniff(head: bytes) -> Kind:
    """The kind of an object that begins with `head`; an empty one where it is not known."""
    if head[:4] in (b"II*\0", b"MM\0*") and head[8:12] in (b"IIII", b"MMMM"):
        return Kind("iiq", "iiq")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("webp", "webp")
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Kind("bmp", "bmp")
    if _BRAND.match(head):
        return _branded(head)
    return Kind("tiff", "tiff") if _is_like_tiff(head) else _UNKNOWN


def _is_like_tiff(head: bytes) -> bool:
    """A byte order, a version that may be damaged, and a directory not inside the header."""
    order = _ORDERS.get(head[:2])
    if order is None or len(head) < _TIFF_HEADER:
        return False
    version, offset = int.from_bytes(head[2:4], order), int.from_bytes(head[4:8], order)
    return version < _VERSIONS and offset >= _TIFF_HEADER


def _branded(head: bytes) -> Kind:
    """ISO base media: the major brand decides, then the first compatible one that is known."""
    length = min(int.from_bytes(head[:4], "big"), len(head), _HEAD)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    generic = ""
    for brand in brands:
        name = _BRANDS.get(brand, "")
        if name and name != "heif":
            return Kind(name, "cr3" if name == "cr3" else "bmff")
        generic = generic or name
    return Kind(generic, "bmff") if generic else _UNKNOWN
