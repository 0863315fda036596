"""The S3 client: the only entry to this room. Its modules are mapped in `tasveer_tui.s3`."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.errors import ObjectNotFoundError, UsageError
from tasveer_tui.records import Source
from tasveer_tui.s3.errors import S3Resource
from tasveer_tui.s3.limiter import ConcurrencyLimiter
from tasveer_tui.s3.listing import Lister, find_keys, partition_points
from tasveer_tui.s3.ranges import prefetch_ranges, read_range
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
    from tasveer_tui.s3.listing import LookupResult
    from tasveer_tui.s3.ranges import PrefetchResult
    from tasveer_tui.s3.transport import S3Transport

MAX_PRESIGN_S = 7 * 24 * 3600
"""SigV4's limit."""


class S3:
    """A client for one access. Thread-safe, and safe to use on both sides of a fork.

    Construction is cheap: the first call imports the SDK and resolves credentials. Every call
    blocks, and raises StorageError or UsageError.
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
        """Within one try, the endpoint may be silent for `timeout_s`."""
        self.access = access
        self._timeout_s = timeout_s
        self._pool_size = pool_size
        self._retry_policy = RetryPolicy(tries, backoff_s, max_elapsed_s=2 * timeout_s)
        self.limiter = ConcurrencyLimiter(pool_size)
        """Limits the reads in flight."""
        self._transports: dict[int, S3Transport] = {}
        """By process id: at most that of the current process."""

    @property
    def endpoint(self) -> str:
        """The URL of a custom endpoint, without a trailing slash; "" for AWS."""
        return self._transport.session.endpoint

    def source(self, bucket: str) -> Source:
        """The bucket at this endpoint."""
        return Source(self.endpoint, bucket)

    def identity(self) -> str:
        """Profile, source of the credentials and the last 4 characters of the access key."""
        return self._transport.session.identity()

    def close(self) -> None:
        """Close the connections of this process; the next call opens new ones."""
        transport = self._transports.pop(os.getpid(), None)
        if transport is not None:
            transport.close()

    # ---------------------------------------------------------- buckets and listings

    def list_buckets(self) -> tuple[BucketInfo, ...]:
        """The buckets that the credentials can list, in the service's order."""
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
        """The page under `prefix` after a key, or after the cursor of another page."""
        return next(self._lister(bucket).pages(prefix, delimiter, start_after, limit))

    def list_pages(self, bucket: str, prefix: str = "", *, start_after: str = "") -> Iterator[Page]:
        """Every key under `prefix`, in pages; each step is a request."""
        return self._lister(bucket).pages(prefix, "", start_after)

    def partition(
        self, bucket: str, prefix: str, cursor: str, until: str, max_partitions: int
    ) -> tuple[str, ...]:
        """Keys that partition the rest of a listing, for scanning in parallel; in order.

        The rest is what follows `cursor`, and precedes `until` unless that is "". Gives at most
        `max_partitions` - 1 keys, at the cost of some small requests; none if the keys do not
        branch, or the bucket lists in no order.
        """
        lister = self._lister(bucket)
        if lister.is_unordered:
            return ()
        first_key_after = partial(lister.first_key_after, prefix)
        return partition_points(first_key_after, prefix, cursor, until, max_partitions)

    def find_objects(self, bucket: str, keys: Sequence[str]) -> LookupResult:
        """The objects with these keys, as listed; neighbouring keys share requests."""
        return find_keys(self._lister(bucket), keys)

    # ---------------------------------------------------------------------- objects

    def head_object(self, bucket: str, key: str, version_id: str = "") -> ObjectFacts:
        """Size, ETag and headers of an object's latest version, or of this version."""
        from tasveer_tui.s3 import operations

        return operations.head_object(self._transport, self._object(bucket, key, version_id))

    def list_versions(self, bucket: str, key: str) -> tuple[ObjectVersion, ...]:
        """The versions of an object, newest first."""
        from tasveer_tui.s3 import operations

        return operations.list_versions(self._transport, self._object(bucket, key))

    def read_range(  # noqa: PLR0913 - those with a name have defaults
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
        """Read `length` (≥ 1) bytes from `start`: exactly these, or an error.

        Fewer only at the object's end, none beyond it. With `etag`, raises ObjectChangedError if
        the object was replaced. An object of zero bytes raises ObjectEmptyError. `first_error`
        is the error of a try made by `prefetch`; that try counts.
        """
        resource, transport = self._object(bucket, key, version_id), self._transport

        def read_once() -> Chunk:
            with self.limiter.slot():
                return read_range(transport, resource, start, length, etag)

        return self._retry_policy.run(read_once, first_error)

    def prefetch(
        self,
        bucket: str,
        refs: Iterable[tuple[int, ObjectRef]],
        length: int,
        on_result: Callable[[int, PrefetchResult], None],
    ) -> None:
        """Read the first `length` bytes of many objects in this thread, one try each.

        `refs` yields numbered objects, each when the limiter has room for it. `on_result` is
        called once for each number, with the chunk, the error of the try, or None if only
        `read_range` can read the object. Raises no error of a request.
        """
        objects = ((number, self._object(bucket, ref.key), ref.etag) for number, ref in refs)
        prefetch_ranges(self._transport, self.limiter, objects, length, on_result)

    def presign(self, bucket: str, key: str, expires_s: int) -> str:
        """A URL with which anyone can read this object until it expires, after 7 days at most."""
        from tasveer_tui.s3 import operations

        if not 1 <= expires_s <= MAX_PRESIGN_S:
            raise UsageError(
                "A presigned URL works for 7 days at most.", "Use a time from 1 second to 7 days."
            )
        return operations.presign(self._transport, self._object(bucket, key), expires_s)

    # ---------------------------------------------------------------------- private

    @property
    def _transport(self) -> S3Transport:
        """The transport of this process. After a fork, the parent's connections are its own."""
        process = os.getpid()
        transport = self._transports.get(process)
        if transport is None:
            from tasveer_tui.s3.transport import S3Transport

            opened = S3Transport(self.access, timeout_s=self._timeout_s, pool_size=self._pool_size)
            transport = self._transports.setdefault(process, opened)
            for other in self._transports.keys() - {process}:
                self._transports.pop(other, None)
        return transport

    def _lister(self, bucket: str) -> Lister:
        resource = self._transport.session.resource(bucket)
        return Lister(self._transport, self._retry_policy, resource)

    def _object(self, bucket: str, key: str, version_id: str = "") -> S3Resource:
        access = self.access
        resource = S3Resource(bucket, key, access.profile, access.is_anonymous, version_id)
        if not key:
            raise ObjectNotFoundError(f"{resource} is a bucket, not an object.", "Add a key.")
        return resource
