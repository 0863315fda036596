"""Byte ranges of objects: GetObject with Range (RFC 9110, section 14), and a checked response.

A short body, an ignored Range header and a replaced object are no HTTP errors. Each is found
here, so that a caller gets the bytes that it requested or an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.errors import NetworkError, ObjectEmptyError, StorageError, ThrottledError
from tasveer_tui.records import Chunk
from tasveer_tui.s3.errors import ErrorResponse, object_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.http_messages import HttpResponse
    from tasveer_tui.s3.limiter import ConcurrencyLimiter
    from tasveer_tui.s3.transport import BulkResponse, S3Transport

PrefetchResult: TypeAlias = Chunk | StorageError | None
"""The chunk, the error of the one try, or None where `read_range` must be used."""

MAX_SKIP_BYTES = 8 << 20
"""If an endpoint ignores Range, up to this many bytes before the range are read and dropped."""
MIN_BODY_LIMIT_BYTES = 1 << 16
"""A prefetched body may have this size even if the range is shorter: an error is XML."""
PARTIAL_CONTENT = 206
RANGE_NOT_SATISFIABLE = 416
_CONTENT_RANGE_PATTERN = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def bare_etag(etag: str) -> str:
    """The ETag without its quotes and without the `W/` of a weak one."""
    return etag.removeprefix("W/").strip('"')


def read_range(
    transport: S3Transport, resource: S3Resource, start: int, length: int, etag: str
) -> Chunk:
    """Read `length` bytes from `start`; one try. With `etag`, only this version of the object.

    The chunk is shorter only at the object's end, and empty beyond it.
    """
    with transport.get(resource, headers=range_headers(start, length, etag)) as response:
        return check_response(response, resource, start, length, etag)


def prefetch_ranges(
    transport: S3Transport,
    limiter: ConcurrencyLimiter,
    objects: Iterable[tuple[int, S3Resource, str]],
    length: int,
    on_result: Callable[[int, PrefetchResult], None],
) -> None:
    """Read the first `length` bytes of many objects, one try each. See `S3.prefetch`.

    `objects` yields a number, the object and its ETag.
    """
    pending: dict[int, tuple[S3Resource, str]] = {}

    def requests() -> Iterator[tuple[int, S3Resource, dict[str, str]]]:
        for number, resource, etag in objects:
            pending[number] = (resource, etag)
            yield number, resource, range_headers(0, length, etag)

    def on_response(number: int, response: BulkResponse) -> None:
        resource, etag = pending.pop(number)
        result = _prefetch_result(response, resource, length, etag)
        if response is not None:
            limiter.record(is_throttled=isinstance(result, ThrottledError))
        on_result(number, result)

    transport.get_many(
        requests(),
        on_response,
        limiter.current_limit,
        max_body_bytes=max(length, MIN_BODY_LIMIT_BYTES),
    )


def _prefetch_result(
    response: BulkResponse, resource: S3Resource, length: int, etag: str
) -> PrefetchResult:
    if response is None or isinstance(response, StorageError):
        return response
    try:
        return check_response(response, resource, 0, length, etag)
    except StorageError as error:
        return error


def range_headers(start: int, length: int, etag: str) -> dict[str, str]:
    """The headers that request a range of this version: Range and If-Match."""
    headers = {"range": f"bytes={start}-{start + length - 1}"}
    if etag and etag.isascii() and etag.isprintable():
        headers["if-match"] = f'"{etag}"'
    return headers


def check_response(
    response: HttpResponse | ErrorResponse,
    resource: S3Resource,
    start: int,
    length: int,
    etag: str,
) -> Chunk:
    """The chunk in a response. Raises StorageError if it is not the requested one."""
    if isinstance(response, ErrorResponse):
        return _chunk_beyond_end(response, resource, start)
    found = bare_etag(response.headers.get("etag", ""))
    if etag and found and found != etag:
        raise object_changed(resource)
    read = _read_partial if response.status == PARTIAL_CONTENT else _read_whole
    data, size = read(response, resource, start, length)
    return Chunk(start, data, size, found or etag)


def _read_partial(
    response: HttpResponse, resource: S3Resource, start: int, length: int
) -> tuple[bytes, int]:
    """The range and the object's size, from a 206 response."""
    content_range = response.headers.get("content-range", "")
    match = _CONTENT_RANGE_PATTERN.match(content_range)
    if match is None:
        raise _mismatch_error(resource, f"its Content-Range is {content_range[:60]!r}")
    first, last, size = map(int, match.groups())
    if first != start or last != min(start + length, size) - 1:
        raise _mismatch_error(resource, f"it has another range: {content_range[:60]}")
    expected = last - first + 1
    data = response.read(expected)
    if len(data) != expected:
        raise _mismatch_error(resource, f"it has {len(data)} bytes instead of {expected}")
    return data, size


def _read_whole(
    response: HttpResponse, resource: S3Resource, start: int, length: int
) -> tuple[bytes, int]:
    """The range and the object's size, from a 200 response: the endpoint ignored the range."""
    content_length = response.headers.get("content-length", "")
    if not content_length.isdigit():
        raise _mismatch_error(resource, "it has no Content-Length")
    size = int(content_length)
    if size == 0:
        raise _empty_error(resource)
    end = min(start + length, size)
    if start > MAX_SKIP_BYTES:
        raise StorageError(
            f"The endpoint ignores the Range header; reading {resource} would download all of it.",
            "Use an endpoint that serves byte ranges.",
        )
    data = response.read(end) if end > start else b""
    if end > start and len(data) != end:
        raise _mismatch_error(resource, f"it has {len(data)} bytes instead of {end}")
    return data[start:], size


def _chunk_beyond_end(error: ErrorResponse, resource: S3Resource, start: int) -> Chunk:
    """An empty chunk if the range starts beyond the object's end; else raise the error."""
    if error.status != RANGE_NOT_SATISFIABLE:
        raise error.to_error(resource)
    if error.size_bytes == 0 or start == 0:
        raise _empty_error(resource)
    return Chunk(start, b"", max(0, error.size_bytes))


def _empty_error(resource: S3Resource) -> ObjectEmptyError:
    return ObjectEmptyError(f"{resource} has zero bytes.")


def _mismatch_error(resource: S3Resource, difference: str) -> NetworkError:
    return NetworkError(
        f"The response for {resource} does not match the request: {difference}.", "Retry it."
    )
