"""The door of the room: everything the program asks of S3."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tasveer_tui.errors import ObjectNotFoundError, UsageError
from tasveer_tui.records import Source
from tasveer_tui.s3.errors import S3Resource
from tasveer_tui.s3.limiter import ConcurrencyLimiter
from tasveer_tui.s3.listing import Lister
from tasveer_tui.s3.ranges import read_range
from tasveer_tui.s3.retry import RetryPolicy

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
    from tasveer_tui.s3.lookup import LookupResult
    from tasveer_tui.s3.prefetch import PrefetchResult
    from tasveer_tui.s3.transport import S3Transport

MAX_LINK_S = 7 * 24 * 3600


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
        self._retry_policy = RetryPolicy(tries, backoff_s, max_elapsed_s=2 * timeout_s)
        self.limiter = ConcurrencyLimiter(pool_size)
        """How many reads may be in flight."""
        self._transports: dict[int, S3Transport] = {}

    @property
    def endpoint(self) -> str:
        """The custom endpoint's URL without a trailing slash; "" for AWS itself."""
        return self._transport.session.endpoint

    def source(self, bucket: str) -> Source:
        """The bucket at this endpoint."""
        return Source(self.endpoint, bucket)

    def identity(self) -> str:
        """Who asks, without any secret: profile, method, the access key's last 4."""
        return self._transport.session.identity()

    def close(self) -> None:
        """Close the connections of this process; the next call opens new ones."""
        channel = self._transports.pop(os.getpid(), None)
        if channel is not None:
            channel.close()

    def list_buckets(self) -> tuple[BucketInfo, ...]:
        """The buckets that the credentials can see, in the server's order."""
        from tasveer_tui.s3 import operations

        return operations.list_buckets(self._transport)

    def list_page(
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

    def list_pages(self, bucket: str, prefix: str = "", *, start_after: str = "") -> Iterator[Page]:
        """Every key under `prefix`, page by page; each step is a request."""
        return self._lister(bucket).pages(prefix, "", start_after)

    def partition(
        self, bucket: str, prefix: str, cursor: str, until: str, max_partitions: int
    ) -> tuple[str, ...]:
        """Keys behind `cursor`, and before `until` if given, that part the rest of a listing.

        At most `pieces` - 1, in order, at the cost of some small requests. None where the keys do
        not branch, and where the service lists in no order.
        """
        from tasveer_tui.s3 import partition

        lister = self._lister(bucket)
        if lister.is_unordered:
            return ()

        def first_after(text: str) -> str:
            page = next(lister.pages(prefix, "", text, 1))
            return page.objects[0].key if page.objects else ""

        return partition.partition_points(first_after, prefix, cursor, until, max_partitions)

    def find_objects(self, bucket: str, keys: Sequence[str]) -> LookupResult:
        """These objects as listed, in few requests where they stand near each other."""
        from tasveer_tui.s3.lookup import look_up_keys

        return look_up_keys(self._lister(bucket), keys)

    def head_object(self, bucket: str, key: str, version_id: str = "") -> ObjectFacts:
        """What HeadObject says, of the latest version or of this one."""
        from tasveer_tui.s3 import operations

        return operations.head_object(self._transport, self._object(bucket, key, version_id))

    def list_versions(self, bucket: str, key: str) -> tuple[ObjectVersion, ...]:
        """The versions that the bucket keeps of an object, the newest first."""
        from tasveer_tui.s3 import operations

        return operations.list_versions(self._transport, self._object(bucket, key))

    def read_range(  # noqa: PLR0913 - named ones have defaults
        self,
        bucket: str,
        key: str,
        start: int,
        length: int,
        *,
        etag: str = "",
        version_id: str = "",
        first_error: StorageError | None = None,
    ) -> Chunk:
        """`length` (≥ 1) bytes from `start`: the bytes that were asked for, or an error.

        Shorter only at the object's end, empty beyond it. With `etag`, an object that was
        replaced raises ObjectChangedError. One with zero bytes raises ObjectEmptyError.
        `failed` is how a first try ended that was made elsewhere; it counts as one.
        """
        place, channel = self._object(bucket, key, version_id), self._transport

        def once() -> Chunk:
            with self.limiter.slot():
                return read_range(channel, place, start, length, etag)

        return self._retry_policy.run(once, first_error)

    def prefetch(
        self,
        bucket: str,
        refs: Iterable[tuple[int, ObjectRef]],
        length: int,
        on_result: Callable[[int, PrefetchResult], None],
    ) -> None:
        """The first `length` bytes of many objects, one try each, all by this thread.

        `refs` is asked for the next number and object as soon as there is room in the window,
        and `done` hears each number once: with the chunk, the error of this one try, or None
        where `read` must be used. Raises nothing of its own.
        """
        from tasveer_tui.s3.prefetch import prefetch_ranges

        places = ((number, self._object(bucket, ref.key), ref.etag) for number, ref in refs)
        prefetch_ranges(self._transport, self.limiter, places, length, on_result)

    def presign(self, bucket: str, key: str, expires_s: int) -> str:
        """A link that lets anybody read this object until it expires (7 days at most)."""
        from tasveer_tui.s3 import operations

        if not 1 <= expires_s <= MAX_LINK_S:
            raise UsageError("A link lives for 1 second to 7 days.", "Choose a time between.")
        return operations.presign(self._transport, self._object(bucket, key), expires_s)

    @property
    def _transport(self) -> S3Transport:
        """The connections of this process; what was opened before a fork stays the parent's."""
        process = os.getpid()
        channel = self._transports.get(process)
        if channel is None:
            from tasveer_tui.s3.transport import S3Transport

            made = S3Transport(self.access, timeout_s=self._timeout_s, pool_size=self._pool_size)
            channel = self._transports.setdefault(process, made)
            for other in self._transports.keys() - {process}:
                self._transports.pop(other, None)
        return channel

    def _lister(self, bucket: str) -> Lister:
        return Lister(self._transport, self._retry_policy, self._transport.session.resource(bucket))

    def _object(self, bucket: str, key: str, version_id: str = "") -> S3Resource:
        place = S3Resource(bucket, key, self.access.profile, self.access.is_anonymous, version_id)
        if not key:
            raise ObjectNotFoundError(f"{place} is a bucket, not an object.")
        return place
