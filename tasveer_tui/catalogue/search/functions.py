"""Functions that the SQL of searches calls, besides those that every reader has."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import blob, fields
from tasveer_tui.catalogue.search import patterns, tagtests
from tasveer_tui.catalogue.texts import fold, to_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.records import TagValue

_TEXT: Final = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TAG_AHEAD: Final = re.compile(
    rb"\[[0-9]+,[0-9]+," + _TEXT + rb",-?[0-9]+,"
    rb"(" + _TEXT + rb"|-?[0-9][0-9.eE+-]*|\[[^\]\"]*(?:" + _TEXT + rb"[^\]\"]*)*\]),"
)
"""One stored tag, up to its value, as JSON."""
_NOT_A_NUMBER: Final = b'"['


def register(connection: sqlite3.Connection) -> None:
    """Add `wildcard`, `in_family`, `index_fits`, `tag_fits`, `tag_key` and `has_text`, once."""
    known = "SELECT 1 FROM pragma_function_list WHERE name = 'has_text'"
    if connection.execute(known).fetchone():
        return  # SQLite refuses to replace a function while a statement runs
    add = connection.create_function
    add("wildcard", 2, _wildcard, deterministic=True)
    add("in_family", 2, fields.has_group, deterministic=True)
    add("index_fits", 3, tagtests.index_fits, deterministic=True)
    add("tag_fits", 3, tag_fits, deterministic=True)
    add("tag_key", 2, tag_key, deterministic=True)
    add("has_text", 3, has_text, deterministic=True)


def _wildcard(pattern: str, text: str) -> bool:
    return patterns.wildcard(pattern).fullmatch(fold(text)) is not None


def tag_fits(packed: bytes | None, tag_ids: str | None, encoded: str) -> bool:
    """Whether one of these tags (a JSON list of ids) has a value that fits."""
    if packed is None or not tag_ids:
        return False
    return any(tagtests.fits(value, encoded) for value in _values(packed, tag_ids))


def tag_key(packed: bytes | None, tag_ids: str | None) -> str | float | None:
    """The first value of the first of these tags, to sort by; NULL where there is none."""
    if packed is None or not tag_ids:
        return None
    value = next(iter(_values(packed, tag_ids)), None)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return to_stored(fold(value)) or None
    return None if value is None else float(value)


def has_text(packed: bytes | None, key: str | None, needle: str) -> bool:
    """What `Text` means, asked of one image; `needle` is folded.

    True exactly where the index of values would find the image.
    """
    if needle in fold(key or ""):
        return True
    if packed is None:
        return False
    kept, _ = blob.texts(_rows(packed))
    return any(needle in fold(text) for _, text in kept)


def _values(packed: bytes, tag_ids: str) -> Sequence[TagValue]:
    """The values of these tags in their order; one value is read without the rest of the blob."""
    wanted, marks = _wanted(tag_ids)
    try:
        stored = blob.inflate(packed)
    except blob.BlobError:
        return ()
    places = [at for mark in marks if (at := stored.find(mark)) >= 0]
    if not places:
        return ()
    # A mark may also stand inside a text, or a tag repeat: then all is read.
    if len(places) == 1 and sum(map(stored.count, marks)) == 1:
        tag = _TAG_AHEAD.match(stored, places[0])
        if tag:
            return (_decoded(tag.group(1)),)
    return [row[4] for row in _rows(packed) if row[0] in wanted]


def _decoded(value: bytes) -> TagValue:
    if value[0] in _NOT_A_NUMBER:
        found: TagValue = json.loads(value)
        return found
    return float(value)


@lru_cache(maxsize=64)
def _wanted(tag_ids: str) -> tuple[frozenset[int], tuple[bytes, ...]]:
    """The ids, and how each tag begins in the stored JSON."""
    ids = frozenset(json.loads(tag_ids))
    return ids, tuple(f"[{tag_id},".encode() for tag_id in sorted(ids))


def _rows(packed: bytes) -> list[blob.TagRow]:
    try:
        return blob.unpack(packed)
    except blob.BlobError:
        return []
