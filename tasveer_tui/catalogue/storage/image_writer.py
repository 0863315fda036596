"""Writes images: rows, stored tags, keywords, places and postings, inside one transaction."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from tasveer_tui.catalogue.storage import columns
from tasveer_tui.catalogue.storage.interning import CameraTable, LensTable, TownTable, WordTable
from tasveer_tui.catalogue.storage.postings import Indexer
from tasveer_tui.catalogue.storage.sort_cache import note_change
from tasveer_tui.catalogue.storage.tag_store import keywords_of, tags_of
from tasveer_tui.catalogue.storage.text_codec import pack_etag, to_stored, unpack_etag
from tasveer_tui.catalogue.towns import nearest_town
from tasveer_tui.catalogue.towns.atlas import NOWHERE
from tasveer_tui.records import ObjectRef, Outcome, Record, Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.records import Facts

TRANSIENT_OUTCOMES: Final = frozenset(
    {
        Outcome.NETWORK,
        Outcome.TIMEOUT,
        Outcome.CRASHED,
        Outcome.DENIED,
        Outcome.ARCHIVED,
        Outcome.CHANGED,
    }
)
"""Outcomes that do not depend on the object: a retry may end differently."""

MARK_READ, MARK_FAILED, MARK_STALE, MARK_UNREAD = range(1, 5)
"""Values of object.mark."""

_INSERT_IMAGE: Final = "INSERT INTO image ({}) VALUES ({})".format(  # noqa: S608
    ", ".join(columns.IMAGE_COLUMNS), ", ".join("?" * len(columns.IMAGE_COLUMNS))
)
_OUTCOME_TEXTS: Final = {each: (each.status().value, each.value) for each in Outcome}
"""Status and outcome; to ask an enumeration for its value takes as long as half a row."""
_COUNT_OUTCOME: Final = """INSERT INTO outcome_count VALUES (?, ?)
    ON CONFLICT DO UPDATE SET images = images + excluded.images"""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """An object with what reading it yielded."""

    object_id: int
    source_id: int
    ref: ObjectRef
    """As the object's row has it."""
    record: Record
    message: str = ""

    @property
    def etag(self) -> str:
        """Of the version that was read."""
        return self.record.etag or self.ref.etag

    def mark(self) -> int:
        """The object's mark after this reading."""
        if _OUTCOME_TEXTS[self.record.outcome][0] == Status.FAILED:
            return MARK_FAILED
        return MARK_READ if self.etag == self.ref.etag else MARK_STALE


