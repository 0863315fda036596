"""The first bytes of many objects side by side: one try each, checked as any range is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.errors import StorageError, TasveerError, ThrottledError
from tasveer_tui.s3.faults import Refusal, refusal
from tasveer_tui.s3.ranges import PARTIAL, asking, checked
from tasveer_tui.s3.swarm import Get

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.records import Chunk
    from tasveer_tui.s3.channel import Channel
    from tasveer_tui.s3.faults import Place
    from tasveer_tui.s3.window import Window

    First: TypeAlias = Chunk | StorageError | None
    """The chunk, how the one try failed, or None where the careful way must be gone."""

_SUCCESS = (200, PARTIAL)


def read_firsts(
    channel: Channel,
    window: Window,
    places: Iterable[tuple[int, Place, str]],
    length: int,
    done: Callable[[int, First], None],
) -> None:
    """See `S3.firsts`; `places` are number, object and ETag."""
    asked: dict[int, tuple[Place, str]] = {}

    def gets() -> Iterator[Get]:
        for number, place, etag in places:
            got: First = None
            try:
                prepared = channel.prepared(place, asking(0, length, etag))
            except StorageError as error:
                got, prepared = error, None
            except TasveerError:
                prepared = None
            if prepared is None:
                done(number, got)
                continue
            asked[number] = (place, etag)
            # A body that is longer is no answer to a range; `wire` may skip what comes besides.
            yield Get(number, *prepared, most_bytes=max(length, 1 << 16))

    def answered(get: Get) -> None:
        place, etag = asked.pop(get.number)
        first = _first(get, place, length, etag)
        window.told(is_throttled=isinstance(first, ThrottledError))
        done(get.number, first)

    with channel.swarm() as swarm:
        swarm.run(gets(), answered, window.width)


def _first(get: Get, place: Place, length: int, etag: str) -> First:
    error = get.error()
    if error is not None:
        return error if isinstance(error, StorageError) and error.retryable else None
    answer: _Whole | Refusal = _Whole(get)
    if get.status not in _SUCCESS:
        answer = refusal(get.status, get.answered or {}, get.body)
        if answer.is_elsewhere:
            return None
    try:
        return checked(answer, place, 0, length, etag)
    except StorageError as refused:
        return refused


class _Whole:
    """An answer that is all there."""

    def __init__(self, get: Get) -> None:
        self.status = get.status
        self.headers = get.answered or {}
        self._body = get.body

    def read(self, limit_bytes: int) -> bytes:
        """The body's next bytes."""
        data, self._body = self._body[:limit_bytes], self._body[limit_bytes:]
        return data
