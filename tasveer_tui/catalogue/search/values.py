"""What stands behind an operator, read as the field's kind wants it."""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.catalogue.search import intervals
from tasveer_tui.catalogue.search.ast import Codes, NumberInterval, Period, UntypedValue
from tasveer_tui.catalogue.search.spans import SpanKind
from tasveer_tui.catalogue.storage.text_codec import fold, to_stored
from tasveer_tui.catalogue.towns import country_of
from tasveer_tui.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.ast import Value
    from tasveer_tui.catalogue.search.spans import SourceSpan

_MAX_MAGNITUDE: Final = 1e17
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?"
_QUANTITY: Final = re.compile(
    rf"({_NUMBER})(?:/({_NUMBER}))?\s*([^0-9.\s].*)?", re.IGNORECASE | re.DOTALL
)
_SIZE_UNITS: Final = {
    "b": 1.0,
    "k": 1e3,
    "m": 1e6,
    "g": 1e9,
    "t": 1e12,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "kib": 2.0**10,
    "mib": 2.0**20,
    "gib": 2.0**30,
    "tib": 2.0**40,
}
_UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "s": {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0},
    "mm": {"mm": 1.0, "cm": 10.0},
    "B": _SIZE_UNITS,
    "m": {"m": 1.0, "km": 1e3, "ft": 0.3048},
    "EV": {"ev": 1.0},
    "MP": {"mp": 1.0},
    "°": {"°": 1.0},
    "px": {"px": 1.0},
}
_TAG_UNITS: Final = {"s": 1.0, "mm": 1.0, "m": 1.0}
_TAG_TOLERANCE: Final = 1e-5
_SHORT_CODE_LENGTH: Final = 2
_COUNTRY_CODE: Final = re.compile(r"[a-z]{2,3}", re.IGNORECASE)
_FLOAT_TOLERANCE: Final = 1e-9
"""What a float may lose between a camera's fraction and a column."""
_SWITCH_VALUES: Final = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
_FORMAT_ALIASES: Final = {"jpg": "jpeg", "tif": "tiff"}
"""Endings that people write for the format."""
_EXAMPLES: Final = {
    "s": "1/250, 0.004 or 2s",
    "mm": "50 or 50mm",
    "f": "2.8",
    "B": "5MB or 5MiB: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB",
    "m": "100m or 2km",
    "ratio": "3:2 or 1.5",
}


def parse_value(field: Field, piece: SourceSpan) -> Value:
    """The value for a field that is not a place.

    Raises:
        QueryError: it is not one of the field's kind.

    """
    match field.kind:
        case Kind.NUMBER:
            return _parse_number(field, piece)
        case Kind.DATE:
            return intervals.parse_date(piece)
        case Kind.SWITCH:
            return _parse_switch(field, piece)
        case Kind.CODE:
            return _parse_code(field, piece)
        case Kind.WORD:
            return _parse_word(field, piece)
        case _:
            return parse_text(piece)


def parse_text(piece: SourceSpan) -> str:
    """A text to look for.

    Raises:
        QueryError: nothing is left of it once case and accents are gone.

    """
    if not fold(piece.text).strip():
        piece.fail("An empty text would fit everything.", "Use has:… for what is present.")
    return to_stored(piece.text)


def country_code(field: Field, piece: SourceSpan) -> str:
    """The country whose code of two or three letters this is; empty for anything else.

    Raises:
        QueryError: it can be nothing but a code, and no country has it.

    """
    code = piece.text.strip()
    if field.name != "country" or not _COUNTRY_CODE.fullmatch(code):
        return ""
    name = country_of(code)
    if not name and len(code) == _SHORT_CODE_LENGTH:
        piece.fail(f"No country has the code “{code}”.", "Write country:FR or country:france.")
    return name


def parse_untyped(piece: SourceSpan) -> UntypedValue:
    """A value for a tag of unknown type."""
    is_quoted = piece.form is SpanKind.QUOTED
    number = None if is_quoted else _parse_tag_number(piece)
    return UntypedValue(parse_text(piece), number, _parse_tag_period(piece), is_quoted)


