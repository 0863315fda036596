"""The read task: the metadata of a batch of objects, read side by side and sent as it comes.

One thread requests the first block of every object, which is enough for most. Other objects
continue in threads of their own, as do failed requests that may be retried. Results are sent in
messages of bounded size; the task ends when the last message is confirmed.
"""

from __future__ import annotations

import logging
from threading import Condition, Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from tasveer_tui import exif
from tasveer_tui.errors import SOURCE_ERRORS, StorageError, TasveerError, UnreachableError
from tasveer_tui.jobs.broker import BATCH_DEADLINE_S
from tasveer_tui.jobs.protocol import (
    RESULT_CHUNK_BYTES,
    EncodedResult,
    JobStopped,
    ObjectsReturned,
    ResultChunk,
    encode_result,
)
from tasveer_tui.records import Chunk, ObjectResult, Outcome, Record, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.jobs.protocol import ReadTask
    from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
    from tasveer_tui.records import LeasedObject, ObjectRef
    from tasveer_tui.s3 import S3
    from tasveer_tui.s3.ranges import PrefetchResult

MAX_RESULT_WAIT_S: Final = 0.5
"""How long a result waits for others to be sent with it."""

_STOPPING_ERRORS: Final = (*SOURCE_ERRORS, UnreachableError)
"""These concern every object alike: the rest of the batch is not started."""

_log = logging.getLogger(__name__)


def run_read(task: ReadTask, context: TaskContext, resources: WorkerResources) -> None:
    """Carry out a read task and send the results. Raises BrokerError if they cannot be sent."""
    _BatchReader(task, context, resources).run()


class ResultBuffer:
    """Collects results from many threads for the one thread that sends them.

    The sender wakes a few times per batch: waking a thread for each object cost 7 % of the
    object's CPU, in passing the interpreter's lock.
    """

    def __init__(self, expected: int, *, chunk_bytes: int, max_wait_s: float) -> None:
        """Expect this many results. A chunk ends at `chunk_bytes`, or after `max_wait_s`."""
        self.unread_ids: list[int] = []
        """Objects that were not read; complete when `chunks` has ended."""
        self._missing_count = expected
        self._max_chunk_bytes = chunk_bytes
        self._max_wait_s = max_wait_s
        self._full_chunks: list[list[EncodedResult]] = []
        self._results: list[EncodedResult] = []
        self._size_bytes = 0
        self._changed = Condition(Lock())

    def put(self, result: EncodedResult | int) -> None:
        """Add one object's result, or the object's id if it stays unread."""
        with self._changed:
            self._missing_count -= 1
            if isinstance(result, int):
                self.unread_ids.append(result)
            else:
                self._results.append(result)
                self._size_bytes += memoryview(result.result).nbytes
            if self._size_bytes >= self._max_chunk_bytes:
                self._end_chunk()
            if self._is_due():
                self._changed.notify()

    def chunks(self) -> Iterator[list[EncodedResult]]:
        """All results, until the last one; blocks."""
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(self._is_due, self._max_wait_s)
                if self._results:
                    self._end_chunk()
                full, self._full_chunks, is_last = self._full_chunks, [], not self._missing_count
            yield from full

    def _is_due(self) -> bool:
        return bool(self._full_chunks) or not self._missing_count

    def _end_chunk(self) -> None:
        self._full_chunks.append(self._results)
        self._results, self._size_bytes = [], 0


