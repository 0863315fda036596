"""What reading threads have found, handed over by the parcel.

Whoever sends is woken a few times a batch: to wake a thread for each object cost a fifteenth of
the object's CPU, spent on passing the interpreter's lock to and fro.
"""

from __future__ import annotations

import logging
from threading import Condition, Lock
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from tasveer_tui import exif
from tasveer_tui.errors import (
    BucketNotFoundError,
    ExpiredCredentialsError,
    NoCredentialsError,
    StorageError,
    TasveerError,
    TlsError,
    UnreachableError,
    WrongRegionError,
)
from tasveer_tui.jobs.broker import (
    BATCH_DEADLINE_S,
    OBJECTS_RETURNED,
    READ_TASK,
    RECORD_BATCH,
    STOP_JOB,
)
from tasveer_tui.jobs.protocol import (
    RESULT_CHUNK_BYTES,
    MessageError,
    ReadTask,
    Result,
    ResultChunk,
    UnreadObjects,
    encode_result,
    pack,
    pack_event,
    unpack,
)
from tasveer_tui.records import Chunk, ObjectResult, Outcome, Record, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery import Celery, Task

    from tasveer_tui.jobs.protocol import Result
    from tasveer_tui.jobs.transports.publisher import Publisher
    from tasveer_tui.jobs.worker.resources import WorkerResources
    from tasveer_tui.records import LeasedObject, ObjectRef
    from tasveer_tui.s3 import S3
    from tasveer_tui.s3.prefetch import PrefetchResult


class ResultBuffer:
    """Filled by any thread, emptied by one."""

    def __init__(self, expected: int, *, full_bytes: int, patience_s: float) -> None:
        """So many answers will come. A parcel is full with so many bytes, or after so long."""
        self.unread_ids: list[int] = []
        """Numbers of the objects that were not read; whole when `parcels` has ended."""
        self._missing_count = expected
        self._max_chunk_bytes = full_bytes
        self._max_wait_s = patience_s
        self._full_chunks: list[list[Result]] = []
        self._results: list[Result] = []
        self._size_bytes = 0
        self._changed = Condition(Lock())

    def put(self, found: Result | int) -> None:
        """One object's answer: its part, or its number where it stays unread."""
        with self._changed:
            self._missing_count -= 1
            if isinstance(found, int):
                self.unread_ids.append(found)
            else:
                self._results.append(found)
                self._size_bytes += memoryview(found.result).nbytes
            if self._size_bytes >= self._max_chunk_bytes:
                self._close_chunk()
            if self._is_due():
                self._changed.notify()

    def chunks(self) -> Iterator[list[Result]]:
        """Everything, to the last answer; no part waits much longer than for the patience."""
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(self._is_due, self._max_wait_s)
                if self._results:
                    self._close_chunk()
                full, self._full_chunks, is_last = self._full_chunks, [], not self._missing_count
            yield from full

    def _is_due(self) -> bool:
        return bool(self._full_chunks) or not self._missing_count

    def _close_chunk(self) -> None:
        self._full_chunks.append(self._results)
        self._results, self._size_bytes = [], 0


# The read task: the metadata of a batch of objects, read side by side, sent as it comes.
#
# One thread asks for the first block of all of them, which is all that most need; the others go
# on in threads of their own, as does whatever failed and may be tried again. The results leave in
# messages of bounded size; the task ends when the last one is confirmed.

MAX_RESULT_WAIT_S = 0.5
"""A result waits at most about this long for others to travel with."""

_log = logging.getLogger(__name__)

_SOURCE_ERRORS = (
    NoCredentialsError,
    ExpiredCredentialsError,
    BucketNotFoundError,
    TlsError,
    WrongRegionError,
)
"""What goes wrong for every object alike: the job stops, no object is blamed."""

_SHARED_ERRORS = (*_SOURCE_ERRORS, UnreachableError)


class ResultSink(Protocol):
    """Takes what is to be told: `Post`, or whoever stands in its place."""

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """See `Post.send`."""


