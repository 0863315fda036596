"""The read task: the metadata of a batch of objects, read side by side, sent as it comes.

One thread asks for the first block of all of them, which is all that most need; the others go
on in threads of their own, as does whatever failed and may be tried again. The results leave in
messages of bounded size; the task ends when the last one is confirmed.
"""

from __future__ import annotations

import logging
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
from tasveer_tui.jobs.basket import Basket
from tasveer_tui.jobs.broker import BATCH_DEADLINE_S, READ, RECORD_BATCH, RETURNED, STOP_JOB
from tasveer_tui.jobs.messages import (
    PARCEL_BYTES,
    MessageError,
    Parcel,
    Part,
    ReadOrder,
    Unread,
    news,
    pack,
    part,
    unpack,
)
from tasveer_tui.records import Chunk, ObjectResult, Outcome, Record, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery import Celery, Task

    from tasveer_tui.jobs.clients import Clients
    from tasveer_tui.jobs.post import Post
    from tasveer_tui.records import LeasedObject, ObjectRef
    from tasveer_tui.s3 import S3
    from tasveer_tui.s3.firsts import First

PARCEL_S = 0.5
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

_OF_ALL = (*_WHOLE_SOURCE, UnreachableError)


class Out(Protocol):
    """Takes what is to be told: `Post`, or whoever stands in its place."""

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """See `Post.send`."""


def register(app: Celery, clients: Clients, post: Post) -> None:
    """Add the task to the app of a worker."""
    add(app, lambda text, worker: read_batch(text, clients, post, worker=worker))


def add(app: Celery, read_one: Callable[[str, str], None]) -> None:
    """Add the task to an app; `read_one` has an order and the worker's name, and blocks."""

    @app.task(name=READ, bind=True, shared=False)
    def read(self: Task[[str], None], text: str) -> None:
        read_one(text, self.request.hostname or "")