class ImageWriter:
    """Writes readings over the recorder's connection; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words = WordTable(connection)
        self._lenses = LensTable(connection)
        self._cameras = CameraTable(connection)
        self._towns = TownTable(connection)
        self._indexer = Indexer(connection)
        self._known_keyword_ids: set[int] = set()

    def forget(self) -> None:
        """Drop remembered ids: the transaction that made them was rolled back."""
        shared = (self._words, self._lenses, self._cameras, self._towns)
        for numbering in (*shared, self._indexer):
            numbering.forget()
        self._known_keyword_ids.clear()

    def write(self, readings: Sequence[Reading], now: float) -> None:
        """Insert or replace the images of these readings, of different objects."""
        known = self._existing_images(readings)
        fresh = [reading for reading in readings if not _must_keep_image(reading, known)]
        if fresh:
            note_change(self._connection, (reading.object_id for reading in fresh))
        self._note_gone([reading for reading in fresh if _is_only_gone(reading, known)], now)
        whole = [reading for reading in fresh if not _is_only_gone(reading, known)]
        if known:
            self._remove([reading for reading in whole if reading.object_id in known])
        self._insert(whole, now)
        self._count([reading for reading in whole if reading.object_id not in known])
        marks = ((reading.mark(), reading.object_id) for reading in fresh)
        self._connection.executemany("UPDATE object SET mark = ? WHERE id = ?", marks)

    def _existing_images(self, readings: Sequence[Reading]) -> dict[int, tuple[str, Outcome]]:
        """ETag and outcome of the images that are there already, by id."""
        ids = json.dumps([reading.object_id for reading in readings])
        sql = """SELECT id, etag, outcome FROM image
                 WHERE id IN (SELECT value FROM json_each(?))"""
        rows = self._connection.execute(sql, (ids,))
        return {row[0]: (unpack_etag(row[1]), Outcome(row[2])) for row in rows}

    def _note_gone(self, readings: Sequence[Reading], now: float) -> None:
        """An object that vanished keeps the metadata that it had."""
        sql = "UPDATE image SET status = ?, outcome = ?, message = ?, ingested_at = ? WHERE id = ?"
        rows = (
            (Status.GONE, Outcome.GONE, to_stored(reading.message), now, reading.object_id)
            for reading in readings
        )
        self._connection.executemany(sql, rows)

    def _remove(self, readings: Sequence[Reading]) -> None:
        if not readings:
            return
        ids = [(reading.object_id,) for reading in readings]
        numbers = [reading.object_id for reading in readings]
        old, words = tags_of(self._connection, numbers), keywords_of(self._connection, numbers)
        self._connection.executemany(
            "INSERT INTO posting (posting, rowid, terms) VALUES ('delete', ?, ?)",
            [
                (
                    number,
                    self._indexer.index_rows(
                        reading.ref.key, old.get(number) or (), words.get(number, ())
                    ).terms,
                )
                for reading in readings
                for number in (reading.object_id,)
            ],
        )
        for table, column in _IMAGE_TABLES:
            self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", ids)  # noqa: S608

    def _insert(self, readings: Sequence[Reading], now: float) -> None:
        if not readings:
            return
        of_tags = self._indexer.index_tags
        words = self._keywords(readings)
        self._indexer.prefetch(each.ref.key for each in readings)
        tagged = [
            (each.object_id, of_tags(each.ref.key, each.record.tags, words.get(each.object_id, ())))
            for each in readings
        ]
        self._indexer.flush()
        self._connection.executemany(_INSERT_IMAGE, self._image_rows(readings, now))
        self._connection.executemany(
            _COUNT_OUTCOME,
            Counter(_OUTCOME_TEXTS[each.record.outcome][1] for each in readings).items(),
        )
        self._connection.executemany(
            "INSERT INTO image_tags (id, shape_id, z) VALUES (?, ?, ?)",
            ((number, one.shape_id, one.packed) for number, one in tagged if one.packed),
        )
        self._insert_places(readings)
        self._connection.executemany(
            "INSERT INTO keyword (image_id, word_id) VALUES (?, ?)",
            ((number, word_id) for number, some in words.items() for word_id in some),
        )
        self._connection.executemany(
            "INSERT INTO posting (rowid, terms) VALUES (?, ?)",
            ((number, one.terms) for number, one in tagged),
        )

    def _image_rows(self, readings: Sequence[Reading], now: float) -> list[tuple[object, ...]]:
        ingested_at = math.floor(now)  # SQLite keeps whole seconds in half the room
        return [
            (
                *_identity(reading),
                *columns.listing_cells(reading.ref, reading.record),
                pack_etag(reading.etag),
                ingested_at,
                columns.to_integer(reading.record.bytes_read),
                columns.to_integer(reading.record.requests),
                *self._shared_texts(reading.record.facts),
                *columns.record_cells(reading.record),
                self._towns.id_of(_town(reading.record.facts)),
            )
            for reading in readings
        ]

    def _shared_texts(self, facts: Facts) -> tuple[int, ...]:
        """Ids, from the camera's to the caption's; 0 is that of no text."""
        word = self._words.id_of
        return (
            self._cameras.id_of((facts.make, facts.model)),
            self._lenses.id_of(facts.lens),
            word(facts.serial) if facts.serial else 0,
            word(facts.software) if facts.software else 0,
            word(facts.artist) if facts.artist else 0,
            word(facts.copyright) if facts.copyright else 0,
            word(facts.title) if facts.title else 0,
            word(facts.caption) if facts.caption else 0,
        )

    def _insert_places(self, readings: Sequence[Reading]) -> None:
        places = (
            (reading.object_id, facts.lat_deg, facts.lat_deg, facts.lon_deg, facts.lon_deg)
            for reading in readings
            if has_position(facts := reading.record.facts)
        )
        self._connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", places)

    def _keywords(self, readings: Sequence[Reading]) -> dict[int, list[int]]:
        """The numbers of the keywords, in order, of those images that have some."""
        id_of = self._words.id_of
        found = {
            reading.object_id: sorted({id_of(word) for word in words})
            for reading in readings
            if (words := reading.record.facts.keywords)
        }
        new = set().union(*found.values()) - self._known_keyword_ids
        self._connection.executemany(
            "INSERT OR IGNORE INTO keyword_word (word_id) VALUES (?)", ((each,) for each in new)
        )
        self._known_keyword_ids |= new
        return found

    def _count(self, new: Sequence[Reading]) -> None:
        sources = {reading.source_id for reading in new}
        for source_id in sources:
            count = sum(reading.source_id == source_id for reading in new)
            sql = "UPDATE source SET images = images + ? WHERE id = ?"
            self._connection.execute(sql, (count, source_id))


_IMAGE_TABLES: Final = (
    ("keyword", "image_id"),
    ("place", "id"),
    ("image_tags", "id"),
    ("image", "id"),
)


def has_position(facts: Facts) -> bool:
    """Whether the facts name a point on Earth."""
    lat, lon = facts.lat_deg, facts.lon_deg
    return lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180  # noqa: PLR2004


def _town(facts: Facts) -> tuple[str, str]:
    lat, lon = facts.lat_deg, facts.lon_deg
    return NOWHERE if lat is None or lon is None else nearest_town(lat, lon)


def _must_keep_image(reading: Reading, known: dict[int, tuple[str, Outcome]]) -> bool:
    """A try that failed for reasons of its own does not wipe out what is known of this version."""
    etag, outcome = known.get(reading.object_id, ("", Outcome.CRASHED))
    is_known = outcome not in TRANSIENT_OUTCOMES and etag == reading.ref.etag
    return is_known and reading.record.outcome in TRANSIENT_OUTCOMES


def _is_only_gone(reading: Reading, known: dict[int, tuple[str, Outcome]]) -> bool:
    return reading.record.outcome is Outcome.GONE and reading.object_id in known


def _identity(reading: Reading) -> tuple[object, ...]:
    record = reading.record
    return (
        reading.object_id,
        reading.source_id,
        *_OUTCOME_TEXTS[record.outcome],
        to_stored(reading.message),
        json.dumps(record.notes) if record.notes else "",
    )
