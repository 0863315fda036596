"""Leases on scans and batches: handed out, returned, expired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.text_codec import (
    from_stored,
    to_stored,
    unpack_etag,
    unpack_storage_class,
)
from tasveer_tui.records import Batch, LeasedObject, ObjectRef, ScanLease

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

SMALL_BATCH_OBJECTS: Final = 10
"""Objects per batch after their batch was lost once; after that, one object per batch."""
MAX_ATTEMPTS: Final = 4
"""An object that was lost so often counts as what kills its readers."""
MAX_SCAN_ATTEMPTS: Final = 6
"""A listing that failed so often in a row, with pauses of up to a minute, has failed."""
_MAX_BACKOFF_S: Final = 60.0


class Leases:
    """The ledger's leases; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # ------------------------------------------------------------------- scans

    def scans(
        self, job_id: int, now: float, lease_s: float, limit: int, *, is_exact: bool | None
    ) -> list[ScanLease]:
        """Lease scans that nobody holds, the longest-waiting first; only of a kind if given."""
        rows = self._connection.execute(
            """UPDATE scan SET lease_until = ? WHERE id IN (
                 SELECT id FROM scan WHERE job_id = ? AND is_done = 0 AND lease_until = 0
                   AND not_before <= ? AND is_exact = ifnull(?, is_exact) ORDER BY id LIMIT ?)
               RETURNING id, job_id, prefix, cursor, is_exact, until""",
            (now + lease_s, job_id, now, is_exact, limit),
        ).fetchall()
        return [
            ScanLease(
                row[0],
                row[1],
                from_stored(row[2]),
                from_stored(row[3]),
                bool(row[4]),
                from_stored(row[5]),
            )
            for row in rows
        ]

    def scan_failed(self, scan_id: int, message: str, now: float, *, is_final: bool) -> None:
        """Take a scan back: for later, or for good."""
        row = self._connection.execute(
            "SELECT job_id, attempts FROM scan WHERE id = ? AND is_done = 0", (scan_id,)
        ).fetchone()
        if row is None:
            return
        job_id, attempts = row[0], row[1] + 1
        wait_s = min(_MAX_BACKOFF_S, 2.0**attempts)
        is_over = is_final or attempts >= MAX_SCAN_ATTEMPTS
        self._connection.execute(
            """UPDATE scan SET attempts = ?, is_done = ?, lease_until = 0, not_before = ?,
                               error = ? WHERE id = ?""",
            (attempts, is_over, now + wait_s, to_stored(message), scan_id),
        )
        sql = "UPDATE job SET error = ? WHERE id = ?"
        self._connection.execute(sql, (to_stored(message), job_id))

    def release_scan(self, scan_id: int) -> int:
        """Take a scan back as it was; the number of its job, 0 where it is over."""
        row = self._connection.execute(
            "UPDATE scan SET lease_until = 0 WHERE id = ? AND is_done = 0 RETURNING job_id",
            (scan_id,),
        ).fetchone()
        return 0 if row is None else int(row[0])

    # ----------------------------------------------------------------- batches

    def batch(
        self, job_id: int, lease_until: float, *, max_objects: int, max_bytes: int
    ) -> Batch | None:
        """Lease pending objects that were lost equally often; None where nothing is pending."""
        attempts = self._min_attempts(job_id)
        if attempts is None:
            return None
        sizes = {0: max_objects, 1: min(SMALL_BATCH_OBJECTS, max_objects)}
        objects = self._pending(job_id, attempts, sizes.get(attempts, 1))
        objects = _limit_bytes(objects, max_bytes)
        batch_id = self._next_batch()
        ids = json.dumps([each.object_id for each in objects])
        self._connection.execute(
            """UPDATE ledger SET state = 1, batch_id = ?, lease_until = ?
               WHERE job_id = ? AND object_id IN (SELECT value FROM json_each(?))""",
            (batch_id, lease_until, job_id, ids),
        )
        return Batch(job_id, batch_id, tuple(objects))

    def crashed_objects(self, job_id: int) -> list[int]:
        """Pending objects whose readers died too often."""
        rows = self._connection.execute(
            """SELECT object_id FROM ledger
               WHERE job_id = ? AND state = 0 AND attempts >= ?""",
            (job_id, MAX_ATTEMPTS),
        )
        return [row[0] for row in rows]

    def has_pending(self, job_id: int) -> bool:
        """Whether a batch could be leased."""
        return self._min_attempts(job_id) is not None

    def outstanding(self, job_id: int) -> int:
        """Objects handed out and not answered yet."""
        sql = "SELECT count(*) FROM ledger INDEXED BY ledger_leased WHERE job_id = ? AND state = 1"
        count: int = self._connection.execute(sql, (job_id,)).fetchone()[0]
        return count

    def is_out(self, job_id: int, batch_id: int) -> bool:
        """Whether objects of this batch are still waited for."""
        row = self._connection.execute(
            """SELECT 1 FROM ledger INDEXED BY ledger_leased
               WHERE job_id = ? AND state = 1 AND batch_id = ? LIMIT 1""",
            (job_id, batch_id),
        ).fetchone()
        return row is not None

    def _min_attempts(self, job_id: int) -> int | None:
        row = self._connection.execute(
            """SELECT attempts FROM ledger WHERE job_id = ? AND state = 0
               ORDER BY attempts LIMIT 1""",
            (job_id,),
        ).fetchone()
        return None if row is None else int(row[0])

    def _pending(self, job_id: int, attempts: int, limit: int) -> list[LeasedObject]:
        rows = self._connection.execute(
            """SELECT o.id, o.key, o.size_bytes, o.etag, o.modified_at, o.storage_class
               FROM ledger l INDEXED BY ledger_pending CROSS JOIN object o ON o.id = l.object_id
               WHERE l.job_id = ? AND l.state = 0 AND l.attempts = ?
               ORDER BY l.object_id LIMIT ?""",
            (job_id, attempts, limit),
        )
        return [LeasedObject(row[0], ref_of(row[1:])) for row in rows]

    def _next_batch(self) -> int:
        row = self._connection.execute(
            "UPDATE meta SET value = value + 1 WHERE key = 'batches' RETURNING value"
        ).fetchone()
        return int(row[0])

    # -------------------------------------------------------------------- lost

    def batch_lost(self, job_id: int, batch_id: int) -> None:
        """Release what the batch still holds, and count one more loss for each object."""
        self._connection.execute(
            f"{_RELEASE_SQL} WHERE job_id = ? AND state = 1 AND batch_id = ?",
            (1, job_id, batch_id),
        )

    def release_expired(self, now: float) -> None:
        """Release every lease that has run out."""
        self._connection.execute(
            f"{_RELEASE_SQL} WHERE job_id IN (SELECT id FROM job)"  # noqa: S608 - constants
            " AND state = 1 AND lease_until < ?",
            (1, now),
        )
        self._connection.execute(
            """UPDATE scan SET lease_until = 0, attempts = attempts + 1
               WHERE is_done = 0 AND lease_until > 0 AND lease_until < ?""",
            (now,),
        )

    def release_objects(self, job_id: int, batch_id: int, object_ids: Sequence[int]) -> None:
        """Take back objects of a batch that nobody has begun to read."""
        self._connection.executemany(
            f"{_RELEASE_SQL} WHERE job_id = ? AND state = 1 AND batch_id = ? AND object_id = ?",
            ((0, job_id, batch_id, number) for number in object_ids),
        )

    def release(self, job_id: int | None = None, *, lost: int) -> None:
        """Release all leases, or a job's; `lost` is added to the objects' attempts."""
        jobs = "SELECT id FROM job" if job_id is None else "?"
        of_job = () if job_id is None else (job_id,)
        self._connection.execute(
            f"{_RELEASE_SQL} WHERE job_id IN ({jobs}) AND state = 1", (lost, *of_job)
        )
        self._connection.execute(
            f"UPDATE scan SET lease_until = 0 WHERE job_id IN ({jobs}) AND is_done = 0",  # noqa: S608
            of_job,
        )


_RELEASE_SQL: Final = (
    "UPDATE ledger INDEXED BY ledger_leased"
    " SET state = 0, batch_id = 0, lease_until = 0, attempts = attempts + ?"
)


def ref_of(row: tuple[str, int, str | bytes, float, str]) -> ObjectRef:
    """From key, size_bytes, etag, modified_at and storage_class of table object."""
    return ObjectRef(
        from_stored(row[0]), row[1], unpack_etag(row[2]), row[3], unpack_storage_class(row[4])
    )


def _limit_bytes(objects: list[LeasedObject], max_bytes: int) -> list[LeasedObject]:
    """As many from the start as have at most `max_bytes` together, but at least one."""
    total = 0
    for count, each in enumerate(objects):
        total += each.ref.size_bytes
        if count and max_bytes and total > max_bytes:
            return objects[:count]
    return objects
