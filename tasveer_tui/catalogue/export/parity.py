"""What exiftool says of a file as such, and where our JSON is not what `exiftool -j -G1 -n` prints.

These exceptions are all there are; each is chosen, and told in `tasveer-tui show --help`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import Record

EXCEPTIONS: Final = {
    "S3, Tasveer": "ours alone: where the object is, and how it was read",
    "System, ExifTool": "left out: they tell of a file on a disk, and of another program",
    "Composite": "left out: what can be computed from other tags",
    "Maker notes": "the cameras' own groups with the extra alone, and their best known tags",
    "ICC": "header and names alone: no curves, matrices, translations",
    "Photoshop, JUMBF, tracks": "what says something of the picture, not how to print or play it",
    "Embedded pictures": "left out, as are offsets of anything but IFD1's thumbnail",
    "Binary data": "without `, use -b option to extract`: there is no such option",
    "Numbers": "never in quotes, however many digits they have",
    "Text": "Latin-1 where it is no UTF-8, not question marks; IPTC is UTF-8 where it can be",
    "XMP": "all pictures of a Container, not its first; values end after 16 KiB",
    "File:FileType": "JPEG for MPO, TIFF for BigTIFF, HEIC for HEIF, EXV for DNG in EXV",
}
"""By group or kind, what differs and why."""

_TYPES: Final = {
    "arw": ("ARW", "ARW", "image/x-sony-arw"),
    "avif": ("AVIF", "AVIF", "image/avif"),
    "bmp": ("BMP", "BMP", "image/bmp"),
    "cr2": ("CR2", "CR2", "image/x-canon-cr2"),
    "cr3": ("CR3", "CR3", "image/x-canon-cr3"),
    "crw": ("CRW", "CRW", "image/x-canon-crw"),
    "dng": ("DNG", "DNG", "image/x-adobe-dng"),
    "exv": ("EXV", "EXV", "image/x-exv"),
    "gif": ("GIF", "GIF", "image/gif"),
    "heic": ("HEIC", "HEIC", "image/heic"),
    "heif": ("HEIF", "HEIF", "image/heif"),
    "iiq": ("IIQ", "IIQ", "image/x-raw"),
    "jp2": ("JP2", "JP2", "image/jp2"),
    "jpeg": ("JPEG", "JPG", "image/jpeg"),
    "jxl": ("JXL", "JXL", "image/jxl"),
    "mng": ("MNG", "MNG", "video/mng"),
    "mrw": ("MRW", "MRW", "image/x-minolta-mrw"),
    "nef": ("NEF", "NEF", "image/x-nikon-nef"),
    "orf": ("ORF", "ORF", "image/x-olympus-orf"),
    "pef": ("PEF", "PEF", "image/x-pentax-pef"),
    "png": ("PNG", "PNG", "image/png"),
    "psd": ("PSD", "PSD", "application/vnd.adobe.photoshop"),
    "raf": ("RAF", "RAF", "image/x-fujifilm-raf"),
    "rw2": ("RW2", "RW2", "image/x-panasonic-rw2"),
    "tiff": ("TIFF", "TIF", "image/tiff"),
    "webp": ("WEBP", "WEBP", "image/webp"),
    "x3f": ("X3F", "X3F", "image/x-sigma-x3f"),
}
_SPECIAL: Final = {
    "PNG:AnimationFrames": ("APNG", "PNG", "image/apng"),
    "RIFF:WebP_Flags": ("Extended WEBP", "WEBP", "image/webp"),
}
"""By a tag that only these have."""
_SIZED: Final = {
    "jpeg": "File:EncodingProcess",
    "heic": "",
    "heif": "",
    "avif": "",
    "jxl": "",
    "jp2": "",
    "bmp": "",
    "mrw": "",
}
"""Formats whose size exiftool tells as the file's, and the tag without which nobody knows it."""


def file_facts(record: Record) -> Iterator[tuple[str, str | int]]:
    """The `File` tags that follow from the record."""
    kind = _TYPES.get(record.format)
    if kind is None:
        return
    names = {f"{tag.group}:{tag.name}" for tag in record.tags}
    for name, special in _SPECIAL.items():
        kind = special if name in names else kind
    yield from zip(("File:FileType", "File:FileTypeExtension", "File:MIMEType"), kind, strict=True)
    needed = _SIZED.get(record.format)
    if needed is None or (needed and needed not in names):
        return
    if record.facts.width and record.facts.height:
        yield "File:ImageWidth", record.facts.width
        yield "File:ImageHeight", record.facts.height
