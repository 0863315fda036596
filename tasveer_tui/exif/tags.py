"""A directory's entries as tags, with names and values."""

from collections.abc import Mapping

from tasveer_tui.exif import tables
from tasveer_tui.exif.converters import DIALECT_CONVERTERS, GPS_CONVERTERS, MAIN_CONVERTERS
from tasveer_tui.exif.ifd import Directory
from tasveer_tui.exif.values import TYPE_NAMES, Convert, decode
from tasveer_tui.records import Tag

_PRINT_MATCHING = 0xC4A5


def tags_of(directory: Directory) -> list[Tag]:
    """In the order in which they stand."""
    names, converters, unknown = _words(directory.group, directory.dialect)
    order, group = directory.order, directory.group
    tags = []
    for entry in directory.entries:
        number = entry.number
        value, raw = decode(entry, order, converters)
        name = names.get(number) or f"{unknown}_0x{number:04x}"
        own = "PrintIM" if number == _PRINT_MATCHING else group
        tags.append(Tag(own, name, number, TYPE_NAMES[entry.kind], entry.elements, value, raw))
    return tags


def _words(group: str, dialect: str) -> tuple[Mapping[int, str], Mapping[int, Convert], str]:
    if dialect:
        return tables.DIALECTS[dialect], DIALECT_CONVERTERS[dialect], dialect
    if group == "GPS":
        return tables.GPS, GPS_CONVERTERS, "GPS"
    if group == "IFD1":
        return tables.IFD1, MAIN_CONVERTERS, "Exif"
    return tables.MAIN, MAIN_CONVERTERS, "Exif"
