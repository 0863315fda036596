"""Reads the blobs that the first version wrote: whole rows as JSON, deflated."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from tasveer_tui.catalogue.storage.common_tags import dictionary

if TYPE_CHECKING:
    from tasveer_tui.records import TagValue

_HEADER = b"\x01"
_RAW_DEFLATE = -15

TagRow: TypeAlias = "tuple[int, int, str, int, TagValue, str]"
"""Tag id, number in its IFD, TIFF type, count, value, raw."""

_decode = msgspec.json.Decoder().decode


class BlobError(ValueError):
    """The bytes are not a blob of this or an earlier version."""


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
    if blob[:1] != _HEADER:
        raise BlobError("Stored tags have a form that this program does not know.")
    stream = zlib.decompressobj(_RAW_DEFLATE, zdict=dictionary())
    try:
        return stream.decompress(blob[1:]) + stream.flush()
    except zlib.error as error:
        raise BlobError(f"Stored tags are damaged: {error}") from error


def _from_json(text: bytes) -> list[list[object]]:
    try:
        return _decode(text)  # type: ignore[no-any-return]
    except ValueError:
        return json.loads(text)  # type: ignore[no-any-return]
