"""The ingest states of prefixes and objects, for the screens.

Each prefix costs a few index look-ups, however many objects it contains.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.ledger.listing_diff import REREAD_OUTCOMES
from tasveer_tui.catalogue.storage.image_writer import MARK_FAILED, MARK_STALE, MARK_UNREAD
from tasveer_tui.catalogue.storage.text_codec import (
    from_stored,
    prefix_upper_bound,
    to_stored,
    unpack_etag,
)
from tasveer_tui.records import IngestState, Outcome, Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tasveer_tui.records import ObjectRef, Source

_KEYS_PER_QUERY = 500

_UNSETTLED = (
    (MARK_STALE, IngestState.STALE),
    (MARK_UNREAD, IngestState.PARTLY),
    (MARK_FAILED, IngestState.FAILED),
)
"""In the order in which they decide a prefix's state."""


def find_source_id(connection: sqlite3.Connection, source: Source) -> int | None:
    """The source's number; None where nothing of it was ever ingested."""
    row = connection.execute(
        "SELECT id FROM source WHERE endpoint = ? AND bucket = ?",
        (to_stored(source.endpoint), to_stored(source.bucket)),
    ).fetchone()
    return None if row is None else int(row[0])


def prefix_states(
    connection: sqlite3.Connection, number: int, prefixes: Iterable[str]
) -> dict[str, IngestState]:
    """The state of each prefix of the source with this number."""
    return {prefix: _prefix_state(connection, number, prefix) for prefix in prefixes}


def _prefix_state(connection: sqlite3.Connection, number: int, prefix: str) -> IngestState:
    for mark, state in _UNSETTLED:
        # "mark <> 1" is what lets SQLite use the index of unsettled objects.
        where = "mark = ? AND mark <> 1"
        if _has_object(connection, number, prefix, where, (mark,)):
            return state
    if not _has_object(connection, number, prefix, "1", ()):
        return IngestState.NEVER
    is_covered = _is_covered(connection, number, prefix)
    return IngestState.DONE if is_covered else IngestState.PARTLY


def _has_object(
    connection: sqlite3.Connection,
    number: int,
    prefix: str,
    where: str,
    parameters: tuple[int, ...],
) -> bool:
    end = prefix_upper_bound(to_stored(prefix))
    upper = "AND key < ?" if end else ""
    sql = f"SELECT 1 FROM object WHERE source_id = ? AND {where} AND key >= ? {upper} LIMIT 1"  # noqa: S608
    values = (number, *parameters, to_stored(prefix), *([end] if end else []))
    return connection.execute(sql, values).fetchone() is not None


def _is_covered(connection: sqlite3.Connection, number: int, prefix: str) -> bool:
    """Whether a finished scan of this prefix, or of one around it, left nothing out here."""
    around = [to_stored(prefix[:length]) for length in range(len(prefix) + 1)]
    rows = connection.execute(
        f"""SELECT without FROM coverage
            WHERE source_id = ? AND prefix IN ({", ".join("?" * len(around))})""",  # noqa: S608
        (number, *around),
    )
    return any(not _overlaps(json.loads(row[0]), prefix) for row in rows)


def _overlaps(without: Sequence[str], prefix: str) -> bool:
    return any(part.startswith(prefix) or prefix.startswith(part) for part in without)


# --------------------------------------------------------------------------- objects


def object_states(
    connection: sqlite3.Connection, number: int, refs: Sequence[ObjectRef]
) -> dict[str, IngestState]:
    """The state of each object, by key, as it is listed now."""
    known = _images(connection, number, refs)
    return {ref.key: _object_state(ref, known.get(ref.key)) for ref in refs}


def unchanged(
    connection: sqlite3.Connection, number: int, refs: Sequence[ObjectRef]
) -> frozenset[str]:
    """The keys of objects that a job without force would not read again."""
    known = _images(connection, number, refs)
    return frozenset(
        ref.key
        for ref in refs
        if (image := known.get(ref.key))
        and _is_same(ref, image)
        and image[2] not in REREAD_OUTCOMES
    )


def _object_state(ref: ObjectRef, image: tuple[str, int, Outcome] | None) -> IngestState:
    if image is None:
        return IngestState.NEVER
    if not _is_same(ref, image):
        return IngestState.STALE
    is_failed = image[2].status() in (Status.FAILED, Status.GONE)
    return IngestState.FAILED if is_failed else IngestState.DONE


def _is_same(ref: ObjectRef, image: tuple[str, int, Outcome]) -> bool:
    return (ref.etag, ref.size_bytes) == image[:2]


def _images(
    connection: sqlite3.Connection, number: int, refs: Sequence[ObjectRef]
) -> dict[str, tuple[str, int, Outcome]]:
    """ETag, size and outcome of the images of these objects, by key."""
    found: dict[str, tuple[str, int, Outcome]] = {}
    for first in range(0, len(refs), _KEYS_PER_QUERY):
        keys = [to_stored(ref.key) for ref in refs[first : first + _KEYS_PER_QUERY]]
        rows = connection.execute(
            f"""SELECT o.key, i.etag, i.size_bytes, i.outcome
                FROM object o JOIN image i ON i.id = o.id
                WHERE o.source_id = ? AND o.key IN ({", ".join("?" * len(keys))})""",  # noqa: S608
            (number, *keys),
        )
        found.update(
            (from_stored(row[0]), (unpack_etag(row[1]), row[2], Outcome(row[3]))) for row in rows
        )
    return found
