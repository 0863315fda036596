"""The door of the room: everything the program asks of S3."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tasveer_tui.errors import ObjectNotFoundError, UsageError
from tasveer_tui.records import Source
from tasveer_tui.s3.faults import Place
from tasveer_tui.s3.listing import Lister
from tasveer_tui.s3.patience import Patience
from tasveer_tui.s3.ranges import read_range
from tasveer_tui.s3.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tasveer_tui.errors import StorageError
    from tasveer_tui.records import (
        Access,
        BucketInfo,
        Chunk,
        ObjectFacts,
        ObjectRef,
        ObjectVersion,
        Page,
    )
    from tasveer_tui.s3.channel import Channel
    from tasveer_tui.s3.finding import Finding
    from tasveer_tui.s3.firsts import First

LONGEST_LINK_S = 7 * 24 * 3600


class S3:
    """One way to S3. Thread-safe, and safe to use on both sides of a fork.

    Making one costs nothing: the SDK is imported, and credentials are looked for, at the first
    call. Every call blocks, and raises StorageError or UsageError.
    """

    def __init__(
        self,
        access: Access,
        *,
        timeout_s: float = 20.0,
        pool_size: int = 64,
        tries: int = 4,
        backoff_s: float = 0.25,
    ) -> None:
        """`timeout_s` is the longest silence of the endpoint within one try."""
        self.access = access
        self._timeout_s = timeout_s
        self._pool_size = pool_size
        self._patience = Patience(tries, backoff_s, longest_s=2 * timeout_s)
        self.window = Window(pool_size)
        """How many reads may be in flight."""
        self._channels: dict[int, Channel] = {}

    @property
    def endpoint(self) -> str:
        """The custom endpoint's URL without a trailing slash; "" for AWS itself."""
        return self._channel.session.endpoint

    def source(self, bucket: str) -> Source:
        """The bucket at this endpoint."""
        return Source(self.endpoint, bucket)

    def identity(self) -> str:
        """Who asks, without any secret: profile, method, the access key's last 4."""
        return self._channel.session.identity()

    def close(self) -> None:
        """Close the connections of this process; the next call opens new ones."""
        channel = self._channels.pop(os.getpid(), None)
        if channel is not None:
            channel.close()

    def buckets(self) -> tuple[BucketInfo, ...]:
        """The buckets that the credentials can see, in the server's order."""
        from tasveer_tui.s3 import control

        return control.buckets(self._channel)

    def page(
        self,
        bucket: str,
        prefix: str = "",
        *,
        start_after: str = "",
        delimiter: str = "/",
        limit: int = 1000,
    ) -> Page:
        """The next page under `prefix` after a key, or after another page's cursor."""
        return next(self._lister(bucket).pages(prefix, delimiter, start_after, limit))

    def walk(self, bucket: str, prefix: str = "", *, start_after: str = "") -> Iterator[Page]:
        """Every key under `prefix`, page by page; each step is a request."""
        return self._lister(bucket).pages(prefix, "", start_after)

    def split(
        self, bucket: str, prefix: str, cursor: str, until: str, pieces: int
    ) -> tuple[str, ...]:
        """Keys behind `cursor`, and before `until` if given, that part the rest of a listing.

        At most `pieces` - 1, in order, at the cost of some small requests. None where the keys do
        not branch, and where the service lists in no order.
        """
        from tasveer_tui.s3 import splitting

        lister = self._lister(bucket)
        if lister.is_unordered:
            return ()

        def first_after(text: str) -> str:
            page = next(lister.pages(prefix, "", text, 1))
            return page.objects[0].key if page.objects else ""

        return splitting.points(first_after, prefix, cursor, until, pieces)

    def find(self, bucket: str, keys: Sequence[str]) -> Finding:
        """These objects as listed, in few requests where they stand near each other."""
        from tasveer_tui.s3.finding import find

        return find(self._lister(bucket), keys)

    def facts(self, bucket: str, key: str, version_id: str = "") -> ObjectFacts:
        """What HeadObject says, of the latest version or of this one."""
        from tasveer_tui.s3 import control

        return control.facts(self._channel, self._object(bucket, key, version_id))

    def versions(self, bucket: str, key: str) -> tuple[ObjectVersion, ...]:
        """The versions that the bucket keeps of an object, the newest first."""
        from tasveer_tui.s3 import control

        return control.versions(self._channel, self._object(bucket, key))

    def read(  # noqa: PLR0913 - named ones have defaults
        self,
        bucket: str,
        key: str,
        start: int,
        length: int,
        *,
        etag: str = "",
        version_id: str = "",
        failed: StorageError | None = None,
    ) -> Chunk:
        """`length` (≥ 1) bytes from `start`: the bytes that were asked for, or an error.

        Shorter only at the object's end, empty beyond it. With `etag`, an object that was
        replaced raises ObjectChangedError. One with zero bytes raises ObjectEmptyError.
        `failed` is how a first try ended that was made elsewhere; it counts as one.
        """
        place, channel = self._object(bucket, key, version_id), self._channel

        def once() -> Chunk:
            with self.window.turn():
                return read_range(channel, place, start, length, etag)

        return self._patience.run(once, failed)

    def firsts(
        self,
        bucket: str,
        refs: Iterable[tuple[int, ObjectRef]],
        length: int,
        done: Callable[[int, First], None],
    ) -> None:
        """The first `length` bytes of many objects, one try each, all by this thread.

        `refs` is asked for the next number and object as soon as there is room in the window,
        and `done` hears each number once: with the chunk, the error of this one try, or None
        where `read` must be used. Raises nothing of its own.
        """
        from tasveer_tui.s3.firsts import read_firsts

        places = ((number, self._object(bucket, ref.key), ref.etag) for number, ref in refs)
        read_firsts(self._channel, self.window, places, length, done)

    def presign(self, bucket: str, key: str, expires_s: int) -> str:
        """A link that lets anybody read this object until it expires (7 days at most)."""
        from tasveer_tui.s3 import control

        if not 1 <= expires_s <= LONGEST_LINK_S:
            raise UsageError("A link lives for 1 second to 7 days.", "Choose a time between.")
        return control.presigned(self._channel, self._object(bucket, key), expires_s)

    @property
    def _channel(self) -> Channel:
        """The connections of this process; what was opened before a fork stays the parent's."""
        process = os.getpid()
        channel = self._channels.get(process)
        if channel is None:
            from tasveer_tui.s3.channel import Channel

            made = Channel(self.access, timeout_s=self._timeout_s, pool_size=self._pool_size)
            channel = self._channels.setdefault(process, made)
            for other in self._channels.keys() - {process}:
                self._channels.pop(other, None)
        return channel

    def _lister(self, bucket: str) -> Lister:
        return Lister(self._channel, self._patience, self._channel.session.place(bucket))

    def _object(self, bucket: str, key: str, version_id: str = "") -> Place:
        place = Place(bucket, key, self.access.profile, self.access.is_anonymous, version_id)
        if not key:
            raise ObjectNotFoundError(f"{place} is a bucket, not an object.")
        return place