def parse_quantity(piece: SourceSpan, units: Mapping[str, float], what: str) -> float:
    """A finite number with one of these units, as the product of both.

    Raises:
        QueryError: it is not one, or the unit is not among them.

    """
    match = _QUANTITY.fullmatch(piece.text.strip())
    if not match:
        piece.fail(f"“{piece.text}” is not a number.", f"Write {what}.")
    number, below, unit = match.groups()
    factor = 1.0 if unit is None else units.get(unit.strip().lower())
    if factor is None:
        piece.fail(f"“{unit}” is not a unit here.", f"Write {what}.", offset=match.start(3))
    if below is not None and float(below) == 0:
        piece.fail("Nothing can be divided by zero.", offset=match.start(2))
    result = float(number) / float(below or 1) * factor
    if not math.isfinite(result) or abs(result) > _MAX_MAGNITUDE:
        piece.fail("The number is too large.")
    return result


def number_interval(number: float, tolerance: float = 0.0, slack: float = 0.0) -> NumberInterval:
    """The numbers that count as this one."""
    room = abs(number) * (tolerance or _FLOAT_TOLERANCE) + slack
    if number.is_integer() and not tolerance and not slack:
        room = 0.0
    return NumberInterval(number - room, number + room)


def _parse_number(field: Field, piece: SourceSpan) -> NumberInterval:
    named = field.names.get(piece.text.strip().lower())
    if named is not None:
        return number_interval(float(named))
    if field.unit == "f":
        piece = _strip_f_prefix(piece)
    elif field.unit == "ratio":
        return number_interval(_parse_ratio(piece), field.tolerance)
    what = _EXAMPLES.get(field.unit, "a number such as 100")
    if field.names:
        what = f"a number or a word such as {next(iter(field.names))}"
    number = parse_quantity(piece, _UNITS.get(field.unit, {}), what)
    return number_interval(number, field.tolerance, field.absolute_tolerance)


def _strip_f_prefix(piece: SourceSpan) -> SourceSpan:
    """Without the `f/` that people put before an aperture."""
    lead = re.match(r"f/?", piece.text, re.IGNORECASE)
    return piece.cut(lead.end()) if lead else piece


def _parse_ratio(piece: SourceSpan) -> float:
    wide, colon, high = piece.text.partition(":")
    what = _EXAMPLES["ratio"]
    if not colon:
        return parse_quantity(piece, {}, what)
    divisor = parse_quantity(piece.cut(len(wide) + 1), {}, what)
    if not divisor or not high:
        piece.fail("Nothing can be divided by zero.", offset=len(wide) + 1)
    return parse_quantity(piece.cut(0, len(wide)), {}, what) / divisor


def _parse_switch(field: Field, piece: SourceSpan) -> bool:
    value = _SWITCH_VALUES.get(piece.text.strip().lower())
    if value is None:
        piece.fail(f"{field.name} is yes or no.", f"Write {field.name}:yes or {field.name}:no.")
    return value


def _parse_code(field: Field, piece: SourceSpan) -> Codes:
    word = piece.text.strip().lower()
    if word in field.codes:
        return Codes(word, field.codes[word])
    if re.fullmatch(r"[0-9]{1,6}", word):
        return Codes(word, (int(word),))
    _fail_unknown_word(field, piece, word)
    return Codes(word, ())


def _parse_word(field: Field, piece: SourceSpan) -> str:
    word = parse_text(piece).strip().lower()
    if field.name == "ext":
        return word.removeprefix(".")
    if field.name == "type":
        return _FORMAT_ALIASES.get(word, word)
    if field.words and word not in field.words:
        _fail_unknown_word(field, piece, word)
    return word


def _fail_unknown_word(field: Field, piece: SourceSpan, word: str) -> None:
    close = difflib.get_close_matches(word, field.words, 1, 0.5)
    hint = f" Did you mean {close[0]}?" if close else ""
    piece.fail(
        f"“{piece.text}” is not a value of {field.name}.{hint}",
        f"Known: {', '.join(field.words)}.",
    )


def _parse_tag_number(piece: SourceSpan) -> NumberInterval | None:
    match = _QUANTITY.fullmatch(piece.text.strip())
    if not match or (match.group(3) or "s").strip().lower() not in _TAG_UNITS:
        return None
    try:
        number = parse_quantity(piece, _TAG_UNITS, "a number")
    except QueryError:
        return None
    return number_interval(number, 0.0 if number.is_integer() else _TAG_TOLERANCE)


def _parse_tag_period(piece: SourceSpan) -> Period | None:
    try:
        period = intervals.parse_date(piece)
    except QueryError:
        return None
    return period if isinstance(period, Period) else None
