"""Listed pages become rows: objects, the ledger's work, counters and the scan's cursor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.forms import to_json
from tasveer_tui.catalogue.leases import ref_of
from tasveer_tui.catalogue.texts import (
    etag_text,
    from_stored,
    packed_etag,
    successor,
    to_stored,
)
from tasveer_tui.catalogue.writing import (
    MARK_STALE,
    MARK_UNREAD,
    TRANSIENT,
    Reading,
)
from tasveer_tui.records import ObjectRef, Outcome, Record

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from tasveer_tui.catalogue.filters import KeyFilter
    from tasveer_tui.catalogue.writing import ImageWriter
    from tasveer_tui.records import JobSpec, ScannedPage

AGAIN: Final = TRANSIENT | {Outcome.GONE}
"""Outcomes after which an object is read again although it looks the same."""

_VANISHED_AT_ONCE: Final = 20_000
"""Rows looked at together: between two listed keys all of the catalogue may have vanished."""


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What does not change while a job runs."""

    job_id: int
    source_id: int
    spec: JobSpec
    keys: KeyFilter


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan's row, as far as its pages need it."""

    id: int
    prefix: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """An object that the catalogue has, with the image of it, if any."""

    object_id: int
    ref: ObjectRef
    image_etag: str | None
    image_size_bytes: int | None
    outcome: str

    def is_same(self, ref: ObjectRef) -> bool:
        """Whether this version was read, well or not."""
        return (self.image_etag, self.image_size_bytes) == (ref.etag, ref.size_bytes)

    def is_unchanged(self, ref: ObjectRef) -> bool:
        """Whether reading it again would bring nothing new."""
        return self.is_same(ref) and Outcome(self.outcome) not in AGAIN

    def is_settled(self, ref: ObjectRef) -> bool:
        """Whether it was read, or failed, and has not come back since."""
        return self.is_same(ref) and self.outcome != Outcome.GONE


