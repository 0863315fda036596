"""Signed GET requests to a bucket: finds its route, builds requests, selects the HTTP pool.

botocore prepares one request per bucket, which shows where requests go and how they are signed.
After that, requests are built and signed here, at a fraction of botocore's CPU time. For buckets
that need more (directory buckets, multi-Region access points, other signatures), botocore
prepares every request.
"""

from __future__ import annotations

import logging
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tasveer_tui import __version__
from tasveer_tui.errors import StorageError, TasveerError
from tasveer_tui.s3.async_pool import AsyncPool
from tasveer_tui.s3.errors import ErrorResponse, parse_error_response
from tasveer_tui.s3.http_messages import GetRequest, HttpResponse, Origin
from tasveer_tui.s3.http_pool import HttpPool, proxy_for
from tasveer_tui.s3.sdk_errors import from_client_error
from tasveer_tui.s3.session import Session
from tasveer_tui.s3.signer import Signer, percent_encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from tasveer_tui.records import Access
    from tasveer_tui.s3.errors import S3Resource

BulkResponse: TypeAlias = HttpResponse | ErrorResponse | StorageError | None
"""A response, why there is none, or None where only `S3Transport.get` can send the request."""

logger = logging.getLogger(__name__)

SUCCESS_STATUSES = (200, 206)
MAX_ERROR_BODY_BYTES = 1 << 16
USER_AGENT = f"tasveer-tui/{__version__}"
_CREDENTIAL_PATTERN = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d+/([^/]+)/s3/aws4_request,")
_PROBE_KEY = "x"
_HEADER_ARGUMENTS = {"range": "Range", "if-match": "IfMatch"}
_QUERY_ARGUMENTS = {
    "continuation-token": "ContinuationToken",
    "delimiter": "Delimiter",
    "encoding-type": "EncodingType",
    "max-keys": "MaxKeys",
    "prefix": "Prefix",
    "start-after": "StartAfter",
}


@dataclass(frozen=True, slots=True)
class Route:
    """How requests reach one bucket."""

    origin: Origin
    host: str
    path: str
    """Precedes the slash before the key; with path-style addressing it has the bucket."""
    region: str
    signer: Signer | None
    """None if requests are not signed, or `is_plain` is false."""
    is_plain: bool
    """Whether requests can be built here; otherwise botocore builds them."""
    is_direct: bool
    """Whether no proxy is used."""

    @classmethod
    def of(cls, request: AWSPreparedRequest, region: str) -> Route:
        """The route of a request that botocore prepared for the key `_PROBE_KEY`."""
        origin, parts = Origin.of(request.url), urlsplit(request.url)
        headers = {name.lower(): _header_text(value) for name, value in request.headers.items()}
        authorization = headers.get("authorization", "")
        signature = _CREDENTIAL_PATTERN.match(authorization)
        is_special = "x-amz-s3session-token" in headers or bool(parts.query)
        return cls(
            origin=origin,
            host=origin.host_header,
            path=parts.path.removesuffix(f"/{_PROBE_KEY}"),
            region=signature[1] if signature else region,
            signer=Signer(signature[1]) if signature else None,
            is_plain=not is_special and (bool(signature) or not authorization),
            is_direct=not proxy_for(origin),
        )


