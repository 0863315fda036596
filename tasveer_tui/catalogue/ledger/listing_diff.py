"""A listed page beside what the catalogue has: one query for what is known and what is gone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tasveer_tui.catalogue.ledger.leases import ref_of
from tasveer_tui.catalogue.storage.image_writer import TRANSIENT_OUTCOMES
from tasveer_tui.catalogue.storage.text_codec import (
    pack_etag,
    pack_storage_class,
    prefix_upper_bound,
    to_stored,
)
from tasveer_tui.records import ObjectRef, Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import JobSpec, ScannedPage

REREAD_OUTCOMES: Final = TRANSIENT_OUTCOMES | {Outcome.GONE}
"""Outcomes after which an unchanged object is read again."""

ROWS_PER_QUERY: Final = 20_000
"""Compared at once: between two listed keys, everything in the catalogue may be gone."""

_ABOVE_ALL_TEXT: Final = b""
"""SQLite sorts every blob behind every text."""

_COLUMNS: Final = """SELECT o.key, o.id, o.size_bytes, o.etag, o.modified_at, o.storage_class,
                            i.etag, i.size_bytes, i.outcome
                     FROM object o LEFT JOIN image i ON i.id = o.id WHERE o.source_id = ?"""

ObjectFacts = tuple[int, "str | bytes", float, str]
"""Of an object as its row has them: size_bytes, etag, modified_at, storage_class."""


class KnownObject(NamedTuple):
    """An object that the catalogue has, with the image of it, if any; all as columns have it."""

    object_id: int
    facts: ObjectFacts
    image_etag: str | bytes | None
    image_size_bytes: int | None
    outcome: str | None

    def is_same_version(self, facts: ObjectFacts) -> bool:
        """Whether this version was read, well or not."""
        return self.image_etag == facts[1] and self.image_size_bytes == facts[0]

    def is_skipped(self, facts: ObjectFacts, spec: JobSpec) -> bool:
        """Whether the job leaves this object: reading it again would bring nothing new.

        A job for new objects only also skips failed ones, unless the object was gone before.
        """
        if spec.force or not self.is_same_version(facts):
            return False
        if spec.only_new:
            return self.outcome != Outcome.GONE
        return self.outcome not in REREAD_OUTCOMES


class ListedObject(NamedTuple):
    """An object of a page that its job takes."""

    ref: ObjectRef
    facts: ObjectFacts
    known: KnownObject | None


def facts_of(ref: ObjectRef) -> ObjectFacts:
    """What its row has, or gets."""
    return (
        ref.size_bytes,
        pack_etag(ref.etag),
        ref.modified_at,
        pack_storage_class(ref.storage_class),
    )


def known(connection: sqlite3.Connection, source_id: int, key: str) -> KnownObject | None:
    """What there is of one key."""
    sql = f"{_COLUMNS} AND o.key = ?"
    row = connection.execute(sql, (source_id, to_stored(key))).fetchone()
    return None if row is None else _known_from_row(row)


def known_ref(key: str, row: KnownObject) -> ObjectRef:
    """The object as the catalogue has it."""
    return ref_of((to_stored(key), *row.facts))


def known_in_page(
    connection: sqlite3.Connection, source_id: int, prefix: str, page: ScannedPage
) -> Iterator[list[tuple[str, KnownObject]]]:
    """Everything that there is where an ordered page speaks, by key, in bounded lists."""
    low, high = map(to_stored, _key_range(prefix, page))
    sql = f"{_COLUMNS} AND o.key >= ? AND o.key < ? ORDER BY o.key LIMIT ?"
    while True:
        rows = connection.execute(
            sql, (source_id, low, high or _ABOVE_ALL_TEXT, ROWS_PER_QUERY)
        ).fetchall()
        yield [(row[0], _known_from_row(row)) for row in rows]
        if len(rows) < ROWS_PER_QUERY:
            return
        low = f"{rows[-1][0]}\0"


def _known_from_row(row: tuple[Any, ...]) -> KnownObject:
    return KnownObject(row[1], row[2:6], row[6], row[7], row[8])


def count_changes(to_read: Iterable[ListedObject]) -> tuple[int, int]:
    """How many of these objects are new, and how many were replaced since they were read."""
    added = changed = 0
    for _, facts, row in to_read:
        if row is None or row.image_etag is None:
            added += 1
        elif not row.is_same_version(facts):
            changed += 1
    return added, changed


def is_ordered(page: ScannedPage) -> bool:
    """Whether the keys are in the catalogue's order.

    If a service lists in another order, a gap in a page does not mean that objects are gone.
    """
    keys = [page.start_after, *(ref.key for ref in page.page.objects)]
    is_plain = all(key.isascii() or to_stored(key) == key for key in keys)
    return is_plain and all(before < after for before, after in pairwise(keys))


def _key_range(prefix: str, page: ScannedPage) -> tuple[str, str]:
    """The keys that the page speaks for: from the first on, up to below the second.

    An empty second means that there is no end.
    """
    low = max(prefix, page.start_after + "\0" if page.start_after else "")
    high = prefix_upper_bound(prefix) if page.page.is_last else page.page.cursor + "\0"
    return low, high
