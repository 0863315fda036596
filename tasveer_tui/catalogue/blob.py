"""All tags of one image as a small blob: JSON, deflated with a preset dictionary.

The first byte is the format's version. It also fixes what `texts` yields, because the search
index can only forget an image when it is told exactly the terms that it was given.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from tasveer_tui.catalogue.common_tags import dictionary
from tasveer_tui.catalogue.texts import indexed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zlib import _Compress

    from tasveer_tui.records import TagValue

VERSION = 1
_HEAD = bytes((VERSION,))
_LEVEL = 6
_FEW_NUMBERS = 65_536
_RAW_DEFLATE = -15

TagRow: TypeAlias = "tuple[int, int, str, int, TagValue, str]"
"""Tag id, number in its IFD, TIFF type, count, value, raw."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class BlobError(ValueError):
    """The bytes are not a blob of this or an earlier version."""


@cache
def _primed() -> _Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW_DEFLATE, zdict=dictionary())


def pack(rows: Sequence[TagRow]) -> bytes:
    """The blob of these tags, in their order."""
    deflate = _primed().copy()
    return _HEAD + deflate.compress(_to_json(rows)) + deflate.flush()


def unpack(blob: bytes) -> list[TagRow]:
    """The tags of a blob.

    Raises:
        BlobError: the bytes are damaged or of a newer version.

    """
    text = inflate(blob)
    try:
        return [tuple(row) for row in _from_json(text)]  # type: ignore[misc]
    except (ValueError, TypeError) as error:
        raise BlobError(f"Stored tags are damaged: {error}") from error


def inflate(blob: bytes) -> bytes:
    """The JSON inside a blob.

    Raises:
        BlobError: the bytes are damaged or of a newer version.

    """
    if blob[:1] != _HEAD:
        raise BlobError("Stored tags have a form that this program does not know.")
    stream = zlib.decompressobj(_RAW_DEFLATE, zdict=dictionary())
    try:
        return stream.decompress(blob[1:]) + stream.flush()
    except zlib.error as error:
        raise BlobError(f"Stored tags are damaged: {error}") from error


def tag_value(blob: bytes, tag_id: int) -> str | int | float | None:
    """The first value of this tag, a list as JSON; None where the image has no such tag."""
    for row in unpack(blob):
        if row[0] == tag_id:
            value = row[4]
            return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    return None


def _to_json(rows: Sequence[TagRow]) -> bytes:
    try:
        text = _encode(rows)
    except (UnicodeEncodeError, OverflowError, ValueError):
        return _by_the_book(rows)
    # msgspec writes NaN and the infinities as null; the standard library keeps them.
    return _by_the_book(rows) if b"null" in text else text


def _by_the_book(rows: Sequence[TagRow]) -> bytes:
    return json.dumps(rows, separators=(",", ":")).encode()


def _from_json(text: bytes) -> list[list[object]]:
    try:
        return _decode(text)  # type: ignore[no-any-return]
    except ValueError:
        return json.loads(text)  # type: ignore[no-any-return]


def texts(rows: Sequence[TagRow]) -> tuple[dict[tuple[int, str], None], set[int]]:
    """What the index of values keeps of these tags, by tag id, each once and in order.

    With it, the ids of tags of which it does not keep every value whole.
    """
    kept: dict[tuple[int, str], None] = {}
    partial: set[int] = set()
    for tag_id, _, _, _, value, _ in rows:
        for part in value if isinstance(value, list | tuple) else (value,):
            text, is_whole = _indexed(part)
            if text:
                kept[tag_id, text] = None
            if not is_whole:
                partial.add(tag_id)
    return kept, partial


def _indexed(part: str | float) -> tuple[str, bool]:
    """What the index keeps of one value, and whether that is all of it.

    Small whole numbers are codes, sensitivities and counts: few, and often asked for. Others
    differ in nearly every picture and would fill the index.
    """
    if isinstance(part, str):
        return indexed(part)
    if isinstance(part, int) and abs(part) < _FEW_NUMBERS:
        return str(part), True
    return "", False