class S3Transport:
    """Sends the requests of one process with one access. Thread-safe, not fork-safe."""

    def __init__(self, access: Access, *, timeout_s: float, pool_size: int) -> None:
        self.session = Session(access, timeout_s=timeout_s)
        self.requester_pays = access.requester_pays
        self._http_pool = HttpPool(
            timeout_s=timeout_s, pool_size=pool_size, ca_file=lambda: self.session.ca_file
        )
        self._idle_async_pools: list[AsyncPool] = []
        self._timeout_s = timeout_s
        self._routes: dict[str, Route] = {}
        self._regions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def region(self, bucket: str) -> str:
        """The bucket's region if a response named it; otherwise "", the configured region."""
        return self._regions.get(bucket, "")

    @contextmanager
    def get(
        self,
        resource: S3Resource,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[HttpResponse | ErrorResponse]:
        """Send a GET for an object, or for its bucket with a `query`, over `HttpPool`.

        Yields the response with its body unread, or the service's error. A request that went to
        the wrong region is sent again to the right one. Raises StorageError and UsageError.
        """
        query, headers = query or {}, headers or {}
        with self._send(resource, query, headers) as response:
            if response.status in SUCCESS_STATUSES:
                yield response
                return
            error = _read_error_response(response)
        if not (error.is_wrong_region and self._update_region(resource, error)):
            yield error
            return
        with self._send(resource, query, headers) as response:
            is_success = response.status in SUCCESS_STATUSES
            yield response if is_success else _read_error_response(response)

    def get_many(
        self,
        requests: Iterable[tuple[int, S3Resource, dict[str, str]]],
        on_response: Callable[[int, BulkResponse], None],
        current_limit: Callable[[], int],
        *,
        max_body_bytes: int,
    ) -> None:
        """Send a GET for each object over `AsyncPool`, one try each; block until all ended.

        `requests` yields a number, the object and the headers, when there is room for another
        within `current_limit()`. `on_response` is called once for each number, in this thread,
        with None for what only `get` can send: through a proxy, through botocore, to another
        region. A body over `max_body_bytes` is an error. Raises no error of a request.
        """

        def built() -> Iterator[tuple[int, GetRequest]]:
            for number, resource, headers in requests:
                try:
                    request = self._build_direct_request(resource, headers)
                except TasveerError as error:
                    on_response(number, error if isinstance(error, StorageError) else None)
                    continue
                if request is None:
                    on_response(number, None)
                else:
                    yield number, request

        def on_result(number: int, result: HttpResponse | TasveerError) -> None:
            on_response(number, _to_bulk_response(result))

        with self._async_pool() as pool:
            pool.run(built(), on_result, current_limit, max_body_bytes=max_body_bytes)

    def close(self) -> None:
        """Close every idle connection; those in use close when their request has ended."""
        with self._lock:
            self._is_closed = True
            pools, self._idle_async_pools = self._idle_async_pools, []
        for pool in pools:
            pool.close()
        self._http_pool.close()
        self.session.close()

    @contextmanager
    def _async_pool(self) -> Iterator[AsyncPool]:
        """An async pool for this thread while the block lasts."""
        with self._lock:
            pool = self._idle_async_pools.pop() if self._idle_async_pools else None
        pool = pool or AsyncPool(timeout_s=self._timeout_s, tls=self._http_pool.tls)
        yield pool
        with self._lock:
            is_kept = not self._is_closed
            if is_kept:
                self._idle_async_pools.append(pool)
        if not is_kept:
            pool.close()

    # ------------------------------------------------------------------ routes

    def _route(self, bucket: str) -> Route:
        route = self._routes.get(bucket)
        if route is None:
            region = self.region(bucket)
            request = self.session.prepare_request(
                "get_object", region, Bucket=bucket, Key=_PROBE_KEY
            )
            route = self._routes[bucket] = Route.of(request, region)
        return route

    def _update_region(self, resource: S3Resource, error: ErrorResponse) -> bool:
        """Find the bucket's region after a wrong-region error; whether to send again."""
        region = error.region or self._head_bucket_region(resource.bucket)
        with self._lock:
            route = self._routes.get(resource.bucket)
            if not region or route is None or region == route.region:
                # Another thread may have changed the region since: its route is new to us.
                return bool(region) and self._regions.get(resource.bucket) == region
            self._regions[resource.bucket] = region
            del self._routes[resource.bucket]
        logger.info("Bucket %s is in region %s", resource.bucket, region)
        return True

    def _head_bucket_region(self, bucket: str) -> str:
        """The region from HeadBucket, which names it even if it denies access; or ""."""
        try:
            response = self.session.client().head_bucket(Bucket=bucket)
        except ClientError as error:
            response = error.response
        except BotoCoreError:
            return ""
        return from_client_error(response).region

    # ---------------------------------------------------------------- requests

    @contextmanager
    def _send(
        self, resource: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> Iterator[HttpResponse]:
        route = self._route(resource.bucket)
        build = self._build_request if route.is_plain else self._build_botocore_request
        with self._http_pool.get(build(route, resource, query, headers)) as response:
            yield response

    def _build_direct_request(
        self, resource: S3Resource, headers: dict[str, str]
    ) -> GetRequest | None:
        """A signed GET for an object; None if it needs botocore or a proxy."""
        route = self._route(resource.bucket)
        if not (route.is_plain and route.is_direct):
            return None
        return self._build_request(route, resource, {}, headers)

    def _build_request(
        self, route: Route, resource: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> GetRequest:
        """A GET request, signed by the route's signer."""
        key = resource.key
        path = f"{route.path}/{percent_encode(key, '/')}" if key else route.path or "/"
        if resource.version_id:
            query = {**query, "versionId": resource.version_id}
        query_text = "&".join(
            f"{percent_encode(name)}={percent_encode(query[name])}" for name in sorted(query)
        )
        sent = {"host": route.host, **headers}
        if self.requester_pays:
            sent["x-amz-request-payer"] = "requester"
        if route.signer and (credentials := self.session.credentials()):
            route.signer.sign(credentials, path, query_text, sent)
        sent["user-agent"] = USER_AGENT
        return GetRequest(route.origin, f"{path}?{query_text}" if query_text else path, sent)

    def _build_botocore_request(
        self, route: Route, resource: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> GetRequest:
        """A GetObject or ListObjectsV2 request, prepared and signed by botocore."""
        arguments: dict[str, Any] = {_HEADER_ARGUMENTS[name]: headers[name] for name in headers}
        arguments |= {name: query[key] for key, name in _QUERY_ARGUMENTS.items() if key in query}
        if "MaxKeys" in arguments:
            arguments["MaxKeys"] = int(arguments["MaxKeys"])
        if self.requester_pays:
            arguments["RequestPayer"] = "requester"
        if resource.key:
            arguments["Key"] = resource.key
        if resource.version_id:
            arguments["VersionId"] = resource.version_id
        operation = "get_object" if resource.key else "list_objects_v2"
        request = self.session.prepare_request(
            operation, route.region, Bucket=resource.bucket, **arguments
        )
        parts = urlsplit(request.url)
        sent = {name.lower(): _header_text(value) for name, value in request.headers.items()}
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path
        origin = Origin.of(request.url)
        return GetRequest(origin, target, {"host": origin.host_header, **sent})


def _to_bulk_response(result: HttpResponse | TasveerError) -> BulkResponse:
    if isinstance(result, TasveerError):
        # What is not retryable (TLS, a setting) is left to `get`, which raises it.
        return result if isinstance(result, StorageError) and result.retryable else None
    if result.status in SUCCESS_STATUSES:
        return result
    error = _read_error_response(result)
    return None if error.is_wrong_region else error


def _header_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _read_error_response(response: HttpResponse) -> ErrorResponse:
    body = response.read(MAX_ERROR_BODY_BYTES)
    return parse_error_response(response.status, response.headers, body)
