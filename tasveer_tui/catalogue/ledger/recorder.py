"""The single writer of objects, images and the ledger; the engine holds the only one."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.ledger import job_states, queries, watches
from tasveer_tui.catalogue.ledger.key_filter import KeyFilter
from tasveer_tui.catalogue.ledger.leases import Leases
from tasveer_tui.catalogue.ledger.page_writer import JobContext, PageWriter, Scan
from tasveer_tui.catalogue.ledger.result_writer import ResultWriter
from tasveer_tui.catalogue.ledger.retry_schedule import RetrySchedule
from tasveer_tui.catalogue.storage.connections import open_writer
from tasveer_tui.catalogue.storage.image_writer import ImageWriter
from tasveer_tui.catalogue.storage.json_columns import from_json
from tasveer_tui.catalogue.storage.sqlite_errors import translate_errors
from tasveer_tui.catalogue.storage.text_codec import from_stored, to_stored
from tasveer_tui.records import JobSpec, JobState, ObjectResult, Outcome, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue.ledger.retry_schedule import RetryDelays
    from tasveer_tui.catalogue.storage.connections import ConnectionRegistry, Database
    from tasveer_tui.records import Batch, BatchResult, JobView, LastRead, ScanLease, ScannedPage


class Recorder:
    """Writes what scans and readings bring. Every method is one transaction, or none.

    Thread-safe: calls wait for one another. Applying the same page or result twice changes
    nothing. Raises only errors of the catalogue; after one, nothing of the call was written.
    """

    def __init__(
        self,
        path: Path,
        register: ConnectionRegistry,
        database: Database,
        clock: Callable[[], float] = time.time,
        pauses: RetryDelays | None = None,
    ) -> None:
        self._path = path
        self._database = database
        self._clock = clock
        self._lock = threading.RLock()
        self._jobs: dict[int, JobContext] = {}
        with translate_errors(path):
            self._connection = open_writer(path, register)
        self._images = ImageWriter(self._connection)
        self._pages = PageWriter(self._connection, self._images)
        self._retries = RetrySchedule(self._connection, pauses)
        self._results = ResultWriter(self._connection, self._images, self._retries)
        self._leases = Leases(self._connection)

    # -------------------------------------------------------------------- jobs

    def recover(self, *, was_clean: bool) -> None:
        """Release every lease, as nobody holds one when the engine starts.

        After a crash, each leased object counts as lost once more: it may be what
        ended the engine.
        """
        with self._transaction():
            self._leases.release(lost=0 if was_clean else 1)

    def active_jobs(self) -> tuple[JobView, ...]:
        """Queued, running and paused jobs, the oldest first; applies pending commands."""
        with self._session():
            if job_states.jobs_with_commands(self._connection):
                self._apply_requests()
            return queries.active_jobs(self._database)

    def finish(self, job_id: int) -> None:
        """End the job where nothing of it is left to list or to read, else do nothing.

        It is done, or failed where one of its prefixes could not be listed.
        """
        with self._transaction():
            if not job_states.is_running(self._connection, job_id):
                return
            if not job_states.is_complete(self._connection, job_id):
                return
            is_listed = not job_states.scan_error(self._connection, job_id)
            state = JobState.DONE if is_listed else JobState.FAILED
            job_states.set_state(self._connection, job_id, state, self._clock())

    def job_failed(self, job_id: int, message: str, *, batch_id: int = 0) -> None:
        """End the job: it cannot go on. Its leases are released.

        With the id of the batch that had the fault, old reports are ignored: the batch must
        still be leased. After a first fault none is, so later reports of that time are ignored.
        """
        with self._transaction():
            if batch_id and not self._leases.is_out(job_id, batch_id):
                return
            job_states.fail(self._connection, job_id, message, self._clock())
            self._leases.release(job_id, lost=0)

    def start_due_watches(self) -> None:
        """Begin the rounds of watches that are due."""
        with self._session():
            watches.start_due(self._database, self._clock())

    def release_expired(self, now: float) -> None:
        """Release leases that expired before `now`; their objects count as lost once more."""
        with self._transaction():
            self._leases.release_expired(now)

    # ------------------------------------------------------------------- scans

    def lease_scans(
        self, job_id: int, *, lease_s: float, limit: int, is_exact: bool | None = None
    ) -> list[ScanLease]:
        """Lease prefixes to list or keys to find, each from its cursor."""
        with self._transaction():
            if not self._can_lease(job_id):
                return []
            leases = self._leases.scans(job_id, self._clock(), lease_s, limit, is_exact=is_exact)
            if leases:
                job_states.mark_started(self._connection, job_id, self._clock())
            return leases

    def record_page(self, page: ScannedPage) -> None:
        """Write a listed page; ignored unless it is the scan's next.

        The scan is released, unless its worker continues.
        """
        self.record_pages((page,))

    def record_pages(self, pages: Sequence[ScannedPage]) -> None:
        """Write listed pages of different scans, or nothing of them."""
        with self._transaction():
            for page in pages:
                self._record_page(page)

    def _record_page(self, page: ScannedPage) -> None:
        scan = self._matching_scan(page)
        job = self._job_context(page.job_id)
        if scan is None or job is None:
            if not page.is_continued:
                # An earlier page was lost or arrived twice: another worker may continue.
                self._leases.release_scan(page.scan_id)
            return
        now = self._clock()
        self._retries.source_up(page.job_id)
        self._pages.write(job, scan, page, now)
        if page.worker:
            self._results.worker_seen(page.worker, now)

    def scan_failed(
        self, scan_id: int, message: str, *, is_final: bool, is_down: bool = False
    ) -> None:
        """A prefix could not be listed: it is tried again after a while, unless that is final.

        Where the source could not be reached, its job rests until it can.
        """
        with self._transaction():
            if not is_down:
                self._leases.scan_failed(scan_id, message, self._clock(), is_final=is_final)
            elif job_id := self._leases.release_scan(scan_id):
                self._source_down(job_id, message)

    # ----------------------------------------------------------------- batches

    def lease_batch(
        self, job_id: int, *, lease_s: float, max_objects: int, max_bytes: int
    ) -> Batch | None:
        """Hand out objects to read, at most `max_bytes` of them (whole) but one at least.

        Objects whose batch was lost before are leased in smaller batches, at last alone. One that
        was lost too often is recorded as crashed. None where nothing is pending.
        """
        with self._session():
            now = self._clock()
            if not (self._leases.has_pending(job_id) or self._retries.is_due(job_id, now)):
                return None
        with self._transaction():
            if not self._can_lease(job_id):
                return None
            self._retries.release_due(job_id, now)
            self._record_crashed(job_id)
            batch = self._leases.batch(
                job_id, now + lease_s, max_objects=max_objects, max_bytes=max_bytes
            )
            if batch is not None:
                job_states.mark_started(self._connection, job_id, now)
            return batch

    def outstanding(self, job_id: int) -> int:
        """How many objects are handed out and not answered yet."""
        with self._session():
            return self._leases.outstanding(job_id)

    def record_batch(self, results: BatchResult) -> None:
        """Write the results; those of objects that already have one in this job are ignored."""
        with self._transaction():
            job = self._job_context(results.job_id)
            if job is None:
                return
            now = self._clock()
            self._retries.source_up(job.job_id)
            count = self._results.write(job.job_id, job.source_id, results.results, now)
            if results.worker:
                bytes_read = sum(result.record.bytes_read for result in results.results)
                self._results.worker_seen(results.worker, now, count, bytes_read if count else 0)

    def last_read(self) -> tuple[LastRead, ...]:
        """The objects that were recorded last by this recorder, the newest first."""
        with self._lock:
            return tuple(reversed(self._results.last_read))

    def release_objects(
        self, job_id: int, batch_id: int, object_ids: Sequence[int], message: str = ""
    ) -> None:
        """Objects of the batch that nobody has begun to read are pending again.

        With a message, the source could not be reached: the job rests for a while, and fails
        where that goes on for too long.
        """
        with self._transaction():
            is_news = bool(message) and self._leases.is_out(job_id, batch_id)
            self._leases.release_objects(job_id, batch_id, object_ids)
            if is_news:
                self._source_down(job_id, message)

    def batch_lost(self, job_id: int, batch_id: int) -> None:
        """The holder of the batch died: objects without a result are pending again."""
        with self._transaction():
            self._leases.batch_lost(job_id, batch_id)

    # ------------------------------------------------------------------ inside

    def _apply_requests(self) -> None:
        with self._transaction():
            for job_id, state, command in job_states.jobs_with_commands(self._connection):
                target = job_states.effective_state(state, command)
                job_states.set_state(self._connection, job_id, target, self._clock())
                if command == job_states.CANCEL:
                    self._leases.release(job_id, lost=0)
                elif command == job_states.RESUME:
                    job_states.reopen_scans(self._connection, job_id)

    def _can_lease(self, job_id: int) -> bool:
        is_running = job_states.is_running(self._connection, job_id)
        return is_running and not self._retries.is_waiting_for_source(job_id, self._clock())

    def _source_down(self, job_id: int, message: str) -> None:
        now = self._clock()
        if not self._retries.source_down(job_id, message, now):
            job_states.fail(self._connection, job_id, message, now)
            self._leases.release(job_id, lost=0)

    def _record_crashed(self, job_id: int) -> None:
        job = self._job_context(job_id)
        guilty = self._leases.crashed_objects(job_id)
        if job is not None and guilty:
            record = Record(Outcome.CRASHED)
            results = [ObjectResult(number, record) for number in guilty]
            self._results.write(job_id, job.source_id, results, self._clock())

    def _matching_scan(self, page: ScannedPage) -> Scan | None:
        """The page's scan, if its cursor is at the page's start and its job is not over."""
        row = self._connection.execute(
            """SELECT s.id, s.prefix, s.is_exact, s.until FROM scan s JOIN job j ON j.id = s.job_id
               WHERE s.id = ? AND s.job_id = ? AND s.is_done = 0 AND s.cursor = ?
                 AND j.state IN ('queued', 'running', 'paused')""",
            (page.scan_id, page.job_id, to_stored(page.start_after)),
        ).fetchone()
        if row is None:
            return None
        return Scan(row[0], from_stored(row[1]), bool(row[2]), from_stored(row[3]))

    def _job_context(self, job_id: int) -> JobContext | None:
        if job_id not in self._jobs:
            sql = "SELECT source_id, spec FROM job WHERE id = ?"
            row = self._connection.execute(sql, (job_id,)).fetchone()
            if row is None:
                return None
            spec = from_json(row[1], JobSpec)
            self._jobs[job_id] = JobContext(job_id, row[0], spec, KeyFilter(spec))
        return self._jobs[job_id]

    @contextmanager
    def _session(self) -> Iterator[None]:
        with self._lock, translate_errors(self._path), self._connection.in_use:
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._session():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._images.forget()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