class PageWriter:
    """Writes one listed page of a job; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection, images: ImageWriter) -> None:
        self._connection = connection
        self._images = images

    def write(self, job: JobFacts, scan: Scan, page: ScannedPage, now: float) -> None:
        """Apply the page; its scan must stand exactly where the page begins."""
        refs = _of_scan(scan, page)
        wanted = list({ref.key: ref for ref in refs if job.keys.wants(ref)}.values())
        known = {ref.key: self._find(job.source_id, ref.key) for ref in wanted}
        ids = self._keep_objects(job, wanted, known)
        to_read = [
            ref for ref in wanted if not ((row := known[ref.key]) and _is_left(row, ref, job.spec))
        ]
        total = self._add_work(job.job_id, (ids[ref.key] for ref in to_read))
        unread, changed = _diff(to_read, known)
        counts = (len(refs), len(refs) - len(wanted), len(wanted) - len(to_read), total)
        self._count(job.job_id, (*counts, unread, changed))
        self._note_missing(job, scan, page, now)
        self._advance(job, scan, page, now)

    # ----------------------------------------------------------------- objects

    def _find(self, source_id: int, key: str) -> _Known | None:
        sql = """
            SELECT o.id, o.size_bytes, o.etag, o.modified_at, o.storage_class,
                   i.etag, i.size_bytes, i.outcome
            FROM object o LEFT JOIN image i ON i.id = o.id
            WHERE o.source_id = ? AND o.key = ?"""
        row = self._connection.execute(sql, (source_id, to_stored(key))).fetchone()
        if row is None:
            return None
        image_etag = None if row[5] is None else etag_text(row[5])
        ref = ObjectRef(key, row[1], etag_text(row[2]), row[3], from_stored(row[4]))
        return _Known(row[0], ref, image_etag, row[6], row[7] or "")

    def _keep_objects(
        self, job: JobFacts, refs: Sequence[ObjectRef], known: dict[str, _Known | None]
    ) -> dict[str, int]:
        """Insert or update the objects' rows; their ids by key."""
        sql = "SELECT coalesce(max(id), 0) + 1 FROM object"
        free = self._connection.execute(sql).fetchone()[0]
        new = [ref for ref in refs if known[ref.key] is None]
        ids = {ref.key: number for number, ref in enumerate(new, start=free)}
        self._connection.executemany(
            """INSERT INTO object (id, source_id, key, size_bytes, etag, modified_at,
                                   storage_class)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            ((ids[ref.key], job.source_id, to_stored(ref.key), *_facts(ref)) for ref in new),
        )
        old = [(row, ref) for ref in refs if (row := known[ref.key]) is not None]
        ids.update((ref.key, row.object_id) for row, ref in old)
        self._update_objects((row, ref) for row, ref in old if row.ref != ref)
        return ids

    def _update_objects(self, changed: Iterable[tuple[_Known, ObjectRef]]) -> None:
        for row, ref in changed:
            self._connection.execute(
                """UPDATE object SET size_bytes = ?, etag = ?, modified_at = ?,
                                     storage_class = ? WHERE id = ?""",
                (*_facts(ref), row.object_id),
            )
            if row.image_etag != ref.etag:
                mark = MARK_UNREAD if row.image_etag is None else MARK_STALE
                sql = "UPDATE object SET mark = ? WHERE id = ?"
                self._connection.execute(sql, (mark, row.object_id))

    # ------------------------------------------------------------------ ledger

    def _add_work(self, job_id: int, object_ids: Iterable[int]) -> int:
        """Pending rows for these objects; how many were not in the job before."""
        sql = "INSERT OR IGNORE INTO ledger (job_id, object_id, state) VALUES (?, ?, 0)"
        rows = ((job_id, object_id) for object_id in object_ids)
        return max(0, self._connection.executemany(sql, rows).rowcount)

    def _count(self, job_id: int, counts: tuple[int, int, int, int, int, int]) -> None:
        self._connection.execute(
            """UPDATE job SET listed = listed + ?, filtered = filtered + ?,
                              unchanged = unchanged + ?, total = total + ?, added = added + ?,
                              changed = changed + ? WHERE id = ?""",
            (*counts, job_id),
        )

    def _advance(self, job: JobFacts, scan: Scan, page: ScannedPage, now: float) -> None:
        is_done = scan.is_exact or page.page.is_last
        self._connection.execute(
            """UPDATE job SET error = '' WHERE id = ? AND error <> ''
               AND error = (SELECT error FROM scan WHERE id = ?)""",
            (job.job_id, scan.id),
        )
        self._connection.execute(
            """UPDATE scan SET cursor = ?, is_done = ?, lease_until = iif(?, lease_until, 0),
                               attempts = 0, not_before = 0, error = '' WHERE id = ?""",
            (to_stored(page.page.cursor), is_done, page.goes_on, scan.id),
        )
        is_whole = not (scan.is_exact or job.spec.include or job.spec.exclude)
        if is_done and is_whole:
            self._cover(job, scan.prefix, now)

    def _cover(self, job: JobFacts, scanned: str, now: float) -> None:
        """Note that a prefix, and those chosen in it, were listed to the end.

        What was left out of each narrows it.
        """
        left_out = (*job.spec.without_prefixes, *job.spec.without_keys)
        covered = {scanned, *(part for part in job.spec.prefixes if part.startswith(scanned))}
        for prefix in covered - set(left_out):
            inside = [part for part in left_out if part.startswith(prefix)]
            self._connection.execute(
                """INSERT INTO coverage (source_id, prefix, without, scanned_at)
                   VALUES (?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET scanned_at = excluded.scanned_at,
                     without = iif(without = '[]', without, excluded.without)""",
                (job.source_id, to_stored(prefix), to_json(inside), now),
            )

    # ---------------------------------------------------------------- vanished

    def _note_missing(self, job: JobFacts, scan: Scan, page: ScannedPage, now: float) -> None:
        """Objects that the catalogue has and the listing no longer are gone."""
        if scan.is_exact:
            if not _of_scan(scan, page):
                self._note_missing_key(job, scan.prefix, now)
        elif _is_ordered(page):
            for gone in self._vanished(job.source_id, scan.prefix, page):
                self._images.write([_gone(job.source_id, *row) for row in gone], now)
                sql = "UPDATE job SET gone = gone + ? WHERE id = ?"
                self._connection.execute(sql, (len(gone), job.job_id))

    def _note_missing_key(self, job: JobFacts, key: str, now: float) -> None:
        """A key that was asked for by name and is not there is a result of the job."""
        row = self._find(job.source_id, key)
        ref = ObjectRef(key, 0) if row is None else row.ref
        object_id = self._keep_objects(job, [ref], {key: row})[key]
        if self._add_work(job.job_id, [object_id]):
            reading = _gone(job.source_id, object_id, ref)
            self._images.write([reading], now)
            self._connection.execute(
                "UPDATE ledger SET state = 3, outcome = ?, message = ?"
                " WHERE job_id = ? AND object_id = ?",
                (Outcome.GONE, reading.message, job.job_id, object_id),
            )
            sql = "UPDATE job SET total = total + 1, failed = failed + 1 WHERE id = ?"
            self._connection.execute(sql, (job.job_id,))

    def _vanished(
        self, source_id: int, prefix: str, page: ScannedPage
    ) -> Iterator[list[tuple[int, ObjectRef]]]:
        low, high = map(to_stored, _range(prefix, page))
        listed = {to_stored(ref.key) for ref in page.page.objects}
        while True:
            rows = self._connection.execute(
                """SELECT o.id, o.key, o.size_bytes, o.etag, o.modified_at, o.storage_class
                   FROM object o LEFT JOIN image i ON i.id = o.id
                   WHERE o.source_id = ? AND o.key >= ? AND (? = '' OR o.key < ?)
                     AND ifnull(i.outcome, '') <> 'gone' ORDER BY o.key LIMIT ?""",
                (source_id, low, high, high, _VANISHED_AT_ONCE),
            ).fetchall()
            gone = [(row[0], ref_of(row[1:])) for row in rows if row[1] not in listed]
            if gone:
                yield gone
            if len(rows) < _VANISHED_AT_ONCE:
                return
            low = f"{rows[-1][1]}\0"


def _of_scan(scan: Scan, page: ScannedPage) -> Sequence[ObjectRef]:
    if not scan.is_exact:
        return page.page.objects
    return [ref for ref in page.page.objects if ref.key == scan.prefix]


def _is_left(known: _Known, ref: ObjectRef, spec: JobSpec) -> bool:
    """Whether the job leaves this object, of which there is something already."""
    if spec.force:
        return False
    return known.is_unchanged(ref) or (spec.only_new and known.is_settled(ref))


def _diff(to_read: Sequence[ObjectRef], known: dict[str, _Known | None]) -> tuple[int, int]:
    """How many of these objects are new, and how many were replaced since they were read."""
    added = changed = 0
    for ref in to_read:
        row = known[ref.key]
        if row is None or row.image_etag is None:
            added += 1
        elif (row.image_etag, row.image_size_bytes) != (ref.etag, ref.size_bytes):
            changed += 1
    return added, changed


def _facts(ref: ObjectRef) -> tuple[int, str | bytes, float, str]:
    return (ref.size_bytes, packed_etag(ref.etag), ref.modified_at, to_stored(ref.storage_class))


def _gone(source_id: int, object_id: int, ref: ObjectRef) -> Reading:
    record = Record(Outcome.GONE, size_bytes=ref.size_bytes, etag=ref.etag)
    return Reading(object_id, source_id, ref, record, "It is not listed any more.")


def _is_ordered(page: ScannedPage) -> bool:
    """Where a service lists in an order of its own, a gap in a page says nothing."""
    keys = [page.start_after, *(ref.key for ref in page.page.objects)]
    is_plain = all(to_stored(key) == key for key in keys)
    return is_plain and all(before < after for before, after in pairwise(keys))


def _range(prefix: str, page: ScannedPage) -> tuple[str, str]:
    """The keys that the page speaks for: from the first on, up to below the second.

    An empty second means that there is no end.
    """
    low = max(prefix, page.start_after + "\0" if page.start_after else "")
    high = successor(prefix) if page.page.is_last else page.page.cursor + "\0"
    return low, high
