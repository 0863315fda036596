"""The columns of an image's row: from a record's facts, and back."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue.texts import from_stored, to_stored
from tasveer_tui.records import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasveer_tui.records import ObjectRef, Record

    Cell: TypeAlias = str | int | float

ABSENT_INTEGER: Final = -(2**47)
ABSENT_REAL: Final = float(ABSENT_INTEGER)
"""Stand for "no such fact" in columns that a search sorts by; in six bytes, not eight."""
PRESENT: Final = -1.4e14
"""Below every value that a column can have, above what stands for an absent one."""

WORD_FACTS: Final = ("serial", "software", "artist", "copyright", "title", "caption")
INTEGER_FACTS: Final = ("flash", "white_balance", "metering", "program", "orientation")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_INTEGER: Final = 2**63

_INTEGERS: Final = ("iso", *INTEGER_FACTS, "width", "height")
_REALS: Final = ("exposure_s", "f_number", "focal_mm", "exposure_bias_ev")
_RARE: Final = ("focal35_mm", "lat_deg", "lon_deg", "alt_m")
"""Like the rating, most images do not have them: rows have NULL then, and searches see what
stands for an absent number in a column that is generated."""
_NUMBERS: Final = ("rating", *_INTEGERS, *_REALS, *_RARE)
_integers_of: Final = attrgetter(*_INTEGERS)
_reals_of: Final = attrgetter(*_REALS)
_rare_of: Final = attrgetter(*_RARE)

NAMES: Final = (
    *("id", "source_id", "status", "outcome", "message", "notes", "format", "name", "ext"),
    *("size_bytes", "modified_at", "etag", "ingested_at", "bytes_read", "requests"),
    *("camera_id", "lens_id", "serial_id", "software_id", "artist_id", "copyright_id"),
    *("title_id", "caption_id", *_INTEGERS, "taken_at", "taken_offset", *_REALS),
    *("known_rating", *(f"known_{name}" for name in _RARE)),
    *("thumb_offset", "thumb_length", "maker_note_length", "town_id"),
)
"""In the order of what `leading`, the ids, `trailing` and the town's id yield."""


def leading(ref: ObjectRef, record: Record) -> tuple[Cell, ...]:
    """From `format` to `modified_at`, as the key and the listing say."""
    name = to_stored(ref.key.rpartition("/")[2])
    return (
        to_stored(record.format),
        name,
        extension(name),
        integer(ref.size_bytes),
        real(ref.modified_at),
    )


def trailing(record: Record) -> tuple[Cell | None, ...]:
    """From `iso` to `maker_note_length`."""
    facts = record.facts
    # Nearly every number needs no change, and a call for each would take as long as writing it.
    return (
        *[
            ABSENT_INTEGER
            if value is None
            else value
            if type(value) is int and PRESENT < value < _MAX_INTEGER
            else integer(value)
            for value in _integers_of(facts)
        ],
        taken_s(facts.taken_at),
        to_stored(facts.taken_offset),
        *[
            ABSENT_REAL
            if value is None
            else value
            if type(value) is float and PRESENT < value < math.inf
            else real(value)
            for value in _reals_of(facts)
        ],
        None if facts.rating is None else _known(integer(facts.rating)),
        *[None if value is None else _known(real(value)) for value in _rare_of(facts)],
        integer(record.thumb_offset),
        integer(record.thumb_length),
        integer(record.maker_note_length),
    )


def _known(number: float) -> float | None:
    return None if number == ABSENT_INTEGER else number


def extension(name: str) -> str:
    """Lower case, without the dot; "" where the name has none or is nothing else."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def integer(value: float | None) -> int:
    """The number as SQLite holds integers; absent where it cannot."""
    if value is None:
        return ABSENT_INTEGER
    try:
        number = int(value)
    except (OverflowError, ValueError):  # infinities and NaN
        return ABSENT_INTEGER
    return number if PRESENT < number < _MAX_INTEGER else ABSENT_INTEGER


def real(value: float | None) -> float:
    """The number as a float; absent where it has no finite one."""
    if value is None:
        return ABSENT_REAL
    try:
        number = float(value)
    except OverflowError:
        return ABSENT_REAL
    return number if PRESENT < number < math.inf else ABSENT_REAL


def taken_s(text: str) -> float:
    """Seconds since 1970 of a camera's local time, as if it were UTC."""
    if not text:
        return ABSENT_REAL
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ABSENT_REAL
    return moment.replace(tzinfo=UTC).timestamp()


def taken_text(seconds: float) -> str:
    """What `taken_s` was given, without zeros at the end of a fraction."""
    if seconds == ABSENT_REAL:
        return ""
    moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    text = moment.isoformat()
    return text.rstrip("0") if moment.microsecond else text


def facts_of(row: Mapping[str, Cell], words: Mapping[str, str], keywords: tuple[str, ...]) -> Facts:
    """The facts of a row; `words` has the texts behind its ids."""
    return Facts(
        **{name: from_stored(text) for name, text in words.items()},  # type: ignore[arg-type]
        **{name: _number(row[name]) for name in _NUMBERS},  # type: ignore[arg-type]
        keywords=keywords,
        taken_at=taken_text(float(row["taken_at"])),
        taken_offset=from_stored(str(row["taken_offset"])),
    )


def _number(cell: Cell) -> Cell | None:
    return None if cell == ABSENT_INTEGER else cell
