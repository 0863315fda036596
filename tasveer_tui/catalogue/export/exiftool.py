"""Tags that exiftool derives from a file, and how our JSON differs from `exiftool -j -G1 -n`.

These are all the exceptions; each is deliberate. `tasveer-tui show --help` lists them.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasveer_tui.records import ObjectRef, Record, Source, Tag

EXCEPTIONS: Final = {
    "S3, Tasveer": "added: the object's location, and how it was read",
    "System, ExifTool": "left out: they describe a file on disk, and exiftool itself",
    "Composite": "left out: they are computed from other tags",
    "Maker notes": "only with the extra `makernotes`, and only the best known tags",
    "ICC": "only the header and the names, not the curves and matrices",
    "Photoshop, JUMBF, tracks": "only values that describe the image, not printing or playback",
    "Embedded images": "left out, and so are their offsets, except IFD1's thumbnail",
    "Binary data": "without exiftool's hint `, use -b option to extract`",
    "Numbers": "never quoted, whatever their number of digits",
    "Text": "Latin-1 if it is not valid UTF-8; IPTC is read as UTF-8 if possible",
    "XMP": "all images of a Container; values are cut after 16 KiB",
    "File:FileType": "JPEG for MPO, TIFF for BigTIFF, HEIC for HEIF, EXV for DNG in EXV",
}
"""Group or kind → how our JSON differs from exiftool's."""

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
_TYPES_BY_TAG: Final = {
    "PNG:AnimationFrames": ("APNG", "PNG", "image/apng"),
    "RIFF:WebP_Flags": ("Extended WEBP", "WEBP", "image/webp"),
}
"""By a tag that only these have."""
_FORMATS_WITH_SIZE: Final = {
    "jpeg": "File:EncodingProcess",
    "heic": "",
    "heif": "",
    "avif": "",
    "jxl": "",
    "jp2": "",
    "bmp": "",
    "mrw": "",
}
"""Formats whose size exiftool reports in group File, and the tag that it comes from."""


def file_facts(record: Record) -> Iterator[tuple[str, str | int]]:
    """The `File` tags that follow from the record."""
    kind = _TYPES.get(record.format)
    if kind is None:
        return
    names = {f"{tag.group}:{tag.name}" for tag in record.tags}
    for name, special in _TYPES_BY_TAG.items():
        kind = special if name in names else kind
    yield from zip(("File:FileType", "File:FileTypeExtension", "File:MIMEType"), kind, strict=True)
    needed = _FORMATS_WITH_SIZE.get(record.format)
    if needed is None or (needed and needed not in names):
        return
    if record.facts.width and record.facts.height:
        yield "File:ImageWidth", record.facts.width
        yield "File:ImageHeight", record.facts.height


# Images in the form of `exiftool -j -G1 -n`, so that programs for its output read ours.

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = "Scalar | list[Scalar]"

_NUMBER: Final = re.compile(
    r"-?(?:[0-9]|[1-9][0-9]{1,14})(?:\.[0-9]{1,16})?(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE
)
"""Texts that exiftool prints without quotes."""
_BOOLEANS: Final = {"true": True, "false": False}
_MAX_UNQUOTED_INTEGER: Final = 10**15
"""Integers from here on have more digits than exiftool prints without quotes."""
_FRACTIONS: Final = ("RATIONAL", "SRATIONAL")
_UNROUNDED_TAGS: Final = frozenset(
    {
        *("ShutterSpeedValue", "ApertureValue", "MaxApertureValue"),
        *("GPSLatitude", "GPSLongitude", "GPSDestLatitude", "GPSDestLongitude"),
    }
)
"""Fractions that were counted with: these have all digits."""
_LIST_GROUPS: Final = ("XMP", "IPTC")
"""Groups whose several values are a list."""
_TEXT_LIST_GROUPS: Final = ("JUMBF", "QuickTime", "Jpeg2000")
"""Groups whose several texts are a list, but whose numbers are not."""
_THUMBNAIL_OFFSET: Final = "IFD1:ThumbnailOffset"
_THUMBNAIL_LENGTH: Final = "IFD1:ThumbnailLength"
_encode: Final = msgspec.json.Encoder().encode
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def exiftool_object(
    source: Source,
    ref: ObjectRef,
    record: Record,
    *,
    message: str = "",
    label: Callable[[Tag], str] | None = None,
) -> dict[str, Value]:
    """One object of the list that exiftool prints, but for what `parity.EXCEPTIONS` names.

    With `label`, values are labels, as without `-n`. Of tags that repeat, the first is
    kept.
    """
    found: dict[str, Value] = {"SourceFile": source.uri(ref.key)}
    found.update(_object_tags(source, ref))
    found.update(_record_tags(record, message))
    found.update(file_facts(record))
    for tag in record.tags:
        found.setdefault(f"{tag.group}:{tag.name}", tag_value(tag, label))
    if record.thumb_offset and found.get(_THUMBNAIL_LENGTH) == record.thumb_length:
        # There it counts in the EXIF block, but exiftool counts in the file.
        found[_THUMBNAIL_OFFSET] = record.thumb_offset
    return found