def register(app: Celery, clients: WorkerResources, post: Publisher) -> None:
    """Add the task to the app of a worker."""
    add_task(app, lambda text, worker: read_batch(text, clients, post, worker=worker))


def add_task(app: Celery, read_one: Callable[[str, str], None]) -> None:
    """Add the task to an app; `read_one` has an order and the worker's name, and blocks."""

    @app.task(name=READ_TASK, bind=True, shared=False)
    def read(self: Task[[str], None], text: str) -> None:
        read_one(text, self.request.hostname or "")


def read_batch(text: str, clients: WorkerResources, post: ResultSink, *, worker: str) -> None:
    """Carry out one read order. Raises BrokerError where the results cannot be sent."""
    envelope = unpack(text)
    job_id, reply = envelope.job_id, envelope.reply
    try:
        order = envelope.value(ReadTask)
    except MessageError as error:
        told = pack_event(job_id, f"Worker {worker}: {error}")
        post.send(STOP_JOB, reply, told, f"job {job_id}")
        return
    _BatchReader(order, clients, post, reply, worker).run()


class _BatchReader:
    """One batch on its way."""

    def __init__(
        self, order: ReadTask, clients: WorkerResources, post: ResultSink, reply: str, worker: str
    ) -> None:
        self._task = order
        self._resources = clients
        self._sink = post
        self._reply_queue = reply
        self._worker = worker
        self._s3 = clients.s3(order.access)
        self._objects = order.batch.objects
        self._unstarted = set(range(len(self._objects)))
        self._deadline = monotonic() + BATCH_DEADLINE_S
        self._buffer = ResultBuffer(
            len(self._objects), full_bytes=RESULT_CHUNK_BYTES, patience_s=MAX_RESULT_WAIT_S
        )
        self._source_error: TasveerError | None = None
        """Of the whole source, once one is seen."""

    def run(self) -> None:
        """Read everything and send it; blocks."""
        self._resources.threads().submit(self._read_all)
        for parts in self._buffer.chunks():
            self._send_results(parts)
        fault = self._source_error
        if isinstance(fault, _SOURCE_ERRORS):
            self._resources.forget(self._task.access)
            # The batch is named: news that comes late must not stop a job that was resumed.
            batch = self._task.batch
            told = pack_event(batch.job_id, self._error_text(fault), batch_id=batch.batch_id)
            self._sink.send(STOP_JOB, self._reply_queue, told, f"job {batch.job_id}")
        elif self._buffer.unread_ids and not self._resources.is_stopping.is_set():
            self._return_unread("" if fault is None else self._error_text(fault))

    def _error_text(self, fault: TasveerError) -> str:
        return f"{fault} (Seen by worker {self._worker}.)"

    def _return_unread(self, why: str) -> None:
        """The job is held, or its source is away: others may read these later."""
        batch, unread = self._task.batch, UnreadObjects(self._buffer.unread_ids)
        text = pack(batch.job_id, unread, batch_id=batch.batch_id, note=why)
        about = f"{len(unread.object_ids)} unread of job {batch.job_id}"
        self._sink.send(OBJECTS_RETURNED, self._reply_queue, text, about)

    def _send_results(self, parts: list[Result]) -> None:
        batch = self._task.batch
        parcel = ResultChunk(self._worker, parts)
        text = pack(batch.job_id, parcel, batch_id=batch.batch_id)
        self._sink.send(
            RECORD_BATCH, self._reply_queue, text, f"{len(parts)} of job {batch.job_id}"
        )

    def _should_stop(self) -> bool:
        """Whether no more of the batch is to be begun."""
        if self._source_error is not None or self._resources.is_stopping.is_set():
            return True
        is_held = self._resources.holds.contains(self._reply_queue, self._task.batch.job_id)
        return is_held or monotonic() > self._deadline

    # ------------------------------------------------ in threads of the pool

    def _read_all(self) -> None:
        """Begin every object, and end those that one request is enough for."""
        try:
            self._s3.prefetch(
                self._task.bucket, self._startable_objects(), exif.BLOCK_BYTES, self._on_first_block
            )
        except Exception:  # noqa: BLE001 - the thread's outermost edge: all go on with care
            _log.exception("Reading side by side broke")
        finally:
            # None is left, unless something broke: then the careful way is still there.
            for at in sorted(self._unstarted):
                self._on_first_block(at, None)

    def _startable_objects(self) -> Iterator[tuple[int, ObjectRef]]:
        """The objects, each when its turn comes."""
        for at, leased in enumerate(self._objects):
            if self._should_stop():
                self._unstarted.discard(at)
                self._buffer.put(leased.object_id)
            else:
                yield at, leased.ref

    def _on_first_block(self, at: int, first: PrefetchResult) -> None:
        """Read on here where nobody is to be waited for, else in a thread that may wait.

        To wait is for another request, or for the process that reads a camera's own notes.
        """
        self._unstarted.discard(at)
        leased = self._objects[at]
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
        """Put exactly one answer, the object's number where it is unread; or _MoreNeeded."""
        found: Result | int = leased.object_id
        try:
            if not self._should_stop():
                found = self._encoded_result(leased, first, may_wait=may_wait)
        except _MoreDataNeeded:
            raise
        except Exception as error:  # noqa: BLE001 - the thread's outermost edge: one object only
            _log.exception("Reading %r broke", leased.ref.key)
            note = f"Reading broke: {error!r}."
            record = Record(Outcome.CRASHED, notes=(note,))
            found = encode_result(ObjectResult(leased.object_id, record, note))
        self._buffer.put(found)

    def _encoded_result(
        self, leased: LeasedObject, first: PrefetchResult, *, may_wait: bool
    ) -> Result | int:
        fetch = ObjectFetcher(self._s3, self._task.bucket, leased.ref, first, may_wait=may_wait)
        record = exif.read(fetch, maker_notes=self._resources.maker_notes())
        if isinstance(fetch.error, _SHARED_ERRORS) and record.outcome is fetch.error.outcome:
            self._source_error = fetch.error
            return leased.object_id
        return encode_result(ObjectResult(leased.object_id, record, _message(record, fetch.error)))


