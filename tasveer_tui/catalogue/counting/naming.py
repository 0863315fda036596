"""What a counted value is called, and the term that finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.catalogue import formats
from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.catalogue.search import spelling

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import Field, TagName
    from tasveer_tui.catalogue.formats import CellValue

_ENOUGH = 1e15
"""Numbers from here on are written with an exponent."""


def named(field: Field, tag: TagName | None, value: CellValue) -> tuple[str, str]:
    """Label and term of one value of the field."""
    if tag:
        return formats.plain(value), of_tag(str(tag), value)
    if field.name == "path":
        return _folder(str(value))
    if isinstance(value, str):
        return value, _text(field, value)
    match field.kind:
        case Kind.DATE:
            return f"{value:04}", f"{field.name}:{value:04}"
        case Kind.SWITCH:
            label = word = "yes" if value else "no"
        case _:
            # A code's word may stand for several codes, so the number itself finds the value.
            label, word = field.format(value), number(value)
    return label, f"{field.name}={word}"


def of_tag(name: str, value: CellValue) -> str:
    """The term for a tag's having this value."""
    if isinstance(value, str):
        return spelling.exactly(name, value)
    return f"{name}={number(value)}"


def number(value: CellValue) -> str:
    """A number that is read back as the very same."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _ENOUGH:
        return str(int(value))
    return repr(value)


def _text(field: Field, value: str) -> str:
    if field.kind is Kind.WORD:
        return f"{field.name}={spelling.value(value)}"
    return spelling.exactly(field.name, value)


def _folder(folder: str) -> tuple[str, str]:
    """A folder of keys, or the keys in none."""
    if not folder:
        return "(no folder)", spelling.not_below("")
    return folder, spelling.under(folder)
