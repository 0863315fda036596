"""Images as `exiftool -j -G1 -n` tells them, so that what reads its output reads ours."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from tasveer_tui.catalogue.export.parity import file_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasveer_tui.records import ObjectRef, Record, Source, Tag

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = "Scalar | list[Scalar]"

_NUMBER: Final = re.compile(
    r"-?(?:[0-9]|[1-9][0-9]{1,14})(?:\.[0-9]{1,16})?(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE
)
"""Texts that exiftool prints without quotes."""
_TRUTHS: Final = {"true": True, "false": False}
_LARGEST: Final = 10**15
"""Integers from here on have more digits than exiftool prints without quotes."""
_FRACTIONS: Final = ("RATIONAL", "SRATIONAL")
_CONVERTED: Final = frozenset(
    {
        *("ShutterSpeedValue", "ApertureValue", "MaxApertureValue"),
        *("GPSLatitude", "GPSLongitude", "GPSDestLatitude", "GPSDestLongitude"),
    }
)
"""Fractions that were counted with: these have all digits."""
_LISTING: Final = ("XMP", "IPTC")
"""Groups whose several values are a list."""
_LISTING_TEXTS: Final = ("JUMBF", "QuickTime", "Jpeg2000")
"""Groups whose several texts are a list, but whose numbers are not."""
_THUMBNAIL_OFFSET: Final = "IFD1:ThumbnailOffset"
_THUMBNAIL_LENGTH: Final = "IFD1:ThumbnailLength"
_encode: Final = msgspec.json.Encoder().encode
_LONE: Final = re.compile("[\ud800-\udfff]")


def exiftool_object(
    source: Source,
    ref: ObjectRef,
    record: Record,
    *,
    message: str = "",
    label: Callable[[Tag], str] | None = None,
) -> dict[str, Value]:
    """One object of the list that exiftool prints, but for what `parity.EXCEPTIONS` names.

    With `label`, tags are told for people, as without `-n`. Of tags that repeat, the first is
    kept.
    """
    found: dict[str, Value] = {"SourceFile": source.uri(ref.key)}
    found.update(_of_object(source, ref))
    found.update(_of_reading(record, message))
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


def _of_object(source: Source, ref: ObjectRef) -> Iterator[tuple[str, Value]]:
    yield "S3:Bucket", source.bucket
    if source.endpoint:
        yield "S3:Endpoint", source.endpoint
    yield "S3:Key", ref.key
    yield "S3:Size", ref.size_bytes
    yield "S3:ETag", ref.etag
    yield "S3:LastModified", _utc(ref.modified_at)
    yield "S3:StorageClass", ref.storage_class


def _of_reading(record: Record, message: str) -> Iterator[tuple[str, Value]]:
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
    """As the aws command line tells times; empty where the calendar has no such moment."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def _value(tag: Tag) -> Value:
    """Several values are a list where exiftool knows lists, else one text."""
    value = tag.value
    if tag.type in _FRACTIONS and "/" in tag.raw and tag.name not in _CONVERTED:
        value = [_rounded(part) for part in value] if isinstance(value, list) else _rounded(value)
    if not isinstance(value, list):
        return scalar(value)
    parts = [scalar(part) for part in value]
    if len(parts) == 1:
        return parts[0]
    if tag.group.startswith(_LISTING):
        return parts
    if tag.group.startswith(_LISTING_TEXTS) and isinstance(parts[0], str):
        return parts
    return " ".join(_word(part) for part in parts)


def _rounded(value: str | float) -> str | float:
    """Fractions have ten digits."""
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _word(part: Scalar) -> str:
    return f"{part:.15g}" if isinstance(part, float) else str(part)


def scalar(value: str | float) -> Scalar:
    """A number where exiftool prints one: texts that spell a number have no quotes, either."""
    if isinstance(value, str):
        truth = _TRUTHS.get(value.lower())
        return _spelled(value) if truth is None else truth
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else str(value)
    if not math.isfinite(value):
        return str(value)
    # Perl prints 15 digits, and no fraction where there is none.
    value = float(f"{value:.15g}")
    return int(value) if value.is_integer() and abs(value) < _LARGEST else value


def _spelled(text: str) -> Scalar:
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
        return _LONE.sub(lambda lone: f"\\u{ord(lone.group()):04x}", text)


def to_json_object(values: Mapping[str, Value], *, is_indented: bool) -> str:
    """An object in exiftool's layout, a tag a line, or all on one line."""
    if not is_indented:
        return to_json(values)
    lines = ",\n  ".join(f"{to_json(name)}: {to_json(value)}" for name, value in values.items())
    return f"{{\n  {lines}\n}}"
