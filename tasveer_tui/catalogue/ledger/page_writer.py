"""Listed pages become rows: objects, the ledger's work, counters and the scan's cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.ledger import scan_partitions
from tasveer_tui.catalogue.ledger.listing_diff import (
    KnownObject,
    ListedObject,
    count_changes,
    facts_of,
    is_ordered,
    known,
    known_in_page,
    known_ref,
)
from tasveer_tui.catalogue.storage.image_writer import MARK_STALE, MARK_UNREAD, Reading
from tasveer_tui.catalogue.storage.json_columns import to_json
from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import ObjectRef, Outcome, Record

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tasveer_tui.catalogue.ledger.key_filter import KeyFilter
    from tasveer_tui.catalogue.ledger.listing_diff import ObjectFacts
    from tasveer_tui.catalogue.storage.image_writer import ImageWriter
    from tasveer_tui.records import JobSpec, ScannedPage


@dataclass(frozen=True, slots=True)
class JobContext:
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
    until: str = ""
    """See ScanLease."""


class PageWriter:
    """Writes one listed page of a job; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection, images: ImageWriter) -> None:
        self._connection = connection
        self._images = images

    def write(self, job: JobContext, scan: Scan, page: ScannedPage, now: float) -> None:
        """Apply the page; its scan's cursor must be at the start of the page."""
        page = scan_partitions.truncate_page(page, scan.until)
        refs = _scan_objects(scan, page)
        found = self._compare(job, scan, page, now)
        wanted = [
            ListedObject(ref, facts_of(ref), found.get(ref.key))
            for ref in {ref.key: ref for ref in refs if job.keys.accepts(ref)}.values()
        ]
        ids = self._upsert_objects(job.source_id, wanted)
        to_read = [
            each
            for each in wanted
            if each.known is None or not each.known.is_skipped(each.facts, job.spec)
        ]
        total = self._add_pending(job.job_id, (ids[each.ref.key] for each in to_read))
        unread, changed = count_changes(to_read)
        counts = (len(refs), len(refs) - len(wanted), len(wanted) - len(to_read), total)
        self._count(job.job_id, (*counts, unread, changed))
        self._advance(job, scan, page, now)

    def _compare(
        self, job: JobContext, scan: Scan, page: ScannedPage, now: float
    ) -> dict[str, KnownObject]:
        """The catalogue's rows for the page's keys; other rows in that range are gone."""
        refs = _scan_objects(scan, page)
        if scan.is_exact or not is_ordered(page):
            if scan.is_exact and not refs:
                self._note_missing_key(job, scan.prefix, now)
            rows = ((ref.key, known(self._connection, job.source_id, ref.key)) for ref in refs)
            return {key: row for key, row in rows if row is not None}
        found: dict[str, KnownObject] = {}
        listed = {ref.key for ref in refs}
        for some in known_in_page(self._connection, job.source_id, scan.prefix, page):
            found.update((key, row) for key, row in some if key in listed)
            is_news = ((key, row) for key, row in some if row.outcome != Outcome.GONE)
            self._note_gone(job, [each for each in is_news if each[0] not in listed], now)
        return found

    # ----------------------------------------------------------------- objects

    def _upsert_objects(self, source_id: int, listed: Sequence[ListedObject]) -> dict[str, int]:
        """Insert or update the objects' rows; their ids by key."""
        sql = "SELECT coalesce(max(id), 0) + 1 FROM object"
        free = self._connection.execute(sql).fetchone()[0]
        new = [each for each in listed if each.known is None]
        ids = {each.ref.key: number for number, each in enumerate(new, start=free)}
        self._connection.executemany(
            """INSERT INTO object (id, source_id, key, size_bytes, etag, modified_at,
                                   storage_class, mark)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                (ids[ref.key], source_id, to_stored(ref.key), *facts, MARK_UNREAD)
                for ref, facts, _ in new
            ],
        )
        for ref, facts, row in listed:
            if row is not None:
                ids[ref.key] = row.object_id
                if row.facts != facts:
                    self._update_object(row, facts)
        return ids

    def _update_object(self, row: KnownObject, facts: ObjectFacts) -> None:
        self._connection.execute(
            """UPDATE object SET size_bytes = ?, etag = ?, modified_at = ?,
                                 storage_class = ? WHERE id = ?""",
            (*facts, row.object_id),
        )
        if row.image_etag != facts[1]:
            mark = MARK_UNREAD if row.image_etag is None else MARK_STALE
            sql = "UPDATE object SET mark = ? WHERE id = ?"
            self._connection.execute(sql, (mark, row.object_id))

    # ------------------------------------------------------------------ ledger

    def _add_pending(self, job_id: int, object_ids: Iterable[int]) -> int:
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

    def _advance(self, job: JobContext, scan: Scan, page: ScannedPage, now: float) -> None:
        is_done = (
            scan.is_exact or page.page.is_last or scan_partitions.is_end_reached(page, scan.until)
        )
        self._connection.execute(
            """UPDATE job SET error = '' WHERE id = ? AND error <> ''
               AND error = (SELECT error FROM scan WHERE id = ?)""",
            (job.job_id, scan.id),
        )
        self._connection.execute(
            """UPDATE scan SET cursor = ?, is_done = ?, lease_until = iif(?, lease_until, 0),
                               attempts = 0, not_before = 0, error = '' WHERE id = ?""",
            (to_stored(page.page.cursor), is_done, page.is_continued, scan.id),
        )
        if scan_partitions.is_end_missed(page, scan.until):
            scan_partitions.extend_to_end(self._connection, scan.id)
        elif page.partition_keys and not (is_done or job.spec.force) and is_ordered(page):
            # What is read by force would be read twice where pieces are joined again.
            cursor = page.page.cursor
            scan_partitions.split(
                self._connection, scan.id, cursor, scan.until, page.partition_keys
            )
        is_whole = not (scan.is_exact or job.spec.include or job.spec.exclude)
        if is_done and is_whole and scan_partitions.is_last_partition(self._connection, scan.id):
            self._record_coverage(job, scan.prefix, now)

    def _record_coverage(self, job: JobContext, scanned: str, now: float) -> None:
        """Record that a prefix, and selected prefixes in it, were listed completely.

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

    def _note_gone(
        self, job: JobContext, rows: Sequence[tuple[str, KnownObject]], now: float
    ) -> None:
        """Objects that the catalogue has and the listing no longer."""
        if not rows:
            return
        gone = [(row.object_id, known_ref(key, row)) for key, row in rows]
        self._images.write([_gone_reading(job.source_id, *each) for each in gone], now)
        sql = "UPDATE job SET gone = gone + ? WHERE id = ?"
        self._connection.execute(sql, (len(gone), job.job_id))

    def _note_missing_key(self, job: JobContext, key: str, now: float) -> None:
        """A key that was asked for by name and is not there is a result of the job."""
        row = known(self._connection, job.source_id, key)
        ref = ObjectRef(key, 0) if row is None else known_ref(key, row)
        object_id = self._upsert_objects(job.source_id, [ListedObject(ref, facts_of(ref), row)])[
            key
        ]
        if self._add_pending(job.job_id, [object_id]):
            reading = _gone_reading(job.source_id, object_id, ref)
            self._images.write([reading], now)
            self._connection.execute(
                "UPDATE ledger SET state = 3, outcome = ?, message = ?"
                " WHERE job_id = ? AND object_id = ?",
                (Outcome.GONE, reading.message, job.job_id, object_id),
            )
            sql = "UPDATE job SET total = total + 1, failed = failed + 1 WHERE id = ?"
            self._connection.execute(sql, (job.job_id,))


def _scan_objects(scan: Scan, page: ScannedPage) -> Sequence[ObjectRef]:
    if not scan.is_exact:
        return page.page.objects
    return [ref for ref in page.page.objects if ref.key == scan.prefix]


def _gone_reading(source_id: int, object_id: int, ref: ObjectRef) -> Reading:
    record = Record(Outcome.GONE, size_bytes=ref.size_bytes, etag=ref.etag)
    return Reading(object_id, source_id, ref, record, "It is not listed any more.")