class _BatchReader:
    """Reads one batch."""

    def __init__(self, task: ReadTask, context: TaskContext, resources: WorkerResources) -> None:
        self._task = task
        self._context = context
        self._resources = resources
        self._batch = task.batch
        self._objects = task.batch.objects
        self._s3 = resources.s3(task.access)
        self._unstarted = set(range(len(self._objects)))
        self._deadline = monotonic() + BATCH_DEADLINE_S
        self._buffer = ResultBuffer(
            len(self._objects), chunk_bytes=RESULT_CHUNK_BYTES, max_wait_s=MAX_RESULT_WAIT_S
        )
        self._source_error: TasveerError | None = None
        """The first error that concerns the whole source."""

    def run(self) -> None:
        """Read everything and send it; blocks."""
        batch, send = self._batch, self._context.send
        self._resources.threads().submit(self._read_all)
        for results in self._buffer.chunks():
            send(ResultChunk(batch.job_id, batch.batch_id, self._context.worker, results))
        error, unread = self._source_error, self._buffer.unread_ids
        reason = f"{error} (Reported by worker {self._context.worker}.)" if error else ""
        if isinstance(error, SOURCE_ERRORS):
            self._resources.renew_credentials(self._task.access)
            send(JobStopped(batch.job_id, reason, batch.batch_id))
        elif unread and not self._resources.is_stopping.is_set():
            # The job is paused, or its source is down: others may read these later.
            send(ObjectsReturned(batch.job_id, batch.batch_id, unread, reason))

    def _should_stop(self) -> bool:
        """Whether no further object may be started."""
        if self._source_error is not None or self._resources.is_stopping.is_set():
            return True
        is_paused = self._resources.paused_jobs.contains(self._context.engine, self._batch.job_id)
        return is_paused or monotonic() > self._deadline

    # ------------------------------------------------ in threads of the pool

    def _read_all(self) -> None:
        """Start every object, and finish those for which the first block is enough."""
        try:
            self._s3.prefetch(
                self._task.bucket, self._startable_objects(), exif.BLOCK_BYTES, self._on_first_block
            )
        except Exception:  # noqa: BLE001 - the thread's outermost edge: read each object alone
            _log.exception("Prefetching failed")
        finally:
            # Nothing is left unless prefetching failed.
            for index in sorted(self._unstarted):
                self._on_first_block(index, None)

    def _startable_objects(self) -> Iterator[tuple[int, ObjectRef]]:
        """The objects, each when it may be started."""
        for index, leased in enumerate(self._objects):
            if self._should_stop():
                self._unstarted.discard(index)
                self._buffer.put(leased.object_id)
            else:
                yield index, leased.ref

    def _on_first_block(self, index: int, first: PrefetchResult) -> None:
        """Finish the object here if nothing must be awaited, else in a thread that may wait.

        Further requests must be awaited, and the process that reads maker notes.
        """
        self._unstarted.discard(index)
        leased = self._objects[index]
        if _is_conclusive(first) and self._resources.maker_notes() is None:
            try:
                self._read_object(leased, first, may_wait=False)
            except _MoreDataNeeded:
                pass
            else:
                return
        self._resources.threads().submit(self._read_object, leased, first)

    def _read_object(
        self, leased: LeasedObject, first: PrefetchResult, *, may_wait: bool = True
    ) -> None:
        """Put exactly one result, or the id of an unread object; or raise _MoreDataNeeded."""
        result: EncodedResult | int = leased.object_id
        try:
            if not self._should_stop():
                result = self._encoded_result(leased, first, may_wait=may_wait)
        except _MoreDataNeeded:
            raise
        except Exception as error:  # noqa: BLE001 - the thread's outermost edge: one object only
            _log.exception("Reading %r failed", leased.ref.key)
            note = f"Reading failed unexpectedly: {error!r}."
            record = Record(Outcome.CRASHED, notes=(note,))
            result = encode_result(ObjectResult(leased.object_id, record, note))
        self._buffer.put(result)

    def _encoded_result(
        self, leased: LeasedObject, first: PrefetchResult, *, may_wait: bool
    ) -> EncodedResult | int:
        fetcher = ObjectFetcher(self._s3, self._task.bucket, leased.ref, first, may_wait=may_wait)
        record = exif.read(fetcher, maker_notes=self._resources.maker_notes())
        error = fetcher.error
        if isinstance(error, _STOPPING_ERRORS) and record.outcome is error.outcome:
            self._source_error = error
            return leased.object_id
        return encode_result(ObjectResult(leased.object_id, record, _message(record, error)))


def _is_conclusive(first: PrefetchResult) -> bool:
    """Whether requesting the first block again would change nothing."""
    return first is not None and not (isinstance(first, StorageError) and first.retryable)


class _MoreDataNeeded(Exception):  # noqa: N818 - not an error: the object goes to another thread
    """The first block is not enough, and this thread must not wait for more."""


class ObjectFetcher:
    """Fetches ranges of one object; keeps the last error for the record's message."""

    def __init__(
        self,
        s3: S3,
        bucket: str,
        ref: ObjectRef,
        first: PrefetchResult = None,
        *,
        may_wait: bool = True,
    ) -> None:
        """`first` is the outcome of the prefetch; without `may_wait` nothing else is fetched."""
        self._s3 = s3
        self._bucket = bucket
        self.ref = ref
        self._first_block = first
        self._may_wait = may_wait
        self.error: TasveerError | None = None

    def __call__(self, start: int, length: int) -> Chunk:
        """Fetch these bytes of the listed version. Blocks; raises StorageError."""
        first, self._first_block = self._first_block, None
        if isinstance(first, Chunk) and (start, length) == (0, exif.BLOCK_BYTES):
            return first
        try:
            if isinstance(first, StorageError) and not first.retryable:
                raise first
            if not self._may_wait:
                raise _MoreDataNeeded
            failed = first if isinstance(first, StorageError) else None
            return self._s3.read_range(
                self._bucket, self.ref.key, start, length, etag=self.ref.etag, first_error=failed
            )
        except TasveerError as error:
            self.error = error
            raise


def _message(record: Record, error: TasveerError | None) -> str:
    """Why the object failed, in one sentence; empty if it did not."""
    if record.outcome.status() not in (Status.FAILED, Status.GONE):
        return ""
    if error is not None and error.outcome is record.outcome:
        return str(error)
    return record.notes[0] if record.notes else record.outcome.description()