def read_batch(text: str, clients: Clients, post: Out, *, worker: str) -> None:
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
        self, order: ReadOrder, clients: Clients, post: Out, reply: str, worker: str
    ) -> None:
        self._order = order
        self._clients = clients
        self._post = post
        self._reply = reply
        self._worker = worker
        self._s3 = clients.s3(order.access)
        self._objects = order.batch.objects
        self._open = set(range(len(self._objects)))
        self._deadline = monotonic() + BATCH_DEADLINE_S
        self._found = Basket(len(self._objects), full_bytes=PARCEL_BYTES, patience_s=PARCEL_S)
        self._fault: TasveerError | None = None
        """Of the whole source, once one is seen."""

    def run(self) -> None:
        """Read everything and send it; blocks."""
        self._clients.threads().submit(self._read_all)
        for parts in self._found.parcels():
            self._send(parts)
        fault = self._fault
        if isinstance(fault, _WHOLE_SOURCE):
            self._clients.forget(self._order.access)
            # The batch is named: news that comes late must not stop a job that was resumed.
            batch = self._order.batch
            told = news(batch.job_id, self._why(fault), batch_id=batch.batch_id)
            self._post.send(STOP_JOB, self._reply, told, f"job {batch.job_id}")
        elif self._found.unread and not self._clients.is_stopping.is_set():
            self._give_back("" if fault is None else self._why(fault))

    def _why(self, fault: TasveerError) -> str:
        return f"{fault} (Seen by worker {self._worker}.)"

    def _give_back(self, why: str) -> None:
        """The job is held, or its source is away: others may read these later."""
        batch, unread = self._order.batch, Unread(self._found.unread)
        text = pack(batch.job_id, unread, batch_id=batch.batch_id, note=why)
        about = f"{len(unread.object_ids)} unread of job {batch.job_id}"
        self._post.send(RETURNED, self._reply, text, about)

    def _send(self, parts: list[Part]) -> None:
        batch = self._order.batch
        parcel = Parcel(self._worker, parts)
        text = pack(batch.job_id, parcel, batch_id=batch.batch_id)
        self._post.send(RECORD_BATCH, self._reply, text, f"{len(parts)} of job {batch.job_id}")

    def _is_over(self) -> bool:
        """Whether no more of the batch is to be begun."""
        if self._fault is not None or self._clients.is_stopping.is_set():
            return True
        is_held = self._clients.holds.has(self._reply, self._order.batch.job_id)
        return is_held or monotonic() > self._deadline

    # ------------------------------------------------ in threads of the pool

    def _read_all(self) -> None:
        """Begin every object, and end those that one request is enough for."""
        try:
            self._s3.firsts(self._order.bucket, self._wanted(), exif.BLOCK, self._have_first)
        except Exception:  # noqa: BLE001 - the thread's outermost edge: all go on with care
            _log.exception("Reading side by side broke")
        finally:
            # None is left, unless something broke: then the careful way is still there.
            for at in sorted(self._open):
                self._have_first(at, None)

    def _wanted(self) -> Iterator[tuple[int, ObjectRef]]:
        """The objects, each when its turn comes."""
        for at, leased in enumerate(self._objects):
            if self._is_over():
                self._open.discard(at)
                self._found.put(leased.object_id)
            else:
                yield at, leased.ref

    def _have_first(self, at: int, first: First) -> None:
        """Read on here where nobody is to be waited for, else in a thread that may wait.

        To wait is for another request, or for the process that reads a camera's own notes.
        """
        self._open.discard(at)
        leased = self._objects[at]
        if _is_final(first) and self._clients.maker_notes() is None:
            try:
                self._read(leased, first, may_wait=False)
            except _MoreNeeded:
                pass
            else:
                return
        self._clients.threads().submit(self._read, leased, first)

    def _read(self, leased: LeasedObject, first: First, *, may_wait: bool = True) -> None:
        """Put exactly one answer, the object's number where it is unread; or _MoreNeeded."""
        found: Part | int = leased.object_id
        try:
            if not self._is_over():
                found = self._part(leased, first, may_wait=may_wait)
        except _MoreNeeded:
            raise
        except Exception as error:  # noqa: BLE001 - the thread's outermost edge: one object only
            _log.exception("Reading %r broke", leased.ref.key)
            note = f"Reading broke: {error!r}."
            record = Record(Outcome.CRASHED, notes=(note,))
            found = part(ObjectResult(leased.object_id, record, note))
        self._found.put(found)

    def _part(self, leased: LeasedObject, first: First, *, may_wait: bool) -> Part | int:
        fetch = Fetching(self._s3, self._order.bucket, leased.ref, first, may_wait=may_wait)
        record = exif.read(fetch, maker_notes=self._clients.maker_notes())
        if isinstance(fetch.error, _OF_ALL) and record.outcome is fetch.error.outcome:
            self._fault = fetch.error
            return leased.object_id
        return part(ObjectResult(leased.object_id, record, _message(record, fetch.error)))


def _is_final(first: First) -> bool:
    """Whether another try of the first block would bring nothing else."""
    return first is not None and not (isinstance(first, StorageError) and first.retryable)


class _MoreNeeded(Exception):  # noqa: N818 - not an error: the object goes on in a thread
    """The first block is not enough, and nobody may wait here for another."""


class Fetching:
    """Ranges of one object; keeps the last error for the record's message."""

    def __init__(
        self, s3: S3, bucket: str, ref: ObjectRef, first: First = None, *, may_wait: bool = True
    ) -> None:
        """`first` is what became of the first block; unless it `may_wait`, that is all there is."""
        self._s3 = s3
        self._bucket = bucket
        self.ref = ref
        self._first = first
        self._may_wait = may_wait
        self.error: TasveerError | None = None

    def __call__(self, start: int, length: int) -> Chunk:
        """These bytes, of the listed version of the object. Blocks; raises StorageError."""
        first, self._first = self._first, None
        if isinstance(first, Chunk) and (start, length) == (0, exif.BLOCK):
            return first
        try:
            if isinstance(first, StorageError) and not first.retryable:
                raise first
            if not self._may_wait:
                raise _MoreNeeded
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
    return record.notes[0] if record.notes else record.outcome.sentence()
