"""Ids for texts that many images share: cameras, lenses, words, tags and values of tags.

There is one writer, so it may hand out ids itself and remember what it handed out. After a
transaction that was rolled back, what it remembers must be forgotten.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from tasveer_tui.catalogue.storage import tag_blob
from tasveer_tui.catalogue.storage.common_tags import FIRST_FREE_ID, known_ids
from tasveer_tui.catalogue.storage.tag_store import INLINE_SHAPE_ID
from tasveer_tui.catalogue.storage.text_codec import fold, to_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_MAX_CACHED_TEXTS: Final = 100_000
"""Texts kept in memory by one table's numbering; then it starts afresh."""

Text = TypeVar("Text")


class InternTable(Generic[Text]):
    """The ids of one table's texts. Subclasses know the table."""

    table = ""
    where = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[Text, int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._known.clear()
        self._next = 0

    def id_of(self, text: Text) -> int:
        """The text's id; an unknown one is added to the table."""
        number = self._known.get(text)
        return self._intern(text) if number is None else number

    def ids(self, texts: Iterable[Text]) -> Mapping[Text, int]:
        """Ids of several."""
        return {text: self.id_of(text) for text in texts}

    def _intern(self, text: Text) -> int:
        if len(self._known) > _MAX_CACHED_TEXTS:
            self._reset_cache()
        number = self._look_up(text)
        if number is None:
            number = self._new_id(text)
            self._insert({text: number})
        self._known[text] = number
        return number

    def _reset_cache(self) -> None:
        self._known.clear()

    def _look_up(self, text: Text) -> int | None:
        sql = f"SELECT id FROM {self.table} WHERE {self.where}"  # noqa: S608 - class constants
        parameters = [
            to_stored(part) if isinstance(part, str) else part for part in self._parts(text)
        ]
        row = self._connection.execute(sql, parameters).fetchone()
        return None if row is None else int(row[0])

    def _new_id(self, _text: Text) -> int:
        if not self._next:
            sql = f"SELECT coalesce(max(id), 0) + 1 FROM {self.table}"  # noqa: S608
            self._next = self._connection.execute(sql).fetchone()[0]
        number, self._next = self._next, self._next + 1
        return number

    def _parts(self, text: Text) -> tuple[str | int, ...]:
        """The parameters of `where`."""
        raise NotImplementedError

    def _insert(self, new: dict[Text, int]) -> None:
        raise NotImplementedError


class WordTable(InternTable[str]):
    """Table word."""

    table = "word"
    where = "text = ?"

    def _parts(self, text: str) -> tuple[str | int, ...]:
        return (text,)

    def _insert(self, new: dict[str, int]) -> None:
        rows = ((number, to_stored(text)) for text, number in new.items())
        self._connection.executemany("INSERT INTO word (id, text) VALUES (?, ?)", rows)


class LensTable(InternTable[str]):
    """Table lens."""

    table = "lens"
    where = "name = ?"

    def _parts(self, text: str) -> tuple[str | int, ...]:
        return (text,)

    def _insert(self, new: dict[str, int]) -> None:
        rows = ((number, to_stored(name)) for name, number in new.items())
        self._connection.executemany("INSERT INTO lens (id, name) VALUES (?, ?)", rows)


class CameraTable(InternTable["tuple[str, str]"]):
    """Table camera, by make and model."""

    table = "camera"
    where = "make = ? AND model = ?"

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = (
            (number, *map(to_stored, (make, model, camera_name(make, model))))
            for (make, model), number in new.items()
        )
        sql = "INSERT INTO camera (id, make, model, name) VALUES (?, ?, ?, ?)"
        self._connection.executemany(sql, rows)


class TownTable(InternTable["tuple[str, str]"]):
    """Table town, by name and country."""

    table = "town"
    where = "name = ? AND country = ?"

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = ((number, *text) for text, number in new.items())
        self._connection.executemany("INSERT INTO town (id, name, country) VALUES (?, ?, ?)", rows)


class TagTable(InternTable["tuple[str, str]"]):
    """Table tag, by group and name; well-known tags have the same id in every catalogue."""

    table = "tag"
    where = "grp = ? AND name = ?"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._partial: set[int] | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        super().forget()
        self._partial = None

    def mark_partial(self, tag_ids: set[int]) -> None:
        """Remember in the table that not every value of these tags is in table value."""
        if self._partial is None:
            rows = self._connection.execute("SELECT id FROM tag WHERE is_text = 0")
            self._partial = {row[0] for row in rows}
        new = tag_ids - self._partial
        if new:
            sql = "UPDATE tag SET is_text = 0 WHERE id = ?"
            self._connection.executemany(sql, ((tag_id,) for tag_id in new))
            self._partial |= new

    def _new_id(self, text: tuple[str, str]) -> int:
        number = known_ids().get(text)
        if number is None:
            number = max(super()._new_id(text), FIRST_FREE_ID)
            self._next = number + 1
        return number

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = (
            (number, to_stored(group), to_stored(name)) for (group, name), number in new.items()
        )
        self._connection.executemany("INSERT INTO tag (id, grp, name) VALUES (?, ?, ?)", rows)


class ValueTable(InternTable["tuple[int, str]"]):
    """Table value and its trigram index, by tag id and text; written at the next `flush`."""

    table = "value"
    where = "tag_id = ? AND text = ?"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._new: list[tuple[int, int, str]] = []
        self._absent: set[tuple[int, str]] = set()
        """The texts of the coming batch that the table did not have when it was queried."""

    def _reset_cache(self) -> None:
        self.flush()
        self._absent.clear()
        super()._reset_cache()

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        super().forget()
        self._new.clear()
        self._absent.clear()

    def prefetch(self, tag_id: int, texts: Iterable[str]) -> None:
        """Look up the unknown texts of a tag in the coming batch, all at once."""
        unknown = [
            text
            for text in dict.fromkeys(texts)
            # SQLite's JSON cannot hold other texts, so these are looked up one by one.
            if (tag_id, text) not in self._known and text.isascii() and text.isprintable()
        ]
        if len(self._known) + len(unknown) > _MAX_CACHED_TEXTS:
            return
        sql = """SELECT v.text, v.id FROM json_each(?) AS met
                 CROSS JOIN value AS v ON v.tag_id = ? AND v.text = met.value"""
        known = dict(self._connection.execute(sql, (json.dumps(unknown), tag_id)).fetchall())
        self._known.update(((tag_id, text), number) for text, number in known.items())
        self._absent = {(tag_id, text) for text in unknown if text not in known}

    def _look_up(self, text: tuple[int, str]) -> int | None:
        return None if text in self._absent else super()._look_up(text)

    def flush(self) -> None:
        """Write the texts that are new."""
        rows, self._new = self._new, []
        self._absent.clear()
        self._connection.executemany("INSERT INTO value (id, tag_id, text) VALUES (?, ?, ?)", rows)
        self._connection.executemany(
            "INSERT INTO value_tri (rowid, text) VALUES (?, ?)",
            [(number, fold(text)) for number, _, text in rows],
        )

    def _parts(self, text: tuple[int, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[int, str], int]) -> None:
        self._new += [(number, tag_id, to_stored(text)) for (tag_id, text), number in new.items()]


def camera_name(make: str, model: str) -> str:
    """Make and model together, without the make twice: `NIKON D850`, `Canon EOS 5D`."""
    first = make.split(maxsplit=1)[0].casefold() if make.strip() else ""
    make = make if first else ""
    if not first or model.casefold().startswith(first):
        return model or make
    return f"{make} {model}".strip()


# Ids for the shapes of stored tags: there are few, however many images there are.

MAX_SHAPES: Final = 20_000
"""Shapes in one catalogue; images of any further shape keep it in their own blob."""


class ShapeTable:
    """The tables shape, and shape_tag with the tags of each shape."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[bytes, int] = {}
        self._numbers: dict[tag_blob.Slot, int] = {}
        self._slots: list[tag_blob.Slot] = []
        self._count: int | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._known.clear()
        self._count = None

    def slot_number(self, slot: tag_blob.Slot) -> int:
        """A number for the slot, valid as long as this object lives."""
        number = self._numbers.get(slot)
        if number is None:
            number = self._numbers[slot] = len(self._slots)
            self._slots.append(slot)
        return number

    def slot(self, number: int) -> tag_blob.Slot:
        """The slot of a number."""
        return self._slots[number]

    def shape(self, numbers: Iterable[int]) -> tag_blob.Shape:
        """The shape of these slots."""
        return tuple([self._slots[number] for number in numbers])

    def id_of(self, numbers: bytes) -> int:
        """The id of the shape of the slots with these numbers, parted by spaces.

        INLINE where there are too many shapes already.
        """
        number = self._known.get(numbers)
        if number is None:
            number = self._find_or_insert(self.shape(map(int, numbers.split())))
            if len(self._known) < MAX_SHAPES:
                self._known[numbers] = number
        return number

    def _find_or_insert(self, shape: tag_blob.Shape) -> int:
        slots = tag_blob.shape_json(shape)
        row = self._connection.execute("SELECT id FROM shape WHERE slots = ?", (slots,)).fetchone()
        return row[0] if row else self._insert(shape, slots)

    def _insert(self, shape: tag_blob.Shape, slots: bytes) -> int:
        if self._count is None:
            self._count = self._connection.execute("SELECT max(id) FROM shape").fetchone()[0]
        if self._count >= MAX_SHAPES:
            return INLINE_SHAPE_ID
        self._count += 1
        sql = "INSERT INTO shape (id, slots) VALUES (?, ?)"
        self._connection.execute(sql, (self._count, slots))
        self._connection.executemany(
            "INSERT OR IGNORE INTO shape_tag (tag_id, shape_id) VALUES (?, ?)",
            ((slot[0], self._count) for slot in shape),
        )
        return self._count


# Ids for the numbers of tags, so that comparisons find images without reading their tags.
#
# The first numbers of a tag are stored as themselves. A tag of which every picture has
# another, as of positions, gets stretches of numbers instead: an eighth of a thousandth to two
# thousandths wide, so that the tags of few images must be read to tell.

MAX_EXACT_NUMBERS: Final = 2_000
"""Numbers of one tag that are stored as themselves."""
_MAX_CACHED_RANGES: Final = 100_000
_MAX_CACHED_TAGS: Final = 1_000
"""Tags whose exact numbers are remembered."""
_EXACT_INTEGERS: Final = 2**53
"""From here on, a float may equal a neighboring integer."""
_OPEN_FRACTION_BITS: Final = 44
"""Bits of a float's fraction, of 52, that a stretch leaves open."""
_OVERSIZED_BITS: Final = 1 << 60
"""No float has these first bits."""
_DOUBLE: Final = struct.Struct("<d")
_BITS: Final = struct.Struct("<q")


class NumberTable:
    """Table number. An id once given to a number or a stretch never means another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._exact: dict[int, dict[float, int]] = {}
        self._ranges: dict[tuple[int, int], int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._exact.clear()
        self._ranges.clear()
        self._next = 0

    def id_of(self, tag_id: int, value: float) -> tuple[int, bool]:
        """The id under which the index has this finite number of the tag; added if need be.

        Also whether the id means this number alone.
        """
        if abs(value) >= _EXACT_INTEGERS:
            return self._range_id(tag_id, value, is_exact=False), False
        exact = self._exact.get(tag_id)
        if exact is None:
            exact = self._exact_numbers(tag_id)
        number = exact.get(value)
        if number is not None:
            return number, True
        if len(exact) >= MAX_EXACT_NUMBERS:
            return self._range_id(tag_id, value, is_exact=True), False
        number = exact[value] = self._insert(tag_id, value, value)
        return number, True

    def _exact_numbers(self, tag_id: int) -> dict[float, int]:
        if len(self._exact) > _MAX_CACHED_TAGS:
            self._exact.clear()
        rows = self._connection.execute(
            "SELECT low, id FROM number WHERE tag_id = ? AND low = high", (tag_id,)
        )
        found = self._exact[tag_id] = dict(rows.fetchall())
        return found

    def _range_id(self, tag_id: int, value: float, *, is_exact: bool) -> int:
        # Numbers so large that floats cannot distinguish them share an id.
        same = (
            tag_id,
            _BITS.unpack(_DOUBLE.pack(value))[0] >> _OPEN_FRACTION_BITS
            if is_exact
            else _OVERSIZED_BITS,
        )
        number = self._ranges.get(same)
        if number is None:
            if len(self._ranges) > _MAX_CACHED_RANGES:
                self._ranges.clear()
            low, high = range_of(value) if is_exact else (-sys.float_info.max, sys.float_info.max)
            number = self._find_range(tag_id, low, high) or self._insert(tag_id, low, high)
            self._ranges[same] = number
        return number

    def _find_range(self, tag_id: int, low: float, high: float) -> int:
        row = self._connection.execute(
            "SELECT id FROM number WHERE tag_id = ? AND low = ? AND high = ?", (tag_id, low, high)
        ).fetchone()
        return int(row[0]) if row else 0

    def _insert(self, tag_id: int, low: float, high: float) -> int:
        if not self._next:
            sql = "SELECT coalesce(max(id), 0) + 1 FROM number"
            self._next = self._connection.execute(sql).fetchone()[0]
        number, self._next = self._next, self._next + 1
        sql = "INSERT INTO number (id, tag_id, low, high) VALUES (?, ?, ?, ?)"
        self._connection.execute(sql, (number, tag_id, low, high))
        return number


def range_of(value: float) -> tuple[float, float]:
    """The numbers around a finite one that share its sign, exponent and first bits; never one."""
    bits = _BITS.unpack(_DOUBLE.pack(value))[0]
    near = _DOUBLE.unpack(_BITS.pack(bits >> _OPEN_FRACTION_BITS << _OPEN_FRACTION_BITS))[0]
    far = _DOUBLE.unpack(_BITS.pack(bits | (1 << _OPEN_FRACTION_BITS) - 1))[0]
    return (near, far) if near < far else (far, near)


def to_finite_float(value: float) -> float | None:
    """The number as a finite float; None where it is none."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
