"""Functions that the SQL of searches calls, besides those that every reader has."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.search import patterns, tag_predicates
from tasveer_tui.catalogue.storage import tag_blob
from tasveer_tui.catalogue.storage.postings import MAX_TEXT_INTEGER
from tasveer_tui.catalogue.storage.tag_store import INLINE_SHAPE_JSON
from tasveer_tui.catalogue.storage.text_codec import fold, indexed_part, to_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


_NUMERIC_TEXT: Final = re.compile(r"[0-9-]+")
"""Folded texts that a whole number may contain."""


def register(connection: sqlite3.Connection) -> None:
    """Add what is defined here and `index_fits`, once."""
    known = "SELECT 1 FROM pragma_function_list WHERE name = 'has_text'"
    if connection.execute(known).fetchone():
        return  # SQLite refuses to replace a function while a statement runs
    add = connection.create_function
    add("wildcard", 2, _wildcard_matches, deterministic=True)
    add("in_family", 2, fields.has_group, deterministic=True)
    add("index_fits", 3, tag_predicates.index_fits, deterministic=True)
    add("tag_fits", 5, tag_fits, deterministic=True)
    add("tag_key", 3, tag_key, deterministic=True)
    add("tag_text", 3, tag_text, deterministic=True)
    add("has_text", 5, has_text, deterministic=True)


def _wildcard_matches(pattern: str, text: str) -> bool:
    return patterns.compile_wildcard(pattern).fullmatch(fold(text)) is not None


def tag_fits(
    packed: bytes | None, slots: bytes | None, tag_ids: str | None, encoded: str, fitting: str
) -> bool:
    """Whether one of these tags (a JSON list of ids) has a value that fits.

    `fitting` is a JSON list of the texts in table value that fit.
    """
    texts = _parse_id_set(fitting)
    for value, form in _tag_cell_values(packed, slots, tag_ids):
        for part in value if isinstance(value, list) else (value,):
            if form == tag_blob.TEXT and isinstance(part, int):
                if part in texts:
                    return True
            elif tag_predicates.value_matches(part, encoded):
                return True
    return False


def tag_key(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> str | float | None:
    """The first value of the first of these tags, to sort by; NULL where `tag_text` has it."""
    value, form = _first_value(packed, slots, tag_ids)
    if isinstance(value, str):
        return to_stored(fold(value)) or None
    return None if value is None or form == tag_blob.TEXT else float(value)


def tag_text(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> int | None:
    """The same as a number of table value; NULL where it is not there."""
    value, form = _first_value(packed, slots, tag_ids)
    return value if form == tag_blob.TEXT and isinstance(value, int) else None


def has_text(
    packed: bytes | None, slots: bytes | None, key: str | None, needle: str, containing: str
) -> bool:
    """What `Text` means, asked of one image; `needle` is folded.

    `containing` is a JSON list of the texts in table value that contain it. True exactly where
    the index of values would find the image.
    """
    if needle in fold(key or ""):
        return True
    if packed is None or slots is None:
        return False
    try:
        return _tags_have_text(packed, slots, needle, _parse_id_set(containing))
    except tag_blob.BlobError:
        return False


def _tags_have_text(packed: bytes, slots: bytes, needle: str, texts: frozenset[int]) -> bool:
    is_number = _NUMERIC_TEXT.fullmatch(needle) is not None
    text = tag_blob.blob_to_json(packed)
    cells = tag_blob.decode_json(text)
    if not is_number and _cannot_contain(text, needle) and _is_disjoint(texts, cells):
        return False
    for cell, form in _selected_cells(cells, slots, None if is_number else ""):
        kind = type(cell)
        if kind is int and form == tag_blob.TEXT:
            if cell in texts:
                return True
        elif kind is str and form != tag_blob.QUOTIENT:
            if needle in _indexed_text(cell):
                return True
        elif (is_number or kind is list) and _cell_contains(cell, form, texts, needle):
            return True
    return False


def _cannot_contain(text: bytes, needle: str) -> bool:
    """Whether the needle is surely in none of the texts that the JSON spells."""
    is_plain = b"\\" not in text and text.isascii()
    return is_plain and not (needle.isascii() and needle.encode() in text.lower())


def _is_disjoint(texts: frozenset[int], cells: list[Any]) -> bool:
    try:
        return texts.isdisjoint(cells)
    except TypeError:  # a list is in no set
        plain = [cell for cell in cells if type(cell) is not list]
        lists = [cell for cell in cells if type(cell) is list]
    try:
        return texts.isdisjoint(plain) and all(map(texts.isdisjoint, lists))
    except TypeError:
        return False


def _cell_contains(cell: Any, form: int, texts: frozenset[int], needle: str) -> bool:  # noqa: ANN401
    value = tag_blob.as_stored(cell, form)
    for part in value if isinstance(value, list) else (value,):
        if form == tag_blob.TEXT and isinstance(part, int):
            if part in texts:
                return True
        elif needle in _indexed_text(part):
            return True
    return False


def _indexed_text(part: str | float) -> str:
    """What the index of values keeps of a value that is not there whole, folded."""
    if isinstance(part, str):
        return _folded_index_text(part)
    return (
        str(part) if isinstance(part, int) and -MAX_TEXT_INTEGER < part < MAX_TEXT_INTEGER else ""
    )


@lru_cache(maxsize=1 << 10)
def _folded_index_text(part: str) -> str:
    return fold(indexed_part(part)[0])


def _first_value(packed: bytes | None, slots: bytes | None, tag_ids: str | None) -> tuple[Any, int]:
    value, form = next(_tag_cell_values(packed, slots, tag_ids or "[]"), (None, tag_blob.PLAIN))
    if isinstance(value, list):
        value = value[0] if value else None
    return value, form


def _tag_cell_values(
    packed: bytes | None, slots: bytes | None, tag_ids: str | None
) -> Iterator[tuple[Any, int]]:
    """The values of these tags, or of all, in their order, with how each is written."""
    for cell, form in _tag_cells(packed, slots, tag_ids):
        yield tag_blob.as_stored(cell, form), form


def _tag_cells(
    packed: bytes | None, slots: bytes | None, tag_ids: str | None
) -> list[tuple[Any, int]]:
    """The same, still as the blob has them; `tag_ids` may be "" as for `_places`."""
    if packed is None or slots is None:
        return []
    try:
        return _selected_cells(tag_blob.cells_of(packed), slots, tag_ids)
    except tag_blob.BlobError:
        return []


def _selected_cells(cells: list[Any], slots: bytes, tag_ids: str | None) -> list[tuple[Any, int]]:
    if slots == INLINE_SHAPE_JSON and cells:
        slots, cells = str(cells[0]).encode(), cells[1:]
    wanted = _cell_positions(slots, tag_ids)
    end = len(cells)
    return [(cells[at], form) for at, form in wanted if at < end]


@lru_cache(maxsize=1 << 12)
def _cell_positions(slots: bytes, tag_ids: str | None) -> tuple[tuple[int, int], ...]:
    """Where the cells of these tags are in a shape, and how each is written.

    None means all tags, and an empty text those whose values may be other than numbers.
    """
    places = tag_blob.cell_positions(tag_blob.shape_of(slots))
    if tag_ids is None:
        return tuple((at, form) for _, at, form in places)
    if not tag_ids:
        return tuple((at, form) for _, at, form in places if form != tag_blob.QUOTIENT)
    wanted = _parse_id_set(tag_ids)
    return tuple((at, form) for tag_id, at, form in places if tag_id in wanted)


@lru_cache(maxsize=64)
def _parse_id_set(listed: str) -> frozenset[int]:
    return frozenset(json.loads(listed))
