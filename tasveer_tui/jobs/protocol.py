"""The tasks and replies that travel between the engine and the processes that do the work.

Between processes they travel as JSON in a versioned envelope. The envelope is the same in every
version, so a program that cannot read the body can still say so to the right engine. A message
names a source and how to reach it, never a credential.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypeVar

import msgspec

from tasveer_tui import __version__
from tasveer_tui.decoding import decode
from tasveer_tui.errors import JobError
from tasveer_tui.records import (
    MESSAGE_VERSION,
    Access,
    Batch,
    BatchResult,
    ObjectResult,
    Outcome,
    Record,
    ScanLease,
    ScannedPage,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULT_CHUNK_BYTES: Final = 1024 * 1024
"""Results are cut into messages of about this many bytes before compression.

A batch of photographs fits. Each message is one transaction of the recorder, and one message for a
batch takes about a tenth less of the engine's CPU than two or three.
"""

MAX_RESULT_BYTES: Final = 4 * 1024 * 1024
"""A larger result of a single object is sent without its tags."""

MIN_COMPRESSED_CHARS: Final = 1024
"""Shorter messages are not worth compressing."""

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""Limit of one message, inflated."""

_COMPRESSED_PREFIX: Final = "z:"
_SAME_VERSION_REMEDY: Final = "Run the same version of tasveer-tui everywhere."

Value = TypeVar("Value")


class MessageError(JobError):
    """A message that this version of the program cannot read."""


# ------------------------------------------------------------------ tasks


@dataclass(frozen=True, slots=True)
class ScanTask:
    """List the next pages of a prefix, or look up single keys."""

    NAME: ClassVar[str] = "tasveer.scan"
    access: Access
    bucket: str
    lease: ScanLease
    max_pages: int = 1
    more_leases: tuple[ScanLease, ...] = ()
    """Further single keys, where `lease` is one."""
    max_partitions: int = 1
    """How many scans may list the rest of the prefix side by side."""

    @property
    def job_id(self) -> int:
        """The job of the lease."""
        return self.lease.job_id


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Read the metadata of these objects."""

    NAME: ClassVar[str] = "tasveer.read"
    access: Access
    bucket: str
    batch: Batch

    @property
    def job_id(self) -> int:
        """The job of the batch."""
        return self.batch.job_id


Task: TypeAlias = ScanTask | ReadTask


# ---------------------------------------------------------------- replies


class EncodedResult(msgspec.Struct, frozen=True):
    """The result of one object as JSON; it can be decoded apart from the others."""

    object_id: int
    result: msgspec.Raw


@dataclass(frozen=True, slots=True)
class PagesListed:
    """Pages of a listing, or one page for each key that was looked up."""

    NAME: ClassVar[str] = "tasveer.record_page"
    job_id: int
    pages: tuple[ScannedPage, ...]


@dataclass(frozen=True, slots=True)
class ResultChunk:
    """Some results of a batch."""

    NAME: ClassVar[str] = "tasveer.record_batch"
    job_id: int
    batch_id: int
    worker: str
    results: list[EncodedResult]


@dataclass(frozen=True, slots=True)
class ObjectsReturned:
    """Objects of a batch that were not started."""

    NAME: ClassVar[str] = "tasveer.returned"
    job_id: int
    batch_id: int
    object_ids: list[int]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BatchLost:
    """The process that read a batch died."""

    NAME: ClassVar[str] = "tasveer.batch_lost"
    job_id: int
    batch_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """A listing cannot continue."""

    NAME: ClassVar[str] = "tasveer.scan_failed"
    job_id: int
    scan_id: int
    reason: str
    is_final: bool = True
    """Another try would fail, too."""
    is_source_down: bool = False
    """Nothing answers at the endpoint."""


@dataclass(frozen=True, slots=True)
class JobStopped:
    """The whole source cannot be read."""

    NAME: ClassVar[str] = "tasveer.stop_job"
    job_id: int
    reason: str
    batch_id: int = 0
    """The batch in which this was seen: a late reply must not stop a job that was resumed."""


Reply: TypeAlias = PagesListed | ResultChunk | ObjectsReturned | BatchLost | ScanFailed | JobStopped

# ---------------------------------------------------------------- messages


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outer part of every message. Add fields; never change or remove one."""

    version: int
    job_id: int
    reply: str = ""
    """The queue that the engine takes replies from."""
    batch_id: int = 0
    scan_id: int = 0
    note: str = ""
    """A sentence that says why a scan or a job cannot continue."""
    is_final: bool = False
    is_down: bool = False
    """The source cannot be reached."""
    program: str = ""
    """The version of the program that wrote this."""
    body: msgspec.Raw = msgspec.Raw(b"null")

    def text(self) -> str:
        """The message as JSON."""
        return msgspec.json.encode(self).decode()

    def value(self, kind: type[Value]) -> Value:
        """Decode the body. Raises MessageError if the version or the shape is another one."""
        if self.version != MESSAGE_VERSION:
            raise MessageError(
                f"A message of tasveer-tui {self.program or '0.1.0'} has version {self.version}; "
                f"this program, {__version__}, reads version {MESSAGE_VERSION}.",
                _SAME_VERSION_REMEDY,
            )
        try:
            return decode(self.body, kind)
        except msgspec.MsgspecError as error:
            raise MessageError(
                f"A message cannot be understood: {error}.", _SAME_VERSION_REMEDY
            ) from error


