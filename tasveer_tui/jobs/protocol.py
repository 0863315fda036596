"""What travels through the broker: values in a versioned envelope, as JSON text.

A message names a source and how to reach it, never a credential. The envelope is the same in
every version, so that whoever cannot read the rest can still answer. The text is one string
argument of the Celery task: encoding it twice costs half of what a tree of dicts does. On its way
to another machine a long one is deflated.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

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
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESULT_CHUNK_BYTES = 1024 * 1024
"""Results are cut into messages of about this many bytes before compression.

A batch of photographs fits: each message is a transaction of the recorder's, and one for a batch
instead of two or three takes about a tenth less of the engine's CPU.
"""

MAX_RESULT_BYTES = 4 * 1024 * 1024
"""A single object's result is sent without its tags where it is larger."""

MIN_COMPRESSED_CHARS = 1024
"""Characters that are not worth deflating."""

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""Of one message, inflated."""

_COMPRESSED_PREFIX = "z:"

Value = TypeVar("Value")


class MessageError(JobError):
    """A message that this version of the program cannot read."""


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Around every message; fields are only ever added."""

    version: int
    job_id: int
    reply: str = ""
    """The queue on which the engine hears of the outcome."""
    batch_id: int = 0
    scan_id: int = 0
    note: str = ""
    """A sentence: why a scan or a job cannot go on."""
    is_final: bool = False
    is_down: bool = False
    """The source could not be reached."""
    program: str = ""
    """The version of the program that wrote this."""
    body: msgspec.Raw = msgspec.Raw(b"null")

    def text(self) -> str:
        """As it travels."""
        return msgspec.json.encode(self).decode()

    def value(self, kind: type[Value]) -> Value:
        """The body. Raises MessageError where the version or the shape is another one."""
        if self.version != MESSAGE_VERSION:
            raise MessageError(
                f"A message of tasveer-tui {self.program or '0.1.0'} has version {self.version}; "
                f"this program, {__version__}, reads version {MESSAGE_VERSION}.",
                "Run the same version of tasveer-tui everywhere.",
            )
        try:
            return decode(self.body, kind)
        except msgspec.MsgspecError as error:
            raise MessageError(
                f"A message cannot be understood: {error}.",
                "Run the same version of tasveer-tui everywhere.",
            ) from error


@dataclass(frozen=True, slots=True)
class ScanTask:
    """List the next pages of a prefix, or find some keys."""

    access: Access
    bucket: str
    lease: ScanLease
    pages: int = 1
    """As many at most."""
    more: tuple[ScanLease, ...] = ()
    """Further single keys, where `lease` is one."""
    pieces: int = 1
    """So many might list the rest side by side."""


class UnreadObjects(msgspec.Struct, frozen=True):
    """Objects of a batch that were not begun."""

    object_ids: list[int]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Read the metadata of these objects."""

    access: Access
    bucket: str
    batch: Batch


class Result(msgspec.Struct, frozen=True):
    """One object's result, readable apart from the others."""

    object_id: int
    result: msgspec.Raw


class ResultChunk(msgspec.Struct, frozen=True):
    """A part of a batch's results."""

    worker: str
    parts: list[Result]


def pack(
    job_id: int,
    value: object,
    *,
    reply: str = "",
    batch_id: int = 0,
    scan_id: int = 0,
    note: str = "",
) -> str:
    """A message's text."""
    return Envelope(
        MESSAGE_VERSION,
        job_id,
        reply,
        batch_id=batch_id,
        scan_id=scan_id,
        note=_without_surrogates(note),
        program=__version__,
        body=msgspec.Raw(msgspec.json.encode(value)),
    ).text()


def pack_event(
    job_id: int,
    note: str,
    *,
    batch_id: int = 0,
    scan_id: int = 0,
    is_final: bool = True,
    is_down: bool = False,
) -> str:
    """A message without a body: something ended, `note` says why."""
    return Envelope(
        MESSAGE_VERSION,
        job_id,
        batch_id=batch_id,
        scan_id=scan_id,
        note=_without_surrogates(note),
        is_final=is_final,
        is_down=is_down,
        program=__version__,
    ).text()


def _without_surrogates(note: str) -> str:
    return note.encode("utf-8", "replace").decode()


def compress(text: str) -> str:
    """A long text as it travels to another machine; `unpack` takes both.

    Deflated here and not by the transport, which would first write it as JSON once more.
    """
    if len(text) < MIN_COMPRESSED_CHARS:
        return text
    return _COMPRESSED_PREFIX + b64encode(zlib.compress(text.encode(), 1)).decode("ascii")


def _decompress(text: str) -> bytes | str:
    if not text.startswith(_COMPRESSED_PREFIX):
        return text
    stream = zlib.decompressobj()
    plain = stream.decompress(b64decode(text[len(_COMPRESSED_PREFIX) :]), MAX_MESSAGE_BYTES)
    if not stream.eof:
        raise ValueError("it is cut off, or too long")
    return plain


def unpack(text: str) -> Envelope:
    """The envelope of a message. Raises MessageError where there is none."""
    try:
        return decode(_decompress(text), Envelope)
    except (ValueError, zlib.error) as error:
        raise MessageError(f"This is no message of this program: {error}.") from error


def encode_result(result: ObjectResult) -> Result:
    """One result, encoded; what cannot be encoded is told instead, so a part always results."""
    try:
        data = msgspec.json.encode(result)
        if len(data) > MAX_RESULT_BYTES:
            data = msgspec.json.encode(_without_tags(result))
    except (ValueError, OverflowError, TypeError) as error:
        data = msgspec.json.encode(unstorable_result(result.object_id, error))
    return Result(result.object_id, msgspec.Raw(data))


def decode_results(parcel: ResultChunk) -> Iterator[ObjectResult]:
    """The results in it; one that cannot be decoded is told as such and harms no other."""
    for each in parcel.parts:
        try:
            yield decode(each.result, ObjectResult)
        except msgspec.MsgspecError as error:
            yield unstorable_result(each.object_id, error)


def unpack_batch_result(envelope: Envelope) -> BatchResult:
    """What a read task sent. Raises MessageError."""
    parcel = envelope.value(ResultChunk)
    found: Iterable[ObjectResult] = decode_results(parcel)
    return BatchResult(envelope.job_id, envelope.batch_id, tuple(found), parcel.worker)


def unstorable_result(object_id: int, error: Exception) -> ObjectResult:
    """For metadata that was read but holds something that cannot be kept."""
    told = str(error).encode("utf-8", "replace").decode()
    note = f"The metadata holds a value that cannot be kept: {told}"
    return ObjectResult(object_id, Record(Outcome.MALFORMED, notes=(note,)), note)


def _without_tags(result: ObjectResult) -> ObjectResult:
    note = f"{len(result.record.tags)} tags were left out: together they are too large to send."
    notes = (*result.record.notes[:20], note)
    record = msgspec.structs.replace(result.record, tags=(), notes=notes)
    return msgspec.structs.replace(result, record=record)
