"""Cells and keys for programs that read lines: CSV and lists of keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tasveer_tui.catalogue import field_formats
from tasveer_tui.catalogue.fields import FIELDS, Field, Kind

if TYPE_CHECKING:
    from tasveer_tui.catalogue.field_formats import CellValue
    from tasveer_tui.records import ObjectRef, Source

SOURCE_FILE: Final = "SourceFile"
CSV_FIELDS: Final = tuple(field.name for field in FIELDS.values() if field.is_column)
"""Columns of a CSV, next to SourceFile, if none are selected."""

_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
UTC_FIELDS: Final = ("modified", "ingested")
_TSV_ESCAPES: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\"}
_TSV_SPECIAL: Final = re.compile(r"[\t\n\r\\]")
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
"""Characters that break a line of a list."""


def machine_value(field: Field, value: CellValue) -> CellValue:
    """The value for a program: dates in ISO 8601, the others as they are."""
    if value is None or field.kind is not Kind.DATE:
        return value
    zone = "+00:00" if field.name in UTC_FIELDS else ""
    return field_formats.format_iso_date(value) + zone


def csv_cell(field: Field, value: CellValue, *, is_human: bool) -> str:
    """The text of a cell.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, which
    spreadsheets take as "this is text"; numbers, also negative ones, stay as they are.
    """
    text = (
        field.format(value) if is_human else field_formats.format_plain(machine_value(field, value))
    )
    if isinstance(value, str):
        return escape_formula(LONE_SURROGATE.sub("\ufffd", text))
    return text


def escape_formula(text: str) -> str:
    """The text, harmless to a spreadsheet."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def tsv_cell(text: str) -> str:
    r"""The text on one line, with tabs and line breaks escaped as `\t`, `\n` and `\r`."""
    return _TSV_SPECIAL.sub(lambda char: _TSV_ESCAPES[char.group()], text)


def key_line(source: Source, ref: ObjectRef) -> str:
    """`s3://bucket/key` on one line.

    A key with line breaks or other control characters cannot stand in a list of lines as it
    is: it is percent-encoded as in a URL, with its percent signs. All other keys stand as they
    are, also with percent signs.
    """
    if not CONTROL_CHARACTER.search(ref.key):
        return source.uri(ref.key)
    encoded = quote(ref.key.encode("utf-8", "surrogatepass"), safe="/!$&'()*+,;=:@~-._ ")
    return source.uri(encoded)
