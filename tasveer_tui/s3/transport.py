"""Signed GET requests to a bucket, on the cheapest way that reaches it.

botocore is asked once per bucket where its requests go and how they are signed; after that
requests are built and signed here. Where a bucket needs more (directory buckets, multi-region
access points, other signatures), botocore prepares every request.
"""

from __future__ import annotations

import logging
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tasveer_tui import __version__
from tasveer_tui.errors import ObjectNotFoundError
from tasveer_tui.s3.async_pool import AsyncPool
from tasveer_tui.s3.errors import ErrorResponse, parse_error_response
from tasveer_tui.s3.http_pool import HttpPool, HttpResponse, Origin, proxy_for
from tasveer_tui.s3.sdk_errors import from_client_error
from tasveer_tui.s3.session import Session
from tasveer_tui.s3.signer import Signer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from tasveer_tui.records import Access
    from tasveer_tui.s3.errors import S3Resource

logger = logging.getLogger(__name__)

SUCCESS_STATUSES = (200, 206)
MAX_ERROR_BODY_BYTES = 1 << 16
USER_AGENT = f"tasveer-tui/{__version__}"
_CREDENTIAL_PATTERN = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d+/([^/]+)/s3/aws4_request,")
_PROBE_KEY = "x"
_UNRESERVED_PATTERN = re.compile(r"[A-Za-z0-9._~/-]*")
"""What no encoding changes, but for slashes where they are not safe, too."""
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
    """How requests for one bucket go out. `path` precedes the key's slash."""

    origin: Origin
    host: str
    path: str
    region: str
    signer: Signer | None
    """None where requests are not signed, or `is_plain` is false."""
    is_plain: bool
    is_direct: bool
    """No proxy stands between."""

    @classmethod
    def of(cls, request: AWSPreparedRequest, region: str) -> Route:
        """The route that this request for the key `_PROBE` takes."""
        origin, parts = Origin.of(request.url), urlsplit(request.url)
        sent = {name.lower(): _header_text(value) for name, value in request.headers.items()}
        authorization = sent.get("authorization", "")
        signed_for = _CREDENTIAL_PATTERN.match(authorization)
        is_special = "x-amz-s3session-token" in sent or bool(parts.query)
        return cls(
            origin=origin,
            host=origin.host_header,
            path=parts.path.removesuffix(f"/{_PROBE_KEY}"),
            region=signed_for[1] if signed_for else region,
            signer=Signer(signed_for[1]) if signed_for else None,
            is_plain=not is_special and (bool(signed_for) or not authorization),
            is_direct=not proxy_for(origin),
        )


