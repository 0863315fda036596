"""Results become images, and the ledger and the counters of their job follow, once."""

from __future__ import annotations

import json
from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.ledger.leases import ref_of
from tasveer_tui.catalogue.storage.image_writer import Reading
from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import LastRead, Outcome, Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tasveer_tui.catalogue.ledger.retry_schedule import RetrySchedule
    from tasveer_tui.catalogue.storage.image_writer import ImageWriter
    from tasveer_tui.records import ObjectRef, ObjectResult

MAX_LAST_READ: Final = 24
"""Number of recently recorded objects that the screens can show."""

FAILED_STATE = 3
"""The value of ledger.state of a failure. Earlier versions kept what went well as 2, too."""

_COUNTERS: Final = {
    Status.OK: "ok",
    Status.NOEXIF: "noexif",
    Status.NOTIMAGE: "notimage",
    Status.FAILED: "failed",
    Status.GONE: "failed",
}
_COUNTER_OF: Final = {each: _COUNTERS[each.status()] for each in Outcome}
_COUNTERS_WITHOUT_MESSAGE: Final = frozenset({"ok", "noexif"})


class ResultWriter:
    """Writes results of a job's objects; the caller holds the transaction."""

    def __init__(
        self, connection: sqlite3.Connection, images: ImageWriter, chances: RetrySchedule
    ) -> None:
        self._connection = connection
        self._images = images
        self._retries = chances
        self.last_read: deque[LastRead] = deque(maxlen=MAX_LAST_READ)
        """The newest last; for display only."""

    def write(
        self, job_id: int, source_id: int, results: Iterable[ObjectResult], now: float
    ) -> int:
        """Record the results whose objects have none in this job yet; how many those were.

        What ended in a fault that may pass is put back instead, a few times.
        """
        by_id = {result.object_id: result for result in results}
        found = [
            (Reading(number, source_id, ref, by_id[number].record, _message(by_id[number])), tries)
            for number, tries, ref in self._open_objects(job_id, list(by_id))
        ]
        readings = self._retries.take(job_id, found, now)
        if readings:
            self._images.write(readings, now)
            self._close_objects(job_id, readings)
            self._count(job_id, readings)
            self.last_read.extend(
                _last_read_entry(job_id, each, now) for each in readings[-MAX_LAST_READ:]
            )
        return len(readings)

    def worker_seen(self, name: str, now: float, objects: int = 0, bytes_read: int = 0) -> None:
        """Add to what this worker has done."""
        self._connection.execute(
            """INSERT INTO worker (name, seen_at, objects, bytes_read) VALUES (?, ?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at,
                 objects = objects + excluded.objects,
                 bytes_read = bytes_read + excluded.bytes_read""",
            (to_stored(name), now, objects, bytes_read),
        )

    def _open_objects(self, job_id: int, ids: Sequence[int]) -> list[tuple[int, int, ObjectRef]]:
        rows = self._connection.execute(
            """SELECT o.id, l.tries, o.key, o.size_bytes, o.etag, o.modified_at, o.storage_class
               FROM json_each(?) wanted
               CROSS JOIN ledger l ON l.job_id = ? AND l.object_id = wanted.value AND l.state < 2
               CROSS JOIN object o ON o.id = l.object_id""",
            (json.dumps(ids), job_id),
        )
        return [(row[0], row[1], ref_of(row[2:])) for row in rows]

    def _close_objects(self, job_id: int, readings: Sequence[Reading]) -> None:
        """Failures stay in the ledger; other objects leave it."""
        failed, done = [], []
        for reading in readings:
            if is_failure(reading):
                failed.append(reading)
            else:
                done.append(reading.object_id)
        self._connection.executemany(
            """UPDATE ledger SET state = ?, outcome = ?, message = ?, lease_until = 0
               WHERE job_id = ? AND object_id = ?""",
            (
                (
                    FAILED_STATE,
                    reading.record.outcome.value,
                    to_stored(reading.message),
                    job_id,
                    reading.object_id,
                )
                for reading in failed
            ),
        )
        self._connection.execute(
            """DELETE FROM ledger
               WHERE job_id = ? AND object_id IN (SELECT value FROM json_each(?))""",
            (job_id, json.dumps(done)),
        )

    def _count(self, job_id: int, readings: Sequence[Reading]) -> None:
        counts = Counter(_COUNTER_OF[reading.record.outcome] for reading in readings)
        records = [reading.record for reading in readings]
        self._connection.execute(
            """UPDATE job SET ok = ok + ?, noexif = noexif + ?, notimage = notimage + ?,
                 failed = failed + ?, bytes_listed = bytes_listed + ?,
                 bytes_read = bytes_read + ?, requests = requests + ? WHERE id = ?""",
            (
                *(counts[name] for name in ("ok", "noexif", "notimage", "failed")),
                sum(each.ref.size_bytes for each in readings if each.record.bytes_read),
                sum(record.bytes_read for record in records),
                sum(record.requests for record in records),
                job_id,
            ),
        )


def is_failure(reading: Reading) -> bool:
    """Whether it counts as failed in its job: the image could not be read, or is gone."""
    return _COUNTER_OF[reading.record.outcome] == "failed"


def _last_read_entry(job_id: int, reading: Reading, now: float) -> LastRead:
    record = reading.record
    message = reading.message if is_failure(reading) else ""
    return LastRead(now, job_id, reading.ref.key, record.outcome, record.facts.model, message)


def _message(result: ObjectResult) -> str:
    """A failure has a sentence, be it only that of its class."""
    record = result.record
    if result.message or _COUNTER_OF[record.outcome] in _COUNTERS_WITHOUT_MESSAGE:
        return result.message
    return " ".join(record.notes) or record.outcome.description()
