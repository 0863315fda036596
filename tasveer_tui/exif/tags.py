"""A directory's entries as tags, with names and values."""

from collections.abc import Mapping
from typing import Final

from tasveer_tui.exif import tables
from tasveer_tui.exif.converters import DIALECT_CONVERTERS, GPS_CONVERTERS, MAIN_CONVERTERS
from tasveer_tui.exif.ifd import ByteOrder, Directory, Entry
from tasveer_tui.exif.values import TYPE_NAMES, Convert, decode
from tasveer_tui.records import Tag

_PRINT_MATCHING = 0xC4A5

_MOST_KNOWN, _MOST_KINDS = 2_048, 16
"""Tags that are remembered of a kind of directory, and such kinds."""
_LONGEST_KNOWN = 64
"""Bytes of values that are worth remembering."""

_known: Final[dict[tuple[str, str, ByteOrder], dict[Entry, Tag]]] = {}
"""Entries that were met: what one camera writes is nearly the same in every picture."""


def tags_of(directory: Directory) -> list[Tag]:
    """In the order in which they stand."""
    known = _remembered(directory)
    tags = []
    for entry in directory.entries:
        tag = known.get(entry)
        if tag is None:
            tag = _tag(directory, entry)
            # A list is its owner's to change.
            if len(entry.data or b"") <= _LONGEST_KNOWN and not isinstance(tag.value, list):
                known[entry] = tag
        tags.append(tag)
    return tags


def _remembered(directory: Directory) -> dict[Entry, Tag]:
    kind = (directory.group, directory.dialect, directory.order)
    known = _known.get(kind)
    if known is None or len(known) > _MOST_KNOWN:
        if len(_known) >= _MOST_KINDS:
            _known.clear()
        known = _known[kind] = {}
    return known


def _tag(directory: Directory, entry: Entry) -> Tag:
    names, converters, unknown = _words(directory.group, directory.dialect)
    number = entry.number
    value, raw = decode(entry, directory.order, converters)
    name = names.get(number) or f"{unknown}_0x{number:04x}"
    group = "PrintIM" if number == _PRINT_MATCHING else directory.group
    return Tag(group, name, number, TYPE_NAMES[entry.kind], entry.elements, value, raw)


def _words(group: str, dialect: str) -> tuple[Mapping[int, str], Mapping[int, Convert], str]:
    if dialect:
        return tables.DIALECTS[dialect], DIALECT_CONVERTERS[dialect], dialect
    if group == "GPS":
        return tables.GPS, GPS_CONVERTERS, "GPS"
    if group == "IFD1":
        return tables.IFD1, MAIN_CONVERTERS, "Exif"
    return tables.MAIN, MAIN_CONVERTERS, "Exif"
