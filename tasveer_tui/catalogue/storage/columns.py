"""The columns of an image's row: from a record's facts, and back."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.catalogue.storage.text_codec import from_stored, to_stored
from tasveer_tui.records import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasveer_tui.records import ObjectRef, Record

    Cell: TypeAlias = str | int | float

ABSENT_INTEGER: Final = -(2**47)
ABSENT_REAL: Final = float(ABSENT_INTEGER)
"""Mean "no such fact" in columns that a search sorts by; six bytes instead of eight."""
MIN_PRESENT: Final = -1.4e14
"""Below every possible value of a column, above the numbers that mean "absent"."""

WORD_FACTS: Final = ("serial", "software", "artist", "copyright", "title", "caption")
INTEGER_FACTS: Final = ("flash", "white_balance", "metering", "program", "orientation")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_INTEGER: Final = 2**63

_INTEGERS: Final = ("iso", *INTEGER_FACTS, "width", "height")
_REALS: Final = ("exposure_s", "f_number", "focal_mm", "exposure_bias_ev")
_NULLABLE_REALS: Final = ("focal35_mm", "lat_deg", "lon_deg", "alt_m")
"""Like the rating, most images do not have them: rows have NULL then, and a generated column gives
searches the number that means "absent"."""
_NUMBERS: Final = ("rating", *_INTEGERS, *_REALS, *_NULLABLE_REALS)
_integers_of: Final = attrgetter(*_INTEGERS)
_reals_of: Final = attrgetter(*_REALS)
_nullable_reals_of: Final = attrgetter(*_NULLABLE_REALS)

IMAGE_COLUMNS: Final = (
    *("id", "source_id", "status", "outcome", "message", "notes", "format", "name", "ext"),
    *("size_bytes", "modified_at", "etag", "ingested_at", "bytes_read", "requests"),
    *("camera_id", "lens_id", "serial_id", "software_id", "artist_id", "copyright_id"),
    *("title_id", "caption_id", *_INTEGERS, "taken_at", "taken_offset", *_REALS),
    *("known_rating", *(f"known_{name}" for name in _NULLABLE_REALS)),
    *("thumb_offset", "thumb_length", "maker_note_length", "town_id"),
)
"""In the order of what `leading`, the ids, `trailing` and the town's id yield."""


def listing_cells(ref: ObjectRef, record: Record) -> tuple[Cell, ...]:
    """The columns from `format` to `modified_at`, from the key and the listing."""
    name = to_stored(ref.key.rpartition("/")[2])
    return (
        to_stored(record.format),
        name,
        extension(name),
        to_integer(ref.size_bytes),
        to_real(ref.modified_at),
    )


def record_cells(record: Record) -> tuple[Cell | None, ...]:
    """From `iso` to `maker_note_length`."""
    facts = record.facts
    # Nearly every number needs no change, and a call for each would take as long as writing it.
    return (
        *[
            ABSENT_INTEGER
            if value is None
            else value
            if type(value) is int and MIN_PRESENT < value < _MAX_INTEGER
            else to_integer(value)
            for value in _integers_of(facts)
        ],
        taken_to_seconds(facts.taken_at),
        to_stored(facts.taken_offset),
        *[
            ABSENT_REAL
            if value is None
            else value
            if type(value) is float and MIN_PRESENT < value < math.inf
            else to_real(value)
            for value in _reals_of(facts)
        ],
        None if facts.rating is None else _none_if_absent(to_integer(facts.rating)),
        *[
            None if value is None else _none_if_absent(to_real(value))
            for value in _nullable_reals_of(facts)
        ],
        to_integer(record.thumb_offset),
        to_integer(record.thumb_length),
        to_integer(record.maker_note_length),
    )


def _none_if_absent(number: float) -> float | None:
    return None if number == ABSENT_INTEGER else number


def extension(name: str) -> str:
    """Lower case, without the dot; "" where the name has none or is nothing else."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def to_integer(value: float | None) -> int:
    """The number as SQLite holds integers; absent where it cannot."""
    if value is None:
        return ABSENT_INTEGER
    try:
        number = int(value)
    except (OverflowError, ValueError):  # infinities and NaN
        return ABSENT_INTEGER
    return number if MIN_PRESENT < number < _MAX_INTEGER else ABSENT_INTEGER


def to_real(value: float | None) -> float:
    """The number as a float; absent where it has no finite one."""
    if value is None:
        return ABSENT_REAL
    try:
        number = float(value)
    except OverflowError:
        return ABSENT_REAL
    return number if MIN_PRESENT < number < math.inf else ABSENT_REAL


def taken_to_seconds(text: str) -> float:
    """Seconds since 1970 of a camera's local time, as if it were UTC."""
    if not text:
        return ABSENT_REAL
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ABSENT_REAL
    return moment.replace(tzinfo=UTC).timestamp()


def seconds_to_taken(seconds: float) -> str:
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
        taken_at=seconds_to_taken(float(row["taken_at"])),
        taken_offset=from_stored(str(row["taken_offset"])),
    )


def _number(cell: Cell) -> Cell | None:
    return None if cell == ABSENT_INTEGER else cell
