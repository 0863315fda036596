"""The first bytes of many objects side by side: one try each, checked as any range is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.errors import StorageError, TasveerError, ThrottledError
from tasveer_tui.s3.async_pool import GetRequest
from tasveer_tui.s3.errors import ErrorResponse, parse_error_response
from tasveer_tui.s3.ranges import PARTIAL_CONTENT, check_response, range_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.records import Chunk
    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.limiter import ConcurrencyLimiter
    from tasveer_tui.s3.transport import S3Transport

    PrefetchResult: TypeAlias = Chunk | StorageError | None
    """The chunk, how the one try failed, or None where the careful way must be gone."""

_SUCCESS_STATUSES = (200, PARTIAL_CONTENT)


def prefetch_ranges(
    channel: S3Transport,
    window: ConcurrencyLimiter,
    places: Iterable[tuple[int, S3Resource, str]],
    length: int,
    done: Callable[[int, PrefetchResult], None],
) -> None:
    """See `S3.firsts`; `places` are number, object and ETag."""
    asked: dict[int, tuple[S3Resource, str]] = {}

    def gets() -> Iterator[GetRequest]:
        for number, place, etag in places:
            got: PrefetchResult = None
            try:
                prepared = channel.prepare_request(place, range_headers(0, length, etag))
            except StorageError as error:
                got, prepared = error, None
            except TasveerError:
                prepared = None
            if prepared is None:
                done(number, got)
                continue
            asked[number] = (place, etag)
            # A body that is longer is no answer to a range; `wire` may skip what comes besides.
            yield GetRequest(number, *prepared, max_body_bytes=max(length, 1 << 16))

    def answered(get: GetRequest) -> None:
        place, etag = asked.pop(get.number)
        first = _to_result(get, place, length, etag)
        window.record(is_throttled=isinstance(first, ThrottledError))
        done(get.number, first)

    with channel.async_pool() as swarm:
        swarm.run(gets(), answered, window.current_limit)


def _to_result(get: GetRequest, place: S3Resource, length: int, etag: str) -> PrefetchResult:
    error = get.error()
    if error is not None:
        return error if isinstance(error, StorageError) and error.retryable else None
    answer: _CompleteResponse | ErrorResponse = _CompleteResponse(get)
    if get.status not in _SUCCESS_STATUSES:
        answer = parse_error_response(get.status, get.response_headers or {}, get.body)
        if answer.is_wrong_region:
            return None
    try:
        return check_response(answer, place, 0, length, etag)
    except StorageError as refused:
        return refused


class _CompleteResponse:
    """An answer that is all there."""

    def __init__(self, get: GetRequest) -> None:
        self.status = get.status
        self.headers = get.response_headers or {}
        self._body = get.body

    def read(self, limit_bytes: int) -> bytes:
        """The body's next bytes."""
        data, self._body = self._body[:limit_bytes], self._body[limit_bytes:]
        return data
