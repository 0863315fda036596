"""A directory's entries as tags, with names and values."""

from collections.abc import Mapping
from typing import Final

from tasveer_tui.exif import tables
from tasveer_tui.exif.ifd import ByteOrder, Directory, Entry
from tasveer_tui.exif.values import (
    DIALECT_CONVERTERS,
    GPS_CONVERTERS,
    MAIN_CONVERTERS,
    TYPE_NAMES,
    Converter,
    decode_value,
)
from tasveer_tui.records import Tag

_PRINT_MATCHING = 0xC4A5

_MAX_CACHED_TAGS, _MAX_CACHES = 2_048, 16
"""Tags that are remembered of a kind of directory, and such kinds."""
_MAX_CACHED_VALUE_BYTES = 64
"""Bytes of values that are worth remembering."""

_tag_caches: Final[dict[tuple[str, str, ByteOrder], dict[Entry, Tag]]] = {}
"""Cache of entries: a camera writes nearly the same ones in every image."""


def directory_tags(directory: Directory) -> list[Tag]:
    """In the order of the entries."""
    known = _tag_cache(directory)
    tags = []
    for entry in directory.entries:
        tag = known.get(entry)
        if tag is None:
            tag = _make_tag(directory, entry)
            # A list is its owner's to change.
            if len(entry.data or b"") <= _MAX_CACHED_VALUE_BYTES and not isinstance(
                tag.value, list
            ):
                known[entry] = tag
        tags.append(tag)
    return tags


def _tag_cache(directory: Directory) -> dict[Entry, Tag]:
    kind = (directory.group, directory.dialect, directory.order)
    known = _tag_caches.get(kind)
    if known is None or len(known) > _MAX_CACHED_TAGS:
        if len(_tag_caches) >= _MAX_CACHES:
            _tag_caches.clear()
        known = _tag_caches[kind] = {}
    return known


def _make_tag(directory: Directory, entry: Entry) -> Tag:
    names, converters, unknown = _lookup_tables(directory.group, directory.dialect)
    number = entry.number
    value, raw = decode_value(entry, directory.order, converters)
    name = names.get(number) or f"{unknown}_0x{number:04x}"
    group = "PrintIM" if number == _PRINT_MATCHING else directory.group
    return Tag(group, name, number, TYPE_NAMES[entry.kind], entry.elements, value, raw)


def _lookup_tables(
    group: str, dialect: str
) -> tuple[Mapping[int, str], Mapping[int, Converter], str]:
    if dialect:
        return tables.DIALECTS[dialect], DIALECT_CONVERTERS[dialect], dialect
    if group == "GPS":
        return tables.GPS, GPS_CONVERTERS, "GPS"
    if group == "IFD1":
        return tables.IFD1, MAIN_CONVERTERS, "Exif"
    return tables.MAIN, MAIN_CONVERTERS, "Exif"
