"""Functions that the SQL of searches calls, besides those that every reader has."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tasveer_tui.catalogue import blob, fields
from tasveer_tui.catalogue.postings import FEW_NUMBERS
from tasveer_tui.catalogue.search import patterns, tagtests
from tasveer_tui.catalogue.stored import opened
from tasveer_tui.catalogue.texts import fold, indexed, to_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


def register(connection: sqlite3.Connection) -> None:
    """Add what is defined here and `index_fits`, once."""
    known = "SELECT 1 FROM pragma_function_list WHERE name = 'has_text'"
    if connection.execute(known).fetchone():
        return  # SQLite refuses to replace a function while a statement runs
    add = connection.create_function
    add("wildcard", 2, _wildcard, deterministic=True)
    add("in_family", 2, fields.has_group, deterministic=True)
    add("index_fits", 3, tagtests.index_fits, deterministic=True)
    add("tag_fits", 5, tag_fits, deterministic=True)
    add("tag_key", 3, tag_key, deterministic=True)
    add("tag_text", 3, tag_text, deterministic=True)
    add("has_text", 5, has_text, deterministic=True)


def _wildcard(pattern: str, text: str) -> bool:
    return patterns.wildcard(pattern).fullmatch(fold(text)) is not None


def tag_fits(
    packed: bytes | None, slots: bytes | None, tag_ids: str | None, encoded: str, fitting: str
) -> bool:
    """Whether one of these tags (a JSON list of ids) has a value that fits.

    `fitting` is a JSON list of the texts in table value that fit.
    """
    texts = _numbers(fitting)
    for value, form in _values(packed, slots, tag_ids):
        for part in value if isinstance(value, list) else (value,):
            if form == blob.TEXT and isinstance(part, int):
                if part in texts:
                    return True
            elif tagtests.fits(part, encoded):
                return True
    return False


def tag_key(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> str | float | None:
    """The first value of the first of these tags, to sort by; NULL where `tag_text` has it."""
    value, form = _first(packed, slots, tag_ids)
    if isinstance(value, str):
        return to_stored(fold(value)) or None
    return None if value is None or form == blob.TEXT else float(value)


def tag_text(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> int | None:
    """The same as a number of table value; NULL where it is not there."""
    value, form = _first(packed, slots, tag_ids)
    return value if form == blob.TEXT and isinstance(value, int) else None


def has_text(
    packed: bytes | None, slots: bytes | None, key: str | None, needle: str, containing: str
) -> bool:
    """What `Text` means, asked of one image; `needle` is folded.

    `containing` is a JSON list of the texts in table value that contain it. True exactly where
    the index of values would find the image.
    """
    if needle in fold(key or ""):
        return True
    texts = _numbers(containing)
    for value, form in _values(packed, slots, None):
        for part in value if isinstance(value, list) else (value,):
            if form == blob.TEXT and isinstance(part, int):
                if part in texts:
                    return True
            elif needle in _indexed(part):
                return True
    return False


def _indexed(part: str | float) -> str:
    """What the index of values keeps of a value that is not there whole, folded."""
    if isinstance(part, str):
        return fold(indexed(part)[0])
    return str(part) if isinstance(part, int) and -FEW_NUMBERS < part < FEW_NUMBERS else ""


def _first(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> tuple[Any, int]:
    value, form = next(_values(packed, slots, tag_ids or "[]"), (None, blob.PLAIN))
    if isinstance(value, list):
        value = value[0] if value else None
    return value, form


def _values(
    packed: bytes | None, slots: bytes | None, tag_ids: str | None
) -> Iterator[tuple[Any, int]]:
    """The values of these tags, or of all, in their order, with how each is written."""
    if packed is None or slots is None:
        return
    wanted = _numbers(tag_ids) if tag_ids is not None else None
    try:
        shape, cells = opened(slots, packed)
    except blob.BlobError:
        return
    for tag_id, at, form in blob.places(shape):
        if (wanted is None or tag_id in wanted) and at < len(cells):
            yield blob.as_stored(cells[at], form), form


@lru_cache(maxsize=64)
def _numbers(listed: str) -> frozenset[int]:
    return frozenset(json.loads(listed))