def pack_task(task: Task, reply_queue: str = "") -> str:
    """Encode a task for another process."""
    if isinstance(task, ScanTask):
        return _message(task.job_id, task, reply=reply_queue, scan_id=task.lease.scan_id)
    return _message(task.job_id, task, reply=reply_queue, batch_id=task.batch.batch_id)


def pack_reply(reply: Reply) -> str:
    """Encode a reply for the engine's process."""
    match reply:
        case PagesListed(job_id, pages):
            return _message(job_id, pages)
        case ResultChunk(job_id, batch_id, worker, results):
            return _message(job_id, _ChunkBody(worker, results), batch_id=batch_id)
        case ObjectsReturned(job_id, batch_id, object_ids, reason):
            return _message(job_id, object_ids, batch_id=batch_id, note=reason)
        case BatchLost(job_id, batch_id, reason):
            return _message(job_id, batch_id=batch_id, note=reason)
        case ScanFailed(job_id, scan_id, reason, is_final, is_source_down):
            return _message(
                job_id, scan_id=scan_id, note=reason, is_final=is_final, is_down=is_source_down
            )
        case JobStopped(job_id, reason, batch_id):
            return _message(job_id, batch_id=batch_id, note=reason)


def unpack_reply(name: str, envelope: Envelope) -> Reply:
    """Decode a reply of this name. Raises MessageError.

    Replies without a body are understood in every version: an older worker can refuse a task.
    """
    job_id, batch_id, note = envelope.job_id, envelope.batch_id, envelope.note
    match name:
        case PagesListed.NAME:
            return PagesListed(job_id, envelope.value(tuple[ScannedPage, ...]))
        case ResultChunk.NAME:
            chunk = envelope.value(_ChunkBody)
            return ResultChunk(job_id, batch_id, chunk.worker, chunk.results)
        case ObjectsReturned.NAME:
            return ObjectsReturned(job_id, batch_id, envelope.value(list[int]), note)
        case BatchLost.NAME:
            return BatchLost(job_id, batch_id, note)
        case ScanFailed.NAME:
            return ScanFailed(job_id, envelope.scan_id, note, envelope.is_final, envelope.is_down)
        case JobStopped.NAME:
            return JobStopped(job_id, note, batch_id)
        case _:
            raise MessageError(f"{name!r} is not a reply of this program.", _SAME_VERSION_REMEDY)


def unpack(text: str) -> Envelope:
    """Decode the envelope of a message. Raises MessageError if `text` is not a message."""
    try:
        return decode(_decompress(text), Envelope)
    except (ValueError, zlib.error) as error:
        raise MessageError(f"This is not a message of this program: {error}.") from error


def compress(text: str) -> str:
    """Compress a long message for another machine; `unpack` reads both forms.

    The transport's own compression would encode the text as JSON once more before it.
    """
    if len(text) < MIN_COMPRESSED_CHARS:
        return text
    return _COMPRESSED_PREFIX + b64encode(zlib.compress(text.encode(), 1)).decode("ascii")


class _ChunkBody(msgspec.Struct, frozen=True):
    worker: str
    results: list[EncodedResult]


def _message(
    job_id: int,
    body: object = None,
    *,
    reply: str = "",
    note: str = "",
    **fields: Any,  # noqa: ANN401 - fields of the envelope
) -> str:
    return Envelope(
        MESSAGE_VERSION,
        job_id,
        reply,
        note=_without_surrogates(note),
        program=__version__,
        body=msgspec.Raw(msgspec.json.encode(body)),
        **fields,
    ).text()


def _without_surrogates(note: str) -> str:
    return note.encode("utf-8", "replace").decode()


def _decompress(text: str) -> bytes | str:
    if not text.startswith(_COMPRESSED_PREFIX):
        return text
    stream = zlib.decompressobj()
    plain = stream.decompress(b64decode(text[len(_COMPRESSED_PREFIX) :]), MAX_MESSAGE_BYTES)
    if not stream.eof:
        raise ValueError("it is cut off, or too long")
    return plain


# ----------------------------------------------------------------- results


def encode_result(result: ObjectResult) -> EncodedResult:
    """Encode one result; a result that JSON cannot hold becomes one that says so."""
    try:
        data = msgspec.json.encode(result)
        if len(data) > MAX_RESULT_BYTES:
            data = msgspec.json.encode(_without_tags(result))
    except (ValueError, OverflowError, TypeError) as error:
        data = msgspec.json.encode(unstorable_result(result.object_id, error))
    return EncodedResult(result.object_id, msgspec.Raw(data))


def decode_results(chunk: ResultChunk) -> BatchResult:
    """Decode the results; one that cannot be decoded becomes a result that says so."""
    results = tuple(_decode_each(chunk))
    return BatchResult(chunk.job_id, chunk.batch_id, results, chunk.worker)


def _decode_each(chunk: ResultChunk) -> Iterator[ObjectResult]:
    for each in chunk.results:
        try:
            yield decode(each.result, ObjectResult)
        except msgspec.MsgspecError as error:
            yield unstorable_result(each.object_id, error)


def unstorable_result(object_id: int, error: Exception) -> ObjectResult:
    """The result of an object whose metadata was read but cannot be stored."""
    note = f"The metadata contains a value that cannot be stored: {_without_surrogates(str(error))}"
    return ObjectResult(object_id, Record(Outcome.MALFORMED, notes=(note,)), note)


def _without_tags(result: ObjectResult) -> ObjectResult:
    note = f"{len(result.record.tags)} tags were left out: together they are too large to send."
    notes = (*result.record.notes[:20], note)
    record = msgspec.structs.replace(result.record, tags=(), notes=notes)
    return msgspec.structs.replace(result, record=record)
