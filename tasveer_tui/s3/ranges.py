"""One range of one object: asked for, checked, and never silently something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from tasveer_tui.errors import NetworkError, ObjectEmptyError, StorageError
from tasveer_tui.records import Chunk
from tasveer_tui.s3.errors import ErrorResponse, object_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.transport import S3Transport

MAX_SKIP_BYTES = 8 << 20
"""As much is read and dropped where an endpoint ignores Range; more is an error."""
PARTIAL_CONTENT = 206
RANGE_NOT_SATISFIABLE = 416
_CONTENT_RANGE_PATTERN = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class ResponseLike(Protocol):
    """What came, however it came: `wire.Answer`, or an answer that is all there."""

    @property
    def status(self) -> int:
        """HTTP's."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Looked up in lower case."""

    def read(self, limit_bytes: int) -> bytes:
        """The body's next bytes, fewer only at its end."""


def bare_etag(etag: str) -> str:
    """Without quotes and the mark of a weak one."""
    return etag.removeprefix("W/").strip('"')


def read_range(
    channel: S3Transport, place: S3Resource, start: int, length: int, etag: str
) -> Chunk:
    """`length` bytes from `start`, of the object with this ETag where one is given; one try.

    A chunk is shorter only at the object's end, and empty beyond it.
    """
    with channel.get(place, headers=range_headers(start, length, etag)) as answer:
        return check_response(answer, place, start, length, etag)


def range_headers(start: int, length: int, etag: str) -> dict[str, str]:
    """The headers that ask for a range of this version."""
    headers = {"range": f"bytes={start}-{start + length - 1}"}
    if etag and etag.isascii() and etag.isprintable():
        headers["if-match"] = f'"{etag}"'
    return headers


def check_response(
    answer: ResponseLike | ErrorResponse, place: S3Resource, start: int, length: int, etag: str
) -> Chunk:
    """The chunk in an answer, if it is what was asked for; raises StorageError if it is not."""
    if isinstance(answer, ErrorResponse):
        return _chunk_beyond_end(answer, place, start)
    found = bare_etag(answer.headers.get("etag", ""))
    if etag and found and found != etag:
        raise object_changed(place)
    read = _read_partial if answer.status == PARTIAL_CONTENT else _read_whole
    data, size = read(answer, place, start, length)
    return Chunk(start, data, size, found or etag)


def _read_partial(
    answer: ResponseLike, place: S3Resource, start: int, length: int
) -> tuple[bytes, int]:
    told = answer.headers.get("content-range", "")
    match = _CONTENT_RANGE_PATTERN.match(told)
    if match is None:
        raise _mismatch_error(place, f"its Content-Range is {told[:60]!r}")
    first, last, size = map(int, match.groups())
    if first != start or last != min(start + length, size) - 1:
        raise _mismatch_error(place, f"another range was sent: {told[:60]}")
    expected = last - first + 1
    data = answer.read(expected)
    if len(data) != expected:
        raise _mismatch_error(place, f"{len(data)} bytes came instead of {expected}")
    return data, size


def _read_whole(
    answer: ResponseLike, place: S3Resource, start: int, length: int
) -> tuple[bytes, int]:
    """The range out of an answer that ignored it."""
    told = answer.headers.get("content-length", "")
    if not told.isdigit():
        raise _mismatch_error(place, "no length was sent")
    size = int(told)
    if size == 0:
        raise _empty_error(place)
    end = min(start + length, size)
    if start > MAX_SKIP_BYTES:
        raise StorageError(
            f"The endpoint ignores the Range header; reading {place} would download all of it.",
            "Use an endpoint that serves byte ranges.",
        )
    data = answer.read(end) if end > start else b""
    if end > start and len(data) != end:
        raise _mismatch_error(place, f"{len(data)} bytes came instead of {end}")
    return data[start:], size


def _chunk_beyond_end(refused: ErrorResponse, place: S3Resource, start: int) -> Chunk:
    """The empty chunk beyond the object's end; any other refusal is raised."""
    if refused.status != RANGE_NOT_SATISFIABLE:
        raise refused.to_error(place)
    if refused.size_bytes == 0 or start == 0:
        raise _empty_error(place)
    return Chunk(start, b"", max(0, refused.size_bytes))


def _empty_error(place: S3Resource) -> ObjectEmptyError:
    return ObjectEmptyError(f"{place} has zero bytes.")


def _mismatch_error(place: S3Resource, what: str) -> NetworkError:
    return NetworkError(f"The answer for {place} is not what was asked for: {what}.", "Retry it.")