def tag_value(tag: Tag, label: Callable[[Tag], str] | None) -> Value:
    """The tag's value as JSON has it."""
    return scalar(label(tag)) if label else _value(tag)


def _object_tags(source: Source, ref: ObjectRef) -> Iterator[tuple[str, Value]]:
    yield "S3:Bucket", source.bucket
    if source.endpoint:
        yield "S3:Endpoint", source.endpoint
    yield "S3:Key", ref.key
    yield "S3:Size", ref.size_bytes
    yield "S3:ETag", ref.etag
    yield "S3:LastModified", _utc(ref.modified_at)
    yield "S3:StorageClass", ref.storage_class


def _record_tags(record: Record, message: str) -> Iterator[tuple[str, Value]]:
    yield "Tasveer:Status", record.outcome.status().value
    yield "Tasveer:Outcome", record.outcome.value
    if record.format:
        yield "Tasveer:Format", record.format
    if message:
        yield "Tasveer:Error", message
    if record.notes:
        yield "Tasveer:Notes", list(record.notes)
    yield "Tasveer:BytesRead", record.bytes_read
    yield "Tasveer:Requests", record.requests


def _utc(seconds: float) -> str:
    """ISO 8601, as the AWS command line prints it; empty if the calendar has no such time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def _value(tag: Tag) -> Value:
    """Several values are a list where exiftool knows lists, else one text."""
    value = tag.value
    if tag.type in _FRACTIONS and "/" in tag.raw and tag.name not in _UNROUNDED_TAGS:
        value = [_rounded(part) for part in value] if isinstance(value, list) else _rounded(value)
    if not isinstance(value, list):
        return scalar(value)
    parts = [scalar(part) for part in value]
    if len(parts) == 1:
        return parts[0]
    if tag.group.startswith(_LIST_GROUPS):
        return parts
    if tag.group.startswith(_TEXT_LIST_GROUPS) and isinstance(parts[0], str):
        return parts
    return " ".join(_format_part(part) for part in parts)


def _rounded(value: str | float) -> str | float:
    """Fractions have ten digits."""
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _format_part(part: Scalar) -> str:
    return f"{part:.15g}" if isinstance(part, float) else str(part)


def scalar(value: str | float) -> Scalar:
    """A number where exiftool prints one: texts that spell a number have no quotes, either."""
    if isinstance(value, str):
        truth = _BOOLEANS.get(value.lower())
        return _parse_number(value) if truth is None else truth
    if isinstance(value, int):
        return value if abs(value) < _MAX_UNQUOTED_INTEGER else str(value)
    if not math.isfinite(value):
        return str(value)
    # Perl prints 15 digits, and no fraction where there is none.
    value = float(f"{value:.15g}")
    return int(value) if value.is_integer() and abs(value) < _MAX_UNQUOTED_INTEGER else value


def _parse_number(text: str) -> Scalar:
    if not _NUMBER.fullmatch(text):
        return text
    if text.lstrip("-").isdigit():
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else text


def to_json(value: Value | Mapping[str, Value]) -> str:
    """One value on one line; a lone surrogate, which UTF-8 cannot hold, as an escape."""
    try:
        return _encode(value).decode()
    except (UnicodeEncodeError, ValueError):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _LONE_SURROGATE.sub(lambda lone: f"\\u{ord(lone.group()):04x}", text)


def to_json_object(values: Mapping[str, Value], *, is_indented: bool) -> str:
    """An object in exiftool's layout, a tag a line, or all on one line."""
    if not is_indented:
        return to_json(values)
    lines = ",\n  ".join(f"{to_json(name)}: {to_json(value)}" for name, value in values.items())
    return f"{{\n  {lines}\n}}"