def _is_conclusive(first: PrefetchResult) -> bool:
    """Whether another try of the first block would bring nothing else."""
    return first is not None and not (isinstance(first, StorageError) and first.retryable)


class _MoreDataNeeded(Exception):  # noqa: N818 - not an error: the object goes on in a thread
    """The first block is not enough, and nobody may wait here for another."""


class ObjectFetcher:
    """Ranges of one object; keeps the last error for the record's message."""

    def __init__(
        self,
        s3: S3,
        bucket: str,
        ref: ObjectRef,
        first: PrefetchResult = None,
        *,
        may_wait: bool = True,
    ) -> None:
        """`first` is what became of the first block; unless it `may_wait`, that is all there is."""
        self._s3 = s3
        self._bucket = bucket
        self.ref = ref
        self._first_block = first
        self._may_wait = may_wait
        self.error: TasveerError | None = None

    def __call__(self, start: int, length: int) -> Chunk:
        """These bytes, of the listed version of the object. Blocks; raises StorageError."""
        first, self._first_block = self._first_block, None
        if isinstance(first, Chunk) and (start, length) == (0, exif.BLOCK_BYTES):
            return first
        try:
            if isinstance(first, StorageError) and not first.retryable:
                raise first
            if not self._may_wait:
                raise _MoreDataNeeded
            failed = first if isinstance(first, StorageError) else None
            etag = self.ref.etag
            return self._s3.read(
                self._bucket, self.ref.key, start, length, etag=etag, failed=failed
            )
        except TasveerError as error:
            self.error = error
            raise


def _message(record: Record, error: TasveerError | None) -> str:
    """One sentence on why the object failed; empty where it did not."""
    if record.outcome.status() not in (Status.FAILED, Status.GONE):
        return ""
    if error is not None and error.outcome is record.outcome:
        return str(error)
    return record.notes[0] if record.notes else record.outcome.description()
