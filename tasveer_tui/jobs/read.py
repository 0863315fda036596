"""The read task: the metadata of a batch of objects, read side by side, sent as it comes.

The results leave in messages of bounded size; the task ends when the last one is confirmed.
"""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from tasveer_tui import exif
from tasveer_tui.errors import (
    BucketNotFoundError,
    ExpiredCredentialsError,
    NoCredentialsError,
    TasveerError,
    TlsError,
    WrongRegionError,
)
from tasveer_tui.jobs.app import BATCH_DEADLINE_S
from tasveer_tui.jobs.broker import READ, RECORD_BATCH, STOP_JOB
from tasveer_tui.jobs.messages import (
    PARCEL_BYTES,
    MessageError,
    Parcel,
    Part,
    ReadOrder,
    news,
    pack,
    part,
    unpack,
)
from tasveer_tui.records import Chunk, ObjectResult, Outcome, Record, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery, Task

    from tasveer_tui.jobs.clients import Clients
    from tasveer_tui.jobs.post import Post
    from tasveer_tui.records import LeasedObject, ObjectRef
    from tasveer_tui.s3 import S3

PARCEL_S = 0.4
"""A result waits at most about this long for others to travel with."""

_log = logging.getLogger(__name__)

_WHOLE_SOURCE = (
    NoCredentialsError,
    ExpiredCredentialsError,
    BucketNotFoundError,
    TlsError,
    WrongRegionError,
)
"""What goes wrong for every object alike: the job stops, no object is blamed."""


def register(
    app: Celery, clients: Clients, post: Post, on_end: Callable[[], None] = lambda: None
) -> None:
    """Add the task to the app. `on_end` is called after each, whatever became of it."""

    @app.task(name=READ, bind=True, shared=False)
    def read(self: Task[[str], None], text: str) -> None:
        try:
            read_batch(text, clients, post, worker=self.request.hostname or "")
        finally:
            on_end()


def read_batch(text: str, clients: Clients, post: Post, *, worker: str) -> None:
    """Carry out one read order. Raises BrokerError where the results cannot be sent."""
    envelope = unpack(text)
    job_id, reply = envelope.job_id, envelope.reply
    try:
        order = envelope.value(ReadOrder)
    except MessageError as error:
        told = news(job_id, f"Worker {worker}: {error}")
        post.send(STOP_JOB, reply, told, f"job {job_id}")
        return
    _Reading(order, clients, post, reply, worker).run()


class _Reading:
    """One batch on its way."""

    def __init__(
        self, order: ReadOrder, clients: Clients, post: Post, reply: str, worker: str
    ) -> None:
        self._order = order
        self._clients = clients
        self._post = post
        self._reply = reply
        self._worker = worker
        self._s3 = clients.s3(order.access)
        self._deadline = monotonic() + BATCH_DEADLINE_S
        self._found: SimpleQueue[Part | None] = SimpleQueue()
        self._fault: TasveerError | None = None
        """Of the whole source, once one is seen."""

    def run(self) -> None:
        """Read everything and send it; blocks."""
        threads = self._clients.threads()
        for leased in self._order.batch.objects:
            threads.submit(self._read, leased)
        self._collect(len(self._order.batch.objects))
        if self._fault is not None:
            batch = self._order.batch
            why = f"{self._fault} (Seen by worker {self._worker}.)"
            # The batch is named: news that comes late must not stop a job that was resumed.
            told = news(batch.job_id, why, batch_id=batch.batch_id)
            self._post.send(STOP_JOB, self._reply, told, f"job {batch.job_id}")

    def _collect(self, left: int) -> None:
        parts: list[Part] = []
        size_bytes, sent_at = 0, monotonic()
        while left:
            try:
                found = self._found.get(timeout=PARCEL_S if parts else None)
            except Empty:
                found = None
            else:
                left -= 1
            if found is not None:
                parts.append(found)
                size_bytes += len(bytes(found.result))
            is_due = monotonic() - sent_at >= PARCEL_S
            if parts and (not left or size_bytes >= PARCEL_BYTES or is_due):
                self._send(parts)
                parts, size_bytes, sent_at = [], 0, monotonic()

    def _send(self, parts: list[Part]) -> None:
        batch = self._order.batch
        parcel = Parcel(self._worker, parts)
        text = pack(batch.job_id, parcel, batch_id=batch.batch_id)
        self._post.send(RECORD_BATCH, self._reply, text, f"{len(parts)} of job {batch.job_id}")

    def _read(self, leased: LeasedObject) -> None:
        """In a thread of the pool; puts exactly one answer, None where there is none to give."""
        found: Part | None = None
        try:
            if self._fault is None and not self._clients.is_stopping.is_set():
                found = self._part(leased)
        except Exception as error:  # noqa: BLE001 - the thread's outermost edge: one object only
            _log.exception("Reading %r broke", leased.ref.key)
            note = f"Reading broke: {error!r}."
            record = Record(Outcome.CRASHED, notes=(note,))
            found = part(ObjectResult(leased.object_id, record, note))
        finally:
            self._found.put(found)

    def _part(self, leased: LeasedObject) -> Part | None:
        if monotonic() > self._deadline:
            note = "The batch took too long; this object's turn did not come."
            record = Record(Outcome.TIMEOUT, notes=(note,))
            return part(ObjectResult(leased.object_id, record, note))
        fetch = Fetching(self._s3, self._order.bucket, leased.ref)
        record = exif.read(fetch, maker_notes=self._clients.maker_notes())
        if isinstance(fetch.error, _WHOLE_SOURCE) and record.outcome is fetch.error.outcome:
            self._fault = fetch.error
            return None
        return part(ObjectResult(leased.object_id, record, _message(record, fetch.error)))


class Fetching:
    """Ranges of one object; keeps the last error for the record's message."""

    def __init__(self, s3: S3, bucket: str, ref: ObjectRef) -> None:
        self._s3 = s3
        self._bucket = bucket
        self.ref = ref
        self.error: TasveerError | None = None

    def __call__(self, start: int, length: int) -> Chunk:
        """These bytes, of the listed version of the object. Blocks; raises StorageError."""
        try:
            return self._s3.read(self._bucket, self.ref.key, start, length, etag=self.ref.etag)
        except TasveerError as error:
            self.error = error
            raise


def _message(record: Record, error: TasveerError | None) -> str:
    """One sentence on why the object failed; empty where it did not."""
    if record.outcome.status() not in (Status.FAILED, Status.GONE):
        return ""
    if error is not None and error.outcome is record.outcome:
        return str(error)
    return record.notes[0] if record.notes else record.outcome.sentence()