class S3Transport:
    """Requests of one process with one access; thread-safe, not fork-safe."""

    def __init__(self, access: Access, *, timeout_s: float, pool_size: int) -> None:
        self.session = Session(access, timeout_s=timeout_s)
        self.requester_pays = access.requester_pays
        self._http_pool = HttpPool(
            timeout_s=timeout_s, pool_size=pool_size, ca_file=lambda: self.session.ca_file
        )
        self._async_pools: list[AsyncPool] = []
        self._timeout_s = timeout_s
        self._routes: dict[str, Route] = {}
        self._regions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def region(self, bucket: str) -> str:
        """The region in which this bucket was found; "" while only the configured one is known."""
        return self._regions.get(bucket, "")

    @contextmanager
    def get(
        self,
        place: S3Resource,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[HttpResponse | ErrorResponse]:
        """Send a GET for a key, or with a `query` for the bucket; once more where it lives.

        Yields the answer with its body unread, or the refusal.
        """
        query, headers = query or {}, headers or {}
        with self._send(place, query, headers) as answer:
            refused = None if answer.status in SUCCESS_STATUSES else _read_error_response(answer)
            if refused is None:
                yield answer
                return
        if not (refused.is_wrong_region and self._update_region(place, refused)):
            yield refused
            return
        with self._send(place, query, headers) as answer:
            yield answer if answer.status in SUCCESS_STATUSES else _read_error_response(answer)

    def prepare_request(
        self, place: S3Resource, headers: dict[str, str]
    ) -> tuple[Origin, str, dict[str, str]] | None:
        """Origin, target and headers of a signed GET; None where only `get` can send it.

        Raises StorageError and UsageError, as where there are no credentials.
        """
        route = self._route(place.bucket)
        if not (route.is_plain and route.is_direct):
            return None
        return self._build_request(route, place, {}, headers)

    @contextmanager
    def async_pool(self) -> Iterator[AsyncPool]:
        """A swarm of the caller's own for as long as the block lasts."""
        with self._lock:
            swarm = self._async_pools.pop() if self._async_pools else None
        swarm = swarm or AsyncPool(timeout_s=self._timeout_s, tls=self._http_pool.tls)
        yield swarm
        with self._lock:
            is_kept = not self._is_closed
            if is_kept:
                self._async_pools.append(swarm)
        if not is_kept:
            swarm.close()

    def close(self) -> None:
        """Close every idle connection; those in use are closed when they come back."""
        with self._lock:
            self._is_closed = True
            swarms, self._async_pools = self._async_pools, []
        for swarm in swarms:
            swarm.close()
        self._http_pool.close()
        self.session.close()

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

    def _update_region(self, place: S3Resource, refused: ErrorResponse) -> bool:
        """Remember where the bucket lives; false when that is not news."""
        region = refused.region or self._look_up(place)
        with self._lock:
            known = self._routes.get(place.bucket)
            if not region or known is None or region == known.region:
                # Another thread may have moved it in between: then the new route is tried.
                return bool(region) and self._regions.get(place.bucket) == region
            self._regions[place.bucket] = region
            del self._routes[place.bucket]
        logger.info("bucket %s is in region %s", place.bucket, region)
        return True

    def _look_up(self, place: S3Resource) -> str:
        """The region that HeadBucket names, even while it refuses."""
        try:
            found = self.session.client().head_bucket(Bucket=place.bucket)
        except ClientError as error:
            found = error.response
        except BotoCoreError:
            return ""
        return from_client_error(found).region

    # ---------------------------------------------------------------- requests

    @contextmanager
    def _send(
        self, place: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> Iterator[HttpResponse]:
        route = self._route(place.bucket)
        make = self._build_request if route.is_plain else self._build_botocore_request
        origin, target, sent = make(route, place, query, headers)
        with self._http_pool.get(origin, target, sent) as answer:
            yield answer

    def _build_request(
        self, route: Route, place: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> tuple[Origin, str, dict[str, str]]:
        path = f"{route.path}/{percent_encode(place.key, '/')}" if place.key else route.path or "/"
        query = {**query, "versionId": place.version_id} if place.version_id else query
        text = "&".join(
            f"{percent_encode(name)}={percent_encode(query[name])}" for name in sorted(query)
        )
        sent = {"host": route.host, **headers}
        if self.requester_pays:
            sent["x-amz-request-payer"] = "requester"
        if route.signer and (keys := self.session.credentials()):
            route.signer.sign(keys, path, text, sent)
        sent["user-agent"] = USER_AGENT
        return route.origin, f"{path}?{text}" if text else path, sent

    def _build_botocore_request(
        self, route: Route, place: S3Resource, query: dict[str, str], headers: dict[str, str]
    ) -> tuple[Origin, str, dict[str, str]]:
        given: dict[str, Any] = {_HEADER_ARGUMENTS[name]: headers[name] for name in headers}
        given |= {name: query[key] for key, name in _QUERY_ARGUMENTS.items() if key in query}
        if "MaxKeys" in given:
            given["MaxKeys"] = int(given["MaxKeys"])
        if self.requester_pays:
            given["RequestPayer"] = "requester"
        if place.key:
            given["Key"] = place.key
        if place.version_id:
            given["VersionId"] = place.version_id
        operation = "get_object" if place.key else "list_objects_v2"
        request = self.session.prepare_request(
            operation, route.region, Bucket=place.bucket, **given
        )
        parts = urlsplit(request.url)
        sent = {name.lower(): _header_text(value) for name, value in request.headers.items()}
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path
        origin = Origin.of(request.url)
        return origin, target, {"host": origin.host_header, **sent}


def percent_encode(text: str, also_safe: str = "") -> str:
    """Percent-encoded as Signature Version 4 wants it."""
    if _UNRESERVED_PATTERN.fullmatch(text) and (also_safe or "/" not in text):
        return text
    try:
        return quote(text, safe=also_safe + "~")
    except UnicodeEncodeError as error:
        raise ObjectNotFoundError("No object can have this name: it is not Unicode.") from error


def _header_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _read_error_response(answer: HttpResponse) -> ErrorResponse:
    return parse_error_response(answer.status, answer.headers, answer.read(MAX_ERROR_BODY_BYTES))
